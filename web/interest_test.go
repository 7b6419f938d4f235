package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// TestWhoMaySellSaysSoWhereverItPosts: whoever meets a record, here, in an app or at
// another node, is told whose interest it is in.
func TestWhoMaySellSaysSoWhereverItPosts(t *testing.T) {
	t.Parallel()
	n := start(t, "estran")
	admin, visitor := n.signedIn(t, "maelle", store.Admin), n.visitor(t)
	admin.refused(t, "/admin/lab", url.Values{"name": {"Labo"}, "territory": {"region:53"}, "commercialIntent": {"beaucoup"}}, http.StatusUnprocessableEntity)
	admin.send(t, "/admin/lab", url.Values{"name": {"Labo"}, "territory": {"region:53"}, "category": {"labo-prive"}, "commercialIntent": {"oui"}, "discoverable": {"1"}})
	news := &store.News{Record: store.Record{Kind: "news", Body: "Bonjour du labo.", Audience: store.Public, Lang: "fr"}}
	need := &store.Need{Mutual: store.Mutual{Means: "machine"}, Record: store.Record{
		Kind: "need", Title: "Une imprimante", Pitch: "Pour une école.", Audience: store.Public, Lang: "fr",
		Interest: store.Interest{Category: "ess-association", CommercialIntent: "possible"},
	}}
	event := &store.Event{Start: "2100-03-01T10:00", Record: store.Record{Kind: "event", Title: "Visite", Pitch: "Venez.", Audience: store.Public, Lang: "fr"}}
	for _, it := range []store.Item{news, need, event} {
		if err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: it}); err != nil {
			t.Fatal(err)
		}
	}
	const lab, own = "Laboratoire privé · Intention commerciale", "Intention commerciale possible"
	for path, want := range map[string]string{
		"/lab": lab, federation.PagePath(&news.Record): lab, "/besoins": own, federation.PagePath(&need.Record): own,
	} {
		if got := words(visitor.get(t, n.URL+path, "text/html")); !strings.Contains(got, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	for path, want := range map[string]string{
		"/actualites.atom": lab, "/actualites.rss": lab, "/actualites.json": lab, "/besoins.atom": own, "/besoins.rss": own, "/besoins.json": own,
		"/embed/actualites": lab, "/embed/besoins": own, federation.PagePath(&need.Record) + "/affiche": own, "/agenda.ics": lab,
	} {
		if got := words(strings.ReplaceAll(visitor.get(t, n.URL+path, "*/*"), "\r\n ", "")); !strings.Contains(got, want) { // RFC 5545 §3.1 folds lines
			t.Errorf("%s does not say %q", path, want)
		}
	}
	for iri, want := range map[string]store.Interest{
		n.Lab.IRI: {Category: "labo-prive", CommercialIntent: "oui"},
		news.IRI:  {Category: "labo-prive", CommercialIntent: "oui"},
		need.IRI:  need.Interest,
	} {
		var got struct {
			Category   string `json:"essaim:category"`
			Intent     string `json:"essaim:commercialIntent"`
			Attachment []struct {
				Value string `json:"value"`
			} `json:"attachment"`
		}
		if err := json.Unmarshal([]byte(visitor.get(t, iri, "application/activity+json")), &got); err != nil {
			t.Fatal(err)
		}
		if got.Category != want.Category || got.Intent != want.CommercialIntent {
			t.Errorf("%s: got %+v, want %+v", iri, got, want)
		}
		if iri == n.Lab.IRI && (len(got.Attachment) == 0 || !strings.Contains(got.Attachment[0].Value, "Intention commerciale")) {
			t.Errorf("software that knows nothing of it: got %+v", got.Attachment)
		}
	}
	if got := visitor.get(t, n.URL+"/api/v1/accounts/lookup?acct=estran", "application/json"); !strings.Contains(got, "Intention commerciale") {
		t.Errorf("an app is told %s", got)
	}
}
