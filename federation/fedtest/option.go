package fedtest

import (
	"context"
	"net/http"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/simnet"
	"github.com/essaim/essaim/store"
)

// Option changes how a node is started.
type Option func(*Node)

// Durable makes the node wait for the disk, as in production.
func Durable(n *Node) { n.durable = true }

// Wrapping puts something around the node's engine.
func Wrapping(wrap func(store.Engine) store.Engine) Option {
	return func(n *Node) { n.wrap = wrap }
}

// Fetching changes what the node may fetch and how long it waits.
func Fetching(change func(*fetch.Config)) Option {
	return func(n *Node) { n.fetching = change }
}

// Admitting lets a host send one more activity only when allow says so.
func Admitting(allow func(host string) bool) Option {
	return func(n *Node) { n.allow = allow }
}

// Serving lets the node answer HTTP with what handler makes of it, at each start,
// instead of the dialect for servers alone.
func Serving(handler func(*Node) http.Handler) Option {
	return func(n *Node) { n.serving = handler }
}

// Discovering lets the node look for other labs.
func Discovering(n *Node) { n.discover = true }

// WatchingLinks lets the node look at the addresses that its records name.
func WatchingLinks(n *Node) { n.watchLinks = true }

// Beside runs something as long as the node runs; it ends with its context.
func Beside(run func(context.Context) error) Option {
	return func(n *Node) { n.beside = run }
}

// Clocked gives the node another clock than that of the machine.
func Clocked(now func() time.Time) Option {
	return func(n *Node) { n.now = now }
}

// In puts the node on a host of a simulated network.
func In(host *simnet.Host) Option {
	return func(n *Node) { n.host = host }
}
