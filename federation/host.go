package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/store"
)

// What those who run the node decide about the exchange with one host: that it waits,
// goes on, is tried now, or ends. A host is named as store.HostOf names that of its
// actors. Each decision is one transaction with its line of the journal; workers carry it
// out, and find it again when the node was stopped.

// PauseHost has nothing delivered to a host and nothing fetched from it until
// ResumeHost. What is published meanwhile waits in order, however long; what comes from
// there is still taken. Errors: ErrForbidden; store.ErrNotFound for a host of which
// nothing is known.
func (n *Node) PauseHost(ctx context.Context, by store.Viewer, host string) error {
	return n.aboutHost(ctx, by, store.JournalEntry{Deed: store.PauseHost, Host: host}, func(tx *store.Txn) error {
		tx.PauseHost(host)
		return nil
	})
}

// ResumeHost ends the pause of a host, if there is one: what waits for it goes out, and
// what was missed is copied. Errors: as PauseHost.
func (n *Node) ResumeHost(ctx context.Context, by store.Viewer, host string) error {
	return n.aboutHost(ctx, by, store.JournalEntry{Deed: store.ResumeHost, Host: host}, func(tx *store.Txn) error {
		tx.ResumeHost(host)
		copyFrom(tx, host)
		return nil
	})
}

// RetryHost looks at once whether what is copied from a host is the same as there; the
// caller wakes its deliveries (delivery.Worker.Retry). Errors: as PauseHost.
func (n *Node) RetryHost(ctx context.Context, by store.Viewer, host string) error {
	return n.aboutHost(ctx, by, store.JournalEntry{Deed: store.RetryHost, Host: host}, func(tx *store.Txn) error {
		copyFrom(tx, host)
		return nil
	})
}

// DropHost gives up what waits for a host. Errors: as PauseHost.
func (n *Node) DropHost(ctx context.Context, by store.Viewer, host string) error {
	return n.aboutHost(ctx, by, store.JournalEntry{Deed: store.DropHost, Host: host}, func(tx *store.Txn) error {
		tx.SkipDeliveries(host)
		return nil
	})
}

// ForgetHost ends the exchange with a host: what waits for it is given up, the lab's
// follows there are undone, which its actors are told, and the copies of what they
// publish go, but for what somebody here needs. refuse ends their follows of the lab,
// too. Blocks stay, and so do members' own follows with what is copied for them. A pause
// ends. Errors: as PauseHost.
func (n *Node) ForgetHost(ctx context.Context, by store.Viewer, host string, refuse bool) error {
	return n.aboutHost(ctx, by, store.JournalEntry{Deed: store.ForgetHost, Host: host}, func(tx *store.Txn) error {
		tx.SkipDeliveries(host)
		tx.ResumeHost(host)
		if err := n.endExchange(tx, host, refuse); err != nil {
			return err
		}
		for _, a := range actorsOf(tx, host) {
			for range tx.ByLab(a.IRI, 0) { // something of it is here
				tx.AddJob(jobForget, forgetJob{Actor: a.ID})
				break
			}
		}
		for p := range tx.Peers() {
			if store.HostOf(p.IRI) == host {
				tx.DeletePeer(p)
			}
		}
		return nil
	})
}

// FollowAgain sends the lab's Follow of an actor once more, whatever became of the last
// one, and looks at once for what it publishes. What was agreed holds until it is
// answered otherwise. Errors: those of Publish; store.ErrNotFound when the lab never
// asked.
func (n *Node) FollowAgain(ctx context.Context, by store.Viewer, actor store.ID) error {
	follow := &Activity{Verb: "Follow", Then: func(tx *store.Txn) error {
		if tx.FollowedHere(actor) {
			startSync(tx, actor)
		}
		return nil
	}}
	err := n.Store.View(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		if _, err := tx.Follow(lab.ID, actor); err != nil {
			return err
		}
		followed, err := tx.Actor(actor)
		if err == nil {
			follow.Object = followed.IRI
		}
		return err
	})
	if err != nil {
		return err
	}
	return n.publishAsLab(ctx, by, follow)
}

// aboutHost changes the exchange with a host in the name of somebody who may.
func (n *Node) aboutHost(ctx context.Context, by store.Viewer, line store.JournalEntry, do func(*store.Txn) error) error {
	if !by.Local || !by.Runs {
		return fmt.Errorf("%s by %s: %w", line.Deed, by.Actor, ErrForbidden)
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !knownHost(tx, line.Host) {
			return fmt.Errorf("host %s: %w", line.Host, store.ErrNotFound)
		}
		tx.Note(line)
		return do(tx)
	})
}

func knownHost(tx *store.Txn, host string) bool {
	return tx.DeliversTo(host) || tx.PeersOn(host) > 0 || len(actorsOf(tx, host)) > 0 || tx.Backlog()[host] > 0
}

// actorsOf are the actors of exactly this host.
func actorsOf(tx *store.Txn, host string) (all []*store.Actor) {
	for a := range tx.ActorsOn(&store.DomainBlock{Host: host}) {
		if store.HostOf(a.IRI) == host {
			all = append(all, a)
		}
	}
	return all
}

// copyFrom looks at once for what is new at a host: in what is copied from there, and at
// the labs that were heard of.
func copyFrom(tx *store.Txn, host string) {
	for _, a := range actorsOf(tx, host) {
		if tx.Sync(a.ID) != nil && tx.FollowedHere(a.ID) {
			startSync(tx, a.ID)
		}
		if p, err := tx.PeerByIRI(a.IRI); err == nil {
			tx.PutPeer(soon(tx, p))
		}
	}
}

// endExchange undoes the lab's follows at a host, and with refuse those of the lab by its
// actors.
func (n *Node) endExchange(tx *store.Txn, host string, refuse bool) error {
	lab, err := tx.Lab()
	if err != nil {
		return err
	}
	var end []*Activity
	for _, a := range actorsOf(tx, host) {
		if f, err := tx.Follow(lab.ID, a.ID); err == nil {
			end = append(end, &Activity{Verb: "Undo", Actor: lab.IRI, Object: f.IRI, local: true})
		}
		if f, err := tx.Follow(a.ID, lab.ID); err == nil && refuse && f.State != store.Refused {
			end = append(end, &Activity{Verb: "Reject", Actor: lab.IRI, Object: a.IRI, local: true})
		}
	}
	for _, a := range end {
		if err := n.apply(tx, a); err != nil {
			return err
		}
	}
	return nil
}
