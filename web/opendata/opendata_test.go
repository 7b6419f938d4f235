package opendata

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/webtest"
)

type site struct {
	*webtest.Site
	node   *webtest.Node
	routes func(*mux.Router)
}

func newSite(t testing.TB) *site {
	t.Helper()
	n := webtest.New(t)
	f := n.Frame(t, Templates)
	f.Version = "test"
	routes := func(r *mux.Router) { Routes(r, Config{Frame: f, Node: n.Node}) }
	return &site{node: n, Site: webtest.Serve(t, f, routes), routes: routes}
}

func (s *site) publish(t testing.TB, it store.Item) *store.Record {
	t.Helper()
	by := store.Viewer{Actor: s.node.Admin.IRI, Local: true, Runs: true}
	err := s.node.Publish(t.Context(), by, &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: it})
	if err != nil {
		t.Fatal(err)
	}
	return it.Envelope()
}

func experiment(title string, audience store.Audience) *store.Experiment {
	return &store.Experiment{Stage: "signal", Sponsors: store.Entries[store.Sponsor]{{Name: "commanditaire-secret"}}, Record: store.Record{
		Kind: "experiment", Title: title, Pitch: "Une accroche.", Audience: audience, Lang: "fr",
		Themes: []string{"mobilite"}, Territory: []string{"region:53"}, Licence: "etalab-2.0",
	}}
}

var ends = []string{".csv", ".geojson", ".jsonld", ".atom", ".rss", ".json"}

func TestListsHaveTheirFiltersAndTheirViewer(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment("fiche-publique", store.Public))
	other := experiment("fiche-sante", store.Public)
	other.Themes = []string{"logement"}
	s.publish(t, other)
	s.publish(t, experiment("fiche-labo", store.LabOnly))
	s.publish(t, experiment("fiche-discrete", store.Unlisted))
	visitor, member := s.Visitor(t), s.As(t, s.node.Contributor)
	for _, end := range ends {
		all := visitor.Get("/experimentations" + end)
		if all.Status != http.StatusOK || !all.Has("fiche-publique", "fiche-sante") {
			t.Errorf("%s: %d %s", end, all.Status, all.Body)
		}
		for _, hidden := range []string{"fiche-labo", "fiche-discrete", "commanditaire-secret"} {
			if all.Has(hidden) {
				t.Errorf("%s: a visitor sees %s", end, hidden)
			}
		}
		if narrow := visitor.Get("/experimentations" + end + "?themes=mobilite&origine=ici"); !narrow.Has("fiche-publique") || narrow.Has("fiche-sante") {
			t.Errorf("%s: the filter does not hold", end)
		}
		if away := visitor.Get("/experimentations" + end + "?origine=reseau"); away.Status != http.StatusOK || away.Has("fiche-publique") {
			t.Errorf("%s: what is from elsewhere: %d %s", end, away.Status, away.Body)
		}
		own := member.Get("/experimentations" + end)
		if !own.Has("fiche-labo") || own.Has("commanditaire-secret") || own.Header.Get("Access-Control-Allow-Origin") != "" ||
			own.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: a member gets %v", end, own.Header)
		}
		if got := all.Header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s: CORS is %q", end, got)
		}
	}
}

func TestWhoHasItGetsNothingAgainUntilItChanges(t *testing.T) {
	s := newSite(t)
	it := experiment("première", store.Public)
	s.publish(t, it)
	c := s.Visitor(t)
	for _, end := range ends {
		path := "/experimentations" + end
		first := c.Get(path)
		tag, date := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		if tag == "" || date == "" {
			t.Fatalf("%s: ETag %q, Last-Modified %q", end, tag, date)
		}
		for name, value := range map[string]string{"If-None-Match": `"x", ` + strings.TrimPrefix(tag, "W/"), "If-Modified-Since": date} {
			if a := c.Do(http.MethodGet, path, nil, http.Header{name: {value}}); a.Status != http.StatusNotModified || a.Body != "" {
				t.Errorf("%s: %s: got %d", end, name, a.Status)
			}
		}
		if a := c.Do(http.MethodHead, path, nil, nil); a.Status != http.StatusOK || a.Body != "" {
			t.Errorf("%s: HEAD: %d", end, a.Status)
		}
		s.publish(t, experiment("suivante", store.Public))
		if a := c.Do(http.MethodGet, path, nil, http.Header{"If-None-Match": {tag}, "If-Modified-Since": {date}}); a.Status != http.StatusOK {
			t.Errorf("%s: after a change: %d", end, a.Status)
		}
	}
}

// What people write does not break out of any format.
func TestHostileTextsBreakNoFormat(t *testing.T) {
	s := newSite(t)
	bad := experiment("=cmd|' /C calc'!A0 ]]></title>\r\nBEGIN:X <script>alert(1)</script> \x01\x0b", store.Public)
	bad.Pitch, bad.Body = "@SUM(1)]]>\r\n<img src=x onerror=alert(1)>", "]]> <script>alert(1)</script> **gras** [x](javascript:alert(1))"
	bad.Results = "=1+1;\"\n+2"
	s.publish(t, bad)
	c := s.Visitor(t)

	table, err := sheet.Read([]byte(c.Get("/experimentations.csv").Body), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if got := table.Rows[0].Cells[table.Column("results")]; got != bad.Results {
		t.Errorf("results came back as %q", got)
	}
	if raw := c.Get("/experimentations.csv").Body; !strings.Contains(raw, "'=cmd|") || !strings.Contains(raw, "'@SUM") || !strings.Contains(raw, "'=1+1") {
		t.Errorf("formulas are not neutralised:\n%s", raw)
	}
	for _, end := range []string{".geojson", ".jsonld", ".json"} {
		var doc map[string]any
		if body := c.Get("/experimentations" + end).Body; json.Unmarshal([]byte(body), &doc) != nil || strings.Contains(body, "<script>alert(1)") && end == ".json" {
			t.Errorf("%s:\n%s", end, body)
		}
	}
	for _, end := range []string{".atom", ".rss"} {
		body := c.Get("/experimentations" + end).Body
		checkXML(t, end, body)
		if strings.Contains(body, "<script>") || strings.Contains(body, "onerror=alert(1)>") && !strings.Contains(body, "&lt;img") {
			t.Errorf("%s:\n%s", end, body)
		}
	}
}

func checkXML(t *testing.T, name, body string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		_, err := d.Token()
		if err == io.EOF { //nolint:errorlint // as the decoder says it
			return
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, body)
		}
	}
}

// Every kind fills every form without a line of its own here.
func TestEveryKindHasEveryForm(t *testing.T) {
	s := newSite(t)
	c := s.Visitor(t)
	for _, k := range store.Kinds {
		it := kindtest.Fill(k)
		r := it.Envelope()
		r.Audience, r.Relations, r.InReplyTo = store.Public, nil, ""
		s.publish(t, it)
		for _, end := range ends {
			if a := c.Get("/" + k.Path + end); a.Status != http.StatusOK || !a.Has(r.IRI) && end != ".geojson" {
				t.Errorf("%s%s: %d\n%s", k.Path, end, a.Status, a.Body)
			}
		}
		if a := c.Get("/" + k.Letter + "/x-" + r.ID.String() + ".jsonld"); a.Status != http.StatusOK || !a.Has(`"@type":"`, r.IRI) {
			t.Errorf("%s: one record: %d %s", k.Name, a.Status, a.Body)
		}
		for _, lang := range []string{"", "/en"} {
			if a := c.Get(lang + "/donnees/" + k.Path); a.Status != http.StatusOK || a.Has("column-") || a.Has("field.") {
				t.Errorf("%s%s: codebook page: %d\n%s", lang, k.Path, a.Status, a.Body)
			}
			book, err := sheet.Read([]byte(c.Get(lang+"/"+k.Path+".codebook.csv").Body), time.Now())
			if err != nil || len(book.Rows) != len(k.Columns()) {
				t.Errorf("%s%s: codebook: %v", lang, k.Path, err)
			}
		}
	}
	if a := c.Get("/donnees"); a.Status != http.StatusOK || !a.Has("/experimentations.csv", "/methodes.geojson") {
		t.Errorf("index: %d", a.Status)
	}
}

func TestSeparatorsByLanguageAndByChoice(t *testing.T) {
	s := newSite(t)
	c := s.Visitor(t)
	for path, want := range map[string]string{
		"/experimentations.csv": "\ufeffid;url", "/en/experimentations.csv": "\ufeffid,url",
		"/experimentations.csv?sep=,": "\ufeffid,url", "/en/experimentations.csv?sep=%3B": "\ufeffid;url", "/experimentations.csv?sep=tab": "\ufeffid\turl",
	} {
		if a := c.Get(path); !strings.HasPrefix(a.Body, want) || a.Header.Get("Content-Type") != csvType {
			t.Errorf("%s: %.20q, %s", path, a.Body, a.Header.Get("Content-Type"))
		}
	}
	if a := c.Get("/experimentations.csv?sep=x"); a.Status != http.StatusBadRequest {
		t.Errorf("unknown separator: %d", a.Status)
	}
}

func TestOnlyWhatLiesSomewhereIsOnTheMap(t *testing.T) {
	s := newSite(t)
	here := experiment("au milieu", store.Public)
	s.publish(t, here)
	nowhere := experiment("nulle part", store.Public)
	nowhere.Territory = nil
	s.publish(t, nowhere)
	exact := &store.Event{Start: "2026-03-14T14:30", Record: store.Record{
		Kind: "event", Title: "Atelier", Pitch: "x", Audience: store.Public, Lang: "fr",
		Place: store.Place{Name: "Salle", Commune: "Rennes", Lon: -1.68, Lat: 48.11, Precision: store.Exact},
	}}
	s.publish(t, exact)
	c := s.Visitor(t)
	var list struct {
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal([]byte(c.Get("/experimentations.geojson").Body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Features) != 1 || list.Features[0].ID != here.IRI || list.Features[0].Properties["precision"] != "territoire" {
		t.Errorf("got %v", list.Features)
	}
	if err := json.Unmarshal([]byte(c.Get("/agenda.geojson").Body), &list); err != nil {
		t.Fatal(err)
	}
	f := list.Features[0]
	if f.Geometry.Coordinates != [2]float64{-1.68, 48.11} || f.Properties["precision"] != "exact" || f.Properties["name"] != "Atelier" {
		t.Errorf("got %v", f)
	}
}

func TestDataOfARecordIsForWhoMaySeeIt(t *testing.T) {
	s := newSite(t)
	hidden := s.publish(t, experiment("cachée", store.LabOnly))
	path := federation.PagePath(hidden) + ".jsonld"
	if a := s.Visitor(t).Get(path); a.Status != http.StatusNotFound {
		t.Errorf("a visitor gets %d", a.Status)
	}
	if a := s.As(t, s.node.Contributor).Get(path); a.Status != http.StatusOK || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a member gets %d", a.Status)
	}
	if a := s.As(t, s.node.Contributor).Get(strings.Replace(path, "/e/", "/m/", 1)); a.Status != http.StatusNotFound {
		t.Errorf("under another kind: %d", a.Status)
	}
}

// TestLongListsAreWhole also holds that a list of several batches has every record
// once.
func TestLongListsAreWhole(t *testing.T) {
	s := newSite(t)
	many(t, s, 2*batch+1)
	table, err := sheet.Read([]byte(s.Visitor(t).Get("/experimentations.csv").Body), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, row := range table.Rows {
		ids[row.Cells[0]] = true
	}
	if len(ids) != 2*batch+1 || len(table.Rows) != len(ids) {
		t.Errorf("%d rows of %d records", len(table.Rows), len(ids))
	}
}

func many(t testing.TB, s *site, n int) {
	t.Helper()
	begin, text := time.Now().AddDate(-1, 0, 0), strings.Repeat("un texte ", 90)
	err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error {
		for i := range n {
			e := experiment(fmt.Sprintf("Fiche %d", i), store.Public)
			e.Created, e.Updated, e.Body = begin.Add(time.Duration(i)*time.Minute), begin, text
			e.Lab, e.Host, e.IRI = s.node.Lab.IRI, s.node.Host(), fmt.Sprintf("%s/o/%d", s.node.BaseURL, i)
			if err := tx.PutRecord(e, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// counter is an answer of which the length counts alone.
type counter struct {
	httptest.ResponseRecorder
	n int
}

func (c *counter) Write(b []byte) (int, error) {
	c.n += len(b)
	return len(b), nil
}

// BenchmarkExport writes lists of 20,000 records.
func BenchmarkExport(b *testing.B) {
	s := newSite(b)
	many(b, s, 20_000)
	r := mux.NewRouter()
	s.routes(r)
	h := assets.Language(http.Handler(r))
	for _, end := range ends {
		b.Run(end[1:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := &counter{ResponseRecorder: *httptest.NewRecorder()}
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, webtest.BaseURL+"/experimentations"+end, nil))
				b.SetBytes(int64(w.n))
			}
		})
	}
}

func TestAddressesOfFeedsAreThoseOfTheList(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment("fiche", store.Public))
	query := "?" + url.Values{"themes": {"mobilite"}}.Encode()
	a := s.Visitor(t).Get("/en/experimentations.atom" + query)
	if want := webtest.BaseURL + "/en/experimentations" + query; !a.Has(`href="`+want+`"`, "<id>"+webtest.BaseURL+"/en/experimentations.atom"+query+"</id>") {
		t.Errorf("%s", a.Body)
	}
	rss := s.Visitor(t).Get("/experimentations.rss")
	if !rss.Has("<language>fr</language>", `isPermaLink="false"`, "content:encoded") {
		t.Errorf("%s", rss.Body)
	}
}
