package search

import (
	"context"
	"errors"

	"github.com/essaim/essaim/store"
)

// batchSize is how many documents are written at once: few enough that a
// transaction is short and memory small.
const batchSize = 500

// Rebuild builds the index afresh. progress, which may be nil, is told now and
// then how many of how many records and actors were read. Searches meanwhile find
// what is there already.
func (x *Index) Rebuild(ctx context.Context, progress func(done, total int)) error {
	release, err := x.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	x.mu.RLock()
	closed := x.closed
	x.mu.RUnlock()
	if closed {
		return ErrClosed
	}
	if err := x.build(ctx, progress); err != nil {
		return err
	}
	return x.follow(ctx)
}

// build is called by whoever holds writing. What changes meanwhile comes after
// start, and is followed afterwards.
func (x *Index) build(ctx context.Context, progress func(done, total int)) error {
	x.state.build()
	if err := x.create(); err != nil {
		return err
	}
	b := builder{Index: x, progress: progress}
	start, err := b.count(ctx)
	for _, k := range store.Kinds {
		if err == nil {
			err = b.records(ctx, k.Name)
		}
	}
	if err == nil {
		err = b.actors(ctx)
	}
	if err == nil {
		err = x.write(nil, max(start, 1))
	}
	if err != nil {
		return err
	}
	x.state.use()
	x.state.reach(start)
	return nil
}

// builder fills an empty index.
type builder struct {
	*Index
	progress    func(done, total int)
	done, total int
	ids         []store.ID // of the actors
}

// everybody may list what is indexed.
var everybody = store.Viewer{Away: true}

// count looks up how much there is to do, and the newest change.
func (b *builder) count(ctx context.Context) (start store.ID, err error) {
	err = b.Store.View(ctx, func(tx *store.Txn) error {
		b.total, b.ids = 0, nil
		for _, k := range store.Kinds {
			b.total += tx.ListKind(k.Name, store.Query{Viewer: everybody}).Total
		}
		for a := range tx.Actors() {
			b.ids = append(b.ids, a.ID)
		}
		start = tx.LastChange()
		return nil
	})
	b.total += len(b.ids)
	return start, err
}

func (b *builder) records(ctx context.Context, kind string) error {
	for before, more := store.ID(0), true; more; {
		docs, read := map[string]document{}, 0
		err := b.Store.View(ctx, func(tx *store.Txn) error {
			clear(docs)
			read = 0
			for it := range tx.WalkKind(kind, store.Query{Viewer: everybody}, before) {
				before = it.Envelope().ID
				if d := b.recordDocument(tx, it); d != nil {
					docs[documentID(before, recordEnd)] = d
				}
				if read++; read == batchSize {
					break
				}
			}
			return nil
		})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		more = read == batchSize
		if err := b.add(docs, read); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) actors(ctx context.Context) error {
	for len(b.ids) > 0 {
		part := b.ids[:min(batchSize, len(b.ids))]
		b.ids = b.ids[len(part):]
		docs := map[string]document{}
		err := b.Store.View(ctx, func(tx *store.Txn) error {
			for _, id := range part {
				if a, err := tx.Actor(id); err == nil && Listed(a) {
					docs[documentID(id, actorEnd)] = b.actorDocument(a)
				}
			}
			return nil
		})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if err := b.add(docs, len(part)); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) add(docs map[string]document, read int) error {
	b.done += read
	if b.progress != nil {
		b.progress(b.done, max(b.done, b.total))
	}
	if len(docs) == 0 {
		return nil
	}
	return b.write(docs, 0)
}
