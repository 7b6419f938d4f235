package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/web/assets"
)

// demoOptions are the flags of essaim demo.
type demoOptions struct {
	port, nodes int
	keep        string
	seed        uint64
	lang        string
	once        bool
	empty       bool
	live        bool
}

func demoCommand() *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run a network of five fictional labs on this machine",
		Long: "Run a network of five fictional labs on this machine: five nodes that talk to each other\n" +
			"over HTTP, with signatures, and to nobody else. Ctrl-C stops them.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runDemo(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.IntVar(&o.port, "port", 8401, "the port of the first node, the others follow; 0 takes free ones")
	f.IntVar(&o.nodes, "nodes", 5, "how many nodes")
	f.StringVar(&o.keep, "keep", "", "keep the data in this directory, and go on from it the next time")
	f.Uint64Var(&o.seed, "seed", 27, "what --live does follows from this number")
	f.StringVar(&o.lang, "lang", "fr", "language of what is printed: fr or en")
	f.BoolVar(&o.once, "once", false, "stop when everything is delivered")
	f.BoolVar(&o.empty, "empty", false, "labs and members only: nobody follows or publishes")
	f.BoolVar(&o.live, "live", false, "let the labs go on publishing for a while")
	return c
}

// runDemo builds the network, or takes up a kept one, and lets it run until ctx
// ends.
func runDemo(ctx context.Context, o demoOptions, stdout, stderr io.Writer) (err error) {
	content, err := o.content()
	if err != nil {
		return err
	}
	words, err := assets.NewCatalog()
	if err != nil {
		return err
	}
	dir, remove, err := o.dir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	limitMemory(int64(o.nodes) * memoryWanted)
	p := demoPrinter{out: stdout, progress: stderr, words: words, lang: assets.Lang(o.lang)}
	log := newLog(stderr, LogConfig{Level: "warn", Format: "text"})
	network, err := openDemo(ctx, o, content, dir, log)
	if err != nil {
		return err
	}
	err = network.run(ctx, func(ctx context.Context) error { return network.show(ctx, o, p) })
	return errors.Join(err, network.close())
}

// content is the part of the demonstration that the flags ask for.
func (o demoOptions) content() (demo.Network, error) {
	content, err := demo.Load()
	if err != nil {
		return content, err
	}
	if o.nodes < 1 || o.nodes > len(content.Labs) {
		return content, fmt.Errorf("--nodes: %d is not between 1 and %d", o.nodes, len(content.Labs))
	}
	if o.port < 0 || o.port > 65535-o.nodes {
		return content, fmt.Errorf("--port: %d is no port", o.port)
	}
	if o.lang != "fr" && o.lang != "en" {
		return content, fmt.Errorf("--lang: %q is neither fr nor en", o.lang)
	}
	return content.First(o.nodes), nil
}

// dir is where the data lie, and what removes them at the end.
func (o demoOptions) dir() (dir string, remove func() error, err error) {
	if o.keep != "" {
		return o.keep, func() error { return nil }, nil
	}
	dir, err = os.MkdirTemp("", "essaim-demo-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}

// show builds the network if it is new, prints where it is, and stays.
func (d *demoNetwork) show(ctx context.Context, o demoOptions, p demoPrinter) error {
	built, err := d.built(ctx)
	if err != nil {
		return err
	}
	if !built {
		bar := p.bar(d.steps(o.empty))
		if err := d.build(ctx, bar, o.empty); err != nil {
			return err
		}
		bar.finish()
	}
	summary, err := d.summary(ctx)
	if err != nil {
		return err
	}
	if err := d.print(ctx, p, summary); err != nil {
		return err
	}
	if o.once {
		d.stop()
		return nil
	}
	p.say("demo.stop")
	if o.live {
		return d.live(ctx, o.seed)
	}
	<-ctx.Done()
	return nil
}
