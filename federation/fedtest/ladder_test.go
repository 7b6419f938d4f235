package fedtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// hearing is who hears of a record at each step: m is a lab that follows each
// other with ours, f somebody on a microblog who follows it.
var hearing = map[store.Audience]string{
	store.Team: "", "circle:first": "", "circle:second": "", store.LabOnly: "", store.FollowedLabs: "m", store.Unlisted: "mf", store.Public: "mf",
}

// move is a record that went from one step of the ladder to another.
type move struct {
	from, to store.Audience
	iri      string
}

func (m move) String() string { return string(m.from + " to " + m.to) }

// told are the verbs that one of the neighbours must have heard of it, in turn.
func (m move) told(who string) []string {
	before, after := strings.Contains(hearing[m.from], who), strings.Contains(hearing[m.to], who)
	switch {
	case before && after:
		return []string{"Create", "Update"}
	case before:
		return []string{"Create", "Delete"}
	case after:
		return []string{"Create"}
	}
	return nil
}

// Narrowing sends Delete to exactly those who lose sight, widening sends Create to
// exactly those who are new to it, and Update goes to those who saw it before.
func TestMovingOnTheLadderTellsThoseItConcerns(t *testing.T) {
	home, mutual := Start(t, "estran"), Start(t, "calanques")
	connect(t, home, mutual)
	connect(t, mutual, home)
	labs, people := NewPeer(t, "127.0.0.4"), NewPeer(t, "127.0.0.5")
	befriend(t, home, labs.Actor("plateau"))
	follows(t, home, people.Actor("soizic"))
	circles := circlesOf(t, home, "first", "second")
	var moves []move
	for from := range hearing {
		for to := range hearing {
			moves = append(moves, moved(t, home, from, to, circles))
		}
	}
	eventually(t, home, "everything is delivered", func(tx *store.Txn) bool { return len(tx.Backlog()) == 0 })
	for who, peer := range map[string]*Peer{"m": labs, "f": people} {
		heard := posts(t, peer)
		for _, m := range moves {
			if got, want := heard[m.iri], m.told(who); !slices.Equal(got, want) {
				t.Errorf("%s: %s was told %v, want %v", m, who, got, want)
			}
		}
	}
	for _, m := range moves {
		seesInTheEnd(t, mutual, m)
	}
}

// follows makes somebody on a peer follow the node's lab.
func follows(t *testing.T, n *Node, a *PeerActor) {
	t.Helper()
	if got := a.Mail(n.URL+"/inbox", a.Activity("Follow", n.Lab.IRI)).Send(); got.Status != http.StatusAccepted {
		t.Fatalf("follow: got %d: %s", got.Status, got.Body)
	}
}

// befriend makes a lab of somebody on a peer that follows each other with the
// node's.
func befriend(t *testing.T, n *Node, a *PeerActor) {
	t.Helper()
	a.Show(With(a.Document(), Object{"type": "Group"}))
	follows(t, n, a)
	follow := &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: a.IRI}
	publish(t, n, follow)
	if got := a.Mail(n.URL+"/inbox", a.Activity("Accept", follow.IRI)).Send(); got.Status != http.StatusAccepted {
		t.Fatalf("accept: got %d: %s", got.Status, got.Body)
	}
}

// circlesOf makes circles with these names.
func circlesOf(t *testing.T, n *Node, names ...string) map[store.Audience]store.Audience {
	t.Helper()
	made := map[store.Audience]store.Audience{}
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		for _, name := range names {
			c := &store.Circle{Name: name}
			if err := tx.PutCircle(c); err != nil {
				return err
			}
			made[store.Audience("circle:"+name)] = c.Audience()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// moved publishes a record at one step and saves it at another.
func moved(t *testing.T, n *Node, from, to store.Audience, circles map[store.Audience]store.Audience) move {
	t.Helper()
	at := func(step store.Audience) store.Audience {
		if circle, ok := circles[step]; ok {
			return circle
		}
		return step
	}
	m := move{from: from, to: to}
	e := experiment(m.String(), at(from))
	create := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: e}
	publish(t, n, create)
	m.iri, e.Audience = create.Object, at(to)
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: e})
	return m
}

// posts are the verbs that a peer was sent, by object.
func posts(t *testing.T, p *Peer) map[string][]string {
	t.Helper()
	verbs := map[string][]string{}
	for _, body := range p.Posted() {
		var a struct {
			Type   string          `json:"type"`
			Object json.RawMessage `json:"object"`
		}
		var o struct {
			ID string `json:"id"`
		}
		err := json.Unmarshal([]byte(body), &a)
		if err == nil && json.Unmarshal(a.Object, &o) != nil {
			err = json.Unmarshal(a.Object, &o.ID)
		}
		if err != nil {
			t.Fatal(fmt.Errorf("%s: %w", body, err))
		}
		verbs[o.ID] = append(verbs[o.ID], a.Type)
	}
	return verbs
}

// seesInTheEnd: the mutual lab has the record, had it, or never heard of it.
func seesInTheEnd(t *testing.T, n *Node, m move) {
	t.Helper()
	var want error
	switch told := m.told("m"); {
	case told == nil:
		want = store.ErrNotFound
	case slices.Contains(told, "Delete"):
		want = store.ErrGone
	}
	err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(m.iri)
		if err == nil && it.Envelope().Audience != m.to {
			t.Errorf("%s: the mutual lab keeps it as %q", m, it.Envelope().Audience)
		}
		return err
	})
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("%s: at the mutual lab: got %v, want %v", m, err, want)
	}
}
