package federation

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

// pages reads the pages of a catalogue from where the copy is. While one is kept
// the next one is on its way.
func (c *copying) pages(ctx context.Context) error {
	asked := c.n.Store.Now()
	part, err := c.n.catalogs.Page(ctx, c.s.Cursor)
	for err == nil {
		var ahead *catalog.Part
		var g errgroup.Group
		soon := c.n.Store.Now()
		if part.Next != "" && !c.over() {
			g.Go(func() (err error) {
				ahead, err = c.n.catalogs.Page(ctx, part.Next)
				return err
			})
		}
		kept := c.keepPage(ctx, part, asked)
		err = g.Wait()
		switch {
		case kept != nil:
			return kept
		case part.Next == "":
			return nil
		case err == nil && ahead == nil:
			return errMore
		}
		part, asked = ahead, soon
	}
	return err
}

// keepPage keeps the objects of a page and moves the cursor on. A catalogue that
// never ends is cut off: what it says of itself is the measure.
func (c *copying) keepPage(ctx context.Context, part *catalog.Part, asked time.Time) error {
	err := c.keep(ctx, part.Items, asked, func(_ *store.Txn, s *store.Sync) {
		s.Seen += len(part.Items) + part.Bad
		s.Refused += part.Bad
		s.Bytes += int64(part.Bytes)
		s.Pages++
		if s.Cursor = part.Next; s.Cursor == "" {
			s.Phase, s.Pages = store.SyncLive, 0
		}
	})
	if err != nil {
		return err
	}
	promised := c.s.Promised()
	switch {
	case c.s.Bytes > maxRead || c.s.Seen > maxCopied:
		err = errTooLarge
	case c.s.Seen > promised+promised/10+1000 || c.s.Pages > promised+20:
		err = errEndless
	default:
		return nil
	}
	stopped := c.save(ctx, func(_ *store.Txn, s *store.Sync) error {
		s.Phase, s.Cursor, s.Pages = store.SyncLive, "", 0
		return nil
	})
	if stopped != nil {
		return stopped
	}
	return err
}

// check looks whether the copy is the same as the original, and mends it: by the
// changes since it last was, then by comparing buckets. Nothing changed is one
// request.
func (c *copying) check(ctx context.Context) error {
	full := c.n.Store.Now().Sub(c.s.Full) > c.n.scaled(compareEvery)
	for _, mend := range []func(context.Context, *catalog.Head) error{c.feed, c.repair, nil} {
		head, err := c.look(ctx, full)
		if err != nil || head == nil {
			return err
		}
		if mend == nil {
			break
		}
		if err := mend(ctx, head); err != nil {
			return err
		}
	}
	return errDigest
}

// look reads the head and compares; nil: the copy is the same. A head that is still
// the one that it was compared with last is not sent again.
func (c *copying) look(ctx context.Context, full bool) (*catalog.Head, error) {
	tag := c.s.HeadTag
	if full {
		tag = ""
	}
	head, err := c.n.catalogs.Head(ctx, c.lab, tag)
	if errors.Is(err, fetch.ErrUnchanged) {
		return c.lookCloser(ctx)
	}
	if err != nil {
		return nil, err
	}
	same, err := c.compare(ctx, head, full)
	if err != nil || same {
		return nil, err
	}
	return head, nil
}

// lookCloser is for a head that did not change: the copy may have.
func (c *copying) lookCloser(ctx context.Context) (*catalog.Head, error) {
	same := false
	err := c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		have := tx.Catalogue(c.lab.IRI)
		same = have != nil && have.Public.Plus(have.Restricted).Digest == s.HeadDigest
		if same {
			s.Checked = tx.Now()
			return nil
		}
		s.HeadTag = ""
		return nil
	})
	if err != nil || same {
		return nil, err
	}
	return c.look(ctx, false)
}

// compare notes what the origin says of itself and whether the copy is the same.
// full has our own count checked before.
func (c *copying) compare(ctx context.Context, head *catalog.Head, full bool) (same bool, err error) {
	err = c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		if full {
			tx.Recount(c.lab.IRI)
		}
		have := tx.Catalogue(c.lab.IRI)
		s.Theirs, s.HeadTag = head.Kinds, ""
		same = have != nil && have.Public.Plus(have.Restricted).Digest == head.Digest
		if same {
			s.Seq, s.Checked = head.Seq, tx.Now()
			s.HeadTag, s.HeadDigest = head.ETag, head.Digest
			s.Pages, s.Bytes = 0, 0
			if full {
				s.Full = tx.Now()
			}
		}
		return nil
	})
	return same, err
}

// maxFeedPages bounds what is read of a feed until the copy is the same again;
// beyond it buckets are cheaper.
const maxFeedPages = 500

// feed takes over the changes since the copy was last the same.
func (c *copying) feed(ctx context.Context, head *catalog.Head) error {
	if c.s.Seq+1 < head.MinSeq || c.s.Seq > head.Seq {
		return nil // it forgot what we miss, or was itself put back to an earlier state
	}
	for c.s.Pages < maxFeedPages {
		asked := c.n.Store.Now()
		part, err := c.n.catalogs.Feed(ctx, head.Feed, c.s.Seq)
		if err != nil {
			return err
		}
		before := c.s.Seq
		err = c.keep(ctx, part.Items, asked, func(_ *store.Txn, s *store.Sync) {
			s.Seq = max(s.Seq, part.Seq)
			s.Bytes += int64(part.Bytes)
			s.Pages++
		})
		switch {
		case err != nil:
			return err
		case c.s.Bytes > maxRead:
			return errTooLarge
		case part.Next == "" || c.s.Seq == before:
			return nil
		case c.over():
			return errMore
		}
	}
	return nil
}
