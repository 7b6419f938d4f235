package fedtest

import (
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// telling is a profile with an answer to every question, each for everybody.
func telling() *store.Profile {
	p := &store.Profile{
		Job: "Chargée de mission", Employer: "Ville de Zed", Skills: []string{"Enquête", "facilitation graphique"},
		Expertise: []string{"terrain"}, Themes: []string{"mobilite"}, Languages: []string{"fr", "br"},
		Offers: "Une relecture <vite>.\nOu deux.", Seeks: "Un terrain.", Facilitates: true, Days: 1.5, Availability: []string{"a-distance"}, Relay: true,
		Mandate: "personnel", Audiences: map[string]store.Audience{},
		Roles: store.Entries[store.Post]{{Lab: "Labo des marais", Role: "designer", Since: "2024-01-01", Until: "2025-01-01"}, {Lab: "Estran"}},
	}
	for _, f := range store.ProfileFields {
		if !f.Inner {
			p.Audiences[f.Name] = store.Public
		}
	}
	return p
}

// ana joins the lab of a node, can be found, and tells a profile.
func ana(t *testing.T, n *Node, profile *store.Profile) *store.Actor {
	t.Helper()
	m, err := n.AddMember(t.Context(), store.Actor{Handle: "ana", Name: "Ana", Lang: "fr", Role: "designer", Discoverable: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tell(t, n, m, profile)
	return m
}

func tell(t *testing.T, n *Node, m *store.Actor, profile *store.Profile) {
	t.Helper()
	changed := *m
	changed.Profile = profile
	publish(t, n, &federation.Activity{Verb: "Update", Actor: m.IRI, Profile: &changed})
}

// meets says what a visitor of the directory of a node finds of an actor.
func meets(iri string, like func(*store.Actor) bool) func(tx *store.Txn) bool {
	return func(tx *store.Txn) bool {
		for _, a := range tx.ListMembers(store.MemberQuery{}).Members {
			if a.IRI == iri {
				return like(a)
			}
		}
		return false
	}
}

func nobody(iri string) func(tx *store.Txn) bool {
	found := meets(iri, func(*store.Actor) bool { return true })
	return func(tx *store.Txn) bool { return !found(tx) }
}

func TestProfileTravelsWithTheCatalogueAndIsWithdrawnAtOnce(t *testing.T) {
	origin, reader := Start(t, "estran"), Start(t, "piton")
	m := ana(t, origin, telling())
	connect(t, reader, origin)
	want := telling()
	want.Audiences, want.Mandate = nil, ""
	eventually(t, reader, "all that is for everybody arrived", meets(m.IRI, func(a *store.Actor) bool {
		return reflect.DeepEqual(a.Profile, want) && a.Role == "designer" && a.Fields == nil
	}))
	eventually(t, reader, "the copy is complete", func(tx *store.Txn) bool { return tx.Sync(actorID(tx, origin.Lab.IRI)).Phase == store.SyncLive })

	for i := range store.ProfileFields {
		f := &store.ProfileFields[i]
		if f.Inner {
			continue
		}
		narrower := telling()
		narrower.Audiences[f.Name] = store.LabOnly
		tell(t, origin, m, narrower)
		eventually(t, reader, f.Name+" is gone from the copy, and nothing else", meets(m.IRI, func(a *store.Actor) bool {
			for _, other := range store.ProfileFields {
				if other.IsEmpty(a.Profile) != (other.Inner || other.Name == f.Name) {
					return false
				}
			}
			return true
		}))
	}

	m.Discoverable, m.Indexable = false, false
	tell(t, origin, m, telling())
	eventually(t, reader, "nobody finds her any more", nobody(m.IRI))
}

func TestDocumentOfAMemberSaysOnlyWhatIsForEverybody(t *testing.T) {
	n := Start(t, "estran")
	words := map[string]string{
		"job": "Charg", "employer": "Ville de Zed", "roles": "Labo des marais", "skills": "facilitation graphique", "expertise": "terrain",
		"themes": "mobilite", "languages": `"br"`, "offers": "relecture", "seeks": "Un terrain", "facilitates": "offersFacilitation",
		"days": "1.5", "relay": "contactRelay", "availability": "a-distance", "mandate": `personnel`,
	}
	m := ana(t, n, nil)
	for _, audience := range []store.Audience{store.Team, store.LabOnly, store.Public} {
		p := telling()
		for name := range p.Audiences {
			p.Audiences[name] = audience
		}
		tell(t, n, m, p)
		body, err := io.ReadAll(n.Get(strings.TrimPrefix(m.IRI, n.URL)).Body)
		if err != nil {
			t.Fatal(err)
		}
		_, document, _ := strings.Cut(string(body), "}],") // after the context
		for _, f := range store.ProfileFields {
			want := audience == store.Public && !f.Inner
			if got := strings.Contains(document, words[f.Name]); got != want {
				t.Errorf("%s for %s: said %v, want %v:\n%s", f.Name, audience, got, want, document)
			}
		}
	}
}

// claim is a person of another server who says to be a member of a lab.
func claim(p *PeerActor, lab string) Object {
	return With(p.Document(), Object{"type": "Person", "essaim:kind": "member", "essaim:memberOf": lab, "discoverable": true})
}

func TestMembershipHoldsWhenTheLabSaysSo(t *testing.T) {
	for name, x := range map[string]struct {
		members func(eve, other string) any
		want    bool
	}{
		"its lab lists her":      {func(eve, _ string) any { return []string{eve} }, true},
		"its lab lists others":   {func(_, other string) any { return []string{other} }, false},
		"its lab lists nobody":   {func(string, string) any { return []string{} }, false},
		"its lab has no members": {func(string, string) any { return nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			lab, eve := s.vic.Peer.Actor("lab"), s.vic.Peer.Actor("eve")
			list := lab.IRI + "/members"
			path := strings.TrimPrefix(list, s.vic.Peer.URL)
			lab.Show(With(lab.Document(), Object{"type": "Group", "members": list}))
			if members := x.members(eve.IRI, s.bob.IRI); members != nil {
				s.vic.Peer.Show(path, Object{"id": list, "type": "OrderedCollection", "orderedItems": members})
			}
			if err := s.node.Learn(t.Context(), lab.IRI); err != nil {
				t.Fatal(err)
			}
			eve.Show(claim(eve, lab.IRI))
			if err := s.node.Learn(t.Context(), eve.IRI); err != nil {
				t.Fatal(err)
			}
			eventually(t, s.node, "the lab was asked", func(tx *store.Txn) bool { return s.vic.Peer.Hits(path) > 0 && tx.Waiting() == 0 })
			s.holds("the answer counts", func(tx *store.Txn) bool {
				a, err := tx.ActorByIRI(eve.IRI)
				return err == nil && tx.IsMember(a) == x.want && !tx.AskLab(a)
			})
			if err := s.node.Learn(t.Context(), eve.IRI); err != nil {
				t.Fatal(err)
			}
			s.holds("it is not asked again the same day", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
		})
	}
}

// Who names a lab of which nothing is known here makes nobody ask for it.
func TestUnknownLabIsNotAsked(t *testing.T) {
	s := newStage(t)
	s.eve.Show(claim(s.eve, s.vic.Peer.URL+"/users/nowhere"))
	if err := s.node.Learn(t.Context(), s.eve.IRI); err != nil {
		t.Fatal(err)
	}
	s.holds("nothing is to be done", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(s.eve.IRI)
		return err == nil && tx.Waiting() == 0 && !tx.IsMember(a)
	})
}

// A copied catalogue without her is the answer of the lab, whatever she says.
func TestImpostorIsNotInTheDirectory(t *testing.T) {
	origin, reader := Start(t, "estran"), Start(t, "piton")
	connect(t, reader, origin)
	eve := NewPeer(t, "127.0.0.3").Actor("eve")
	eve.Show(claim(eve, origin.Lab.IRI))
	if err := reader.Learn(t.Context(), eve.IRI); err != nil {
		t.Fatal(err)
	}
	eventually(t, reader, "the lab was asked", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(eve.IRI)
		return err == nil && !tx.AskLab(a)
	})
	eventually(t, reader, "she is not a member", nobody(eve.IRI))
}

func TestOnlyPersonsHaveAProfile(t *testing.T) {
	n := Start(t, "estran")
	changed := *n.Lab
	changed.Profile = telling()
	err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Profile: &changed})
	if err == nil {
		t.Error("a lab got the profile of a person")
	}
	m := ana(t, n, telling())
	wrong := *m
	wrong.Profile = telling()
	wrong.Profile.Days = 40
	err = n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Update", Actor: m.IRI, Profile: &wrong})
	if got := fieldOf(err); got != "days" {
		t.Errorf("got %v, want a mistake in days", err)
	}
	if got := n.Get("/actors/ana").StatusCode; got != http.StatusOK {
		t.Errorf("status %d", got)
	}
}
