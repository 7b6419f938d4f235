package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
)

func TestDemoReachesEverybodyItIsFor(t *testing.T) {
	d := demonstrate(t, 3)
	for _, f := range d.follows {
		d.checkFollow(t, f)
	}
	d.checkKinds(t)
	d.checkAdoption(t)
	d.visitAll(t)
	if err := d.actAll(t.Context(), 20); err != nil {
		t.Error(err)
	}
}

// demonstrate builds the demonstration with so many nodes, which run until the test
// ends.
func demonstrate(t testing.TB, nodes int) *demoNetwork {
	t.Helper()
	o := demoOptions{nodes: nodes, lang: "fr"}
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
	built, ended := make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		err = d.run(ctx, func(ctx context.Context) error {
			if err := d.build(ctx, bar, false); err != nil {
				return err
			}
			close(built)
			<-ctx.Done()
			return nil
		})
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		if err := errors.Join(err, d.close()); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-built:
	case <-ended:
		t.Fatal("the demonstration ended before it was built")
	}
	return d
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

// checkKinds looks for every kind in the lists of every node that has it or
// follows a lab that does.
func (d *demoNetwork) checkKinds(t *testing.T) {
	t.Helper()
	for _, n := range d.nodes {
		shown := map[string]bool{}
		n.records(t, func(r *store.Record) bool {
			shown[r.Kind] = true
			return true
		})
		for _, k := range store.Kinds {
			called := k.Name == "call" || k.Name == "challenge" // by one lab, for those who follow it
			if !shown[k.Name] && (!called || n.content.Handle == "calanques" || n.content.Handle == "estran") {
				t.Errorf("%s shows no %s", n.content.Handle, k.Name)
			}
		}
	}
}

// checkAdoption wants what others took up to show on the page of the original.
func (d *demoNetwork) checkAdoption(t *testing.T) {
	t.Helper()
	origin := d.node("estran")
	var labs []string
	err := origin.store.View(t.Context(), func(tx *store.Txn) error {
		for _, back := range tx.Backs(d.iris["guichet-marees"], store.Viewer{}, 20) {
			if r := back.Source.Envelope(); back.Type == store.Replicates && r.Kind == "adoption" {
				labs = append(labs, r.Lab)
			}
		}
		return nil
	})
	slices.Sort(labs)
	want := []string{d.node("calanques").group.IRI, d.node("estuaire").group.IRI}
	if err != nil || !slices.Equal(labs, want) {
		t.Errorf("got adoptions by %v and %v, want %v", labs, err, want)
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
	now := n.store.Now()
	i := slices.IndexFunc(n.content.Records, func(r demo.Record) bool { return len(r.History) > 2 })
	r := n.content.Records[i]
	it, err := n.item(t.Context(), r, demo.Values{Now: now, Address: func(string) string { return "http://x.example/o/1" }})
	if err != nil {
		t.Fatal(err)
	}
	x, ok := it.(*store.Experiment)
	if !ok {
		t.Fatalf("got %T, want an experiment", it)
	}
	steps := len(x.Stages)
	x.Revise(nil, now)
	if len(x.Stages) != steps || steps != len(r.History) || len(x.Problems) != len(r.Problems) {
		t.Errorf("saving added to the history: %d stages, want %d", len(x.Stages), steps)
	}
	if days := int(now.Sub(x.Created) / day); days != r.DaysAgo {
		t.Errorf("published %d days ago, want %d", days, r.DaysAgo)
	}
}

// TestDemoContentPassesTheDoor fills every record as its kind has it, without a
// network: names, vocabularies, communes and rules.
func TestDemoContentPassesTheDoor(t *testing.T) {
	content, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	n := &demoNode{node: testNode(t, nil)}
	v := demo.Values{Now: n.store.Now(), Address: func(name string) string {
		if strings.HasPrefix(name, "circle:") {
			return string(store.CircleAudience(1))
		}
		return "http://x.example/o/1"
	}}
	for _, lab := range content.Labs {
		for _, r := range slices.Concat(lab.Records, lab.Initiatives) {
			r.Image = nil
			it, err := n.item(t.Context(), r, v)
			if err != nil {
				t.Errorf("%s/%s %s: %v", lab.Handle, r.Kind, r.Key, err)
				continue
			}
			if p := it.Envelope().Place; p.Commune != "" && !geo.Within(p.Code, lab.Territory) {
				t.Errorf("%s/%s: %s lies not in %s", lab.Handle, r.Key, p.Commune, lab.Territory)
			}
		}
	}
}
