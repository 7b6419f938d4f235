package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// US2: a node that is killed while it copies a catalogue goes on where it was.
// Afterwards all of it is there, and nothing twice.
func TestKilledCopyGoesOn(t *testing.T) {
	t.Parallel()
	const records = 1500
	origin, follower := newLab(t, "calanques"), newLab(t, "estran")
	origin.fill(records)
	origin.start()
	follower.start()
	follower.essaim("follow", origin.address())
	for _, part := range []int{records / 5, records / 2, records * 4 / 5} {
		eventually(t, "a part of it is here", time.Millisecond, func() bool {
			return follower.copied(origin).Here["experiment"] >= part
		})
		follower.kill()
		follower.start()
	}
	follower.follow(origin)
	got := follower.copied(origin)
	if !got.Same || got.Here["experiment"] != records || got.There["experiment"] != records {
		t.Errorf("got %+v, want %d of %d", got, records, records)
	}
	origin.stop()
	follower.stop()
	follower.within(func(n *node) {
		if err := n.store.View(t.Context(), func(tx *store.Txn) error {
			if got := tx.ListKind("experiment", store.Query{Away: true}).Total; got != records {
				t.Errorf("listed: got %d, want %d", got, records)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	follower.essaim("check")
}

// within opens the node in this process; none runs it.
func (l *labProcess) within(do func(n *node)) {
	l.t.Helper()
	cfg, err := (&place{dir: l.dir}).config()
	if err != nil {
		l.t.Fatal(err)
	}
	n, err := openNode(l.t.Context(), nodeOptions{dir: l.dir, config: cfg, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		l.t.Fatal(err)
	}
	do(n)
	if err := n.close(); err != nil {
		l.t.Fatal(err)
	}
}

// fill publishes experiments of a lab that does not run.
func (l *labProcess) fill(records int) {
	l.t.Helper()
	l.within(func(n *node) {
		lab, err := n.lab(l.t.Context())
		if err != nil {
			l.t.Fatal(err)
		}
		for i := range records {
			e := &store.Experiment{Record: store.Record{
				Kind: "experiment", Title: fmt.Sprintf("Fiche %d", i), Pitch: "En une phrase.", Body: "Le récit.", Audience: store.Public,
			}, Stage: "idees"}
			a := &federation.Activity{Verb: "Create", Actor: lab.IRI, Item: e}
			if err := n.door.Publish(l.t.Context(), asItself(lab), a); err != nil {
				l.t.Fatal(err)
			}
		}
	})
}

// copied is how far the copy of another lab is.
func (l *labProcess) copied(other *labProcess) followed {
	l.t.Helper()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(l.dir, socketName))
	}
	remote := &line{remote: &http.Client{Transport: &http.Transport{DialContext: dial}}}
	defer remote.remote.CloseIdleConnections()
	f, err := followState.call(l.t.Context(), remote, other.iri())
	if err != nil {
		l.t.Fatal(err)
	}
	return f
}
