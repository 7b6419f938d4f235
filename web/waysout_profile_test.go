package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// secretProfile says a word that stands nowhere else in every field that takes
// words, each for one audience.
func secretProfile(audience store.Audience) (p *store.Profile, words map[string]string) {
	p = &store.Profile{
		Job: "zqjobqz", Employer: "zqemployerqz", Skills: []string{"zqskillqz"}, Offers: "zqofferqz", Seeks: "zqseekqz",
		Roles: store.Entries[store.Post]{{Lab: "zqlabqz"}}, Mandate: "personnel", Audiences: map[string]store.Audience{},
	}
	words = map[string]string{"job": p.Job, "employer": p.Employer, "skills": p.Skills[0], "offers": p.Offers, "seeks": p.Seeks, "roles": "zqlabqz"}
	for name := range words {
		p.Audiences[name] = audience
	}
	return p, words
}

// profileWays are the ways by which a profile leaves the store over HTTP. A page
// shows its viewer what the audience allows; all others are for everybody.
var profileWays = []struct {
	path, accept string
	page         bool
	whole        bool     // it says all fields that the viewer may read
	only         []string // who gets it at all; nil: everybody
}{
	{path: "/@author", accept: asPage, page: true, whole: true},
	{path: "/en/@author", accept: asPage, page: true, whole: true},
	{path: "/@author/profil", accept: asPage, page: true, whole: true, only: []string{"author in a browser", "animator in a browser"}},
	{path: "/mon-compte/profil", accept: asPage, page: true, whole: true, only: []string{"author in a browser"}},
	{path: "/membres", accept: asPage, page: true},
	{path: "/membres?skills=zqskillqz", accept: asPage, page: true},
	{path: "/lab", accept: asPage, page: true},
	{path: "/reseau/{host}/author", accept: asPage, page: true},
	{path: "/admin/membres", accept: asPage, page: true},

	{path: "/actors/author", accept: asDocument, whole: true},
	{path: "/@author", accept: asDocument, whole: true},
	{path: "/actors/author/outbox?page=true", accept: asDocument},
	{path: "/actors/estran/catalog?page=1", accept: asDocument, whole: true},
	{path: "/actors/estran/catalog/feed", accept: asDocument},
	{path: "/actors/estran/members?page=true", accept: asDocument},
	{path: "/.well-known/webfinger?resource=acct:author@{host}", accept: "*/*"},
	{path: "/nodeinfo/2.1", accept: "*/*"},
	{path: "/api/v1/accounts/lookup?acct=author", accept: "application/json"},
	{path: "/api/v1/directory?local=true", accept: "application/json"},
	{path: "/api/v2/search?q=zqskillqz", accept: "application/json"},
	{path: "/api/v2/search?q=author", accept: "application/json"},
}

func TestProfileLeavesOnlyToWhomItsMemberChose(t *testing.T) {
	w := newWorld(t)
	author := w.members["author"]
	reads := map[string][]store.Audience{
		"visitor": {store.Public}, "mutual lab": {store.Public}, "server of the mutual lab": {store.Public}, "author in an app": {store.Public},
		"colleague in a browser": {store.Public, store.LabOnly},
		"author in a browser":    {store.Public, store.LabOnly, store.Team}, "animator in a browser": {store.Public, store.LabOnly, store.Team},
	}
	for _, audience := range []store.Audience{store.Public, store.LabOnly, store.Team} {
		profile, words := secretProfile(audience)
		changed := *author
		changed.Profile = profile
		w.apply(author, &federation.Activity{Verb: "Update", Actor: author.IRI, Profile: &changed})
		for _, way := range profileWays {
			for viewer, may := range reads {
				path := strings.ReplaceAll(way.path, "{host}", w.node.Host())
				_, said := w.viewers[viewer](http.MethodGet, path, way.accept)
				allowed := audience == store.Public || way.page && slices.Contains(may, audience)
				if way.only != nil {
					allowed = slices.Contains(way.only, viewer)
				}
				for field, word := range words {
					if strings.Contains(path, word) {
						continue // who asks for a word sees it
					}
					shown := strings.Contains(said, word)
					if shown && !allowed {
						t.Errorf("%s for %s leaks to %s by %s", field, audience, viewer, path)
					}
					if !shown && allowed && way.whole {
						t.Errorf("%s for %s is missing for %s at %s", field, audience, viewer, path)
					}
				}
			}
		}
	}
}
