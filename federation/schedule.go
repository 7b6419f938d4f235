package federation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

type scheduleJob struct {
	Actor store.ID `json:"actor"`
	ID    store.ID `json:"id"`
}

// Schedule keeps a record that a member wants to publish himself at a moment to
// come. Whether he may, and whether it is well formed, is asked then, as of
// everything else. s.Actor, s.Due and s.Kind are the caller's to fill.
func (n *Node) Schedule(ctx context.Context, it store.Item, s *store.Scheduled) error {
	raw, err := json.Marshal(it)
	if err != nil {
		return fmt.Errorf("encode %s: %w", s.Kind, err)
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		kept := *s // the transaction may run again
		kept.Item = raw
		putScheduled(tx, &kept)
		*s = kept
		return nil
	})
}

func putScheduled(tx *store.Txn, s *store.Scheduled) {
	tx.PutScheduled(s)
	tx.AddJobAt(jobSchedule, scheduleJob{s.Actor, s.ID}, s.Due)
}

// Reschedule changes the moment of what a member wants to publish. Errors:
// store.ErrNotFound.
func (n *Node) Reschedule(ctx context.Context, actor, id store.ID, due time.Time) (s *store.Scheduled, err error) {
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		if s, err = tx.Scheduled(actor, id); err != nil {
			return err
		}
		s.Due = due
		putScheduled(tx, s)
		return nil
	})
	return s, err
}

// publishScheduled publishes what is due, in the name of its author as things stand
// now. What was put off or taken back is left alone, and so is what cannot be
// published any more: its author finds it among what he scheduled.
func (n *Node) publishScheduled(ctx context.Context, j scheduleJob) error {
	var by store.Viewer
	var s *store.Scheduled
	a := &Activity{Verb: "Create"}
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		if s, err = tx.Scheduled(j.Actor, j.ID); err != nil {
			return err
		}
		author, err := tx.Actor(j.Actor)
		if err != nil {
			return err
		}
		login, err := tx.AccountOf(j.Actor)
		if err != nil {
			return err
		}
		a.Actor, by = author.IRI, tx.ViewerOf(author, login.Role)
		a.Item, err = s.Read()
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && s.Due.After(n.Store.Now()) {
		return nil
	}
	if err != nil {
		return err
	}
	a.Then = func(tx *store.Txn) error {
		if _, err := tx.Scheduled(j.Actor, j.ID); err != nil {
			return err // taken back, or published already
		}
		tx.DeleteScheduled(j.Actor, j.ID)
		return nil
	}
	return lasting(n.Publish(ctx, by, a))
}

// lasting leaves out the errors that trying again does not mend.
func lasting(err error) error {
	_, invalid := errors.AsType[store.FieldErrors](err)
	if invalid || errors.Is(err, ErrForbidden) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrGone) {
		return nil
	}
	return err
}
