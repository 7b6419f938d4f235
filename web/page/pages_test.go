package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

const forVisitors, forMembers, forRunners = 0, 1, 2

// full is a site with something on every page.
func full(t testing.TB) (s *site, own, mirrored, note *store.Record) {
	t.Helper()
	s = newSite(t)
	own = s.publish(t, s.node.Contributor, experiment("Le guichet des marées", store.Public))
	note = s.answer(t, s.node.Contributor, own, "Premier créneau tenu.", store.Public)
	other := s.neighbour(t, "calanques")
	s.follow(t, s.node.Lab, other, store.Accepted)
	s.follow(t, other, s.node.Lab, store.Accepted)
	e := experiment("La navette de la cale", store.Public)
	e.HTML, e.Lang = "<p>Un minibus.</p>", "br"
	mirrored = s.mirror(t, other, e)
	return s, own, mirrored, note
}

// TestEveryPage asks for every page in both languages as a visitor, a contributor
// and an administrator.
func TestEveryPage(t *testing.T) {
	s, own, mirrored, note := full(t)
	clients := []*webtest.Client{s.Visitor(t), s.As(t, s.node.Contributor), s.As(t, s.node.Admin)}
	path, away := federation.PagePath(own), federation.PagePath(mirrored)
	for _, x := range []struct {
		path  string
		least int // who may see it
		fr    string
		en    string
	}{
		{"/", forVisitors, "Expérimentations : tout voir", "Experiments: see all"},
		{"/experimentations", forVisitors, "2 fiches", "2 sheets"},
		{"/experimentations?origine=ici", forVisitors, "1 fiche", "1 sheet"},
		{"/experimentations?stage=signal&themes=mobilite&territory=region:53&origine=reseau", forVisitors, "La navette de la cale", "Remove the filter"},
		{"/experimentations?stage=mandat", forVisitors, "Rien ne correspond", "Nothing matches"},
		{path, forVisitors, "Signal faible", "Weak signal"},
		{away, forVisitors, "Reçue le", "Received on"},
		{federation.PagePath(note), forVisitors, "Premier créneau tenu", "About"},
		{"/lab", forVisitors, "@estran@estran.test", "Follow us"},
		{"/@estran", forVisitors, "L'équipe", "The team"},
		{"/membres", forVisitors, "Maëlle Kerbiriou", "2 members"},
		{"/@yann", forVisitors, "Le guichet des marées", "Takes part in"},
		{"/reseau", forVisitors, "Nous suivons 1 labo ou compte", "Map of the network"},
		{"/reseau/calanques.example/calanques", forVisitors, "1 publication reçue", "Seen from here"},
		{"/fil", forVisitors, "La navette de la cale", "River of the network"},
		{"/themes/mobilite", forVisitors, "Thème : mobilité", "Theme: mobility"},
		{"/themes/Mobilite", forVisitors, "Expérimentations : tout voir (2)", "Experiments: see all (2)"},
		{"/themes/inconnu", forVisitors, "Rien encore sur ce thème", "Nothing on this theme"},
		{"/accessibilite", forVisitors, "non conforme", "not compliant"},
		{"/mentions-legales", forVisitors, "AGPL", "AGPL"},
		{"/donnees-personnelles", forVisitors, "CNIL", "For how long"},
		{"/plan-du-site", forVisitors, "Mentions légales", "Site map"},
		{"/charte", forVisitors, "Pas encore de charte", "No charter yet"},
		{"/experimentations/nouvelle", forMembers, "Seule l", "Who can read this sheet"},
		{"/actualites/nouvelle", forMembers, "Votre nouvelle", "Your news"},
		{"/actualites/nouvelle?sur=" + own.ID.String(), forMembers, "Le guichet des marées", "Write news"},
		{path + "/modifier", forMembers, "Modifier l", "Edit the experiment"},
		{path + "/supprimer", forMembers, "Supprimer cette expérimentation", "Delete this experiment"},
		{"/reseau/suivre", forRunners, "Adresse du labo", "Address of the lab"},
		{"/reseau/calanques.example/calanques/quitter", forRunners, "Ne plus suivre", "Stop following"},
	} {
		for who, c := range clients {
			checkPage(t, c, x.path, who >= x.least, who, x.fr)
			checkPage(t, c, "/en"+x.path, who >= x.least, who, x.en)
		}
	}
}

func checkPage(t *testing.T, c *webtest.Client, path string, allowed bool, who int, want string) {
	t.Helper()
	a := c.Get(path)
	switch {
	case !allowed && who == forVisitors:
		if a.Status != http.StatusSeeOther || !strings.Contains(a.Location, "/connexion?retour=") {
			t.Errorf("%s for a visitor: %d to %q, want to sign in", path, a.Status, a.Location)
		}
	case !allowed:
		if a.Status != http.StatusForbidden {
			t.Errorf("%s for viewer %d: %d, want 403", path, who, a.Status)
		}
	case a.Status != http.StatusOK:
		t.Errorf("%s for viewer %d: %d, want 200", path, who, a.Status)
	case !strings.Contains(text(a.Body), want) && want != "Seule l":
		t.Errorf("%s for viewer %d lacks %q", path, who, want)
	}
}

// text is a page without its entities and with plain spaces.
func text(body string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(html.UnescapeString(body))
}

func TestLanguageOfAForeignTextIsSaid(t *testing.T) {
	s, _, mirrored, _ := full(t)
	a := s.Visitor(t).Get(federation.PagePath(mirrored))
	if !a.Has(`<h1 lang="br">La navette de la cale</h1>`, `<div class="prose" lang="br"><p>Un minibus.</p></div>`) {
		t.Error("title and text of a Breton sheet do not carry their language")
	}
	if !s.Visitor(t).Get("/experimentations").Has(`class="sheet-title" lang="br"`) {
		t.Error("its card does not carry its language")
	}
}

func TestRecordPageLinksItsDocumentAndPreview(t *testing.T) {
	s, own, mirrored, _ := full(t)
	a := s.Visitor(t).Get(federation.PagePath(own))
	if !a.Has(`<link rel="alternate" type="application/activity&#43;json" href="`+own.IRI+`">`, `property="og:description" content="Une accroche."`) {
		t.Error("no alternate document, or no description")
	}
	a = s.Visitor(t).Get(federation.PagePath(mirrored))
	if !a.Has(`href="https://calanques.example/fiche"`, `name="robots" content="noindex"`) {
		t.Error("a mirrored sheet does not lead to its original, or may be indexed here")
	}
}

func TestWrongSlugLeadsToTheRightOne(t *testing.T) {
	s, own, _, _ := full(t)
	for _, prefix := range []string{"", "/en"} {
		a := s.Visitor(t).Get(prefix + "/e/autre-chose-" + own.ID.String() + "?x=1")
		if want := prefix + federation.PagePath(own) + "?x=1"; a.Status != http.StatusMovedPermanently || a.Location != want {
			t.Errorf("got %d to %q, want 301 to %q", a.Status, a.Location, want)
		}
	}
}

func TestRecordsOfAnotherKindOrIDDoNotExist(t *testing.T) {
	s, own, _, note := full(t)
	for _, path := range []string{"/n/" + own.ID.String(), "/e/" + note.ID.String(), "/e/1", "/e/0", "/e/x-99999999999999999999", "/@nobody", "/@estran.test", "/reseau/calanques.example/nobody", "/reseau/nowhere.example/calanques"} {
		if a := s.Visitor(t).Get(path); a.Status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, a.Status)
		}
	}
}

func TestObjectAddressLeadsToThePage(t *testing.T) {
	s, own, mirrored, _ := full(t)
	hidden := s.publish(t, s.node.Admin, experiment("Caché", store.Team))
	for _, r := range []*store.Record{own, mirrored} {
		a := s.Visitor(t).Get("/o/" + r.ID.String())
		if a.Status != http.StatusSeeOther || a.Location != federation.PagePath(r) || !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Accept") {
			t.Errorf("got %d to %q, %v", a.Status, a.Location, a.Header)
		}
	}
	s.delete(t, own)
	for path, want := range map[string]int{
		"/o/" + own.ID.String(): http.StatusGone, "/o/" + hidden.ID.String(): http.StatusNotFound, "/o/1": http.StatusNotFound,
	} {
		if got := s.Visitor(t).Get(path).Status; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
}

func TestPagesWithADocumentVaryWithAccept(t *testing.T) {
	s, own, _, _ := full(t)
	for _, path := range []string{"/@yann", "/@estran", federation.PagePath(own)} {
		for range 2 {
			vary := strings.Join(s.Visitor(t).Get(path).Header.Values("Vary"), ",")
			if !strings.Contains(vary, "Accept") || !strings.Contains(vary, "Cookie") {
				t.Errorf("%s varies with %q", path, vary)
			}
		}
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	s := newSite(t)
	evil := `</title><script>alert(1)</script>"onmouseover="x`
	own := s.publish(t, s.node.Admin, experiment(evil, store.Public))
	other := s.neighbour(t, "mechant")
	other.Name, other.Summary = evil, `<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>`
	other.URL = "javascript:alert(1)"
	s.update(t, func(tx *store.Txn) error { return tx.PutActor(other) })
	s.follow(t, s.node.Lab, other, store.Accepted)
	e := experiment(evil, store.Public)
	e.HTML = `<script>alert(1)</script><img src="https://tracker.example/x.png" onerror=alert(1)><p onclick="x">ok</p>`
	e.Image = &store.Image{URL: "https://tracker.example/y.png", Alt: evil}
	e.URL = "javascript:alert(1)"
	mirrored := s.mirror(t, other, e)
	s.update(t, func(tx *store.Txn) error {
		e.URL = "javascript:alert(1)"
		return tx.PutRecord(e, nil)
	})
	c := s.As(t, s.node.Admin)
	for _, path := range []string{"/", "/experimentations", "/reseau", "/fil", "/reseau/mechant.example/mechant", federation.PagePath(own), federation.PagePath(own) + "/modifier", federation.PagePath(mirrored)} {
		a := c.Get(path)
		if a.Status != http.StatusOK {
			t.Errorf("%s: got %d", path, a.Status)
		}
		for _, bad := range []string{"<script>alert", "onerror=", `"onmouseover="`, "javascript:alert", `<img src="https://`, "onclick"} {
			if strings.Contains(a.Body, bad) {
				t.Errorf("%s holds %s", path, bad)
			}
		}
	}
}

func TestListHasPagesOfTwenty(t *testing.T) {
	s := newSite(t)
	for range 41 {
		s.publish(t, s.node.Admin, experiment("Fiche", store.Public))
	}
	c := s.Visitor(t)
	for page, want := range map[string]int{"": 20, "&page=2": 20, "&page=3": 1, "&page=4": 0, "&page=-1": 20, "&page=x": 20} {
		a := c.Get("/experimentations?stage=signal" + page)
		if got := strings.Count(a.Body, "<article class=\"sheet"); got != want {
			t.Errorf("page %q has %d sheets, want %d", page, got, want)
		}
	}
	if a := c.Get("/experimentations?stage=signal&page=2"); !a.Has(`href="/experimentations?page=3&amp;stage=signal"`, `href="/experimentations?stage=signal"`) {
		t.Error("the second page does not lead to its neighbours with the filter")
	}
}

func TestEmptyNodeTeaches(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"/": "Aucune expérimentation pour l'instant", "/experimentations": "Aucune expérimentation pour l'instant",
		"/fil": "Le fil est calme", "/reseau": "Le réseau commence par un premier lien", "/lab": "Pas encore de fiche publiée",
	} {
		if a := s.Visitor(t).Get(path); a.Status != http.StatusOK || !strings.Contains(text(a.Body), want) {
			t.Errorf("%s: %d, want %q", path, a.Status, want)
		}
	}
}

func TestHiddenMemberIsListedForMembersOnly(t *testing.T) {
	s := newSite(t)
	s.node.Contributor.Discoverable = false
	s.update(t, func(tx *store.Txn) error { return tx.PutActor(s.node.Contributor) })
	for _, path := range []string{"/membres", "/lab"} {
		if s.Visitor(t).Get(path).Has("Yann Le Goff") {
			t.Errorf("%s shows a member who did not want that", path)
		}
		if !s.As(t, s.node.Admin).Get(path).Has("Yann Le Goff") {
			t.Errorf("%s hides a member from the lab", path)
		}
	}
}

func TestThemeOfThePageIsRemembered(t *testing.T) {
	s := newSite(t)
	c := s.Visitor(t)
	if a := c.Post("/apparence", url.Values{"theme": {"dark"}, "back": {"/lab"}}); a.Status != http.StatusSeeOther || a.Location != "/lab" {
		t.Errorf("got %d to %q, want 303 to /lab", a.Status, a.Location)
	}
	if !c.Get("/lab").Has(`data-theme="dark"`) {
		t.Error("the page is not dark")
	}
}

func TestRobots(t *testing.T) {
	s := newSite(t)
	if a := s.Visitor(t).Get("/robots.txt"); a.Status != http.StatusOK || !a.Has("Disallow: /admin\n") {
		t.Errorf("got %d %q", a.Status, a.Body)
	}
	s.frame.Demo = true
	if a := s.Visitor(t).Get("/robots.txt"); !a.Has("Disallow: /\n") {
		t.Errorf("a demonstration may be indexed: %q", a.Body)
	}
}

// The summary of a post without a title is its content warning.
func TestWarnedPostIsFoldedUnderItsWarning(t *testing.T) {
	s := newSite(t)
	lab := s.neighbour(t, "calanques")
	for _, n := range []store.Record{
		{HTML: "<p>Un serpent.</p>", Pitch: "Bêtes <rampantes>"},
		{HTML: "<p>Une image crue.</p>", Sensitive: true},
	} {
		n.Kind, n.Audience = "news", store.Public
		s.mirror(t, lab, &store.News{Record: n})
	}
	a := s.Visitor(t).Get("/fil")
	if !a.Has("<summary>Avertissement\u00a0: Bêtes &lt;rampantes&gt;</summary><div class=\"prose\"><p>Un serpent.</p>") {
		t.Error("the warned post is not folded under its warning")
	}
	if !a.Has("<summary>Contenu sensible\u00a0: afficher</summary><div class=\"prose\"><p>Une image crue.</p>") {
		t.Error("the sensitive post is not folded")
	}
}

func TestRelayedRecordNamesWhoPassedItOn(t *testing.T) {
	s, _, _, _ := full(t)
	stranger := s.neighbour(t, "inconnu")
	r := s.mirror(t, stranger, &store.News{Record: store.Record{Kind: "news", HTML: "<p>Vu ailleurs.</p>", Audience: store.Public}})
	s.update(t, func(tx *store.Txn) error {
		by, err := tx.ActorByHandle("calanques", "calanques.example")
		if err != nil {
			return err
		}
		tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: r.ID, Actor: by.ID})
		return nil
	})
	if a := s.Visitor(t).Get("/fil"); !a.Has("Vu ailleurs.", `Relayé par <a href="/reseau/calanques.example/calanques">`) {
		t.Error("the river does not say who passed a post on")
	}
	if a := s.Visitor(t).Get(federation.PagePath(r)); !a.Has("relayée 1 fois") {
		t.Error("the page does not count the announcement")
	}
}
