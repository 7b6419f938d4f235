package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// TestDeclarationFollowsTheAudit: nobody can declare what no audit found, and every
// page bears the mention at once.
func TestDeclarationFollowsTheAudit(t *testing.T) {
	t.Parallel()
	n := start(t, "estran")
	admin, visitor := n.signedIn(t, "maelle", store.Admin), n.visitor(t)
	page := func(path string) string { return words(visitor.get(t, n.URL+path, "text/html")) }
	for path, want := range map[string]string{"/": "Accessibilité : non conforme", "/en": "Accessibility: not compliant", "/accessibilite": "aucun résultat d'audit"} {
		if !strings.Contains(page(path), want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	day := time.Now().AddDate(0, -1, 0)
	admin.send(t, "/admin/mentions", url.Values{
		"auditDate": {day.Format(time.DateOnly)}, "auditor": {"Cabinet Exemple"}, "rate": {"72,5"}, "failures": {"- Une carte sans alternative\n- Un contraste"},
		"contactMail": {"aide@estran.test"}, "defender": {"Rennes, 02 00 00 00 00"}, "publisher": {"Région Exemple"}, "host": {"Hébergeur Exemple"},
		"officer": {"Nolwenn Exemple"}, "declared": {day.Format(time.DateOnly)},
	})
	for path, wants := range map[string][]string{
		"/":       {"Accessibilité : partiellement conforme"},
		"/en/fil": {"Accessibility: partly compliant"},
		"/accessibilite": {
			"Région Exemple s'engage", "en conformité partielle", "Cabinet Exemple le " + assets.French.Date(day), "72,5 %",
			"Une carte sans alternative", "Un contraste", "aide@estran.test", "Rennes, 02 00 00 00 00",
		},
		"/en/accessibilite":     {"partly compliant", "72.5 %"},
		"/mentions-legales":     {"publié par Région Exemple", "hébergé par Hébergeur Exemple"},
		"/donnees-personnelles": {"Région Exemple répond", "Nolwenn Exemple"},
	} {
		got := page(path)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	for _, wrong := range []url.Values{
		{"rate": {"100"}},
		{"rate": {"beaucoup"}},
		{"auditDate": {day.Format(time.DateOnly)}, "rate": {"100"}, "failures": {"Il en reste"}},
		{"auditDate": {time.Now().AddDate(0, 0, 2).Format(time.DateOnly)}, "rate": {"60"}},
		{"contactForm": {"javascript:alert(1)"}},
	} {
		admin.refused(t, "/admin/mentions", wrong, http.StatusUnprocessableEntity)
	}
	admin.send(t, "/admin/mentions", url.Values{"auditDate": {time.Now().AddDate(-3, 0, -2).Format(time.DateOnly)}, "rate": {"100"}})
	if got := page("/accessibilite"); !strings.Contains(got, "Accessibilité : non conforme") || strings.Contains(got, "100 %") {
		t.Error("an audit of more than three years ago still counts")
	}
}
