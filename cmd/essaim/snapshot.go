package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
)

func snapshotCommand() *cobra.Command {
	var p place
	withdraw := ""
	c := &cobra.Command{
		Use:   "snapshot",
		Short: "Keep what is public today as open data, or withdraw what was kept",
		Long: "Keep what everybody may read of this node today as a snapshot that changes no more,\n" +
			"and print the sums of its files. A running node takes one each month by itself.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c, func(ctx context.Context, l *line) error {
				if withdraw != "" {
					_, err := withdrawSnapshot.call(ctx, l, withdraw)
					return err
				}
				taken, err := takeSnapshot.call(ctx, l, struct{}{})
				if err != nil {
					return err
				}
				return printSnapshot(c.OutOrStdout(), &taken)
			})
		},
	}
	p.flags(c)
	c.Flags().StringVar(&withdraw, "withdraw", "", "give the snapshot of this `name` to nobody any more")
	return c
}

func printSnapshot(w io.Writer, s *store.Snapshot) error {
	for _, f := range s.Files {
		if _, err := fmt.Fprintf(w, "%s  %s-%s\n", f.SHA256, s.Name, f.Name); err != nil {
			return err
		}
	}
	return nil
}

var takeSnapshot = task[struct{}, store.Snapshot]{"snapshot", func(ctx context.Context, n *node, _ struct{}) (store.Snapshot, error) {
	words, err := assets.NewCatalog()
	if err != nil {
		return store.Snapshot{}, fmt.Errorf("read words: %w", err)
	}
	taken, err := web.TakeSnapshot(ctx, n.store, words)
	if err != nil {
		return store.Snapshot{}, fmt.Errorf("take snapshot: %w", err)
	}
	return *taken, nil
}}

var withdrawSnapshot = task[string, struct{}]{"withdraw-snapshot", func(ctx context.Context, n *node, name string) (struct{}, error) {
	return struct{}{}, n.store.Update(ctx, func(tx *store.Txn) error { return tx.WithdrawSnapshot(name) })
}}

// monthlySnapshot takes the snapshot of this month, unless there is one already or
// nothing to keep.
func (n *node) monthlySnapshot(ctx context.Context) error {
	due := false
	err := n.store.View(ctx, func(tx *store.Txn) error {
		due = slices.ContainsFunc(store.Kinds, func(k *store.Kind) bool {
			return tx.ListKind(k.Name, store.Query{Home: true}).Total > 0
		})
		for s := range tx.Snapshots() {
			due = due && s.Taken.Format("2006-01") != tx.Now().Format("2006-01")
			break
		}
		return nil
	})
	if err == nil && due {
		_, err = takeSnapshot.do(ctx, n, struct{}{})
	}
	return err
}
