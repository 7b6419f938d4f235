package federation

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/essaim/essaim/store"
)

// Identify finds the id of the record or the actor whose address somebody pasted:
// the id itself, or the address of its page here or on its own node. What another
// node serves is learned on the way. It answers store.ErrNotFound for an address
// of ours behind which by sees nothing, and the errors of Learn.
func (n *Node) Identify(ctx context.Context, by store.Viewer, address string) (iri string, err error) {
	err = n.Store.View(ctx, func(tx *store.Txn) (err error) {
		iri, err = n.identifyHere(tx, by, address)
		return err
	})
	if iri != "" || err != nil {
		return iri, err
	}
	doc, err := n.dereference(ctx, address)
	if err != nil {
		return "", unreachable(err)
	}
	iri = doc.ID()
	if !store.SameOrigin(iri, address) {
		return "", fmt.Errorf("%s says to be %s: %w", address, iri, ErrForbidden)
	}
	return iri, unreachable(n.Learn(ctx, iri))
}

// identifyHere knows what is in the store; empty: ask elsewhere.
func (n *Node) identifyHere(tx *store.Txn, by store.Viewer, address string) (string, error) {
	if it, err := tx.RecordByIRI(address); err == nil && by.CanSee(it.Envelope()) {
		return address, nil
	}
	if actor, err := tx.ActorByIRI(address); err == nil && actor.Deleted.IsZero() {
		return address, nil
	}
	if !n.IsLocal(address) {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", store.ErrNotFound
	}
	if actor, err := tx.ActorByHandle(n.pageOwner(u.Path)); err == nil && actor.Deleted.IsZero() {
		return actor.IRI, nil
	}
	number := u.Path[strings.LastIndexAny(u.Path, "/-")+1:]
	if id, err := store.ParseID(number); err == nil {
		if it, err := tx.Record(id); err == nil && by.CanSee(it.Envelope()) {
			return it.Envelope().IRI, nil
		}
	}
	return "", store.ErrNotFound
}

// pageOwner is the actor whose page here has this path: /@maelle of ours,
// /reseau/labo.example/yann of others.
func (n *Node) pageOwner(path string) (handle, host string) {
	if _, handle, ok := strings.Cut(path, "/@"); ok {
		return handle, n.Host()
	}
	_, rest, _ := strings.Cut(path, "/reseau/")
	host, handle, _ = strings.Cut(rest, "/")
	return handle, host
}
