package search

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/collector"
	counting "github.com/blevesearch/bleve/v2/search/facet"
	index "github.com/blevesearch/bleve_index_api"
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

// analysts is how many goroutines take documents apart.
const analysts = 4

// opened is an index of bleve that says when it stopped working.
type opened struct {
	index.Index
	dir      string
	mapping  mapping.IndexMapping
	analysis *index.AnalysisQueue
	once     sync.Once
	ended    chan struct{} // closed when it stopped working, after why is set
	why      error
}

// openFiles opens the index of a directory, and makes an empty one where there is
// none. It makes an error of the panic that files which lost some of their bytes
// cause.
func openFiles(dir string) (o *opened, err error) {
	m, err := newMapping()
	if err != nil {
		return nil, err
	}
	o = &opened{dir: dir, mapping: m, analysis: index.NewAnalysisQueue(analysts), ended: make(chan struct{})}
	guards.Store(dir, o)
	defer func() {
		if err != nil {
			o.release()
		}
	}()
	defer recovered(&err)
	if o.Index, err = scorch.NewScorch(scorch.Name, settings(dir), o.analysis); err == nil {
		err = o.Open()
	}
	return o, err
}

// release gives back all but the files.
func (o *opened) release() {
	guards.Delete(o.dir)
	o.analysis.Close()
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

// Close ends the use of the index.
func (o *opened) Close() error {
	defer o.release()
	return o.Index.Close()
}

// Batch writes. When bleve stopped working meanwhile, the write is left to itself:
// nobody will ever answer it.
func (o *opened) Batch(b *index.Batch) error {
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

// internal reads what the index remembers of itself.
func (o *opened) internal(key []byte) (value []byte, err error) {
	r, err := o.Reader()
	if err != nil {
		return nil, err
	}
	value, err = r.GetInternal(key)
	return value, errors.Join(err, r.Close())
}

// search makes an error of the panic that a file causes which lost some of its bytes.
func (o *opened) search(ctx context.Context, r request) (found *collector.TopNCollector, err error) {
	defer recovered(&err)
	reader, err := o.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	options := search.SearcherOptions{}
	if !r.order.RequiresScore() {
		options.Score = "none"
	}
	s, err := r.query.Searcher(ctx, reader, o.mapping, options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	found = collector.NewTopNCollector(r.limit, r.offset, r.order)
	facets := search.NewFacetsBuilder(reader)
	facets.Add(fieldFacet, counting.NewTermsFacetBuilder(fieldFacet, maxValues))
	found.SetFacetsBuilder(facets)
	return found, found.Collect(ctx, s, reader)
}
