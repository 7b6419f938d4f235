package federation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/store"
)

// Wanted is a line of a list of accounts to follow.
type Wanted struct {
	Line  int    // from 1
	Text  string // address or link
	Actor *store.Actor
	Err   error // why it cannot be followed: see Resolve; ErrFollowed, ErrForbidden for oneself
}

// ErrFollowed: our lab follows it already, or asked to.
var ErrFollowed = errors.New("followed already")

// MaxWanted is how many accounts a list may have.
const MaxWanted = 100

// ErrTooMany: a list has more than MaxWanted accounts.
var ErrTooMany = errors.New("too many accounts")

// ReadWanted reads a list of accounts: one a line, as addresses or links, with or
// without further columns, as in the file that Mastodon exports. Empty lines, those
// that begin with # and headings are left out, so is what stands there twice.
func ReadWanted(text string) ([]Wanted, error) {
	var list []Wanted
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\uFEFF")) {
		n++
		account, _, _ := strings.Cut(line, ",")
		account, _, _ = strings.Cut(account, ";")
		account, _, _ = strings.Cut(account, "\t")
		account = strings.Trim(account, " \"\r\n")
		same := strings.TrimPrefix(strings.ToLower(account), "@")
		if account == "" || account[0] == '#' || heading(line, n) || seen[same] {
			continue
		}
		seen[same] = true
		if len(list) == MaxWanted {
			return nil, fmt.Errorf("%w: line %d", ErrTooMany, n)
		}
		list = append(list, Wanted{Line: n, Text: account})
	}
	return list, nil
}

// heading says whether a line names the columns: the first of a table, without an
// address.
func heading(line string, number int) bool {
	return number == 1 && strings.ContainsAny(line, ",;\t") && !strings.ContainsAny(line, "@./")
}

// lookUps is how many accounts of a list are looked up at once.
const lookUps = 8

// FindWanted looks up who is on a list, several at a time, until ctx ends.
func (n *Node) FindWanted(ctx context.Context, list []Wanted) {
	var g errgroup.Group
	g.SetLimit(lookUps)
	for i := range list {
		g.Go(func() error {
			w := &list[i]
			if w.Actor, w.Err = n.Resolve(ctx, w.Text); w.Err == nil {
				w.Err = n.Followable(ctx, w.Actor.IRI)
			}
			return nil
		})
	}
	_ = g.Wait() // every line has its own error
}

// Followable says why our lab cannot follow an actor that was resolved: ErrForbidden
// for somebody of this node, ErrBlocked, ErrFollowed. Nil: it can.
func (n *Node) Followable(ctx context.Context, iri string) error {
	return n.Store.View(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		a, err := tx.ActorByIRI(iri)
		if err != nil {
			return err
		}
		f, err := tx.Follow(lab.ID, a.ID)
		switch {
		case a.Local:
			return fmt.Errorf("%s is of this node: %w", iri, ErrForbidden)
		case tx.BlockedHere(a.ID) || !n.admits(tx, a.Host):
			return fmt.Errorf("%s: %w", iri, ErrBlocked)
		case err == nil && f.State != store.Refused:
			return fmt.Errorf("%s: %w", iri, ErrFollowed)
		}
		return nil
	})
}
