package fedtest

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

func TestWhoSeesWhatStrangersSend(t *testing.T) { // V05
	s := newStage(t)
	alice, other := s.member("alice"), s.member("other")
	s.want(s.mail(s.eve, s.eve.Activity("Like", s.publish("Pour connaître eve", store.Public))).Send(), http.StatusAccepted)
	followers, inbox := s.eve.IRI+"/followers", s.node.URL+"/inbox"
	for _, row := range []struct {
		name   string
		inbox  string
		to     []string
		public bool
		seenBy []*store.Actor // nil: it is not even kept
	}{
		{"to her followers", inbox, []string{followers}, false, nil},
		{"to nobody", inbox, nil, false, nil},
		{"to another host", inbox, []string{s.vic.IRI}, false, nil},
		{"to our followers", inbox, []string{s.node.Lab.Followers}, false, nil},
		{"to alice", inbox, []string{alice.IRI}, false, []*store.Actor{alice}},
		{"to alice and her followers", inbox, []string{followers, alice.IRI}, false, []*store.Actor{alice}},
		{"to her followers, into alice's inbox", alice.Inbox, []string{followers}, false, []*store.Actor{alice}},
		{"to nobody, into alice's inbox", alice.Inbox, nil, false, []*store.Actor{alice}},
		{"to everybody", inbox, []string{Public}, false, nil},
		{"to everybody and alice", inbox, []string{Public, alice.IRI}, true, []*store.Actor{alice, other}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			activity, note := c.create(c.eve)
			o := With(activity["object"].(Object), Object{"to": row.to, "cc": nil})
			c.want(c.eve.Mail(row.inbox, With(activity, Object{"object": o, "to": row.to})).Send(), http.StatusAccepted)
			if row.seenBy == nil {
				c.absent(note)
				return
			}
			r := c.record(note)
			for _, m := range []*store.Actor{alice, other} {
				want := m == row.seenBy[0] || len(row.seenBy) > 1
				if got := (store.Viewer{Actor: m.IRI, Local: true}).CanSee(r); got != want {
					t.Errorf("%s sees it: got %v, want %v", m.Handle, got, want)
				}
			}
			for _, v := range []store.Viewer{{}, {Actor: c.vic.IRI, Node: true}, {Actor: other.IRI, Local: true, Runs: true}} {
				if got := v.CanSee(r); got != row.public {
					t.Errorf("%+v sees it: got %v, want %v", v, got, row.public)
				}
			}
			if got := c.node.Get("/o/" + r.ID.String()).StatusCode; !row.public && got != http.StatusNotFound {
				t.Errorf("unsigned GET: got %d, want 404", got)
			}
			c.works()
		})
	}
}

func TestFollowersOnlyOfTheFollowedIsForMembers(t *testing.T) { // V05
	s := newStage(t)
	alice := s.member("alice")
	activity, note := s.create(s.vic)
	to := []string{s.vic.IRI + "/followers"}
	activity["object"], activity["to"] = With(activity["object"].(Object), Object{"to": to, "cc": nil}), to
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	r := s.record(note)
	if !(store.Viewer{Actor: alice.IRI, Local: true}).CanSee(r) || (store.Viewer{}).CanSee(r) {
		t.Errorf("audience: got %q", r.Audience)
	}
	if got := s.vic.Get(s.node.URL + "/o/" + r.ID.String()).Status; got != http.StatusNotFound {
		t.Errorf("signed GET of a copy: got %d, want 404", got)
	}
	s.works()
}

func TestMembersBlockHidesMentions(t *testing.T) { // B07
	s := newStage(t)
	alice := s.member("alice")
	by := store.Viewer{Actor: alice.IRI, Local: true}
	mention := func() (Object, string) {
		activity, note := s.create(s.eve)
		to := []string{alice.IRI}
		return With(activity, Object{"to": to, "object": With(activity["object"].(Object), Object{"to": to, "cc": nil})}), note
	}
	first, seen := mention()
	s.want(s.mail(s.eve, first).Send(), http.StatusAccepted)
	s.present(seen)
	block := &federation.Activity{Verb: "Block", Actor: alice.IRI, Object: s.eve.IRI}
	if err := s.node.Publish(t.Context(), by, block); err != nil {
		t.Fatal(err)
	}
	second, hidden := mention()
	s.want(s.mail(s.eve, second).Send(), http.StatusAccepted)
	s.absent(hidden)
	s.want(s.eve.Mail(alice.Inbox, With(second, Object{"id": s.eve.IRI + "#again"})).Send(), http.StatusAccepted)
	s.absent(hidden)
	s.refused(s.mail(s.eve, s.eve.Activity("Follow", alice.IRI)).Send())
	if got := strings.Join(s.eve.Peer.Posted(), ""); strings.Contains(got, "Block") {
		t.Errorf("eve was told: %s", got)
	}
	if err := s.node.Publish(t.Context(), by, &federation.Activity{Verb: "Undo", Actor: alice.IRI, Object: block.IRI}); err != nil {
		t.Fatal(err)
	}
	third, again := mention()
	s.want(s.mail(s.eve, third).Send(), http.StatusAccepted)
	s.present(again)
	s.works()
}

func TestLabsBlockKeepsAnActorAway(t *testing.T) { // B07
	s := newStage(t)
	record := s.publish("Ouvert", store.Public)
	s.want(s.mail(s.eve, s.eve.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
	publish(t, s.node, &federation.Activity{Verb: "Block", Actor: s.node.Lab.IRI, Object: s.eve.IRI})
	s.followers(0)
	s.want(s.mail(s.eve, s.eve.Activity("Like", record)).Send(), http.StatusForbidden)
	s.likes(record, 0)
	s.want(s.eve.Get(record), http.StatusForbidden)
	s.want(s.vic.Get(record), http.StatusOK)
	s.works()
}

// ask makes an unsigned request.
func (s *stage) ask(method, path, body string) Answer {
	s.t.Helper()
	r, err := http.NewRequest(method, s.node.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", activityType)
	r.Header.Set("Accept", activityType)
	return Ask(s.t, r)
}

func TestInboxesAreNotReadAndOutboxesNotWritten(t *testing.T) { // V07, W05
	s := newStage(t)
	alice := s.member("alice")
	note := string(encode(With(s.vic.Note("x"), Object{"attributedTo": alice.IRI})))
	for _, path := range []string{"/inbox", "/actor/inbox", "/actors/estran/inbox", "/actors/alice/inbox"} {
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"} {
			s.refused(s.ask(method, path, ""))
		}
	}
	for _, path := range []string{"/actors/estran/outbox", "/actors/alice/outbox", "/actor/outbox"} {
		s.refused(s.ask("POST", path, note))
		s.refused(s.vic.Mail(s.node.URL+path, []byte(note)).Send())
	}
	for _, path := range []string{"/actors/estran", "/actor", "/.well-known/webfinger", "/nodeinfo/2.1", "/ns", "/o/1"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "X"} {
			s.refused(s.ask(method, path, note))
		}
	}
	s.holds("nothing was published", func(tx *store.Txn) bool { return tx.CountOutbox(s.node.Lab.ID)+tx.CountOutbox(alice.ID) == 0 })
	head := s.ask("HEAD", "/actors/estran", "")
	if head.Status != http.StatusOK || head.Body != "" || head.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: got %d, length %s, body %q", head.Status, head.Header.Get("Content-Length"), head.Body)
	}
	s.works()
}

func TestErrorsTellNothingOfTheInside(t *testing.T) { // W07
	s := newStage(t)
	var answers []Answer
	for _, path := range []string{"/actors/nobody", "/o/99999999999999999999999", "/o/1", "/activities/1", "/nodeinfo/9.9", "/../../etc/passwd", "/actors/estran/outbox?page=true&after=x%00"} {
		answers = append(answers, s.ask("GET", path, ""))
	}
	for _, body := range []string{"", "{", `{"type":"Create"}`, string(encode(s.vic.Activity("Create", 1)))} {
		answers = append(answers, s.ask("POST", "/inbox", body), s.mail(s.vic, []byte(body)).Send(), s.mail(s.eve, []byte(body)).Send())
	}
	for _, got := range answers {
		if got.Status >= 500 {
			t.Errorf("got %d: %s", got.Status, got.Body)
		}
		for _, inside := range []string{".go", "goroutine", "panic", "bolt", s.node.dir, "federation", "github.com", "127.0.0.2", "publicKeyPem"} {
			if got.Status >= 400 && strings.Contains(got.Body, inside) {
				t.Errorf("%q in %s", inside, got.Body)
			}
		}
	}
	s.works()
}

func TestStatusesOfInboxes(t *testing.T) {
	s := newStage(t)
	alice := s.member("alice")
	activity, note := s.create(s.eve)
	s.want(s.eve.Mail(s.node.URL+"/actors/nobody/inbox", activity).Send(), http.StatusNotFound)
	s.want(s.eve.Mail(s.node.URL+"/actors/Estran%00/inbox", activity).Send(), http.StatusNotFound)
	s.want(s.mail(s.eve, s.eve.Activity("Follow", alice.IRI)).Send(), http.StatusAccepted)
	publish(t, s.node, &federation.Activity{Verb: "Delete", Actor: alice.IRI, Object: alice.IRI})
	s.want(s.eve.Mail(alice.Inbox, activity).Send(), http.StatusGone)
	s.want(s.ask("GET", "/actors/alice", ""), http.StatusGone)
	s.want(s.ask("GET", "/.well-known/webfinger?resource=acct:alice@"+s.node.Host(), ""), http.StatusGone)
	s.want(s.mail(s.eve, s.eve.Activity("Follow", alice.IRI+"#x")).Send(), http.StatusNotFound)
	s.want(s.mail(s.eve, With(s.eve.Activity("Follow", alice.IRI), Object{"id": s.eve.IRI + "#f2"})).Send(), http.StatusNotFound)
	s.absent(note)
	s.holds("alice has no followers", func(tx *store.Txn) bool {
		for range tx.Followers(alice.ID) {
			return false
		}
		return true
	})
	s.works()
}

func TestFloodIsToldToWait(t *testing.T) {
	var open atomic.Bool
	open.Store(true)
	s := newStage(t, Admitting(func(host string) bool { return open.Load() || strings.HasPrefix(host, "127.0.0.3") }))
	open.Store(false)
	activity, note := s.create(s.vic)
	got := s.mail(s.vic, activity).Send()
	s.want(got, http.StatusTooManyRequests)
	if got.Header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	s.absent(note)
	record := s.publish("Pour les autres", store.Public)
	s.want(s.mail(s.eve, s.eve.Activity("Like", record)).Send(), http.StatusAccepted)
	s.likes(record, 1)
	open.Store(true)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	s.present(note)
}
