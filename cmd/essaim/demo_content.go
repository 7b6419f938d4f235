package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
)

// item is a sheet of the demonstration as the store has it, of any kind.
func (n *demoNode) item(ctx context.Context, r demo.Record, v demo.Values) (store.Item, error) {
	kind := store.KindOf(r.Kind)
	if kind == nil {
		return nil, fmt.Errorf("kind %q is none", r.Kind)
	}
	it := kind.New()
	image, err := n.illustration(ctx, r.Image)
	if err != nil {
		return nil, err
	}
	e := it.Envelope()
	e.Kind, e.Lang, e.Image, e.Created = r.Kind, "fr", image, ago(v.Now, r.DaysAgo)
	if err := fill(kind, it, r.Texts(v)); err != nil {
		return nil, err
	}
	remember(kind, it, r, v.Now)
	return it, nil
}

// fill puts texts into the fields of an item, as an import of a table does; what
// is for the inner circle is in no table.
func fill(kind *store.Kind, it store.Item, texts map[string]string) error {
	table, row := new(sheet.Sheet), new(sheet.Row)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if f := kind.Field(name); f != nil && f.Inner {
			if wrong := f.ParseText(it, texts[name]); wrong != nil {
				return wrong
			}
			continue
		}
		table.Columns, row.Cells = append(table.Columns, name), append(row.Cells, texts[name])
	}
	mapping := sheet.Whole(kind, table)
	for _, name := range table.Columns {
		if mapping.From[name].Column == "" {
			return fmt.Errorf("a %s has no field %q", kind.Name, name)
		}
	}
	if wrong := sheet.NewFiller(mapping, table, nil).Fill(row, it); len(wrong) > 0 {
		return wrong
	}
	return nil
}

// remember puts what a kind keeps by itself where it has a past already.
func remember(kind *store.Kind, it store.Item, r demo.Record, now time.Time) {
	if f := kind.Field("stages"); f != nil {
		if stages, ok := f.At(it).(*[]store.StageChange); ok {
			for _, s := range r.History {
				*stages = append(*stages, store.StageChange{Stage: s.Stage, Date: ago(now, s.DaysAgo), Note: s.Note})
			}
		}
	}
	if f := kind.Field("problems"); f != nil {
		if problems, ok := f.At(it).(*[]store.Problem); ok {
			for _, p := range r.Problems {
				*problems = append(*problems, store.Problem{Statement: p.Statement, Date: ago(now, p.DaysAgo), Why: p.Why})
			}
		}
	}
}

// values give the texts of a lab's records their days and addresses.
func (d *demoNetwork) values(n *demoNode) demo.Values {
	now := d.began
	if zone, err := time.LoadLocation(n.content.TimeZone); err == nil {
		now = now.In(zone)
	}
	return demo.Values{Now: now, Address: func(name string) string { return d.address(n, name) }}
}

// address is what a record names in braces; empty when it is not there yet.
func (d *demoNetwork) address(n *demoNode, name string) string {
	kind, name, _ := strings.Cut(name, ":")
	lab, member, _ := strings.Cut(name, "/")
	other := d.node(lab)
	switch {
	case kind == "record":
		return d.iris[name]
	case kind == "circle":
		return string(n.circles[name])
	case other == nil:
		return ""
	case kind == "lab":
		return other.group.IRI
	case other.members[member] != nil:
		return other.members[member].IRI
	}
	return ""
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
