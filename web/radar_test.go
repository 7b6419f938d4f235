package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
)

// lists are the addresses of a node at which what it publishes can be met.
var lists = []string{
	"/", "/lab", "/fil", "/experimentations", "/themes/mobilite", "/sitemap.xml", "/robots.txt",
	"/experimentations.csv", "/experimentations.geojson", "/experimentations.jsonld", "/experimentations.atom",
	"/experimentations.rss", "/experimentations.json", "/actors/occitanie/outbox?page=true", "/actors/occitanie/catalog?page=1",
	"/actors/occitanie/catalog/feed", "/api/v1/timelines/public", "/api/v2/search?q=zqradar",
}

// Under the radar: a record stays with its team until somebody widens its audience,
// and then goes as far as it was widened, no further.
func TestRecordStaysUnderTheRadarUntilItIsWidened(t *testing.T) {
	home, mutual, oneWay := start(t, "occitanie"), start(t, "pdl"), start(t, "paca")
	mutual.follow(t, home)
	home.follow(t, mutual)
	oneWay.follow(t, home)
	follower := fedtest.NewPeer(t, "127.0.0.9").Actor("claire")
	if got := follower.Mail(home.URL+"/inbox", follower.Activity("Follow", home.Lab.IRI)).Send(); got.Status != http.StatusAccepted {
		t.Fatalf("follow: got %d: %s", got.Status, got.Body)
	}
	member, outsider := home.member(t, "jo"), home.visitor(t)
	form := url.Values{"title": {"Essai zqradar"}, "pitch": {"Rien n'est dit."}, "stage": {"signal"}, "themes": {"mobilite"}}
	if page := member.get(t, home.URL+"/experimentations/nouvelle", "text/html"); !strings.Contains(page, `name="audience" value="team" checked`) {
		t.Error("the form does not offer the team as it opens")
	}
	form.Set("audience", "team")
	rec := home.saved(t, member.send(t, "/experimentations/nouvelle", form)).Envelope()
	page := home.URL + federation.PagePath(rec)

	hidden := func(when string, refusing ...node) {
		t.Helper()
		for _, address := range []string{page, rec.IRI} {
			if got := outsider.status(t, address, "application/activity+json"); got != http.StatusNotFound {
				t.Errorf("%s, a visitor asks for %s: got %d, want 404", when, address, got)
			}
		}
		for _, path := range lists {
			res := outsider.do(t, http.MethodGet, home.URL+path, http.Header{"Accept": {"*/*"}}, nil)
			if said := body(t, res); strings.Contains(said, rec.IRI) || strings.Contains(strings.ReplaceAll(said, "q=zqradar", ""), "Essai zqradar") {
				t.Errorf("%s: %s tells of it", when, path)
			}
		}
		if got := follower.Get(rec.IRI); got.Status != http.StatusNotFound || strings.Contains(got.Body, "zqradar") {
			t.Errorf("%s, a follower asks for it: got %d, want 404", when, got.Status)
		}
		for _, n := range refusing {
			if _, err := n.Fetch.Object(t.Context(), rec.IRI); err == nil {
				t.Errorf("%s: %s may fetch it", when, n.Lab.Handle)
			}
		}
	}
	// What is public comes after all else that was sent: whoever has it has the rest.
	passed := func(title string) {
		t.Helper()
		iri := home.publish(t, title)
		oneWay.await(t, iri)
		mutual.await(t, iri)
		home.eventually(t, "the follower heard of "+title, func(*store.Txn) bool { return heard(follower.Peer, title) })
	}
	absent := func(when string, n node) {
		t.Helper()
		n.eventually(t, "it is not here", func(tx *store.Txn) bool {
			if _, err := tx.RecordByIRI(rec.IRI); err == nil {
				t.Errorf("%s: it is at %s", when, n.Lab.Handle)
			}
			return true
		})
	}

	passed("Une première borne")
	hidden("for the team", mutual, oneWay)
	absent("for the team", mutual)
	absent("for the team", oneWay)
	if got := total(t, outsider, home.URL+"/actors/occitanie/outbox"); got != 1 {
		t.Errorf("the outbox counts %d, want the mark alone", got)
	}

	form.Set("audience", "followed-labs")
	home.change(t, member, rec, form)
	copied := mutual.await(t, rec.IRI).Envelope()
	passed("Une deuxième borne")
	hidden("for mutual labs", oneWay)
	absent("for mutual labs", oneWay)
	if heard(follower.Peer, "zqradar") {
		t.Error("a follower on a microblog heard of what is for mutual labs")
	}
	if _, err := mutual.Fetch.Object(t.Context(), rec.IRI); err != nil {
		t.Errorf("the mutual lab may not fetch it: %v", err)
	}
	there := mutual.URL + federation.PagePath(copied)
	if said := words(mutual.member(t, "lea").get(t, there, "text/html")); !strings.Contains(said, "Essai zqradar") {
		t.Error("the members of the mutual lab do not see it")
	}
	if got := mutual.visitor(t).status(t, there, "text/html"); got != http.StatusNotFound {
		t.Errorf("a visitor of the mutual lab: got %d, want 404", got)
	}

	form.Set("audience", "public")
	home.change(t, member, rec, form)
	home.eventually(t, "the follower heard of it", func(*store.Txn) bool { return heard(follower.Peer, "Essai zqradar") })
	for _, n := range []node{oneWay, mutual} {
		n.eventually(t, "everybody may see it", func(tx *store.Txn) bool {
			it, err := tx.RecordByIRI(rec.IRI)
			return err == nil && (store.Viewer{}).CanList(it.Envelope())
		})
		if said := words(n.visitor(t).get(t, n.URL+"/experimentations", "text/html")); !strings.Contains(said, "Essai zqradar") {
			t.Errorf("visitors of %s do not find it", n.Lab.Handle)
		}
	}
	if said := outsider.get(t, rec.IRI, "application/activity+json"); !strings.Contains(said, "Essai zqradar") || follower.Get(rec.IRI).Status != http.StatusOK {
		t.Error("its document is not for everybody")
	}
}

// heard says whether something was posted to a peer.
func heard(p *fedtest.Peer, text string) bool {
	return strings.Contains(strings.Join(p.Posted(), "\n"), text)
}

// total is what a collection says that it counts.
func total(t *testing.T, b browser, address string) int {
	t.Helper()
	var c struct {
		TotalItems int `json:"totalItems"`
	}
	if err := json.Unmarshal([]byte(b.get(t, address, "application/activity+json")), &c); err != nil {
		t.Fatal(err)
	}
	return c.TotalItems
}
