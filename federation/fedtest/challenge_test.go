package fedtest

import (
	"errors"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// A call that asks for a joint answer retains nothing that one organisation alone
// takes up, and every new state is told to those who follow.
func TestJointAnswerIsAskedForAtTheDoor(t *testing.T) {
	here, there := Start(t, "estran"), Start(t, "causse")
	connect(t, there, here)
	call := &store.Call{Jointly: true, Record: store.Record{Kind: "call", Title: "Dire ses droits", Pitch: "Comment ?", Audience: store.Public}}
	publish(t, here, &federation.Activity{Verb: "Create", Actor: here.Lab.IRI, Item: call})
	c := &store.Challenge{Call: call.IRI, State: "recu", Record: store.Record{Kind: "challenge", Title: "Un guichet le soir", Pitch: "Je travaille.", Audience: store.Public}}
	publish(t, here, &federation.Activity{Verb: "Create", Actor: here.Lab.IRI, Item: c})

	retain := func(orgs ...string) error {
		kept := *c
		kept.State, kept.Commitments = "retenu", nil
		for _, org := range orgs {
			kept.Commitments = append(kept.Commitments, store.Commitment{Org: org})
		}
		return here.Publish(t.Context(), here.Admin(), &federation.Activity{Verb: "Update", Actor: here.Lab.IRI, Item: &kept})
	}
	wrong, ok := errors.AsType[store.FieldErrors](retain("Région"))
	if !ok || wrong[0].Field != "challengeState" || wrong[0].Reason != "error.too-few-commitments" {
		t.Fatalf("one organisation: got %v", wrong)
	}
	if err := retain("Région", "Département"); err != nil {
		t.Fatal(err)
	}
	eventually(t, there, "the new state arrived", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(c.IRI)
		got, ok := it.(*store.Challenge)
		return err == nil && ok && got.State == "retenu" && len(got.Stages) == 2 && len(got.Commitments) == 2
	})
	eventually(t, there, "the note that tells of it arrived", func(tx *store.Txn) bool {
		for _, it := range tx.ListKind("news", store.Query{Limit: 10}).Items {
			if r := it.Envelope(); r.InReplyTo == c.IRI && strings.Contains(r.HTML, "note.challenge") {
				return true
			}
		}
		return false
	})
}
