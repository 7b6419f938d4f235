package main

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
)

const (
	day = 24 * time.Hour

	// keepActivities outlasts the month for which others send again what they
	// could not deliver; until then an activity is known by its id.
	keepActivities = 40 * day
	keepChanges    = 30 * day
	keepDeletions  = 90 * day // in the feed of the catalogue
	keepArrivals   = 40 * day // for letters on what is new
	keepApps       = 7 * day  // that nobody let in

	// unloadEvery is how long what was read of the store counts as memory in use.
	unloadEvery = 5 * time.Second

	// examineEvery is how often the node examines itself, for the page of what there
	// is to do.
	examineEvery = 6 * time.Hour

	// planEvery is how often the node asks itself whether it is time for a backup.
	planEvery = time.Hour

	// tidyBatch bounds one transaction: a long one would hold up all others.
	tidyBatch = 500
)

// maintain removes what nobody needs any more, now and once a day, orders backups and
// gives memory back, until ctx ends.
func (n *node) maintain(ctx context.Context) error {
	daily, often, examine, plan := time.NewTicker(day), time.NewTicker(unloadEvery), time.NewTicker(examineEvery), time.NewTicker(planEvery)
	defer daily.Stop()
	defer examine.Stop()
	defer plan.Stop()
	defer often.Stop()
	do := n.tidy
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			n.log.Error("maintain store", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-daily.C:
			do = n.tidy
		case <-examine.C:
			do = func(ctx context.Context) error {
				n.examine(ctx)
				return nil
			}
		case <-plan.C:
			do = n.planBackup
		case <-often.C:
			do = n.engine.Unload
		}
	}
}

func (n *node) tidy(ctx context.Context) error {
	old := []func(*store.Txn) int{
		func(tx *store.Txn) int { return tx.ForgetActivities(tx.Now().Add(-keepActivities), tidyBatch) },
		func(tx *store.Txn) int { return tx.TrimChanges(tx.Now().Add(-keepChanges), tidyBatch) },
		func(tx *store.Txn) int { return tx.TrimFeeds(tx.Now().Add(-keepDeletions), tidyBatch) },
		func(tx *store.Txn) int { return tx.TrimExchanges(tidyBatch) },
		func(tx *store.Txn) int { return tx.TrimRejects(tidyBatch) },
		func(tx *store.Txn) int { return tx.TrimArrivals(tx.Now().Add(-keepArrivals), tidyBatch) },
		func(tx *store.Txn) int { return tx.ForgetExpired(tidyBatch) },
		func(tx *store.Txn) int { return tx.ForgetImports(tidyBatch) },
		func(tx *store.Txn) int {
			return tx.ForgetReports(tx.Now().Add(-n.config.Retention.Reports.Duration), tidyBatch)
		},
		func(tx *store.Txn) int {
			return tx.ForgetDisclosures(tx.Now().Add(-n.config.Retention.Contacts.Duration), tidyBatch)
		},
		func(tx *store.Txn) int {
			return tx.ForgetJournal(tx.Now().Add(-n.config.Retention.Journal.Duration), tidyBatch)
		},
		func(tx *store.Txn) int { return tx.ForgetApps(tx.Now().Add(-keepApps), tidyBatch) },
	}
	for _, forget := range old {
		if err := n.inBatches(ctx, forget); err != nil {
			return err
		}
	}
	if err := shelfIn(n.dir).Expire(n.store.Now().Add(-n.config.Retention.Backups.Duration)); err != nil {
		return err
	}
	if err := n.letters.PlanWeek(ctx); err != nil {
		return err
	}
	if err := n.monthlySnapshot(ctx); err != nil {
		return err
	}
	if err := n.planBackup(ctx); err != nil {
		return err
	}
	return n.sweepMedia(ctx)
}

// sweepMedia removes the files that nothing names. A node that nobody set up has
// none of its own: what is there belongs to a store that is still to be restored.
func (n *node) sweepMedia(ctx context.Context) error {
	err := n.store.View(ctx, func(tx *store.Txn) error {
		_, err := tx.Lab()
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = n.media.Sweep(ctx, n.store.Uploads)
	}
	return err
}

// inBatches calls forget in a transaction each until it finds less than a batch.
func (n *node) inBatches(ctx context.Context, forget func(*store.Txn) int) error {
	for more := true; more; {
		err := n.store.Update(ctx, func(tx *store.Txn) error {
			more = forget(tx) >= tidyBatch
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
