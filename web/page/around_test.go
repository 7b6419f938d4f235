package page

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// The page of a need shows the resources that may meet it, and why, and the other way
// round, to those alone who may see them.
func TestNeedsAndResourcesThatFitShowOnBothPages(t *testing.T) {
	s := newSite(t)
	envelope := func(kind, title string, audience store.Audience) store.Record {
		return store.Record{Kind: kind, Title: title, Pitch: "Une accroche.", Audience: audience, Lang: "fr", Themes: []string{"mobilite"}}
	}
	need := s.publish(t, s.node.Admin, &store.Need{Mutual: store.Mutual{Means: "machine"}, Record: envelope("need", "Une presse", store.Public)})
	offer := s.publish(t, s.node.Admin, &store.Resource{Mutual: store.Mutual{Means: "machine"}, Record: envelope("resource", "Presse à louer", store.Public)})
	s.publish(t, s.node.Admin, &store.Resource{Mutual: store.Mutual{Means: "machine"}, Record: envelope("resource", "Presse de la maison", store.LabOnly)})
	s.publish(t, s.node.Admin, &store.Resource{Mutual: store.Mutual{Means: "espace"}, Record: envelope("resource", "Une salle", store.Public)})
	visitor := s.Visitor(t)
	_, part, _ := strings.Cut(text(visitor.Get(federation.PagePath(need)).Body), `id="matches-need"`)
	part, _, _ = strings.Cut(part, "</section>")
	for said, want := range map[string]bool{
		"Ressources qui pourraient y répondre": true, "Presse à louer": true, "en commun : mobilité": true,
		"Presse de la maison": false, "Une salle": false,
	} {
		if strings.Contains(part, said) != want {
			t.Errorf("the need says %q: %v, want %v:\n%s", said, !want, want, part)
		}
	}
	if page := visitor.Get("/en" + federation.PagePath(offer)); !page.Has("Needs that it may meet", "Une presse") {
		t.Errorf("the resource: got\n%s", page.Body)
	}
	if page := s.As(t, s.node.Contributor).Get(federation.PagePath(need)); !page.Has("Presse de la maison") {
		t.Error("a member of the lab does not see what the lab has")
	}
	if page := visitor.Get("/entraide"); !page.Has("Ce qui s&#39;accorde", "pourrait être servi par") {
		t.Errorf("mutual aid: got\n%s", page.Body)
	}
	if page := visitor.Get(federation.PagePath(s.publish(t, s.node.Admin, experiment("Autre chose", store.Public)))); page.Has(`id="matches`) {
		t.Error("an experiment has matches")
	}
}
