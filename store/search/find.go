package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/collector"
	"github.com/blevesearch/bleve/v2/search/query"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

const (
	// patience is how long a search waits for the newest changes.
	patience = time.Second
	// maxValues is how many values of all facets together are counted.
	maxValues = 500
)

// Found is what a search found: numbers, until Show looks them up.
type Found struct {
	Total  int
	Behind bool // the index is being built, or does not know the newest changes yet
	// Counts says how many of what was found have each value of a facet.
	Counts map[string][]Count

	near   *geo.Point
	ids    []string
	scores []float64
}

// Count is a value of a facet and how often it is there, the most frequent first.
type Count struct {
	Value string
	N     int
}

// Hit is one thing that was found: a record or an actor, as the store has it now.
type Hit struct {
	Item     store.Item   // nil: it is an actor
	Actor    *store.Actor // nil: it is a record
	Distance float64      // kilometres of Query.Near; negative: not known
	Score    float64      // how well it fits the text, by ByRelevance; comparable within one search
}

// Find looks q up. What is not indexed yet is waited for, for a moment. While
// there is no index at all, nothing is found and Behind says why.
func (x *Index) Find(ctx context.Context, q Query) (f *Found, err error) {
	var last store.ID
	err = x.Store.View(ctx, func(tx *store.Txn) error {
		last, q.meant = tx.LastChange(), meaningsOf(tx.Synonyms())
		return nil
	})
	if err != nil {
		return nil, err
	}
	f = &Found{near: q.Near}
	known := x.state.knows(last)
	if !known {
		x.want()
		known = x.state.reached(ctx, last, patience)
	}
	f.Behind = !known
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.bleve == nil {
		f.Behind = true
		return f, nil
	}
	found, err := x.bleve.search(ctx, q.request())
	if errors.Is(err, errDamaged) {
		x.state.damaged()
	}
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	f.take(found)
	return f, nil
}

// request is what bleve is asked.
type request struct {
	query         query.Query
	order         search.SortOrder
	offset, limit int
}

func (q *Query) request() request {
	return request{q.query(), q.order(), max(0, min(q.Offset, maxDepth)), max(0, min(q.Limit, maxDepth))}
}

// newest is the order of documentID, backwards.
var newest = &search.SortDocID{Desc: true}

func (q *Query) order() search.SortOrder {
	switch {
	case q.Sort == ByDistance && q.Near != nil:
		by, err := search.NewSortGeoDistance(fieldPlace, "m", q.Near.Lon, q.Near.Lat, false)
		if err != nil {
			panic("search: " + err.Error()) // the unit is one
		}
		return search.SortOrder{by, newest}
	case q.Sort == ByDate, len(words(q.Text)) == 0:
		return search.SortOrder{newest}
	}
	return search.SortOrder{&search.SortScore{Desc: true}, newest}
}

func (f *Found) take(found *collector.TopNCollector) {
	f.Total = int(found.Total())
	for _, hit := range found.Results() {
		f.ids, f.scores = append(f.ids, hit.ID), append(f.scores, hit.Score)
	}
	f.Counts = map[string][]Count{}
	counted := found.FacetResults()[fieldFacet]
	if counted == nil || counted.Terms == nil {
		return
	}
	for _, t := range counted.Terms.Terms() {
		name, value, _ := strings.Cut(t.Term, "=")
		f.Counts[name] = append(f.Counts[name], Count{value, t.Count})
	}
}

// Show looks up what was found, as far as v may see it in a list. It is the only
// way from numbers to content.
func (f *Found) Show(tx *store.Txn, v store.Viewer) []Hit {
	var hits []Hit
	for i, s := range f.ids {
		id, end := parseID(s)
		hit := Hit{Distance: -1, Score: f.scores[i]}
		switch end {
		case recordEnd:
			it, err := tx.Record(id)
			if err != nil || !mayShow(tx, v, it.Envelope()) {
				continue
			}
			hit.Item = it
			if p := it.Envelope().Place; f.near != nil && p.Located() {
				hit.Distance = geo.Distance(*f.near, geo.Point{Lon: p.Lon, Lat: p.Lat})
			}
		case actorEnd:
			a, err := tx.Actor(id)
			if err != nil || !a.Listed() || tx.HostBlocked(a.Host) {
				continue
			}
			hit.Actor = a
		}
		hits = append(hits, hit)
	}
	return hits
}

// mayShow asks again what the index was asked when it took the record in.
func mayShow(tx *store.Txn, v store.Viewer, r *store.Record) bool {
	if !indexed(r.Audience) || !v.CanList(r) {
		return false
	}
	publisher, err := tx.ActorByIRI(r.Lab)
	return err == nil && Findable(publisher) && !tx.HostBlocked(publisher.Host)
}
