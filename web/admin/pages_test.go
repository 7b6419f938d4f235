package admin_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

func TestInvitedMemberSignsInByTheLink(t *testing.T) {
	s := serve(t, webtest.New(t))
	path := invitation(t, s, s.As(t, s.Admin), "animator")
	for range 2 {
		if a := s.Visitor(t).Get(path); a.Status != http.StatusOK || !a.Has("Rejoindre Estran", "Animation", `name="email"`) {
			t.Fatalf("looking: got %d:\n%s", a.Status, a.Body)
		}
	}
	c := s.Visitor(t)
	join := form("name", "Nolwenn", "handle", "nolwenn", "password", "une phrase à elle", "password-again", "une phrase à elle")
	if a := c.Post(path, join); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if a := c.Get("/admin"); a.Status != http.StatusOK {
		t.Errorf("the animator's administration: got %d", a.Status)
	}
	join.Set("handle", "second")
	for _, a := range []webtest.Answer{s.Visitor(t).Get(path), s.Visitor(t).Post(path, join)} {
		if a.Status != http.StatusGone {
			t.Errorf("again: got %d, want 410", a.Status)
		}
	}
}

// invitation is the path of one that is passed on by hand.
func invitation(t *testing.T, s *site, by *webtest.Client, role string) string {
	t.Helper()
	page := by.Post("/admin/membres/nouveau", form("role", role, "days", "7"))
	path := regexp.MustCompile(regexp.QuoteMeta(webtest.BaseURL) + `(/invitation/\w+)`).FindStringSubmatch(page.Body)
	if page.Status != http.StatusOK || path == nil || page.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d:\n%s", page.Status, page.Body)
	}
	if s.Holds(t, strings.TrimPrefix(path[1], "/invitation/")) {
		t.Error("the store holds the secret of the link")
	}
	return path[1]
}

func TestInvitationEndsWithItsTimeAndItsInviter(t *testing.T) {
	s := serve(t, webtest.New(t))
	role := func(r store.Role) {
		s.update(t, func(tx *store.Txn) error {
			a, err := tx.AccountOf(s.Contributor.ID)
			if err != nil {
				return err
			}
			a.Role = r
			return tx.PutAccount(a)
		})
	}
	role(store.Animator)
	path := invitation(t, s, s.As(t, s.Contributor), "contributor")
	role(store.Contributor)
	if a := s.Visitor(t).Get(path); a.Status != http.StatusGone {
		t.Errorf("of somebody who may not invite any more: got %d, want 410", a.Status)
	}
	role(store.Animator)
	if a := s.Visitor(t).Get(path); a.Status != http.StatusOK {
		t.Errorf("of somebody who may again: got %d, want 200", a.Status)
	}
	admin := s.As(t, s.Admin)
	id := regexp.MustCompile(`name="invitation" value="(\w+)"`).FindStringSubmatch(admin.Get("/admin/membres").Body)
	if id == nil {
		t.Fatal("the invitation is not in the list")
	}
	admin.Post("/admin/membres/invitation", form("invitation", id[1]))
	if a := s.Visitor(t).Get(path); a.Status != http.StatusGone {
		t.Errorf("taken back: got %d, want 410", a.Status)
	}
	s.update(t, func(tx *store.Txn) error {
		by, err := tx.AccountOf(s.Admin.ID)
		tx.PutInvitation("late", &store.Invitation{Role: store.Contributor, By: by.ID, Expires: tx.Now()})
		return err
	})
	if a := s.Visitor(t).Get("/invitation/late"); a.Status != http.StatusGone {
		t.Errorf("too late: got %d, want 410", a.Status)
	}
}

func TestInviteNamesEachMistake(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	for _, x := range []struct{ email, role, days, wrong string }{
		{"yann@estran.test", "contributor", "7", "email"},
		{"nolwenn", "contributor", "7", "email"},
		{"", "king", "7", "role"},
		{"", "contributor", "400", "days"},
	} {
		a := c.Post("/admin/membres/nouveau", form("email", x.email, "role", x.role, "days", x.days))
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+x.wrong+`-error"`) {
			t.Errorf("%+v: got %d", x, a.Status)
		}
	}
}

func TestJoiningNamesEachMistake(t *testing.T) {
	s := serve(t, webtest.New(t))
	path := invitation(t, s, s.As(t, s.Admin), "contributor")
	for _, x := range []struct{ name, handle, email, password, wrong string }{
		{"", "nolwenn", "", "une phrase à elle", "name"},
		{"Nolwenn", "Nol-wenn", "", "une phrase à elle", "handle"},
		{"Nolwenn", "yann", "", "une phrase à elle", "handle"},
		{"Nolwenn", "estran", "", "une phrase à elle", "handle"},
		{"Nolwenn", "nolwenn", "nolwenn", "une phrase à elle", "email"},
		{"Nolwenn", "nolwenn", "", "court", "password"},
		{"Nolwenn", "nolwenn", "", "nolwennnolwenn", "password"},
		{"Nolwenn", "nolwenn", "", "motdepasse2026", "password"},
	} {
		a := s.Visitor(t).Post(path, form("name", x.name, "handle", x.handle, "email", x.email, "password", x.password, "password-again", x.password))
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+x.wrong+`-error"`, `value="`+x.handle+`"`) {
			t.Errorf("%+v: got %d", x, a.Status)
		}
	}
}

func TestAnimatorMayNotBecomeAdministrator(t *testing.T) {
	s := serve(t, webtest.New(t))
	var boss *store.Account
	s.update(t, func(tx *store.Txn) error {
		a, err := tx.AccountOf(s.Contributor.ID)
		if err != nil {
			return err
		}
		a.Role = store.Animator
		if boss, err = tx.AccountOf(s.Admin.ID); err != nil {
			return err
		}
		return tx.PutAccount(a)
	})
	c := s.As(t, s.Contributor)
	if a := c.Post("/admin/membres/lien", form("account", boss.ID.String())); a.Status != http.StatusForbidden {
		t.Errorf("a link for the administrator: got %d, want 403", a.Status)
	}
	if a := c.Post("/admin/membres/nouveau", form("role", "admin", "days", "7")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a new administrator: got %d, want 422", a.Status)
	}
	if a := c.Post("/admin/membres/role", form("account", boss.ID.String(), "role", "contributor")); a.Status != http.StatusForbidden {
		t.Errorf("taking the administrator's role: got %d, want 403", a.Status)
	}
	if a := c.Post("/admin/membres/nouveau", form("role", "contributor", "days", "7")); a.Status != http.StatusOK {
		t.Errorf("a new contributor: got %d, want 200", a.Status)
	}
}

func TestLabProfile(t *testing.T) {
	s := serve(t, webtest.New(t))
	follower := stranger(t, s, "argoat")
	asks(t, s, follower)
	c := s.As(t, s.Admin)
	c.Post("/admin/demandes", form("follower", follower.ID.String(), "answer", "accept"))
	save := form("name", "Estran & Cie", "summary", "Première ligne.\n\nVoir https://estran.test/ <b>gras</b>", "territory", "region:52",
		"site", "https://estran.test/a?b=1&c=2", "patrons", "Région & préfecture", "approves", "1")
	if a := c.Post("/admin/lab", save); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	s.view(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		if lab.Name != "Estran & Cie" || !lab.Approves || lab.Discoverable || lab.Territory[0] != "region:52" || strings.Contains(lab.Summary, "<b>") || len(lab.Fields) != 2 {
			t.Errorf("got %+v", lab)
		}
		last := ""
		for o := range tx.OutLog(0) {
			last = o.Verb
		}
		if last != "Update" {
			t.Errorf("got %q sent last, want Update", last)
		}
		return nil
	})
	page := c.Get("/admin/lab")
	if !page.Has("Estran &amp; Cie", "Première ligne.\nVoir https://estran.test/", `value="https://estran.test/a?b=1&amp;c=2"`, `value="Région &amp; préfecture"`, "est à jour") {
		t.Errorf("got:\n%s", page.Body)
	}
	if a := c.Post("/admin/lab", form("name", "", "territory", "region:52", "site", "javascript:alert(1)")); a.Status != http.StatusUnprocessableEntity ||
		!a.Has(`id="f-name-error"`, `id="f-site-error"`) {
		t.Errorf("mistakes: got %d", a.Status)
	}
}

func TestAccount(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Contributor)
	save := form("name", "Yann L.", "summary", "Marin", "role", "designer", "lang", "en", "discoverable", "1")
	if a := c.Post("/mon-compte", save); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	page := c.Get("/mon-compte")
	if !page.Has(`value="Yann L."`, "Marin", `value="designer" selected`, `value="en" selected`, "est à jour") {
		t.Errorf("got:\n%s", page.Body)
	}
	save.Set("lang", "tlh")
	if a := c.Post("/mon-compte", save); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-lang-error"`) {
		t.Errorf("an unknown language: got %d", a.Status)
	}
}

func TestPasswordChange(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Contributor)
	change := func(fresh, again string) webtest.Answer {
		return c.Post("/mon-compte/mot-de-passe", form("password", fresh, "password-again", again))
	}
	if a := change("court", "court"); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-password-error"`) {
		t.Errorf("short: got %d", a.Status)
	}
	before := c.Cookie()
	if a := change("une autre phrase", "une autre phrase"); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if c.Cookie() == before {
		t.Error("the session kept its id")
	}
	if a := c.Get("/mon-compte/securite"); a.Status != http.StatusOK || !a.Has("nouveau mot de passe est enregistré") {
		t.Errorf("afterwards: got %d", a.Status)
	}
}

func TestBlocks(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	blocked := func(host string) (yes bool) {
		s.view(t, func(tx *store.Txn) error {
			yes = tx.HostBlocked(host)
			return nil
		})
		return yes
	}
	if a := c.Post("/admin/blocages", form("host", "https://Spam.Example/about", "reason", "Publicité")); a.Status != http.StatusSeeOther || !blocked("a.spam.example") {
		t.Errorf("got %d", a.Status)
	}
	if a := c.Get("/admin/blocages"); !a.Has("spam.example", "Publicité") {
		t.Errorf("got:\n%s", a.Body)
	}
	for _, host := range []string{"", "estran.test", "test", "a b", "exemple..org", "<script>"} {
		if a := c.Post("/admin/blocages", form("host", host)); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-host-error"`) {
			t.Errorf("%q: got %d, want 422", host, a.Status)
		}
	}
	if c.Post("/admin/blocages", form("lift", "spam.example")); blocked("spam.example") {
		t.Error("the block was not lifted")
	}
}

func TestReportsAreShownAsText(t *testing.T) {
	s := serve(t, webtest.New(t))
	busy(t, s)
	a := s.As(t, s.Admin).Get("/admin/signalements")
	if !a.Has("@silent@silent.example", "Ceci ne va pas", "https://estran.test/o/1") || a.Has("<b>") {
		t.Errorf("got:\n%s", a.Body)
	}
}
