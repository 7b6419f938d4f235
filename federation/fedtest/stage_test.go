package fedtest

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// stage is a node under attack: its lab follows vic, whose neighbour is bob; eve
// is a stranger on a server of her own.
type stage struct {
	t             *testing.T
	node          *Node
	vic, bob, eve *PeerActor
	sent          int
}

func newStage(t *testing.T, options ...Option) *stage {
	t.Helper()
	s := &stage{t: t, node: Start(t, "estran", options...)}
	victim, evil := NewPeer(t, "127.0.0.2"), NewPeer(t, "127.0.0.3")
	s.bob, s.vic, s.eve = victim.Actor("bob"), victim.Actor("vic"), evil.Actor("eve")
	s.follow(s.vic)
	eventually(t, s.node, "its past was asked for", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
	return s
}

// on is the same stage for a subtest.
func (s *stage) on(t *testing.T) *stage {
	c := *s
	c.t = t
	return &c
}

// follow lets the lab follow somebody, who accepts.
func (s *stage) follow(a *PeerActor) {
	s.t.Helper()
	follow := &federation.Activity{Verb: "Follow", Actor: s.node.Lab.IRI, Object: a.IRI}
	publish(s.t, s.node, follow)
	s.want(s.mail(a, a.Activity("Accept", follow.IRI)).Send(), http.StatusAccepted)
	s.holds("the follow was accepted", func(tx *store.Txn) bool {
		return tx.Follows(s.node.Lab.ID, actorID(tx, a.IRI))
	})
}

// mail is a message to the shared inbox.
func (s *stage) mail(a *PeerActor, body any) *Message { return a.Mail(s.node.URL+"/inbox", body) }

// create is a Create of a note for everybody that was not sent yet, and its IRI.
func (s *stage) create(a *PeerActor) (activity Object, note string) {
	s.sent++
	o := a.Note(fmt.Sprintf("%s-%d", s.t.Name(), s.sent))
	return a.Activity("Create", o), o["id"].(string)
}

// want checks a status.
func (s *stage) want(got Answer, status int) {
	s.t.Helper()
	if got.Status != status {
		s.t.Errorf("status: got %d, want %d: %s", got.Status, status, got.Body)
	}
}

// refused checks that an answer puts the fault on the sender.
func (s *stage) refused(got Answer) {
	s.t.Helper()
	if got.Status < 400 || got.Status > 499 {
		s.t.Errorf("status: got %d, want 4xx: %s", got.Status, got.Body)
	}
}

// holds checks the store.
func (s *stage) holds(what string, condition func(tx *store.Txn) bool) {
	s.t.Helper()
	ok := false
	if err := s.node.Store.View(s.t.Context(), func(tx *store.Txn) error { ok = condition(tx); return nil }); err != nil {
		s.t.Fatal(err)
	}
	if !ok {
		s.t.Errorf("not so: %s", what)
	}
}

// present and absent check that a record is here, or never was or is no more.
func (s *stage) present(iri string) {
	s.t.Helper()
	s.holds(iri+" is here", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(iri); return err == nil })
}

func (s *stage) absent(iri string) {
	s.t.Helper()
	s.holds(iri+" is not here", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(iri); return err != nil })
}

// unknown checks that an actor was not taken in.
func (s *stage) unknown(iri string) {
	s.t.Helper()
	s.holds(iri+" is not known", func(tx *store.Txn) bool {
		_, err := tx.ActorByIRI(iri)
		return errors.Is(err, store.ErrNotFound)
	})
}

// works checks that the node still takes what is right.
func (s *stage) works() {
	s.t.Helper()
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	s.present(note)
}

// record reads a record that must be here.
func (s *stage) record(iri string) (r *store.Record) {
	s.t.Helper()
	err := s.node.Store.View(s.t.Context(), func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(iri)
		if err == nil {
			r = it.Envelope()
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("%s: %v", iri, err)
	}
	return r
}

// publish publishes an experiment of the lab and returns its IRI.
func (s *stage) publish(title string, audience store.Audience) string {
	s.t.Helper()
	a := &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: experiment(title, audience)}
	publish(s.t, s.node, a)
	return a.Object
}

// member gives the lab a member.
func (s *stage) member(handle string) *store.Actor {
	s.t.Helper()
	m, err := s.node.AddMember(s.t.Context(), store.Actor{Handle: handle, Name: handle, Discoverable: true}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func actorID(tx *store.Txn, iri string) store.ID {
	a, err := tx.ActorByIRI(iri)
	if err != nil {
		return 0
	}
	return a.ID
}
