package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

const (
	jobLinks    = "links"
	linksEvery  = time.Hour
	linksAtOnce = 4 // addresses an hour: nobody feels it
)

// beginLinks lets a node that starts look at the addresses that its records name.
func (n *Node) beginLinks(ctx context.Context) error {
	if !n.WatchLinks {
		return nil
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		planNextLook(tx)
		return nil
	})
}

// lookAtLinks looks at a few addresses that records name, one after the other, and plans
// the next look.
func (n *Node) lookAtLinks(ctx context.Context) error {
	if !n.WatchLinks {
		return nil
	}
	var next []*store.LinkCheck
	err := n.Store.Update(ctx, func(tx *store.Txn) error {
		next = tx.NextLinks(linksAtOnce)
		return nil
	})
	if err != nil {
		return err
	}
	found := make([]error, len(next))
	for i, c := range next {
		found[i] = n.Fetch.Look(ctx, c.Address)
	}
	if ctx.Err() != nil { // stopped in the middle: nothing was found out
		return ctx.Err()
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		for i, c := range next {
			keepLink(tx, *c, found[i])
		}
		planNextLook(tx)
		return nil
	})
}

// planNextLook plans one, unless another look that is under way did.
func planNextLook(tx *store.Txn) {
	for j := range tx.JobsOf(jobLinks) {
		if j.Due.After(tx.Now()) && !j.Stuck {
			return
		}
	}
	tx.AddJobAt(jobLinks, struct{}{}, tx.Now().Add(linksEvery))
}

// keepLink writes down what a look found out. What cannot be told from here is not held
// against an address.
func keepLink(tx *store.Txn, c store.LinkCheck, err error) {
	if err == nil || errors.Is(err, fetch.ErrUnclear) {
		tx.FoundLink(c)
		return
	}
	status := 0
	if bad, answered := errors.AsType[*fetch.BadResponse](err); answered {
		status = bad.Status
	}
	tx.KeepLink(c, status)
}

// HurryLink has a broken address of a record looked at now. Errors: ErrForbidden,
// store.ErrNotFound.
func (n *Node) HurryLink(ctx context.Context, by store.Viewer, record store.ID, address string) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !by.May(store.RunLab) {
			return fmt.Errorf("look at %s by %s: %w", address, by.Actor, ErrForbidden)
		}
		if err := tx.HurryLink(record, address); err != nil {
			return err
		}
		tx.Note(store.JournalEntry{Deed: store.RetryLink, Record: record})
		tx.AddJob(jobLinks, struct{}{})
		return nil
	})
}
