// Package route mounts handlers on gorilla/mux by the paths of its templates, as
// mux.Router.Handle does, without a regular expression for each of them: a node has
// some 700 routes, and mux would keep 3.5 MB of expressions and try one after the
// other for every request.
package route

import (
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/mux"
)

// Handle mounts h on r by a template of mux: "/o/{id:[0-9]+}". The name of the route
// is its template. One that cannot be read matches nothing.
func Handle(r *mux.Router, template string, h http.Handler) *mux.Route {
	return r.NewRoute().Name(template).MatcherFunc(matcher(template)).Handler(h)
}

// matcher compares what it can, and leaves the rest to mux, which reads the template
// when a path begins as it does.
func matcher(template string) mux.MatcherFunc {
	start, _, variable := strings.Cut(template, "{")
	if !variable {
		return func(r *http.Request, m *mux.RouteMatch) bool {
			m.Vars = nil // of a route that had another method
			return r.URL.Path == template
		}
	}
	path := sync.OnceValue(func() *mux.Route { return mux.NewRouter().Path(template) })
	return func(r *http.Request, m *mux.RouteMatch) bool {
		if !strings.HasPrefix(r.URL.Path, start) {
			return false
		}
		found := new(mux.RouteMatch)
		if !path().Match(r, found) {
			return false
		}
		m.Vars = found.Vars
		return true
	}
}
