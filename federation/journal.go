package federation

import (
	"context"
	"slices"

	"github.com/essaim/essaim/store"
)

// update is Store.Update in the name of who asks, for the journal. Who has no role
// asks for whoever the context says: the terminal, or the node itself.
func (n *Node) update(ctx context.Context, by store.Viewer, do func(*store.Txn) error) error {
	if by.Role != "" {
		ctx = store.DoneBy(ctx, by.Actor)
	}
	return n.Store.Update(ctx, do)
}

// publisher is who publishes; zero: the node itself, or another node.
func (a *Activity) publisher() store.Viewer {
	if a.by == nil {
		return store.Viewer{}
	}
	return *a.by
}

// deedOf is what the journal says of an activity that is about to be applied; nil:
// nothing, since members speak for themselves with it. What whole batches do, an
// import, is a line of its own.
func deedOf(tx *store.Txn, a *Activity) *store.JournalEntry {
	by := a.publisher()
	if !by.Local {
		return nil
	}
	lab, err := tx.Lab()
	if err == nil && a.Actor == lab.IRI {
		if line := deedForLab(tx, a); line != nil {
			return line
		}
	}
	switch {
	case a.Verb == "Delete" && a.Object == a.Actor:
		return aboutActor(tx, store.LeaveLab, a.Actor)
	case a.Profile != nil && a.Actor != by.Actor:
		return aboutActor(tx, store.EditMember, a.Actor)
	case a.Verb == "Update" && a.Item != nil:
		it, err := tx.Record(a.Item.Envelope().ID)
		return aboutRecord(store.EditRecord, it, err, by)
	case a.Verb == "Delete":
		it, err := tx.RecordByIRI(a.Object)
		return aboutRecord(store.DeleteRecord, it, err, by)
	}
	return nil
}

// deedForLab is what somebody does in the name of the lab.
func deedForLab(tx *store.Txn, a *Activity) *store.JournalEntry {
	switch {
	case a.Profile != nil:
		return &store.JournalEntry{Deed: store.EditLab}
	case a.Verb == "Follow":
		return aboutActor(tx, store.FollowActor, a.Object)
	case a.Verb == "Undo":
		row, err := tx.ActivityByIRI(a.Object)
		if err != nil || row.Verb != "Follow" {
			return nil
		}
		return aboutActor(tx, store.UnfollowActor, row.Object)
	case a.Verb == "Accept" && a.Target == "": // with a target it is about a seat at an event
		return aboutActor(tx, store.AdmitFollower, a.Object)
	case a.Verb == "Reject" && a.Target == "":
		return aboutActor(tx, store.RefuseFollower, a.Object)
	case a.Verb == "Add", a.Verb == "Remove":
		it, err := tx.RecordByIRI(a.Object)
		return aboutRecord(pinDeeds[a.Verb], it, err, store.Viewer{})
	}
	return nil
}

var pinDeeds = map[string]store.Deed{"Add": store.PinRecord, "Remove": store.UnpinRecord}

func aboutActor(tx *store.Txn, deed store.Deed, iri string) *store.JournalEntry {
	return &store.JournalEntry{Deed: deed, Actor: actorIDOf(tx, iri)}
}

// aboutRecord is nil for a record that was not found, and for its authors: they may do
// with it what they like.
func aboutRecord(deed store.Deed, it store.Item, missing error, by store.Viewer) *store.JournalEntry {
	if missing != nil || slices.Contains(it.Envelope().Authors, by.Actor) {
		return nil
	}
	return &store.JournalEntry{Deed: deed, Kind: it.Envelope().Kind, Record: it.Envelope().ID}
}
