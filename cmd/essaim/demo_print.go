package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/essaim/essaim/cmd/essaim/demo"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// demoPrinter tells people about the demonstration.
type demoPrinter struct {
	out, progress io.Writer
	words         *assets.Catalog
	lang          assets.Lang
}

func (p demoPrinter) t(key string, args ...any) string { return p.words.T(p.lang, key, args...) }

func (p demoPrinter) say(key string, args ...any) { fmt.Fprintln(p.out, p.t(key, args...)) }

// demoBar shows how far the building is: a bar on a terminal, a line for each
// phase elsewhere.
type demoBar struct {
	printer demoPrinter
	bar     *progressbar.ProgressBar // nil: no terminal
}

func (p demoPrinter) bar(steps int) *demoBar {
	b := &demoBar{printer: p}
	if f, ok := p.progress.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		b.bar = progressbar.NewOptions(steps,
			progressbar.OptionSetWriter(p.progress), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish(),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return b
}

func (b *demoBar) phase(key string) {
	if b.bar == nil {
		fmt.Fprintln(b.printer.progress, b.printer.t(key)+"…")
		return
	}
	b.bar.Describe(b.printer.t(key))
}

func (b *demoBar) step() {
	if b.bar != nil {
		_ = b.bar.Add(1) // a terminal that cannot be written to stops nothing
	}
}

func (b *demoBar) finish() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

// print says where the nodes are, how to sign in, and what to try.
func (d *demoNetwork) print(ctx context.Context, p demoPrinter, s demoSummary) error {
	p.say("demo.summary", "nodes", s.nodes, "follows", s.follows, "delivered", s.delivered, "waiting", s.waiting, "seconds", int(s.took.Seconds()))
	fmt.Fprintln(p.out)
	for _, n := range d.nodes {
		account, err := n.administrator(ctx)
		if err != nil {
			return err
		}
		link, err := n.signInLink(ctx, account)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s – %s\n", n.content.Name, p.t("territory."+n.content.Territory))
		fmt.Fprintf(p.out, "  %s\n", n.config.Node.BaseURL)
		p.say("demo.sign-in", "link", link)
	}
	fmt.Fprintln(p.out)
	d.tour(p)
	return nil
}

// tour names three labs: one to act for, one that it does not follow yet, and
// one that follows it.
func (d *demoNetwork) tour(p demoPrinter) {
	for _, here := range d.nodes {
		var stranger, reader *demoNode
		for _, other := range d.nodes {
			if other != here && !d.planned(here, other) && stranger == nil {
				stranger = other
			}
			if d.planned(other, here) && reader == nil {
				reader = other
			}
		}
		if stranger != nil && reader != nil {
			p.say("demo.tour", "lab", here.content.Name, "handle", stranger.group.Address(), "reader", reader.config.Node.BaseURL)
			return
		}
	}
}

// planned says whether the demonstration lets one lab follow another.
func (d *demoNetwork) planned(from, to *demoNode) bool {
	return slices.ContainsFunc(d.follows, func(f demo.Follow) bool {
		return f.From == from.content.Handle && f.To == to.content.Handle
	})
}

// administrator is the account of the lab's first member.
func (n *demoNode) administrator(ctx context.Context) (id store.ID, err error) {
	err = n.store.View(ctx, func(tx *store.Txn) error {
		account, err := tx.AccountOf(n.members[n.content.Members[0].Handle].ID)
		if err == nil {
			id = account.ID
		}
		return err
	})
	return id, err
}
