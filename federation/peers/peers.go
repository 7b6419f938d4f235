// Package peers is the protocol by which nodes tell each other of labs: a list of
// descriptors, each signed by the lab that it describes, in the order of their
// changes. It writes the list of our own node and reads those of others; it keeps
// nothing, and verifies nothing. Who is believed is federation's business.
//
// The list has a head (how many there are, the number of the last change, and a
// common fingerprint) and pages after a number, so that who read it before reads
// only what is new.
//
// It follows ActivityStreams 2.0 §4 for collections and FEP-1985 for their order;
// descriptors bear proofs of FEP-8b32.
package peers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// ErrMalformed: a document is not what the protocol says.
var ErrMalformed = errors.New("malformed list of peers")

var terms = json.RawMessage(`["https://www.w3.org/ns/activitystreams",{"essaim":"https://w3id.org/essaim/ns#",` +
	`"orderType":{"@id":"https://w3id.org/fep/1985/orderType","@type":"@vocab"},` +
	`"ForwardChronological":"https://w3id.org/fep/1985/ForwardChronological"}]`)

// Head says what a list holds.
type Head struct {
	Context json.RawMessage `json:"@context,omitempty"`
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Owner   string          `json:"attributedTo"`
	Total   int             `json:"totalItems"`
	Updated time.Time       `json:"updated,omitzero"`
	Seq     uint64          `json:"essaim:seq"`
	Digest  store.Digest    `json:"essaim:digest"`
	First   string          `json:"first"`
}

// Page is a stretch of a list.
type Page struct {
	Context json.RawMessage `json:"@context,omitempty"`
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	PartOf  string          `json:"partOf"`
	Order   string          `json:"orderType"`
	Seq     uint64          `json:"essaim:seq"` // of the last change that was looked at
	Next    string          `json:"next,omitempty"`
	Items   []Item          `json:"orderedItems"`
}

// Item passes a descriptor on. Since when and by whom its lab is known is this
// node's word and nobody else's.
type Item struct {
	Type     string          `json:"type"` // Announce
	Actor    string          `json:"actor"`
	Seq      uint64          `json:"essaim:seq"`
	LastSeen time.Time       `json:"updated"`
	Via      []string        `json:"essaim:via,omitempty"`
	Object   json.RawMessage `json:"object"`
}

// Bounds of a page: whichever is reached first.
const (
	maxItems = 100
	maxBytes = 256 << 10
)

// List is the list of this node.
type List struct {
	IRI string
	Lab *store.Actor // whose node it is
}

func (l *List) page(after uint64) string { return l.IRI + "?after=" + strconv.FormatUint(after, 10) }

// Head writes the head.
func (l *List) Head(tx *store.Txn) []byte {
	have := tx.PeerList()
	return vocab.Encode(Head{
		Context: terms, ID: l.IRI, Type: "OrderedCollection", Owner: l.Lab.IRI, Total: have.Total, Updated: have.Updated,
		Seq: have.Seq, Digest: have.Digest, First: l.page(0),
	})
}

// Page writes what changed after a number, oldest first. Whoever is kept away
// meanwhile, or no longer wants to be found, is left out.
func (l *List) Page(tx *store.Txn, after uint64) []byte {
	p := Page{
		Context: terms, ID: l.page(after), Type: "OrderedCollectionPage", PartOf: l.IRI, Order: "ForwardChronological",
		Seq: max(after, tx.PeerList().Seq), Items: []Item{},
	}
	last, size := after, 0
	for peer := range tx.ListedPeers(after) {
		if len(p.Items) == maxItems || size > maxBytes {
			p.Seq, p.Next = last, l.page(last)
			break
		}
		last = peer.Seq
		if tx.HostBlocked(store.HostOf(peer.IRI)) || peer.IRI == l.Lab.IRI && !l.Lab.Discoverable {
			continue
		}
		doc := tx.Descriptor(peer.ID)
		size += len(doc)
		p.Items = append(p.Items, Item{Type: "Announce", Actor: l.Lab.IRI, Seq: peer.Seq, LastSeen: peer.Seen, Via: listedOf(tx, peer.Via), Object: doc})
	}
	return vocab.Encode(p)
}

// listedOf leaves out the labs that are not told of themselves.
func listedOf(tx *store.Txn, iris []string) []string {
	return slices.DeleteFunc(slices.Clone(iris), func(iri string) bool {
		p, err := tx.PeerByIRI(iri)
		return err != nil || p.Seq == 0
	})
}

// Fetcher reads documents, guarded and signed.
type Fetcher interface {
	Object(ctx context.Context, iri string) (*fetch.Document, error)
}

// maxPages bounds how much is read of a list at a time, however it goes on.
const maxPages = 5

// Read calls take for the descriptors of another node's list that changed after a
// number, oldest first, and returns the number up to which it read. A list that
// began anew is read from its beginning. It reads a few pages at most, whatever they
// say, and only what lies at this address.
func Read(ctx context.Context, f Fetcher, list string, after uint64, take func(vocab.Doc)) (uint64, error) {
	head := new(Head)
	if err := get(ctx, f, list, head); err != nil {
		return after, err
	}
	if head.ID != list {
		return after, fmt.Errorf("%w: %q calls itself %q", ErrMalformed, list, head.ID)
	}
	if head.Seq < after {
		after = 0
	}
	for range maxPages {
		if after >= head.Seq {
			break
		}
		seq, err := readPage(ctx, f, (&List{IRI: list}).page(after), take)
		if err != nil {
			return after, err
		}
		if seq <= after {
			return after, fmt.Errorf("%w: %s stands still at %d", ErrMalformed, list, seq)
		}
		after = seq
	}
	return after, nil
}

func readPage(ctx context.Context, f Fetcher, address string, take func(vocab.Doc)) (uint64, error) {
	var page struct {
		Seq   uint64            `json:"essaim:seq"`
		Items []json.RawMessage `json:"orderedItems"`
	}
	if err := get(ctx, f, address, &page); err != nil {
		return 0, err
	}
	if len(page.Items) > maxItems {
		return 0, fmt.Errorf("%w: %d items at once", ErrMalformed, len(page.Items))
	}
	for _, raw := range page.Items {
		if item, err := vocab.Parse(raw); err == nil && !item.Doc("object").IsZero() {
			take(item.Doc("object"))
		}
	}
	return page.Seq, nil
}

func get(ctx context.Context, f Fetcher, address string, into any) error {
	got, err := f.Object(ctx, address)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(got.Body, into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrMalformed, address, err)
	}
	return nil
}
