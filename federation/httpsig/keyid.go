package httpsig

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxKeyID bounds a key id, in bytes.
const maxKeyID = 2048

// CheckKeyID tells whether a key id is a URL on which all readers agree: https (or
// http where allowed), a plain host, no user name, printable ASCII only, an
// ordinary fragment. The id is then used exactly as it stands, never cleaned.
// Whether its host may be dialled is for the fetcher to say.
// The error is ErrMalformed or ErrSignature.
func CheckKeyID(keyID string, allowHTTP bool) error {
	if keyID == "" {
		return malformed("there is no key id")
	}
	if len(keyID) > maxKeyID || strings.ContainsFunc(keyID, unquotable) {
		return refused("the key id is too long or not plain ASCII")
	}
	u, err := url.Parse(keyID)
	if err != nil || u.Opaque != "" {
		return refused("the key id is not a URL")
	}
	if u.Scheme != "https" && !(allowHTTP && u.Scheme == "http") {
		return refused("the key id is not an https URL")
	}
	if u.User != nil || !plainHost(u) || !plainFragment(u) {
		return refused("the key id has an odd form")
	}
	return nil
}

// plainHost takes dotted names and addresses in their one canonical spelling, with
// or without a port: no trailing dot, no empty label, no decimal or octal address.
func plainHost(u *url.URL) bool {
	host := u.Hostname()
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() == "" && addr.String() == strings.ToLower(host)
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if l == "" || strings.ContainsFunc(l, notHostRune) {
			return false
		}
	}
	// No top-level domain begins with a digit, but 0x7f.1 and 2130706433 do.
	last := labels[len(labels)-1]
	return last[0] < '0' || last[0] > '9'
}

func notHostRune(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
}

// plainFragment takes what key fragments are made of: #main-key, #key-2027-01,
// #z6Mk…, but nothing that another reader could take for an authority.
func plainFragment(u *url.URL) bool {
	return !strings.ContainsFunc(u.EscapedFragment(), func(c rune) bool {
		return notHostRune(c) && !strings.ContainsRune(".~:=/", c)
	})
}
