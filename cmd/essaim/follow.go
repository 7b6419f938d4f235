package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

func followCommand() *cobra.Command {
	var p place
	var wait bool
	var file string
	var timeout time.Duration
	var asked wish
	c := &cobra.Command{
		Use:   "follow [flags] {@lab@host | --file LIST}",
		Short: "Follow a lab, or anybody else, as the lab of this node",
		Long: "Follow a lab, or anybody else, as the lab of this node. When the node does not run, the\n" +
			"request goes out the next time it does; with --wait it runs until there is an answer and\n" +
			"what the lab publishes has been copied: all of it, or only the kinds and themes that are\n" +
			"given, and the records. For a lab that is followed already they replace what was chosen.\n\n" +
			"A list has an account a line, as an address or a link, with or without further columns:\n" +
			"the file of follows that Mastodon exports will do. \"-\" reads it from standard input.",
		Args: func(c *cobra.Command, args []string) error {
			if file != "" {
				return cobra.NoArgs(c, args)
			}
			return cobra.ExactArgs(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := asked.check(); err != nil {
				return err
			}
			return p.with(c, func(ctx context.Context, l *line) error {
				if file != "" {
					return followFile(c, l, file, asked)
				}
				asked.Whom = args[0]
				if !wait {
					return follow(c, l, asked)
				}
				ctx, cancel := context.WithTimeout(ctx, timeout)
				defer cancel()
				return whileRunning(ctx, l, func(ctx context.Context) error {
					c.SetContext(ctx)
					return followAndWait(c, l, asked)
				})
			})
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&wait, "wait", false, "wait for the answer and for the catalogue; a refusal is an error")
	c.Flags().StringSliceVar(&asked.Kinds, "kind", nil, "copy only records of this kind, such as experiment")
	c.Flags().StringSliceVar(&asked.Themes, "theme", nil, "copy only records with this theme, such as mobilite")
	c.Flags().StringSliceVar(&asked.Records, "record", nil, "copy this record; without --kind and --theme, nothing else")
	c.Flags().StringVar(&file, "file", "", "follow everybody on this list")
	c.MarkFlagsMutuallyExclusive("file", "wait")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long --wait waits")
	return c
}

// wish is whom to follow, and what to copy.
type wish struct {
	Whom string
	store.Selection
}

func (w *wish) check() error {
	for _, k := range w.Kinds {
		if store.KindOf(k) == nil {
			return fmt.Errorf("--kind %s: there is no such kind", k)
		}
	}
	for _, t := range w.Themes {
		if !store.Themes.Has(t) {
			return fmt.Errorf("--theme %s: there is no such theme", t)
		}
	}
	return nil
}

func follow(c *cobra.Command, l *line, asked wish) error {
	f, err := startFollow.call(c.Context(), l, asked)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", f.Address, f.State)
	return err
}

// whileRunning does something while the node of the line runs; if it does not by
// itself, it runs here until then.
func whileRunning(ctx context.Context, l *line, do func(context.Context) error) error {
	if l.node == nil {
		return do(ctx)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.Go(func() error {
		return l.node.run(ctx, func(ctx context.Context) error {
			defer stop()
			return do(ctx)
		})
	})
	return g.Wait()
}

// askAgain is how often --wait looks for the answer.
const askAgain = 200 * time.Millisecond

func followAndWait(c *cobra.Command, l *line, asked wish) error {
	ctx := c.Context()
	f, err := startFollow.call(ctx, l, asked)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "asked %s, waiting for the answer\n", f.Address)
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	for shown := ""; f.State == store.Asked || f.copying(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return f.unfinished(ctx.Err())
		}
		if f, err = followState.call(ctx, l, f.IRI); err != nil {
			return err
		}
		if p := f.progress(); p != shown {
			fmt.Fprintln(c.ErrOrStderr(), p)
			shown = p
		}
	}
	if f.State == store.Refused {
		return fmt.Errorf("%s refused", f.Address)
	}
	if f.Problem != "" {
		fmt.Fprintf(c.ErrOrStderr(), "what it publishes could not be copied (%s); the node tries again later\n", f.Problem)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", f.Address, f.State)
	return err
}

// followed is how far a follow of the lab got, and the copy of what is followed.
type followed struct {
	IRI, Address string
	State        store.FollowState
	Here, There  map[string]int // objects by kind; There is as the origin counts
	Same         bool           // they were found to be the same
	Problem      store.SyncProblem
}

func (f *followed) copying() bool { return f.State == store.Accepted && !f.Same && f.Problem == "" }

// unfinished says what did not come in time.
func (f *followed) unfinished(err error) error {
	if f.State == store.Asked {
		return fmt.Errorf("%s has not answered yet; the request stands: %w", f.Address, err)
	}
	return fmt.Errorf("what %s publishes is still being copied, and the node goes on: %s: %w", f.Address, f.progress(), err)
}

// progress is how much of each kind is here; empty before anything is known.
func (f *followed) progress() string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(f.There)) {
		parts = append(parts, fmt.Sprintf("%s %d of %d", kind, f.Here[kind], f.There[kind]))
	}
	return strings.Join(parts, ", ")
}

// startFollow asks to follow what somebody typed, unless that was granted before;
// then it changes what is copied, if anything is chosen.
var startFollow = task[wish, followed]{"follow", func(ctx context.Context, n *node, asked wish) (followed, error) {
	actor, err := n.door.Resolve(ctx, asked.Whom)
	if err != nil {
		return followed{}, fmt.Errorf("find %s: %w", asked.Whom, err)
	}
	lab, err := n.lab(ctx)
	if err != nil {
		return followed{}, err
	}
	f, err := n.followed(ctx, actor.IRI)
	granted := err == nil && f.State == store.Accepted
	switch {
	case granted && asked.All():
		return f, nil
	case granted:
		err = n.door.Choose(ctx, asItself(lab), actor.ID, asked.Selection)
	default:
		err = n.door.Publish(ctx, asItself(lab), &federation.Activity{Verb: "Follow", Actor: lab.IRI, Object: actor.IRI, Wants: asked.Selection})
	}
	if err != nil {
		return followed{}, err
	}
	return n.followed(ctx, actor.IRI)
}}

// followState is how far the follow of an actor got, by its IRI.
var followState = task[string, followed]{"follow/state", func(ctx context.Context, n *node, iri string) (followed, error) {
	return n.followed(ctx, iri)
}}

func (n *node) followed(ctx context.Context, iri string) (out followed, err error) {
	err = n.store.View(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return fmt.Errorf("lab of this node: %w", err)
		}
		actor, err := tx.ActorByIRI(iri)
		if err != nil {
			return fmt.Errorf("actor %s: %w", iri, err)
		}
		f, err := tx.Follow(lab.ID, actor.ID)
		if err != nil {
			return fmt.Errorf("follow of %s: %w", actor.Address(), err)
		}
		out = followed{IRI: iri, Address: actor.Address(), State: f.State}
		out.copied(tx, actor)
		return nil
	})
	return out, err
}

// copied says how far the copy of what an actor publishes is. What is in no
// catalogue is not counted.
func (f *followed) copied(tx *store.Txn, actor *store.Actor) {
	s := tx.Sync(actor.ID)
	if s == nil {
		f.Same = actor.Local
		return
	}
	f.There, f.Same, f.Problem = s.Theirs, s.Phase == store.SyncLive && !s.Checked.IsZero(), s.Problem
	if have := tx.Catalogue(actor.IRI); have != nil {
		f.Here = have.Public.Plus(have.Restricted).Kinds
	}
}

// lab is the lab of this node.
func (n *node) lab(ctx context.Context) (lab *store.Actor, err error) {
	err = n.store.View(ctx, func(tx *store.Txn) (err error) {
		lab, err = tx.Lab()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lab of this node: %w", err)
	}
	return lab, nil
}

// asItself is who publishes for the lab when a command does.
func asItself(lab *store.Actor) store.Viewer {
	return store.Viewer{Actor: lab.IRI, Local: true, Runs: true}
}
