package page

import (
	"slices"
	"strconv"

	"github.com/essaim/essaim/store"
)

// How many records stand beside another one.
const (
	maxCrossings = 3
	maxNearby    = 4
	byChance     = 3
)

// around are records beside one, under a heading that says why.
type around struct {
	ID, Title, Hint string
	Items           []relatedLink
}

// around are what a record could be crossed with, what lies near it, and what chance
// brings today.
func (a *ask) around(tx *store.Txn, it store.Item) []around {
	parts := []around{{ID: "crossings"}, {ID: "nearby"}, {ID: "chance"}}
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
	for i := range parts {
		parts[i].Title, parts[i].Hint = a.t("around."+parts[i].ID+".title"), a.t("around."+parts[i].ID+".hint")
	}
	return slices.DeleteFunc(parts, func(p around) bool { return len(p.Items) == 0 })
}
