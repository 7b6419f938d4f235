package httpsig

import "strings"

// parseParams reads the parameters of a draft-cavage signature by the grammar of
// RFC 9110 §11.2: name = token or quoted-string, separated by commas, white space
// allowed around both. Names come back in lower case. A name that occurs twice is
// an error, for two readers could disagree which one counts.
func parseParams(header string) (map[string]string, error) {
	params := make(map[string]string, 6)
	rest := trimOWS(header)
	for {
		name, value, after, err := parseParam(rest)
		if err != nil {
			return nil, err
		}
		if _, twice := params[name]; twice {
			return nil, malformed("parameter %q twice", name)
		}
		params[name] = value
		if after == "" {
			return params, nil
		}
		if after[0] != ',' {
			return nil, malformed("no comma after parameter %q", name)
		}
		rest = trimOWS(after[1:])
	}
}

// parseParam takes one parameter and the white space after it off s.
func parseParam(s string) (name, value, rest string, err error) {
	name, rest = cutToken(s)
	if name == "" {
		return "", "", "", malformed("parameter name expected")
	}
	name = strings.ToLower(name)
	rest, ok := strings.CutPrefix(trimOWS(rest), "=")
	if !ok {
		return "", "", "", malformed("no = after parameter %q", name)
	}
	rest = trimOWS(rest)
	if strings.HasPrefix(rest, `"`) {
		value, rest, ok = cutQuoted(rest)
	} else {
		value, rest = cutToken(rest)
		ok = value != ""
	}
	if !ok {
		return "", "", "", malformed("value of parameter %q", name)
	}
	return name, value, trimOWS(rest), nil
}

func cutToken(s string) (token, rest string) {
	i := 0
	for i < len(s) && isTokenByte(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

// isTokenByte is tchar of RFC 9110 §5.6.2.
func isTokenByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// cutQuoted takes a quoted-string (RFC 9110 §5.6.4) off the front of s.
func cutQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

func trimOWS(s string) string { return strings.Trim(s, " \t") }
