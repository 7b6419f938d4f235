package page

import (
	"github.com/essaim/essaim/store"
)

// How many records stand beside another one.
const (
	maxCrossings = 3
	byChance     = 3
)

// around are records beside one, under a heading that says why.
type around struct {
	ID, Title, Hint string
	Items           []relatedLink
}

// around are what a record could be crossed with, and what chance brings today.
func (a *ask) around(tx *store.Txn, it store.Item) []around {
	var list []around
	for _, beside := range []struct {
		id    string
		items []store.Item
	}{
		{"crossings", tx.Crossings(it, a.by, maxCrossings)},
		{"chance", tx.ByChance(it, a.by, a.Node.Store.Now(), byChance)},
	} {
		if len(beside.items) == 0 {
			continue
		}
		part := around{ID: beside.id, Title: a.t("around." + beside.id + ".title"), Hint: a.t("around." + beside.id + ".hint")}
		for _, other := range beside.items {
			part.Items = append(part.Items, a.relatedTo(tx, other, other.Envelope().Pitch))
		}
		list = append(list, part)
	}
	return list
}
