// Package fetch reads documents of other servers and posts to their inboxes,
// guarded: no private address, bounded bytes, time and redirects, few requests
// at once to one host, one flight per document.
//
// It knows no store. Callers keep what they fetch; only failures are remembered
// here, for a minute, so that a broken document is not asked for by every
// activity that names it. What a document says is judged no further than FEP-fe34
// asks: who may speak for its id. The rest is left to the caller.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/maypok86/otter/v2"
)

const (
	maxBody      = 1 << 20 // bytes on the wire, and again after decompression
	maxRedirects = 3

	connectTimeout = 5 * time.Second // name lookup and all addresses together
	tlsTimeout     = 5 * time.Second
	headerTimeout  = 15 * time.Second

	defaultTimeout     = 10 * time.Second
	defaultPostTimeout = 30 * time.Second
	defaultFailureTTL  = time.Minute

	maxRemembered = 4096 // failures, and hosts with a known signature scheme
)

// Signer signs a request in place with the key of the node's own actor.
type Signer interface {
	Sign(r *http.Request, body []byte, scheme httpsig.Scheme, now time.Time) error
}

// Config says what a Client may do. The zero value reaches public https servers
// only and signs nothing.
type Config struct {
	UserAgent string         // "Essaim/VERSION (+BASE_URL)"
	AllowHTTP bool           // development: plain http too
	AllowNets []netip.Prefix // development: private networks that may be dialled

	// Blocked says whether nothing may be asked of a host. It is called with the
	// canonical name, and again with "name:port" where the port is not the
	// scheme's own. Nil blocks nobody.
	Blocked func(host string) bool

	// Paused says whether nothing is to be asked of a host for now but whose keys sign what
	// it sends (Client.Key). It is called with the host as it stands in
	// an address, and never for a Post, whose callers ask themselves. Nil: none is.
	Paused func(host string) bool

	Signer      Signer                                                       // nil: GETs go unsigned
	Now         func() time.Time                                             // nil: time.Now
	RootCAs     *x509.CertPool                                               // nil: the system's
	Resolve     func(ctx context.Context, host string) ([]netip.Addr, error) // nil: the system's resolver
	Timeout     time.Duration                                                // one GET in all, redirects and waiting included; 0: 10 s
	PostTimeout time.Duration                                                // one POST in all; 0: 30 s
	FailureTTL  time.Duration                                                // how long a failed GET is remembered, a temporary one a sixth of it; 0: 1 min
	Wire        http.RoundTripper                                            // simulations: what stands for the network; nil: guarded sockets
}

// Client fetches and posts. Its methods may be called from many goroutines.
type Client struct {
	Config
	transport http.RoundTripper
	flights   flights
	lanes     *lanes
	failures  *otter.Cache[string, failure]
	schemes   *otter.Cache[string, httpsig.Scheme]
}

// New returns a Client; Close it at the end.
func New(cfg Config) *Client {
	cfg.setDefaults()
	return &Client{
		Config:    cfg,
		transport: newTransport(cfg),
		lanes:     newLanes(),
		// Neither cache expires by itself: that would need a goroutine of its own.
		failures: otter.Must(&otter.Options[string, failure]{MaximumSize: maxRemembered}),
		schemes:  otter.Must(&otter.Options[string, httpsig.Scheme]{MaximumSize: maxRemembered}),
	}
}

func (cfg *Config) setDefaults() {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Blocked == nil {
		cfg.Blocked = func(string) bool { return false }
	}
	if cfg.Paused == nil {
		cfg.Paused = func(string) bool { return false }
	}
	if cfg.Resolve == nil {
		cfg.Resolve = systemResolve
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.PostTimeout == 0 {
		cfg.PostTimeout = defaultPostTimeout
	}
	if cfg.FailureTTL == 0 {
		cfg.FailureTTL = defaultFailureTTL
	}
}

// Transport is what a Client speaks through, for those who ask services that the
// operator chose: the same sockets, without the limits on documents and hosts.
func Transport(cfg Config) http.RoundTripper {
	cfg.setDefaults()
	return newTransport(cfg)
}

func newTransport(cfg Config) http.RoundTripper {
	if cfg.Wire != nil {
		return cfg.Wire
	}
	return &http.Transport{
		Proxy:                  nil, // a proxy would dial where the guard cannot see
		DialContext:            newDialer(cfg).dial,
		TLSClientConfig:        &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // we count the bytes on the wire ourselves
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
	}
}

// Close ends the idle connections. Fetches under way end with their callers.
func (c *Client) Close() { (&http.Client{Transport: c.transport}).CloseIdleConnections() }

// BaseURL is the root of a host's server, without a slash: https, or http where
// development mode may dial the host although it is private.
func (c *Client) BaseURL(host string) string {
	if c.AllowHTTP && c.private(host) {
		return "http://" + host
	}
	return "https://" + host
}

func (c *Client) private(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	addr, err := netip.ParseAddr(name)
	if isLocalhost(name) {
		addr, err = loopback, nil
	}
	return err == nil && contains(c.AllowNets, addr)
}

func systemResolve(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}
