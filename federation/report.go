package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/store"
)

// maxOpenReports is how many complaints of one actor wait at once.
const maxOpenReports = 50

// Report keeps a complaint of a member for the moderators. forward also sends it to
// the node that it concerns, which is not told who complained. about names the
// actor first, then records. Errors: ErrForbidden, store.ErrNotFound.
func (n *Node) Report(ctx context.Context, by store.Viewer, about []string, text string, forward bool) error {
	flag := &Activity{Verb: "Flag", Actor: by.Actor, Objects: about, Text: text}
	if forward {
		flag.Then = func(tx *store.Txn) error { return n.forwardReport(tx, about, text) }
	}
	return n.Publish(ctx, by, flag)
}

// forwardReport sends the newest complaint on, in the name of the node.
func (n *Node) forwardReport(tx *store.Txn, about []string, text string) error {
	node, err := tx.Node()
	if err != nil {
		return err
	}
	target, err := tx.ActorByIRI(about[0])
	if err != nil || target.Local {
		return nil //nolint:nilerr // it concerns this node alone
	}
	out := &Activity{Verb: "Flag", Actor: node.IRI, Objects: about, Text: text, local: true}
	if err := n.apply(tx, out); err != nil {
		return err
	}
	for r := range tx.Reports() {
		r.Sent = out.IRI
		tx.PutReport(r)
		break
	}
	return nil
}

// CloseReport does what a moderator decided about a complaint, and says so to who
// complained: on another node by an Accept or a Reject of the Flag. Errors:
// ErrForbidden, store.ErrNotFound, store.ErrNotNow when it is closed already.
func (n *Node) CloseReport(ctx context.Context, by store.Viewer, id store.ID, state store.ReportState) error {
	if !by.May(store.Moderate) {
		return fmt.Errorf("report by %s: %w", by.Actor, ErrForbidden)
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		r, err := tx.Report(id)
		if err != nil {
			return err
		}
		if r.State != "" {
			return store.ErrNotNow
		}
		r.State, r.Closed, r.By = state, tx.Now(), actorIDOf(tx, by.Actor)
		tx.PutReport(r)
		act := store.UpholdReport
		if state == store.ReportDismissed {
			act = store.DismissReport
		}
		tx.Note(store.JournalEntry{Deed: act})
		return n.answerReport(tx, r)
	})
}

func (n *Node) answerReport(tx *store.Txn, r *store.Report) error {
	reporter, err := tx.ActorByIRI(r.Reporter)
	if err != nil || reporter.Local {
		return nil //nolint:nilerr // who is gone is not told; members read it on their page
	}
	node, err := tx.Node()
	if err != nil {
		return err
	}
	verb := "Accept"
	if r.State == store.ReportDismissed {
		verb = "Reject"
	}
	return n.apply(tx, &Activity{Verb: verb, Actor: node.IRI, Object: r.IRI, Target: reporter.IRI, local: true, flag: true})
}

// sendReportAnswer is the Accept or Reject of a complaint, on its way out.
func sendReportAnswer(tx *store.Txn, a *Activity) error {
	reporter, err := tx.ActorByIRI(a.Target)
	if err != nil {
		return err
	}
	a.Target, a.To, a.to = "", []string{reporter.IRI}, []store.Recipient{recipient(reporter)}
	return nil
}

// answersReport says whether another node answers a complaint that this one sent.
func answersReport(tx *store.Txn, a *Activity) bool {
	row, err := tx.ActivityByIRI(a.Object)
	return err == nil && row.Local && row.Verb == "Flag"
}

// reportAnswered keeps what the node said that a complaint went to. Nobody else can
// answer it.
func reportAnswered(tx *store.Txn, a *Activity) error {
	for r := range tx.Reports() {
		if r.Sent != a.Object || r.Sent == "" {
			continue
		}
		if !store.SameOrigin(r.Target, a.Actor) {
			return fmt.Errorf("complaint %s was not sent to %s: %w", a.Object, a.Actor, ErrForbidden)
		}
		r.Answer = store.ReportUpheld
		if a.Verb == "Reject" {
			r.Answer = store.ReportDismissed
		}
		tx.PutReport(r)
		return nil
	}
	return fmt.Errorf("answer to a complaint that is not here: %w", ErrIgnored)
}
