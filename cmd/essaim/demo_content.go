package main

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/store"
)

// experiment is a sheet of the demonstration as the store has it.
func (n *demoNode) experiment(ctx context.Context, e demo.Experiment, now time.Time) (*store.Experiment, error) {
	image, err := n.illustration(ctx, e.Image)
	if err != nil {
		return nil, err
	}
	x := &store.Experiment{
		Record: store.Record{
			Kind: "experiment", Lang: "fr", Title: e.Title, Pitch: e.Pitch, Body: e.Body, Image: image,
			Themes: e.Themes, Territory: regions(e.Territory, n.content.Territory),
			Licence: e.Licence, Audience: store.Audience(e.Audience), Created: ago(now, e.DaysAgo),
		},
		Stage: e.Stage, Status: e.Status, Outcome: e.Outcome,
	}
	for _, s := range e.History {
		x.Stages = append(x.Stages, store.StageChange{Stage: s.Stage, Date: ago(now, s.DaysAgo), Note: s.Note})
	}
	for _, p := range e.Problems {
		x.Problems = append(x.Problems, store.Problem{Statement: p.Statement, Date: ago(now, p.DaysAgo), Why: p.Why})
	}
	return x, nil
}

// regions are the codes that a record can carry; the region of the lab stands
// for the departments in it.
func regions(codes []string, own string) []string {
	var known []string
	for _, code := range codes {
		if !store.Territories.Has(code) {
			code = own
		}
		if !slices.Contains(known, code) {
			known = append(known, code)
		}
	}
	return known
}

// illustration uploads the picture of a sheet, if it has one.
func (n *demoNode) illustration(ctx context.Context, i *demo.Image) (*store.Image, error) {
	if i == nil {
		return nil, nil
	}
	image, err := n.media.Put(ctx, bytes.NewReader(demo.Illustration(i.Seed)))
	if err != nil {
		return nil, err
	}
	image.LieAt(n.config.Node.BaseURL)
	image.Alt = i.Alt
	return image, nil
}

// ago is some days before now, to the second.
func ago(now time.Time, days int) time.Time {
	return now.UTC().Truncate(time.Second).Add(-time.Duration(days)*day - time.Hour)
}
