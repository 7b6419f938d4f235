package fedtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// backs counts the relations of a type that others have to target, as a visitor
// of n sees them.
func backs(target, typ string, want int) func(tx *store.Txn) bool {
	return func(tx *store.Txn) bool {
		n := 0
		for _, back := range tx.Backs(target, store.Viewer{}, 100) {
			if back.Type == typ {
				n++
			}
		}
		return n == want
	}
}

func relating(title, typ, target string) *store.Experiment {
	e := experiment(title, store.Public)
	e.Relations = store.Entries[store.Relation]{{Type: typ, Target: target, Note: "Ce qui a changé."}}
	return e
}

// original is a record at its origin and at another lab that follows the origin.
func original(t *testing.T) (origin, other *Node, e *store.Experiment) {
	t.Helper()
	origin, other = Start(t, "estran"), Start(t, "piton")
	connect(t, other, origin)
	e = experiment("LabAccès", store.Public)
	publish(t, origin, &federation.Activity{Verb: "Create", Actor: origin.Lab.IRI, Item: e})
	eventually(t, other, "the original arrived", has(e.IRI, "LabAccès"))
	return origin, other, e
}

// The origin does not follow who relates to it, and learns of it all the same:
// by being told, and by asking whoever told.
func TestRelationShowsOnItsTargetUntilItIsTakenBack(t *testing.T) {
	origin, adopter, e := original(t)

	taken := relating("Accès au Port", "replique", e.IRI)
	publish(t, adopter, &federation.Activity{Verb: "Create", Actor: adopter.Lab.IRI, Item: taken})
	eventually(t, adopter, "its own relation shows at once", backs(e.IRI, "replique", 1))
	eventually(t, origin, "the adoption shows at the origin", backs(e.IRI, "replique", 1))

	taken.Relations[0].Type = "inspire-par"
	publish(t, adopter, &federation.Activity{Verb: "Update", Actor: adopter.Lab.IRI, Item: taken})
	eventually(t, origin, "the change shows", backs(e.IRI, "inspire-par", 1))
	eventually(t, origin, "and not what it was", backs(e.IRI, "replique", 0))

	publish(t, adopter, &federation.Activity{Verb: "Delete", Actor: adopter.Lab.IRI, Object: taken.IRI})
	eventually(t, origin, "it is gone", backs(e.IRI, "inspire-par", 0))
}

func TestRelationTakenOutOfARecordIsGone(t *testing.T) {
	origin, other, e := original(t)
	crossing := relating("Mobilité", "croise", e.IRI)
	publish(t, other, &federation.Activity{Verb: "Create", Actor: other.Lab.IRI, Item: crossing})
	eventually(t, origin, "it crosses", backs(e.IRI, "croise", 1))
	crossing.Relations = nil
	publish(t, other, &federation.Activity{Verb: "Update", Actor: other.Lab.IRI, Item: crossing})
	eventually(t, origin, "no longer", backs(e.IRI, "croise", 0))
}

// Whoever signs well but does not serve what it sent, or serves something else, is
// not shown on the page of the record it names.
func TestForgedRelationNeverShows(t *testing.T) {
	for name, served := range map[string]func(sent Object) Object{
		"not served":   func(Object) Object { return nil },
		"says nothing": func(o Object) Object { return With(o, Object{"essaim:relations": nil}) },
		"names another": func(o Object) Object {
			return With(o, Object{"essaim:relations": []Object{{"relationship": "replique", "object": "https://elsewhere.example/o/1"}}})
		},
		"says another type": func(o Object) Object {
			return With(o, Object{"essaim:relations": []Object{{"relationship": "croise", "object": o["target"]}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			e := experiment("LabAccès", store.Public)
			publish(t, s.node, &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: e})
			forged := With(s.eve.Note("forged"), Object{
				"type": "Article", "name": "Reprise", "essaim:kind": "experiment", "essaim:stage": "idees", "target": e.IRI,
				"cc":               []string{s.node.Lab.IRI},
				"essaim:relations": []Object{{"relationship": "replique", "object": e.IRI}},
			})
			path := strings.TrimPrefix(forged["id"].(string), s.eve.Peer.URL)
			if doc := served(forged); doc != nil {
				s.eve.Peer.Show(path, doc)
			}
			s.want(s.mail(s.eve, With(s.eve.Activity("Create", forged), Object{"cc": forged["cc"]})).Send(), http.StatusAccepted)
			eventually(t, s.node, "the sender was asked", func(*store.Txn) bool { return s.eve.Peer.Hits(path) > 0 })
			eventually(t, s.node, "the question is over", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
			s.on(t).holds("nothing shows", backs(e.IRI, "replique", 0))
			s.eve.Peer.Show(path, forged)
			s.want(s.mail(s.eve, With(s.eve.Activity("Update", forged), Object{"id": s.eve.Peer.URL + "/activities/again", "cc": forged["cc"]})).Send(), http.StatusAccepted)
			eventually(t, s.node, "once it is served it shows", backs(e.IRI, "replique", 1))
		})
	}
}

// The origin tells who took its record up, once it knows.
func TestReplicationsAreACollection(t *testing.T) {
	origin, adopter, e := original(t)
	taken := relating("Accès au Port", "replique", e.IRI)
	publish(t, adopter, &federation.Activity{Verb: "Create", Actor: adopter.Lab.IRI, Item: taken})
	eventually(t, origin, "it shows", backs(e.IRI, "replique", 1))
	var got struct {
		TotalItems   int      `json:"totalItems"`
		OrderedItems []string `json:"orderedItems"`
	}
	answer := origin.Get(strings.TrimPrefix(e.IRI, origin.URL) + "/replications" + vocab.PageQuery)
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || got.TotalItems != 1 || !slices.Equal(got.OrderedItems, []string{taken.IRI}) {
		t.Errorf("got %+v, %v", got, err)
	}
}
