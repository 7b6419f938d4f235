package main

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

func TestDemoReachesEverybodyItIsFor(t *testing.T) {
	o := demoOptions{nodes: 3, lang: "fr"}
	content, err := o.content()
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDemo(t.Context(), o, content, t.TempDir(), newLog(t.Output(), LogConfig{Level: "warn"}))
	if err != nil {
		t.Fatal(err)
	}
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	bar := demoPrinter{progress: t.Output(), words: words, lang: assets.French}.bar(0)
	err = d.run(t.Context(), func(ctx context.Context) error {
		defer d.stop()
		if err := d.build(ctx, bar, false); err != nil {
			return err
		}
		for _, f := range d.follows {
			d.checkFollow(t, f)
		}
		return d.actAll(ctx, 20)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
}

// actAll has every lab do what --live has it do, and waits until all is delivered.
func (d *demoNetwork) actAll(ctx context.Context, actions int) error {
	rng := rand.New(rand.NewPCG(27, 27))
	for range actions {
		for _, n := range d.nodes {
			if err := n.act(ctx, rng); err != nil {
				return err
			}
		}
	}
	return d.settle(ctx)
}

// checkFollow compares what a lab sees of another with what that one published
// for it.
func (d *demoNetwork) checkFollow(t *testing.T, f demo.Follow) {
	t.Helper()
	from, to := d.node(f.From), d.node(f.To)
	state, err := from.followed(t.Context(), to.group.IRI)
	if err != nil {
		t.Error(err)
	}
	want := map[string]bool{}
	if f.Pending {
		if state.State != store.Asked {
			t.Errorf("%s follows %s: got %s, want asked", f.From, f.To, state.State)
		}
	} else {
		want = to.published(t, d.planned(to, from))
	}
	for iri := range want {
		if !from.has(t, iri) {
			t.Errorf("%s lacks %s of %s", f.From, iri, f.To)
		}
	}
	for iri := range from.records(t, func(r *store.Record) bool { return r.Remote && r.Lab == to.group.IRI }) {
		if !want[iri] {
			t.Errorf("%s has %s of %s, which is not for it", f.From, iri, f.To)
		}
	}
}

// published are the records that followers get, or labs that follow each other.
func (n *demoNode) published(t *testing.T, mutual bool) map[string]bool {
	t.Helper()
	return n.records(t, func(r *store.Record) bool {
		return !r.Remote && (r.Audience.Open() || mutual && r.Audience.Federates())
	})
}

// has says whether a record is at this node, in a list or not.
func (n *demoNode) has(t *testing.T, iri string) bool {
	t.Helper()
	return n.store.View(t.Context(), func(tx *store.Txn) error {
		_, err := tx.RecordByIRI(iri)
		return err
	}) == nil
}

func (n *demoNode) records(t *testing.T, wanted func(*store.Record) bool) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := n.store.View(t.Context(), func(tx *store.Txn) error {
		for _, k := range store.Kinds {
			for _, it := range tx.ListKind(k.Name, store.Query{Viewer: asItself(n.group), Limit: 1000}).Items {
				if r := it.Envelope(); wanted(r) {
					found[r.IRI] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return found
}

func TestDemoKeepsTheDatesOfItsContent(t *testing.T) {
	content, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	n := &demoNode{node: testNode(t, nil), content: content.Labs[0]}
	e := n.content.Experiments[0]
	x, err := n.experiment(t.Context(), e, n.store.Now())
	if err != nil {
		t.Fatal(err)
	}
	steps := len(x.Stages)
	x.Revise(nil, n.store.Now())
	if len(x.Stages) != steps || len(x.Problems) != len(e.Problems) {
		t.Errorf("saving added to the history: %d stages, want %d", len(x.Stages), steps)
	}
	if err := store.KindOf("experiment").Check(x); err != nil {
		t.Error(err)
	}
	if days := int(n.store.Now().Sub(x.Created) / day); days != e.DaysAgo {
		t.Errorf("published %d days ago, want %d", days, e.DaysAgo)
	}
}
