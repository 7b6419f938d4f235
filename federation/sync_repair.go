package federation

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/store"
)

const (
	maxMended  = 500            // objects that are fetched one by one; beyond that the pages are read again
	againAfter = 24 * time.Hour // and not twice a day
)

// repair compares buckets, removes what the origin no longer has, and fetches what
// is missing or different here.
func (c *copying) repair(ctx context.Context, head *catalog.Head) error {
	sums, err := c.n.catalogs.Buckets(ctx, head.Buckets)
	if err != nil {
		return err
	}
	wrong, err := c.wrongBuckets(ctx, sums)
	if err != nil {
		return err
	}
	mended := 0
	for _, number := range wrong {
		if mended > maxMended {
			return c.again(ctx, head)
		}
		n, err := c.mendBucket(ctx, head, number)
		if err != nil {
			return err
		}
		mended += n
	}
	return nil
}

// again reads the pages from the first, unless that was tried a short while ago.
func (c *copying) again(ctx context.Context, head *catalog.Head) error {
	if c.n.Store.Now().Sub(c.s.Began) < c.n.scaled(againAfter) {
		return errDigest
	}
	err := c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		c.restart(s, head, tx.Now())
		return nil
	})
	if err != nil {
		return err
	}
	return errMore
}

func (c *copying) wrongBuckets(ctx context.Context, sums *catalog.Sums) (wrong []byte, err error) {
	err = c.n.Store.View(ctx, func(tx *store.Txn) error {
		mine := make([]store.Digest, 256)
		for e := range tx.AllListed(c.lab.IRI) {
			mine[store.BucketOf(e.IRI)].Toggle(e.IRI, e.Rev)
		}
		wrong = nil
		for i, d := range sums.Digests {
			if mine[i] != d {
				wrong = append(wrong, byte(i))
			}
		}
		return nil
	})
	return wrong, err
}

// mendBucket makes one bucket the same as the origin's and says how many objects
// that took.
func (c *copying) mendBucket(ctx context.Context, head *catalog.Head, number byte) (int, error) {
	asked := c.n.Store.Now()
	theirs, err := c.n.catalogs.Bucket(ctx, head.Buckets, number)
	if err != nil {
		return 0, err
	}
	var items []catalog.Item
	err = c.n.Store.View(ctx, func(tx *store.Txn) error {
		items = nil
		for e := range tx.Bucket(c.lab.IRI, number) {
			rev, listed := theirs[e.IRI]
			if !listed {
				items = append(items, catalog.Item{IRI: e.IRI, Deleted: true})
			} else if rev == e.Rev {
				delete(theirs, e.IRI)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	fetched, err := c.fetchItems(ctx, theirs)
	if err != nil {
		return 0, err
	}
	items = append(items, fetched...)
	if err := c.keep(ctx, items, asked, func(_ *store.Txn, s *store.Sync) { s.Bytes += size(fetched) }); err != nil {
		return 0, err
	}
	if c.s.Bytes > maxRead {
		return 0, errTooLarge
	}
	return len(items), nil
}

func size(items []catalog.Item) (bytes int64) {
	for _, it := range items {
		bytes += int64(len(it.Doc.Raw()))
	}
	return bytes
}

// fetchItems fetches objects by their ids. What its origin lists and does not show
// is noted without a document.
func (c *copying) fetchItems(ctx context.Context, list map[string]store.Rev) ([]catalog.Item, error) {
	items := make([]catalog.Item, 0, min(len(list), maxMended))
	for iri, rev := range list {
		if len(items) == maxMended {
			break
		}
		item := catalog.Item{IRI: iri, Rev: rev}
		if store.SameOrigin(iri, c.lab.IRI) {
			var err error
			item.Doc, err = c.n.catalogs.Object(ctx, iri)
			if rev, ok := store.RevOf(item.Doc.Raw(), iri); ok && item.Doc.Type() != string(store.Person) {
				item.Rev = rev // it may have changed since it was listed
			}
			if _, enough := catalog.Enough(err); err != nil && (enough || !hopeless(err) && !errors.Is(err, catalog.ErrMalformed)) {
				return nil, err
			}
		}
		items = append(items, item)
	}
	return items, nil
}
