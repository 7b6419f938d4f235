package fedtest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// pair is a lab with a catalogue and a node that follows it and has it whole.
func pair(t *testing.T, records int) (origin, n *Node) {
	t.Helper()
	origin, n = Start(t, "calanques"), Start(t, "estran")
	fill(t, origin, records, 3)
	connect(t, n, origin)
	eventually(t, n, "the catalogue is here", copied(t, n, origin))
	return origin, n
}

// some is a record of the origin's lab.
func some(t *testing.T, origin *Node, title string) *store.Experiment {
	t.Helper()
	var found *store.Experiment
	if err := origin.Store.View(t.Context(), func(tx *store.Txn) error {
		for _, it := range tx.ListLab(origin.Lab.ID, store.Query{Limit: 10_000}).Items {
			if e, ok := it.(*store.Experiment); ok && e.Title == title {
				found = e
			}
		}
		return nil
	}); err != nil || found == nil {
		t.Fatalf("%s: %v", title, err)
	}
	return found
}

func create(t *testing.T, n *Node, title string, audience store.Audience) *federation.Activity {
	t.Helper()
	a := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment(title, audience)}
	publish(t, n, a)
	return a
}

// US2: stopped half way, the copy goes on where it was.
func TestCopyGoesOnAfterAStop(t *testing.T) {
	origin, n := Start(t, "calanques"), Start(t, "estran")
	fill(t, origin, 1200, 10)
	connect(t, n, origin)
	for part := range 3 {
		eventually(t, n, "a part of it is here", func(tx *store.Txn) bool {
			c := tx.Catalogue(origin.Lab.IRI)
			return c != nil && c.Public.Total() > part*300
		})
		n.Restart()
	}
	eventually(t, n, "all of it is here", copied(t, n, origin))
	var s *store.Sync
	total := 0
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		lab, err := tx.ActorByIRI(origin.Lab.IRI)
		if err == nil {
			s, total = tx.Sync(lab.ID), tx.ListLab(lab.ID, store.Query{}).Total
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if total != 1200 || s.Seen < 1207 || s.Seen > 1207+3*100 {
		t.Errorf("got %d records, want 1200; of %d that were read, want no page read twice but those at hand", total, s.Seen)
	}
}

// US3: change and withdrawal travel, also to who was away.
func TestChangeAndWithdrawalTravel(t *testing.T) {
	origin, n := pair(t, 10)
	away := Start(t, "estuaire")
	connect(t, away, origin)
	eventually(t, away, "the catalogue is here", copied(t, away, origin))
	away.Stop()

	edited, deleted, narrowed := some(t, origin, "Fiche 1"), some(t, origin, "Fiche 2"), some(t, origin, "Fiche 3")
	edited.Title, edited.Stage = "Fiche corrigée", "test-usagers"
	publish(t, origin, &federation.Activity{Verb: "Update", Actor: origin.Lab.IRI, Item: edited})
	publish(t, origin, &federation.Activity{Verb: "Delete", Actor: origin.Lab.IRI, Object: deleted.IRI})
	narrowed.Audience = store.Team
	publish(t, origin, &federation.Activity{Verb: "Update", Actor: origin.Lab.IRI, Item: narrowed})
	for _, follower := range []*Node{n, away} {
		if follower == away {
			away.start()
		}
		eventually(t, follower, "edited", has(edited.IRI, "Fiche corrigée"))
		eventually(t, follower, "deleted", gone(deleted.IRI))
		eventually(t, follower, "narrowed", gone(narrowed.IRI))
		eventually(t, follower, "the same", copied(t, follower, origin))
	}
}

// giveUp drops what waits at a node for a host.
func giveUp(t testing.TB, n *Node, host string) {
	t.Helper()
	if err := n.DropHost(t.Context(), n.Admin(), host); err != nil {
		t.Fatal(err)
	}
}

// A lab that lost deliveries notices with the next one.
func TestGapIsFilledFromTheFeed(t *testing.T) {
	origin, n := pair(t, 5)
	n.Stop()
	var lost []*federation.Activity
	for i := range 3 {
		lost = append(lost, create(t, origin, fmt.Sprintf("Perdue %d", i), store.Public))
	}
	deleted := some(t, origin, "Fiche 0")
	publish(t, origin, &federation.Activity{Verb: "Delete", Actor: origin.Lab.IRI, Object: deleted.IRI})
	eventually(t, origin, "deliveries wait", func(tx *store.Txn) bool { return tx.Lane(n.listen).State == store.Failing })
	giveUp(t, origin, n.listen)
	eventually(t, origin, "nothing waits", func(tx *store.Txn) bool { return tx.Backlog()[n.listen] == 0 })
	n.start()
	next := create(t, origin, "Arrivée", store.Public)
	eventually(t, n, "the next one", has(next.Object, "Arrivée"))
	for i, a := range lost {
		eventually(t, n, "what was lost", has(a.Object, fmt.Sprintf("Perdue %d", i)))
	}
	eventually(t, n, "what was deleted meanwhile", gone(deleted.IRI))
	eventually(t, n, "the same", copied(t, n, origin))
}

// Whatever is wrong with a copy, comparing buckets mends it.
func TestDamagedCopyIsMended(t *testing.T) {
	origin, n := pair(t, 120)
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		for i := range 40 {
			it, err := tx.RecordByIRI(some(t, origin, fmt.Sprintf("Fiche %d", i)).IRI)
			if err != nil {
				return err
			}
			if i%2 == 0 {
				tx.ForgetRecord(it)
				continue
			}
			it.Envelope().Title = "Altérée"
			if err := tx.PutRecord(it, fmt.Appendf(nil, `{"id":%q}`, it.Envelope().IRI)); err != nil {
				return err
			}
		}
		stray := &store.News{Record: store.Record{
			IRI: origin.URL + "/o/1", Kind: "news", Type: "Note", Lab: origin.Lab.IRI, Remote: true, Audience: store.Public,
		}}
		return tx.PutRecord(stray, fmt.Appendf(nil, `{"id":%q}`, stray.IRI))
	}); err != nil {
		t.Fatal(err)
	}
	next := create(t, origin, "Arrivée", store.Public)
	eventually(t, n, "the next one", has(next.Object, "Arrivée"))
	eventually(t, n, "the same", copied(t, n, origin))
	eventually(t, n, "the title", has(some(t, origin, "Fiche 1").IRI, "Fiche 1"))
	eventually(t, n, "what the origin never had", gone(origin.URL+"/o/1"))
}

// A host that was given up for a month compares by itself when it is back.
func TestLostHostMendsItsCopy(t *testing.T) {
	origin, n := pair(t, 150)
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		for i := range 30 {
			it, err := tx.RecordByIRI(some(t, origin, fmt.Sprintf("Fiche %d", i)).IRI)
			if err != nil {
				return err
			}
			tx.ForgetRecord(it)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := origin.Resync(t.Context(), n.listen); err != nil {
		t.Fatal(err)
	}
	eventually(t, n, "the same", copied(t, n, origin))
	if err := origin.Store.View(t.Context(), func(tx *store.Txn) error {
		sent := 0
		for o := range tx.OutLog(0) {
			if o.Verb == "Create" {
				sent++
			}
		}
		if sent > 0 {
			t.Errorf("sent %d records again, want none", sent)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// Nothing new is one request, and an answer without a body. A copy that was
// damaged here is noticed all the same.
func TestNothingNewIsOneRequest(t *testing.T) {
	origin, n := pair(t, 3)
	counting := &counter{}
	origin.server.Handler = counting.around(origin.server.Handler)
	var lab store.ID
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error { lab = actorID(tx, origin.Lab.IRI); return nil }); err != nil {
		t.Fatal(err)
	}
	look := func(what string) {
		t.Helper()
		before := n.Store.Now()
		if err := n.CopyNow(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
		eventually(t, n, what, func(tx *store.Txn) bool { return tx.Sync(lab).Checked.After(before) })
	}
	look("it was looked at")
	if got := counting.answers(); !slices.Equal(got, []int{http.StatusNotModified}) {
		t.Errorf("got answers %v, want one 304", got)
	}
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(some(t, origin, "Fiche 0").IRI)
		if err == nil {
			tx.ForgetRecord(it)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	look("it is whole again")
	eventually(t, n, "the same", copied(t, n, origin))
	if err := n.CopyNow(t.Context(), 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody: got %v, want ErrNotFound", err)
	}
}

func TestChosenKindsAlone(t *testing.T) {
	origin, n := Start(t, "calanques"), Start(t, "estran")
	fill(t, origin, 5, 0)
	note := &store.News{Record: store.Record{Kind: "news", Body: "Une nouvelle.", Audience: store.Public, Themes: nil}}
	publish(t, origin, &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: note})
	publish(t, n, &federation.Activity{
		Verb: "Follow", Actor: n.Lab.IRI, Object: origin.Lab.IRI, Wants: store.Selection{Kinds: []string{"news"}},
	})
	eventually(t, n, "the news", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(note.IRI); return err == nil })
	eventually(t, n, "the whole is known", copied(t, n, origin))
	live := create(t, origin, "Pas choisie", store.Public)
	eventually(t, n, "the whole is known", copied(t, n, origin))
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		if got := tx.ListLab(actorID(tx, origin.Lab.IRI), store.Query{}).Total; got != 1 {
			t.Errorf("got %d records, want the news alone", got)
		}
		_, err := tx.RecordByIRI(live.Object)
		return err
	}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was not chosen: got %v, want ErrNotFound", err)
	}
	publish(t, origin, &federation.Activity{Verb: "Delete", Actor: origin.Lab.IRI, Object: live.Object})
	eventually(t, n, "the whole is known", copied(t, n, origin))
}

func TestChoiceCanBeChanged(t *testing.T) {
	origin, n := pair(t, 130)
	note := &store.News{Record: store.Record{Kind: "news", Body: "Une nouvelle.", Audience: store.Public}}
	publish(t, origin, &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: note})
	eventually(t, n, "the news", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(note.IRI); return err == nil })
	themed := experiment("En navette", store.Public)
	themed.Themes = []string{"mobilite"}
	publish(t, origin, &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: themed})
	eventually(t, n, "the record with a theme", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(themed.IRI); return err == nil })
	kept := some(t, origin, "Fiche 9")
	publish(t, n, &federation.Activity{Verb: "Like", Actor: n.Lab.IRI, Object: kept.IRI})
	var lab store.ID
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error { lab = actorID(tx, origin.Lab.IRI); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		wants store.Selection
		total int
	}{
		{store.Selection{Kinds: []string{"news"}}, 2}, // and what was liked
		{store.Selection{Records: []string{some(t, origin, "Fiche 3").IRI}}, 2},
		{store.Selection{Themes: []string{"mobilite"}}, 2},
		{store.Selection{Themes: []string{"mobilite"}, Kinds: []string{"news"}}, 1},
		{store.Selection{}, 132},
	} {
		if err := n.Choose(t.Context(), n.Admin(), lab, c.wants); err != nil {
			t.Fatal(err)
		}
		eventually(t, n, fmt.Sprintf("%d records of %+v", c.total, c.wants), func(tx *store.Txn) bool {
			return tx.ListLab(lab, store.Query{}).Total == c.total && copied(t, n, origin)(tx)
		})
	}
	if err := n.Choose(t.Context(), store.Viewer{Actor: n.Lab.IRI, Local: true}, lab, store.Selection{}); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("a member who does not run the node: got %v, want ErrForbidden", err)
	}
}

func TestUnfollowRemovesWhatNobodyNeeds(t *testing.T) {
	origin, n := pair(t, 250)
	kept := some(t, origin, "Fiche 7")
	publish(t, n, &federation.Activity{Verb: "Like", Actor: n.Lab.IRI, Object: kept.IRI})
	var follow string
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		f, err := tx.Follow(n.Lab.ID, actorID(tx, origin.Lab.IRI))
		if err == nil {
			follow = f.IRI
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	publish(t, n, &federation.Activity{Verb: "Undo", Actor: n.Lab.IRI, Object: follow})
	eventually(t, n, "only what was liked is here", func(tx *store.Txn) bool {
		lab := actorID(tx, origin.Lab.IRI)
		_, err := tx.RecordByIRI(kept.IRI)
		return err == nil && tx.ListLab(lab, store.Query{}).Total == 1 && tx.Sync(lab) == nil && tx.Catalogue(origin.Lab.IRI) == nil
	})
	connect(t, n, origin)
	eventually(t, n, "followed again, all of it is back", copied(t, n, origin))
}

// What labs that follow each other share is copied by them, counted for them, and
// for nobody else.
func TestSharedBetweenLabsIsCopiedByThemAlone(t *testing.T) {
	origin, mutual, oneWay := Start(t, "calanques"), Start(t, "estran"), Start(t, "estuaire")
	connect(t, origin, mutual)
	connect(t, mutual, origin)
	var shared []*federation.Activity
	for i := range 3 {
		shared = append(shared, create(t, origin, fmt.Sprintf("Entre nous %d", i), store.FollowedLabs))
	}
	fill(t, origin, 4, 0)
	connect(t, oneWay, origin)
	eventually(t, mutual, "everything is here", copied(t, mutual, origin))
	holds := func(n *Node, total int) func(tx *store.Txn) bool {
		return func(tx *store.Txn) bool {
			s, c := tx.Sync(actorID(tx, origin.Lab.IRI)), tx.Catalogue(origin.Lab.IRI)
			return s != nil && c != nil && !s.Checked.IsZero() && s.Problem == "" && s.Promised() == total &&
				c.Public.Plus(c.Restricted).Total() == total
		}
	}
	eventually(t, oneWay, "what is public is here", holds(oneWay, 4))
	if err := mutual.Store.Update(t.Context(), func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(shared[0].Object)
		if err != nil {
			return err
		}
		tx.ForgetRecord(it)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for n, total := range map[*Node]int{mutual: 7, oneWay: 4} {
		var lab store.ID
		if err := n.Store.View(t.Context(), func(tx *store.Txn) error { lab = actorID(tx, origin.Lab.IRI); return nil }); err != nil {
			t.Fatal(err)
		}
		before := n.Store.Now()
		if err := n.CopyNow(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
		eventually(t, n, "it is whole again", func(tx *store.Txn) bool { return tx.Sync(lab).Checked.After(before) && holds(n, total)(tx) })
	}
	publish(t, origin, &federation.Activity{Verb: "Delete", Actor: origin.Lab.IRI, Object: shared[1].Object})
	eventually(t, mutual, "withdrawn", gone(shared[1].Object))
}

// A lab whose server did not answer is looked at again as soon as it is heard of.
func TestSilentLabIsTriedAgainWhenItSpeaks(t *testing.T) {
	origin, n := pair(t, 3)
	down := &store.Sync{}
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		lab := actorID(tx, origin.Lab.IRI)
		it, err := tx.RecordByIRI(some(t, origin, "Fiche 0").IRI)
		if err != nil {
			return err
		}
		tx.ForgetRecord(it)
		*down = *tx.Sync(lab)
		down.Fail(store.ProblemUnreachable, tx.Now())
		down.Next = tx.Now().Add(7 * 24 * time.Hour)
		tx.PutSync(down)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	create(t, origin, "De retour", store.Public)
	eventually(t, n, "the same", func(tx *store.Txn) bool {
		return tx.Sync(down.Actor).Problem == "" && copied(t, n, origin)(tx)
	})
}
