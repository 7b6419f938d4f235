package federation

import "github.com/essaim/essaim/store"

// What is for labs that follow each other (store.FollowedLabs) is addressed to those
// that do when it is published. A lab that joins them later reads what is older in
// the catalogue, where store.Viewer.CanSee shows it from then on. It cannot know by
// itself when that is: whoever accepts last is the first to know that the link goes
// both ways, and tells the other by its profile.

// share shows our lab's profile to another one that just accepted its follow, when it
// follows ours, too.
func (n *Node) share(tx *store.Txn, lab, other *store.Actor) {
	if lab.Type == store.Group && other.Type == store.Group && other.TakesCatalog() && tx.Follows(other.ID, lab.ID) {
		n.showProfile(tx, lab, []store.Recipient{recipient(other)})
	}
}

// lookForShared looks at the catalogue of a lab that showed its profile, when ours and
// it follow each other.
func lookForShared(tx *store.Txn, other *store.Actor) {
	lab, err := tx.Lab()
	s := tx.Sync(other.ID)
	if err != nil || s == nil || s.Problem != "" && s.Problem != store.ProblemUnreachable {
		return
	}
	if tx.Follows(other.ID, lab.ID) && tx.Follows(lab.ID, other.ID) {
		startSync(tx, other.ID) // also when a look is at its end that came too early
	}
}
