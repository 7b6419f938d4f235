package activitypub

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
)

// prefersActivity says whether a request for an address that also has a page
// asks for ActivityStreams: whoever has no preference gets the page.
func prefersActivity(r *http.Request, _ *mux.RouteMatch) bool {
	activity, page, named := preferences(r.Header)
	return named && activity > 0 && activity >= page
}

// prefersPage says whether a request for an address that is ActivityStreams by
// nature comes from a browser: whoever has no preference gets the document.
func prefersPage(r *http.Request) bool {
	activity, page, _ := preferences(r.Header)
	return page > activity
}

// wantsNoPage is the opposite, for routes that leave people to the pages.
func wantsNoPage(r *http.Request, _ *mux.RouteMatch) bool { return !prefersPage(r) }

// preferences reads the quality that Accept gives to ActivityStreams and to a
// page (RFC 9110 §12.5.1): the more specific range counts. ActivityStreams has
// two media types, one with or without its profile; named says that one of them
// was given.
func preferences(h http.Header) (activity, page float64, named bool) {
	a, p := ranges{-1, -1, 0}, ranges{-1, -1, 0}
	for _, field := range h.Values("Accept") {
		for part := range strings.SplitSeq(field, ",") {
			t, params, err := mime.ParseMediaType(strings.TrimSpace(part))
			if err != nil {
				continue
			}
			switch q := quality(params["q"]); t {
			case "application/activity+json", "application/ld+json":
				a.exact = max(a.exact, q)
			case "text/html", "application/xhtml+xml":
				p.exact = max(p.exact, q)
			case "application/*":
				a.group = q
			case "text/*":
				p.group = q
			case "*/*":
				a.any, p.any = q, q
			}
		}
	}
	return a.quality(), p.quality(), a.exact >= 0
}

// ranges are the qualities of a media type itself, of its group and of anything;
// negative: not given.
type ranges struct{ exact, group, any float64 }

func (r ranges) quality() float64 {
	switch {
	case r.exact >= 0:
		return r.exact
	case r.group >= 0:
		return r.group
	}
	return r.any
}

func quality(s string) float64 {
	if s == "" {
		return 1
	}
	q, err := strconv.ParseFloat(s, 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
