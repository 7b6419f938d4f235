package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

type memberJob struct {
	Actor string `json:"actor"`
}

// checkMembership leaves the job that asks a lab whether it knows somebody who
// says to be a member, unless its catalogue, which is copied here, tells. Labs that
// nobody here has to do with are not asked.
func checkMembership(tx *store.Txn, a *store.Actor) {
	if tx.AskLab(a) && known(tx, a.Lab) {
		tx.AddJob(jobMember, memberJob{Actor: a.IRI})
	}
}

// askLab looks for an actor among the members that its lab lists at its own origin.
func (n *Node) askLab(ctx context.Context, j memberJob) error {
	var a *store.Actor
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		a, err = tx.ActorByIRI(j.Actor)
		return err
	})
	if err != nil {
		return err
	}
	found, err := n.listsMember(ctx, a)
	if temporary(err) != nil {
		return err
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		now, err := tx.Actor(a.ID)
		if err == nil && now.Lab == a.Lab { // else somebody asks again
			tx.LabSaid(now, found)
		}
		return err
	})
}

func (n *Node) listsMember(ctx context.Context, a *store.Actor) (found bool, err error) {
	lab, err := n.dereference(ctx, a.Lab)
	if err != nil {
		return false, err
	}
	members := lab.IRI("members")
	if lab.ID() != a.Lab || !store.SameOrigin(members, a.Lab) {
		return false, fmt.Errorf("members of %s: %w", a.Lab, ErrMalformed)
	}
	err = n.eachItem(ctx, members, func(item vocab.Ref) (bool, error) {
		found = item.IRI == a.IRI
		return !found, nil
	})
	return found, err
}
