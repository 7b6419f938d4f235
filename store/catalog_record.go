package store

import (
	"crypto/sha256"
	"encoding/json"
	"iter"

	"github.com/essaim/essaim/store/jcs"
)

// catalogue keeps the entry of a record that was just stored: who may copy it
// decides where it is counted.
func (t *Txn) catalogue(it Item) {
	r := it.Envelope()
	c := t.Catalogue(r.Lab)
	if c == nil && r.Remote {
		return
	}
	rev, ok := RevOf(t.Raw(r.ID), r.IRI)
	if !ok || !catalogued(r.Audience) {
		t.leave(r.Lab, r.IRI, !r.Remote)
		return
	}
	t.enter(r.Lab, orNew(c), &Listed{
		IRI: r.IRI, Kind: r.Kind, Rev: rev, Restricted: r.Audience == FollowedLabs, Record: r.ID,
	}, !r.Remote)
}

// catalogueMember keeps the entry of a member of this node, if it wants to be
// found. Its fingerprint is that of all that everybody may read of it: its document
// also says what this version can do, which is no change of the member.
func (t *Txn) catalogueMember(a *Actor) {
	if !a.Local || a.Type != Person || a.Lab == "" {
		return
	}
	if !a.Discoverable {
		t.leave(a.Lab, a.IRI, true)
		return
	}
	public := *a
	public.Profile = a.PublicProfile()
	b, err := json.Marshal(&public)
	if err != nil {
		panic(err)
	}
	t.enter(a.Lab, orNew(t.Catalogue(a.Lab)), &Listed{IRI: a.IRI, Kind: MemberKind, Rev: sha256.Sum256(b)}, true)
}

// RevOf fingerprints the object with this id in a document: the document
// itself, or the object of an activity.
func RevOf(doc []byte, iri string) (rev Rev, ok bool) {
	v, err := jcs.Parse(doc)
	if err != nil {
		return rev, false
	}
	o := objectIn(v, iri)
	if o == nil {
		return rev, false
	}
	delete(o, "@context")
	delete(o, "proof")
	b, err := jcs.Append(nil, o)
	if err != nil {
		return rev, false
	}
	return sha256.Sum256(b), true
}

// objectIn finds the object with this id: v itself, or under "object" in v.
func objectIn(v jcs.Value, iri string) map[string]any {
	o, _ := v.(map[string]any)
	if o["id"] == iri {
		return o
	}
	list, ok := o["object"].([]any)
	if !ok {
		list = []any{o["object"]}
	}
	for _, v := range list {
		if inner, ok := v.(map[string]any); ok && inner["id"] == iri {
			return inner
		}
	}
	return nil
}

// ShowsListed says whether an entry of this node's lab may be shown to v, who
// signed the request; the zero Viewer is anybody.
func (t *Txn) ShowsListed(v Viewer, e *Listed) bool {
	if !e.Restricted {
		return true
	}
	if v.Actor == "" {
		return false
	}
	it, err := t.Record(e.Record)
	return err == nil && v.CanList(it.Envelope())
}

// HoldingsFor counts what v may see of the catalogue of a lab of this node.
func (t *Txn) HoldingsFor(v Viewer, lab string) Holdings {
	c := t.Catalogue(lab)
	if c == nil {
		return Holdings{}
	}
	if v.Actor == "" || c.Restricted.Total() == 0 {
		return c.Public
	}
	var more Holdings
	for e := range t.AllListed(lab) {
		if e.Restricted && t.ShowsListed(v, e) {
			more.count(e.Kind, 1)
			more.Digest.Toggle(e.IRI, e.Rev)
		}
	}
	return c.Public.Plus(more)
}

// Catalogued yields the ids of the records in a lab's catalogue from an id on, in
// the order of their publication, whoever may see them.
func (t *Txn) Catalogued(lab string, from ID) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		for id, l := range t.byLab(lab, from) {
			if catalogued(l.audience()) && !yield(id) {
				return
			}
		}
	}
}

// ByLab yields the ids of all records of an actor from an id on.
func (t *Txn) ByLab(lab string, from ID) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		for id := range t.byLab(lab, from) {
			if !yield(id) {
				return
			}
		}
	}
}

func (t *Txn) byLab(lab string, from ID) iter.Seq2[ID, listing] {
	prefix := key(tByLab, hash16(lab))
	return func(yield func(ID, listing) bool) {
		for k, v := range t.scanRange(prefix, key(tByLab, hash16(lab), from), prefixEnd(prefix), false) {
			if !yield(idFromKey(k), listing(v)) {
				return
			}
		}
	}
}

// catalogued says whether records of an audience stand in catalogues.
func catalogued(a Audience) bool { return a == Public || a == FollowedLabs }

// ForgetRecord removes the copy of another node's record that nobody here needs
// any more. Nothing says that it was deleted: it may come again.
func (t *Txn) ForgetRecord(it Item) {
	r := it.Envelope()
	t.DeleteRecord(it, &Tombstone{IRI: r.IRI})
	t.DropTombstone(r.IRI)
}
