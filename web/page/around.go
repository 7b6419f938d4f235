package page

import (
	"slices"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/letters"
)

// How many records stand beside another one.
const (
	maxMatches   = 5
	maxCrossings = 3
	maxNearby    = 4
	byChance     = 3
)

// around are records beside one, under a heading that says why.
type around struct {
	ID, Title, Hint string
	Items           []relatedLink
}

// matches are the resources that may meet a need, or the needs that a resource may
// meet; nil: there are none, or the record is neither.
func (a *ask) matches(tx *store.Txn, it store.Item) *around {
	found := tx.Matches(it, a.by, maxMatches)
	if len(found) == 0 {
		return nil
	}
	part := a.beside("matches-" + it.Envelope().Kind)
	for _, m := range found {
		part.Items = append(part.Items, a.relatedTo(tx, m.Item, letters.Reasons(a.Frame.Renderer.Catalog, a.lang, m)))
	}
	return &part
}

// fit is a need and the resource that fits it best, which says why.
type fit struct{ Need, Resource relatedLink }

const (
	pairsAmong = 8 // of the newest needs are looked at
	maxPairs   = 3 // are shown
)

// pairs are the newest needs for which there is a resource.
func (a *ask) pairs(tx *store.Txn) (list []fit) {
	for _, it := range tx.ListKind("need", store.Query{Viewer: a.by, Limit: pairsAmong}).Items {
		for _, m := range tx.Matches(it, a.by, 1) {
			why := letters.Reasons(a.Frame.Renderer.Catalog, a.lang, m)
			list = append(list, fit{a.relatedTo(tx, it, ""), a.relatedTo(tx, m.Item, why)})
		}
		if len(list) == maxPairs {
			break
		}
	}
	return list
}

// around are what a record could be crossed with, what lies near it, and what chance
// brings today.
func (a *ask) around(tx *store.Txn, it store.Item) []around {
	parts := []around{a.beside("crossings"), a.beside("nearby"), a.beside("chance")}
	for _, other := range tx.Crossings(it, a.by, maxCrossings) {
		parts[0].Items = append(parts[0].Items, a.relatedTo(tx, other, other.Envelope().Pitch))
	}
	for _, near := range tx.Nearby(it, a.by, maxNearby) {
		away := a.t("search.away", "km", strconv.FormatFloat(near.Distance, 'f', 0, 64))
		parts[1].Items = append(parts[1].Items, a.relatedTo(tx, near.Item, away))
	}
	for _, other := range tx.ByChance(it, a.by, a.Node.Store.Now(), byChance) {
		parts[2].Items = append(parts[2].Items, a.relatedTo(tx, other, other.Envelope().Pitch))
	}
	return slices.DeleteFunc(parts, func(p around) bool { return len(p.Items) == 0 })
}

// beside is a part without items yet.
func (a *ask) beside(id string) around {
	return around{ID: id, Title: a.t("around." + id + ".title"), Hint: a.t("around." + id + ".hint")}
}
