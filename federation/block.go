package federation

import (
	"context"
	"fmt"
	"strings"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

// BlockHost keeps a host and everything below it away from this node, or out of
// its lists, on behalf of somebody who may (store.BlockHosts): a Block by the lab,
// of the bare origin. Nobody is told. Errors: *store.FieldError for our own host and for what
// is no name, ErrForbidden.
func (n *Node) BlockHost(ctx context.Context, by store.Viewer, b store.DomainBlock) error {
	host, err := fetch.CanonicalHost(bareHost(b.Host))
	if err != nil {
		return &store.FieldError{Field: "host", Reason: "error.host"}
	}
	b.Host, by.Runs = host, by.May(store.BlockHosts) // the lab carries out what its moderators decide
	return n.publishAsLab(ctx, by, &Activity{Verb: "Block", Object: hostPrefix + host, Text: b.Reason, Host: &b})
}

// bareHost is a host as people write it, without a dot at the end of its name.
func bareHost(host string) string {
	name, port, hasPort := strings.Cut(strings.TrimSpace(host), ":")
	if name = strings.TrimRight(name, "."); hasPort {
		return name + ":" + port
	}
	return name
}

// LiftBlock lets a host in again. What ended with the block stays ended.
// store.ErrNotFound: it was not blocked.
func (n *Node) LiftBlock(ctx context.Context, by store.Viewer, host string) error {
	var b *store.DomainBlock
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		b, err = tx.DomainBlock(host)
		return err
	})
	if err != nil {
		return err
	}
	by.Runs = by.May(store.BlockHosts)
	return n.publishAsLab(ctx, by, &Activity{Verb: "Undo", Object: b.IRI, Host: b})
}

func (n *Node) publishAsLab(ctx context.Context, by store.Viewer, a *Activity) error {
	err := n.Store.View(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil {
			a.Actor = lab.IRI
		}
		return err
	})
	if err != nil {
		return err
	}
	return n.Publish(ctx, by, a)
}

// block keeps two actors apart: their follows end. Our own blocks are not sent,
// as servers hold it with each other: whom we block need not know.
func block(n *Node, tx *store.Txn, a *Activity) error {
	if host := blockedHost(a, a.Object); host != "" {
		return n.blockHost(tx, a, host)
	}
	blocked, err := tx.ActorByIRI(a.Object)
	if err != nil || !a.local && !blocked.Local {
		return fmt.Errorf("blocked %s: %w", a.Object, ErrIgnored)
	}
	tx.DeleteFollow(a.actor.ID, blocked.ID)
	tx.DeleteFollow(blocked.ID, a.actor.ID)
	tx.PutBlock(&store.Block{Blocker: a.actor.ID, Blocked: blocked.ID, IRI: a.IRI, Since: a.When})
	if a.local && a.actor.Type == store.Group && !blocked.Local { // the lab speaks for the node
		forgetCopies(tx, blocked)
	}
	return nil
}

// unblock takes a Block of object back.
func (n *Node) unblock(tx *store.Txn, a *Activity, object string) error {
	if host := blockedHost(a, object); host != "" {
		return n.liftHost(tx, a, host)
	}
	if blocked, err := tx.ActorByIRI(object); err == nil {
		tx.DeleteBlock(a.actor.ID, blocked.ID)
	}
	return nil
}

// hostPrefix and a host are how the log names a whole host: an origin without a
// path, which no actor has.
const hostPrefix = "https://"

// blockedHost is the host that a Block by the lab is about; empty when it is about
// an actor, or not by the lab: members and other nodes speak for themselves alone.
func blockedHost(a *Activity, object string) string {
	host, ok := strings.CutPrefix(object, hostPrefix)
	if !ok || strings.Contains(host, "/") || !a.local || a.actor.Type != store.Group {
		return ""
	}
	return host
}

// blockHost does to everybody of a host what block does to one actor, and removes
// the copies of what they published; or it takes these out of the lists. Deliveries
// that wait are given up when their turn comes (fetch.Config.Blocked).
func (n *Node) blockHost(tx *store.Txn, a *Activity, host string) error {
	if a.Host == nil {
		return fmt.Errorf("block of host %s by an app: %w", host, ErrForbidden)
	}
	b := new(*a.Host)
	b.Host, b.IRI, b.Since = host, a.IRI, a.When
	if b.Covers(n.Host()) {
		return &store.FieldError{Field: "host", Reason: "error.own-host"}
	}
	tx.PutDomainBlock(b)
	act := store.SuspendHost
	if b.Level() == store.Silence {
		act = store.SilenceHost
	}
	tx.Note(store.JournalEntry{Deed: act, Host: b.Shown(), Note: b.Comment})
	for actor := range tx.ActorsOn(b) {
		if b.Level() == store.Silence {
			if err := relist(tx, actor); err != nil {
				return err
			}
			continue
		}
		endFollows(tx, actor)
		forgetCopies(tx, actor)
	}
	return nil
}

// liftHost lets a host in again, or back into the lists.
func (n *Node) liftHost(tx *store.Txn, a *Activity, host string) error {
	if a.Host == nil {
		return fmt.Errorf("end of the block of host %s by an app: %w", host, ErrForbidden)
	}
	b, err := tx.DomainBlock(host)
	if err != nil {
		return err
	}
	tx.DeleteDomainBlock(host)
	tx.Note(store.JournalEntry{Deed: store.LiftHost, Host: b.Shown()})
	for actor := range tx.ActorsOn(b) {
		if err := relist(tx, actor); err != nil {
			return err
		}
	}
	return nil
}

// actorIDOf is the id of an actor by its IRI; zero: not known.
func actorIDOf(tx *store.Txn, iri string) store.ID {
	if a, err := tx.ActorByIRI(iri); err == nil {
		return a.ID
	}
	return 0
}

func endFollows(tx *store.Txn, actor *store.Actor) {
	for f := range tx.Following(actor.ID) {
		tx.DeleteFollow(f.Follower, f.Followed)
	}
	for f := range tx.Followers(actor.ID) {
		tx.DeleteFollow(f.Follower, f.Followed)
	}
}

// relist keeps the copies of an actor anew: whether they stand in lists follows
// from its limits.
func relist(tx *store.Txn, actor *store.Actor) error {
	for _, it := range copiesOf(tx, actor) {
		if err := tx.PutRecord(it, nil); err != nil {
			return err
		}
	}
	return nil
}

func copiesOf(tx *store.Txn, actor *store.Actor) []store.Item {
	everything := store.Query{Viewer: store.Viewer{Actor: actor.IRI, Local: true}, Limit: 1 << 20}
	return tx.ListLab(actor.ID, everything).Items
}

// forgetCopies removes what another node's actor published. It was not deleted
// there, so it may come again once the block is lifted.
func forgetCopies(tx *store.Txn, actor *store.Actor) {
	for _, it := range copiesOf(tx, actor) {
		r := it.Envelope()
		tx.DeleteRecord(it, &store.Tombstone{IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: tx.Now()})
		tx.DropTombstone(r.IRI)
	}
}
