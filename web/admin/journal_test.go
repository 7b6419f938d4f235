package admin_test

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail/mailtest"
	"github.com/essaim/essaim/web/webtest"
)

// try is a form sent to a route of the administration, and what the journal says of
// it then. Without a deed it changes nothing.
type try struct {
	path string // instead of the route's own
	form url.Values
	deed store.Deed
	send func() webtest.Answer // instead of path and form
}

// world is a node in which everything can be done that the administration does.
type world struct {
	*site
	admin *webtest.Client
}

func newWorld(t *testing.T) *world {
	s := serve(t, webtest.New(t), withMail(mailtest.New(t)))
	busy(t, s)
	return &world{s, s.As(t, s.Admin)}
}

const silentPath = "/admin/reseau/serveurs/silent.example"

// tries say of every route of the administration how it changes something. Whoever
// adds a route adds its line.
func (w *world) tries(t *testing.T) map[string][]try {
	t.Helper()
	member, archive := w.accountOf(t, w.Contributor).String(), backup.Name(noon)
	if err := os.WriteFile(filepath.Join(w.config.Backups.Dir, archive), []byte("an archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	circle, imported := w.circle(t), upload(t, w.admin, "event", "réunions.csv", meetings).Location
	asking, complaint, stuck, written := w.ids(t)
	nothing := []try{{}}
	return map[string][]try{
		"/admin":                       nothing,
		"/admin/demandes":              {{form: form("follower", asking, "answer", "refuse"), deed: store.RefuseFollower}},
		"/admin/livraisons":            nothing,
		"/admin/livraisons/reessayer":  {{form: form("host", "silent.example"), deed: store.RetryHost}},
		"/admin/livraisons/abandonner": {{form: form("host", "silent.example"), deed: store.DropHost}},
		"/admin/taches":                {{form: form("id", stuck, "answer", "drop"), deed: store.DropWork}},
		"/admin/membres":               nothing,
		"/admin/membres/nouveau":       {{form: form("role", "contributor", "days", "7"), deed: store.InviteMember}},
		"/admin/membres/lien":          {{form: form("account", member), deed: store.MakeLink}},
		"/admin/membres/invitation":    {{form: form("invitation", w.invited(t)), deed: store.EndInvitation}},
		"/admin/membres/role":          {{form: form("account", member, "role", "moderator"), deed: store.AppointMember}},
		"/admin/membres/secours":       {{form: form("account", member), deed: store.DropFactors}},
		"/admin/membres/organisations": {
			{form: form("of", "region.bzh", "role", "contributor"), deed: store.SetRule},
			{form: form("end", "region.bzh"), deed: store.EndRule},
		},
		"/admin/cercles":                       nothing,
		"/admin/cercles/nouveau":               {{form: form("name", "Juristes", "members", w.Admin.IRI, "managers", w.Admin.IRI), deed: store.SaveCircle}},
		"/admin/cercles/{id:[0-9]+}":           {{path: circle, form: form("name", "Édiles", "managers", w.Admin.IRI), deed: store.SaveCircle}},
		"/admin/cercles/{id:[0-9]+}/supprimer": {{path: circle + "/supprimer", deed: store.DissolveCircle}},
		"/admin/imports":                       {{deed: store.ReadImport, send: func() webtest.Answer { return upload(t, w.admin, "event", "autres.csv", meetings) }}},
		"/admin/imports/{id:[0-9]+}": {
			{path: imported, form: form("do", "check", "source", "Réunions"), deed: store.MapImport},
			{path: imported, form: form("do", "forget"), deed: store.ForgetImport},
		},
		"/admin/imports/{id:[0-9]+}/erreurs.csv": nothing,
		"/admin/reseau":                          nothing,
		"/admin/reseau/liste":                    {{form: form("iri", "https://silent.example/actors/silent"), deed: store.FollowActor}},
		"/admin/liens":                           {{form: w.brokenLink(t), deed: store.RetryLink}},
		"/admin/lab":                             {{form: form("name", "Estran", "territory", "region:52"), deed: store.EditLab}},
		"/admin/mentions":                        {{form: form("publisher", "La Région"), deed: store.EditStatements}},
		"/admin/accueil":                         {{form: form("default", "1"), deed: store.ArrangeFront}},
		"/admin/couleur":                         {{form: form("colour", "#6a1b9a", "do", "save"), deed: store.ChooseColour}},
		"/admin/themes":                          {{form: form("mobilite", "vélo"), deed: store.EditThemes}},
		"/admin/charte":                          {{form: form("text", "# Nos règles", "lang", "fr"), deed: store.EditCharter}},
		"/admin/sante":                           nothing,
		"/admin/reglages":                        {{form: form("to", "ana@exemple.fr"), deed: store.TestMail}},
		"/admin/journal":                         nothing,
		"/admin/journal.csv":                     nothing,
		"/admin/reseau/serveurs/{host}": {
			{path: silentPath, form: form("do", "pause"), deed: store.PauseHost},
			{path: silentPath, form: form("do", "resume"), deed: store.ResumeHost},
			{path: silentPath, form: form("do", "retry"), deed: store.RetryHost},
		},
		"/admin/reseau/serveurs/{host}/oublier": {{path: silentPath + "/oublier", form: form("refuse", "1"), deed: store.ForgetHost}},
		"/admin/sauvegardes": {
			{deed: store.OrderBackup},
			{form: form("pace", "weekly"), deed: store.PlanBackups},
			{form: form("verify", archive), deed: store.VerifyBackup},
		},
		"/admin/sauvegardes/{name}":       {{path: "/admin/sauvegardes/" + archive, deed: store.FetchBackup}},
		"/admin/installation/cle":         nothing,
		"/admin/installation/logo":        nothing,
		"/admin/installation/courrier":    {{form: form("to", "ana@exemple.fr"), deed: store.TestMail}},
		"/admin/installation/reseau":      {{form: form("mode", "listed", "hosts", "silent.example"), deed: store.ListNetwork}, {form: form("mode", "followed"), deed: store.CloseNetwork}},
		"/admin/installation/contenu":     {{form: form("content", "examples"), deed: store.StartImport}},
		"/admin/premiers-pas":             {{deed: store.HideSteps}},
		"/admin/premiers-pas/declaration": {{deed: store.ReadDeclaration}},
		"/admin/blocages": {
			{form: form("host", "bruit.example"), deed: store.SuspendHost},
			{form: form("lift", "bruit.example"), deed: store.LiftHost},
		},
		"/admin/blocages.csv":      nothing,
		"/admin/blocages/importer": {{form: form("list", "pub.example", "apply", "1"), deed: store.SuspendHost}},
		"/admin/comptes":           {{form: form("account", "@silent@silent.example", "act", "limit-actor"), deed: store.LimitActor}},
		"/admin/signalements":      {{form: form("report", complaint, "act", "dismiss"), deed: store.DismissReport}},
		"/admin/moderation": {
			{form: form("record", written, "act", "hide", "reason", "publicite"), deed: store.Hide},
			{form: form("record", written, "act", "undo"), deed: store.Undo},
		},
		"/admin/moderation/formulaire": {
			{form: form("form", "close"), deed: store.CloseForm},
			{form: form("form", "open"), deed: store.OpenForm},
		},
	}
}

func (w *world) accountOf(t *testing.T, member *store.Actor) (id store.ID) {
	t.Helper()
	w.view(t, func(tx *store.Txn) error {
		a, err := tx.AccountOf(member.ID)
		if err == nil {
			id = a.ID
		}
		return err
	})
	return id
}

// circle is the path of one.
func (w *world) circle(t *testing.T) (path string) {
	t.Helper()
	w.view(t, func(tx *store.Txn) error {
		for c := range tx.Circles() {
			path = "/admin/cercles/" + c.ID.String()
		}
		return nil
	})
	return path
}

// invited is the id of an invitation.
func (w *world) invited(t *testing.T) (id string) {
	t.Helper()
	invitation(t, w.site, w.admin, "contributor")
	w.view(t, func(tx *store.Txn) error {
		for i := range tx.Invitations() {
			id = i.ID
		}
		return nil
	})
	return id
}

// ids name what busy left to decide.
func (w *world) ids(t *testing.T) (asking, complaint, stuck, written string) {
	t.Helper()
	w.view(t, func(tx *store.Txn) error {
		for f := range tx.Followers(w.Lab.ID) {
			asking = f.Follower.String()
		}
		for report := range tx.Reports() {
			complaint = report.ID.String()
		}
		for j := range tx.StuckJobs() {
			stuck = j.ID.String()
		}
		for c := range tx.ToModerate() {
			written = c.Record.String()
		}
		return nil
	})
	return asking, complaint, stuck, written
}

// newest is the last entry of the journal.
func (w *world) newest(t *testing.T) (last *store.JournalEntry) {
	t.Helper()
	w.view(t, func(tx *store.Txn) error {
		for last = range tx.Journal(store.JournalQuery{}) {
			return nil
		}
		last = &store.JournalEntry{}
		return nil
	})
	return last
}

// lasting are the rows but for what a browser keeps here, and what is derived.
func (w *world) lasting(t *testing.T) map[string]string {
	t.Helper()
	rows := w.Rows(t)
	for key := range rows {
		if strings.HasPrefix(key, "us/") || strings.HasPrefix(key, "ul/") || strings.HasPrefix(key, "c/") {
			delete(rows, key)
		}
	}
	return rows
}

// TestWhatChangesTheNodeStandsInTheJournal sends a form to every route of the
// administration: what changes the store has a line of its own in the journal.
func TestWhatChangesTheNodeStandsInTheJournal(t *testing.T) {
	w := newWorld(t)
	tries := w.tries(t)
	r := mux.NewRouter()
	admin.New(w.config).Routes(r)
	err := r.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path := route.GetName() // of package route
		if path == "" {
			path, _ = route.GetPathTemplate()
		}
		methods, _ := route.GetMethods()
		if !strings.HasPrefix(path, "/admin") || !slices.Contains(methods, http.MethodPost) {
			return nil
		}
		if tries[path] == nil {
			t.Errorf("%s: how does it change something, and what does the journal say then?", path)
		}
		for _, x := range tries[path] {
			w.noted(t, path, x)
		}
		tries[path] = []try{} // it may be mounted twice
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) noted(t *testing.T, route string, x try) {
	t.Helper()
	path := route
	if x.path != "" {
		path = x.path
	}
	before, last := w.lasting(t), w.newest(t).ID
	send := x.send
	if send == nil {
		send = func() webtest.Answer { return w.admin.Post(path, x.form) }
	}
	answer, e := send(), w.newest(t)
	switch {
	case answer.Status >= http.StatusInternalServerError:
		t.Errorf("%s %v: got %d", path, x.form, answer.Status)
	case x.deed == "":
		if after := w.lasting(t); !maps.Equal(before, after) {
			t.Errorf("%s changes something", path)
		}
	case e.ID == last || e.Deed != x.deed || e.By != w.Admin.ID || e.Terminal:
		t.Errorf("%s %v: got %d and the entry %+v, want %s by the administrator\n%s", path, x.form, answer.Status, e, x.deed, answer.Body)
	}
}

// tells puts entries of many kinds and people into the journal.
func tells(t *testing.T, s *site, at time.Time) {
	t.Helper()
	clock := s.At(t, func() time.Time { return at })
	for ctx, line := range map[string]store.JournalEntry{
		s.Admin.IRI: {Deed: store.AppointMember, Actor: s.Contributor.ID, Reason: "moderator"}, "": {Deed: store.TakeSnapshot, What: "=2040-03-02"},
	} {
		in := t.Context()
		if ctx != "" {
			in = store.DoneBy(in, ctx)
		}
		err := clock.Update(in, func(tx *store.Txn) error {
			tx.Note(line)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := clock.Update(store.AtTerminal(t.Context()), func(tx *store.Txn) error {
		tx.Note(store.JournalEntry{Deed: store.MakeBackup})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestJournalIsReadByPersonTopicAndDay(t *testing.T) {
	s := serve(t, webtest.New(t), func(c *admin.Config) { c.KeepJournal = 365 * 24 * time.Hour })
	tells(t, s, time.Date(2040, 3, 2, 12, 0, 0, 0, time.UTC)) // ids never go back
	c := s.As(t, s.Admin)
	const appointed, taken, made = "Rôle donné", "Instantané des données publié", "Sauvegarde faite"
	all := c.Get("/admin/journal")
	if !all.Has(appointed, "Maëlle Kerbiriou", "@yann@estran.test", "Modération", taken, "Le nœud lui-même", made, "Le terminal du serveur", "365 jours") {
		t.Errorf("got:\n%s", all.Body)
	}
	for query, want := range map[string][3]bool{
		"qui=" + s.Admin.ID.String():        {true, false, false},
		"qui=terminal":                      {false, false, true},
		"qui=noeud&du=2040-03-01":           {false, true, false},
		"quoi=contents":                     {false, true, false},
		"du=2040-03-02&au=2040-03-02":       {true, true, true},
		"au=2040-03-01":                     {false, false, false},
		"quoi=x&qui=y&du=2040-13-01&avant=": {true, true, true},
	} {
		a := c.Get("/admin/journal?" + query)
		table := a.Body[strings.Index(a.Body, "</form>"):]
		for i, text := range []string{appointed, taken, made} {
			if got := strings.Contains(table, text); got != want[i] {
				t.Errorf("%s: shows %q: %v", query, text, got)
			}
		}
	}
	if a := c.Get("/admin/journal?au=2020-03-01"); !a.Has("Rien de tel dans le journal") {
		t.Errorf("nothing found: got:\n%s", a.Body)
	}
	file := c.Get("/en/admin/journal.csv?quoi=contents")
	if want := "take-snapshot,Snapshot of the data published,'=2040-03-02,,"; !file.Has("2040-03-02T12:00:00Z,The node itself,contents,"+want) || file.Has("Maëlle") {
		t.Errorf("the file: got:\n%s", file.Body)
	}
}

func TestJournalHasPages(t *testing.T) {
	s := serve(t, webtest.New(t))
	s.update(t, func(tx *store.Txn) error {
		for range 120 {
			tx.Note(store.JournalEntry{Deed: store.MakeBackup})
		}
		return nil
	})
	c := s.As(t, s.Admin)
	lines, pages := 0, 0
	for path := "/admin/journal?quoi=node"; path != ""; pages++ {
		a := c.Get(path)
		lines += strings.Count(a.Body, "Sauvegarde faite")
		_, link, more := strings.Cut(a.Body, `rel="next" href="`)
		if path = ""; more {
			path = strings.ReplaceAll(link[:strings.Index(link, `"`)], "&amp;", "&")
		}
	}
	if lines != 120 || pages != 3 {
		t.Errorf("got %d lines on %d pages", lines, pages)
	}
	if file := c.Get("/admin/journal.csv?quoi=node"); strings.Count(file.Body, "make-backup") != 120 {
		t.Errorf("the file has %d lines", strings.Count(file.Body, "make-backup"))
	}
}

func TestJournalIsForThoseWhoRunTheLab(t *testing.T) {
	s := serve(t, webtest.New(t))
	for _, role := range store.Roles() {
		s.update(t, func(tx *store.Txn) error {
			a, err := tx.AccountOf(s.Contributor.ID)
			if err != nil {
				return err
			}
			a.Role = role
			return tx.PutAccount(a)
		})
		want := http.StatusForbidden
		if role == store.Admin || role == store.Animator {
			want = http.StatusOK
		}
		for _, path := range []string{"/admin/journal", "/admin/journal.csv"} {
			if a := s.As(t, s.Contributor).Get(path); a.Status != want {
				t.Errorf("%s for %s: got %d, want %d", path, role, a.Status, want)
			}
		}
	}
}

func TestEveryDeedHasWords(t *testing.T) {
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []assets.Lang{assets.French, "en"} {
		for _, d := range store.Deeds() {
			key := "deed." + string(d)
			if d.Topic() == store.OnModeration {
				key = "moderated." + string(d)
			}
			if !words.Has(lang, key) {
				t.Errorf("%s has no %q", lang, key)
			}
		}
	}
}

// TestErasedMembersAreNamedNowhereInTheJournal: what is erased is erased there, too.
func TestErasedMembersAreNamedNowhereInTheJournal(t *testing.T) {
	s := serve(t, webtest.New(t))
	s.update(t, func(tx *store.Txn) error {
		tx.Note(store.JournalEntry{Deed: store.SaveCircle, What: "Élus", By: s.Contributor.ID})
		tx.Note(store.JournalEntry{Deed: store.MakeLink, Actor: s.Contributor.ID})
		return nil
	})
	if a := s.As(t, s.Contributor).Post("/mon-compte/supprimer", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	c := s.As(t, s.Admin)
	for _, path := range []string{"/admin/journal", "/admin/journal?qui=" + s.Contributor.ID.String(), "/admin/journal.csv"} {
		if a := c.Get(path); !a.Has("Un compte effacé") || a.Has("yann") || a.Has("Yann") {
			t.Errorf("%s: got:\n%s", path, a.Body)
		}
	}
}
