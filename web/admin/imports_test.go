package admin_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/webtest"
)

// upload sends a file to the form of imports.
func upload(t *testing.T, c *webtest.Client, kind, name, data string) webtest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("kind", kind); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Do(http.MethodPost, "/admin/imports", &body, http.Header{
		"Content-Type": {w.FormDataContentType()}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {webtest.BaseURL},
	})
}

// importJobs does the jobs of imports, as the node's worker does.
func importJobs(t *testing.T, s *site) {
	t.Helper()
	d := &intake.Desk{Node: s.Node.Node, Langs: []string{"fr"}}
	var due []*store.Job
	s.view(t, func(tx *store.Txn) error {
		due, _ = tx.DueJobs(9)
		return nil
	})
	for _, j := range due {
		if j.Kind == intake.Job {
			if err := d.Do(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
	}
}

const meetings = "Titre;Description;Ville;Début\nCafé numérique;Un café.;Rennes;2026-03-14T14:30\nSans date;x;Rennes;bientôt\n"

func TestImportIsReadCheckedAppliedAndUndone(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin/imports"); !a.Has(`enctype="multipart/form-data"`, `type="file"`, "Agenda") {
		t.Fatalf("the form: %d", a.Status)
	}
	a := upload(t, c, "event", "réunions.csv", meetings)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/admin/imports/") {
		t.Fatalf("upload: %d %q %s", a.Status, a.Location, a.Body)
	}
	path := a.Location
	if a := c.Get(path); !a.Has("1 fiche créée", "1 ligne laissée de côté", "Ligne 3, colonne «\u00a0Début\u00a0»", `name="column.title"`, `<option value="Titre" selected>`, "Les premières fiches", "Café numérique", "erreurs.csv") {
		t.Errorf("check:\n%s", a.Body)
	}
	if a := c.Get("/en" + path); !a.Has("Line 3, column “Début”") {
		t.Errorf("check in English:\n%s", a.Body)
	}
	const mistakes = "Ligne;Colonne;Valeur;Ce qui ne va pas\n3;Début;bientôt;"
	if a := c.Get(path + "/erreurs.csv"); !a.Has(mistakes) || a.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("mistakes before it runs: %d %q", a.Status, a.Body)
	}
	if a := c.Get("/en" + path + "/erreurs.csv"); !a.Has("Line,Column,Value,What is wrong\n3,Début,bientôt,") {
		t.Errorf("mistakes in English: %d %q", a.Status, a.Body)
	}
	answers := form("source", "Réunions", "column.title", "Titre", "column.pitch", "Description", "column.place.commune", "Ville",
		"column.start", "Début", "value.audience", "public", "do", "run")
	if a := c.Post(path, answers); a.Location != path {
		t.Fatalf("run: %d %s", a.Status, a.Body)
	}
	if a := c.Get(path); !a.Has(`<progress`, `http-equiv="refresh"`, `href="?fixe=1"`, `value="pause"`, `value="undo"`) {
		t.Errorf("progress:\n%s", a.Body)
	}
	if a := c.Get(path + "?fixe=1"); !a.Has(`<progress`, `href="?"`) || a.Has(`http-equiv`) {
		t.Errorf("a reader stopped the page:\n%s", a.Body)
	}
	importJobs(t, s)
	if a := c.Get(path); !a.Has("1 fiche créée", "/agenda", `value="undo"`, "erreurs.csv", "annulé jusqu") {
		t.Errorf("result:\n%s", a.Body)
	}
	if a := c.Get("/admin/imports"); !a.Has("réunions.csv", "Importé", path) {
		t.Errorf("list:\n%s", a.Body)
	}
	if a := c.Get(path + "/erreurs.csv"); !a.Has(mistakes) {
		t.Errorf("mistakes: %d %s", a.Status, a.Body)
	}
	if a := c.Post(path, form("do", "undo")); !a.Has("1 fiche créée sera supprimée", `value="undo-now"`) {
		t.Errorf("asks first:\n%s", a.Body)
	}
	c.Post(path, form("do", "undo-now"))
	importJobs(t, s)
	if a := c.Get(path); !a.Has("Annulé", "1 annulée") || a.Has(`value="undo"`) {
		t.Errorf("undone:\n%s", a.Body)
	}
}

func TestImportOfAWrongFileSaysWhy(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	for data, want := range map[string]string{
		"":                        "Choisissez un fichier",
		"\n\n":                    "Ce fichier est vide",
		"a;b\n1;\"2\n":            "Ligne 2",
		strings.Repeat("a;", 600): "trop de colonnes",
	} {
		a := upload(t, c, "event", "x.csv", data)
		if want != "" && (a.Status != http.StatusUnprocessableEntity || !a.Has(want)) {
			t.Errorf("%.10q: %d %s", data, a.Status, a.Body)
		}
	}
	if a := upload(t, c, "event", "x.csv", strings.Repeat("x", sheet.MaxBytes+200_000)); a.Status != http.StatusRequestEntityTooLarge || !a.Has("trop lourd") {
		t.Errorf("too large: %d", a.Status)
	}
	if a := upload(t, c, "unicorn", "x.csv", meetings); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no such kind: %d", a.Status)
	}
	if a := c.Post("/admin/imports", form("kind", "event", "address", "http://127.0.0.1:1/x.csv")); a.Status != http.StatusUnprocessableEntity || !a.Has("ne peut pas être lue") {
		t.Errorf("private address: %d", a.Status)
	}
}

func TestImportsAreForThoseWhoRunTheNode(t *testing.T) {
	s := serve(t, webtest.New(t))
	if a := upload(t, s.As(t, s.Contributor), "event", "x.csv", meetings); a.Status != http.StatusForbidden {
		t.Errorf("a contributor uploads: %d", a.Status)
	}
	if a := upload(t, s.Visitor(t), "event", "x.csv", meetings); a.Status != http.StatusForbidden {
		t.Errorf("a visitor uploads: %d", a.Status)
	}
	if a := s.As(t, s.Contributor).Get("/admin/imports"); a.Status != http.StatusForbidden {
		t.Errorf("a contributor looks: %d", a.Status)
	}
}
