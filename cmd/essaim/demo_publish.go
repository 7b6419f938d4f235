package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// publishRecords publishes the sheets of all labs in rounds: what a round names
// was brought to everybody by those before it.
func (d *demoNetwork) publishRecords(ctx context.Context, bar *demoBar) error {
	for {
		round, left := d.nextRound()
		if len(round) == 0 {
			return left
		}
		err := d.each(ctx, func(ctx context.Context, n *demoNode) error {
			return n.publishAll(ctx, round[n], d.values(n), bar)
		})
		if err != nil {
			return err
		}
		for _, n := range d.nodes {
			maps.Copy(d.iris, n.fresh)
		}
		if err := d.settle(ctx); err != nil {
			return err
		}
	}
}

// nextRound are the records that name nothing which is still to come. left says
// which one can never be published, if there is one in an empty round.
func (d *demoNetwork) nextRound() (round map[*demoNode][]demo.Record, left error) {
	round = map[*demoNode][]demo.Record{}
	for _, n := range d.nodes {
		for _, r := range n.content.Records {
			if d.iris[r.Key] != "" {
				continue
			}
			if missing := d.missing(n, r); missing != "" {
				left = fmt.Errorf("%s: record %s names %s, which is not there", n.content.Handle, r.Key, missing)
				continue
			}
			round[n] = append(round[n], r)
		}
	}
	return round, left
}

func (d *demoNetwork) missing(n *demoNode, r demo.Record) string {
	for _, name := range r.Names() {
		if d.address(n, name) == "" {
			return name
		}
	}
	return ""
}

// publishAll publishes records of a lab, the oldest first.
func (n *demoNode) publishAll(ctx context.Context, records []demo.Record, v demo.Values, bar *demoBar) error {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b demo.Record) int { return b.DaysAgo - a.DaysAgo })
	for i, r := range records {
		it, err := n.item(ctx, r, v)
		if err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.Key, err)
		}
		it.Envelope().Created = it.Envelope().Created.Add(time.Duration(i) * time.Minute)
		if err := n.publish(ctx, r.Authors, it); err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.Key, err)
		}
		if err := n.actOn(ctx, it.Envelope().IRI, r.Acts); err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.Key, err)
		}
		n.fresh[r.Key] = it.Envelope().IRI
		bar.step()
	}
	return nil
}

// actOn lets members do to a record what its kind lets them do.
func (n *demoNode) actOn(ctx context.Context, iri string, acts []demo.Act) error {
	for _, act := range acts {
		by := store.Viewer{Actor: n.members[act.By].IRI, Local: true}
		err := n.door.Publish(ctx, by, &federation.Activity{Verb: "Update", Actor: n.group.IRI, Object: iri, Act: act.Name})
		if err != nil {
			return fmt.Errorf("%s by %s: %w", act.Name, act.By, err)
		}
	}
	return nil
}

// publishNews publishes the notes of a lab, the oldest first. iris are those of
// the records by their key.
func (n *demoNode) publishNews(ctx context.Context, now time.Time, iris map[string]string, bar *demoBar) error {
	slices.SortFunc(n.content.News, func(a, b demo.News) int { return b.DaysAgo - a.DaysAgo })
	for i, note := range n.content.News {
		x := &store.News{Record: store.Record{
			Kind: "news", Lang: "fr", Body: note.Content(), Audience: store.Audience(note.Audience),
			InReplyTo: iris[note.Experiment], Created: ago(now, note.DaysAgo).Add(time.Duration(i) * time.Minute),
		}}
		if err := n.publish(ctx, []string{note.Author}, x); err != nil {
			return fmt.Errorf("news %d: %w", i, err)
		}
		bar.step()
	}
	return nil
}

// publish publishes for the lab what its members wrote.
func (n *demoNode) publish(ctx context.Context, authors []string, it store.Item) error {
	r := it.Envelope()
	for _, handle := range authors {
		r.Authors = append(r.Authors, n.members[handle].IRI)
	}
	by := store.Viewer{Actor: r.Authors[0], Local: true}
	return n.door.Publish(ctx, by, &federation.Activity{Verb: "Create", Actor: n.group.IRI, Item: it})
}
