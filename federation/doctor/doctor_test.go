package doctor_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation/doctor"
)

// node is what stands at a public address: a server that speaks TLS for example.com,
// whose handler a test may change.
type node struct {
	server *httptest.Server
	handle http.HandlerFunc
	probe  *doctor.Probe
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{probe: new(doctor.Probe)}
	n.handle = n.answer
	n.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.handle(w, r) }))
	t.Cleanup(n.server.Close)
	return n
}

const actor = "https://example.com/actors/lab"

// answer is that of a node behind a right proxy.
func (n *node) answer(w http.ResponseWriter, r *http.Request) {
	r.Header.Set("X-Forwarded-For", "192.0.2.7")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.RemoteAddr = "127.0.0.1:4711"
	switch r.URL.Path {
	case "/.well-known/webfinger":
		fmt.Fprintf(w, `{"subject":%q,"links":[{"rel":"self","href":%q}]}`, r.URL.Query().Get("resource"), actor)
	case "/actors/lab":
		fmt.Fprintf(w, `{"id":%q}`, actor)
	default:
		n.probe.ServeHTTP(w, r)
	}
}

func (n *node) outside() *doctor.Outside {
	roots := x509.NewCertPool()
	roots.AddCert(n.server.Certificate())
	return &doctor.Outside{
		BaseURL: "https://example.com", Account: "lab@example.com", Actor: actor, Probe: n.probe, Roots: roots,
		Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Now: time.Now,
		Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
		},
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, n.server.Listener.Addr().String())
		},
	}
}

func TestAHealthyNode(t *testing.T) {
	found := doctor.Examine(t.Context(), newNode(t).outside().Checks())
	for _, f := range found {
		if f.State != doctor.Fine {
			t.Errorf("got %+v", f)
		}
	}
	if len(found) != 4 || doctor.Worst(found) != doctor.Fine {
		t.Errorf("got %+v", found)
	}
}

// one is the finding of a check.
func one(t *testing.T, o *doctor.Outside, check string) doctor.Finding {
	t.Helper()
	for _, f := range doctor.Examine(t.Context(), o.Checks()) {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("there is no check %s", check)
	return doctor.Finding{}
}

func TestWhatIsWrongOutsideIsTold(t *testing.T) {
	n := newNode(t)
	status := func(code int) func(*doctor.Outside) {
		return func(*doctor.Outside) {
			n.handle = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
		}
	}
	arriving := func(change func(*http.Request)) func(*doctor.Outside) {
		return func(*doctor.Outside) {
			n.handle = func(w http.ResponseWriter, r *http.Request) {
				r.Header.Set("X-Forwarded-For", "192.0.2.7")
				r.Header.Set("X-Forwarded-Proto", "https")
				r.RemoteAddr = "127.0.0.1:4711"
				change(r)
				n.probe.ServeHTTP(w, r)
			}
		}
	}
	dead := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("nobody there") }
	for _, c := range []struct {
		check, class string
		state        doctor.State
		change       func(*doctor.Outside)
	}{
		{"dns", "none", doctor.Bad, func(o *doctor.Outside) {
			o.Resolve = func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("no such host") }
		}},
		{"dns", "private", doctor.Bad, func(o *doctor.Outside) {
			o.Resolve = func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("192.168.1.2")}, nil
			}
		}},
		{"dns", "local", doctor.Unknown, func(o *doctor.Outside) { o.BaseURL, o.Local = "http://localhost:8080", true }},
		{"tls", "plain", doctor.Unknown, func(o *doctor.Outside) { o.BaseURL = "http://example.com" }},
		{"tls", "unreachable", doctor.Bad, func(o *doctor.Outside) { o.Dial = dead }},
		{"tls", "unknown-issuer", doctor.Bad, func(o *doctor.Outside) { o.Roots = x509.NewCertPool() }},
		{"tls", "wrong-name", doctor.Bad, func(o *doctor.Outside) { o.BaseURL = "https://labo.invalid" }},
		{"tls", "expired", doctor.Bad, func(o *doctor.Outside) {
			o.Now = func() time.Time { return n.server.Certificate().NotAfter.Add(time.Hour) }
		}},
		{"tls", "soon", doctor.Warning, func(o *doctor.Outside) {
			o.Now = func() time.Time { return n.server.Certificate().NotAfter.Add(-24 * time.Hour) }
		}},
		{"webfinger", "not-set-up", doctor.Unknown, func(o *doctor.Outside) { o.Account = "" }},
		{"webfinger", "unreachable", doctor.Bad, func(o *doctor.Outside) { o.Dial = dead }},
		{"webfinger", "gateway", doctor.Bad, status(http.StatusBadGateway)},
		{"webfinger", "redirect", doctor.Bad, status(http.StatusMovedPermanently)},
		{"webfinger", "status", doctor.Bad, status(http.StatusNotFound)},
		{"webfinger", "status", doctor.Bad, func(*doctor.Outside) {
			n.handle = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }
		}},
		{"webfinger", "another", doctor.Bad, func(o *doctor.Outside) { o.Actor = "https://example.com/users/lab" }},
		{"webfinger", "actor", doctor.Bad, func(*doctor.Outside) {
			n.handle = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/actors/lab" {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				n.answer(w, r)
			}
		}},
		{"proxy", "not-running", doctor.Unknown, func(o *doctor.Outside) { o.Probe = nil }},
		{"proxy", "elsewhere", doctor.Bad, func(o *doctor.Outside) { o.Probe = new(doctor.Probe) }},
		{"proxy", "host", doctor.Bad, arriving(func(r *http.Request) { r.Host = "localhost:8080" })},
		{"proxy", "for", doctor.Warning, arriving(func(r *http.Request) { r.Header.Del("X-Forwarded-For") })},
		{"proxy", "proto", doctor.Warning, arriving(func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "http") })},
		{"proxy", "untrusted", doctor.Bad, arriving(func(r *http.Request) { r.RemoteAddr = "203.0.113.9:1" })},
	} {
		o := n.outside()
		n.handle = n.answer
		c.change(o)
		if f := one(t, o, c.check); f.Class != c.class || f.State != c.state {
			t.Errorf("%s: got %+v, want %s, %s", c.check, f, c.class, c.state)
		}
	}
	n.handle = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/actors/lab" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		n.answer(w, r)
	}
	o := n.outside()
	o.Signed = true
	if f := one(t, o, "webfinger"); f.Class != "signed" || f.State != doctor.Fine {
		t.Errorf("for signed requests alone: got %+v", f)
	}
}

func TestTheProbeTellsStrangersNothing(t *testing.T) {
	w := httptest.NewRecorder()
	new(doctor.Probe).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, doctor.ProbePath+"guess", nil))
	if w.Code != http.StatusNotFound || w.Body.Len() > 0 {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

// TestNoCheckIsWaitedForLong: neither one that obeys nor one that does not.
func TestNoCheckIsWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan struct{})
		defer close(gone)
		began := time.Now()
		found := doctor.Examine(t.Context(), []doctor.Check{
			{Name: "obeys", Run: func(ctx context.Context) doctor.Finding {
				<-ctx.Done()
				return doctor.Finding{State: doctor.Bad, Class: "gave-up"}
			}},
			{Name: "hangs", Run: func(context.Context) doctor.Finding {
				<-gone
				return doctor.Finding{}
			}},
			{Name: "quick", Run: func(context.Context) doctor.Finding { return doctor.Finding{State: doctor.Fine, Class: "well"} }},
		})
		if took := time.Since(began); took != doctor.Limit {
			t.Errorf("took %v, want %v", took, doctor.Limit)
		}
		if found[1].Class != "late" || found[1].Check != "hangs" || found[2].Class != "well" {
			t.Errorf("got %+v", found)
		}
	})
}

func TestTheClockIsTheMiddleOfOthers(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ahead []time.Duration // of other servers; a day means that one does not answer
		class string
	}{
		{nil, "nobody"},
		{[]time.Duration{24 * time.Hour}, "nobody"},
		{[]time.Duration{0, 2 * time.Second, time.Hour}, "right"}, // one of them is wrong
		{[]time.Duration{-40 * time.Second}, "drifts"},
		{[]time.Duration{6 * time.Minute, 6 * time.Minute, 0}, "wrong"},
	} {
		clock := doctor.Clock{Now: func() time.Time { return now }}
		for i := range c.ahead {
			clock.Hosts = append(clock.Hosts, fmt.Sprint(i))
		}
		clock.Date = func(_ context.Context, host string) (time.Time, error) {
			var i int
			if _, err := fmt.Sscan(host, &i); err != nil || c.ahead[i] == 24*time.Hour {
				return time.Time{}, errors.New("no answer")
			}
			return now.Add(c.ahead[i]), nil
		}
		if f := doctor.Examine(t.Context(), []doctor.Check{clock.Check()})[0]; f.Class != c.class {
			t.Errorf("%v: got %+v, want %s", c.ahead, f, c.class)
		}
	}
}
