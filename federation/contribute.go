package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

// OpenForm says what happens to what people write without an account. The zero
// OpenForm takes it and lets it leave the node once it is verified.
type OpenForm struct {
	Closed bool
	After  time.Duration // then it leaves the node unverified; 0: never
}

// ErrFormClosed: nothing is taken without an account at the moment.
var ErrFormClosed = errors.New("open form is closed")

const jobRelease = "release"

type releaseJob struct {
	Record store.ID `json:"record"`
}

// byForm says whether an activity comes through the open form or an edit link.
func (a *Activity) byForm() bool { return a.by != nil && (a.by.Form || a.by.Claim != 0) }

// admit applies the rules of the open form to a record that is new: only what the
// form asks for is there, and who sees it is not its author's choice.
func (n *Node) admit(tx *store.Txn, a *Activity, r *store.Record) error {
	kind := store.KindOf(r.Kind)
	switch c := a.Contribution; {
	case n.OpenForm.Closed || tx.FormClosed():
		return ErrFormClosed
	case kind == nil || c == nil || !kind.IsOpen() || !kind.SameBeside(a.Item, kind.New()) || len(r.Authors) > 0 || r.InReplyTo != "" || r.Source != (store.Source{}):
		return fmt.Errorf("%s by the open form: %w", r.Kind, ErrForbidden)
	}
	r.Unverified, r.Audience = true, store.OnSite
	if wrong := kind.CheckOpen(a.Item); wrong != nil {
		return n.withChecks(kind, a.Item, wrong)
	}
	if t, ok := a.Item.(store.Timely); ok {
		if wrong := t.CheckInTime(finder(tx), tx.Now()); wrong != nil {
			return n.withChecks(kind, a.Item, wrong)
		}
	}
	c := *a.Contribution
	if tx.IsLinked(&c) {
		return fmt.Errorf("sent before: %w", errSeen)
	}
	c.State, c.Created, c.Suspect = store.Fresh, tx.Now(), kind.Suspicions(a.Item)
	if n.OpenForm.After > 0 {
		c.Due = tx.Now().Add(n.OpenForm.After)
	}
	if len(c.Suspect) > 0 {
		c.State = store.Held
	}
	r.Audience = c.Audience("", tx.Now())
	a.Contribution = &c
	return nil
}

// withChecks says the mistakes of the open form with those of the kind.
func (n *Node) withChecks(kind *store.Kind, it store.Item, wrong store.FieldErrors) error {
	if more, ok := errors.AsType[store.FieldErrors](kind.Check(it)); ok {
		wrong = append(more, wrong...)
	}
	return wrong
}

// keepContribution writes down what came with a record that was just stored, and
// when it may leave the node.
func keepContribution(tx *store.Txn, a *Activity) {
	c := *a.Contribution
	c.Record = a.record
	tx.PutContribution(&c)
	if !c.Due.IsZero() {
		tx.AddJobAt(jobRelease, releaseJob{c.Record}, c.Due)
	}
	a.Contribution = &c
}

// readmit applies the rules of the open form to a new version of a record by who
// holds its edit link. A moderator looks at it again.
func (n *Node) readmit(tx *store.Txn, a *Activity, old store.Item) error {
	r, o := a.Item.Envelope(), old.Envelope()
	kind := store.KindOf(o.Kind)
	c, err := tx.Contribution(o.ID)
	if err != nil {
		return err
	}
	if !kind.SameBeside(a.Item, old) {
		return fmt.Errorf("record %s by its edit link: %w", o.IRI, ErrForbidden)
	}
	if wrong := kind.CheckOpen(a.Item); wrong != nil {
		return n.withChecks(kind, a.Item, wrong)
	}
	if c.State == store.Verified {
		c.State = store.Fresh
	}
	if c.Suspect = kind.Suspicions(a.Item); len(c.Suspect) > 0 && c.State == store.Fresh {
		c.State = store.Held
	}
	if a.Contribution != nil {
		c.Answer = a.Contribution.Answer
	}
	c.Edited = tx.Now()
	r.Unverified, r.Audience, r.Authors, r.Source = true, c.Audience(o.Audience, tx.Now()), o.Authors, o.Source
	tx.PutContribution(c)
	return nil
}

// release lets a contribution leave the node because its time has come, unless
// somebody decided otherwise.
func (n *Node) release(ctx context.Context, record store.ID) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		it, err := tx.Record(record)
		if err != nil {
			return err
		}
		c, err := tx.Contribution(record)
		if err != nil || it.Envelope().Audience != store.OnSite {
			return err
		}
		return n.settle(tx, it, c, nil)
	})
}

// settle gives a record the audience and the mark that its contribution asks for,
// in the transaction at hand.
func (n *Node) settle(tx *store.Txn, it store.Item, c *store.Contribution, by *store.Viewer) error {
	r := it.Envelope()
	audience, unverified := c.Audience(r.Audience, tx.Now()), c.State != store.Verified
	if audience == r.Audience && unverified == r.Unverified {
		return nil
	}
	r.Audience, r.Unverified = audience, unverified
	return n.save(tx, it, by)
}

// save applies an Update of a record of this node in the transaction at hand.
func (n *Node) save(tx *store.Txn, it store.Item, by *store.Viewer) error {
	a := &Activity{Verb: "Update", Actor: it.Envelope().Lab, Item: it, by: by, local: true}
	if err := n.apply(tx, a); err != nil {
		return fmt.Errorf("save %s: %w", it.Envelope().IRI, err)
	}
	n.heed(tx, a)
	return nil
}

// widenAnswers lets what this node said in the thread of a record leave the node
// with it.
func widenAnswers(tx *store.Txn, a *Activity, o, r *store.Record) {
	if o.Audience != store.OnSite || !r.Audience.Open() {
		return
	}
	for _, it := range newsOf(tx, r) {
		if answer := it.Envelope(); answer.Audience == store.OnSite {
			answer.Audience = r.Audience
			a.cause(&Activity{Verb: "Update", Actor: answer.Lab, Item: it})
		}
	}
}
