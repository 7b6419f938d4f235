package main

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
)

// admits says whether a host, with its port if it has one, may federate with
// this node.
func (n *node) admits(host string) bool {
	name := hostName(host)
	if n.demo && !isLoopback(name) {
		return false
	}
	f := n.config.Federation
	return f.Mode != modeAllowList || slices.Contains(f.AllowedHosts, host) || slices.Contains(f.AllowedHosts, name)
}

// blocked says whether nothing may be asked of a host. It is asked with the bare
// name first, so a name that is admitted on some port is not blocked yet.
func (n *node) blocked(host string) bool {
	onSomePort := slices.ContainsFunc(n.config.Federation.AllowedHosts, func(allowed string) bool {
		return hostName(allowed) == host
	})
	if !n.admits(host) && !onSomePort {
		return true
	}
	blocked := true // what cannot be read admits nobody
	_ = n.store.View(context.Background(), func(tx *store.Txn) error {
		blocked = tx.HostBlocked(host) || tx.OffList(host)
		return nil
	})
	return blocked
}

// isLoopback says whether a host is this machine, and nothing but it.
func isLoopback(name string) bool {
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback() || name == "localhost" || strings.HasSuffix(name, ".localhost")
}

func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}
