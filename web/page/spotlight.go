package page

import (
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// lit is a record in the spotlight of the home page.
type lit struct {
	Look, KindText string
	Record         relatedLink
	Why            string
	Stage          *assets.Stage
	Pitch          string
}

// spotlights are the records that the home page shows first.
func (a *ask) spotlights(tx *store.Txn) []lit {
	var list []lit
	for _, s := range tx.Spotlights(a.by) {
		r := s.Item.Envelope()
		list = append(list, lit{
			Look: store.KindOf(r.Kind).Look, KindText: a.t("kind." + r.Kind), Record: a.inBrief(tx, s.Item),
			Why: a.t("spotlight."+string(s.Why), "date", a.lang.Date(s.At)), Stage: a.stage(s.Item), Pitch: markup.Excerpt(r.Pitch, cardPitch),
		})
	}
	return list
}

// unlit leaves out the lines that repeat what is in the spotlight, and the shelves that
// say nothing else.
func unlit(shelves []shelf, now []lit) []shelf {
	for i := range shelves {
		s := &shelves[i]
		s.Items = slices.DeleteFunc(s.Items, func(line relatedLink) bool {
			return slices.ContainsFunc(now, func(l lit) bool { return l.Record.Href == line.Href })
		})
	}
	return slices.DeleteFunc(shelves, func(s shelf) bool { return len(s.Cards)+len(s.Items) == 0 })
}

// The buttons by which those who run the lab put a record into the spotlight and take
// it out, and what they publish.
var pinning = map[string]string{"pin": "Add", "unpin": "Remove"}

// pinActs is the one of these buttons that does something.
func (a *ask) pinActs(tx *store.Txn, r *store.Record) []act {
	lab, err := tx.Lab()
	if err != nil || !a.by.Runs || r.Lab != lab.IRI {
		return nil
	}
	name := "pin"
	if tx.HasPinned(lab.ID, r.ID) {
		name = "unpin"
	}
	return []act{{name, a.t("act." + name)}}
}
