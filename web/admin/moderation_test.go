package admin_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mail/mailtest"
	"github.com/essaim/essaim/web/webtest"
)

// contribute writes a need without an account.
func (s *site) contribute(t *testing.T, title string) *store.Record {
	t.Helper()
	it := &store.Need{
		Record: store.Record{Kind: "need", Title: title, Pitch: "Deux jours par mois.", Lang: "fr", Byline: "Ana"},
		Mutual: store.Mutual{Means: "facilitation"},
	}
	c := &store.Contribution{Email: "ana@exemple.test", Lang: "en"}
	c.AddLink("secret of " + title)
	err := s.Publish(t.Context(), store.Viewer{Form: true}, &federation.Activity{Verb: "Create", Actor: s.Lab.IRI, Item: it, Contribution: c})
	if err != nil {
		t.Fatal(err)
	}
	return &it.Record
}

func (s *site) contribution(t *testing.T, r *store.Record) (c *store.Contribution) {
	t.Helper()
	s.view(t, func(tx *store.Txn) (err error) {
		c, err = tx.Contribution(r.ID)
		return err
	})
	return c
}

// decide presses a button of the page of moderation.
func (s *site) decide(t *testing.T, c *webtest.Client, r *store.Record, pairs ...string) webtest.Answer {
	t.Helper()
	return c.Post("/admin/moderation", form(append(pairs, "record", r.ID.String())...))
}

func TestModeratorsDecideAndTakeBack(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if !c.Get("/admin/moderation").Has("Rien à relire") {
		t.Error("something to read of nothing")
	}
	r, same := s.contribute(t, "L'Établi partagé"), s.contribute(t, "L'etabli  partage")
	held := s.contribute(t, "Gagnez au casino")
	page := c.Get("/admin/moderation")
	if !page.Has("L&#39;Établi partagé", "Deux jours par mois.", "De la facilitation", "Même nom, même commune", "Des mots de publicité", "En attente", "Mettre en ligne sans vérifier") {
		t.Errorf("got %s", page.Body)
	}
	if page.Has("ana@exemple.test") {
		t.Error("the address of an author shows")
	}
	if !c.Get("/admin").Has("3 à relire") {
		t.Error("the dashboard says nothing of it")
	}
	for _, x := range []struct {
		of    *store.Record
		pairs []string
		state store.ContributionState
	}{
		{r, []string{"act", "verify"}, store.Verified},
		{r, []string{"act", "undo"}, store.Fresh},
		{r, []string{"act", "hide", "reason", "hors-sujet"}, store.Hidden},
		{r, []string{"act", "undo"}, store.Fresh},
		{same, []string{"act", "merge", "into", r.ID.String()}, store.Merged},
		{same, []string{"act", "undo"}, store.Fresh},
		{held, []string{"act", "release"}, store.Fresh},
	} {
		if a := s.decide(t, c, x.of, x.pairs...); a.Status != http.StatusSeeOther {
			t.Errorf("%v: got %d: %s", x.pairs, a.Status, a.Body)
		}
		if got := s.contribution(t, x.of).State; got != x.state {
			t.Errorf("%v: got %s, want %s", x.pairs, got, x.state)
		}
	}
	if !c.Get("/admin/moderation").Has("Décision annulée", "Hors sujet", s.Admin.Name) {
		t.Error("the log does not tell who did what")
	}
}

// Each of several contributions is decided, whatever somebody else did to the others
// meanwhile.
func TestSeveralAreDecidedTogether(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	var all []*store.Record
	chosen := url.Values{}
	for _, title := range []string{"Un animateur", "Une animatrice", "Une salle"} {
		all = append(all, s.contribute(t, title))
		chosen.Add("record", all[len(all)-1].ID.String())
	}
	post := func(act, reason string) webtest.Answer {
		chosen.Set("act", act)
		chosen.Set("reason", reason)
		return c.Post("/admin/moderation", chosen)
	}
	if a := post("hide", ""); a.Status != http.StatusUnprocessableEntity || strings.Count(a.Body, " checked>") != 3 {
		t.Errorf("without a reason: got %d, with %d still chosen", a.Status, strings.Count(a.Body, " checked>"))
	}
	s.decide(t, c, all[1], "act", "verify")
	if a := post("verify", ""); a.Status != http.StatusSeeOther {
		t.Errorf("got %d", a.Status)
	}
	if !c.Get("/admin/moderation").Has("Une fiche vient de changer") {
		t.Error("nothing is said of the one that had changed")
	}
	post("hide", "hors-sujet")
	if !c.Get("/admin/moderation").Has("3 fiches sont traitées", "Rien à relire") {
		t.Error("nothing is said of those that are hidden")
	}
	for _, r := range all {
		if got := s.contribution(t, r).State; got != store.Hidden {
			t.Errorf("%s: got %s, want hidden", r.Title, got)
		}
	}
	if a := c.Post("/admin/moderation", form("act", "verify")); a.Status != http.StatusUnprocessableEntity || !a.Has("Choisissez au moins une fiche") {
		t.Errorf("none chosen: got %d", a.Status)
	}
	for range 30 {
		chosen.Add("record", "77")
	}
	if a := post("verify", ""); a.Status != http.StatusBadRequest {
		t.Errorf("more than a page has: got %d, want 400", a.Status)
	}
}

func TestDecisionsThatMakeNoSenseChangeNothing(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	r := s.contribute(t, "Un animateur")
	for name, x := range map[string]struct {
		pairs  []string
		status int
	}{
		"without a reason":   {[]string{"act", "hide"}, http.StatusUnprocessableEntity},
		"an unknown reason":  {[]string{"act", "hide", "reason", "bof"}, http.StatusUnprocessableEntity},
		"into itself":        {[]string{"act", "merge", "into", r.ID.String()}, http.StatusUnprocessableEntity},
		"into nothing":       {[]string{"act", "merge"}, http.StatusUnprocessableEntity},
		"asked nothing":      {[]string{"act", "ask", "question", " "}, http.StatusUnprocessableEntity},
		"nothing to undo":    {[]string{"act", "undo"}, http.StatusSeeOther},
		"not held":           {[]string{"act", "release"}, http.StatusSeeOther},
		"no such act":        {[]string{"act", "bless"}, http.StatusSeeOther},
		"into what is no id": {[]string{"act", "merge", "into", "x"}, http.StatusBadRequest},
	} {
		if a := s.decide(t, c, r, x.pairs...); a.Status != x.status {
			t.Errorf("%s: got %d, want %d", name, a.Status, x.status)
		}
	}
	if got := s.contribution(t, r); got.State != store.Fresh || got.Question != "" {
		t.Errorf("got %+v", got)
	}
	if a := c.Post("/admin/moderation", form("act", "verify", "record", "x")); a.Status != http.StatusBadRequest {
		t.Errorf("no record: got %d, want 400", a.Status)
	}
	if a := c.Post("/admin/moderation", form("act", "verify", "record", "77")); a.Status != http.StatusSeeOther {
		t.Errorf("a record that is no more: got %d", a.Status)
	}
}

func TestAuthorIsTold(t *testing.T) {
	sink := mailtest.New(t)
	n := webtest.New(t)
	mailer := mail.New(mail.Config{Host: sink.Host, Port: sink.Port, Protection: mail.Plain, From: "labo@estran.test", Log: slog.New(slog.DiscardHandler)})
	f := n.Frame(t, admin.Templates)
	s := &site{Node: n, Site: webtest.Serve(t, f, admin.New(admin.Config{Frame: f, Node: n.Node, Deliveries: &worker{}, Mail: mailer}).Routes)}
	c := s.As(t, s.Admin)
	r := s.contribute(t, "Un animateur")
	s.decide(t, c, r, "act", "ask", "question", "Quels jours ?")
	s.decide(t, c, r, "act", "verify")
	s.decide(t, c, r, "act", "hide", "reason", "faux")
	s.decide(t, c, r, "act", "undo")
	s.decide(t, c, r, "act", "ask", "ready", "dates", "question", "")
	s.decide(t, c, s.contribute(t, "Une salle"), "act", "erase", "reason", "publicite", "sure", "1")
	var due []*store.Job
	s.view(t, func(tx *store.Txn) error {
		due, _ = tx.DueJobs(9)
		return nil
	})
	for _, j := range due {
		if err := mailer.Deliver(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	letters := sink.Letters()
	if len(letters) != 5 {
		t.Fatalf("got %d letters, want 5", len(letters))
	}
	if body := letters[4].Body; !strings.Contains(body, "erased") || strings.Contains(body, "/contribuer/fiche/") {
		t.Errorf("what is erased has a link still: %s", body)
	}
	for i, said := range []string{"Quels jours ?", "verified", "False information"} { // in the language of the author
		body := strings.ReplaceAll(letters[i].Body, "=\n", "")
		_, secret, ok := strings.Cut(body, "/en/contribuer/fiche/")
		secret, _, _ = strings.Cut(secret, "\n")
		if letters[i].To != "ana@exemple.test" || !strings.Contains(body, said) || !ok {
			t.Errorf("got %q", letters[i].Raw)
		}
		s.view(t, func(tx *store.Txn) error {
			if _, err := tx.ContributionByLink(strings.TrimSpace(secret)); err != nil {
				t.Errorf("the link of %q: %v", said, err)
			}
			return nil
		})
	}
}

func TestModeratorsCloseTheForm(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	closed := func() (is bool) {
		s.view(t, func(tx *store.Txn) error {
			is = tx.FormClosed()
			return nil
		})
		return is
	}
	for _, x := range []struct {
		press string
		want  bool
	}{{"close", true}, {"close", true}, {"open", false}} {
		if a := c.Post("/admin/moderation/formulaire", form("form", x.press)); a.Status != http.StatusSeeOther || closed() != x.want {
			t.Errorf("%s: got %d, closed %v", x.press, a.Status, closed())
		}
	}
	if a := s.As(t, s.Contributor).Post("/admin/moderation/formulaire", form("form", "close")); a.Status != http.StatusForbidden || closed() {
		t.Errorf("by a contributor: got %d, closed %v", a.Status, closed())
	}
}
