package fedtest

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// titlesAt are the titles of what was posted to a peer, in the order of their coming.
func titlesAt(p *Peer, among []string) (got []string) {
	for _, body := range p.Posted() {
		for _, title := range among {
			if strings.Contains(body, `"`+title+`"`) {
				got = append(got, title)
			}
		}
	}
	return got
}

// publishTitled publishes a record with each of these titles.
func publishTitled(t *testing.T, n *Node, titles ...string) {
	t.Helper()
	for _, title := range titles {
		create(t, n, title, store.Public)
	}
}

func TestPausedHostIsSentEverythingInOrderOnceItGoesOn(t *testing.T) {
	t.Parallel()
	n, far, near := Start(t, "estran"), NewPeer(t, "127.0.0.2"), NewPeer(t, "127.0.0.3")
	follows(t, n, far.Actor("bob"))
	follows(t, n, near.Actor("eve"))
	host := store.HostOf(far.Actor("bob").IRI)
	arrive := func(p *Peer, titles ...string) {
		t.Helper()
		eventually(t, n, strings.Join(titles, ", "), func(*store.Txn) bool { return slices.Equal(titlesAt(p, titles), titles) })
	}
	must(t, n.PauseHost(t.Context(), n.Admin(), host))
	all := []string{"Une", "Deux", "Trois", "Quatre", "Cinq"}
	publishTitled(t, n, all[:3]...)
	arrive(near, all[:3]...)
	n.Restart()
	publishTitled(t, n, all[3:]...)
	arrive(near, all...)
	if got := titlesAt(far, all); len(got) > 0 {
		t.Errorf("got %v in the pause", got)
	}
	eventually(t, n, "five wait", func(tx *store.Txn) bool { return tx.Paused(host) && tx.Backlog()[host] >= 5 })
	must(t, n.ResumeHost(t.Context(), n.Admin(), host))
	arrive(far, all...)
	eventually(t, n, "nothing waits", func(tx *store.Txn) bool { return tx.Backlog()[host] == 0 })
}

func TestNothingIsFetchedFromAPausedHost(t *testing.T) {
	t.Parallel()
	var asked traffic
	origin := Start(t, "calanques")
	n := Start(t, "estran", Fetching(func(c *fetch.Config) { c.Wire = &meter{fetch.Transport(*c), &asked} }))
	fill(t, origin, 5, 3)
	connect(t, n, origin)
	eventually(t, n, "the catalogue is here", copied(t, n, origin))
	var lab store.ID
	eventually(t, n, "known", func(tx *store.Txn) bool { lab = actorID(tx, origin.Lab.IRI); return lab != 0 })

	must(t, n.PauseHost(t.Context(), n.Admin(), origin.listen))
	pushed := create(t, origin, "Envoyée", store.Public)
	eventually(t, n, "what comes is taken", has(pushed.Object, "Envoyée"))
	must(t, origin.PauseHost(t.Context(), origin.Admin(), n.listen))
	missed := create(t, origin, "Manquée", store.Public)
	n.Restart()
	before := asked.gets()
	must(t, n.CopyNow(t.Context(), lab))
	eventually(t, n, "the copy is put off", func(tx *store.Txn) bool { return tx.Sync(lab).Next.After(tx.Now().Add(time.Second)) })
	if _, err := n.Resolve(t.Context(), "@calanques@"+origin.listen); !errors.Is(err, federation.ErrPaused) {
		t.Errorf("resolve: got %v, want ErrPaused", err)
	}
	if got := asked.gets(); got != before {
		t.Errorf("%d requests in the pause", got-before)
	}
	eventually(t, n, "nothing came, and nothing is wrong", func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(missed.Object)
		return errors.Is(err, store.ErrNotFound) && tx.Sync(lab).Problem == ""
	})
	must(t, n.ResumeHost(t.Context(), n.Admin(), origin.listen))
	eventually(t, n, "what was missed", has(missed.Object, "Manquée"))
}

// gets counts the requests that ask for something.
func (t *traffic) gets() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for purpose, count := range t.by {
		if purpose != "pushes" {
			n += count
		}
	}
	return n
}

func TestForgottenHostIsToldAndLeavesNothing(t *testing.T) {
	t.Parallel()
	origin, n := pair(t, 5)
	connect(t, origin, n)
	kept := some(t, origin, "Fiche 0")
	origin.Stop()
	waits := create(t, n, "En attente", store.Public)
	must(t, n.PauseHost(t.Context(), n.Admin(), origin.listen))
	must(t, n.ForgetHost(t.Context(), n.Admin(), origin.listen, true))
	n.Restart()
	eventually(t, n, "copies, follows and queue are gone", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(origin.Lab.IRI)
		_, missing := tx.RecordByIRI(kept.IRI)
		return err == nil && errors.Is(missing, store.ErrNotFound) && tx.Sync(a.ID) == nil && !tx.Paused(origin.listen) &&
			!tx.Follows(n.Lab.ID, a.ID) && !tx.Follows(a.ID, n.Lab.ID) && tx.Backlog()[origin.listen] == 2 // Undo and Reject
	})
	origin.start()
	eventually(t, origin, "it was told", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(n.Lab.IRI)
		if err != nil || tx.Follows(a.ID, origin.Lab.ID) {
			return false
		}
		f, err := tx.Follow(origin.Lab.ID, a.ID)
		return err == nil && f.State == store.Refused
	})
	if err := origin.Store.View(t.Context(), func(tx *store.Txn) error {
		if tx.Seen(waits.IRI) {
			t.Error("what waited was sent")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestFollowAgainIsAskedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	vic := actorOf(t, s.node, s.vic.IRI)
	state := func(want store.FollowState) func(tx *store.Txn) bool {
		return func(tx *store.Txn) bool {
			f, err := tx.Follow(s.node.Lab.ID, vic)
			return err == nil && f.State == want
		}
	}
	var follow string // the last that was asked
	again := func(want store.FollowState) {
		t.Helper()
		must(t, s.node.FollowAgain(t.Context(), s.node.Admin(), vic))
		s.holds("state", state(want))
		eventually(t, s.node, "the follow is posted", func(tx *store.Txn) bool {
			f, err := tx.Follow(s.node.Lab.ID, vic)
			if err == nil {
				follow = f.IRI
			}
			return err == nil && slices.ContainsFunc(s.vic.Peer.Posted(), func(body string) bool { return strings.Contains(body, `"`+f.IRI+`"`) })
		})
	}
	again(store.Accepted) // they may have lost it; what is copied stays
	s.want(s.mail(s.vic, s.vic.Activity("Reject", follow)).Send(), http.StatusAccepted)
	s.holds("refused", state(store.Refused))
	again(store.Asked)
	s.want(s.mail(s.vic, s.vic.Activity("Accept", follow)).Send(), http.StatusAccepted)
	s.holds("accepted", state(store.Accepted))
	if err := s.node.FollowAgain(t.Context(), s.node.Admin(), s.node.Lab.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of whom was never asked: got %v", err)
	}
}

func actorOf(t *testing.T, n *Node, iri string) (id store.ID) {
	t.Helper()
	must(t, n.Store.View(t.Context(), func(tx *store.Txn) error {
		id = actorID(tx, iri)
		return nil
	}))
	return id
}

func TestHostsAreDecidedAboutByThoseWhoRunTheNode(t *testing.T) {
	t.Parallel()
	n := Start(t, "estran")
	member := store.Viewer{Actor: "https://elsewhere.example/actors/x", Local: true}
	for name, decide := range map[string]func(by store.Viewer, host string) error{
		"pause":  func(by store.Viewer, host string) error { return n.PauseHost(t.Context(), by, host) },
		"resume": func(by store.Viewer, host string) error { return n.ResumeHost(t.Context(), by, host) },
		"retry":  func(by store.Viewer, host string) error { return n.RetryHost(t.Context(), by, host) },
		"drop":   func(by store.Viewer, host string) error { return n.DropHost(t.Context(), by, host) },
		"forget": func(by store.Viewer, host string) error { return n.ForgetHost(t.Context(), by, host, true) },
	} {
		if err := decide(member, "nobody.example"); !errors.Is(err, federation.ErrForbidden) {
			t.Errorf("%s by a member: got %v", name, err)
		}
		if err := decide(n.Admin(), "nobody.example"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of a host that nobody knows: got %v", name, err)
		}
	}
}

func TestRejectsAreCountedByReasonAndHost(t *testing.T) {
	t.Parallel()
	n := Start(t, "estran", Admitting(func(host string) bool { return !strings.HasPrefix(host, "127.0.0.4:") }))
	bob, flood := NewPeer(t, "127.0.0.2").Actor("bob"), NewPeer(t, "127.0.0.4").Actor("flood")
	inbox := n.URL + "/inbox"
	send := func(a *PeerActor, spoil func(*Message)) {
		t.Helper()
		m := a.Mail(inbox, a.Activity("Follow", n.Lab.IRI))
		spoil(m)
		if got := m.Send(); got.Status < 400 {
			t.Errorf("got %d: %s", got.Status, got.Body)
		}
	}
	send(bob, func(m *Message) { m.Unsigned = true })
	send(bob, func(m *Message) { m.Sign = signRSA(rsaKey("another")) })
	send(bob, func(m *Message) { m.Header.Set("Content-Type", "text/html") })
	send(bob, func(m *Message) { m.URL, m.Signed["(request-target)"] = n.URL+"/actors/nobody/inbox", "" })
	send(flood, func(*Message) {})
	for _, body := range []any{[]byte("{"), Object{"id": bob.IRI + "/1", "type": "Follow", "actor": flood.IRI, "object": n.Lab.IRI}} {
		if got := bob.Mail(inbox, body).Send(); got.Status < 400 {
			t.Errorf("got %d: %s", got.Status, got.Body)
		}
	}
	host := store.HostOf(bob.IRI)
	want := store.Rejects{
		store.RejectUnsigned: {"": 1}, store.RejectSignature: {host: 1}, store.RejectType: {host: 1}, store.RejectGone: {host: 1},
		store.RejectTooMany: {store.HostOf(flood.IRI): 1}, store.RejectMalformed: {host: 1}, store.RejectOrigin: {host: 1},
	}
	check := func() {
		t.Helper()
		got, err := n.Rejects.Recent(t.Context())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	check()
	if got := n.Rejects.SinceStart(); got[store.RejectUnsigned] != 1 || got[store.RejectBlocked] != 0 {
		t.Errorf("for metrics: got %v", got)
	}
	n.Restart()
	check()
}
