package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// Rev fingerprints an object: the SHA-256 of its canonical JSON (RFC 8785)
// without context and proof. The zero Rev is unknown.
type Rev [32]byte

// Digest fingerprints a set of objects, whatever their order: the XOR of
// SHA-256(id, 0, rev) of each. The zero Digest is that of nothing.
type Digest [32]byte //nolint:recvcheck // it is read into, and else a value

func (r Rev) String() string    { return hex.EncodeToString(r[:]) }
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes 64 hexadecimal digits.
func (r Rev) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, r[:]), nil }

// MarshalText writes 64 hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads what MarshalText writes, and nothing else.
func (r *Rev) UnmarshalText(b []byte) error { return unhex(r[:], b) }

// UnmarshalText reads what MarshalText writes, and nothing else.
func (d *Digest) UnmarshalText(b []byte) error { return unhex(d[:], b) }

func unhex(into, text []byte) error {
	if len(text) != hex.EncodedLen(len(into)) {
		return fmt.Errorf("fingerprint of %d characters", len(text))
	}
	_, err := hex.Decode(into, text)
	return err
}

// Toggle adds an object to the set, or takes it out.
func (d *Digest) Toggle(iri string, rev Rev) {
	h := sha256.New()
	h.Write([]byte(iri))
	h.Write([]byte{0})
	h.Write(rev[:])
	for i, b := range h.Sum(nil) {
		d[i] ^= b
	}
}

// Holdings counts a set of objects by kind and fingerprints it.
type Holdings struct { //nolint:recvcheck // it is added to, and else a value
	Digest Digest         `json:"digest"`
	Kinds  map[string]int `json:"kinds,omitempty"` // none is zero
}

// Total is how many objects there are.
func (y Holdings) Total() int {
	n := 0
	for _, k := range y.Kinds {
		n += k
	}
	return n
}

// Plus is the tally of both sets, which have nothing in common.
func (y Holdings) Plus(other Holdings) Holdings {
	sum := Holdings{Digest: y.Digest, Kinds: maps.Clone(y.Kinds)}
	for i, b := range other.Digest {
		sum.Digest[i] ^= b
	}
	for k, n := range other.Kinds {
		sum.count(k, n)
	}
	return sum
}

func (y *Holdings) count(kind string, by int) {
	if y.Kinds == nil {
		y.Kinds = map[string]int{}
	}
	if y.Kinds[kind] += by; y.Kinds[kind] == 0 {
		delete(y.Kinds, kind)
	}
}

// Catalogue is what an actor publishes, counted: of this node's lab what others
// may copy, of another lab what of that is known here. It is kept with the
// records, in the same transactions.
type Catalogue struct {
	Seq        uint64    `json:"seq,omitempty"` // number of the last change; ours only
	MinSeq     uint64    `json:"min,omitempty"` // what was deleted before it is forgotten; ours only
	Updated    time.Time `json:"updated,omitzero"`
	Public     Holdings  `json:"public"`
	Restricted Holdings  `json:"restricted"` // for labs that follow each other
}

// Listed is an object of a catalogue.
type Listed struct {
	IRI        string
	Kind       string // of a record, or MemberKind
	Rev        Rev
	Restricted bool
	Record     ID     // zero: a member, or an object that is known and not kept here
	Seq        uint64 // of its last change; ours only
}

// CatalogSpec is how FEP-844e names the protocol of catalogues.
const CatalogSpec = "https://w3id.org/essaim/ns/catalog-1"

// TakesCatalog says whether the actor's server announced that it reads
// catalogues (FEP-844e).
func (a *Actor) TakesCatalog() bool { return slices.Contains(a.Implements, CatalogSpec) }

// MemberKind is the kind of the entries that are members, beside the kinds of
// record.
const MemberKind = "member"

const (
	tCatalogue = "kc/" // lab iri -> Catalogue
	tListed    = "ke/" // lab iri, object iri -> Listed
	tFeed      = "kf/" // lab iri, seq -> feed row
)

// Catalogue returns the catalogue of an actor, or nil when none is kept.
func (t *Txn) Catalogue(lab string) *Catalogue {
	c := new(Catalogue)
	if !t.getJSON(key(tCatalogue, hash16(lab)), c) {
		return nil
	}
	return c
}

// OpenCatalogue begins to keep the catalogue of an actor of another node. It
// stays as it is when there is one.
func (t *Txn) OpenCatalogue(lab string) {
	if t.Catalogue(lab) == nil {
		t.putJSON(key(tCatalogue, hash16(lab)), new(Catalogue))
	}
}

// Recount counts an actor's catalogue anew, so that a mistake in the count does not
// last.
func (t *Txn) Recount(lab string) {
	c := t.Catalogue(lab)
	if c == nil {
		return
	}
	c.Public, c.Restricted = Holdings{}, Holdings{}
	for e := range t.AllListed(lab) {
		c.count(e, 1)
	}
	t.putJSON(key(tCatalogue, hash16(lab)), c)
}

// DropCatalogue forgets what is known of an actor's catalogue. The records
// themselves stay.
func (t *Txn) DropCatalogue(lab string) {
	t.tx.Delete(key(tCatalogue, hash16(lab)))
	for k := range t.scan(key(tListed, hash16(lab)), false) {
		t.tx.Delete(key(tListed, hash16(lab), k))
	}
}

// Listed returns the entry of an object in an actor's catalogue, or nil.
func (t *Txn) Listed(lab, iri string) *Listed {
	return decodeListed(t.tx.Get(key(tListed, hash16(lab), hash16(iri))))
}

// AllListed yields the entries of an actor's catalogue, by bucket.
func (t *Txn) AllListed(lab string) iter.Seq[*Listed] { return t.listed(key(tListed, hash16(lab))) }

// Bucket yields the entries of one bucket: those whose id's SHA-256 begins with b.
func (t *Txn) Bucket(lab string, b byte) iter.Seq[*Listed] {
	return t.listed(key(tListed, hash16(lab), b))
}

// BucketOf is the bucket of an object.
func BucketOf(iri string) byte { return hash16(iri)[0] }

func (t *Txn) listed(prefix []byte) iter.Seq[*Listed] {
	return func(yield func(*Listed) bool) {
		for _, v := range t.scan(prefix, false) {
			if !yield(decodeListed(v)) {
				return
			}
		}
	}
}

// PutListed puts an object that is no record of this store into an actor's
// catalogue, or replaces it: a member, or an object that is known and not kept.
func (t *Txn) PutListed(lab string, e *Listed, local bool) {
	if c := t.Catalogue(lab); c != nil || local {
		t.enter(lab, orNew(c), e, local)
	}
}

// DeleteListed takes such an object out.
func (t *Txn) DeleteListed(lab, iri string, local bool) { t.leave(lab, iri, local) }

func orNew(c *Catalogue) *Catalogue {
	if c == nil {
		return &Catalogue{MinSeq: 1}
	}
	return c
}

// enter writes an entry and counts it; one that did not change is left alone.
func (t *Txn) enter(lab string, c *Catalogue, e *Listed, local bool) {
	k := key(tListed, hash16(lab), hash16(e.IRI))
	old := decodeListed(t.tx.Get(k))
	if old != nil {
		if e.Seq = old.Seq; *old == *e {
			return
		}
		c.count(old, -1)
	}
	c.count(e, 1)
	if local {
		t.advance(lab, c, e.IRI, old)
		e.Seq = c.Seq
	}
	t.tx.Put(k, e.encode())
	c.Updated = stamp(t.now)
	t.putJSON(key(tCatalogue, hash16(lab)), c)
}

// leave removes an entry, if there is one.
func (t *Txn) leave(lab, iri string, local bool) {
	k := key(tListed, hash16(lab), hash16(iri))
	old := decodeListed(t.tx.Get(k))
	c := t.Catalogue(lab)
	if old == nil || c == nil {
		return
	}
	c.count(old, -1)
	if local {
		t.advance(lab, c, iri, old)
	}
	t.tx.Delete(k)
	c.Updated = stamp(t.now)
	t.putJSON(key(tCatalogue, hash16(lab)), c)
}

func (c *Catalogue) count(e *Listed, by int) {
	y := &c.Public
	if e.Restricted {
		y = &c.Restricted
	}
	y.count(e.Kind, by)
	y.Digest.Toggle(e.IRI, e.Rev)
}

const listedHead = 1 + len(Rev{}) + 8 + 8

func (e *Listed) encode() []byte {
	b := make([]byte, 0, listedHead+len(e.Kind)+1+len(e.IRI))
	flags := byte(0)
	if e.Restricted {
		flags = 1
	}
	b = append(append(b, flags), e.Rev[:]...)
	b = binary.BigEndian.AppendUint64(append(b, e.Record.Key()...), e.Seq)
	return append(append(append(b, e.Kind...), 0), e.IRI...)
}

// decodeListed reads what encode wrote; nil stays nil.
func decodeListed(b []byte) *Listed {
	if b == nil {
		return nil
	}
	e := &Listed{Restricted: b[0] == 1, Rev: Rev(b[1:33]), Record: idFromKey(b[33:])}
	e.Seq = binary.BigEndian.Uint64(b[41:])
	for i, c := range b[listedHead:] {
		if c == 0 {
			e.Kind, e.IRI = string(b[listedHead:listedHead+i]), string(b[listedHead+i+1:])
			break
		}
	}
	return e
}
