package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	index "github.com/blevesearch/bleve_index_api"

	"github.com/essaim/essaim/store"
)

// What the index remembers of itself, in the same write as the documents.
var (
	keyFormat = []byte("format")
	keyAt     = []byte("at") // the newest change that it knows of; missing while it is built
)

// remembered is how long the change log surely remembers (it forgets after 30
// days): an index that is further behind may have missed something.
const remembered = 25 * 24 * time.Hour

// settings of the engine of bleve: only the newest state is of use.
func settings(dir string) map[string]any {
	return map[string]any{
		"path":                   dir,
		"asyncErrorCallbackName": guardName,
		"numSnapshotsToKeep":     1,
		"scorchPersisterOptions": map[string]any{"NumPersisterWorkers": 1},
	}
}

// open makes sure that bleve is open, with an index that can catch up. Whoever
// calls it holds writing.
func (x *Index) open(ctx context.Context) error {
	x.mu.RLock()
	ready, closed := x.bleve != nil, x.closed
	x.mu.RUnlock()
	switch {
	case closed:
		return ErrClosed
	case x.state.isDamaged():
		x.shut()
	case ready || x.openOld(ctx):
		return nil
	}
	return x.build(ctx, nil)
}

// shut closes bleve for now: the next open begins with what lies on the disk.
func (x *Index) shut() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.state.shut()
	if err := x.closeBleve(); err != nil {
		x.Log.Warn("close search index", "err", err)
	}
}

// openOld opens what lies on the disk, and says whether it can be used.
func (x *Index) openOld(ctx context.Context) bool {
	if _, err := os.Stat(x.Dir); err != nil {
		return false
	}
	b, err := openFiles(x.Dir)
	if err != nil {
		x.Log.Warn("the search index cannot be read and is built afresh", "err", err)
		return false
	}
	at, err := x.resumeAt(ctx, b)
	if err != nil {
		x.Log.Info("the search index is built afresh", "err", err)
		if err := b.Close(); err != nil {
			x.Log.Warn("close search index", "err", err)
		}
		return false
	}
	x.swap(b)
	x.state.reach(at)
	return true
}

var (
	errFormat  = errors.New("it is of another version")
	errPartial = errors.New("it was not finished")
	errOld     = errors.New("it is too far behind")
	errAhead   = errors.New("it is of another store")
)

// resumeAt is the change from which an index can go on.
func (x *Index) resumeAt(ctx context.Context, b *opened) (at store.ID, err error) {
	have, err := b.internal(keyFormat)
	if err != nil || string(have) != format {
		return 0, errors.Join(errFormat, err)
	}
	text, err := b.internal(keyAt)
	if err != nil || text == nil {
		return 0, errors.Join(errPartial, err)
	}
	if at, err = store.ParseID(string(text)); err != nil {
		return 0, fmt.Errorf("where the search index is: %w", err)
	}
	last, err := x.lastChange(ctx)
	switch {
	case err != nil:
		return 0, err
	case at > last:
		return 0, errAhead
	case time.UnixMilli(int64(at >> 16)).Before(x.Store.Now().Add(-remembered)):
		return 0, errOld
	}
	return at, nil
}

func (x *Index) lastChange(ctx context.Context) (last store.ID, err error) {
	err = x.Store.View(ctx, func(tx *store.Txn) error {
		last = tx.LastChange()
		return nil
	})
	return last, err
}

func (x *Index) swap(b *opened) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.bleve = b
}

// write keeps a batch of documents, and how far the index then is (zero: not
// farther than it was).
func (x *Index) write(docs map[string]document, at store.ID) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.bleve == nil {
		return ErrClosed
	}
	batch := index.NewBatch()
	for id, d := range docs {
		if d == nil {
			batch.Delete(id)
			continue
		}
		mapped, err := d.mapped(id, x.bleve.mapping)
		if err != nil {
			return err
		}
		batch.Update(mapped)
	}
	if at != 0 {
		batch.SetInternal(keyAt, []byte(at.String()))
	}
	err := x.bleve.Batch(batch)
	if errors.Is(err, errDamaged) {
		x.state.damaged()
	}
	if err != nil {
		return fmt.Errorf("write search index: %w", err)
	}
	return nil
}
