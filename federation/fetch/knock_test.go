package fetch

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
)

var _ Signer = httpsig.Signer{}

// markSigner writes the scheme where the test server can read it.
type markSigner struct{ err error }

func (s markSigner) Sign(r *http.Request, body []byte, scheme httpsig.Scheme, now time.Time) error {
	r.Header.Set("Signature", scheme.String())
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	if body != nil {
		return errors.New("a GET has no body")
	}
	return s.err
}

// picky is a server that understands one scheme and notes what it was sent.
type picky struct {
	mu     sync.Mutex
	takes  string
	status int
	heard  []string
}

func (p *picky) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := r.Header.Get("Signature")
	p.heard = append(p.heard, got)
	if got != p.takes {
		w.WriteHeader(p.status)
		return
	}
	itself(w, r)
}

func (p *picky) wantHeard(t *testing.T, want ...httpsig.Scheme) {
	t.Helper()
	var names []string
	for _, s := range want {
		names = append(names, s.String())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.heard, names) {
		t.Errorf("got knocks %v, want %v", p.heard, names)
	}
	p.heard = nil
}

func TestKnocksInTurnAndRemembersTheHost(t *testing.T) {
	for _, status := range []int{400, 401, 403} {
		p := &picky{takes: httpsig.RFC9421.String(), status: status}
		s, _ := newServer(t, p.serve)
		c := newClient(t, func(cfg *Config) { cfg.Signer = markSigner{} })
		if _, err := c.Object(t.Context(), s.URL+"/a?page=1"); err != nil {
			t.Fatal(err)
		}
		p.wantHeard(t, httpsig.Cavage, httpsig.CavageNoQuery, httpsig.RFC9421)
		if _, err := c.Object(t.Context(), s.URL+"/b?page=1"); err != nil {
			t.Fatal(err)
		}
		p.wantHeard(t, httpsig.RFC9421)
		p.takes = httpsig.CavageNoQuery.String()
		if _, err := c.Object(t.Context(), s.URL+"/c?page=1"); err != nil {
			t.Fatal(err)
		}
		p.wantHeard(t, httpsig.RFC9421, httpsig.Cavage, httpsig.CavageNoQuery)
	}
}

func TestNoKnockWithoutQueryWhereThereIsNone(t *testing.T) {
	p := &picky{takes: "nothing", status: http.StatusUnauthorized}
	s, _ := newServer(t, p.serve)
	_, err := newClient(t, func(cfg *Config) { cfg.Signer = markSigner{} }).Object(t.Context(), s.URL+"/a")
	if bad, ok := errors.AsType[*BadResponse](err); !ok || bad.Status != http.StatusUnauthorized {
		t.Errorf("got %v, want status 401", err)
	}
	p.wantHeard(t, httpsig.Cavage, httpsig.RFC9421)
}

func TestOneKnockIsEnoughForOtherAnswers(t *testing.T) {
	p := &picky{takes: "nothing", status: http.StatusGone}
	s, _ := newServer(t, p.serve)
	_, err := newClient(t, func(cfg *Config) { cfg.Signer = markSigner{} }).Object(t.Context(), s.URL+"/a?b")
	wantError(t, err, ErrGone)
	p.wantHeard(t, httpsig.Cavage)
}

func TestGetIsNotSigned(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Signature") != "" {
			t.Error("WebFinger and NodeInfo are public and need no signature")
		}
		w.Header().Set("Content-Type", "application/json")
	})
	c := newClient(t, func(cfg *Config) { cfg.Signer = markSigner{} })
	if _, err := c.Get(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
}

func TestFailingSignerSendsNothing(t *testing.T) {
	s, n := newServer(t, itself)
	broken := errors.New("no key")
	_, err := newClient(t, func(cfg *Config) { cfg.Signer = markSigner{broken} }).Object(t.Context(), s.URL)
	wantError(t, err, broken)
	if errors.Is(err, ErrTemporary) || n.Load() != 0 {
		t.Errorf("got %v after %d requests, want our own error and no request", err, n.Load())
	}
}
