package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// A lab says on its own site that it took something up; the page of the original,
// on another node, shows it with its degree and what changed, until it is deleted.
func TestAdoptionShowsOnThePageOfTheOriginal(t *testing.T) {
	origin, adopter := start(t, "estran"), start(t, "piton")
	adopter.follow(t, origin)
	member := adopter.member(t, "ines")
	original := adopter.await(t, origin.publish(t, "LabAccès")).Envelope()
	form := url.Values{
		"of": {adopter.URL + federation.PagePath(original)}, "degree": {"adapte"}, "audience": {"public"},
		"title": {"Accès à Saint-Denis"}, "pitch": {"Le même parcours, en créole."},
		"place.commune": {"97411"}, "changes": {"Un accueil en deux langues."},
	}
	path := member.send(t, "/reprises/nouvelle", form).Header.Get("Location")
	origin.eventually(t, "the adoption shows", adoptions(original.IRI, 1))
	page := words(origin.visitor(t).get(t, origin.URL+federation.PagePath(origin.await(t, original.IRI).Envelope()), "text/html"))
	for _, said := range []string{"Repris par", "Accès à Saint-Denis", "Adapté", "Un accueil en deux langues.", "Un labo a repris cette fiche."} {
		if !strings.Contains(page, said) {
			t.Errorf("%q is not on the page of the original", said)
		}
	}
	member.send(t, path+"/supprimer", nil)
	origin.eventually(t, "it is gone", adoptions(original.IRI, 0))
	page = words(origin.visitor(t).get(t, origin.URL+federation.PagePath(origin.await(t, original.IRI).Envelope()), "text/html"))
	if strings.Contains(page, "Accès à Saint-Denis") || strings.Contains(page, "Un labo a repris") {
		t.Error("the page of the original still shows it")
	}
}

// adoptions counts those of a record that everybody may see.
func adoptions(of string, want int) func(*store.Txn) bool {
	return func(tx *store.Txn) bool { return len(tx.Backs(of, store.Viewer{}, 9)) == want }
}
