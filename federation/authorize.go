package federation

import (
	"context"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

// checkReceived is what can be said without the store: the activity has an id and
// an actor, and they belong to whoever signed (FEP-fe34).
func (n *Node) checkReceived(a *Activity, signer string) error {
	switch {
	case a.IRI == "" || store.Origin(a.IRI) == "":
		return fmt.Errorf("no usable id: %w", ErrMalformed)
	case a.Actor == "":
		return fmt.Errorf("not exactly one actor: %w", ErrMalformed)
	case a.Actor != signer:
		return fmt.Errorf("%s speaks for %s: %w", signer, a.Actor, ErrForbidden)
	case !store.SameOrigin(a.IRI, a.Actor):
		return fmt.Errorf("activity %s is not at home with its actor: %w", a.IRI, ErrForbidden)
	case n.IsLocal(a.Actor):
		return fmt.Errorf("an actor of this node does not use its inbox: %w", ErrForbidden)
	}
	return nil
}

// Who is followed by nobody here may say things, too: answer, like, follow. All that is
// kept for a while, so all hosts of one owner together have this many bytes at once, and
// as many again in a day. What takes something back in few words is always heard.
const (
	strangeBurst = 16 << 20
	strangeEvery = 24 * time.Hour / strangeBurst
	fewWords     = 8 << 10 // bytes
)

// checkAmount refuses what is too much from where nobody is followed: ErrEnough.
func (n *Node) checkAmount(ctx context.Context, a *Activity) error {
	size := len(a.Doc.Raw())
	if takesBack(a.Verb) && size <= fewWords || n.strange.allowMany(registered(a.Actor), size) {
		return nil
	}
	return n.Store.View(ctx, func(tx *store.Txn) error {
		if tx.FollowsOn(store.HostOf(a.Actor)) {
			return nil
		}
		return fmt.Errorf("%s says too much: %w", a.Actor, ErrEnough)
	})
}

// authorize says whether the actor may act at all, and whether the member who
// publishes may act for it. What an actor may do to a certain object is the
// verb's to know.
func (n *Node) authorize(tx *store.Txn, a *Activity) error {
	switch {
	case !a.actor.Deleted.IsZero() && !a.local:
		return fmt.Errorf("actor %s deleted itself: %w", a.Actor, ErrForbidden)
	case !a.actor.Deleted.IsZero():
		return fmt.Errorf("actor %s: %w", a.Actor, store.ErrGone)
	case !a.local && (!n.admits(tx, a.actor.Host) || !n.admits(tx, store.HostOf(a.Actor)) || tx.BlockedHere(a.actor.ID)):
		return fmt.Errorf("actor %s: %w", a.Actor, ErrBlocked)
	case a.local && !a.actor.Local:
		return fmt.Errorf("actor %s is not of this node: %w", a.Actor, ErrForbidden)
	case a.by != nil && !speaksFor(a.by, a.actor, a.Verb) && !answersForLab(a):
		return fmt.Errorf("%s for %s: %w", a.by.Actor, a.Actor, ErrForbidden)
	}
	return nil
}

// answersForLab says whether a member answers who wants to join an event of the
// lab, whose own rule (Viewer.CanEdit) comes on top.
func answersForLab(a *Activity) bool {
	return a.by.Local && a.actor.Type == store.Group && a.Target != "" && (a.Verb == "Accept" || a.Verb == "Reject")
}

// speaksFor says whether a member may publish as an actor: everybody for
// himself; for the lab those who run the node, and every member for records,
// whose own rules (Viewer.CanEdit) come on top. For another member those who run the
// node change and delete what is there, and say nothing new; only the node itself does.
// Without an account one may write for the lab through the open form, and change or
// delete that by its edit link.
func speaksFor(by *store.Viewer, actor *store.Actor, verb string) bool {
	switch {
	case by.Form:
		return actor.Type == store.Group && verb == "Create"
	case by.Claim != 0:
		return actor.Type == store.Group && (verb == "Update" || verb == "Delete")
	case !by.Local:
		return false
	case by.Actor == actor.IRI, by.Runs && (actor.Type != store.Person || by.Role == ""):
		return true
	}
	edits := verb == "Update" || verb == "Delete"
	return by.Runs && edits || actor.Type == store.Group && (edits || verb == "Create")
}
