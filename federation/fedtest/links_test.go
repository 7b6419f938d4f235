package fedtest

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// A link of a public record is looked at, told when it is gone twice a day apart, and
// looked at again when somebody asks.
func TestLinksThatAreGoneAreTold(t *testing.T) {
	var later, there atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" && there.Load() == 0 {
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer server.Close()
	n := Start(t, "estran", WatchingLinks, Clocked(func() time.Time { return time.Now().Add(time.Duration(later.Load())) }))
	it := &store.Event{Record: store.Record{
		Kind: "event", Title: "Visite", Pitch: "Une visite.", Lang: "fr", Audience: store.Public, Body: "Voir " + server.URL + "/gone et " + server.URL + "/here",
	}, Start: "2040-05-01T10:00"}
	if err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: it}); err != nil {
		t.Fatal(err)
	}
	look := func(what string, done func(*store.Txn) bool) {
		t.Helper()
		if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
			tx.AddJob("links", struct{}{})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		eventually(t, n, what, done)
	}
	broken := func(tx *store.Txn) (n int) {
		for c := range tx.BrokenLinks() {
			if n++; c.Address != server.URL+"/gone" || c.Status != http.StatusGone {
				t.Errorf("got %+v", c)
			}
		}
		return n
	}
	look("both were looked at once", func(tx *store.Txn) bool { return tx.CountJobs("links", 9) == 1 && broken(tx) == 0 })
	later.Store(int64(25 * time.Hour))
	look("one is broken, and one look is planned", func(tx *store.Txn) bool { return broken(tx) == 1 && tx.CountJobs("links", 9) == 1 })
	there.Store(1)
	if err := n.HurryLink(t.Context(), n.Admin(), it.ID, server.URL+"/gone"); err != nil {
		t.Fatal(err)
	}
	eventually(t, n, "it is there again", func(tx *store.Txn) bool { return broken(tx) == 0 })
}
