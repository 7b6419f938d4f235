package main

import (
	"context"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

const (
	lookAgain   = 100 * time.Millisecond
	settleLimit = 2 * time.Minute // for one wait; a slow machine needs seconds
)

// until asks again and again whether something is so.
func until(ctx context.Context, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		ok, err := so()
		if ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// settle waits until nothing is on its way between the nodes any more.
func (d *demoNetwork) settle(ctx context.Context) error {
	err := until(ctx, func() (bool, error) {
		s, err := d.summary(ctx)
		return s.waiting == 0, err
	})
	if err != nil {
		return fmt.Errorf("wait for the deliveries: %w", err)
	}
	return nil
}

// demoSummary counts what happened over the whole network.
type demoSummary struct {
	nodes, follows int
	delivered      int // records that lie at a node where they are not at home
	waiting        int // deliveries and jobs that are not done
	took           time.Duration
}

func (d *demoNetwork) summary(ctx context.Context) (demoSummary, error) {
	s := demoSummary{nodes: len(d.nodes), took: time.Since(d.began)}
	for _, n := range d.nodes {
		if err := n.store.View(ctx, func(tx *store.Txn) error { return s.add(tx) }); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *demoSummary) add(tx *store.Txn) error {
	lab, err := tx.Lab()
	if err != nil {
		return err
	}
	for range tx.Following(lab.ID) {
		s.follows++
	}
	member := store.Viewer{Actor: lab.IRI, Local: true, Runs: true}
	for _, k := range store.Kinds {
		s.delivered += tx.ListKind(k.Name, store.Query{Viewer: member, Away: true}).Total
	}
	for _, count := range tx.Backlog() {
		s.waiting += count
	}
	s.waiting += tx.Waiting()
	return nil
}
