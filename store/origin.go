package store

import (
	"net/url"
	"strings"
)

// Origin is scheme, host and port of an IRI in lower case, without the port that
// the scheme has anyway (RFC 6454 §6.2), or empty for what is not an http IRI
// (FEP-fe34).
func Origin(iri string) string {
	u, err := url.Parse(iri)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	default:
		return ""
	}
	return u.Scheme + "://" + strings.TrimSuffix(host, ":")
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
