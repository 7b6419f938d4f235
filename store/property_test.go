package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// walk does random things to a store, among few actors and records so that they
// meet each other often.
type walk struct {
	t   *testing.T
	tx  *store.Txn
	rnd *rand.Rand
}

func TestIndexesStayTrueWhateverHappens(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s, c := open(t)
			for round := range uint64(40) {
				c.pass(time.Duration(round%7-2) * time.Second) // now and then back
				update(t, s, func(tx *store.Txn) {
					// The same steps when the closure runs again.
					w := walk{t, tx, rand.New(rand.NewPCG(seed, round))}
					for range 12 {
						w.step()
					}
				})
				view(t, s, func(tx *store.Txn) {
					for _, wrong := range tx.Check() {
						t.Errorf("round %d: %s", round, wrong)
					}
					for _, v := range viewers() {
						for _, wrong := range tx.CheckLists(v) {
							t.Errorf("round %d: %s", round, wrong)
						}
					}
				})
				if t.Failed() {
					return
				}
			}
		})
	}
}

func viewers() []store.Viewer {
	list := []store.Viewer{{}}
	for _, host := range []string{home, other} {
		for _, v := range []store.Viewer{
			{}, {Node: true}, {Local: true}, {Local: true, Runs: true}, {Local: true, Circles: []store.ID{circle}}, {Local: true, Circles: []store.ID{circle + 1, 77}},
		} {
			v.Actor = iri(host, "ana")
			list = append(list, v)
		}
	}
	return list
}

func (w walk) step() {
	steps := []func(){
		w.putActor, w.putActor, w.putRecord, w.putRecord, w.putRecord, w.deleteRecord, w.resurrect,
		w.follow, w.follow, w.unfollow, w.react, w.pin, w.toRiver, w.putAccount, w.publish, w.hide, w.trim, w.erase, w.putCircle, w.deleteCircle, w.putSeat, w.putSeat, w.deleteSeat,
	}
	steps[w.rnd.IntN(len(steps))]()
}

func (w walk) host() string { return []string{home, other, "third.example"}[w.rnd.IntN(3)] }

func (w walk) name() string { return []string{"ana", "Bob", "lab", "Élan"}[w.rnd.IntN(4)] }

func (w walk) recordIRI() string { return fmt.Sprintf("https://%s/o/%d", w.host(), w.rnd.IntN(9)) }

// actor is one of those that are here, or nil.
func (w walk) actor() *store.Actor {
	a, err := w.tx.ActorByIRI(iri(w.host(), w.name()))
	if err != nil || !a.Deleted.IsZero() {
		return nil
	}
	return a
}

func (w walk) item() store.Item {
	it, err := w.tx.RecordByIRI(w.recordIRI())
	if err != nil {
		return nil
	}
	return it
}

func (w walk) putActor() {
	a := newActor(store.Person, w.name(), w.host())
	if w.rnd.IntN(3) == 0 {
		a.Handle = w.name()
	}
	if w.rnd.IntN(3) == 0 {
		a.SharedInbox = ""
	}
	if w.rnd.IntN(3) == 0 {
		a.Keys[0].ID = iri(a.Host, w.name()) + "#key-2"
	}
	if old, err := w.tx.ActorByIRI(a.IRI); err == nil && !old.Deleted.IsZero() {
		return
	}
	if owner, _, err := w.tx.ActorByKey(a.Keys[0].ID); err == nil && owner.IRI != a.IRI {
		return // another's key: federation refuses it
	}
	if err := w.tx.PutActor(a); err != nil && !errors.Is(err, store.ErrExists) {
		w.t.Error(err)
	}
}

func (w walk) putRecord() {
	id := w.recordIRI()
	lab := iri(store.HostOf(id), w.name())
	if old, err := w.tx.RecordByIRI(id); err == nil {
		lab = old.Envelope().Lab
	}
	var it store.Item = newNews(lab, id)
	if w.rnd.IntN(2) == 0 {
		e := newExperiment(lab, id)
		e.Themes = []string{store.Themes.Slugs[w.rnd.IntN(3)], store.Themes.Slugs[3+w.rnd.IntN(3)]}
		it = e
	}
	if w.rnd.IntN(4) == 0 {
		it = w.event(lab, id)
	}
	r := it.Envelope()
	r.Audience = ladder[w.rnd.IntN(len(ladder))]
	r.Created = noon.Add(-time.Duration(w.rnd.IntN(3)) * time.Hour)
	for range w.rnd.IntN(3) - 1 {
		r.Addressed = append(r.Addressed, iri(w.host(), w.name()))
	}
	for range w.rnd.IntN(3) {
		r.Authors = append(r.Authors, iri(w.host(), w.name()))
	}
	if root := w.item(); root != nil && root.Envelope().IRI != id {
		r.Root = root.Envelope().ID
	}
	if err := w.tx.PutRecord(it, []byte("raw")); err != nil && !errors.Is(err, store.ErrGone) {
		w.t.Error(err)
	}
}

// event is one of a few days, or without a day.
func (w walk) event(lab, id string) *store.Event {
	e := newEvent([]string{"", "2026-03-01T10:00", "2026-03-02T10:00", "1020-03-02T10:00"}[w.rnd.IntN(4)], "2026-03-02T12:00", "")
	e.Lab, e.IRI, e.Host, e.Remote = lab, id, store.HostOf(id), store.HostOf(id) != home
	return e
}

func (w walk) deleteRecord() {
	if it := w.item(); it != nil {
		w.tx.DeleteRecord(it, &store.Tombstone{IRI: it.Envelope().IRI})
	}
}

func (w walk) resurrect() {
	id := w.recordIRI()
	if w.tx.Tombstone(id) == nil {
		return
	}
	w.tx.DropTombstone(id)
	putRecord(w.t, w.tx, newNews(iri(store.HostOf(id), w.name()), id))
}

func (w walk) follow() {
	a, b := w.actor(), w.actor()
	if a == nil || b == nil {
		return
	}
	state := []store.FollowState{store.Asked, store.Accepted, store.Refused}[w.rnd.IntN(3)]
	w.tx.PutFollow(&store.Follow{Follower: a.ID, Followed: b.ID, State: state, Inbox: a.DeliverTo()})
}

func (w walk) unfollow() {
	if a, b := w.actor(), w.actor(); a != nil && b != nil {
		w.tx.DeleteFollow(a.ID, b.ID)
	}
}

func (w walk) react() {
	a, it := w.actor(), w.item()
	if a == nil || it == nil {
		return
	}
	w.tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: it.Envelope().ID, Actor: a.ID})
	if w.rnd.IntN(2) == 0 {
		w.tx.DeleteReaction(it.Envelope().ID, store.Liked, a.ID)
	}
}

func (w walk) pin() {
	it := w.item()
	if it == nil {
		return
	}
	if a, err := w.tx.ActorByIRI(it.Envelope().Lab); err == nil {
		w.tx.Pin(a.ID, it.Envelope().ID, w.rnd.IntN(3) > 0)
	}
}

func (w walk) toRiver() {
	if it := w.item(); it != nil {
		w.tx.AddToRiver(it)
	}
}

func (w walk) putAccount() {
	a := w.actor()
	if a == nil || !a.Local {
		return
	}
	account := &store.Account{Actor: a.ID}
	if old, err := w.tx.AccountOf(a.ID); err == nil {
		account = old
	}
	account.Email = []string{"", "ana@example.org", "ANA@example.org", "bob@example.org"}[w.rnd.IntN(4)]
	if err := w.tx.PutAccount(account); err != nil && !errors.Is(err, store.ErrExists) {
		w.t.Error(err)
	}
}

func (w walk) publish() {
	a := w.actor()
	if a == nil {
		return
	}
	activity := &store.Activity{IRI: a.IRI + "/" + w.tx.NewID().String(), Actor: a.ID, Local: a.Local, Open: true}
	if it := w.item(); it != nil {
		activity.Record = it.Envelope().ID
	}
	w.tx.PutActivity(activity)
	w.tx.Enqueue(store.Outgoing{Actor: a.ID}, []store.Recipient{{Actor: a.ID, Inbox: a.DeliverTo()}, {Inbox: w.recordIRI()}})
}

func (w walk) hide() {
	if a, it := w.actor(), w.item(); a != nil && it != nil {
		w.tx.HideFromOutbox(a.ID, it.Envelope().ID)
	}
}

func (w walk) trim() {
	log := slices.Collect(w.tx.OutLog(0))
	if len(log) > 2 {
		w.tx.TrimOutLog(log[len(log)/2].Seq, 5)
	}
	w.tx.ForgetActivities(w.tx.Now(), 3)
}

func (w walk) erase() {
	if a := w.actor(); a != nil && w.rnd.IntN(4) == 0 {
		w.tx.EraseActor(a, w.tx.Now())
	}
}

func (w walk) putCircle() {
	c := &store.Circle{Name: "Cercle " + w.name()}
	for old := range w.tx.Circles() {
		if old.Name == c.Name {
			c = old
		}
	}
	c.Members, c.Managers = nil, nil
	for range w.rnd.IntN(4) {
		if a := w.actor(); a != nil && a.Local && !c.Has(a.IRI) {
			c.Members = append(c.Members, a.IRI)
		}
	}
	if err := w.tx.PutCircle(c); err != nil {
		w.t.Error(err)
	}
}

func (w walk) putSeat() {
	e, ok := w.item().(*store.Event)
	if !ok {
		return
	}
	s := &store.Seat{Event: e.ID, State: []store.FollowState{store.Asked, store.Accepted, store.Refused}[w.rnd.IntN(3)]}
	if s.Holder = store.GuestHolder(w.name()); w.rnd.IntN(2) == 0 {
		s.Actor = iri(w.host(), w.name())
		s.Holder = store.HolderOf(s.Actor)
	}
	w.tx.PutSeat(s)
}

func (w walk) deleteSeat() {
	if e, ok := w.item().(*store.Event); ok {
		w.tx.DeleteSeat(e.ID, store.HolderOf(iri(w.host(), w.name())))
		w.tx.DeleteSeat(e.ID, store.GuestHolder(w.name()))
	}
}

func (w walk) deleteCircle() {
	for c := range w.tx.Circles() {
		if w.rnd.IntN(3) == 0 {
			w.tx.DeleteCircle(c.ID)
			return
		}
	}
}
