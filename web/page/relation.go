package page

import (
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// Bounds of what the page of a record shows of its relations.
const (
	maxBacks    = 50
	lineageWide = 30 // records of a lineage
	lineageDeep = 6  // steps up or down
)

// links are the relations of a record under one heading: "Reprend", "Repris par".
type links struct {
	Title string
	Items []relatedLink
}

// relatedLink is one other end of a relation.
type relatedLink struct {
	assets.Link
	Lang   string
	Origin assets.Origin
	Note   string
	Badges []assets.Badge
}

// related are what a record relates to, then who relates to it.
func (a *ask) related(tx *store.Txn, it store.Item) []links {
	r := it.Envelope()
	var list []links
	for _, rel := range store.Relations(it) {
		to := relatedLink{Link: a.linkTo(tx, rel.Target), Note: rel.Note}
		if other, err := tx.RecordByIRI(rel.Target); err == nil && a.by.CanSee(other.Envelope()) {
			to = a.relatedTo(tx, other, rel.Note)
		}
		list = under(list, a.word(&store.RelationTypes, rel.Type), to)
	}
	for _, back := range tx.Backs(r.IRI, a.by, maxBacks) {
		if !store.RelationTypes.Has(back.Type) {
			continue
		}
		list = under(list, a.t("relation-back."+back.Type), a.relatedTo(tx, back.Source, back.Note))
	}
	return list
}

func (a *ask) relatedTo(tx *store.Txn, it store.Item, note string) relatedLink {
	r := it.Envelope()
	return relatedLink{
		Link: a.recordLink(r), Lang: a.foreign(r.Lang), Origin: a.originOf(tx, r), Note: note,
		Badges: a.badges(store.KindOf(r.Kind), it),
	}
}

func under(list []links, title string, item relatedLink) []links {
	i := slices.IndexFunc(list, func(l links) bool { return l.Title == title })
	if i < 0 {
		i, list = len(list), append(list, links{Title: title})
	}
	list[i].Items = append(list[i].Items, item)
	return list
}

// begin are the records of other kinds that can be begun from this one: by members,
// and by everybody those that the open form takes.
func (a *ask) begin(k *store.Kind, r *store.Record) []assets.Link {
	if !r.Audience.Federates() {
		return nil
	}
	var list []assets.Link
	for _, other := range store.Kinds {
		for _, f := range other.Fields {
			path := newPath(other)
			if !a.by.Local {
				path = contributePath(other)
			}
			if slices.Contains(f.On, k.Name) && (a.by.Local || f.Open && !r.Remote) {
				list = append(list, a.link("begin."+other.Name, address(path, map[string][]string{f.Name: {r.IRI}})))
			}
		}
	}
	return list
}
