package httpsig

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// parseRFC9421 takes the first signature, in the order of Signature-Input, that
// meets the policy; proxies may have added others. When none does, the error is
// that of the first.
func (p Policy) parseRFC9421(r *http.Request, now time.Time) (*Signature, error) {
	inputs, err := signatureDictionary(r.Header, "Signature-Input")
	if err != nil {
		return nil, err
	}
	values, err := signatureDictionary(r.Header, "Signature")
	if err != nil {
		return nil, err
	}
	var first error
	for _, label := range inputs.Names() {
		s, err := p.parseLabel(r, inputs, values, label, now)
		if err == nil {
			return s, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = ErrUnsigned
	}
	return nil, first
}

func signatureDictionary(h http.Header, name string) (*httpsfv.Dictionary, error) {
	values := h.Values(name)
	size := 0
	for _, v := range values {
		size += len(v)
	}
	if size > maxHeader {
		return nil, malformed("the %s header is too long", name)
	}
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return nil, malformed("the %s header is not a dictionary", name)
	}
	return dict, nil
}

func (p Policy) parseLabel(r *http.Request, inputs, values *httpsfv.Dictionary, label string, now time.Time) (*Signature, error) {
	member, _ := inputs.Get(label)
	input, ok := member.(httpsfv.InnerList)
	if !ok {
		return nil, malformed("the Signature-Input %q is not a list", label)
	}
	covered, err := components(input)
	if err != nil {
		return nil, err
	}
	s := &Signature{Scheme: RFC9421}
	if s.value, err = byteSequence(values, label); err != nil {
		return nil, err
	}
	if err := s.readSignatureParams(input.Params); err != nil {
		return nil, err
	}
	if err := s.checkRFC9421(covered, now); err != nil {
		return nil, err
	}
	if err := s.readDigests(r, covered); err != nil {
		return nil, err
	}
	base, err := signatureBase(r, p.scheme(), input, covered)
	if err != nil {
		return nil, err
	}
	s.bases = []string{base}
	return s, p.admit(s, now)
}

// components are the names of what is covered. Parameters of components (sf, key,
// req and so on) have no use among servers and are refused.
func components(input httpsfv.InnerList) ([]string, error) {
	covered := make([]string, 0, len(input.Items))
	for _, item := range input.Items {
		name, ok := item.Value.(string)
		if !ok || name != strings.ToLower(name) {
			return nil, malformed("a covered component is not a lower-case string")
		}
		if len(item.Params.Names()) > 0 {
			return nil, refused("parameters of component %q are not supported", name)
		}
		covered = append(covered, name)
	}
	return covered, checkComponents(covered)
}

func byteSequence(values *httpsfv.Dictionary, label string) ([]byte, error) {
	member, _ := values.Get(label)
	item, _ := member.(httpsfv.Item)
	value, ok := item.Value.([]byte)
	if !ok {
		return nil, malformed("no signature named %q", label)
	}
	return value, nil
}

// readSignatureParams reads the parameters of RFC 9421 §2.3; others are covered by
// the signature all the same and mean nothing to us.
func (s *Signature) readSignatureParams(params *httpsfv.Params) error {
	for _, name := range params.Names() {
		value, _ := params.Get(name)
		ok := true
		switch name {
		case "keyid":
			s.KeyID, ok = value.(string)
		case "alg":
			s.algorithm, ok = value.(string)
		case "created":
			s.Created, ok = unixTime(value)
		case "expires":
			s.Expires, ok = unixTime(value)
		}
		if !ok {
			return malformed("signature parameter %q", name)
		}
	}
	return nil
}

func unixTime(value any) (time.Time, bool) {
	seconds, ok := value.(int64)
	return time.Unix(seconds, 0), ok && seconds >= 0
}

func (s *Signature) checkRFC9421(covered []string, now time.Time) error {
	for _, name := range []string{"@method", "@target-uri"} {
		if !slices.Contains(covered, name) {
			return refused("%s is not covered", name)
		}
	}
	switch s.algorithm {
	case "", "rsa-v1_5-sha256", "rsa-v1_5-sha512", "rsa-pss-sha512", "ed25519":
	default:
		return refused("algorithm %q", s.algorithm)
	}
	if s.Created.IsZero() {
		return refused("there is no created time")
	}
	return checkWindow(s.Created, now)
}

// signatureBase is what was signed (RFC 9421 §2.5), when the world reaches the
// target of r by scheme.
func signatureBase(r *http.Request, scheme string, input httpsfv.InnerList, covered []string) (string, error) {
	var b strings.Builder
	for _, name := range covered {
		value, ok := component(r, scheme, name)
		if !ok {
			return "", refused("%q is covered but not there", name)
		}
		b.WriteString(`"` + name + `": ` + value + "\n")
	}
	params, err := httpsfv.Marshal(input)
	if err != nil {
		return "", malformed("the signature parameters")
	}
	b.WriteString(`"@signature-params": ` + params)
	return b.String(), nil
}

// component is the value of a derived component (RFC 9421 §2.2) or of a field.
func component(r *http.Request, scheme, name string) (string, bool) {
	if !strings.HasPrefix(name, "@") {
		return fieldValue(r, name)
	}
	target := requestTarget(r)
	path, query, _ := strings.Cut(target, "?")
	authority := canonicalHost(scheme, hostOf(r))
	switch name {
	case "@method":
		return r.Method, true
	case "@target-uri":
		return scheme + "://" + authority + target, true
	case "@authority":
		return authority, true
	case "@scheme":
		return scheme, true
	case "@request-target":
		return target, true
	case "@path":
		return path, true
	case "@query":
		return "?" + query, true
	}
	return "", false
}
