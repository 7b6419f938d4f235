package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/search"
)

// world is a node's store with its lab, a lab of another node that lets itself be
// found, and an account of other software that says nothing of that.
type world struct {
	t                 testing.TB
	store             *store.Store
	index             *search.Index
	dir               string
	lab, away, silent *store.Actor
	written           int
	stop              context.CancelFunc
	running           chan error
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "index")}
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "essaim.db"), bolt.Options{})
	w.must(err)
	w.store, err = store.Open(t.Context(), engine, nil)
	w.must(err)
	t.Cleanup(func() { w.must(w.store.Close()) })
	w.update(func(tx *store.Txn) {
		w.lab = w.putActor(tx, store.Actor{Handle: "estran", Host: "here.example", Type: store.Group, Local: true})
		w.away = w.putActor(tx, store.Actor{Handle: "plateau", Host: "away.example", Type: store.Group, Indexable: true, Discoverable: true})
		w.silent = w.putActor(tx, store.Actor{Handle: "camille", Host: "social.example", Type: store.Person})
	})
	w.open()
	t.Cleanup(w.close)
	return w
}

// open starts the index as a node does when it starts.
func (w *world) open() {
	w.index = search.New(search.Config{Store: w.store, Dir: w.dir, Plain: func(html string) string { return html }, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	w.stop, w.running = cancel, make(chan error, 1)
	go func(x *search.Index) { w.running <- x.Run(ctx) }(w.index)
}

func (w *world) close() {
	w.stop()
	w.must(<-w.running)
	w.must(w.index.Close())
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(fn func(tx *store.Txn)) {
	w.t.Helper()
	w.must(w.store.Update(w.t.Context(), func(tx *store.Txn) error {
		fn(tx)
		return nil
	}))
}

func (w *world) putActor(tx *store.Txn, a store.Actor) *store.Actor {
	w.t.Helper()
	a.IRI = "https://" + a.Host + "/actors/" + a.Handle
	w.must(tx.PutActor(&a))
	return &a
}

// record is what a lab publishes: an experiment in French that everybody may see,
// unless change says otherwise.
func (w *world) record(by *store.Actor, title string, change func(*store.Experiment)) *store.Experiment {
	w.t.Helper()
	var e *store.Experiment
	w.update(func(tx *store.Txn) { e = w.put(tx, by, title, change) })
	return e
}

func (w *world) put(tx *store.Txn, by *store.Actor, title string, change func(*store.Experiment)) *store.Experiment {
	w.t.Helper()
	w.written++
	e := &store.Experiment{Stage: "signal"}
	e.Record = store.Record{
		IRI: fmt.Sprintf("https://%s/o/%d", by.Host, w.written), Kind: "experiment", Type: "Article", Host: by.Host, Lang: "fr",
		Title: title, Lab: by.IRI, Remote: !by.Local, Audience: store.Public, Created: tx.Now(), Updated: tx.Now(),
	}
	if change != nil {
		change(e)
	}
	w.must(tx.PutRecord(e, nil))
	return e
}

func (w *world) save(it store.Item) {
	w.t.Helper()
	w.update(func(tx *store.Txn) { w.must(tx.PutRecord(it, nil)) })
}

func (w *world) find(q search.Query) *search.Found {
	w.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	f, err := w.index.Find(w.t.Context(), q)
	w.must(err)
	for f.Behind { // the index is being built: wait for it as a person does
		f, err = w.index.Find(w.t.Context(), q)
		w.must(err)
	}
	return f
}

func (w *world) show(f *search.Found, v store.Viewer) []search.Hit {
	w.t.Helper()
	var hits []search.Hit
	w.must(w.store.View(w.t.Context(), func(tx *store.Txn) error {
		hits = f.Show(tx, v)
		return nil
	}))
	return hits
}

// titles are what a visitor is shown.
func (w *world) titles(q search.Query) []string {
	w.t.Helper()
	return titles(w.show(w.find(q), store.Viewer{}))
}

func titles(hits []search.Hit) []string {
	list := []string{}
	for _, h := range hits {
		if h.Actor != nil {
			list = append(list, h.Actor.DisplayName())
			continue
		}
		list = append(list, h.Item.Envelope().Title)
	}
	return list
}

func (w *world) want(q search.Query, want ...string) {
	w.t.Helper()
	w.wantOf(store.Viewer{}, q, want...)
}

// wantOf is what somebody is shown.
func (w *world) wantOf(v store.Viewer, q search.Query, want ...string) {
	w.t.Helper()
	got := titles(w.show(w.find(q), v))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("%+v: got %q, want %q", q, got, want)
	}
}

func text(s string) search.Query { return search.Query{Text: s} }

// However people type French and English, they find what was written.
func TestSpellings(t *testing.T) {
	w := newWorld(t)
	w.update(func(tx *store.Txn) {
		for _, title := range []string{
			"L'accès au droit", "Médiations numériques", "Innovation ordinaire", "L’Été des œuvres", "Cheval de bois", "Ça commence à Saint-Étienne",
		} {
			w.put(tx, w.lab, title, nil)
		}
		for _, title := range []string{"Communities of practice", "The library's opening hours"} {
			w.put(tx, w.lab, title, func(e *store.Experiment) { e.Lang = "en-GB" })
		}
	})
	for typed, want := range map[string]string{
		"l'acces aux droits":     "L'accès au droit",
		"ACCÈS DROIT":            "L'accès au droit",
		"l’accès":                "L'accès au droit",
		"mediation numerique":    "Médiations numériques",
		"médiations":             "Médiations numériques",
		"la médiation numérique": "Médiations numériques",
		"l'innovation":           "Innovation ordinaire",
		"innovations":            "Innovation ordinaire",
		"innov":                  "Innovation ordinaire",
		"INNOVATION":             "Innovation ordinaire",
		"ete":                    "L’Été des œuvres",
		"oeuvre":                 "L’Été des œuvres",
		"chevaux":                "Cheval de bois",
		"saint etienne":          "Ça commence à Saint-Étienne",
		"ca commence":            "Ça commence à Saint-Étienne",
		"community":              "Communities of practice",
		"the practices":          "Communities of practice",
		"library":                "The library's opening hours",
		"libraries open":         "The library's opening hours",
	} {
		if got := w.titles(text(typed)); !slices.Equal(got, []string{want}) {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
	for _, typed := range []string{"accès innovation", "zzz", "inno ordinaire"} {
		if got := w.titles(text(typed)); len(got) > 0 {
			t.Errorf("%q: got %q, want nothing", typed, got)
		}
	}
}

// What everybody may list is found by everybody, what every member of the node may
// list by them, and nothing else by nobody: not even by who may see it elsewhere.
func TestOnlyWhatReadersMayListIsFound(t *testing.T) {
	for step, found := range map[store.Audience]struct{ visitor, member bool }{
		store.Team: {}, store.CircleAudience(7): {}, store.OnSite: {}, store.Unlisted: {}, store.Named: {},
		store.LabOnly: {false, true}, store.FollowedLabs: {false, true}, store.Public: {true, true},
	} {
		t.Run(string(step.Step()), func(t *testing.T) {
			w := newWorld(t)
			visitor, member := text("secret"), text("secret")
			member.Members = true
			want := func(found bool) []string {
				if found {
					return []string{"Secret"}
				}
				return []string{}
			}
			e := w.record(w.lab, "Secret", func(e *store.Experiment) { e.Audience = step })
			w.want(visitor, want(found.visitor)...)
			w.wantOf(store.Viewer{Actor: w.lab.IRI + "x", Local: true}, member, want(found.member)...)

			e.Audience = store.Public
			w.save(e)
			before := w.find(visitor)
			w.want(visitor, "Secret")

			e.Audience = step
			w.save(e)
			if got := titles(w.show(before, store.Viewer{})); !slices.Equal(got, want(found.visitor)) {
				t.Errorf("an index that lags behind, for a visitor: got %q", got)
			}
			if got := titles(w.show(before, store.Viewer{Actor: w.lab.IRI, Local: true, Runs: true})); !slices.Equal(got, want(found.member)) {
				t.Errorf("an index that lags behind, for a member: got %q", got)
			}
			for _, q := range []search.Query{visitor, member} {
				if got := w.find(q); got.Total != len(want(q.Members && found.member || found.visitor)) || (got.Total == 0) != (len(got.Counts) == 0) {
					t.Errorf("narrowed to %s: members %v: %d are found, counted %v", step, q.Members, got.Total, got.Counts)
				}
			}
			w.record(w.away, "Autre chose", nil)
			w.want(text("zzzz"))
			w.want(search.Query{Facets: map[string]string{"themes": "mobilite"}, Near: &geo.Point{}, Within: 1})
			w.must(w.index.Rebuild(t.Context(), nil))
			w.want(text("zzzz"))
			w.want(visitor, want(found.visitor)...)
			w.wantOf(store.Viewer{Actor: w.lab.IRI + "x", Local: true}, member, want(found.member)...)
		})
	}
}

func TestWhatIsInnerIsNotFound(t *testing.T) {
	w := newWorld(t)
	w.record(w.lab, "Titre", func(e *store.Experiment) {
		e.Sponsors = store.Entries[store.Sponsor]{{Name: "Mirabelle"}}
		e.Hypothesis = "groseille"
	})
	w.want(text("mirabelle"))
	w.want(text("groseille"), "Titre")
}

func TestDeletedIsNotFound(t *testing.T) {
	w := newWorld(t)
	e := w.record(w.lab, "Passager", nil)
	w.want(text("passager"), "Passager")
	w.update(func(tx *store.Txn) {
		tx.DeleteRecord(e, &store.Tombstone{IRI: e.IRI, Owner: w.lab.IRI, Deleted: tx.Now()})
	})
	w.want(text("passager"))
}

// Who does not say that posts may be found is not found, and who takes it back is
// out at once; our own lab always is on its own site.
func TestConsent(t *testing.T) {
	w := newWorld(t)
	w.record(w.lab, "Cidre d'ici", nil)
	w.record(w.away, "Cidre d'ailleurs", nil)
	w.record(w.silent, "Cidre de Camille", nil)
	w.want(text("cidre"), "Cidre d'ici", "Cidre d'ailleurs")

	lagging := w.find(text("cidre"))
	w.away.Indexable = false
	w.update(func(tx *store.Txn) { w.must(tx.PutActor(w.away)) })
	if got := titles(w.show(lagging, store.Viewer{})); !slices.Equal(got, []string{"Cidre d'ici"}) {
		t.Errorf("an index that lags behind: got %q", got)
	}
	w.want(text("cidre"), "Cidre d'ici")
	if got := w.find(text("cidre")).Total; got != 1 {
		t.Errorf("%d are in the index, want 1", got)
	}

	w.away.Indexable, w.silent.Indexable = true, true
	w.update(func(tx *store.Txn) {
		w.must(tx.PutActor(w.away))
		w.must(tx.PutActor(w.silent))
	})
	w.want(text("cidre"), "Cidre d'ici", "Cidre d'ailleurs", "Cidre de Camille")
}

func TestLabsAndMembersAreFound(t *testing.T) {
	w := newWorld(t)
	var shy *store.Actor
	w.update(func(tx *store.Txn) {
		w.putActor(tx, store.Actor{Handle: "maelle", Name: "Maëlle Kerbiriou", Host: "here.example", Type: store.Person, Local: true, Discoverable: true})
		shy = w.putActor(tx, store.Actor{Handle: "yann", Name: "Yann Kerbiriou", Host: "here.example", Type: store.Person, Local: true})
		w.putActor(tx, store.Actor{Handle: "node", Name: "Kerbiriou", Host: "here.example", Type: store.Application, Local: true, Discoverable: true})
	})
	w.want(text("kerbiriou"), "Maëlle Kerbiriou")
	w.want(search.Query{Facets: map[string]string{search.FacetKind: search.KindMember}}, "Maëlle Kerbiriou")
	w.want(text("estran"), "estran")
	shy.Discoverable = true
	w.update(func(tx *store.Txn) { w.must(tx.PutActor(shy)) })
	w.want(text("kerb"), "Maëlle Kerbiriou", "Yann Kerbiriou")
	w.update(func(tx *store.Txn) { tx.EraseActor(shy, tx.Now()) })
	w.want(text("kerb"), "Maëlle Kerbiriou")
}

func TestFacetsAreCounted(t *testing.T) {
	w := newWorld(t)
	for i, stage := range []string{"signal", "signal", "evaluation"} {
		w.record([]*store.Actor{w.lab, w.away, w.away}[i], "Cidre "+stage, func(e *store.Experiment) {
			e.Stage, e.Themes = stage, []string{"mobilite", "made-up"}
			e.Created = time.Date(2020+i, 5, 1, 0, 0, 0, 0, time.UTC)
		})
	}
	found := w.find(text("cidre"))
	for name, want := range map[string][]search.Count{
		search.FacetKind: {{Value: "experiment", N: 3}},
		search.FacetLab:  {{Value: w.away.ID.String(), N: 2}, {Value: w.lab.ID.String(), N: 1}},
		search.FacetLang: {{Value: "fr", N: 3}},
		search.FacetYear: {{Value: "2020", N: 1}, {Value: "2021", N: 1}, {Value: "2022", N: 1}},
		"stage":          {{Value: "signal", N: 2}, {Value: "evaluation", N: 1}},
		"themes":         {{Value: "mobilite", N: 3}},
	} {
		if got := found.Counts[name]; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	w.want(search.Query{Text: "cidre", Facets: map[string]string{"stage": "signal", search.FacetLab: w.away.ID.String()}}, "Cidre signal")
}

// TestWordForAThemeFindsTheTheme: with other words as well, in the plural or not, and
// beside what has the word itself.
func TestWordForAThemeFindsTheTheme(t *testing.T) {
	w := newWorld(t)
	of := func(theme string) func(*store.Experiment) {
		return func(e *store.Experiment) { e.Themes = []string{theme} }
	}
	w.record(w.lab, "La navette de Rennes", of("mobilite"))
	w.record(w.lab, "Un vélo pour tous", of("logement"))
	w.record(w.lab, "La ferme de Rennes", of("alimentation-circuits-courts"))
	titles := func(text string) []string {
		var list []string
		for _, hit := range w.show(w.find(search.Query{Text: text}), store.Viewer{}) {
			list = append(list, hit.Item.Envelope().Title)
		}
		slices.Sort(list)
		return list
	}
	const navette, velo, ferme = "La navette de Rennes", "Un vélo pour tous", "La ferme de Rennes"
	try := func(wants map[string][]string) {
		t.Helper()
		for text, want := range wants {
			if got := titles(text); !slices.Equal(got, want) {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	try(map[string][]string{"vélos": {velo}, "vélo rennes": nil, "circuits de proximité": nil})
	w.update(func(tx *store.Txn) {
		w.must(tx.PutSynonyms(store.Synonyms{"mobilite": {"vélo"}, "alimentation-circuits-courts": {"circuits de proximité", "AMAP"}}))
	})
	try(map[string][]string{
		"VELOS": {navette, velo}, "les vélos de Rennes": {navette}, "vélo tous": {velo}, "amap": {ferme},
		"circuit de proximite": {ferme}, "rennes circuits de proximité": {ferme}, "proximité": nil, "vélo amap": nil,
	})
}
