package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

func TestParseURLHasOneSpelling(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Lab.Example":              "https://lab.example/",
		"HTTPS://lab.example:443/a#main":   "https://lab.example/a",
		"http://lab.example:80/":           "http://lab.example/",
		"https://lab.example:8443/a?b=c":   "https://lab.example:8443/a?b=c",
		"https://labo-é.example/":          "https://xn--labo--fsa.example/",
		"https://LABO-É.example/é?q=é":     "https://xn--labo--fsa.example/%C3%A9?q=%C3%A9",
		"https://lab。example/":             "https://lab.example/",
		"https://my_lab.example/":          "https://my_lab.example/",
		"https://203.1.2.3/":               "https://203.1.2.3/",
		"https://[2001:DB8::1]:8443/":      "https://[2001:db8::1]:8443/",
		"https://lab.example/a?x=1 2":      "https://lab.example/a?x=1%202",
		"https://0x.example/":              "https://0x.example/",
		"https://lab.example/%2e%2e/a%2Fb": "https://lab.example/%2e%2e/a%2Fb",
	} {
		u, err := ParseURL(raw, true)
		if err != nil || u.String() != want {
			t.Errorf("%s: got %v, %v, want %s", raw, u, err, want)
		}
	}
}

var forbidden = []string{
	"", "lab.example", "/a", "//lab.example/", "https:", "https://", "https:///a", "https:lab.example",
	"ftp://lab.example/", "file:///etc/passwd", "gopher://lab.example/", "javascript:alert(1)", "data:,a", "unix:///run/x",
	"https://user@lab.example/", "https://user:pass@lab.example/", "https://@lab.example/", "https://lab.example@evil.example/",
	"https://lab.example./", "https://127.0.0.1./", "https://lab..example/", "https://.lab.example/",
	"https://2130706433/", "https://0x7f000001/", "https://0X7F.1/", "https://017700000001/", "https://0177.0.0.1/",
	"https://127.1/", "https://127.0.1/", "https://0x7f.0.0.1/", "https://127.0.0.0x1/", "https://0x/", "https://1.2.3.4.5/",
	"https://１２７.０.０.１/", "https://127。0。0。1/", "https://①②⑦.0.0.1/", "https://256.1.1.1/",
	"https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[fe80::1%25eth0]/", "https://[::1/", "https://::1/",
	"https://lab.example:0/", "https://lab.example:65536/", "https://lab.example:http/", "https://lab.example:-1/",
	"https://lab example/", "https://lab\texample/", "https://lab.example\\@evil.example/", "https://lab\x00.example/",
	"https://lab%2eexample/", "https://%31%32%37.0.0.1/", "https://lab.example/\r\nX: y", "https://*.example/",
	"https://" + strings.Repeat("a", 64) + ".example/", "https://" + strings.Repeat("a.", 127) + "example/",
	"https://lab.example/" + strings.Repeat("a", 2048),
}

func TestParseURLRefuses(t *testing.T) {
	for _, raw := range forbidden {
		if u, err := ParseURL(raw, true); !errors.Is(err, ErrForbiddenAddress) {
			t.Errorf("%q: got %v, %v, want ErrForbiddenAddress", raw, u, err)
		}
	}
	if _, err := ParseURL("http://lab.example/", false); !errors.Is(err, ErrForbiddenAddress) {
		t.Errorf("plain http: got %v, want ErrForbiddenAddress", err)
	}
}

func TestCanonicalHost(t *testing.T) {
	for host, want := range map[string]string{
		"Lab.Example": "lab.example", "lab.example:443": "lab.example", "127.0.0.1:8101": "127.0.0.1:8101",
		"labo-é.example": "xn--labo--fsa.example", "[::1]:80": "[::1]:80",
	} {
		if got, err := CanonicalHost(host); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", host, got, err, want)
		}
	}
	for _, host := range []string{"", "a/b", "a?b", "a#b", "u@a", "a b", "127.1", "a.", "a:b"} {
		if got, err := CanonicalHost(host); err == nil {
			t.Errorf("%q: got %s, want an error", host, got)
		}
	}
}

// The addresses of SECURITY's list, as literals and as answers of a name server.
var private = []string{
	"127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
	"100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.2.1",
	"198.18.0.1", "::1", "::", "::127.0.0.1", "fc00::1", "fd12:3456::1", "fe80::1", "ff02::1",
	"64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "fec0::1",
}

func TestPrivateAddressIsRefused(t *testing.T) {
	c := New(Config{AllowHTTP: true})
	for _, ip := range private {
		for _, scheme := range []string{"http://", "https://"} {
			address := scheme + bracketed(ip) + ":8080/"
			_, err := c.Object(t.Context(), address)
			if !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("GET %s: got %v, want ErrForbiddenAddress", address, err)
			}
			req, _ := http.NewRequest(http.MethodPost, address, strings.NewReader("{}"))
			if _, err = c.Post(t.Context(), req); !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("POST %s: got %v, want ErrForbiddenAddress", address, err)
			}
		}
	}
}

func bracketed(ip string) string {
	if strings.Contains(ip, ":") {
		return "[" + ip + "]"
	}
	return ip
}

func TestNameWithPrivateAddressIsRefused(t *testing.T) {
	public := netip.MustParseAddr("203.1.2.3")
	for _, ip := range append(private, "::ffff:127.0.0.1", "::ffff:10.0.0.1") {
		for _, answer := range [][]netip.Addr{{netip.MustParseAddr(ip)}, {public, netip.MustParseAddr(ip)}} {
			c := New(Config{Resolve: func(context.Context, string) ([]netip.Addr, error) { return answer, nil }})
			_, err := c.Object(t.Context(), "https://lab.example/")
			if !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("name with %v: got %v, want ErrForbiddenAddress", answer, err)
			}
		}
	}
}

// Rebinding: the name server is asked once and what it said is dialled; a second
// answer that differs is checked like the first.
func TestSecondAnswerIsCheckedToo(t *testing.T) {
	s, n := newServer(t, itself)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	var lookups atomic.Int64
	c := newClient(t, func(cfg *Config) {
		cfg.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			if lookups.Add(1) == 1 {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("169.254.169.254")}, nil
		}
	})
	if _, err := c.Object(t.Context(), "http://lab.example"+port+"/1"); err != nil {
		t.Fatal(err)
	}
	if lookups.Load() != 1 || n.Load() != 1 {
		t.Errorf("got %d lookups and %d requests, want 1 and 1", lookups.Load(), n.Load())
	}
	c.Close()
	_, err := c.Object(t.Context(), "http://lab.example"+port+"/2")
	wantError(t, err, ErrForbiddenAddress)
}

func TestSocketHookRefusesWhatSlippedThrough(t *testing.T) {
	d := newDialer(Config{})
	_, err := d.dialOne(t.Context(), connectTimeout, "127.0.0.1:9")
	wantError(t, err, ErrForbiddenAddress)
}

func TestLocalhostNamesAreTheLoopback(t *testing.T) {
	s, _ := newServer(t, itself)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	neverAsk := func(context.Context, string) ([]netip.Addr, error) {
		t.Error("the name server was asked for a localhost name")
		return nil, nil
	}
	c := newClient(t, func(cfg *Config) { cfg.Resolve = neverAsk })
	for _, host := range []string{"localhost", "bretagne.localhost", "Bretagne.LOCALHOST"} {
		if _, err := c.Get(t.Context(), "http://"+host+port+"/", "application/activity+json"); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	closed := New(Config{AllowHTTP: true, Resolve: neverAsk})
	_, err := closed.Object(t.Context(), "http://bretagne.localhost"+port+"/")
	wantError(t, err, ErrForbiddenAddress)
}

func TestAllowedNetOpensNothingElse(t *testing.T) {
	c := newClient(t, func(cfg *Config) {
		cfg.AllowNets = []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32"), netip.MustParsePrefix("fd00::/8")}
	})
	for _, address := range []string{"http://127.0.0.1/", "http://[fe80::1]/", "http://10.0.0.1/"} {
		_, err := c.Object(t.Context(), address)
		wantError(t, err, ErrForbiddenAddress)
	}
}

func TestNextAddressIsTriedWhenOneIsDead(t *testing.T) {
	s, _ := newServer(t, itself)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	c := newClient(t, func(cfg *Config) {
		cfg.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.9.9.9"), netip.MustParseAddr("127.0.0.1")}, nil
		}
	})
	if _, err := c.Object(t.Context(), "http://lab.example"+port+"/"); err != nil {
		t.Error(err)
	}
}

func FuzzParseURL(f *testing.F) {
	for _, raw := range append(forbidden, "https://lab.example/a?b#c", "http://[2001:db8::1]:80/") {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseURL(raw, true)
		if err != nil {
			return
		}
		again, err := ParseURL(u.String(), true)
		if err != nil || again.String() != u.String() {
			t.Errorf("%q: %s is read again as %v, %v", raw, u, again, err)
		}
		if u.User != nil || u.Fragment != "" || strings.ToLower(u.Host) != u.Host {
			t.Errorf("%q: got %s", raw, u)
		}
	})
}
