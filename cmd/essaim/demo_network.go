package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/store"
)

// demoNetwork is the running demonstration. It is the real thing: every node has
// its own store, keys and queue, and they share nothing but the process.
type demoNetwork struct {
	nodes   []*demoNode
	follows []demo.Follow
	iris    map[string]string // of the records that were published, by their key
	began   time.Time
	stop    context.CancelFunc // ends run
}

// demoNode is a node and the lab it is to hold.
type demoNode struct {
	*node
	content demo.Lab
	group   *store.Actor              // the lab, once it was set up
	members map[string]*store.Actor   // by handle
	circles map[string]store.Audience // by name
	fresh   map[string]string         // IRIs of the records of this round, by their key
}

// openDemo opens the addresses and the stores of all nodes.
func openDemo(ctx context.Context, o demoOptions, content demo.Network, dir string, log *slog.Logger) (*demoNetwork, error) {
	d := &demoNetwork{follows: content.Follows, iris: map[string]string{}, began: time.Now()}
	for i, lab := range content.Labs {
		n, err := openDemoNode(ctx, o, i, lab, filepath.Join(dir, lab.Handle), log.WithGroup(lab.Handle))
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		d.nodes = append(d.nodes, n)
	}
	return d, nil
}

func openDemoNode(ctx context.Context, o demoOptions, i int, lab demo.Lab, dir string, log *slog.Logger) (*demoNode, error) {
	port := o.port
	if port != 0 {
		port += i
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("%w (another --port may be free)", err)
	}
	cfg := demoConfig(lab, l.Addr())
	n, err := openNode(ctx, nodeOptions{dir: dir, config: cfg, log: log, demo: true, shared: o.nodes, listener: l})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &demoNode{node: n, content: lab, members: map[string]*store.Actor{}, circles: map[string]store.Audience{}, fresh: map[string]string{}}, nil
}

// demoConfig is that of a node as init --development writes it, but for what all
// nodes on one address would otherwise count against each other.
func demoConfig(lab demo.Lab, addr net.Addr) Config {
	_, port, _ := net.SplitHostPort(addr.String()) // it was listened on
	c := defaultConfig()
	c.Node.BaseURL = "http://" + lab.Handle + ".localhost:" + port
	c.Node.Listen, c.Node.TimeZone = addr.String(), lab.TimeZone
	c.Limits.Inbox, c.Limits.Pages = 0, 0
	c.Development = DevelopmentConfig{
		AllowHTTP: true, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, RetryScale: 0.1,
	}
	return c
}

// node is the node of a lab by its handle, or nil.
func (d *demoNetwork) node(handle string) *demoNode {
	for _, n := range d.nodes {
		if n.content.Handle == handle {
			return n
		}
	}
	return nil
}

// run lets all nodes run until ctx ends or stop is called, and does something as
// soon as all of them answer.
func (d *demoNetwork) run(ctx context.Context, do func(context.Context) error) error {
	ctx, d.stop = context.WithCancel(ctx)
	defer d.stop()
	g, ctx := errgroup.WithContext(ctx)
	listening := make(chan struct{}, len(d.nodes))
	for _, n := range d.nodes {
		g.Go(func() error {
			return n.run(ctx, func(context.Context) error {
				listening <- struct{}{}
				return nil
			})
		})
	}
	g.Go(func() error {
		for range d.nodes {
			select {
			case <-listening:
			case <-ctx.Done():
				return nil
			}
		}
		return do(ctx)
	})
	return quiet(ctx, g.Wait())
}

// quiet drops the error of work that was cut off because ctx ended.
func quiet(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (d *demoNetwork) close() error {
	var errs []error
	for _, n := range d.nodes {
		errs = append(errs, n.close())
	}
	return errors.Join(errs...)
}

// demoSetting remembers in every store that the demonstration was built whole.
const demoSetting = "demo"

// built says whether a kept demonstration can be taken up. One that was broken
// off while it was built cannot.
func (d *demoNetwork) built(ctx context.Context) (bool, error) {
	whole, begun := 0, 0
	for _, n := range d.nodes {
		err := n.store.View(ctx, func(tx *store.Txn) (err error) {
			if n.group, err = tx.Lab(); err == nil {
				begun++
			}
			if tx.Setting(demoSetting) != nil {
				whole++
			}
			for m := range tx.Members() {
				n.members[m.Handle] = m
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	if begun > 0 && whole < len(d.nodes) {
		return false, fmt.Errorf("%s holds another or an unfinished demonstration: remove it and start again", filepath.Dir(d.nodes[0].dir))
	}
	return begun > 0, nil
}

func (d *demoNetwork) markBuilt(ctx context.Context) error {
	for _, n := range d.nodes {
		err := n.store.Update(ctx, func(tx *store.Txn) error {
			tx.PutSetting(demoSetting, []byte("built"))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
