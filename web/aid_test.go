package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// What one lab has and another one needs stands on the pages of both, and on the
// wire as other software reads it (FEP-0837).
func TestOfferAndNeedAreReadOnBothNodes(t *testing.T) {
	paca, pdl := start(t, "paca"), start(t, "pdl")
	paca.follow(t, pdl)
	pdl.follow(t, paca)
	offer := url.Values{
		"title": {"Un gymnase endormi"}, "pitch": {"Vide tout le mois de juin."}, "audience": {"public"}, "means": {"espace"},
		"resourceState": {"endormie"}, "basis": {"pret"}, "quantity": {"1"}, "unit": {"mois"}, "place.commune": {"13055"},
		"available.0.since": {"2126-06-01"}, "available.0.until": {"2126-06-30"}, "available.0.note": {"hors dimanches"},
		"contact": {"gardien@paca.test"},
	}
	need := url.Values{
		"title": {"Une salle en juin"}, "pitch": {"Pour trente personnes."}, "audience": {"public"}, "means": {"espace"},
		"needState": {"ouvert"}, "quantity": {"2"}, "unit": {"jour"}, "available.0.since": {"2126-06-10"}, "available.0.until": {"2126-06-11"},
	}
	for _, x := range []struct {
		from, to node
		path     string
		answers  url.Values
		page     []string
		wire     []string
	}{
		{
			paca, pdl, "/ressources", offer,
			[]string{"Un gymnase endormi", "Endormie", "Un espace", "hors dimanches", "Marseille"},
			[]string{`"purpose":"offer"`, `"resourceConformsTo":"essaim:espace"`, `"hasUnit":"month"`, `"hasNumericalValue":"1"`, "2126-06-01", "2126-06-30"},
		},
		{
			pdl, paca, "/besoins", need,
			[]string{"Une salle en juin", "Un espace"},
			[]string{`"purpose":"request"`, `"resourceConformsTo":"essaim:espace"`, `"hasUnit":"day"`, `"hasNumericalValue":"2"`, "2126-06-10", "2126-06-11"},
		},
	} {
		home := x.from.saved(t, x.from.member(t, "jo").send(t, x.path+"/nouvelle", x.answers)).Envelope()
		there := x.to.await(t, home.IRI)
		for _, at := range []string{x.from.URL + federation.PagePath(home), x.to.URL + federation.PagePath(there.Envelope())} {
			said := words(x.from.visitor(t).get(t, at, "text/html"))
			for _, text := range x.page {
				if !strings.Contains(said, text) {
					t.Errorf("%q is not on %s", text, at)
				}
			}
		}
		wire := x.from.visitor(t).get(t, home.IRI, "application/activity+json")
		for _, text := range append(x.wire, `"type":"Intent"`, `"action":"deliverService"`) {
			if !strings.Contains(wire, text) {
				t.Errorf("%s: no %s in %s", x.path, text, wire)
			}
		}
		if strings.Contains(wire, "gardien@") {
			t.Error("the document names the contact")
		}
		if list := words(x.to.visitor(t).get(t, x.to.URL+x.path, "text/html")); !strings.Contains(list, home.Title) {
			t.Errorf("%s of the other node does not list it", x.path)
		}
	}
	if r, ok := pdl.await(t, only(t, paca, "resource").IRI).(*store.Resource); !ok || len(r.Available) != 1 || r.Available[0].Last != "2126-06-30" {
		t.Errorf("when it can be had: got %+v", r)
	}
}

// only is the one record of a kind that is at home on a node.
func only(t *testing.T, n node, kind string) (r *store.Record) {
	t.Helper()
	n.eventually(t, "there is one "+kind, func(tx *store.Txn) bool {
		list := tx.ListKind(kind, store.Query{Home: true, Limit: 2}).Items
		if len(list) != 1 {
			return false
		}
		r = list[0].Envelope()
		return true
	})
	return r
}
