// Package catalog is the protocol by which nodes copy a lab's catalogue: what it
// publishes, counted, fingerprinted and kept true. It writes the documents of our
// own lab's catalogue and reads those of others; it keeps nothing. What is taken
// over, and by which rules, is federation's.
//
// A catalogue has a head (how many objects of each kind, and their common
// fingerprint, signed), pages with the objects, a feed of changes, and buckets to
// find differences with. DESIGN.md beside this file has the whole protocol.
//
// It follows ActivityStreams 2.0 §4 for collections, FEP-1985 for the order of
// the feed, FEP-8b32 for proofs and FEP-844e for saying who speaks it.
package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

// ErrMalformed: a document is not what the protocol says.
var ErrMalformed = errors.New("malformed catalogue")

// terms is the context of all documents of this package; the objects inside bring
// their own.
var terms = json.RawMessage(`["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v1",{"essaim":"https://w3id.org/essaim/ns#",` +
	`"orderType":{"@id":"https://w3id.org/fep/1985/orderType","@type":"@vocab"},` +
	`"ForwardChronological":"https://w3id.org/fep/1985/ForwardChronological"}]`)

const (
	collection = "OrderedCollection"
	page       = "OrderedCollectionPage"
	forward    = "ForwardChronological"
)

// Head says what a catalogue holds.
type Head struct {
	Context json.RawMessage `json:"@context,omitempty"`
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Owner   string          `json:"attributedTo"`
	Total   int             `json:"totalItems"`
	Updated time.Time       `json:"updated,omitzero"`
	Kinds   map[string]int  `json:"essaim:kinds,omitempty"`
	Seq     uint64          `json:"essaim:seq"`
	MinSeq  uint64          `json:"essaim:minSeq"`
	Digest  store.Digest    `json:"essaim:digest"`
	Feed    string          `json:"essaim:feed"`
	Buckets string          `json:"essaim:buckets"`
	First   string          `json:"first"`
	ETag    string          `json:"-"` // as it was read: the name of this version; may be empty
}

// Page is a stretch of a catalogue, of its feed, or a bucket of it.
type Page struct {
	Context json.RawMessage   `json:"@context,omitempty"`
	ID      string            `json:"id"`
	Type    string            `json:"type"`
	PartOf  string            `json:"partOf"`
	Order   string            `json:"orderType,omitempty"`
	Seq     uint64            `json:"essaim:seq,omitempty"` // feed: number of the last change
	Next    string            `json:"next,omitempty"`
	Items   []json.RawMessage `json:"orderedItems"`
	Revs    []store.Rev       `json:"essaim:revs"` // of the items, in their order
}

// Sums are the fingerprints of a catalogue's 256 buckets.
type Sums struct {
	Context json.RawMessage `json:"@context,omitempty"`
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	PartOf  string          `json:"partOf"`
	Seq     uint64          `json:"essaim:seq"`
	Digests []store.Digest  `json:"essaim:digests"`
}

// change is an item of the feed: an activity of the lab.
type change struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	Actor  string          `json:"actor"`
	Seq    uint64          `json:"essaim:seq"`
	Object json.RawMessage `json:"object"`
}

func decode(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}
