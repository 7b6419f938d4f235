package store

import (
	"net/url"
	"strings"
)

// Origin is scheme, host and port of an IRI in lower case, or empty for what is
// not an http IRI (FEP-fe34).
func Origin(iri string) string {
	u, err := url.Parse(iri)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// SameOrigin says whether two IRIs have the same, known origin.
func SameOrigin(a, b string) bool {
	o := Origin(a)
	return o != "" && o == Origin(b)
}

// HostOf is host and port of an IRI in lower case, or empty.
func HostOf(iri string) string {
	_, host, _ := strings.Cut(Origin(iri), "://")
	return host
}
