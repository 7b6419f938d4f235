package route

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/mux"
)

// numbered answers with its number and its variables.
func numbered(i int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, i, mux.Vars(r)) })
}

func TestRoutesAreThoseOfMux(t *testing.T) {
	templates := []string{
		"/", "/lab", "/lab/", "/lab.csv", "/a.b", "/@{handle}", "/@{handle}/suivre", "/o/{id:[0-9]+}",
		"/o/{id:[0-9]+}/{part:likes|shares}", "/e/{slug:(?:[^/]*-)?[0-9]+}.ics", "/{letter:[a-z]}/{slug:(?:.*-)?}{id:[0-9]+}",
	}
	paths := []string{
		"", "/", "/lab", "/lab/", "/labs", "/LAB", "/lab.csv", "/labXcsv", "/a.b", "/aXb", "/@", "/@nolwenn", "/@nolwenn/", "/@nolwenn/suivre",
		"/@a/b/suivre", "/o/", "/o/12", "/o/x", "/o/12/likes", "/o/12/others", "/e/12.ics", "/e/un-deux-12.ics", "/e/a/b-12.ics", "/e/x.ics", "/e/un-12", "/zz/1", "/é/1",
	}
	ours, theirs := mux.NewRouter(), mux.NewRouter()
	for i, template := range templates {
		method := []string{http.MethodGet, http.MethodPost}[i%2]
		Handle(ours, template, numbered(i)).Methods(method)
		theirs.Handle(template, numbered(i)).Methods(method)
	}
	ask := func(r *mux.Router, method, path string) string {
		w := httptest.NewRecorder()
		request := httptest.NewRequest(method, "/", nil)
		request.URL.Path = path
		r.ServeHTTP(w, request)
		return fmt.Sprint(w.Code, " ", w.Body)
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			if got, want := ask(ours, method, path), ask(theirs, method, path); got != want {
				t.Errorf("%s %q: got %s, want %s", method, path, got, want)
			}
		}
	}
}

func TestVariablesAreThoseOfTheRouteThatAnswers(t *testing.T) {
	r := mux.NewRouter()
	var got map[string]string
	keep := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = mux.Vars(r) })
	Handle(r, "/{other}", keep).Methods(http.MethodPost)
	Handle(r, "/lab", keep).Methods(http.MethodGet)
	Handle(r, "/{handle}", keep).Methods(http.MethodGet)
	for path, want := range map[string]map[string]string{"/lab": {}, "/nolwenn": {"handle": "nolwenn"}} {
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// BenchmarkLastRoute asks for the last of as many routes as a node has, beside mux's.
func BenchmarkLastRoute(b *testing.B) {
	for name, handle := range map[string]func(*mux.Router, string, http.Handler) *mux.Route{"ours": Handle, "mux": (*mux.Router).Handle} {
		b.Run(name, func(b *testing.B) {
			r := mux.NewRouter()
			for i := range 500 {
				handle(r, fmt.Sprint("/page-", i), http.NotFoundHandler()).Methods(http.MethodGet)
			}
			for i := range 200 {
				handle(r, fmt.Sprint("/", i, "/{id:[0-9]+}"), http.NotFoundHandler()).Methods(http.MethodGet)
			}
			request := httptest.NewRequest(http.MethodGet, "/199/1", nil)
			var m mux.RouteMatch
			b.ReportAllocs()
			for b.Loop() {
				if m = (mux.RouteMatch{}); !r.Match(request, &m) || m.Vars["id"] != "1" {
					b.Fatal("not found")
				}
			}
		})
	}
}
