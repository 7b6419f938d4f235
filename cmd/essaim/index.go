package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func indexCommand() *cobra.Command {
	c := &cobra.Command{Use: "index", Short: "Look after the index of the search", Args: cobra.NoArgs}
	var p place
	rebuild := &cobra.Command{
		Use:   "rebuild",
		Short: "Build the index of the search afresh from the store",
		Long: "Build the index of the search afresh from the store. A node does so by itself when the\n" +
			"index is missing, damaged or of another version; until it is done, searches find less.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c, func(ctx context.Context, l *line) error {
				read, err := rebuildAndShow(ctx, l, c.ErrOrStderr())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(c.OutOrStdout(), "indexed: %d records and actors were read\n", read.Total)
				return err
			})
		},
	}
	p.flags(rebuild)
	c.AddCommand(rebuild)
	return c
}

// rebuildAndShow shows on w how far the index is, until it is built.
func rebuildAndShow(ctx context.Context, l *line, w io.Writer) (indexed, error) {
	type result struct {
		read indexed
		err  error
	}
	done := make(chan result, 1)
	go func() {
		read, err := rebuildIndex.call(ctx, l, struct{}{})
		done <- result{read, err}
	}()
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	for {
		select {
		case r := <-done:
			return r.read, errors.Join(r.err, bar.Finish())
		case <-tick.C:
		}
		if at, err := indexState.call(ctx, l, struct{}{}); err == nil && at.Total > 0 {
			bar.ChangeMax(at.Total)
			_ = bar.Set(at.Done) // a bar that cannot be drawn is no reason to stop
		}
	}
}

// indexed is how many records and actors were read for the index, of how many.
type indexed struct{ Done, Total int }

// indexing remembers how far a rebuild is.
type indexing struct {
	mu sync.Mutex
	at indexed
}

func (i *indexing) set(done, total int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = indexed{done, total}
}

func (i *indexing) get() indexed {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.at
}

var rebuildIndex = task[struct{}, indexed]{"index-rebuild", func(ctx context.Context, n *node, _ struct{}) (indexed, error) {
	n.indexing.set(0, 0)
	err := n.search.Rebuild(ctx, n.indexing.set)
	return n.indexing.get(), err
}}

var indexState = task[struct{}, indexed]{"index-state", func(_ context.Context, n *node, _ struct{}) (indexed, error) {
	return n.indexing.get(), nil
}}
