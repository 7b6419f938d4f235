package federation

import (
	"context"
	"fmt"
	"strings"

	"github.com/essaim/essaim/store"
)

// BlockHost keeps a host and everything below it away from this node, on behalf
// of somebody who may (store.BlockHosts): a Block by the lab, of the bare origin. Nobody is told.
// Errors: *store.FieldError for our own host, ErrForbidden.
func (n *Node) BlockHost(ctx context.Context, by store.Viewer, host, reason string) error {
	by.Runs = by.May(store.BlockHosts) // the lab carries out what its moderators decide
	return n.publishAsLab(ctx, by, &Activity{Verb: "Block", Object: hostPrefix + host, Text: reason})
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
	return n.publishAsLab(ctx, by, &Activity{Verb: "Undo", Object: b.IRI})
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
	return nil
}

// unblock takes a Block of object back.
func unblock(tx *store.Txn, a *Activity, object string) error {
	if host := blockedHost(a, object); host != "" {
		tx.DeleteDomainBlock(host)
		return nil
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
// the copies of what they published. Deliveries that wait are given up when their
// turn comes (fetch.Config.Blocked).
func (n *Node) blockHost(tx *store.Txn, a *Activity, host string) error {
	b := &store.DomainBlock{Host: host, Reason: a.Text, IRI: a.IRI, Since: a.When}
	if b.Covers(n.Host()) {
		return &store.FieldError{Field: "host", Reason: "error.own-host"}
	}
	tx.PutDomainBlock(b)
	for actor := range tx.ActorsOn(b) {
		for f := range tx.Following(actor.ID) {
			tx.DeleteFollow(f.Follower, f.Followed)
		}
		for f := range tx.Followers(actor.ID) {
			tx.DeleteFollow(f.Follower, f.Followed)
		}
		forgetCopies(tx, actor)
	}
	return nil
}

// forgetCopies removes what another node's actor published. It was not deleted
// there, so it may come again once the block is lifted.
func forgetCopies(tx *store.Txn, actor *store.Actor) {
	everything := store.Query{Viewer: store.Viewer{Actor: actor.IRI, Local: true}, Limit: 1 << 20}
	for _, it := range tx.ListLab(actor.ID, everything).Items {
		r := it.Envelope()
		tx.DeleteRecord(it, &store.Tombstone{IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: tx.Now()})
		tx.DropTombstone(r.IRI)
	}
}
