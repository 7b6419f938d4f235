package page

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

func (s *site) sheet(t testing.TB, title string, audience store.Audience) *store.Record {
	t.Helper()
	return s.publish(t, s.node.Admin, &store.Experiment{Stage: "signal", Record: store.Record{
		Kind: "experiment", Title: title, Pitch: "Une accroche.", Lang: "fr", Audience: audience, Territory: []string{"region:53"},
	}})
}

func TestPublicRecordsAreSharedAndNoOthers(t *testing.T) {
	s := newSite(t)
	public := federation.PagePath(s.sheet(t, "fiche-publique", store.Public))
	c, member := s.Visitor(t), s.As(t, s.node.Admin)
	card := c.Get(public + ".png")
	if img, err := png.Decode(bytes.NewReader([]byte(card.Body))); err != nil || img.Bounds().Dx() != 1200 || card.Header.Get("Content-Type") != "image/png" {
		t.Errorf("card: %v, %v", err, card.Header)
	}
	for path, want := range map[string]string{
		public:                          `property="og:image" content="` + webtest.BaseURL + public + `.png"`,
		public + "/affiche":             `class="qr"`,
		"/embed" + public:               "fiche-publique",
		"/embed/experimentations":       "fiche-publique",
		"/integrer?fiche=" + public:     "&lt;iframe src=&#34;" + webtest.BaseURL + "/embed" + public,
		"/integrer?liste=agenda":        "/embed/agenda",
		"/integrer?fiche=/e/non-1":      "Aucune fiche publique",
		"/sitemap.xml":                  "/sitemap-experimentations.xml",
		"/en" + public:                  `name="fediverse:creator" content="@estran@`,
		"/sitemap-experimentations.xml": webtest.BaseURL + public + "</loc>",
	} {
		if a := c.Get(path); a.Status != http.StatusOK || !a.Has(want) {
			t.Errorf("%s: %d, without %s\n%s", path, a.Status, want, a.Body)
		}
	}
	for _, audience := range []store.Audience{store.LabOnly, store.Unlisted, store.Team} {
		hidden := federation.PagePath(s.sheet(t, "fiche-"+string(audience), audience))
		for _, path := range []string{hidden + ".png", hidden + "/affiche", "/embed" + hidden, "/oembed?url=" + url.QueryEscape(webtest.BaseURL+hidden)} {
			if a := member.Get(path); a.Status != http.StatusNotFound {
				t.Errorf("%s: %d, want 404 for whoever asks", path, a.Status)
			}
		}
		for _, path := range []string{"/embed/experimentations", "/sitemap-experimentations.xml", "/integrer?fiche=" + hidden} {
			if a := member.Get(path); a.Has("fiche-"+string(audience)+"<") || a.Has("iframe") {
				t.Errorf("%s shows %s", path, audience)
			}
		}
		if a := member.Get(hidden); a.Has("/affiche") || a.Has("og:image") {
			t.Errorf("%s offers to be shared", hidden)
		}
	}
}

// Other sites frame what is meant for it, and nothing else; an error stays closed.
func TestOnlyEmbedsMayBeFramed(t *testing.T) {
	s := newSite(t)
	path := federation.PagePath(s.sheet(t, "fiche", store.Public))
	handler := func(w http.ResponseWriter) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; "+frameNowhere)
	}
	for at, want := range map[string]string{"/embed" + path: frameAnyAt, "/embed/e/rien-1": frameNowhere, path: frameNowhere, "/integrer": frameNowhere} {
		w := &recorder{header: http.Header{}}
		handler(w)
		s.handler().ServeHTTP(w, request(t, at, nil))
		if got := w.header.Get("Content-Security-Policy"); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

type recorder struct{ header http.Header }

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }
func (r *recorder) WriteHeader(int)             {}

func TestOEmbedGivesAFrameWithATitle(t *testing.T) {
	s := newSite(t)
	path := federation.PagePath(s.sheet(t, `Titre "difficile" <b>`, store.Public))
	c := s.Visitor(t)
	for _, address := range []string{path, webtest.BaseURL + path, webtest.BaseURL + "/en" + path} {
		a := c.Get("/oembed?format=json&url=" + url.QueryEscape(address))
		var doc struct {
			Type      string `json:"type"`
			Version   string `json:"version"`
			HTML      string `json:"html"`
			Title     string `json:"title"`
			Thumbnail string `json:"thumbnail_url"`
		}
		if err := json.Unmarshal([]byte(a.Body), &doc); err != nil || doc.Type != "rich" || doc.Version != "1.0" {
			t.Fatalf("%s: %d %v %s", address, a.Status, err, a.Body)
		}
		if !strings.Contains(doc.HTML, `title="Titre &#34;difficile&#34; &lt;b&gt;"`) || doc.Thumbnail != webtest.BaseURL+path+".png" {
			t.Errorf("got %+v", doc)
		}
	}
	for query, want := range map[string]int{"format=xml&url=" + path: http.StatusNotImplemented, "url=https://ailleurs.example" + path: http.StatusNotFound, "": http.StatusNotFound} {
		if a := c.Get("/oembed?" + query); a.Status != want {
			t.Errorf("%s: %d, want %d", query, a.Status, want)
		}
	}
}

func TestWhoSubscribesFindsEveryWay(t *testing.T) {
	s := newSite(t)
	if a := s.Visitor(t).Get("/abonnements"); a.Status != http.StatusOK || !a.Has("@estran@estran.test", "/experimentations.atom", "/agenda.ics", `href="/suivre"`) {
		t.Errorf("%d\n%s", a.Status, a.Body)
	}
	for handle, want := range map[string]string{"": "en est pas une", "moi": "en est pas une", "https://ailleurs.example/@moi": "en est pas une"} {
		a := s.Visitor(t).Post("/suivre", url.Values{"compte": {handle}})
		if a.Status != http.StatusUnprocessableEntity || !a.Has(want) {
			t.Errorf("%q: %d\n%s", handle, a.Status, a.Body)
		}
	}
	if a := s.Visitor(t).Get("/suivre?objet=" + s.sheet(t, "interne", store.LabOnly).IRI); a.Status != http.StatusNotFound {
		t.Errorf("what is not public: %d", a.Status)
	}
}
