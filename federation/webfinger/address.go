// Package webfinger finds actors by their handles and lets ours be found:
// RFC 7033, RFC 7565 (acct), RFC 6415 (host-meta), FEP-4adb and FEP-d556 (any
// address as resource), FEP-3b86 (activity intents).
//
// It parses and builds. Serving the answers and knowing who exists is left to
// the handlers; fetching the actor that was found, to the caller.
package webfinger

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/essaim/essaim/federation/fetch"
)

var (
	// ErrInvalid: what was typed or asked for is no handle and no web address.
	ErrInvalid = errors.New("neither a handle nor a web address")
	// ErrForeign: a resource of another server.
	ErrForeign = errors.New("not of this server")
)

// Address names an actor: by handle, with User and Host, or by URL alone. Host
// and URL are in the one spelling of fetch.ParseURL.
type Address struct {
	User string
	Host string // with the port, unless it is 443
	URL  string
}

// Acct is the acct URI of a handle.
func (a Address) Acct() string { return "acct:" + a.User + "@" + a.Host }

// same compares handles; user names have no case (peers.md: all servers agree).
func (a Address) same(b Address) bool {
	return strings.EqualFold(a.User, b.User) && a.Host == b.Host
}

// ParseHandle reads what people type or paste to name an actor: "@lab@host",
// "lab@host", "acct:lab@host", a link, or a web address without a scheme. The
// latter's root is what base says of its host; nil stands for https. Any other
// text is ErrInvalid.
func ParseHandle(s string, base func(host string) string) (Address, error) {
	s = strings.TrimFunc(s, invisible)
	if strings.Contains(s, "://") {
		return parseURL(s)
	}
	if i := strings.IndexByte(s, '/'); i < 0 && strings.Contains(s, "@") {
		return parseAcct(s)
	}
	name, path, _ := strings.Cut(s, "/")
	host, err := fetch.CanonicalHost(name)
	if err != nil || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return Address{}, fmt.Errorf("%w: %q", ErrInvalid, s)
	}
	root := "https://" + host
	if base != nil {
		root = base(host)
	}
	return parseURL(root + "/" + path)
}

// invisible: blanks, and the marks that come along when a handle is copied.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// ParseResource reads the resource of a WebFinger query to this server: acct with
// or without its scheme or a leading @, or any http address of ours. own says
// whether a host, in canonical spelling, is ours. User comes in lower case. The
// error is ErrInvalid (400) or ErrForeign (404).
func ParseResource(resource string, own func(host string) bool) (Address, error) {
	a, host, err := parseResource(resource)
	if err != nil {
		return Address{}, err
	}
	if !own(host) {
		return Address{}, fmt.Errorf("%w: %q", ErrForeign, resource)
	}
	a.User = strings.ToLower(a.User)
	return a, nil
}

func parseResource(resource string) (a Address, host string, err error) {
	if !strings.Contains(resource, "://") {
		a, err = parseAcct(resource)
		return a, a.Host, err
	}
	if a, err = parseURL(resource); err != nil {
		return a, "", err
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return a, "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return a, u.Host, nil
}

func parseURL(s string) (Address, error) {
	u, err := fetch.ParseURL(s, true)
	if err != nil {
		return Address{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return Address{URL: u.String()}, nil
}

// parseAcct reads "acct:user@host", "@user@host" and "user@host".
func parseAcct(s string) (Address, error) {
	rest := s
	if len(rest) >= 5 && strings.EqualFold(rest[:5], "acct:") {
		rest = rest[5:]
	}
	user, name, found := strings.Cut(strings.TrimPrefix(rest, "@"), "@")
	if !found || !validUser(user) {
		return Address{}, fmt.Errorf("%w: %q", ErrInvalid, s)
	}
	host, err := fetch.CanonicalHost(name)
	if err != nil {
		return Address{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return Address{User: user, Host: host}, nil
}

// validUser takes the names that servers give out, and nothing that would have to
// be escaped.
func validUser(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~"
	return s != "" && len(s) <= 255 && strings.Trim(s, letters) == ""
}
