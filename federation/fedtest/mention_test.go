package fedtest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// person is a member of a node.
type person struct {
	*store.Actor
	node *Node
	t    *testing.T
}

func member(t *testing.T, n *Node, handle string) *person {
	t.Helper()
	a, err := n.AddMember(t.Context(), store.Actor{Handle: handle, Name: handle, Lang: "fr", Discoverable: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{a, n, t}
}

func (p *person) viewer() store.Viewer { return store.Viewer{Actor: p.IRI, Local: true} }

func (p *person) does(a *federation.Activity) {
	p.t.Helper()
	a.Actor = p.IRI
	if err := p.node.Publish(p.t.Context(), p.viewer(), a); err != nil {
		p.t.Fatal(err)
	}
}

// says publishes news of a member.
func (p *person) says(audience store.Audience, text, inReplyTo string) *store.News {
	p.t.Helper()
	n := &store.News{Record: store.Record{Kind: "news", Body: text, Lang: "fr", Audience: audience, InReplyTo: inReplyTo, Authors: []string{p.IRI}}}
	p.does(&federation.Activity{Verb: "Create", Item: n})
	return n
}

// hears waits until a record arrived, and the member may see it and was told.
func (p *person) hears(iri, text string) {
	p.t.Helper()
	eventually(p.t, p.node, p.Handle+" is told of "+text, func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(iri)
		if err != nil || !p.viewer().CanSee(it.Envelope()) {
			return false
		}
		for n := range tx.Notices([]store.ID{p.ID}, store.Stretch{}) {
			if n.Kind == store.Mentioned && n.Record == it.Envelope().ID {
				return strings.Contains(it.Envelope().HTML+it.Envelope().Body, text)
			}
		}
		return false
	})
}

func (p *person) talks() (all []*store.Talk) {
	p.t.Helper()
	err := p.node.Store.View(p.t.Context(), func(tx *store.Txn) error {
		all = tx.Talks(p.ID)
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

func TestTypedMentionIsDeliveredAndTold(t *testing.T) {
	estran, calanques := Start(t, "estran"), Start(t, "calanques")
	maelle, yann := member(t, estran, "maelle"), member(t, calanques, "yann")
	said := maelle.says(store.Public, "Merci @"+yann.Address()[1:]+" et `@code`, voir a@b.example !", "")
	yann.hears(said.IRI, "Merci")
	eventually(t, calanques, "the mention leads to his page", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(said.IRI)
		return err == nil && strings.Contains(it.Envelope().HTML, `href="`+yann.Page()+`"`)
	})
	if !slices.Equal(said.Mentions, []string{yann.IRI}) {
		t.Errorf("got %v", said.Mentions)
	}
	answer := yann.says(store.Public, "De rien @"+maelle.Address()[1:], said.IRI)
	maelle.hears(answer.IRI, "De rien")
}

func TestMessageIsForWhomItNamesAlone(t *testing.T) {
	estran, calanques, piton := Start(t, "estran"), Start(t, "calanques"), Start(t, "piton")
	connect(t, piton, estran)
	connect(t, calanques, estran)
	maelle, yann, other := member(t, estran, "maelle"), member(t, calanques, "yann"), member(t, calanques, "autre")
	said := maelle.says(store.Named, "Entre nous @"+yann.Address()[1:], "")
	yann.hears(said.IRI, "Entre nous")
	answer := yann.says(store.Named, "Compris", said.IRI)
	maelle.hears(answer.IRI, "Compris")
	for _, p := range []*person{maelle, yann} {
		if got := p.talks(); len(got) != 1 {
			t.Errorf("%s has conversations %+v, want one", p.Handle, got)
		}
	}
	if got := maelle.talks()[0]; !got.Unread || got.Root != said.ID || got.Last == said.ID {
		t.Errorf("got %+v", got)
	}
	said.Body = "Entre nous deux @" + yann.Address()[1:]
	maelle.does(&federation.Activity{Verb: "Update", Item: said})
	eventually(t, calanques, "the change arrives", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(said.IRI)
		return err == nil && strings.Contains(it.Envelope().HTML, "nous deux")
	})
	for _, v := range []store.Viewer{other.viewer(), calanques.Admin(), {}, {Actor: calanques.Lab.IRI, Node: true}} {
		notSeen(t, calanques, v, said.IRI)
	}
	notSeen(t, estran, estran.Admin(), said.IRI)
	eventually(t, estran, "everything is delivered", func(tx *store.Txn) bool { return len(tx.Backlog()) == 0 })
	err := piton.Store.View(t.Context(), func(tx *store.Txn) error {
		_, err := tx.RecordByIRI(said.IRI)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a lab that is not named has it: %v", err)
	}
	maelle.does(&federation.Activity{Verb: "Delete", Object: said.IRI})
	eventually(t, calanques, "it is gone", func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(said.IRI)
		return errors.Is(err, store.ErrGone)
	})
}

func notSeen(t *testing.T, n *Node, v store.Viewer, iri string) {
	t.Helper()
	err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(iri)
		if err == nil && (v.CanSee(it.Envelope()) || v.CanList(it.Envelope()) || v.CanEdit(it.Envelope())) {
			t.Errorf("%+v finds %s", v, iri)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
