package fedtest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// eventually waits until a node's store satisfies a condition: what happens
// between real nodes over real HTTP has no other sign of its end.
func eventually(t *testing.T, n *Node, what string, holds func(tx *store.Txn) bool) {
	t.Helper()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		ok := false
		if err := n.Store.View(t.Context(), func(tx *store.Txn) error { ok = holds(tx); return nil }); err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not so after two minutes: %s", n.Lab.Handle, what)
		}
	}
}

func publish(t *testing.T, n *Node, a *federation.Activity) {
	t.Helper()
	if err := n.Publish(t.Context(), n.Admin(), a); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, from, to *Node) {
	t.Helper()
	publish(t, from, &federation.Activity{Verb: "Follow", Actor: from.Lab.IRI, Object: to.Lab.IRI})
	eventually(t, from, "follow of "+to.Lab.Handle+" accepted", func(tx *store.Txn) bool {
		other, err := tx.ActorByIRI(to.Lab.IRI)
		return err == nil && tx.Follows(from.Lab.ID, other.ID)
	})
}

func experiment(title string, audience store.Audience) *store.Experiment {
	return &store.Experiment{
		Record: store.Record{Kind: "experiment", Title: title, Pitch: "En une phrase.", Body: "Le récit.", Audience: audience},
		Stage:  "idees", Problem: "Un problème.",
	}
}

func has(iri, title string) func(tx *store.Txn) bool {
	return func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(iri)
		return err == nil && it.Envelope().Title == title
	}
}

func gone(iri string) func(tx *store.Txn) bool {
	return func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(iri)
		return errors.Is(err, store.ErrGone)
	}
}

func TestFiveNodesConverge(t *testing.T) {
	var nodes []*Node
	for _, handle := range []string{"estran", "calanques", "estuaire", "plateau", "piton"} {
		nodes = append(nodes, Start(t, handle))
	}
	origin, others := nodes[0], nodes[1:]
	early := &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: experiment("Avant d'être suivi", store.Public)}
	publish(t, origin, early)
	for _, n := range others {
		connect(t, n, origin)
	}
	for _, n := range others {
		eventually(t, n, "what was published before the follow", has(early.Object, "Avant d'être suivi"))
	}

	create := &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: experiment("Premier titre", store.Public)}
	publish(t, origin, create)
	for _, n := range others {
		eventually(t, n, "created", has(create.Object, "Premier titre"))
	}

	others[0].Stop()
	e := create.Item.(*store.Experiment)
	e.Title, e.Stage = "Titre corrigé", "test-usagers"
	publish(t, origin, &federation.Activity{Verb: "Update", Actor: origin.Lab.IRI, Item: e})
	for _, n := range others[1:] {
		eventually(t, n, "updated", has(create.Object, "Titre corrigé"))
		eventually(t, n, "note about the stage", func(tx *store.Txn) bool {
			it, err := tx.RecordByIRI(create.Object)
			return err == nil && tx.ListThread(it.Envelope().ID, store.Query{}).Total == 1
		})
	}
	others[0].start()
	eventually(t, others[0], "updated after its restart", has(create.Object, "Titre corrigé"))

	e.Audience = store.Team
	publish(t, origin, &federation.Activity{Verb: "Update", Actor: origin.Lab.IRI, Item: e})
	for _, n := range others {
		eventually(t, n, "narrowed", gone(create.Object))
	}
	if got := origin.Get(create.Object[len(origin.URL):]).StatusCode; got != http.StatusNotFound {
		t.Errorf("status of a record for the team: got %d, want 404", got)
	}

	e.Audience = store.Public
	publish(t, origin, &federation.Activity{Verb: "Update", Actor: origin.Lab.IRI, Item: e})
	for _, n := range others {
		eventually(t, n, "widened again", has(create.Object, "Titre corrigé"))
	}

	publish(t, origin, &federation.Activity{Verb: "Delete", Actor: origin.Lab.IRI, Object: create.Object})
	for _, n := range others {
		eventually(t, n, "deleted", gone(create.Object))
	}
	if got := origin.Get(create.Object[len(origin.URL):]).StatusCode; got != http.StatusGone {
		t.Errorf("status of a deleted record: got %d, want 410", got)
	}
}

func TestFollowedLabsAreThoseThatFollowEachOther(t *testing.T) {
	a, mutual, oneWay := Start(t, "estran"), Start(t, "calanques"), Start(t, "estuaire")
	connect(t, mutual, a)
	connect(t, oneWay, a)
	connect(t, a, mutual)
	create := &federation.Activity{Verb: "Create", Actor: a.Lab.IRI, Item: experiment("Entre nous", store.FollowedLabs)}
	publish(t, a, create)
	eventually(t, mutual, "shared between labs", has(create.Object, "Entre nous"))

	public := &federation.Activity{Verb: "Create", Actor: a.Lab.IRI, Item: experiment("Pour tous", store.Public)}
	publish(t, a, public)
	eventually(t, oneWay, "public", has(public.Object, "Pour tous"))
	if err := oneWay.Store.View(t.Context(), func(tx *store.Txn) error {
		_, err := tx.RecordByIRI(create.Object)
		return err
	}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a lab that is not followed back: got %v, want ErrNotFound", err)
	}
	if got := a.Get(create.Object[len(a.URL):]).StatusCode; got != http.StatusNotFound {
		t.Errorf("unsigned GET: got %d, want 404", got)
	}
	if err := mutual.Learn(t.Context(), create.Object); err != nil {
		t.Errorf("GET signed by the mutual lab's node: %v", err)
	}
	if err := oneWay.Learn(t.Context(), create.Object); err == nil {
		t.Error("GET signed by another node: got the record")
	}
}

func TestUndoneFollowIsNoLongerServed(t *testing.T) {
	a, b := Start(t, "estran"), Start(t, "calanques")
	connect(t, b, a)
	var follow string
	if err := b.Store.View(context.Background(), func(tx *store.Txn) error {
		other, err := tx.ActorByIRI(a.Lab.IRI)
		if err != nil {
			return err
		}
		f, err := tx.Follow(b.Lab.ID, other.ID)
		if err == nil {
			follow = f.IRI
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	publish(t, b, &federation.Activity{Verb: "Undo", Actor: b.Lab.IRI, Object: follow})
	eventually(t, a, "no follower", func(tx *store.Txn) bool {
		for range tx.Followers(a.Lab.ID) {
			return false
		}
		return true
	})
}

func TestComplaintReachesTheNodeItConcerns(t *testing.T) {
	a, b := Start(t, "estran"), Start(t, "calanques")
	connect(t, a, b)
	node := a.URL + "/actor"
	publish(t, a, &federation.Activity{Verb: "Flag", Actor: node, Objects: []string{b.Lab.IRI}, Text: "Publicité"})
	eventually(t, b, "the report", func(tx *store.Txn) bool {
		for r := range tx.Reports() {
			return r.Target == b.Lab.IRI && r.Reporter == node && r.Text == "Publicité"
		}
		return false
	})
	err := a.Publish(t.Context(), a.Admin(), &federation.Activity{Verb: "Flag", Actor: a.Lab.IRI, Objects: []string{b.Lab.IRI}})
	if !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("complaint that names the lab: got %v, want ErrForbidden", err)
	}
}
