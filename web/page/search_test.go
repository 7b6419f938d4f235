package page

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/markup"
)

// searchable is a site with an index that follows its store.
func searchable(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	x := search.New(search.Config{
		Store: s.node.Store, Dir: filepath.Join(t.TempDir(), "index"), Plain: markup.Plain, Log: slog.New(slog.DiscardHandler),
	})
	s.pages.Search = x
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, x.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSearch(t *testing.T) {
	s := searchable(t)
	guichet := experiment("L'accès au droit sur la cale", store.Public)
	guichet.Pitch = "Un guichet <mobile> & l'accès aux droits."
	guichet.Place = store.Place{Code: "com:35360", Commune: "Vitré", Lon: -1.21, Lat: 48.12, Precision: store.AtCommune}
	s.publish(t, s.node.Contributor, guichet)
	other := s.neighbour(t, "calanques")
	other.Indexable, other.Discoverable = true, true
	s.update(t, func(tx *store.Txn) error { return tx.PutActor(other) })
	mirrored := experiment("La navette de la cale", store.Public)
	mirrored.HTML, mirrored.Themes, mirrored.Stage = "<p>Un <b>minibus</b> pour tous</p>", []string{"logement"}, "evaluation"
	s.mirror(t, other, mirrored)
	c := s.Visitor(t)
	for _, x := range []struct {
		path      string
		has, lack []string
	}{
		{"/recherche", []string{"Que cherchez-vous", `name="q"`}, []string{"résultat<", "La navette"}},
		{"/recherche?q=acces+aux+droits", []string{"1 résultat", "Un guichet &lt;mobile&gt; &amp; <mark>l'accès</mark> aux <mark>droits</mark>."}, []string{"La navette"}},
		{"/recherche?q=cale", []string{"2 résultats", "logement (1)", "Labo calanques (1)", "stage=evaluation", "La navette"}, []string{"lab=x"}},
		{"/recherche?q=cale&themes=logement", []string{"1 résultat", "La navette", "Retirer le filtre", `type="hidden" name="themes" value="logement"`}, []string{"L'accès"}},
		{"/recherche?q=minibus", []string{"Un <mark>minibus</mark> pour tous"}, nil},
		{"/recherche?pres=Rennes+(35)&km=50&tri=proche", []string{"1 résultat", "L'accès au droit", "Bretagne, à 3", "50 km autour de Rennes (35)"}, []string{"La navette"}},
		{"/recherche?pres=Rennes+(35)&km=10", []string{"Rien n'a été trouvé"}, nil},
		{"/recherche?pres=Xyzzy", []string{"Xyzzy"}, []string{"résultat<"}},
		{"/recherche?pres=Saint-Denis&q=cale", []string{"De quelle commune", "pres=com%3A"}, nil},
		{"/recherche?q=maelle", []string{"Maëlle Kerbiriou", "Membre"}, nil},
		{"/recherche?kind=lab", []string{"Labo calanques"}, []string{"La navette"}},
		{"/recherche?q=%3Cscript%3E&lab=%22%3E&year=x&page=3", []string{"Rien n'a été trouvé"}, []string{"<script>"}},
		{"/en/recherche?q=cale", []string{"2 results", "Narrow down", "Experiment"}, nil},
		{"/experimentations", []string{`action="/recherche"`, `id="seek"`}, nil},
	} {
		got := c.Get(x.path)
		if got.Status != 200 {
			t.Errorf("%s: got %d", x.path, got.Status)
		}
		body := strings.ReplaceAll(got.Body, "&#39;", "'")
		for _, want := range x.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is missing", x.path, want)
			}
		}
		for _, not := range x.lack {
			if strings.Contains(body, not) {
				t.Errorf("%s: shows %q", x.path, not)
			}
		}
	}
}
