package store

import (
	"encoding/json"
	"iter"
	"reflect"
)

// Edition is what a record that everybody may read said before it was edited.
type Edition struct {
	Item json.RawMessage `json:"item"` // as Item writes it
	Raw  []byte          `json:"raw"`  // its bytes on the wire, as Txn.Raw had them
}

const (
	maxEditions = 20       // of one record; the oldest go first
	maxEdition  = 64 << 10 // bytes; what was longer is not kept
)

// Editions yields what a record said before, the oldest first. Who may see the
// record may see them: there are none of a time when fewer could.
func (t *Txn) Editions(record ID) iter.Seq[*Edition] {
	return rows[Edition](t, key(tEdition, record))
}

// Read is the record as it was.
func (e *Edition) Read() Item { return decodeItem([]byte(tEdition), e.Item) }

// keepEdition keeps what a record says until now, if everybody could read it and
// still may. Who narrows a record takes back what it said. Of what was written without
// an account nothing is kept: whoever corrects it may have said too much of himself.
func (t *Txn) keepEdition(was, now *Record) {
	switch {
	case !now.Audience.Open():
		t.dropEditions(now.ID)
		return
	case !was.Audience.Open(), !was.Updated.Before(now.Updated) && was.Version >= now.Version, was.reads(now), t.tx.Get(key(tContribution, now.ID)) != nil:
		return
	}
	e := Edition{Item: t.tx.Get(key(tRecord, was.ID)), Raw: t.Raw(was.ID)}
	if len(e.Item)+len(e.Raw) <= maxEdition {
		t.putJSON(key(tEdition, was.ID, t.NewID()), &e)
		t.boundEditions(was.ID)
	}
}

// reads says whether two states of a record are the same to who reads it in short:
// what only its page shows does not count.
func (r *Record) reads(as *Record) bool {
	return r.Title == as.Title && r.Pitch == as.Pitch && r.Body == as.Body && r.HTML == as.HTML && r.Lang == as.Lang &&
		r.Sensitive == as.Sensitive && reflect.DeepEqual(r.Image, as.Image) && reflect.DeepEqual(r.Pictures, as.Pictures)
}

func (t *Txn) boundEditions(record ID) {
	var kept [][]byte
	for k := range t.scan(key(tEdition, record), false) {
		kept = append(kept, k)
	}
	for _, k := range kept[:max(0, len(kept)-maxEditions)] {
		t.tx.Delete(key(tEdition, record, k))
	}
}

func (t *Txn) dropEditions(record ID) {
	for k := range t.scan(key(tEdition, record), false) {
		t.tx.Delete(key(tEdition, record, k))
	}
}
