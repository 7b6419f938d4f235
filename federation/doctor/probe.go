package doctor

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"path"
	"sync"
)

// ProbePath is where a Probe is mounted, with a secret behind it.
const ProbePath = "/.well-known/essaim-probe/"

// Probe is an address of the node at which it takes notice of how a request reached
// it. It tells nobody: whoever asks without the secret of a question that is under way
// gets 404, and with it an empty answer. It is safe for concurrent use.
type Probe struct {
	mu      sync.Mutex
	waiting map[string]chan arrival
}

// arrival is what the node sees of a request.
type arrival struct {
	host, peer       string
	proto, forwarded string // of the proxy; empty: it sent none
}

// ServeHTTP takes notice.
func (p *Probe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	seen := p.waiting[path.Base(r.URL.Path)]
	p.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	if seen == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	select {
	case seen <- arrival{r.Host, r.RemoteAddr, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-For")}:
	default: // a proxy that asks twice
	}
	w.WriteHeader(http.StatusNoContent)
}

// expect makes a secret for one question; forget it at the end.
func (p *Probe) expect() (secret string, seen chan arrival, forget func()) {
	secret, seen = rand.Text(), make(chan arrival, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = map[string]chan arrival{}
	}
	p.waiting[secret] = seen
	return secret, seen, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, secret)
	}
}

// proxy asks the node through its public address and looks at what arrived.
func (o *Outside) proxy(ctx context.Context) Finding {
	if o.Probe == nil {
		return Finding{State: Unknown, Class: "not-running"}
	}
	secret, seen, forget := o.Probe.expect()
	defer forget()
	status, _ := o.get(ctx, ProbePath+secret, "*/*", nil)
	select {
	case a := <-seen:
		return o.judge(a)
	default:
		return Finding{State: Bad, Class: "elsewhere", Args: map[string]any{"address": o.BaseURL, "status": status}}
	}
}

func (o *Outside) judge(a arrival) Finding {
	want, secure := o.host().Host, o.host().Scheme == "https"
	args := map[string]any{"got": a.host, "want": want, "peer": a.peer}
	switch {
	case a.host != want:
		return Finding{State: Bad, Class: "host", Args: args}
	case a.forwarded == "" && a.proto == "" && !secure:
		return Finding{State: Fine, Class: "direct", Args: args}
	case a.forwarded == "":
		return Finding{State: Warning, Class: "for", Args: args}
	case !o.trusts(a.peer):
		return Finding{State: Bad, Class: "untrusted", Args: args}
	case secure && a.proto != "https":
		return Finding{State: Warning, Class: "proto", Args: args}
	}
	return Finding{State: Fine, Class: "right", Args: args}
}

func (o *Outside) trusts(peer string) bool {
	at, err := netip.ParseAddrPort(peer)
	if err != nil {
		return false
	}
	for _, p := range o.Trusted {
		if p.Contains(at.Addr().Unmap()) {
			return true
		}
	}
	return false
}
