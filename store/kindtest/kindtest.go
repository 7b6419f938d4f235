// Package kindtest fills records of any kind for tests, as its descriptor
// demands, so that a test over store.Kinds needs no line for a new kind.
package kindtest

import (
	"fmt"
	"slices"

	"github.com/essaim/essaim/store"
)

// Fill is an item of a kind whose every field holds something allowed. No two
// fields hold the same words.
func Fill(k *store.Kind) store.Item {
	it := k.New()
	fill(k.Fields, it, "")
	it.Envelope().Kind = k.Name
	return it
}

func fill(fields []store.Field, v any, prefix string) {
	for i := range fields {
		f := &fields[i]
		switch p := f.At(v).(type) {
		case *string:
			*p = text(f, prefix)
		case *[]string:
			*p = slices.Clone(f.Vocabulary.Slugs[:min(2, len(f.Vocabulary.Slugs))])
		case *bool:
			*p = true
		case *int:
			*p = 3 + i
		case *float64:
			*p = 0.5 + float64(i)
		case **store.Image:
			*p = &store.Image{URL: "/media/x.png", Alt: "alt of " + prefix + f.Name, MediaType: "image/png"}
		case *[]store.Attachment:
			*p = []store.Attachment{{URL: "https://home.example/media/x.pdf", Name: "file of " + prefix + f.Name, MediaType: "application/pdf", Size: 9, Lang: "fr"}}
		case *store.Place:
			*p = store.Place{Code: "com:35238", Name: "place of " + prefix + f.Name, PostalCode: "35000", Commune: "Rennes", Lon: -1.68, Lat: 48.11, Precision: store.AtCommune}
		case store.Rows:
			for n := range min(2, max(f.Max, 1)) {
				fill(f.Columns, p.Grow(), fmt.Sprint(prefix, f.Name, " ", n, " "))
			}
		}
	}
}

// text is a value that the field allows.
func text(f *store.Field, prefix string) string {
	switch {
	case f.Example != "":
		return f.Example
	case f.Vocabulary != nil:
		return f.Vocabulary.Slugs[0]
	}
	switch f.Widget {
	case store.Day:
		return "2026-03-14"
	case store.Clock:
		return "2026-03-14T14:30"
	case store.Web, store.Link:
		return "https://peer.example/o/" + f.Name
	}
	return "text of " + prefix + f.Name
}
