package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Record is the envelope that every kind of record has. A mirrored record is
// one of another node: Host is not ours, HTML is its content as published.
type Record struct {
	ID   ID     `json:"id"`
	IRI  string `json:"iri"`
	Kind string `json:"kind"`
	Type string `json:"type"` // ActivityStreams type as it is or was on the wire
	Host string `json:"host"` // of the node where it is at home
	URL  string `json:"url,omitempty"`

	Lang      string   `json:"lang,omitempty"`
	Title     string   `json:"title,omitempty"`
	Pitch     string   `json:"pitch,omitempty"` // plain; the only text that Mastodon shows
	Body      string   `json:"body,omitempty"`  // Markdown; local records only
	HTML      string   `json:"html,omitempty"`  // mirrored records only: sanitise before showing
	Themes    []string `json:"themes,omitempty"`
	Territory []string `json:"territory,omitempty"`
	Publics   []string `json:"publics,omitempty"`
	// Situations are what happens in the lives of those for whom something is done.
	Situations []string `json:"situations,omitempty"`
	Place      Place    `json:"place,omitzero"`
	Tags       []string `json:"tags,omitempty"` // without #, beside the themes
	Image      *Image   `json:"image,omitempty"`
	Pictures   []Image  `json:"pictures,omitempty"` // beside Image, of what has several
	Licence    string   `json:"licence,omitempty"`
	Audience   Audience `json:"audience"`

	Source Source `json:"source,omitzero"` // where it was brought from

	Interest // of whom it speaks for; zero: of whoever publishes it

	Attachments []Attachment      `json:"attachments,omitempty"`
	Relations   Entries[Relation] `json:"relations,omitempty"`

	Sensitive bool `json:"sensitive,omitempty"`

	Byline     string `json:"byline,omitempty"`     // who wrote it without an account, as they want to be named
	Unverified bool   `json:"unverified,omitempty"` // written without an account, and not looked at yet

	Lab       string   `json:"lab"`                 // IRI of who publishes it: attributedTo
	Authors   []string `json:"authors,omitempty"`   // IRIs of members: the team
	Addressed []string `json:"addressed,omitempty"` // IRIs that may see it besides its audience
	Mentions  []string `json:"mentions,omitempty"`  // IRIs that its text names; local records only
	InReplyTo string   `json:"inReplyTo,omitempty"`
	Root      ID       `json:"root,omitempty"` // record whose thread it is in

	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	Version int       `json:"version,omitempty"`
	Fetched time.Time `json:"fetched,omitzero"` // mirrored: when its origin last said this
	Remote  bool      `json:"remote,omitempty"`
	Limited bool      `json:"limited,omitempty"` // it is public, and its actor or host is limited here
}

// Envelope makes every struct that embeds Record an Item.
func (r *Record) Envelope() *Record { return r }

// Reusable says whether anybody may use the record again: its licence is one of
// Licences, which are all open.
func (r *Record) Reusable() bool { return Licences.Has(r.Licence) }

// Tombstone remembers a deleted record, so that a late Create cannot bring it
// back and its address answers 410.
type Tombstone struct {
	IRI     string    `json:"iri"`
	Type    string    `json:"type"` // formerType
	Owner   string    `json:"owner"`
	Deleted time.Time `json:"deleted"`
	Public  bool      `json:"public,omitempty"` // whoever asks may know that it was here
}

// Record returns the record with this id, whoever may see it, or ErrNotFound.
// Ask CanSee before showing it.
func (t *Txn) Record(id ID) (Item, error) {
	k := key(tRecord, id)
	b := t.tx.Get(k)
	if b == nil || id == 0 {
		return nil, ErrNotFound
	}
	return decodeItem(k, b), nil
}

func decodeItem(k, b []byte) Item {
	kind := KindOf(kindIn(b))
	if kind == nil {
		panic(fmt.Errorf("store: value of %q is of unknown kind %q", k, kindIn(b)))
	}
	it := kind.New()
	mustDecode(k, b, it)
	return it
}

// kindIn reads the kind of an encoded item, or nothing. It is near the beginning,
// so most of the bytes are read once only.
func kindIn(b []byte) string {
	d := json.NewDecoder(bytes.NewReader(b))
	_, err := d.Token() // the opening brace
	for err == nil && d.More() {
		name, _ := d.Token()
		var value any
		if err = d.Decode(&value); name == "kind" {
			kind, _ := value.(string)
			return kind
		}
	}
	return ""
}

// RecordByIRI returns the record with exactly this id on the wire, ErrGone when
// it was deleted, or ErrNotFound.
func (t *Txn) RecordByIRI(iri string) (Item, error) {
	it, err := t.Record(t.getID(key(tRecordIRI, hash16(iri))))
	if err == nil {
		return it, nil
	}
	if t.Tombstone(iri) != nil {
		return nil, ErrGone
	}
	return nil, ErrNotFound
}

// Tombstone returns what is remembered of a deleted record, or nil.
func (t *Txn) Tombstone(iri string) *Tombstone {
	ts := new(Tombstone)
	if !t.getJSON(key(tTombstone, hash16(iri)), ts) {
		return nil
	}
	return ts
}

// Raw returns the bytes that stand for a record on the wire: the document that
// this node serves, or the activity or document that brought a mirrored one.
func (t *Txn) Raw(id ID) []byte { return t.tx.Get(key(tRaw, id)) }

// PutRecord creates or replaces a record, its bytes on the wire (nil leaves
// them as they are) and its indexes. A new one gets its ID here unless it has
// one. It answers ErrGone for a record that was deleted.
func (t *Txn) PutRecord(it Item, raw []byte) error {
	r := it.Envelope()
	if t.Tombstone(r.IRI) != nil {
		return ErrGone
	}
	t.restrict(r)
	op := Updated
	if r.ID == 0 {
		r.ID = t.getID(key(tRecordIRI, hash16(r.IRI)))
	}
	if r.ID == 0 {
		r.ID = t.RecordID(r.Created)
	}
	var was *Record
	old, err := t.Record(r.ID)
	inRiver := err == nil && t.tx.Get(key(tRiver, r.ID)) != nil
	if err == nil {
		t.unlist(old)
		was = old.Envelope()
		t.keepEdition(was, r)
	} else {
		op = Created
	}
	t.recount(it)
	b, err := json.Marshal(it)
	if err != nil {
		return fmt.Errorf("encode record %s: %w", r.IRI, err)
	}
	t.tx.Put(key(tRecord, r.ID), b)
	t.tx.Put(key(tRecordIRI, hash16(r.IRI)), r.ID.Key())
	if raw != nil {
		t.tx.Put(key(tRaw, r.ID), raw)
	}
	t.list(it)
	t.converse(was, r)
	t.catalogue(it)
	if inRiver {
		t.AddToRiver(it)
	}
	t.local = t.local || !r.Remote
	t.change(op, r.Kind, r.ID)
	if op == Created {
		t.tellOfRecord(r)
	} else if was.Updated.Before(r.Updated) {
		t.tellOfEdit(r)
	}
	t.tellOfChange(old, it)
	return nil
}

// DeleteRecord removes a record with its indexes, reactions and bytes, and
// leaves the tombstone in its place.
func (t *Txn) DeleteRecord(it Item, ts *Tombstone) {
	r := it.Envelope()
	if old, err := t.Record(r.ID); err == nil {
		t.unlist(old)
	}
	t.leave(r.Lab, r.IRI, !r.Remote)
	t.converse(r, nil)
	t.dropReactions(r.ID)
	t.dropEditions(r.ID)
	t.dropSeats(r.ID)
	t.Pin(t.getID(key(tActorIRI, hash16(r.Lab))), r.ID, false)
	t.tx.Delete(key(tRecord, r.ID))
	t.tx.Delete(key(tRecordIRI, hash16(r.IRI)))
	t.tx.Delete(key(tRaw, r.ID))
	t.tx.Delete(key(tConfirmed, r.ID))
	t.tx.Delete(key(tArrived, r.ID))
	t.dropContribution(r.ID)
	t.tx.Put(key(tUsed, r.ID), nil)
	t.PutTombstone(ts)
	t.local = t.local || !r.Remote
	t.change(Deleted, r.Kind, r.ID)
}

// PutTombstone remembers that ts.IRI was deleted, whether it was ever here or not.
func (t *Txn) PutTombstone(ts *Tombstone) { t.putJSON(key(tTombstone, hash16(ts.IRI)), ts) }

// Tombstones yields all tombstones, in no order that means anything.
func (t *Txn) Tombstones() iter.Seq[*Tombstone] {
	return func(yield func(*Tombstone) bool) {
		for k, v := range t.scan([]byte(tTombstone), false) {
			ts := new(Tombstone)
			mustDecode(k, v, ts)
			if !yield(ts) {
				return
			}
		}
	}
}

// DropTombstone forgets a deletion: its owner published the record again.
func (t *Txn) DropTombstone(iri string) { t.tx.Delete(key(tTombstone, hash16(iri))) }
