package jcs

import (
	"bytes"
	"errors"
	"testing"
)

func canonical(t *testing.T, raw string) string {
	t.Helper()
	v, err := Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Append(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The first three are the examples of RFC 8785 §3.2.2 and §3.2.3.
func TestCanonicalForm(t *testing.T) {
	for raw, want := range map[string]string{
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`:                                        `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`: "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		`[56.0, -0, 1e21, 1e20, 1e-6, 1e-7, 5e-324, 9007199254740993]`: `[56,0,1e+21,100000000000000000000,0.000001,1e-7,5e-324,9007199254740992]`,
		` "\b\f\t\u2028\u007f" `: "\"\\b\\f\\t\u2028\u007f\"",
		`{}`:                     `{}`,
	} {
		if got := canonical(t, raw); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", raw, got, want)
		}
	}
}

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	for _, raw := range []string{``, `{`, `{} {}`, `nul`, `{"a":01}`} {
		if _, err := Parse([]byte(raw)); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: got %v, want ErrSyntax", raw, err)
		}
	}
	if v, err := Parse([]byte(`1e999`)); err == nil {
		if _, err := Append(nil, v); !errors.Is(err, ErrSyntax) {
			t.Errorf("a number that no float holds: got %v, want ErrSyntax", err)
		}
	}
	if _, err := Append(nil, 1.5); !errors.Is(err, ErrSyntax) {
		t.Errorf("a value that Parse never returns: got %v, want ErrSyntax", err)
	}
}

// The canonical form is JSON, and its own canonical form.
func FuzzCanonicalTwiceIsOnce(f *testing.F) {
	f.Add([]byte(`{"b":[1.0,-0,1e-7,"é😀\u0001"],"a":{"\ufb33":null,"😀":true}}`))
	f.Add([]byte(`[1e21,123456789012345678901234567890]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := Parse(raw)
		if err != nil {
			return
		}
		once, err := Append(nil, v)
		if err != nil {
			return
		}
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("%q: %v", once, err)
		}
		if twice, err := Append(nil, again); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("got %q, %v, want %q", twice, err, once)
		}
	})
}
