package opendata

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/webtest"
)

type featureCollection struct {
	Type     string `json:"type"`
	Features []struct {
		Type     string `json:"type"`
		ID       string `json:"id"`
		Geometry struct {
			Type        string     `json:"type"`
			Coordinates [2]float64 `json:"coordinates"`
		} `json:"geometry"`
		Properties map[string]any `json:"properties"`
	} `json:"features"`
}

func collection(t testing.TB, b []byte) (c featureCollection) {
	t.Helper()
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return c
}

func TestTheMapHasAllKindsWithTheirFacets(t *testing.T) {
	s := newSite(t)
	two := experiment("deux-themes", store.Public)
	two.Themes = []string{"mobilite", "logement"}
	r := s.publish(t, two)
	s.publish(t, &store.Initiative{InitiativeKind: "entraide", Record: store.Record{
		Kind: "initiative", Title: "Couture", Pitch: "Des blouses.", Audience: store.Public, Lang: "fr",
		Place: store.Place{Code: "com:29039", Commune: "Concarneau", Lon: -3.92, Lat: 47.87, Precision: store.AtBourg},
	}})
	s.publish(t, experiment("fiche-labo", store.LabOnly))
	a := s.Visitor(t).Get("/carte.geojson")
	c := collection(t, []byte(a.Body))
	if a.Status != http.StatusOK || a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("ETag") == "" || a.Header.Get("Content-Type") != "application/geo+json" {
		t.Fatalf("%d, %v", a.Status, a.Header)
	}
	if c.Type != "FeatureCollection" || len(c.Features) != 3 { // with the lab
		t.Fatalf("got %s", a.Body)
	}
	if f := c.Features[0]; f.Properties["name"] != "Couture" || f.Geometry.Coordinates != [2]float64{-3.92, 47.87} || f.Properties["precision"] != "bourg" {
		t.Errorf("got %+v", f)
	}
	f := c.Features[1]
	if f.ID != r.IRI || f.Properties["themes"] != "mobilite,logement" || f.Properties["kind"] != "experiment" ||
		f.Properties["publisher"] != s.node.Lab.DisplayName() || f.Properties["precision"] != "territoire" || f.Properties["stage"] != "signal" {
		t.Errorf("got %+v", f)
	}
	if f := c.Features[2]; f.Properties["kind"] != "lab" || f.ID != s.node.Lab.IRI {
		t.Errorf("got %+v", f)
	}
	if member := collection(t, []byte(s.As(t, s.node.Contributor).Get("/carte.geojson").Body)); len(member.Features) != 4 {
		t.Errorf("a member gets %d", len(member.Features))
	}
}

func TestTheMapIsNarrowed(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment("une", store.Public))
	for query, want := range map[string]int{
		"": 2, "?kind=experiment": 1, "?kind=lab": 1, "?kind=need": 0, "?kind=nothing": 2, "?themes=mobilite": 1, "?themes=logement": 0,
		"?origine=reseau": 0, "?origine=ici": 2, "?lab=" + s.node.Lab.ID.String(): 2, "?lab=1": 0,
		"?cadre=-6,47,-1,49": 2, "?cadre=4,43,5,44": 0, "?cadre=nowhere": 2,
	} {
		if got := len(collection(t, []byte(s.Visitor(t).Get("/carte.geojson"+query).Body)).Features); got != want {
			t.Errorf("%s: got %d, want %d", query, got, want)
		}
	}
}

func TestTheMapIsPackedAndKept(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment("une", store.Public))
	r := mux.NewRouter()
	s.routes(r)
	ask := func(header http.Header, path string) *http.Response {
		req := httptest.NewRequest(http.MethodGet, webtest.BaseURL+path, nil)
		req.Header = header
		w := httptest.NewRecorder()
		assets.Language(r).ServeHTTP(w, req)
		return w.Result()
	}
	for _, path := range []string{"/carte.geojson", "/experimentations.geojson", "/experimentations.csv"} {
		plain, packed := ask(http.Header{}, path), ask(http.Header{"Accept-Encoding": {"br, gzip"}}, path)
		z, err := gzip.NewReader(packed.Body)
		if packed.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" || err != nil {
			t.Fatalf("%s: %v, %v", path, packed.Header, err)
		}
		want, _ := io.ReadAll(plain.Body)
		if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %q, %v", path, got, err)
		}
		known := ask(http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {plain.Header.Get("ETag")}}, path)
		if known.StatusCode != http.StatusNotModified || known.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: got %d, %v", path, known.StatusCode, known.Header)
		}
	}
}

// BenchmarkMap is a map of 5,000 initiatives in as many places, brought by ten
// imports, with what the open form asks and names as people give them, packed. It
// reports the bytes that go over the wire.
func BenchmarkMap(b *testing.B) {
	s := newSite(b)
	places := towns(b, 5000)
	for part := range 10 {
		err := s.node.Store.Update(b.Context(), func(tx *store.Txn) error {
			for i := part * 500; i < (part+1)*500; i++ {
				if err := tx.PutRecord(initiative(s.node.Lab, i, places[i]), nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	r := mux.NewRouter()
	s.routes(r)
	size := 0
	for b.Loop() {
		w := &counter{ResponseRecorder: *httptest.NewRecorder()}
		req := httptest.NewRequest(http.MethodGet, webtest.BaseURL+"/carte.geojson", nil)
		req.Header.Set("Accept-Encoding", "gzip")
		assets.Language(r).ServeHTTP(w, req)
		size = w.n
	}
	b.ReportMetric(float64(size), "wire-B")
}

// towns are communes from all over the country.
func towns(tb testing.TB, n int) []geo.Place {
	tb.Helper()
	var list []geo.Place
	for letter := 'a'; letter <= 'z' && len(list) < n; letter++ {
		list = append(list, geo.Search(string(letter), n/8, geo.Commune)...)
	}
	if len(list) < n {
		tb.Fatalf("%d towns only", len(list))
	}
	return list[:n]
}

// initiative is one of many: what it is called says what is done, and where.
func initiative(lab *store.Actor, i int, at geo.Place) *store.Initiative {
	what := [...]string{"Atelier couture", "Courses pour les aînés", "Visières imprimées", "Repair café", "Écrivain public", "Garde d'enfants", "Paniers de légumes", "Prêt d'ordinateurs", "Soutien aux devoirs", "Covoiturage solidaire", "Jardin partagé", "Masques en tissu"}
	who := [...]string{"du centre social", "de la mairie", "des voisins", "du fablab", "de l'amicale laïque", "de la médiathèque", "du Secours", "de quartier"}
	return &store.Initiative{InitiativeKind: store.InitiativeKinds.Slugs[i%5], Record: store.Record{
		IRI: fmt.Sprintf("%s/o/%d", webtest.BaseURL, 116000000000000000+i/500*65536*86_400_977+i%500), Kind: "initiative", Type: "Article", Host: lab.Host, Lab: lab.IRI,
		Title: what[i%len(what)] + " " + who[i/7%len(who)] + " de " + at.Name, Pitch: "Une accroche.", Audience: store.Public, Lang: "fr",
		Created: lab.Created, Updated: lab.Created,
		Place: store.Place{Code: at.Code, Commune: at.Name, Lon: at.Lon, Lat: at.Lat, Precision: store.AtBourg},
	}}
}
