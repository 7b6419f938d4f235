package catalog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Fetcher reads documents, guarded and signed.
type Fetcher interface {
	ObjectUnless(ctx context.Context, iri, etag string) (*fetch.Document, error)
}

// Client reads the catalogues of others, no more of a host than it may a minute.
// It is safe for concurrent use.
type Client struct {
	fetch     Fetcher
	now       func() time.Time
	mu        sync.Mutex
	allowance map[string]*rate.Limiter // by host
}

const (
	perMinute = 5 << 20  // bytes of a host
	atFirst   = 64 << 20 // what may be read at once of a host that was not read for long
	largest   = 1 << 20  // of one document; fetch takes no larger ones
)

// NewClient returns a Client.
func NewClient(f Fetcher, now func() time.Time) *Client {
	return &Client{fetch: f, now: now, allowance: map[string]*rate.Limiter{}}
}

// EnoughError: as much was read of the host as may be for now.
type EnoughError struct{ After time.Duration }

func (e *EnoughError) Error() string { return fmt.Sprintf("enough of this host for %s", e.After) }

// Head reads the head of an actor's catalogue; fetch.ErrUnchanged when it is still
// the one with the given ETag, if any.
func (c *Client) Head(ctx context.Context, lab *store.Actor, etag string) (*Head, error) {
	got, err := c.spend(ctx, lab.Catalog, etag)
	if err != nil {
		return nil, err
	}
	h := &Head{ETag: got.ETag}
	if err := decode(got.Body, h); err != nil {
		return nil, err
	}
	for _, part := range []string{h.Feed, h.Buckets, h.First} {
		if !store.SameOrigin(part, lab.IRI) {
			return nil, fmt.Errorf("%w: part %q is not at home with %s", ErrMalformed, part, lab.IRI)
		}
	}
	if h.ID != lab.Catalog || h.Owner != lab.IRI || h.Total < 0 {
		return nil, fmt.Errorf("%w: head %q of %q with %d objects", ErrMalformed, h.ID, h.Owner, h.Total)
	}
	return h, nil
}

// Item is an object of a page or a bucket, or a change of the feed.
type Item struct {
	IRI     string // of the object; always there
	Doc     vocab.Doc
	Rev     store.Rev
	Deleted bool
}

// Part is a page as it was read.
type Part struct {
	Items []Item
	Next  string // address of the next one; empty: there is none
	Seq   uint64 // feed: changes up to this one were read
	Bytes int    // what it cost
	Bad   int    // items that could not be read at all
}

// Page reads a page of objects.
func (c *Client) Page(ctx context.Context, address string) (*Part, error) {
	return c.part(ctx, address, func(doc vocab.Doc, rev store.Rev) Item {
		return Item{IRI: doc.ID(), Doc: doc, Rev: rev}
	})
}

// Feed reads the changes after a number.
func (c *Client) Feed(ctx context.Context, feed string, after uint64) (*Part, error) {
	return c.part(ctx, feed+"?after="+strconv.FormatUint(after, 10), func(doc vocab.Doc, rev store.Rev) Item {
		return Item{IRI: doc.IRI("object"), Doc: doc.Doc("object"), Rev: rev, Deleted: doc.Verb() == "Delete"}
	})
}

// Buckets reads the fingerprints of all buckets.
func (c *Client) Buckets(ctx context.Context, address string) (*Sums, error) {
	s := new(Sums)
	if _, err := c.get(ctx, address, s); err != nil {
		return nil, err
	}
	if len(s.Digests) != 256 {
		return nil, fmt.Errorf("%w: %d buckets", ErrMalformed, len(s.Digests))
	}
	return s, nil
}

// Bucket reads what is in one bucket: ids and fingerprints.
func (c *Client) Bucket(ctx context.Context, buckets string, number byte) (map[string]store.Rev, error) {
	var p Page
	if _, err := c.get(ctx, buckets+fmt.Sprintf("?bucket=%02x", number), &p); err != nil {
		return nil, err
	}
	if len(p.Revs) != len(p.Items) {
		return nil, fmt.Errorf("%w: %d fingerprints of %d objects", ErrMalformed, len(p.Revs), len(p.Items))
	}
	list := make(map[string]store.Rev, len(p.Items))
	for i, raw := range p.Items {
		var iri string
		if err := decode(raw, &iri); err != nil {
			return nil, err
		}
		if store.BucketOf(iri) == number {
			list[iri] = p.Revs[i]
		}
	}
	return list, nil
}

// Object reads one object of the catalogue by its id.
func (c *Client) Object(ctx context.Context, iri string) (vocab.Doc, error) {
	got, err := c.spend(ctx, iri, "")
	if err != nil {
		return vocab.Doc{}, err
	}
	return vocab.Parse(got.Body)
}

func (c *Client) part(ctx context.Context, address string, read func(vocab.Doc, store.Rev) Item) (*Part, error) {
	var p Page
	size, err := c.get(ctx, address, &p)
	if err != nil {
		return nil, err
	}
	if len(p.Revs) != len(p.Items) || p.Next == address || p.Next != "" && !store.SameOrigin(p.Next, address) {
		return nil, fmt.Errorf("%w: page %s", ErrMalformed, address)
	}
	out := &Part{Next: p.Next, Seq: p.Seq, Bytes: size}
	for i, raw := range p.Items {
		doc, err := vocab.Parse(raw)
		if item := read(doc, p.Revs[i]); err == nil && item.IRI != "" {
			out.Items = append(out.Items, item)
			continue
		}
		out.Bad++
	}
	return out, nil
}

func (c *Client) get(ctx context.Context, address string, into any) (size int, err error) {
	got, err := c.spend(ctx, address, "")
	if err != nil {
		return 0, err
	}
	return len(got.Body), decode(got.Body, into)
}

// spend reads a document, unless it is the one with the given ETag, if its host's
// allowance is not used up.
func (c *Client) spend(ctx context.Context, address, etag string) (*fetch.Document, error) {
	l := c.limiter(store.HostOf(address))
	if short := largest - l.TokensAt(c.now()); short > 0 {
		return nil, &EnoughError{After: time.Duration(short / float64(l.Limit()) * float64(time.Second))}
	}
	got, err := c.fetch.ObjectUnless(ctx, address, etag)
	if err != nil {
		return nil, err
	}
	l.ReserveN(c.now(), len(got.Body))
	return got, nil
}

const maxHosts = 4096 // then the allowances begin anew

func (c *Client) limiter(host string) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.allowance[host]
	if l == nil {
		if len(c.allowance) >= maxHosts {
			clear(c.allowance)
		}
		l = rate.NewLimiter(rate.Limit(perMinute/60), atFirst)
		c.allowance[host] = l
	}
	return l
}

// Enough says how long to wait when err is an *EnoughError.
func Enough(err error) (time.Duration, bool) {
	e, ok := errors.AsType[*EnoughError](err)
	if !ok {
		return 0, false
	}
	return e.After, true
}
