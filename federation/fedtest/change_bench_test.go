package fedtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// BenchmarkChange measures how long a change on a lab takes to be on a node that
// follows it: both wait for their disks, and the change is signed, posted over
// loopback, verified and kept.
func BenchmarkChange(b *testing.B) {
	origin, n := Start(b, "calanques", Durable), Start(b, "estran", Durable)
	if err := n.Publish(b.Context(), n.Admin(), &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: origin.Lab.IRI}); err != nil {
		b.Fatal(err)
	}
	until(b, n, func(tx *store.Txn) bool {
		lab, err := tx.ActorByIRI(origin.Lab.IRI)
		return err == nil && tx.Sync(lab.ID) != nil && !tx.Sync(lab.ID).Checked.IsZero()
	})
	took := make([]time.Duration, 0, b.N)
	for i := 0; b.Loop(); i++ {
		e := experiment(fmt.Sprint("Fiche ", i), store.Public)
		began := time.Now()
		if err := origin.Publish(b.Context(), origin.Admin(), &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: e}); err != nil {
			b.Fatal(err)
		}
		until(b, n, has(e.IRI, e.Title))
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// until waits for every change of a node's store until it satisfies a condition.
func until(b *testing.B, n *Node, holds func(*store.Txn) bool) {
	b.Helper()
	for {
		ok := false
		changed, woken := n.Store.Changed(), n.Store.Woken()
		if err := n.Store.View(b.Context(), func(tx *store.Txn) error { ok = holds(tx); return nil }); err != nil {
			b.Fatal(err)
		}
		if ok {
			return
		}
		select {
		case <-changed:
		case <-woken:
		}
	}
}
