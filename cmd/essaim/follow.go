package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

func followCommand() *cobra.Command {
	var p place
	var wait bool
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "follow [flags] @lab@host",
		Short: "Follow a lab, or anybody else, as the lab of this node",
		Long: "Follow a lab, or anybody else, as the lab of this node. When the node does not run, the\n" +
			"request goes out the next time it does; with --wait it runs until there is an answer.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			l, err := p.open(c)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.close()) }()
			if !wait {
				return follow(c, l, args[0])
			}
			ctx, cancel := context.WithTimeout(c.Context(), timeout)
			defer cancel()
			c.SetContext(ctx)
			return whileRunning(ctx, l, func(ctx context.Context) error {
				c.SetContext(ctx)
				return followAndWait(c, l, args[0])
			})
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&wait, "wait", false, "wait for the answer; a refusal is an error")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long --wait waits")
	return c
}

func follow(c *cobra.Command, l *line, whom string) error {
	f, err := startFollow.call(c.Context(), l, whom)
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

func followAndWait(c *cobra.Command, l *line, whom string) error {
	ctx := c.Context()
	f, err := startFollow.call(ctx, l, whom)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "asked %s, waiting for the answer\n", f.Address)
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	for f.State == store.Asked {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s has not answered yet; the request stands: %w", f.Address, ctx.Err())
		}
		if f, err = followState.call(ctx, l, f.IRI); err != nil {
			return err
		}
	}
	if f.State == store.Refused {
		return fmt.Errorf("%s refused", f.Address)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", f.Address, f.State)
	return err
}

// followed is how far a follow of the lab got.
type followed struct {
	IRI, Address string
	State        store.FollowState
}

// startFollow asks to follow what somebody typed, unless that was granted before.
var startFollow = task[string, followed]{"follow", func(ctx context.Context, n *node, whom string) (followed, error) {
	actor, err := n.door.Resolve(ctx, whom)
	if err != nil {
		return followed{}, fmt.Errorf("find %s: %w", whom, err)
	}
	if f, err := n.followed(ctx, actor.IRI); err == nil && f.State == store.Accepted {
		return f, nil
	}
	lab, err := n.lab(ctx)
	if err != nil {
		return followed{}, err
	}
	err = n.door.Publish(ctx, asItself(lab), &federation.Activity{Verb: "Follow", Actor: lab.IRI, Object: actor.IRI})
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
		return nil
	})
	return out, err
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
