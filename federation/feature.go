package federation

import (
	"fmt"
	"net/url"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Accounts stand in the collections of others with their own consent alone
// (FEP-7aa9), which their server shows at an address that names the collection. Who
// wants to be found agrees to be shown, and takes that back for all collections at
// once by not wanting it any more: the addresses then show nothing.

// ConsentPath follows the IRI of an actor in that of its consent to stand in the
// directory of its lab.
const ConsentPath = "/directory-consent"

// ConsentQuery asks there for the consent to stand in a collection elsewhere.
const ConsentQuery = "of"

// ConsentIRI is where an actor of this node agrees to stand in a collection elsewhere.
func ConsentIRI(actor, collection string) string {
	return actor + ConsentPath + "?" + url.Values{ConsentQuery: {collection}}.Encode()
}

// Consents says whether an actor of this node may stand in a collection elsewhere.
func (n *Node) Consents(tx *store.Txn, a *store.Actor, collection string) bool {
	host := store.HostOf(collection)
	return a.Local && a.Type == store.Person && a.Discoverable && a.Deleted.IsZero() && host != "" && !n.IsLocal(collection) && n.admits(tx, host)
}

// featureRequest asks whether an actor of this node may stand in a collection of whoever
// asks. The answer is what its profile says already.
func featureRequest(n *Node, tx *store.Txn, a *Activity) error {
	m, err := tx.ActorByIRI(a.Object)
	collection := a.Doc.IRI("instrument")
	switch {
	case a.local || err != nil || !m.Local || m.Type != store.Person:
		return fmt.Errorf("account %s: %w", a.Object, ErrIgnored)
	case !store.SameOrigin(collection, a.Actor):
		return fmt.Errorf("collection %q is not at home with %s: %w", collection, a.Actor, ErrForbidden)
	case tx.Blocks(m.ID, a.actor.ID):
		return fmt.Errorf("account %s: %w", a.Object, ErrBlocked)
	}
	answer := &Activity{Verb: "Reject", Actor: m.IRI, Object: a.IRI, shows: true}
	if n.Consents(tx, m, collection) {
		answer.Verb, answer.Target = "Accept", ConsentIRI(m.IRI, collection)
	}
	a.cause(answer)
	return nil
}

// sendFeatureAnswer sends the request back with the address of the consent, if there is
// one.
func sendFeatureAnswer(tx *store.Txn, a *Activity) error {
	row, err := tx.ActivityByIRI(a.Object)
	if err != nil {
		return err
	}
	by, err := tx.Actor(row.Actor)
	if err != nil {
		return err
	}
	asked, err := vocab.Parse(row.Raw)
	if err != nil {
		return fmt.Errorf("kept activity of %s: %w", by.IRI, err)
	}
	out := vocab.Answer(a.Verb, a.IRI, asked)
	out.Published, out.Result, a.Target = a.When, a.Target, ""
	a.To, a.to, a.body = out.To, []store.Recipient{recipient(by)}, out.Encode()
	return nil
}
