package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/essaim/essaim/store"
)

const (
	// batchSize is how many records are read at once: few enough that a transaction
	// is short and memory small.
	batchSize = 500
	// segmentSize is how many documents bleve gathers in memory while an index is
	// built, and mergeMax how many such pieces it puts together at once: the index of
	// a large network is one piece after one merge.
	segmentSize, mergeMax = 2000, 64
)

// Rebuild builds the index afresh. progress, which may be nil, is told now and
// then how many of how many records and actors were read. Searches meanwhile find
// what the old index knows.
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

// build makes an index beside the old one, and puts it in its place. Whoever calls
// it holds writing. What changes meanwhile comes after start, and is followed
// afterwards.
func (x *Index) build(ctx context.Context, progress func(done, total int)) error {
	b := builder{Index: x, progress: progress, dir: x.Dir + ".new"}
	defer b.tidy()
	start, err := b.count(ctx)
	if err != nil {
		return err
	}
	if err := b.write(ctx); err != nil {
		return fmt.Errorf("build search index: %w", err)
	}
	if err := x.replace(b.dir, max(start, 1)); err != nil {
		return err
	}
	x.state.use()
	x.state.reach(start)
	return nil
}

// builder makes a new index.
type builder struct {
	*Index
	dir         string
	mapping     mapping.IndexMapping
	progress    func(done, total int)
	done, total int
	ids         []store.ID // of the actors
}

// tidy removes what is left of an attempt.
func (b *builder) tidy() {
	if err := os.RemoveAll(b.dir); err != nil {
		b.Log.Warn("remove what is left of a search index", "err", err)
	}
}

// reader is somebody who signed in at this node: all such may list what is indexed.
var reader = store.Viewer{Actor: "reader", Local: true}

// count looks up how much there is to do, and the newest change.
func (b *builder) count(ctx context.Context) (start store.ID, err error) {
	err = b.Store.View(ctx, func(tx *store.Txn) error {
		b.total, b.ids = 0, nil
		for _, k := range store.Kinds {
			b.total += tx.ListKind(k.Name, store.Query{Viewer: reader}).Total
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

// write makes the files of the new index. The store is read while bleve works.
func (b *builder) write(ctx context.Context) (err error) {
	defer recovered(&err)
	if b.mapping, err = newMapping(); err != nil {
		return err
	}
	if err := b.empty(); err != nil {
		return err
	}
	out, err := scorch.NewBuilder(map[string]any{"path": b.dir, "batchSize": segmentSize, "mergeMax": mergeMax, "buildPathPrefix": b.dir})
	if err != nil {
		return err
	}
	n, err := b.fill(ctx, out)
	switch {
	case err != nil:
		return err
	case n == 0: // a Builder cannot close what is empty
		return b.empty()
	}
	return out.Close()
}

// empty leaves an empty directory, which is an empty index.
func (b *builder) empty() error {
	if err := os.RemoveAll(b.dir); err != nil {
		return err
	}
	return os.MkdirAll(b.dir, 0o700)
}

// piece is some of what was read: its documents, and how many rows that were.
type piece struct {
	docs map[string]document
	rows int
}

// fill gives all documents to bleve, and says how many there are.
func (b *builder) fill(ctx context.Context, out *scorch.Builder) (n int, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pieces, end := make(chan piece, 1), make(chan error, 1)
	go func() {
		defer close(pieces)
		end <- b.read(ctx, func(p piece) {
			select {
			case pieces <- p:
			case <-ctx.Done():
			}
		})
	}()
	for p := range pieces {
		if err == nil {
			err = b.add(out, p)
		}
		if n += len(p.docs); err != nil {
			stop()
		}
	}
	return n, errors.Join(err, <-end)
}

func (b *builder) add(out *scorch.Builder, p piece) error {
	for id, d := range p.docs {
		mapped, err := d.mapped(id, b.mapping)
		if err != nil {
			return err
		}
		if err := out.Index(mapped); err != nil {
			return fmt.Errorf("index %s: %w", id, err)
		}
	}
	b.done += p.rows
	if b.progress != nil {
		b.progress(b.done, max(b.done, b.total))
	}
	return nil
}

// read reads all records, then all actors.
func (b *builder) read(ctx context.Context, give func(piece)) (err error) {
	defer recovered(&err)
	for _, k := range store.Kinds {
		if err := b.readKind(ctx, k.Name, give); err != nil {
			return err
		}
	}
	return b.readActors(ctx, give)
}

func (b *builder) readKind(ctx context.Context, kind string, give func(piece)) error {
	for before, more := store.ID(0), true; more; {
		var p piece
		last := before
		err := b.Store.View(ctx, func(tx *store.Txn) error {
			p, last = piece{docs: map[string]document{}}, before
			for it := range tx.WalkKind(kind, store.Query{Viewer: reader}, before) {
				last = it.Envelope().ID
				if d := b.recordDocument(tx, it); d != nil {
					p.docs[documentID(last, recordEnd)] = d
				}
				if p.rows++; p.rows == batchSize {
					break
				}
			}
			return nil
		})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		before, more = last, p.rows == batchSize
		give(p)
	}
	return nil
}

func (b *builder) readActors(ctx context.Context, give func(piece)) error {
	for left := b.ids; len(left) > 0; {
		part := left[:min(batchSize, len(left))]
		left = left[len(part):]
		p := piece{rows: len(part)}
		err := b.Store.View(ctx, func(tx *store.Txn) error {
			p.docs = map[string]document{}
			for _, id := range part {
				if a, err := tx.Actor(id); err == nil && a.Listed() {
					p.docs[documentID(id, actorEnd)] = b.actorDocument(a)
				}
			}
			return nil
		})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		give(p)
	}
	return nil
}

// replace opens the index that was built in a directory in the place of the old
// one, and writes down how far it is.
func (x *Index) replace(built string, at store.ID) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.closeBleve(); err != nil {
		x.Log.Warn("close search index", "err", err)
	}
	err := os.RemoveAll(x.Dir)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(x.Dir), 0o700)
	}
	if err == nil {
		err = os.Rename(built, x.Dir)
	}
	if err != nil {
		return fmt.Errorf("replace search index: %w", err)
	}
	b, err := openFiles(x.Dir)
	if err != nil {
		return err
	}
	x.bleve = b
	batch := index.NewBatch()
	batch.SetInternal(keyFormat, []byte(format))
	batch.SetInternal(keyAt, []byte(at.String()))
	return b.Batch(batch)
}
