package fedtest

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// What appears in numbers reaches other Essaims one by one, and everybody else as
// one note a day.
func TestWhatAppearsInNumbersIsToldOnceADay(t *testing.T) {
	var ahead atomic.Int64
	s := newStage(t, Clocked(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	away := Start(t, "piton")
	connect(t, away, s.node)
	s.want(s.mail(s.eve, s.eve.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
	var last *store.Initiative
	for i := range 3 {
		last = store.KindOf("initiative").New().(*store.Initiative)
		last.Kind, last.Title, last.Pitch, last.Audience = "initiative", fmt.Sprintf("Entraide %d", i), "En une phrase.", store.Public
		if e := store.KindOf("initiative").Field("initiativeKind").ParseText(last, "entraide"); e != nil {
			t.Fatal(e)
		}
		publish(t, s.node, &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: last})
	}
	eventually(t, away, "an Essaim has them", has(last.IRI, "Entraide 2"))
	publish(t, s.node, &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: experiment("Une fiche", store.Public)})
	heard := func(what string) func(*store.Txn) bool {
		return func(*store.Txn) bool { return strings.Contains(strings.Join(s.eve.Peer.Posted(), ""), what) }
	}
	eventually(t, s.node, "the follower hears of what is rare", heard("Une fiche"))
	if heard("Entraide")(nil) {
		t.Error("a follower that reads no catalogues was sent what appears in numbers")
	}
	ahead.Store(int64(25 * time.Hour))
	publish(t, s.node, &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: experiment("Une autre", store.Public)})
	eventually(t, s.node, "the note of the day is published", func(tx *store.Txn) bool {
		notes := tx.ListKind("news", store.Query{Home: true, Limit: 9})
		return notes.Total == 1 && notes.Items[0].Envelope().Body == "note.digest"
	})
	eventually(t, s.node, "the follower reads it", heard("note.digest"))
}
