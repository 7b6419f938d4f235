package federation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// The kinds of job, and what each carries.
const (
	jobFetch  = "fetch"
	jobForget = "forget"
	jobMember = "member"
	jobMove   = "move"
	jobResync = "resync"
	jobGuests = "guests"
	jobSeat   = "seat"

	jobSchedule = "schedule"
)

type fetchJob struct {
	IRI       string `json:"iri"`
	Announced bool   `json:"announced,omitempty"`
	By        string `json:"by,omitempty"`        // who announced it
	Activity  string `json:"activity,omitempty"`  // and by which activity
	Forwarded bool   `json:"forwarded,omitempty"` // somebody passed it on
	Deleted   bool   `json:"deleted,omitempty"`   // and said that it is gone

	Doc json.RawMessage `json:"doc,omitempty"` // as it was passed on, with a proof
}

type forgetJob struct {
	Actor store.ID `json:"actor"`
}

type moveJob struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type resyncJob struct {
	Host string `json:"host"`
}

const (
	jobsAtOnce = 4 // of each kind
	jobTimeout = 2 * time.Minute
	maxTries   = 10               // then a job is put aside for the admin to see
	maxPanics  = 3                // the same for tries that ended in a panic: it is our own mistake
	pausedWait = 10 * time.Minute // of a job that needs a host that is paused
)

// errPanic: a job met a mistake in this program.
var errPanic = errors.New("panic")

// do does one job; a panic is a failed try.
func (n *Node) do(ctx context.Context, j *store.Job) (err error) {
	ctx, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errPanic, p)
		}
	}()
	switch j.Kind {
	case jobFetch:
		return decoded(j, func(d fetchJob) error { return n.fetchNamed(ctx, d) })
	case jobForget:
		return decoded(j, func(d forgetJob) error { return n.forget(ctx, d.Actor) })
	case jobMember:
		return decoded(j, func(d memberJob) error { return n.askLab(ctx, d) })
	case store.SyncJob:
		return n.sync(ctx, j.ID)
	case store.PeerJob:
		return n.visit(ctx, j.ID)
	case jobSchedule:
		return decoded(j, func(d scheduleJob) error { return n.publishScheduled(ctx, d) })
	case jobThread:
		return decoded(j, func(d threadJob) error { return n.readThread(ctx, d.IRI) })
	case jobMove:
		return decoded(j, func(d moveJob) error { return n.refollow(ctx, d) })
	case jobGuests:
		return decoded(j, func(d guestsJob) error { return n.forgetGuests(ctx, d) })
	case jobSeat:
		return decoded(j, func(d seatJob) error { return n.releaseSeat(ctx, d) })
	case jobResync:
		return decoded(j, func(d resyncJob) error { return n.resync(ctx, d.Host) })
	case jobDigest:
		return n.digest(ctx)
	case jobLinks:
		return n.lookAtLinks(ctx)
	case jobRelease:
		return decoded(j, func(d releaseJob) error { return n.release(ctx, d.Record) })
	}
	if do := n.Jobs[j.Kind]; do != nil {
		return do(ctx, j)
	}
	return fmt.Errorf("unknown kind of job %q", j.Kind)
}

func decoded[D any](j *store.Job, do func(D) error) error {
	var d D
	if err := json.Unmarshal(j.Data, &d); err != nil {
		return err
	}
	return do(d)
}

// finish removes a job that is done or can never be, and puts off one that
// failed.
func (n *Node) finish(ctx context.Context, j *store.Job, failed error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // stopped in the middle: the job is still there
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		if failed == nil || hopeless(failed) {
			tx.DeleteJob(j)
			return nil
		}
		tried := *j                             // the transaction may run again
		if errors.Is(failed, fetch.ErrPaused) { // no try at all
			tried.Tries--
			tx.RetryJob(&tried, tx.Now().Add(n.scaled(pausedWait)), j.Error, false)
			return nil
		}
		stuck := j.Tries+1 >= maxTries
		if errors.Is(failed, errPanic) {
			tried.Panics++
			stuck = stuck || tried.Panics >= maxPanics
		}
		tx.RetryJob(&tried, tx.Now().Add(n.scaled(time.Minute<<j.Tries)), failed.Error(), stuck)
		return nil
	})
}

// hopeless says that another try would fail in the same way.
func hopeless(err error) bool {
	for _, final := range []error{
		fetch.ErrNotFound, fetch.ErrGone, fetch.ErrContentType, fetch.ErrOrigin, fetch.ErrForbiddenAddress,
		fetch.ErrBlocked, fetch.ErrTooLarge, fetch.ErrMalformed, fetch.ErrRedirects, vocab.ErrMalformed, vocab.ErrUnknownType,
		ErrForbidden, ErrBlocked, ErrIgnored, ErrMalformed, ErrNotActor, store.ErrNotFound, store.ErrGone,
	} {
		if errors.Is(err, final) {
			return true
		}
	}
	var bad *fetch.BadResponse
	return errors.As(err, &bad) && !errors.Is(err, fetch.ErrTemporary)
}

func (n *Node) fetchNamed(ctx context.Context, j fetchJob) error {
	if j.Forwarded {
		return n.learnForwarded(ctx, j)
	}
	doc, err := n.dereference(ctx, j.IRI)
	if err != nil {
		return err
	}
	if actor, err := vocab.ReadActor(doc); err == nil {
		return n.learnActor(ctx, actor)
	}
	if err := n.learnRecord(ctx, doc, j.Announced); err != nil || j.By == "" {
		return err
	}
	return n.keepAnnouncement(ctx, doc.ID(), j)
}

// keepAnnouncement notes who announced a record that had to be fetched first.
func (n *Node) keepAnnouncement(ctx context.Context, iri string, j fetchJob) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(iri)
		if err != nil {
			return err
		}
		by, err := tx.ActorByIRI(j.By)
		if err == nil && it.Envelope().Audience.Open() {
			tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: it.Envelope().ID, Actor: by.ID, IRI: j.Activity, When: tx.Now()})
		}
		return err
	})
}

// refollow verifies a Move both ways and lets everybody here who followed the old
// actor follow the new one.
func (n *Node) refollow(ctx context.Context, j moveJob) error {
	if err := n.Learn(ctx, j.From); err != nil {
		return err
	}
	if err := n.Learn(ctx, j.To); err != nil {
		return err
	}
	var followers []store.Follow
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		followers, err = movedFollowers(tx, j)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range followers {
		if err := n.moveFollow(ctx, f, j.To); err != nil {
			return err
		}
	}
	return nil
}

func movedFollowers(tx *store.Txn, j moveJob) ([]store.Follow, error) {
	from, err := tx.ActorByIRI(j.From)
	if err != nil {
		return nil, err
	}
	to, err := tx.ActorByIRI(j.To)
	if err != nil {
		return nil, err
	}
	if from.MovedTo != to.IRI || !slices.Contains(to.AlsoKnownAs, from.IRI) {
		return nil, fmt.Errorf("move of %s to %s is not said by both: %w", j.From, j.To, ErrForbidden)
	}
	var moved []store.Follow
	for f := range tx.Followers(from.ID) {
		if a, err := tx.Actor(f.Follower); err == nil && a.Local {
			moved = append(moved, *f)
		}
	}
	return moved, nil
}

func (n *Node) moveFollow(ctx context.Context, f store.Follow, to string) error {
	var follower *store.Actor
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		follower, err = tx.Actor(f.Follower)
		return err
	})
	if err != nil {
		return err
	}
	if err := n.publishSelf(ctx, &Activity{Verb: "Follow", Actor: follower.IRI, Object: to}); err != nil {
		return err
	}
	return n.publishSelf(ctx, &Activity{Verb: "Undo", Actor: follower.IRI, Object: f.IRI})
}
