package main

import (
	"context"
	"errors"
	"fmt"
	"html"

	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// steps is how far build counts.
func (d *demoNetwork) steps(empty bool) int {
	n := 0
	for _, node := range d.nodes {
		n += 1 + len(node.content.Members)
		if !empty {
			n += len(node.content.Initiatives) + len(node.content.Records) + len(node.content.News)
		}
	}
	if !empty {
		n += len(d.follows)
	}
	return n
}

// build fills the nodes as their members would: through their doors. The map of
// initiatives is there before anybody follows, so that it is copied; everything
// after the follows is delivered.
func (d *demoNetwork) build(ctx context.Context, bar *demoBar, empty bool) error {
	bar.phase("demo.labs")
	if err := d.each(ctx, func(ctx context.Context, n *demoNode) error { return n.setUpLab(ctx, bar) }); err != nil {
		return err
	}
	if !empty {
		if err := d.fill(ctx, bar); err != nil {
			return err
		}
	}
	if err := d.settle(ctx); err != nil {
		return err
	}
	return d.markBuilt(ctx)
}

func (d *demoNetwork) fill(ctx context.Context, bar *demoBar) error {
	bar.phase("demo.initiatives")
	err := d.each(ctx, func(ctx context.Context, n *demoNode) error {
		return n.publishAll(ctx, n.content.Initiatives, d.values(n), bar)
	})
	if err != nil {
		return err
	}
	bar.phase("demo.follows")
	if err := d.followAll(ctx, bar); err != nil {
		return err
	}
	bar.phase("demo.records")
	if err := d.publishRecords(ctx, bar); err != nil {
		return err
	}
	bar.phase("demo.news")
	err = d.each(ctx, func(ctx context.Context, n *demoNode) error { return n.publishNews(ctx, d.began, d.iris, bar) })
	if err != nil {
		return err
	}
	bar.phase("demo.deliveries")
	return nil
}

// each does something at all nodes at once.
func (d *demoNetwork) each(ctx context.Context, do func(context.Context, *demoNode) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, n := range d.nodes {
		g.Go(func() error {
			if err := do(ctx, n); err != nil {
				return fmt.Errorf("%s: %w", n.content.Handle, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// setUpLab gives a node its lab and its members; the first of them is the
// administrator. Most of its time goes into their keys.
func (n *demoNode) setUpLab(ctx context.Context, bar *demoBar) (err error) {
	lab := n.content
	n.group, err = n.door.SetUp(ctx, store.Actor{
		Handle: lab.Handle, Name: lab.Name, Summary: paragraph(lab.Summary), Lang: "fr",
		Territory: []string{lab.Territory}, Approves: lab.ManualApproval, Fields: tutelles(lab),
	})
	if err != nil {
		return err
	}
	bar.step()
	for i, m := range lab.Members {
		person, err := n.door.AddMember(ctx, store.Actor{
			Handle: m.Handle, Name: m.Name, Summary: paragraph(m.Bio), Lang: "fr", Role: m.Role, Discoverable: !m.Editorial,
		}, &store.Account{Email: m.Email, Role: demoRole(i, m), Lang: "fr"})
		if err != nil {
			return fmt.Errorf("member %s: %w", m.Handle, err)
		}
		n.members[m.Handle] = person
		if err := n.tellProfile(ctx, person, m.Profile); err != nil {
			return fmt.Errorf("profile of %s: %w", m.Handle, err)
		}
		bar.step()
	}
	return n.drawCircles(ctx)
}

// tellProfile lets a member tell everybody more of themselves.
func (n *demoNode) tellProfile(ctx context.Context, person *store.Actor, texts map[string]string) error {
	told := *person
	told.Profile = &store.Profile{Audiences: map[string]store.Audience{}}
	for i := range store.ProfileFields {
		f := &store.ProfileFields[i]
		text, ok := texts[f.Name]
		if !ok {
			continue
		}
		if wrong := f.ParseText(told.Profile, text); wrong != nil {
			return wrong
		}
		if !f.Inner {
			told.Profile.Audiences[f.Name] = store.Public
		}
	}
	if err := told.Profile.Check(); err != nil {
		return err
	}
	return n.door.Publish(ctx, store.Viewer{Actor: person.IRI, Local: true}, &federation.Activity{Verb: "Update", Actor: person.IRI, Profile: &told})
}

// drawCircles makes the circles of a lab. They are this node's own business.
func (n *demoNode) drawCircles(ctx context.Context) error {
	for _, c := range n.content.Circles {
		circle := store.Circle{Name: c.Name, Purpose: c.Purpose}
		for _, handle := range c.Members {
			circle.Members = append(circle.Members, n.members[handle].IRI)
		}
		circle.Managers = circle.Members[:1]
		saved, err := n.door.SaveCircle(ctx, store.Viewer{Actor: circle.Managers[0], Local: true, Runs: true}, circle)
		if err != nil {
			return fmt.Errorf("circle %s: %w", c.Name, err)
		}
		n.circles[c.Name] = saved.Audience()
	}
	return nil
}

func demoRole(i int, m demo.Member) store.Role {
	switch {
	case i == 0:
		return store.Admin
	case m.Editorial:
		return store.Animator
	}
	return store.Contributor
}

// paragraph is a plain text as actors carry it: HTML.
func paragraph(text string) string { return markup.Ours("<p>" + html.EscapeString(text) + "</p>") }

func tutelles(lab demo.Lab) []store.NameValue {
	var lines []store.NameValue
	for _, t := range lab.Tutelles {
		lines = append(lines, store.NameValue{Name: "Tutelle", Value: html.EscapeString(t.Name)})
	}
	return lines
}

// followAll lets the labs follow each other, and those that decide by hand
// accept all but the requests that shall be seen waiting.
func (d *demoNetwork) followAll(ctx context.Context, bar *demoBar) error {
	for _, f := range d.follows {
		from, to := d.node(f.From), d.node(f.To)
		asked, err := startFollow.do(ctx, from.node, wish{Whom: to.group.Address()})
		if err != nil {
			return fmt.Errorf("%s follows %s: %w", f.From, f.To, err)
		}
		if to.group.Approves && !f.Pending {
			if err := to.accept(ctx, from.group.IRI); err != nil {
				return fmt.Errorf("%s accepts %s: %w", f.To, f.From, err)
			}
		}
		if !f.Pending {
			err = until(ctx, func() (bool, error) {
				now, err := from.followed(ctx, asked.IRI)
				return now.State == store.Accepted, err
			})
		}
		if err != nil {
			return fmt.Errorf("%s waits for %s: %w", f.From, f.To, err)
		}
		bar.step()
	}
	return nil
}

// accept waits for the request of a follower and grants it.
func (n *demoNode) accept(ctx context.Context, follower string) error {
	err := until(ctx, func() (arrived bool, err error) {
		err = n.store.View(ctx, func(tx *store.Txn) error {
			a, err := tx.ActorByIRI(follower)
			if err == nil {
				_, err = tx.Follow(a.ID, n.group.ID)
			}
			arrived = err == nil
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		})
		return arrived, err
	})
	if err != nil {
		return err
	}
	return n.door.Publish(ctx, asItself(n.group), &federation.Activity{Verb: "Accept", Actor: n.group.IRI, Object: follower})
}
