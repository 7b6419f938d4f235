package page

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// handler is the pages as they are mounted, without a network.
func (s *site) handler() http.Handler {
	r := mux.NewRouter()
	New(Config{Frame: s.frame, Node: s.node.Node}).Routes(r)
	return assets.Language(s.frame.Sessions.Middleware(r))
}

// many is a site with n experiments, half of them of another lab.
func many(t testing.TB, n int) *site {
	s := newSite(t)
	other := s.neighbour(t, "calanques")
	s.follow(t, s.node.Lab, other, store.Accepted)
	body := fmt.Sprintf("%0800d", 0)
	begin := time.Now().AddDate(-1, 0, 0)
	s.update(t, func(tx *store.Txn) error {
		for i := range n {
			e := experiment(fmt.Sprintf("Fiche %d", i), store.Public)
			e.Stage, e.Themes = store.Stages.Slugs[i%len(store.Stages.Slugs)], store.Themes.Slugs[i%19:i%19+3]
			e.Territory, e.Licence = store.Territories.Slugs[i%18:i%18+1], store.Licences.Slugs[i%5]
			e.Created, e.Updated, e.Body = begin.Add(time.Duration(i)*time.Minute), begin, body
			e.Lab, e.Host, e.IRI = s.node.Lab.IRI, s.node.Host(), fmt.Sprintf("%s/o/%d", s.node.BaseURL, i)
			if i%2 == 1 {
				e.Remote, e.Lab, e.Host, e.IRI = true, other.IRI, other.Host, fmt.Sprintf("https://%s/o/%d", other.Host, i)
			}
			if err := tx.PutRecord(e, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

// answer serves one request in memory.
func answerTo(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://estran.test"+path, nil))
	return w
}

// BenchmarkPages measures the pages with 5,000 experiments over real HTTP with one
// client: "kept" is what visitors get, "made" what those with a session get, each
// beside "bare", a handler that writes the same bytes.
func BenchmarkPages(b *testing.B) {
	s := many(b, 5000)
	h := s.handler()
	for _, path := range []string{"/lab", "/", "/experimentations", "/experimentations?stage=signal&origine=ici&page=50"} {
		whole := answerTo(h, path)
		if whole.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, whole.Code)
		}
		bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(whole.Body.Bytes())
		})
		b.Run("bare"+path, func(b *testing.B) { overHTTP(b, bare, path, nil) })
		b.Run("kept"+path, func(b *testing.B) { overHTTP(b, h, path, nil) })
		b.Run("made"+path, func(b *testing.B) { overHTTP(b, h, path, http.Header{"Cookie": {"session=none"}}) })
	}
}

// BenchmarkFacets measures a list of 20,000 with the counts of its facets, made
// afresh for somebody with a session, and the largest form.
func BenchmarkFacets(b *testing.B) {
	s := many(b, 20_000)
	h := s.handler()
	fresh := http.Header{"Cookie": {"session=none"}}
	for _, path := range []string{"/experimentations", "/experimentations?stage=signal&themes=mobilite"} {
		b.Run("list"+path, func(b *testing.B) { overHTTP(b, h, path, fresh) })
	}
	client := s.As(b, s.node.Contributor)
	b.Run("form", func(b *testing.B) {
		took := make([]time.Duration, 0, 1024)
		for b.Loop() {
			begin := time.Now()
			if a := client.Get(newExperiment); a.Status != http.StatusOK {
				b.Fatal(a.Status)
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	})
}

func overHTTP(b *testing.B, h http.Handler, path string, header http.Header) {
	server := httptest.NewServer(h)
	defer server.Close()
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1024)
	buffer := make([]byte, 64<<10)
	for b.Loop() {
		begin := time.Now()
		res, err := server.Client().Do(request(b, server.URL+path, header))
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = res.Body.Read(buffer)
		}
		res.Body.Close()
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func request(b testing.TB, address string, header http.Header) *http.Request {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	return r
}
