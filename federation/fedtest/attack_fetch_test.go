package fedtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

func TestRedirectsAreFew(t *testing.T) { // F01, F02
	s := newStage(t)
	p := s.eve.Peer
	for i := range 30 {
		p.Serve(fmt.Sprintf("/hop/%d", i), Redirect(fmt.Sprintf("/hop/%d", i+1)))
	}
	p.Serve("/loop/a", Redirect("/loop/b"))
	p.Serve("/loop/b", Redirect("/loop/a"))
	for _, path := range []string{"/hop/0", "/loop/a"} {
		before := len(p.Requests())
		p.Serve(s.eve.Path(), Redirect(path))
		activity, note := s.create(s.eve)
		s.want(s.mail(s.eve, activity).Send(), http.StatusUnauthorized)
		s.absent(note)
		if got := len(p.Requests()) - before; got > 10 {
			t.Errorf("%s: %d requests", path, got)
		}
	}
	s.works()
}

func TestDocumentsAreBoundedInBytes(t *testing.T) { // F03, F04
	s := newStage(t, Fetching(func(c *fetch.Config) { c.Timeout = 5 * time.Second }))
	var sent atomic.Int64
	for name, page := range map[string]http.HandlerFunc{
		"endless": Endless(func(n int) { sent.Add(int64(n)) }), "bomb": Bomb,
	} {
		t.Run(name, func(t *testing.T) {
			c := s.on(t)
			c.eve.Peer.Serve(c.eve.Path(), page)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			activity, note := c.create(c.eve)
			c.refused(c.mail(c.eve, activity).Send())
			runtime.ReadMemStats(&after)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
				t.Errorf("allocated %d MiB", grown>>20)
			}
			c.absent(note)
			c.works()
		})
	}
	if got := sent.Load(); got > 24<<20 {
		t.Errorf("read at least %d MiB of an endless document", got>>20)
	}
}

func TestCompressedPostIsRefused(t *testing.T) { // F13
	s := newStage(t)
	activity, note := s.create(s.vic)
	for _, encoding := range []string{"gzip", "GZIP", "x-gzip", "deflate", "br", "gzip, gzip"} {
		m := s.mail(s.vic, Zip(string(encode(activity))))
		m.Header.Set("Content-Encoding", encoding)
		s.want(m.Send(), http.StatusUnsupportedMediaType)
		s.absent(note)
	}
	s.works()
}

func TestEndlessCollectionIsReadInPart(t *testing.T) { // F05
	s := newStage(t)
	p := s.eve.Peer
	var pages atomic.Int64
	page := func(w http.ResponseWriter, r *http.Request) {
		n := pages.Add(1)
		As(activityType, encode(Object{
			"id": p.URL + r.URL.Path + "?" + r.URL.RawQuery, "type": "OrderedCollectionPage", "next": fmt.Sprintf("%s/pages?n=%d", p.URL, n),
			"orderedItems": []any{fmt.Sprintf("%s/notes/never-%d", p.URL, n), s.eve.Activity("Create", s.eve.Note(fmt.Sprintf("old-%d", n)))},
		}))(w, r)
	}
	p.Serve("/pages", page)
	p.Show("/users/eve/outbox", Object{"id": s.eve.IRI + "/outbox", "type": "OrderedCollection", "first": p.URL + "/pages?n=0"})
	s.follow(s.eve)
	eventually(t, s.node, "the past was read", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
	if got := len(p.Requests()); got > 100 {
		t.Errorf("requests: got %d, want at most 100", got)
	}
	s.present(s.eve.Note("old-1")["id"].(string))
	s.works()
}

func TestOneActivityCausesFewFetches(t *testing.T) { // F06, F07
	s := newStage(t)
	p := s.eve.Peer
	chain := s.vic.Note("chain")
	chain["inReplyTo"] = p.URL + "/chain/0"
	for i := range 200 {
		p.Show(fmt.Sprintf("/chain/%d", i), With(s.eve.Note("x"), Object{"id": fmt.Sprintf("%s/chain/%d", p.URL, i), "inReplyTo": fmt.Sprintf("%s/chain/%d", p.URL, i+1)}))
	}
	crowd := s.vic.Note("crowd")
	var tags, files []Object
	for i := range 1000 {
		tags = append(tags, Object{"type": "Mention", "href": fmt.Sprintf("%s/users/m%d", p.URL, i), "name": "@m"})
		files = append(files, Object{"type": "Image", "url": fmt.Sprintf("%s/files/%d", p.URL, i)})
	}
	crowd["tag"], crowd["attachment"] = tags, files
	before := len(p.Requests())
	for _, note := range []Object{chain, crowd} {
		s.want(s.mail(s.vic, s.vic.Activity("Create", note)).Send(), http.StatusAccepted)
		s.present(note["id"].(string))
	}
	s.works()
	if got := len(p.Requests()) - before; got > 100 {
		t.Errorf("requests to others: got %d, want at most 100", got)
	}
}

func TestStrangersNameNothingToBeFetched(t *testing.T) { // rule 4
	s := newStage(t)
	canary := NewPeer(t, "127.0.0.6")
	for _, verb := range []string{"Create", "Update", "Announce", "Like", "Delete", "Undo", "Accept", "Add", "Flag", "Move", "Follow", "Block"} {
		a := With(s.eve.Activity(verb, canary.URL+"/target"), Object{
			"target": canary.URL + "/target", "origin": canary.URL + "/origin", "inReplyTo": canary.URL + "/reply",
			"to": []string{canary.URL + "/to", Public}, "cc": canary.URL + "/cc", "@context": canary.URL + "/context",
		})
		s.refusedOrIgnored(s.mail(s.eve, a).Send())
	}
	own := s.eve.Note("never-asked-for")["id"].(string)
	s.want(s.mail(s.eve, s.eve.Activity("Create", own)).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, s.vic.Activity("Create", canary.URL+"/target")).Send(), http.StatusForbidden) // followed, but not its own
	eventually(t, s.node, "nothing is left to do", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
	if got := len(canary.Requests()) + s.eve.Peer.Hits("/notes/never-asked-for"); got != 0 {
		t.Errorf("requests: got %d, want 0", got)
	}
	s.works()
}

func TestSlowDocumentEndsInTime(t *testing.T) { // F08
	s := newStage(t, hasty)
	s.eve.Peer.Serve("/notes/slow", Drip)
	began := time.Now()
	if err := s.node.Learn(t.Context(), s.eve.Peer.URL+"/notes/slow"); !errors.Is(err, fetch.ErrTimeout) {
		t.Errorf("got %v, want ErrTimeout", err)
	}
	if took := time.Since(began); took > late {
		t.Errorf("took %v", took)
	}
	s.works()
}

func TestRequestsNameTheNodeAndCarryNothingElse(t *testing.T) { // F09
	s := newStage(t)
	s.works()
	for _, h := range s.vic.Peer.Requests() {
		if got := h.Get("User-Agent"); !strings.Contains(got, "Essaim/") || !strings.Contains(got, s.node.URL) {
			t.Errorf("User-Agent: got %q", got)
		}
		for _, name := range []string{"Authorization", "Cookie", "Referer", "X-Forwarded-For"} {
			if h.Get(name) != "" {
				t.Errorf("%s: got %q, want none", name, h.Get(name))
			}
		}
	}
}

// only lets a node dial the peers of a stage and nobody else.
func only(change func(*fetch.Config)) Option {
	return Fetching(func(c *fetch.Config) {
		c.AllowNets = []netip.Prefix{netip.MustParsePrefix("127.0.0.2/31")}
		if change != nil {
			change(c)
		}
	})
}

// canary is a private service; it counts who connects.
func canary(t *testing.T) (port string, connections *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections = new(atomic.Int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, connections
}

func TestPrivateAddressesAreNeverDialled(t *testing.T) {
	s := newStage(t, only(nil))
	port, connections := canary(t)
	for _, host := range []string{
		"127.0.0.1", "localhost", "a.localhost", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "127.0.0.1.",
		"localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[::127.0.0.1]", "[fe80::1%25lo]", "[fc00::1]", "[fe80::1]",
		"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"user@127.0.0.1", "user:secret@127.0.0.1", "127.0.0.2@127.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "127.0.0.1\t", "127.0.0.1\\@127.0.0.2",
	} {
		t.Run(host, func(t *testing.T) {
			c := s.on(t)
			iri := "http://" + host + ":" + port + "/users/x"
			if err := c.node.Learn(t.Context(), iri); !errors.Is(err, fetch.ErrForbiddenAddress) {
				t.Errorf("fetch: got %v, want ErrForbiddenAddress", err)
			}
			c.eve.Peer.Serve(c.eve.Path(), func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", iri)
				w.WriteHeader(http.StatusFound)
			})
			if err := c.node.Learn(t.Context(), c.eve.IRI); !errors.Is(err, fetch.ErrForbiddenAddress) {
				t.Errorf("redirect: got %v, want ErrForbiddenAddress", err)
			}
			activity, note := c.create(c.eve)
			m := c.mail(c.eve, activity)
			m.KeyID = iri + "#main-key"
			c.refused(m.Send())
			c.absent(note)
		})
	}
	if got := connections.Load(); got != 0 {
		t.Errorf("connections: got %d, want 0", got)
	}
	s.works()
}

func TestNamesOfPrivateAddressesAreNeverDialled(t *testing.T) {
	port, connections := canary(t)
	var asked atomic.Int64
	allowed, private := netip.MustParseAddr("127.0.0.3"), netip.MustParseAddr("127.0.0.1")
	s := newStage(t, only(func(c *fetch.Config) {
		c.Resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
			switch host {
			case "private.example":
				return []netip.Addr{private}, nil
			case "mixed.example":
				return []netip.Addr{allowed, private}, nil
			case "mapped.example":
				return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1"), netip.MustParseAddr("64:ff9b::7f00:1")}, nil
			}
			if asked.Add(1) > 1 { // rebind.example
				return []netip.Addr{private}, nil
			}
			return []netip.Addr{allowed}, nil
		}
	}))
	for _, host := range []string{"private.example", "mixed.example", "mapped.example"} {
		if err := s.node.Learn(t.Context(), "http://"+host+":"+port+"/x"); !errors.Is(err, fetch.ErrForbiddenAddress) {
			t.Errorf("%s: got %v, want ErrForbiddenAddress", host, err)
		}
	}
	_ = s.node.Learn(t.Context(), "http://rebind.example:"+port+"/x") // nobody listens at the first address
	if got := asked.Load(); got != 1 {
		t.Errorf("look-ups for one connection: got %d, want 1", got)
	}
	if err := s.node.Learn(t.Context(), "http://rebind.example:"+port+"/y"); !errors.Is(err, fetch.ErrForbiddenAddress) {
		t.Errorf("second answer: got %v, want ErrForbiddenAddress", err)
	}
	if got := connections.Load(); got != 0 {
		t.Errorf("connections: got %d, want 0", got)
	}
	s.works()
}

func TestDeliveryGoesToNoPrivateAddress(t *testing.T) {
	s := newStage(t, only(nil))
	port, connections := canary(t)
	mallory := NewPeer(t, "127.0.0.3").Actor("mallory")
	doc := With(mallory.Document(), Object{"inbox": "http://127.0.0.1:" + port + "/inbox"})
	mallory.Show(doc)
	s.want(s.mail(mallory, mallory.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusUnauthorized)
	mallory.Show(With(mallory.Document(), Object{"endpoints": Object{"sharedInbox": "http://127.0.0.1:" + port + "/inbox"}}))
	s.want(s.mail(mallory, mallory.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, s.vic.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
	s.publish("Pour les abonnés", store.Public)
	for _, p := range []*Peer{s.vic.Peer, mallory.Peer} {
		eventually(t, s.node, "the followers have it", func(*store.Txn) bool {
			return slices.ContainsFunc(p.Posted(), func(body string) bool { return strings.Contains(body, "Pour les abonnés") })
		})
	}
	if got := connections.Load(); got != 0 {
		t.Errorf("connections: got %d, want 0", got)
	}
	s.works()
}

// blockHost keeps a host away, as an administrator does.
func (s *stage) blockHost(host string) {
	s.t.Helper()
	if err := s.node.BlockHost(s.t.Context(), s.node.Admin(), store.DomainBlock{Host: host, Reason: "spam"}); err != nil {
		s.t.Fatal(err)
	}
}

func TestBlockOfAHostEndsWhatThereWas(t *testing.T) {
	s := newStage(t)
	evil := NewPeer(t, "sub.evil.localhost").Actor("evil")
	s.follow(evil)
	s.want(s.mail(evil, evil.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
	activity, note := s.create(evil)
	s.want(s.mail(evil, activity).Send(), http.StatusAccepted)
	s.present(note)
	s.blockHost("evil.localhost")
	s.absent(note)
	s.holds("nobody follows anybody there", func(tx *store.Txn) bool {
		id := actorID(tx, evil.IRI)
		return !tx.Follows(s.node.Lab.ID, id) && !tx.Follows(id, s.node.Lab.ID) && tx.Follows(s.node.Lab.ID, actorID(tx, s.vic.IRI))
	})
	if err := s.node.LiftBlock(t.Context(), s.node.Admin(), "evil.localhost"); err != nil {
		t.Fatal(err)
	}
	s.follow(evil)
	s.want(s.mail(evil, With(activity, Object{"id": evil.IRI + "/again"})).Send(), http.StatusAccepted)
	s.present(note)
	s.works()
}

func TestHostsAreBlockedByThoseWhoRunTheNodeAlone(t *testing.T) {
	s := newStage(t)
	m := s.member("mona")
	mona := store.Viewer{Actor: m.IRI, Local: true}
	host := store.HostOf(s.vic.IRI)
	own := &federation.Activity{Verb: "Block", Actor: m.IRI, Object: "https://" + host}
	for _, err := range []error{s.node.BlockHost(t.Context(), mona, store.DomainBlock{Host: host}), s.node.Publish(t.Context(), mona, own)} {
		if err == nil {
			t.Error("a member may block a host")
		}
	}
	for _, ours := range []string{s.node.Host(), "127.0.0.1"} {
		if _, ok := errors.AsType[*store.FieldError](s.node.BlockHost(t.Context(), s.node.Admin(), store.DomainBlock{Host: ours})); !ok {
			t.Errorf("%s: our own host may be blocked", ours)
		}
	}
	if err := s.node.LiftBlock(t.Context(), s.node.Admin(), "never.example"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	s.works()
}

func TestBlockedHostIsKeptAway(t *testing.T) { // B01, B03, B05, B06
	t.Parallel() // it waits for cursors to be written
	for _, row := range []struct{ name, block string }{
		{"evil.localhost", "evil.localhost"},
		{"sub.evil.localhost", "evil.localhost"},  // B03
		{"a.b.evil.localhost", "EVIL.localhost."}, // B03
		{"127.0.0.7", "127.0.0.7"},
	} {
		t.Run(row.name+" by "+row.block, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			evil := NewPeer(t, row.name).Actor("evil")
			s.follow(evil)
			s.want(s.mail(evil, evil.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
			s.want(s.mail(s.vic, s.vic.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
			s.blockHost(row.block)
			eventually(t, s.node, "nothing waits", func(tx *store.Txn) bool { return len(tx.Backlog()) == 0 })
			fetched, posted := len(evil.Peer.Requests()), len(evil.Peer.Posted())

			activity, note := s.create(evil)
			s.want(s.mail(evil, activity).Send(), http.StatusForbidden)
			m := s.mail(evil, activity)
			m.KeyID = evil.IRI + "#unknown"
			s.want(m.Send(), http.StatusForbidden)
			s.absent(note)

			if _, err := s.node.Resolve(t.Context(), evil.IRI); !errors.Is(err, federation.ErrBlocked) {
				t.Errorf("resolve: got %v, want ErrBlocked", err)
			}
			if err := s.node.Learn(t.Context(), evil.IRI); !errors.Is(err, fetch.ErrBlocked) {
				t.Errorf("fetch: got %v, want ErrBlocked", err)
			}
			s.want(s.mail(s.vic, s.vic.Activity("Announce", evil.Note("x")["id"])).Send(), http.StatusAccepted)
			record := s.publish("Pas pour eux", store.Public)
			eventually(t, s.node, "others have it", func(tx *store.Txn) bool {
				return slices.ContainsFunc(s.vic.Peer.Posted(), func(b string) bool { return strings.Contains(b, "Pas pour eux") }) && len(tx.Backlog()) == 0
			})
			if got := len(evil.Peer.Requests()) - fetched; got != 0 {
				t.Errorf("fetches: got %d, want 0", got)
			}
			if got := len(evil.Peer.Posted()) - posted; got != 0 {
				t.Errorf("deliveries: got %d, want 0", got)
			}
			s.want(evil.Get(record), http.StatusForbidden) // B06
			s.want(s.vic.Get(record), http.StatusOK)
			s.works()
		})
	}
}
