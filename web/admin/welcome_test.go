package admin_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mail/mailtest"
	"github.com/essaim/essaim/web/webtest"
)

// withMail lets a site send letters to a sink.
func withMail(sink *mailtest.Sink) func(*admin.Config) {
	return func(c *admin.Config) {
		c.Mail = mail.New(mail.Config{Host: sink.Host, Port: sink.Port, Protection: mail.Plain, From: "Labo <labo@estran.test>", Log: c.Frame.Log})
	}
}

func TestALetterOfTestIsSentOrSaidWhyNot(t *testing.T) {
	sink := mailtest.New(t)
	answer := ""
	sink.Refuse = func(command string) string {
		if strings.HasPrefix(command, "RCPT") {
			return answer
		}
		return ""
	}
	s := serve(t, webtest.New(t), withMail(sink))
	c := s.As(t, s.Admin)
	for _, path := range []string{"/admin/reglages", "/admin/installation/courrier"} {
		if a := c.Get(path); !a.Has(`value="maelle@estran.test"`) {
			t.Errorf("%s: the address of who asks is missing", path)
		}
		answer = "550 no such person"
		if a := c.Post(path, form("to", "ana@exemple.fr")); a.Status != http.StatusUnprocessableEntity || !a.Has("refuse d&#39;écrire à cette adresse", `value="ana@exemple.fr"`) {
			t.Errorf("%s: got %d:\n%s", path, a.Status, a.Body)
		}
		if a := c.Post(path, form("to", "ana")); a.Status != http.StatusUnprocessableEntity || !a.Has("adresse électronique complète") {
			t.Errorf("%s: got %d:\n%s", path, a.Status, a.Body)
		}
		answer = ""
		if a := c.Post(path, form("to", "ana@exemple.fr")); a.Status != http.StatusSeeOther {
			t.Errorf("%s: got %d:\n%s", path, a.Status, a.Body)
		}
	}
	if letters := sink.Wait(t, 2); letters[0].To != "ana@exemple.fr" {
		t.Errorf("got %+v", letters[0])
	}
	s = serve(t, webtest.New(t), withMail(&mailtest.Sink{Host: sink.Host, Port: 1}))
	if a := s.As(t, s.Admin).Post("/admin/reglages", form("to", "ana@exemple.fr")); !a.Has("ne répond pas sur le port 1") {
		t.Errorf("nobody there: got %d:\n%s", a.Status, a.Body)
	}
}

func TestSettingsHideSecrets(t *testing.T) {
	s := serve(t, webtest.New(t))
	a := s.As(t, s.Admin).Get("/admin/reglages")
	for _, path := range []string{"/admin/lab", "/admin/mentions", "/admin/moderation", "/admin/sauvegardes", "/admin/sante"} {
		if !a.Has(`<a href="` + path + `">`) {
			t.Errorf("no way to %s", path)
		}
	}
	if !a.Has("mail.password", "(secret, non affiché)", ":8080", "(vide)", "Réglé ici", "Par défaut", "Aucun serveur de courrier") {
		t.Errorf("got:\n%s", a.Body)
	}
}

func TestHealthSaysWhatToDo(t *testing.T) {
	s := serve(t, webtest.New(t))
	if a := s.As(t, s.Admin).Get("/admin/sante"); !a.Has("estran.test mène à 192.0.2.1", "Il reste 200.0", "Que faire", "Faites de la place") || a.Has("Tout va bien") {
		t.Errorf("got:\n%s", a.Body)
	}
}

func TestBackupsAreOrderedAndDownloaded(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin/sauvegardes"); !a.Has("Aucune archive", "Aucune sauvegarde n") {
		t.Errorf("got:\n%s", a.Body)
	}
	name := backup.Name(time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC))
	if err := os.WriteFile(filepath.Join(s.config.Backups.Dir, name), []byte("an archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.update(t, func(tx *store.Txn) error {
		tx.NoteBackup()
		tx.PutBackupRead(name, store.BackupReading{When: tx.Now(), Damage: "damaged at essaim.db"})
		return nil
	})
	if a := c.Get("/admin/sauvegardes"); !a.Has(name, "1 mars 2026", "Abîmée", "damaged at essaim.db", "Dernière sauvegarde") {
		t.Errorf("got:\n%s", a.Body)
	}
	if a := c.Get("/admin/sauvegardes/" + name); a.Status != http.StatusOK || a.Body != "an archive" || !strings.Contains(a.Header.Get("Content-Disposition"), name) || a.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("got %d %v", a.Status, a.Header)
	}
	for _, other := range []string{"essaim-20200101T000000Z.tar.gz", "notes.txt"} {
		if a := c.Get("/admin/sauvegardes/" + other); a.Status != http.StatusNotFound {
			t.Errorf("%s: got %d", other, a.Status)
		}
	}
	if a := c.Post("/admin/sauvegardes", form("verify", "notes.txt")); a.Status != http.StatusNotFound {
		t.Errorf("what is no archive: got %d", a.Status)
	}
	if a := c.Post("/admin/sauvegardes", form("pace", "daily")); a.Status != http.StatusSeeOther {
		t.Errorf("got %d", a.Status)
	}
	if a := c.Get("/admin/sauvegardes"); !a.Has(`<option value="daily" selected>`, "La prochaine se fera après") {
		t.Errorf("got:\n%s", a.Body)
	}
	if a := c.Post("/admin/sauvegardes", form("pace", "hourly")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no such pace: got %d", a.Status)
	}
	for range 2 { // one at a time
		if a := c.Post("/admin/sauvegardes", nil); a.Status != http.StatusSeeOther {
			t.Errorf("got %d", a.Status)
		}
	}
	s.view(t, func(tx *store.Txn) error {
		if n := tx.CountJobs(backup.Job, 9); n != 1 {
			t.Errorf("got %d jobs, want 1", n)
		}
		return nil
	})
	if a := c.Get("/admin/sauvegardes"); !a.Has("en cours", `http-equiv="refresh"`) {
		t.Errorf("got:\n%s", a.Body)
	}
}

// TestABackupWantsAdministratorsWithAFreshProof: whoever has one has everything.
func TestABackupWantsAdministratorsWithAFreshProof(t *testing.T) {
	n := webtest.New(t)
	s := serve(t, n)
	name := backup.Name(time.Now())
	if err := os.WriteFile(filepath.Join(s.config.Backups.Dir, name), []byte("an archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.update(t, func(tx *store.Txn) error {
		a, err := tx.AccountOf(s.Contributor.ID)
		if err != nil {
			return err
		}
		a.Role = store.Animator
		return tx.PutAccount(a)
	})
	if a := s.As(t, s.Contributor).Get("/admin/sauvegardes/" + name); a.Status != http.StatusForbidden {
		t.Errorf("an animator: got %d, want 403", a.Status)
	}
}

func TestTheNetworkIsChosenAndExamplesCome(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Post("/admin/installation/reseau", form("mode", "anybody")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("got %d", a.Status)
	}
	if a := c.Post("/admin/installation/reseau", form("mode", "followed")); a.Location != "/admin/installation/contenu" {
		t.Errorf("got %d to %q", a.Status, a.Location)
	}
	s.view(t, func(tx *store.Txn) error {
		if !tx.FollowsOnly() {
			t.Error("the choice is not kept")
		}
		return nil
	})
	for typed, want := range map[string]string{"": "Nommez au moins un serveur", "labo.exemple.fr\nun mot!": "mot!\u00a0» n&#39;est pas le nom"} {
		if a := c.Post("/admin/installation/reseau", form("mode", "listed", "hosts", typed)); a.Status != http.StatusUnprocessableEntity || !a.Has(want) {
			t.Errorf("%q: got %d:\n%s", typed, a.Status, a.Body)
		}
	}
	c.Post("/admin/installation/reseau", form("mode", "listed", "hosts", "https://Labo.Exemple.fr/carte, autre.example\r\nautre.example"))
	s.view(t, func(tx *store.Txn) error {
		if got := tx.OnlyHosts(); tx.FollowsOnly() || !slices.Equal(got, []string{"autre.example", "labo.exemple.fr"}) {
			t.Errorf("got the list %q", got)
		}
		return nil
	})
	if a := c.Get("/admin/installation/reseau"); !a.Has("autre.example\nlabo.exemple.fr", `value="listed" checked`) {
		t.Errorf("the list is not shown again:\n%s", a.Body)
	}
	if a := c.Post("/admin/installation/contenu", form("content", "import")); a.Location != "/admin/imports" {
		t.Errorf("got %d to %q", a.Status, a.Location)
	}
	if a := c.Post("/admin/installation/contenu", form("content", "examples")); a.Location != "/admin" {
		t.Fatalf("got %d to %q:\n%s", a.Status, a.Location, a.Body)
	}
	var jobs []*store.Job
	s.view(t, func(tx *store.Txn) error {
		for j := range tx.JobsOf(intake.Job) {
			jobs = append(jobs, j)
		}
		return nil
	})
	for _, j := range jobs {
		if err := (&intake.Desk{Node: s.Node.Node, Log: s.config.Frame.Log, Langs: []string{"fr", "en"}}).Do(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	s.view(t, func(tx *store.Txn) error {
		all := tx.ListKind("experiment", store.Query{Viewer: store.Viewer{Actor: s.Admin.IRI, Local: true, Runs: true}, Limit: 9}).Items
		if len(all) != 2 {
			t.Errorf("got %d sheets, want 2", len(all))
		}
		for _, it := range all {
			if r := it.Envelope(); r.Audience != store.Team || !strings.HasPrefix(r.Title, "[Exemple]") || r.Pitch == "" || r.Body == "" {
				t.Errorf("got %+v", r)
			}
		}
		return nil
	})
	if a := s.Visitor(t).Get("/admin"); a.Status == http.StatusOK {
		t.Error("a visitor sees them")
	}
}

func TestFirstStepsTickThemselves(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin"); !a.Has("Premiers pas", `href="/admin/sauvegardes">Faire une sauvegarde`, `href="/reseau/suivre">Suivre un premier labo`) || a.Has(`href="/admin/lab">Présenter`) {
		t.Errorf("got:\n%s", a.Body)
	}
	s.update(t, func(tx *store.Txn) error {
		tx.NoteBackup()
		return nil
	})
	if a := c.Post("/admin/premiers-pas/declaration", nil); a.Location != "/accessibilite" {
		t.Errorf("got %d to %q", a.Status, a.Location)
	}
	if a := c.Get("/admin"); a.Has(`>Faire une sauvegarde</a>`) || a.Has("Relire la déclaration d&#39;accessibilité</button>") || !a.Has("Faire une sauvegarde") {
		t.Errorf("got:\n%s", a.Body)
	}
	if a := c.Post("/admin/premiers-pas", nil); a.Status != http.StatusSeeOther {
		t.Errorf("got %d", a.Status)
	}
	if a := c.Get("/admin"); a.Has("Premiers pas") {
		t.Error("they are still shown")
	}
}
