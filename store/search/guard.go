package search

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

var (
	errDamaged = errors.New("search index is damaged")
	errBroken  = errors.New("search index stopped working")
)

// guardName is what bleve calls when its own goroutines fail. They end then, for
// ever, and whoever waits for them waits as long.
const guardName = "essaim"

// guards are the open indexes by the directory of their files: bleve says no more.
var guards sync.Map

var _ = registerGuard()

func registerGuard() bool {
	scorch.RegistryAsyncErrorCallbacks[guardName] = func(err error, path string) {
		if o, ok := guards.Load(path); ok {
			o.(*opened).fail(err)
		}
	}
	return true
}

// opened is an index of bleve that says when it stopped working.
type opened struct {
	bleve.Index
	files string
	once  sync.Once
	ended chan struct{} // closed when it stopped working, after why is set
	why   error
}

// openFiles opens an index. It makes an error of the panic that files which lost
// some of their bytes cause.
func openFiles(dir string) (o *opened, err error) {
	defer recovered(&err)
	o = &opened{files: filepath.Join(dir, "store"), ended: make(chan struct{})}
	guards.Store(o.files, o)
	if o.Index, err = bleve.OpenUsing(dir, settings()); err != nil {
		guards.Delete(o.files)
		return nil, err
	}
	return o, nil
}

// recovered makes an error of a panic.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", errDamaged, p)
	}
}

func (o *opened) fail(err error) {
	o.once.Do(func() {
		o.why = fmt.Errorf("%w: %w", errBroken, err)
		if errors.Is(err, scorch.ErrAsyncPanic) {
			o.why = fmt.Errorf("%w: %w", errDamaged, err)
		}
		close(o.ended)
	})
}

// Close ends the use of the index. One that stopped working may have a write under
// way for which bleve would wait for ever: its files are closed below that.
func (o *opened) Close() error {
	guards.Delete(o.files)
	select {
	case <-o.ended:
		engine, err := o.Advanced()
		if err != nil {
			return err
		}
		return engine.Close()
	default:
		return o.Index.Close()
	}
}

// Batch writes. When bleve stopped working meanwhile, the write is left to itself:
// nobody will ever answer it.
func (o *opened) Batch(b *bleve.Batch) error {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer recovered(&err)
		err = o.Index.Batch(b)
	}()
	select {
	case err := <-done:
		return err
	case <-o.ended:
		return o.why
	}
}

// search makes an error of the panic that a file causes which lost some of its bytes.
func (o *opened) search(ctx context.Context, r *bleve.SearchRequest) (found *bleve.SearchResult, err error) {
	defer recovered(&err)
	return o.SearchInContext(ctx, r)
}
