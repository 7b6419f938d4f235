package federation

import (
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/store"
)

// pushAfter is how soon a delivery that shows a gap has the feed read, after it was
// read last.
const pushAfter = 5 * time.Second

// pushHeader is what goes with the deliveries of an actor of this node: what its
// catalogue is now. Empty for those that have none.
func pushHeader(tx *store.Txn, a *store.Actor) string {
	if a.Type != store.Group {
		return ""
	}
	c := tx.Catalogue(a.IRI)
	if c == nil {
		return ""
	}
	iri := a.IRI + "/catalog"
	return catalog.Push{Collection: iri, Seq: c.Seq, Digest: c.Public.Digest, URL: iri + "/feed"}.String()
}

// heed compares what a delivery says of the lab's catalogue with the copy here,
// after the activity was applied. The same means that nothing was missed; anything
// else has the feed read soon. A server that did not answer is tried again, since
// it lives; one that contradicts itself waits its time.
func (n *Node) heed(tx *store.Txn, a *Activity) {
	if a.local || a.Push == nil || a.Push.Collection != a.actor.Catalog {
		return
	}
	s, have := tx.Sync(a.actor.ID), tx.Catalogue(a.Actor)
	if s == nil || have == nil {
		return
	}
	if s.Phase == store.SyncLive && have.Public.Digest == a.Push.Digest {
		if s.Seq < a.Push.Seq {
			s.Seq, s.Checked, s.Theirs = a.Push.Seq, tx.Now(), have.Public.Plus(have.Restricted).Kinds
			tx.PutSync(s)
		}
		return
	}
	soon := tx.Now()
	if earliest := s.Checked.Add(n.scaled(pushAfter)); earliest.After(soon) {
		soon = earliest
	}
	if (s.Problem == "" || s.Problem == store.ProblemUnreachable) && s.Next.After(soon) {
		s.Next = soon
		tx.PutSync(s)
	}
}
