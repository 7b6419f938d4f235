package fedtest

import (
	"testing"

	"github.com/essaim/essaim/store"
)

// What labs shared before their link went both ways reaches both when it does, and
// nobody else; it is withdrawn when the link ends.
func TestWhatWasSharedBeforeTheLinkWasMutualArrives(t *testing.T) {
	first, late, oneWay := Start(t, "estran"), Start(t, "calanques"), Start(t, "estuaire")
	old := create(t, first, "Entre nous", store.FollowedLabs)
	older := create(t, late, "Aussi entre nous", store.FollowedLabs)
	team := create(t, first, "Pour l'équipe", store.Team)
	connect(t, late, first)
	connect(t, oneWay, first)
	eventually(t, late, "what is public is here", func(tx *store.Txn) bool {
		s := tx.Sync(actorID(tx, first.Lab.IRI))
		return s != nil && !s.Checked.IsZero()
	})
	if err := late.Learn(t.Context(), old.Object); err == nil {
		t.Error("before: got the record")
	}

	connect(t, first, late)
	eventually(t, late, "what the first shared", has(old.Object, "Entre nous"))
	eventually(t, first, "what the late one shared", has(older.Object, "Aussi entre nous"))
	if err := late.Learn(t.Context(), old.Object); err != nil {
		t.Errorf("GET signed by the late lab's node: %v", err)
	}
	for n, iri := range map[*Node]string{late: team.Object, oneWay: old.Object} {
		if err := n.Learn(t.Context(), iri); err == nil {
			t.Errorf("GET of %s signed by %s: got the record", iri, n.Lab.Handle)
		}
	}

	undo(t, late, first)
	eventually(t, first, "it follows no more", func(tx *store.Txn) bool { return !tx.Follows(actorID(tx, late.Lab.IRI), first.Lab.ID) })
	if err := late.Learn(t.Context(), old.Object); err == nil {
		t.Error("after the link ended: got the record")
	}
	eventually(t, late, "the copy is gone", func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(old.Object)
		return err != nil
	})
}
