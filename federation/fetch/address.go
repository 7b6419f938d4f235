package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

const maxAddress = 2048 // bytes of an IRI

// ParseURL reads an address that may be fetched and puts it into one spelling:
// host in lower-case ASCII, no default port, no fragment, a path, query in ASCII.
// Everything else is ErrForbiddenAddress: other schemes than https (and http
// where allowHTTP), user information, IPv4 addresses in other spellings than
// dotted decimal, IPv4 in IPv6, zones, a trailing dot.
func ParseURL(raw string, allowHTTP bool) (*url.URL, error) {
	if len(raw) > maxAddress {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrForbiddenAddress, maxAddress)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !allowHTTP) {
		return nil, fmt.Errorf("%w: scheme %q", ErrForbiddenAddress, u.Scheme)
	}
	if u.Opaque != "" || u.User != nil {
		return nil, fmt.Errorf("%w: user information or no host", ErrForbiddenAddress)
	}
	if u.Host, err = canonicalHost(u, u.Scheme); err != nil {
		return nil, err
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	if u.Path == "" {
		u.Path = "/"
	}
	if len(u.String()) > maxAddress { // escapes made it longer
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrForbiddenAddress, maxAddress)
	}
	return u, nil
}

// CanonicalHost puts "host" or "host:port" into the spelling of ParseURL, as it
// stands in a handle; the port of https is dropped.
func CanonicalHost(host string) (string, error) {
	u, err := url.Parse("https://" + host)
	if err != nil || u.Host != host {
		return "", fmt.Errorf("%w: host %q", ErrForbiddenAddress, host)
	}
	return canonicalHost(u, "https")
}

func canonicalHost(u *url.URL, scheme string) (string, error) {
	name, err := canonicalName(u.Hostname())
	if err != nil {
		return "", err
	}
	port, err := canonicalPort(u.Port(), scheme)
	return name + port, err
}

// canonicalName is the host name in lower-case ASCII, an IPv6 address in brackets.
func canonicalName(name string) (string, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		return literal(addr)
	}
	ascii := strings.ToLower(name)
	if !isASCII(name) {
		var err error
		if ascii, err = idna.Lookup.ToASCII(name); err != nil {
			return "", fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
		}
	}
	if !validName(ascii) {
		return "", fmt.Errorf("%w: host %q", ErrForbiddenAddress, name)
	}
	return ascii, nil
}

func literal(addr netip.Addr) (string, error) {
	switch {
	case addr.Zone() != "" || addr.Is4In6():
		return "", fmt.Errorf("%w: host %s", ErrForbiddenAddress, addr)
	case addr.Is6():
		return "[" + addr.String() + "]", nil
	}
	return addr.String(), nil
}

// validName takes names as DNS has them, and none that a resolver could read as
// an IPv4 address: decimal, octal or hexadecimal, whole or in parts.
func validName(name string) bool {
	if len(name) > 253 {
		return false
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	hex, isHex := strings.CutPrefix(last, "0x")
	return strings.Trim(last, "0123456789") != "" && !(isHex && strings.Trim(hex, "0123456789abcdef") == "")
}

func canonicalPort(port, scheme string) (string, error) {
	if port == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", fmt.Errorf("%w: port %q", ErrForbiddenAddress, port)
	}
	if (scheme == "https" && n == 443) || (scheme == "http" && n == 80) {
		return "", nil
	}
	return ":" + strconv.FormatUint(n, 10), nil
}

// escapeQuery makes what url.Parse leaves raw fit for a request line.
func escapeQuery(q string) string {
	var b strings.Builder
	for i := range len(q) {
		if q[i] <= ' ' || q[i] >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", q[i])
			continue
		}
		b.WriteByte(q[i])
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
