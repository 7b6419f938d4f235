package intake_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/webtest"
)

type desk struct {
	*intake.Desk
	node *webtest.Node
	t    testing.TB
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	n := webtest.New(t)
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	n.Words = func(lang, key string, args ...any) string { return words.T(assets.Lang(lang), key, args...) }
	return &desk{node: n, t: t, Desk: &intake.Desk{Node: n.Node, Langs: []string{"fr", "en"}, Log: slog.New(slog.DiscardHandler)}}
}

func (d *desk) admin() store.Viewer {
	return store.Viewer{Actor: d.node.Admin.IRI, Local: true, Runs: true}
}

func (d *desk) open(kind, name, data string) *store.Import {
	d.t.Helper()
	i, err := d.Open(d.t.Context(), d.admin(), store.KindOf(kind), name, []byte(data))
	if err != nil {
		d.t.Fatal(err)
	}
	return i
}

// work does the jobs that are due.
func (d *desk) work() {
	d.t.Helper()
	for _, j := range d.jobs() {
		if err := d.Do(d.t.Context(), j); err != nil {
			d.t.Fatal(err)
		}
		d.update(func(tx *store.Txn) { tx.DeleteJob(j) })
	}
}

func (d *desk) jobs() (jobs []*store.Job) {
	d.t.Helper()
	d.view(func(tx *store.Txn) {
		due, _ := tx.DueJobs(9)
		for _, j := range due {
			if j.Kind == intake.Job {
				jobs = append(jobs, j)
			}
		}
	})
	return jobs
}

func (d *desk) update(fn func(*store.Txn)) {
	d.t.Helper()
	if err := d.node.Store.Update(d.t.Context(), func(tx *store.Txn) error { fn(tx); return nil }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) view(fn func(*store.Txn)) {
	d.t.Helper()
	if err := d.node.Store.View(d.t.Context(), func(tx *store.Txn) error { fn(tx); return nil }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) state(id store.ID) (i *store.Import) {
	d.t.Helper()
	d.view(func(tx *store.Txn) {
		var err error
		if i, err = tx.Import(id); err != nil {
			d.t.Fatal(err)
		}
	})
	return i
}

func (d *desk) run(i *store.Import) *store.Import {
	d.t.Helper()
	if err := d.Start(d.t.Context(), i.ID); err != nil {
		d.t.Fatal(err)
	}
	d.work()
	return d.state(i.ID)
}

func (d *desk) events() []store.Item {
	d.t.Helper()
	var all []store.Item
	d.view(func(tx *store.Txn) {
		all = tx.ListKind("event", store.Query{Viewer: d.admin(), Limit: 99_999}).Items
	})
	return all
}

const agenda = "Identifiant;Titre;Description;Ville;Début;Thématiques\n" +
	"1;Café numérique;Un café, et des écrans.;Rennes;2026-03-14T14:30;Médiation numérique\n" +
	"2;Atelier vélo;On répare.;Quimper;2026-03-15 10:00;\n"

func TestAFileTwiceIsOneImport(t *testing.T) {
	d := newDesk(t)
	first := d.run(d.open("event", "agenda.csv", agenda))
	if want := (store.ImportCount{Created: 2}); first.Count != want || first.State != store.ImportDone {
		t.Fatalf("got %+v, want %+v", first, want)
	}
	second := d.run(d.open("event", "agenda.csv", agenda))
	if want := (store.ImportCount{Same: 2}); second.Count != want {
		t.Errorf("again: got %+v, want %+v", second.Count, want)
	}
	newer := strings.Replace(agenda, "On répare.", "On répare tout.", 1) + "3;Fête;Pour tous.;Brest;2026-06-21T18:00;\n"
	third := d.run(d.open("event", "agenda.csv", newer))
	if want := (store.ImportCount{Created: 1, Updated: 1, Same: 1}); third.Count != want {
		t.Errorf("newer: got %+v, want %+v", third.Count, want)
	}
	got := d.events()
	if len(got) != 3 {
		t.Fatalf("%d events", len(got))
	}
	bike := got[1].(*store.Event)
	if bike.Title != "Atelier vélo" || bike.Place.Code != "com:29232" || bike.Start != "2026-03-15T10:00" || bike.Body != "On répare tout." ||
		bike.Audience != store.Team || bike.Source != (store.Source{Name: "agenda.csv", ID: "2"}) {
		t.Errorf("got %+v", bike)
	}
	if themes := got[2].Envelope().Themes; len(themes) != 1 || themes[0] != "mediation-numerique" {
		t.Errorf("themes %v", themes)
	}
}

// The words of the lab for themes are understood in files.
func TestWordsForThemesAreUnderstood(t *testing.T) {
	d := newDesk(t)
	err := d.node.Store.Update(t.Context(), func(tx *store.Txn) error {
		return tx.PutSynonyms(store.Synonyms{"mobilite": {"Vélo", "se déplacer"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	i := d.run(d.open("event", "velo.csv", "Identifiant;Titre;Description;Ville;Début;Thématiques\n1;Atelier;On répare.;Quimper;2026-03-15 10:00;VELO, Se deplacer\n"))
	if i.Count.Created != 1 {
		t.Fatalf("got %+v", i)
	}
	if themes := d.events()[0].Envelope().Themes; !slices.Equal(themes, []string{"mobilite"}) {
		t.Errorf("got %v", themes)
	}
}

func TestUndoRestoresAllButWhatWasChangedSince(t *testing.T) {
	d := newDesk(t)
	d.run(d.open("event", "agenda.csv", agenda))
	newer := strings.Replace(agenda, "On répare.", "On répare tout.", 1) + "3;Fête;Pour tous.;Brest;2026-06-21T18:00;\n4;Bal;Pour tous.;Brest;2026-06-21T20:00;\n"
	second := d.run(d.open("event", "agenda.csv", newer))
	ball := d.events()[0]
	ball.Envelope().Title = "Grand bal"
	if err := d.node.Publish(t.Context(), d.admin(), &federation.Activity{Verb: "Update", Actor: d.node.Lab.IRI, Item: ball}); err != nil {
		t.Fatal(err)
	}
	if err := d.Undo(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	d.work()
	got := d.state(second.ID)
	if got.State != store.ImportUndone || got.Count.Undone != 2 || got.Count.Kept != 1 {
		t.Errorf("got %+v", got)
	}
	titles := map[string]string{}
	for _, it := range d.events() {
		titles[it.Envelope().Title] = it.Envelope().Body
	}
	if len(titles) != 3 || titles["Atelier vélo"] != "On répare." || titles["Grand bal"] == "" {
		t.Errorf("left: %v", titles)
	}
	if err := d.Undo(t.Context(), second.ID); !errors.Is(err, intake.ErrBusy) {
		t.Errorf("undone twice: %v", err)
	}
}

func TestWrongRowsAreToldAndLeftOut(t *testing.T) {
	d := newDesk(t)
	i := d.open("event", "agenda.csv", agenda+"5;;Sans titre.;Rennes;2026-03-14T14:30;\n1;Encore;x;Rennes;2026-03-14T14:30;\n"+
		"6;Loin;x;Trifouillis-les-Oies;demain;Licornes\n7;Trop;x;Rennes;2026-03-14T14:30;;;surplus\n")
	plan, err := d.Plan(t.Context(), i.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := (store.ImportCount{Created: 2, Wrong: 4}); plan.Count != want {
		t.Errorf("plan: got %+v, want %+v", plan.Count, want)
	}
	var got []string
	for _, row := range plan.Wrong {
		for _, e := range row.Wrong {
			got = append(got, fmt.Sprint(row.Line, " ", plan.Mapping.ColumnOf(e.Field), " ", e.Reason))
		}
	}
	want := []string{
		"4 Titre error.required", "5 Identifiant error.row-again",
		"6 Ville error.commune-unknown", "6 Début error.clock", "6 Thématiques error.choice", "7  error.row-long",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(d.events()) != 0 {
		t.Error("a plan changed something")
	}
	if done := d.run(i); done.Count != plan.Count || len(d.events()) != 2 {
		t.Errorf("applied: %+v, %d events", done.Count, len(d.events()))
	}
}

func TestOnlyThoseWhoRunTheNodeImport(t *testing.T) {
	d := newDesk(t)
	by := store.Viewer{Actor: d.node.Contributor.IRI, Local: true}
	if _, err := d.Open(t.Context(), by, store.KindOf("event"), "x.csv", []byte(agenda)); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	if _, err := d.Open(t.Context(), d.admin(), store.KindOf("event"), "x.csv", nil); sheet.IsMalformed(err) == nil {
		t.Errorf("an empty file: %v", err)
	}
}

// TestAPausedImportGoesOnWhereItWas: what runs stops after the rows at hand, and no row
// is applied twice, whoever goes on with it.
func TestAPausedImportGoesOnWhereItWas(t *testing.T) {
	d := newDesk(t)
	i := d.open("event", "rows.csv", rows(70))
	if err := d.Pause(t.Context(), i.ID); !errors.Is(err, intake.ErrBusy) {
		t.Errorf("a draft: got %v, want ErrBusy", err)
	}
	if err := d.Start(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Pause(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	d.work()
	if i = d.state(i.ID); i.State != store.ImportStopped || i.Next != 0 {
		t.Fatalf("paused: got %s at row %d", i.State, i.Next)
	}
	if i = d.run(i); i.State != store.ImportDone || i.Count.Created != 70 || len(d.events()) != 70 {
		t.Errorf("went on: got %s, %+v, %d events", i.State, i.Count, len(d.events()))
	}
}

func rows(n int) string {
	var b strings.Builder
	b.WriteString("id;title;pitch;body;themes;territory;place.commune;start;audience\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;Initiative %d;Une accroche.;%s;mobilite;region:53;Rennes;2026-03-14T14:30;public\n", i, i, strings.Repeat("du texte ", 40))
	}
	return b.String()
}

// TestAStoppedImportGoesOn stops an import between two batches.
func TestAStoppedImportGoesOn(t *testing.T) {
	d := newDesk(t)
	i := d.open("event", "x.csv", rows(250))
	if err := d.Start(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no room")
	calls := 0
	d.node.Refuses = func() error {
		if calls++; calls > 2 {
			return errors.Join(broken, store.ErrFull)
		}
		return nil
	}
	d.Node = d.node.Node
	job := d.jobs()[0]
	if err := d.Do(t.Context(), job); !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v", err)
	}
	if got := d.state(i.ID); got.Next != 100 || got.State != store.ImportRunning || len(d.events()) != 100 {
		t.Fatalf("stopped at %+v with %d events", got, len(d.events()))
	}
	d.node.Refuses = nil
	d.work()
	if got := d.state(i.ID); got.State != store.ImportDone || got.Count.Created != 250 || len(d.events()) != 250 {
		t.Errorf("went on to %+v with %d events", got, len(d.events()))
	}
}

// BenchmarkImport applies rows without a network: the unit is one row.
func BenchmarkImport(b *testing.B) {
	for _, n := range []int{450, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				d := newDesk(b)
				i := d.open("event", "x.csv", rows(n))
				b.StartTimer()
				if _, err := d.Plan(b.Context(), i.ID); err != nil {
					b.Fatal(err)
				}
				if got := d.run(i); got.Count.Created != n {
					b.Fatalf("got %+v", got)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// What was exported, changed in a spreadsheet and imported again changes the
// records that it came from.
func TestAnExportThatWasChangedChangesItsRecords(t *testing.T) {
	d := newDesk(t)
	d.run(d.open("event", "agenda.csv", strings.ReplaceAll(strings.ReplaceAll(agenda, "\n", ";public\n"), "Thématiques;public", "Thématiques;audience")))
	ids := map[string]string{}
	for _, it := range d.events() {
		ids[it.Envelope().Title] = it.Envelope().IRI
	}
	got := d.run(d.open("event", "export.csv", "id;title\n"+ids["Atelier vélo"]+";Atelier vélos\n"))
	if want := (store.ImportCount{Updated: 1}); got.Count != want {
		t.Errorf("got %+v, want %+v", got.Count, want)
	}
	bike := d.events()[0].(*store.Event)
	if bike.Title != "Atelier vélos" || bike.Audience != store.Public || bike.Place.Code != "com:29232" || bike.Source.Name != "agenda.csv" || bike.Version != 2 {
		t.Errorf("got %+v", bike)
	}
}

// TestAnImportIsUndoneWhileItRuns: it stops after the rows at hand, and takes back those
// alone, however many jobs there are for it.
func TestAnImportIsUndoneWhileItRuns(t *testing.T) {
	d := newDesk(t)
	i := d.open("event", "rows.csv", rows(120))
	if err := d.Start(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	calls := 0
	d.node.Refuses = func() error {
		if calls++; calls > 1 {
			return store.ErrFull
		}
		return nil
	}
	if err := d.Do(t.Context(), d.jobs()[0]); !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v", err)
	}
	d.node.Refuses = nil
	if err := d.Undo(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	d.work() // that of the beginning, too
	want := store.ImportCount{Created: 50, Undone: 50}
	if got := d.state(i.ID); got.State != store.ImportUndone || got.Count != want || len(d.events()) != 0 {
		t.Errorf("got %s, %+v and %d events, want %+v", got.State, got.Count, len(d.events()), want)
	}
}

func TestMistakesNameTheCell(t *testing.T) {
	d := newDesk(t)
	i := d.open("event", "agenda.csv", agenda+"6;Loin;x;Trifouillis-les-Oies;demain;\n")
	told := func() (all []string) {
		mistakes, err := d.Mistakes(t.Context(), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mistakes {
			all = append(all, fmt.Sprint(m.Line, " ", m.Column, " ", m.Value, " ", m.Reason))
		}
		return all
	}
	want := []string{"4 Ville Trifouillis-les-Oies error.commune-unknown", "4 Début demain error.clock"}
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("of a draft: got %q, want %q", got, want)
	}
	d.run(i)
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("of one that was applied: got %q, want %q", got, want)
	}
}
