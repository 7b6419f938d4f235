package admin_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// TestColourThatCannotBeReadIsRefused, and what is offered instead is taken.
func TestColourThatCannotBeReadIsRefused(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	saved := func() (accent string) {
		s.view(t, func(tx *store.Txn) error {
			accent = tx.Accent()
			return nil
		})
		return accent
	}
	refused := c.Post("/admin/couleur", form("colour", "#ffd400", "do", "save"))
	near := regexp.MustCompile(`name="colour" value="(#\w{6})"><p`).FindAllStringSubmatch(refused.Body, -1)
	if refused.Status != http.StatusUnprocessableEntity || !refused.Has(`id="f-colour-error"`, "trop faible") || len(near) != 2 || saved() != "" {
		t.Fatalf("got %d with %d colours:\n%s", refused.Status, len(near), refused.Body)
	}
	for _, x := range near {
		if a := c.Post("/admin/couleur", form("colour", x[1], "do", "try")); a.Status != http.StatusOK || !a.Has("pas encore enregistré", `fill="`+x[1]+`"`) || saved() != "" {
			t.Errorf("%s was offered: got %d:\n%s", x[1], a.Status, a.Body)
		}
	}
	for _, x := range []struct{ colour, code, field string }{{"", "", "colour"}, {"rouge", "", "colour"}, {"#6a1b9a", "#12", "code"}, {"#6a1b9a", "ffffff", "code"}, {"#6a1b9a", "#zzzzzz", "code"}} {
		if a := c.Post("/admin/couleur", form("colour", x.colour, "code", x.code, "do", "save")); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+x.field+`-error"`) {
			t.Errorf("%+v: got %d", x, a.Status)
		}
	}
	if a := c.Post("/admin/couleur", form("colour", "#ffd400", "code", "6A1B9A", "do", "save")); a.Status != http.StatusSeeOther || saved() != "#6a1b9a" {
		t.Fatalf("a code wins: got %d, %q", a.Status, saved())
	}
	sheet := regexp.MustCompile(`<link rel="stylesheet" href="(/static/app\.\w+\.6a1b9a\.css)">`).FindStringSubmatch(s.Visitor(t).Get("/connexion").Body)
	if sheet == nil {
		t.Fatal("pages of visitors do not have the colour")
	}
	if a := c.Post("/admin/couleur", form("colour", "#6a1b9a", "do", "default")); a.Status != http.StatusSeeOther || saved() != "" || strings.Contains(s.Visitor(t).Get("/connexion").Body, ".6a1b9a.") {
		t.Errorf("back to the first colour: got %d, %q", a.Status, saved())
	}
}

func TestWordsForThemesAreTypedWithCommas(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Post("/admin/themes", form("mobilite", "vélo, covoiturage rural ;", "logement", "Vélo")); a.Status != http.StatusUnprocessableEntity || !a.Has("désigne déjà un autre thème", `value="vélo, covoiturage rural ;"`) {
		t.Errorf("one word for two themes: got %d:\n%s", a.Status, a.Body)
	}
	if a := c.Post("/admin/themes", form("mobilite", "vélo, covoiturage rural ;")); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if a := c.Get("/admin/themes"); !a.Has(`value="vélo, covoiturage rural"`) {
		t.Errorf("got:\n%s", a.Body)
	}
}
