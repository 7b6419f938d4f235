package search

import (
	"context"
	"errors"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"github.com/essaim/essaim/store"
)

// changesAtOnce is how many entries of the change log are read at once.
const changesAtOnce = 2000

// catchUp opens the index where that was not done, and brings it up to date.
func (x *Index) catchUp(ctx context.Context) error {
	release, err := x.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := x.open(ctx); err != nil {
		return err
	}
	return x.follow(ctx)
}

// follow reads the change log to its end. Whoever calls it holds writing.
func (x *Index) follow(ctx context.Context) error {
	for {
		s, err := x.read(ctx)
		if err != nil || s.at == s.from {
			return err
		}
		for _, publisher := range s.publishers {
			if err := x.reconsider(ctx, publisher); err != nil {
				return err
			}
		}
		if len(s.docs) > 0 {
			if err := x.write(s.docs, s.at); err != nil {
				return err
			}
		}
		x.state.reach(s.at)
	}
}

// stretch is a piece of the change log and what follows from it: the documents as
// they are now (nil: not any more), and the actors that changed.
type stretch struct {
	from, at   store.ID
	docs       map[string]document
	publishers []store.ID
}

// read reads the next stretch, and each row as it is now, not as it was.
func (x *Index) read(ctx context.Context) (s stretch, err error) {
	from, _ := x.state.now()
	err = x.Store.View(ctx, func(tx *store.Txn) error {
		s = stretch{from: from, at: from, docs: map[string]document{}}
		read := 0
		for c := range tx.Changes(from) {
			s.at = c.ID
			x.take(tx, &s, c)
			if read++; read == changesAtOnce || len(s.docs) >= batchSize {
				break
			}
		}
		return nil
	})
	return s, err
}

func (x *Index) take(tx *store.Txn, s *stretch, c store.Change) {
	if c.Table == store.ChangeActor {
		var d document
		if a, err := tx.Actor(c.Row); err == nil {
			d = x.actorDocument(a)
		}
		s.docs[documentID(c.Row, actorEnd)] = d
		if !slices.Contains(s.publishers, c.Row) {
			s.publishers = append(s.publishers, c.Row)
		}
		return
	}
	id := documentID(c.Row, recordEnd)
	if _, done := s.docs[id]; done || store.KindOf(c.Table) == nil {
		return
	}
	var d document
	if it, err := tx.Record(c.Row); err == nil {
		d = x.recordDocument(tx, it)
	}
	s.docs[id] = d
}

// reconsider takes in or out all that an actor publishes, when it changed its mind
// about being found.
func (x *Index) reconsider(ctx context.Context, publisher store.ID) error {
	var findable bool
	err := x.Store.View(ctx, func(tx *store.Txn) error {
		a, err := tx.Actor(publisher)
		findable = err == nil && Findable(a)
		return nil
	})
	if err != nil {
		return err
	}
	have, err := x.publishedBy(ctx, publisher)
	switch {
	case err != nil:
		return err
	case findable && len(have) == 0:
		return x.takeIn(ctx, publisher)
	case !findable:
		return x.takeOut(ctx, publisher, have)
	}
	return nil
}

// publishedBy are some of the documents of a publisher.
func (x *Index) publishedBy(ctx context.Context, publisher store.ID) ([]string, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.bleve == nil {
		return nil, ErrClosed
	}
	found, err := x.bleve.search(ctx, request{query: hasFacet(FacetLab, publisher.String()), order: search.SortOrder{newest}, limit: batchSize})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, hit := range found.Results() {
		ids = append(ids, hit.ID)
	}
	return ids, nil
}

func hasFacet(name, value string) query.Query {
	q := query.NewTermQuery(facet(name, value))
	q.SetField(fieldFacet)
	return q
}

func (x *Index) takeOut(ctx context.Context, publisher store.ID, ids []string) (err error) {
	for len(ids) > 0 && err == nil {
		docs := map[string]document{}
		for _, id := range ids {
			docs[id] = nil
		}
		if err = x.write(docs, 0); err == nil {
			ids, err = x.publishedBy(ctx, publisher)
		}
	}
	return err
}

func (x *Index) takeIn(ctx context.Context, publisher store.ID) error {
	for offset, more := 0, true; more; offset += batchSize {
		docs := map[string]document{}
		err := x.Store.View(ctx, func(tx *store.Txn) error {
			clear(docs)
			page := tx.ListLab(publisher, store.Query{Viewer: reader, Offset: offset, Limit: batchSize})
			for _, it := range page.Items {
				if d := x.recordDocument(tx, it); d != nil {
					docs[documentID(it.Envelope().ID, recordEnd)] = d
				}
			}
			more = len(page.Items) == batchSize
			return nil
		})
		if err = errors.Join(err, ctx.Err()); err == nil && len(docs) > 0 {
			err = x.write(docs, 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
