package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	maxAnswer  = 1 << 20 // bytes
	renewSoon  = 14 * 24 * time.Hour
	activityLD = "application/activity+json"
)

// Outside examines a node through its public address. The zero values of Resolve,
// Dial and Roots are those of the system.
type Outside struct {
	BaseURL string // scheme and host
	Account string // of the lab, "lab@host"; empty: the node was not set up
	Actor   string // the lab's id
	Signed  bool   // its document is for signed requests alone
	Local   bool   // the node is for this machine or its network alone
	Probe   *Probe // of the node that runs in this process; nil: none does
	Trusted []netip.Prefix

	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
	Roots   *x509.CertPool
	Now     func() time.Time
}

// Checks are those from outside.
func (o *Outside) Checks() []Check {
	return []Check{{"dns", o.dns}, {"tls", o.tls}, {"webfinger", o.webfinger}, {"proxy", o.proxy}}
}

func (o *Outside) host() *url.URL {
	u, err := url.Parse(o.BaseURL)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// dns looks the name up.
func (o *Outside) dns(ctx context.Context) Finding {
	name := o.host().Hostname()
	args := map[string]any{"name": name}
	if _, err := netip.ParseAddr(name); err == nil || o.Local {
		return Finding{State: Unknown, Class: "local", Args: args}
	}
	resolve := o.Resolve
	if resolve == nil {
		resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	found, err := resolve(ctx, name)
	if err != nil || len(found) == 0 {
		return Finding{State: Bad, Class: "none", Args: args}
	}
	var texts []string
	for _, a := range found {
		a = a.Unmap()
		if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() {
			return Finding{State: Bad, Class: "private", Args: map[string]any{"name": name, "address": a.String()}}
		}
		texts = append(texts, a.String())
	}
	return Finding{State: Fine, Class: "found", Args: map[string]any{"name": name, "address": strings.Join(texts, ", ")}}
}

// tls looks at the certificate as a stranger does.
func (o *Outside) tls(ctx context.Context) Finding {
	u := o.host()
	args := map[string]any{"name": u.Hostname(), "days": 0}
	if u.Scheme != "https" {
		return Finding{State: Unknown, Class: "plain", Args: args}
	}
	conn, err := o.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")))
	if err != nil {
		return Finding{State: Bad, Class: "unreachable", Args: args}
	}
	defer func() { _ = conn.Close() }()
	secure := tls.Client(conn, &tls.Config{ServerName: u.Hostname(), RootCAs: o.Roots, MinVersion: tls.VersionTLS12, Time: o.Now})
	if err := secure.HandshakeContext(ctx); err != nil {
		return Finding{State: Bad, Class: certificateClass(err), Args: args}
	}
	left := secure.ConnectionState().PeerCertificates[0].NotAfter.Sub(o.Now())
	args["days"] = int(left / (24 * time.Hour))
	if left < renewSoon {
		return Finding{State: Warning, Class: "soon", Args: args}
	}
	return Finding{State: Fine, Class: "valid", Args: args}
}

func certificateClass(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "expired"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "wrong-name"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "unknown-issuer"
	}
	return "handshake"
}

// webfinger asks for the lab as another server does that was told its address, and
// then for the lab's own document.
func (o *Outside) webfinger(ctx context.Context) Finding {
	args := map[string]any{"address": o.BaseURL, "account": o.Account, "status": 0}
	if o.Account == "" {
		return Finding{State: Unknown, Class: "not-set-up", Args: args}
	}
	var jrd struct {
		Links []struct{ Rel, Type, Href string }
	}
	status, err := o.get(ctx, "/.well-known/webfinger?resource="+url.QueryEscape("acct:"+o.Account), "application/jrd+json", &jrd)
	args["status"] = status
	if f, wrong := answerFinding(status, err, args); wrong {
		return f
	}
	self := ""
	for _, l := range jrd.Links {
		if l.Rel == "self" {
			self = l.Href
		}
	}
	if self != o.Actor {
		return Finding{State: Bad, Class: "another", Args: args}
	}
	var actor struct{ ID string }
	status, err = o.get(ctx, strings.TrimPrefix(o.Actor, o.BaseURL), activityLD, &actor)
	args["status"] = status
	if o.Signed && status == http.StatusUnauthorized {
		return Finding{State: Fine, Class: "signed", Args: args}
	}
	if err != nil || status != http.StatusOK || actor.ID != o.Actor {
		return Finding{State: Bad, Class: "actor", Args: args}
	}
	return Finding{State: Fine, Class: "found", Args: args}
}

// answerFinding says what is wrong with an answer.
func answerFinding(status int, err error, args map[string]any) (f Finding, wrong bool) {
	switch {
	case status == 0:
		return Finding{State: Bad, Class: "unreachable", Args: args}, true
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		return Finding{State: Bad, Class: "gateway", Args: args}, true
	case status/100 == 3:
		return Finding{State: Bad, Class: "redirect", Args: args}, true
	case status != http.StatusOK || err != nil:
		return Finding{State: Bad, Class: "status", Args: args}, true
	}
	return Finding{}, false
}

// get asks the public address. The status is 0 when nobody answered.
func (o *Outside) get(ctx context.Context, path, accept string, into any) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.BaseURL+path, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept", accept)
	// Every question comes anew, as a stranger's does; a proxy of this machine for what
	// goes out is none of what comes in.
	transport := &http.Transport{
		DialContext: o.dial, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12, Time: o.Now},
	}
	res, err := transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if into == nil || res.StatusCode != http.StatusOK {
		return res.StatusCode, nil
	}
	return res.StatusCode, json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(into)
}

func (o *Outside) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if o.Dial != nil {
		return o.Dial(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}
