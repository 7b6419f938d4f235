package fedtest

import (
	"fmt"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// Who follows one lab reads what others answered it: the conversation lies with whoever
// began it (FEP-f228).
func TestConversationIsReadWhereItBegan(t *testing.T) {
	began, answers, reads := Start(t, "estran"), Start(t, "calanques"), Start(t, "estuaire")
	connect(t, answers, began)
	connect(t, reads, began)
	record := create(t, began, "Une question", store.Public)
	answer := func(n *Node, text string) string {
		t.Helper()
		eventually(t, n, "the record", has(record.Object, "Une question"))
		a := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: &store.News{
			Record: store.Record{Kind: "news", Body: text, Audience: store.Public, InReplyTo: record.Object},
		}}
		publish(t, n, a)
		eventually(t, began, "the answer", has(a.Object, ""))
		return a.Object
	}
	first := answer(answers, "Nous aussi.")
	answer(reads, "Et chez vous ?")
	eventually(t, reads, "the answer of a lab that it does not follow", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(first)
		root, err2 := tx.RecordByIRI(record.Object)
		return err == nil && err2 == nil && it.Envelope().Root == root.Envelope().ID
	})
	later := answer(answers, "Voici comment.")
	if err := reads.Learn(t.Context(), record.Object); err != nil {
		t.Fatal(err)
	}
	eventually(t, reads, "a later answer, when it was looked up again", has(later, ""))
}

// A conversation that names what is not of it, and too much of it, is read in part.
func TestHostileConversation(t *testing.T) {
	s := newStage(t)
	began := s.vic.Note("question")
	began["context"] = s.vic.IRI + "/context"
	stray := s.vic.Note("stray")
	lie := With(s.vic.Note("lie"), Object{"inReplyTo": began["id"], "attributedTo": "http://127.0.0.9:1/users/x"})
	items := []any{began["id"], stray["id"], lie["id"], s.node.URL + "/o/7", "http://127.0.0.9:1/o/1", "x", 7, nil}
	var answers []string
	for i := range 60 {
		a := With(s.vic.Note(fmt.Sprint("answer", i)), Object{"inReplyTo": began["id"]})
		items, answers = append(items, a["id"]), append(answers, a["id"].(string))
		s.vic.Peer.Show(a["id"].(string)[len(s.vic.Peer.URL):], a)
	}
	for _, o := range []Object{began, stray, lie} {
		s.vic.Peer.Show(o["id"].(string)[len(s.vic.Peer.URL):], o)
	}
	s.vic.Peer.Show(s.vic.Path()+"/context", Object{"id": s.vic.IRI + "/context", "type": "OrderedCollection", "orderedItems": items})
	if err := s.node.Learn(t.Context(), began["id"].(string)); err != nil {
		t.Fatal(err)
	}
	eventually(t, s.node, "nothing is left to do", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
	s.absent(stray["id"].(string))
	s.absent(lie["id"].(string))
	s.present(answers[0])
	s.absent(answers[30])
	s.works()
}
