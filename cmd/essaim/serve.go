package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
)

func serveCommand() *cobra.Command {
	var p place
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the node of a data directory",
		Long: "Run the node of a data directory. Without any configuration it starts in ./data on\n" +
			"http://localhost:8080 and prints a link to set it up.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			o := nodeOptions{dir: p.dir, file: p.file, config: cfg, log: newLog(c.ErrOrStderr(), cfg.Log)}
			return serve(c.Context(), o, c.OutOrStdout())
		},
	}
	p.flags(c)
	c.Flags().StringVar(&p.baseURL, "base-url", "", "instead of node.base_url")
	c.Flags().StringVar(&p.listen, "listen", "", "instead of node.listen")
	return c
}

// memoryWanted is where the collector begins to work harder, in bytes of a node.
const memoryWanted = 200 << 20

// serve runs a node until ctx ends.
func serve(ctx context.Context, o nodeOptions, stdout io.Writer) error {
	limitMemory(memoryWanted)
	n, err := openNode(ctx, o)
	if err != nil {
		return err
	}
	n.log.Info("start", "host", n.door.Host())
	if err := n.noteSettings(ctx); err != nil {
		n.log.Warn("write into the journal", "err", err)
	}
	err = n.run(ctx, func(ctx context.Context) error { return n.listens(ctx, stdout) })
	err = errors.Join(err, n.close())
	n.log.Info("stopped")
	return err
}

// garbage is how many per cent of what is in use may be waste before the collector
// works: half of Go's own figure, since where a node runs memory is dearer than time.
const garbage = 50

func limitMemory(bytes int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(bytes)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// listens greets, unless the node is told to stop meanwhile, and settles.
func (n *node) listens(ctx context.Context, stdout io.Writer) error {
	if err := n.greet(ctx, stdout); err != nil && ctx.Err() == nil {
		return err
	}
	n.settle()
	return nil
}

// settle gives back the memory that the start alone needed: half of what a node then
// holds.
func (n *node) settle() {
	debug.FreeOSMemory()
	if err := unload(); err != nil {
		n.log.Warn("give memory back", "err", err)
	}
}

// run lets the node work until ctx ends: everything that runs of itself is
// started here. ready is called once it listens.
//
// At the end all of it stops at once: nothing new is accepted, requests and
// deliveries under way have the same eight seconds, and what is not delivered
// lies in the store.
func (n *node) run(ctx context.Context, ready func(context.Context) error) error {
	n.probe = new(doctor.Probe)
	handler, err := n.handler()
	if err != nil {
		return err
	}
	control, err := n.listenControl(ctx) // before anybody can see that the node is ready
	if err != nil {
		return err
	}
	listener, err := n.listen(ctx)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.serveHTTP(ctx, listener, handler) })
	g.Go(func() error { return n.serveControl(ctx, control) })
	g.Go(func() error { return n.serveMetrics(ctx) })
	g.Go(func() error { return n.door.Work(ctx) })
	g.Go(func() error { return n.delivery.Run(ctx) })
	g.Go(func() error { return n.rejects.Run(ctx) })
	g.Go(func() error { return n.live(ctx) })
	g.Go(func() error { return n.search.Run(ctx) })
	g.Go(func() error { return n.maintain(ctx) })
	g.Go(func() error { return ready(ctx) })
	return g.Wait()
}

// greet says where the node is, and how to set it up if nobody did.
func (n *node) greet(ctx context.Context, stdout io.Writer) error {
	var fresh bool
	err := n.store.View(ctx, func(tx *store.Txn) error {
		_, err := tx.Lab()
		fresh = errors.Is(err, store.ErrNotFound)
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Essaim %s: %s\n", version(), n.config.Node.BaseURL)
	if !fresh {
		return nil
	}
	link, err := n.setUpLink(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Set up this node, within a day: %s\n", link)
	return nil
}

// linkLife is how long a link that was printed can be used, once.
const linkLife = day

// setUpLink opens the set-up wizard.
func (n *node) setUpLink(ctx context.Context) (string, error) {
	secret, err := n.sessions.NewLink(ctx, 0, session.ScopeSetUp, linkLife)
	return n.config.Node.BaseURL + "/installation/" + secret, err
}

// signInLink signs in as an account.
func (n *node) signInLink(ctx context.Context, account store.ID) (string, error) {
	secret, err := n.sessions.NewLink(ctx, account, session.ScopeSignIn, linkLife)
	return n.config.Node.BaseURL + "/connexion/" + secret, err
}
