package catalog

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Bounds of a page: whichever is reached first. An object alone may be larger.
const (
	maxItems = 100
	maxBytes = 512 << 10
	maxRows  = 200 // of the feed that are looked at
)

// Source is what the documents of a catalogue are made of.
type Source struct {
	Lab    *store.Actor
	Viewer store.Viewer // who signed the request; zero: anybody
	// Document returns a record or an actor of this node as it is served, with its
	// proof.
	Document func(tx *store.Txn, e *store.Listed) ([]byte, error)
	// Seal signs a document of the catalogue itself.
	Seal func(doc []byte) ([]byte, error)
}

// IRI is the catalogue's id.
func (s *Source) IRI() string { return s.Lab.IRI + "/catalog" }

// Head writes the head, as far as the viewer may see the catalogue.
func (s *Source) Head(tx *store.Txn) ([]byte, error) {
	have := tx.HoldingsFor(s.Viewer, s.Lab.IRI)
	c := s.catalogue(tx)
	return s.Seal(vocab.Encode(Head{
		Context: terms, ID: s.IRI(), Type: collection, Owner: s.Lab.IRI, Total: have.Total(), Updated: c.Updated,
		Kinds: have.Kinds, Seq: c.Seq, MinSeq: c.MinSeq, Digest: have.Digest,
		Feed: s.IRI() + "/feed", Buckets: s.IRI() + "/buckets", First: s.IRI() + "?page=1",
	}))
}

func (s *Source) catalogue(tx *store.Txn) *store.Catalogue {
	if c := tx.Catalogue(s.Lab.IRI); c != nil {
		return c
	}
	return &store.Catalogue{MinSeq: 1}
}

// Page writes a page of objects: the members, then the records in the order of
// their publication. cursor is that of the address: 1 for the first page.
func (s *Source) Page(tx *store.Txn, cursor string) ([]byte, error) {
	number, inMembers := strings.CutPrefix(cursor, memberCursor)
	from, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("page %q: %w", cursor, store.ErrNotFound)
	}
	b := s.builder(tx, s.IRI(), s.IRI()+"?page="+url.QueryEscape(cursor))
	if from == 1 || inMembers {
		if err := b.members(store.ID(from)); err != nil {
			return nil, err
		}
		from = 1
	}
	if b.Next == "" {
		err = b.records(store.ID(from))
	}
	return b.encode(), err
}

// memberCursor begins the cursor of a page that begins with a member.
const memberCursor = "m"

// listed is the entry of a record if the viewer may see it, or nil.
func (s *Source) listed(tx *store.Txn, id store.ID) *store.Listed {
	it, err := tx.Record(id)
	if err != nil {
		return nil
	}
	e := tx.Listed(s.Lab.IRI, it.Envelope().IRI)
	if e == nil || !tx.ShowsListed(s.Viewer, e) {
		return nil
	}
	return e
}

// Feed writes the changes after a number, oldest first: an Update with the
// object as it is now, or a Delete.
func (s *Source) Feed(tx *store.Txn, after uint64) ([]byte, error) {
	feed := s.IRI() + "/feed"
	b := s.builder(tx, feed, feed+"?after="+strconv.FormatUint(after, 10))
	b.Order, b.Seq = forward, max(after, s.catalogue(tx).Seq)
	rows := 0
	for row := range tx.Feed(s.Lab.IRI, after) {
		if rows++; rows > maxRows || b.full() {
			b.Seq = row.Seq - 1
			b.Next = feed + "?after=" + strconv.FormatUint(b.Seq, 10)
			break
		}
		if err := b.change(row); err != nil {
			return nil, err
		}
	}
	return b.encode(), nil
}

// Buckets writes the fingerprint of every bucket.
func (s *Source) Buckets(tx *store.Txn) ([]byte, error) {
	sums := make([]store.Digest, 256)
	for e := range tx.AllListed(s.Lab.IRI) {
		if tx.ShowsListed(s.Viewer, e) {
			sums[store.BucketOf(e.IRI)].Toggle(e.IRI, e.Rev)
		}
	}
	return s.Seal(vocab.Encode(Sums{
		Context: terms, ID: s.IRI() + "/buckets", Type: collection, PartOf: s.IRI(), Seq: s.catalogue(tx).Seq, Digests: sums,
	}))
}

// Bucket writes the ids and fingerprints of one bucket.
func (s *Source) Bucket(tx *store.Txn, number string) ([]byte, error) {
	n, err := strconv.ParseUint(number, 16, 8)
	if err != nil || len(number) != 2 || number != strings.ToLower(number) {
		return nil, fmt.Errorf("bucket %q: %w", number, store.ErrNotFound)
	}
	p := Page{
		Context: terms, ID: s.IRI() + "/buckets?bucket=" + number, Type: page, PartOf: s.IRI() + "/buckets",
		Items: []json.RawMessage{}, Revs: []store.Rev{},
	}
	for e := range tx.Bucket(s.Lab.IRI, byte(n)) {
		if tx.ShowsListed(s.Viewer, e) {
			p.Items, p.Revs = append(p.Items, vocab.Encode(e.IRI)), append(p.Revs, e.Rev)
		}
	}
	return s.Seal(vocab.Encode(p))
}

// builder fills a page.
type builder struct {
	Page
	source *Source
	tx     *store.Txn
	size   int
}

func (s *Source) builder(tx *store.Txn, partOf, id string) *builder {
	return &builder{source: s, tx: tx, Page: Page{
		Context: terms, ID: id, Type: page, PartOf: partOf, Items: []json.RawMessage{}, Revs: []store.Rev{},
	}}
}

func (b *builder) full() bool { return len(b.Items) >= maxItems || b.size >= maxBytes }

func (b *builder) encode() []byte { return vocab.Encode(b.Page) }

func (b *builder) put(item []byte, rev store.Rev) {
	b.Items, b.Revs = append(b.Items, item), append(b.Revs, rev)
	b.size += len(item)
}

// members adds the members from an id on, as far as there is room.
func (b *builder) members(from store.ID) error {
	for m := range b.tx.Members() {
		e := b.tx.Listed(b.source.Lab.IRI, m.IRI)
		if e == nil || m.ID < from {
			continue
		}
		if b.full() {
			b.Next = b.source.IRI() + "?page=" + memberCursor + m.ID.String()
			return nil
		}
		if err := b.add(e); err != nil {
			return err
		}
	}
	return nil
}

// records adds the records from an id on, as far as there is room.
func (b *builder) records(from store.ID) error {
	for id := range b.tx.Catalogued(b.source.Lab.IRI, from) {
		e := b.source.listed(b.tx, id)
		if e == nil {
			continue
		}
		if b.full() {
			b.Next = b.source.IRI() + "?page=" + id.String()
			return nil
		}
		if err := b.add(e); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) add(e *store.Listed) error {
	doc, err := b.source.Document(b.tx, e)
	if err != nil {
		return err
	}
	b.put(doc, e.Rev)
	return nil
}

// change adds a row of the feed, unless the viewer must not know of it.
func (b *builder) change(row store.FeedRow) error {
	c := change{
		ID: b.source.IRI() + "/feed#" + strconv.FormatUint(row.Seq, 10), Actor: b.source.Lab.IRI, Seq: row.Seq,
	}
	shown := row.Listed != nil && b.tx.ShowsListed(b.source.Viewer, row.Listed)
	switch {
	case shown:
		doc, err := b.source.Document(b.tx, row.Listed)
		if err != nil {
			return err
		}
		c.Type, c.Object = "Update", doc
		b.put(vocab.Encode(c), row.Listed.Rev)
	case row.Known:
		c.Type, c.Object = "Delete", vocab.TombstoneDocument(&store.Tombstone{IRI: row.IRI, Deleted: row.When})
		b.put(vocab.Encode(c), store.Rev{})
	}
	return nil
}
