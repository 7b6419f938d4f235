package httpsig

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxCovered bounds the number of covered components of one signature.
const maxCovered = 64

// cavageHeader finds the draft-cavage signature of a request. Old node libraries
// send it as "Authorization: Signature …", or put that word before the
// parameters of the Signature header.
func cavageHeader(h http.Header) (string, error) {
	values := h.Values("Signature")
	if len(values) == 0 {
		for _, v := range h.Values("Authorization") {
			if params, ok := cutScheme(v); ok {
				values = append(values, params)
			}
		}
	}
	switch {
	case len(values) == 0:
		return "", ErrUnsigned
	case len(values) > 1:
		return "", malformed("several Signature headers")
	case len(values[0]) > maxHeader:
		return "", malformed("the Signature header is too long")
	}
	params, _ := cutScheme(values[0])
	return params, nil
}

// cutScheme takes the word "Signature" off the front of s.
func cutScheme(s string) (params string, ok bool) {
	const scheme = "signature "
	s = trimOWS(s)
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return s, false
	}
	return s[len(scheme):], true
}

func (p Policy) parseCavage(r *http.Request, header string, now time.Time) (*Signature, error) {
	params, err := parseParams(header)
	if err != nil {
		return nil, err
	}
	s := &Signature{KeyID: params["keyid"], algorithm: strings.ToLower(params["algorithm"])}
	if s.value, err = base64.StdEncoding.DecodeString(params["signature"]); err != nil {
		return nil, malformed("the signature is not base64")
	}
	covered := strings.Fields(strings.ToLower(params["headers"]))
	if err := checkCavageCoverage(covered, s.algorithm); err != nil {
		return nil, err
	}
	if err := s.readCavageTimes(r, params, covered, now); err != nil {
		return nil, err
	}
	if err := s.readDigests(r, covered); err != nil {
		return nil, err
	}
	if s.bases, err = cavageBases(r, params, covered); err != nil {
		return nil, err
	}
	return s, p.admit(s, now)
}

// checkCavageCoverage wants the host, the target and a time among the covered
// headers. Without a headers parameter only the time would be (draft §2.1.6).
func checkCavageCoverage(covered []string, algorithm string) error {
	if err := checkComponents(covered); err != nil {
		return err
	}
	for _, name := range []string{"host", "(request-target)"} {
		if !slices.Contains(covered, name) {
			return refused("%s is not covered", name)
		}
	}
	created := slices.Contains(covered, "(created)")
	if !created && !slices.Contains(covered, "date") {
		return refused("neither date nor (created) is covered")
	}
	switch algorithm {
	case "", "hs2019", "ed25519", "ed25519-sha512":
		return nil
	case "rsa-sha256", "rsa-sha512":
		// draft-cavage-12 §2.3: (created) and (expires) are an error with these.
		if created || slices.Contains(covered, "(expires)") {
			return refused("(created) and (expires) need the algorithm hs2019")
		}
		return nil
	}
	return refused("algorithm %q", algorithm)
}

// checkComponents refuses a list that is too long or names a thing twice.
func checkComponents(covered []string) error {
	if len(covered) > maxCovered {
		return malformed("too many covered components")
	}
	for i, name := range covered {
		if slices.Contains(covered[:i], name) {
			return malformed("%q is covered twice", name)
		}
	}
	return nil
}

// readCavageTimes fills in Created and Expires. Each covered time must lie in the
// window; one that is not covered proves nothing, but an expiry always counts.
func (s *Signature) readCavageTimes(r *http.Request, params map[string]string, covered []string, now time.Time) (err error) {
	if value, ok := params["expires"]; ok {
		if s.Expires, err = parseUnix(value); err != nil {
			return err
		}
	}
	if slices.Contains(covered, "date") {
		if s.Created, err = parseDate(r.Header); err != nil {
			return err
		}
		if err := checkWindow(s.Created, now); err != nil {
			return err
		}
	}
	if !slices.Contains(covered, "(created)") {
		return nil
	}
	if s.Created, err = parseUnix(params["created"]); err != nil {
		return err
	}
	return checkWindow(s.Created, now)
}

func parseDate(h http.Header) (time.Time, error) {
	if len(h.Values("Date")) != 1 {
		return time.Time{}, malformed("one Date header expected")
	}
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}, malformed("the Date header")
	}
	return t, nil
}

// parseUnix reads seconds since 1970. The draft allows expires a fraction.
func parseUnix(s string) (time.Time, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseUint(whole, 10, 40)
	if err != nil || strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, malformed("a time is not a number of seconds")
	}
	return time.Unix(int64(seconds), 0), nil
}

// cavageBases are the signing strings (draft-cavage-12 §2.3) to try: with the
// query of the request, and without it when there is one.
func cavageBases(r *http.Request, params map[string]string, covered []string) ([]string, error) {
	target := requestTarget(r)
	base, err := cavageBase(r, target, params, covered)
	if err != nil {
		return nil, err
	}
	path, _, query := strings.Cut(target, "?")
	if !query {
		return []string{base}, nil
	}
	short, err := cavageBase(r, path, params, covered)
	return []string{base, short}, err
}

func cavageBase(r *http.Request, target string, params map[string]string, covered []string) (string, error) {
	var b strings.Builder
	for i, name := range covered {
		var value string
		var ok bool
		switch name {
		case "(request-target)":
			value, ok = strings.ToLower(r.Method)+" "+target, true
		case "(created)", "(expires)":
			value, ok = params[strings.Trim(name, "()")]
		default:
			value, ok = fieldValue(r, name)
		}
		if !ok {
			return "", refused("%q is covered but not sent", name)
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(name + ": " + value)
	}
	return b.String(), nil
}
