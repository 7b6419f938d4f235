package httpsig

import (
	"net/http"
	"strconv"
	"strings"
)

// requestTarget is the path and query of r as they stand on the request line.
func requestTarget(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// hostOf is the host that r names, or will name when it is sent.
func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}

// canonicalHost is host in lower case and without the default port of scheme
// (RFC 9421 §2.2.3).
func canonicalHost(scheme, host string) string {
	host = strings.ToLower(host)
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// fieldValue is the value of the named header field in a signing string: the
// lines trimmed and joined. It is false when r has no such field.
func fieldValue(r *http.Request, name string) (string, bool) {
	if name == "host" {
		return hostOf(r), true
	}
	values := r.Header.Values(name)
	if len(values) == 0 {
		return contentLength(r, name)
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.Trim(v, " \t")
	}
	return strings.Join(trimmed, ", "), true
}

// contentLength stands in for a header that net/http may keep in a field only.
func contentLength(r *http.Request, name string) (string, bool) {
	if name != "content-length" || r.ContentLength < 0 {
		return "", false
	}
	return strconv.FormatInt(r.ContentLength, 10), true
}

// hasBody tells whether a request of this method must bind its body. GET and HEAD
// carry none; of anything else we do not guess.
func hasBody(method string) bool {
	return method != http.MethodGet && method != http.MethodHead
}
