package webfinger

import (
	"errors"
	"strings"
	"testing"
)

func TestParseHandleTakesWhatPeopleType(t *testing.T) {
	handle := Address{User: "lab", Host: "lab.example"}
	for typed, want := range map[string]Address{
		"@lab@lab.example":              handle,
		"lab@lab.example":               handle,
		"acct:lab@lab.example":          handle,
		"ACCT:@lab@LAB.Example":         handle,
		"  @lab@lab.example\n":          handle,
		"\u2068@lab@lab.example\u2069":  handle,
		"\u200b@lab@lab.example\ufeff":  handle,
		"@Lab@lab.example:443":          {User: "Lab", Host: "lab.example"},
		"@lab@127.0.0.1:8101":           {User: "lab", Host: "127.0.0.1:8101"},
		"@lab@bretagne.localhost:8101":  {User: "lab", Host: "bretagne.localhost:8101"},
		"@lab.example@lab.example":      {User: "lab.example", Host: "lab.example"},
		"@lab@labo-é.example":           {User: "lab", Host: "xn--labo--fsa.example"},
		"https://Lab.example":           {URL: "https://lab.example/"},
		"https://lab.example/@lab#x":    {URL: "https://lab.example/@lab"},
		"https://lab.example/o/1?a=b@c": {URL: "https://lab.example/o/1?a=b@c"},
		"http://127.0.0.1:8101/@lab":    {URL: "http://127.0.0.1:8101/@lab"},
		"lab.example":                   {URL: "https://lab.example/"},
		"lab.example/@lab":              {URL: "https://lab.example/@lab"},
		"bretagne.localhost:8101":       {URL: "http://bretagne.localhost:8101/"},
		"localhost/@lab":                {URL: "http://localhost/@lab"},
	} {
		got, err := ParseHandle(typed, testBase)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", typed, got, err, want)
		}
	}
	if got, err := ParseHandle("lab.example", nil); err != nil || got.URL != "https://lab.example/" {
		t.Errorf("without base: got %+v, %v", got, err)
	}
}

func testBase(host string) string {
	if strings.Contains(host, "localhost") {
		return "http://" + host
	}
	return "https://" + host
}

var nonsense = []string{
	"", "@", "@@", "lab", "@lab", "@lab@", "@@lab.example", "lab@lab@lab.example", "@lab @lab.example", "lab bleu@lab.example",
	"acct:", "acct:lab", "acct:@lab", "acct:lab@", "acct:lab@lab.example/x", "acct:lab@lab.example?x", "acct:lab@lab.example#x",
	"acct:lab@user@lab.example", "acct:l/ab@lab.example", "acct:l%61b@lab.example", "acct:lab@127.1", "acct:lab@0x7f000001",
	"acct:lab@[::1", "acct:lab@lab.example.", "acct:lab@.", "acct:lab\x00@lab.example", "acct:lab@lab.example:99999",
	"acct:" + strings.Repeat("a", 256) + "@lab.example", "mailto:lab@lab.example", "urn:lab", "ftp://lab.example/", "://",
	"https://", "https:///@lab", "https://user@lab.example/", "https://lab@lab.example", "javascript:alert(1)", "//lab.example/@lab",
	"/@lab", "../../etc/passwd", "https://lab.example\\@evil.example/", "lab@lab.example/../x", "\xff\xfe@lab.example", "{uri}",
}

func TestParseHandleRefusesTheRest(t *testing.T) {
	for _, typed := range nonsense {
		if got, err := ParseHandle(typed, nil); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: got %+v, %v, want ErrInvalid", typed, got, err)
		}
	}
}

func own(host string) bool { return host == "lab.example" || host == "fed.lab.example" }

func TestParseResourceTakesEveryFormOfOurs(t *testing.T) {
	handle := Address{User: "lab", Host: "lab.example"}
	for resource, want := range map[string]Address{
		"acct:lab@lab.example":             handle,
		"acct:LAB@LAB.EXAMPLE":             handle,
		"acct:@lab@lab.example":            handle,
		"@lab@lab.example":                 handle,
		"lab@lab.example":                  handle,
		"acct:lab@fed.lab.example":         {User: "lab", Host: "fed.lab.example"},
		"https://lab.example/actors/lab":   {URL: "https://lab.example/actors/lab"},
		"https://LAB.example:443/@lab":     {URL: "https://lab.example/@lab"},
		"https://lab.example/o/1?lang=fr":  {URL: "https://lab.example/o/1?lang=fr"},
		"https://lab.example/actors/lab#k": {URL: "https://lab.example/actors/lab"},
		"https://lab.example/":             {URL: "https://lab.example/"},
		"https://lab.example":              {URL: "https://lab.example/"},
	} {
		got, err := ParseResource(resource, own)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", resource, got, err, want)
		}
	}
}

// P14
func TestOddResourceIsInvalid(t *testing.T) {
	for _, resource := range append(nonsense, " acct:lab@lab.example", "acct:lab@lab.example ", "lab.example") {
		if got, err := ParseResource(resource, own); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: got %+v, %v, want ErrInvalid", resource, got, err)
		}
	}
}

// P14
func TestResourceOfAnotherHostIsForeign(t *testing.T) {
	for _, resource := range []string{
		"acct:lab@evil.example", "acct:lab@lab.example.evil.example", "acct:lab@sub.lab.example", "acct:lab@lab.example:8443",
		"https://evil.example/actors/lab", "https://lab.example.evil.example/", "https://lab.example:8443/", "https://evil.example/?https://lab.example/",
	} {
		if got, err := ParseResource(resource, own); !errors.Is(err, ErrForeign) {
			t.Errorf("%q: got %+v, %v, want ErrForeign", resource, got, err)
		}
	}
}

func FuzzParseHandle(f *testing.F) {
	for _, s := range append(nonsense, "@lab@lab.example", "lab.example/@lab") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseHandle(s, nil)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%q: got %v", s, err)
			}
			return
		}
		checkCanonical(t, a)
	})
}

func FuzzParseResource(f *testing.F) {
	for _, s := range append(nonsense, "acct:lab@lab.example", "https://lab.example/@lab") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseResource(s, func(string) bool { return true })
		if err != nil {
			return
		}
		checkCanonical(t, a)
		if _, err := ParseResource(s, func(string) bool { return false }); !errors.Is(err, ErrForeign) {
			t.Errorf("%q: got %v where no host is ours", s, err)
		}
	})
}

// checkCanonical: what was parsed, written and parsed again is the same.
func checkCanonical(t *testing.T, a Address) {
	t.Helper()
	written := a.URL
	if a.User != "" {
		written = a.Acct()
	}
	if again, err := ParseHandle(written, nil); err != nil || again != a {
		t.Errorf("%+v is read again as %+v, %v", a, again, err)
	}
	if (a.User == "") != (a.Host == "") || (a.User == "") == (a.URL == "") {
		t.Errorf("got %+v, want a handle or a URL", a)
	}
}
