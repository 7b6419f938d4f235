package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
	"github.com/essaim/essaim/store/enginetest"
)

// noon is when the tests' clocks begin.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// clock is a clock that tests set.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func openBolt(t testing.TB, path string) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{NoSync: true, MinFree: -1, MinFreePercent: -1})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func openStore(t testing.TB, engine store.Engine, c *clock) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), engine, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open opens an empty store on bolt whose every Update runs its closure twice.
func open(t testing.TB) (*store.Store, *clock) {
	t.Helper()
	c := &clock{noon}
	s := openStore(t, enginetest.Twice(openBolt(t, filepath.Join(t.TempDir(), "store"))), c)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, c
}

func update(t testing.TB, s *store.Store, fn func(tx *store.Txn)) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *store.Txn) error {
		fn(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *store.Store, fn func(tx *store.Txn)) {
	t.Helper()
	err := s.View(t.Context(), func(tx *store.Txn) error {
		fn(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

const (
	home  = "home.example"
	other = "other.example"
)

func iri(host, name string) string { return "https://" + host + "/actors/" + name }

// newActor is an actor of this node when its host is home.
func newActor(typ store.ActorType, name, host string) *store.Actor {
	id := iri(host, name)
	return &store.Actor{
		IRI: id, Type: typ, Local: host == home, Handle: name, Host: host,
		Inbox: id + "/inbox", SharedInbox: "https://" + host + "/inbox",
		Keys: []store.PublicKey{{ID: id + "#main-key", PEM: "pem of " + name}},
	}
}

func putActor(t testing.TB, tx *store.Txn, typ store.ActorType, name, host string) *store.Actor {
	t.Helper()
	a := newActor(typ, name, host)
	must(t, tx.PutActor(a))
	return a
}

// newNews is a public note of a lab.
func newNews(lab, id string) *store.News {
	return &store.News{Record: store.Record{
		IRI: id, Kind: "news", Type: "Note", Lab: lab, Host: store.HostOf(id), Remote: store.HostOf(id) != home,
		Audience: store.Public, Body: "body of " + id, Created: noon.Add(-time.Hour), Updated: noon,
	}}
}

// newExperiment is a public experiment of a lab.
func newExperiment(lab, id string) *store.Experiment {
	n := newNews(lab, id)
	e := &store.Experiment{Record: n.Record, Stage: "idees"}
	e.Kind, e.Type, e.Title = "experiment", "Article", "title of "+id
	return e
}

func putRecord(t testing.TB, tx *store.Txn, it store.Item) {
	t.Helper()
	must(t, tx.PutRecord(it, []byte(it.Envelope().IRI)))
}

// iris are the ids on the wire of a page's records.
func iris(p store.Page) []string {
	list := []string{}
	for _, it := range p.Items {
		list = append(list, it.Envelope().IRI)
	}
	return list
}

func TestFailedUpdateLeavesNothing(t *testing.T) {
	s, _ := open(t)
	failure := errors.New("failure")
	err := s.Update(t.Context(), func(tx *store.Txn) error {
		putActor(t, tx, store.Group, "lab", home)
		return failure
	})
	wantErr(t, "update", err, failure)
	view(t, s, func(tx *store.Txn) {
		_, err := tx.ActorByIRI(iri(home, "lab"))
		wantErr(t, "actor", err, store.ErrNotFound)
	})
}

func TestWokenByWhatLeavesWork(t *testing.T) {
	s, _ := open(t)
	woken := s.Woken()
	update(t, s, func(tx *store.Txn) { putActor(t, tx, store.Group, "lab", other) })
	select {
	case <-woken:
		t.Fatal("an actor is no work")
	default:
	}
	_ = s.Update(t.Context(), func(tx *store.Txn) error {
		tx.AddJob("fetch", nil)
		return errors.New("failure")
	})
	select {
	case <-woken:
		t.Fatal("what was not committed is no work")
	default:
	}
	update(t, s, func(tx *store.Txn) { tx.AddJob("fetch", nil) })
	<-woken
	again := s.Woken()
	update(t, s, func(tx *store.Txn) {
		tx.Enqueue(store.Outgoing{Verb: "Create"}, []store.Recipient{{Inbox: "https://other.example/inbox"}})
	})
	<-again
}

func TestLocalVersion(t *testing.T) {
	s, _ := open(t)
	before := s.LocalVersion()
	update(t, s, func(tx *store.Txn) { putActor(t, tx, store.Group, "lab", other) })
	if got := s.LocalVersion(); got != before {
		t.Error("an actor of another node changed it")
	}
	update(t, s, func(tx *store.Txn) { putActor(t, tx, store.Group, "lab", home) })
	if got := s.LocalVersion(); got == before {
		t.Error("an actor of this node did not change it")
	}
}
