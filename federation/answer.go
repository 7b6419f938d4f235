package federation

import (
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// accept and reject answer a Follow, or a Join (join.go). Of this node's actors,
// Object names the follower; of others, it is the Follow: its id, or the thing
// itself.
func accept(n *Node, tx *store.Txn, a *Activity) error { return n.answer(tx, a, store.Accepted) }

func reject(n *Node, tx *store.Txn, a *Activity) error { return n.answer(tx, a, store.Refused) }

func (n *Node) answer(tx *store.Txn, a *Activity, state store.FollowState) error {
	switch {
	case a.flag:
		return sendReportAnswer(tx, a)
	case a.shows:
		return sendFeatureAnswer(tx, a)
	case !a.local && answersReport(tx, a):
		return reportAnswered(tx, a)
	case a.local && a.Target != "":
		return n.answerJoin(tx, a, state)
	case !a.local && answersJoin(tx, a):
		return n.joinAnswered(tx, a, state)
	}
	f, err := n.answered(tx, a)
	if err != nil {
		return err
	}
	if f.State == state && !a.local {
		return nil
	}
	f.State, f.Answered = state, a.When
	tx.PutFollow(f)
	n.lookAround(tx)
	follower, err := tx.Actor(f.Follower)
	if err != nil {
		return err
	}
	if a.local {
		return n.sendAnswer(a, f, follower)
	}
	if state == store.Accepted {
		startSync(tx, a.actor.ID)
		n.share(tx, follower, a.actor)
	} else if !tx.FollowedHere(a.actor.ID) {
		stopSync(tx, a.actor.ID)
	}
	return nil
}

// answered finds the follow that is meant. Only whoever was asked can answer.
func (n *Node) answered(tx *store.Txn, a *Activity) (*store.Follow, error) {
	if a.local {
		follower, err := tx.ActorByIRI(a.Object)
		if err != nil {
			return nil, err
		}
		return tx.Follow(follower.ID, a.actor.ID)
	}
	asked := a.object()
	for follower := range tx.LocalActors() {
		f, err := tx.Follow(follower.ID, a.actor.ID)
		if err != nil {
			continue
		}
		if f.IRI == a.Object || asked.Type() == "Follow" && asked.IRI("actor") == follower.IRI && asked.IRI("object") == a.Actor {
			return f, nil
		}
	}
	return nil, fmt.Errorf("answer to a follow that was never sent: %w", ErrIgnored)
}

// sendAnswer sends the Follow back as it came, since peers match it by its parts.
func (n *Node) sendAnswer(a *Activity, f *store.Follow, follower *store.Actor) error {
	asked, err := vocab.Parse(f.Activity)
	if err != nil {
		return fmt.Errorf("kept follow %s: %w", f.IRI, err)
	}
	out := vocab.Answer(a.Verb, a.IRI, asked)
	out.Published = a.When
	a.Object, a.To = f.IRI, []string{follower.IRI}
	a.body, a.to = out.Encode(), []store.Recipient{recipient(follower)}
	return nil
}
