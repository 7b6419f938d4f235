package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// TestCharterIsWrittenAndLinked: nothing leads to a charter before there is one; then
// every page does, and so does what one reads before taking part.
func TestCharterIsWrittenAndLinked(t *testing.T) {
	t.Parallel()
	n := start(t, "estran")
	admin, visitor := n.signedIn(t, "maelle", store.Admin), n.visitor(t)
	page := func(path string) string { return visitor.get(t, n.URL+path, "text/html") }
	linked := []string{"/", "/fil", "/lab", "/contribuer", "/contribuer/initiatives"}
	for _, path := range linked {
		if strings.Contains(page(path), `href="/charte"`) {
			t.Errorf("%s leads to a charter that is not there", path)
		}
	}
	if got := page("/charte"); !strings.Contains(got, "Pas encore de charte") || !strings.Contains(got, "noindex") || strings.Contains(got, "/admin/charte") {
		t.Errorf("without a charter: got\n%s", got)
	}
	if !strings.Contains(admin.get(t, n.URL+"/charte", "text/html"), `href="/admin/charte"`) {
		t.Error("who runs the lab is not led to write one")
	}
	if got := words(admin.get(t, n.URL+"/admin/charte", "text/html")); !strings.Contains(got, "Rien ne paraît avant l'enregistrement") || !strings.Contains(got, "## Ce que nous promettons") {
		t.Errorf("no text to begin with: got\n%s", got)
	}
	admin.send(t, "/admin/charte", url.Values{"lang": {"fr"}, "text": {"Ici, on **ose**.\n\n## Nos règles\n\n- <script>alert(1)</script>Écouter"}})
	for _, path := range linked {
		if !strings.Contains(page(path), `href="/charte"`) {
			t.Errorf("%s does not lead to the charter", path)
		}
	}
	if got := page("/charte"); !strings.Contains(got, "<strong>ose</strong>") || !strings.Contains(got, "<h2>Nos règles</h2>") || !strings.Contains(got, "Version 1") || strings.Contains(got, "<script>alert") || strings.Contains(got, "noindex") {
		t.Errorf("got\n%s", got)
	}
	if got := page("/en/charte"); !strings.Contains(got, `<div class="prose" lang="fr">`) {
		t.Errorf("the language of a foreign text is not said: got\n%s", got)
	}
	if got := page("/sitemap-pages.xml"); !strings.Contains(got, n.URL+"/charte<") {
		t.Errorf("not in the site map: got\n%s", got)
	}
	admin.refused(t, "/admin/charte", url.Values{"lang": {"xx"}, "text": {"Ici."}}, http.StatusUnprocessableEntity)
	admin.send(t, "/admin/charte", url.Values{"lang": {"fr"}, "text": {""}})
	if strings.Contains(page("/"), `href="/charte"`) {
		t.Error("a charter that was taken away is still linked")
	}
}
