package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const maxDialled = 8 // addresses of one name that are tried

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// dialer connects to public addresses only. A name is looked up once, all its
// addresses are checked, and those very addresses are dialled, so a second
// answer of the name server counts for nothing; the socket's Control hook checks
// once more what the kernel is really asked for.
type dialer struct {
	net     net.Dialer
	resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	guard   *ssrf.Guardian
	allow   []netip.Prefix
}

func newDialer(cfg Config) *dialer {
	var v4, v6 []netip.Prefix
	for _, p := range cfg.AllowNets {
		if p.Addr().Is4() {
			v4 = append(v4, p)
			continue
		}
		v6 = append(v6, p)
	}
	d := &dialer{
		resolve: cfg.Resolve,
		allow:   cfg.AllowNets,
		guard:   ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...)),
	}
	d.net.Control = d.control
	return d
}

func (d *dialer) control(network, address string, c syscall.RawConn) error {
	if err := d.guard.Safe(network, address, c); err != nil {
		return fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
	}
	return nil
}

func (d *dialer) dial(ctx context.Context, _, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := d.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	return d.dialAny(ctx, addrs, port)
}

// addresses of a host, every one of them allowed: a name with a public and a
// private address is refused whole.
func (d *dialer) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs, err := d.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	for i, a := range addrs {
		addrs[i] = a.Unmap()
		if err := d.guard.SafeAddr(addrs[i]); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrForbiddenAddress, host, err)
		}
	}
	return addrs[:min(len(addrs), maxDialled)], nil
}

func (d *dialer) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	// RFC 6761 §6.3: these names are the loopback, whatever a name server says.
	if isLocalhost(host) {
		return []netip.Addr{loopback}, nil
	}
	return d.resolve(ctx, host)
}

// dialAny tries the addresses in turn and shares the time that is left among them.
func (d *dialer) dialAny(ctx context.Context, addrs []netip.Addr, port string) (net.Conn, error) {
	err := fmt.Errorf("%w: no address", ErrTemporary)
	deadline, _ := ctx.Deadline()
	for i, addr := range addrs {
		share := time.Until(deadline) / time.Duration(len(addrs)-i)
		var conn net.Conn
		if conn, err = d.dialOne(ctx, share, net.JoinHostPort(addr.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func (d *dialer) dialOne(ctx context.Context, share time.Duration, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, share)
	defer cancel()
	return d.net.DialContext(ctx, "tcp", address)
}

func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

func contains(nets []netip.Prefix, addr netip.Addr) bool {
	for _, n := range nets {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}
