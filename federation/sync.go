package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// What is copied of one actor at most, and how often.
const (
	maxCopied    = 50_000           // objects
	maxRead      = 256 << 20        // bytes
	syncSlice    = 20 * time.Second // then the copy goes on as a new job
	pollEvery    = 6 * time.Hour
	compareEvery = 7 * 24 * time.Hour // buckets, too
)

var (
	errEndless  = errors.New("more pages than the catalogue's own count allows")
	errTooLarge = errors.New("more than is copied of one actor")
	errDigest   = errors.New("the catalogue is not what its fingerprint says")
	// errMore: the time of this job is over, and the copy goes on in the next.
	errMore = errors.New("more to copy")
	// errStopped: nobody wants this copy any more.
	errStopped = errors.New("no longer wanted")
)

// startSync begins to copy what an actor publishes, or looks at once whether the
// copy is still the same.
func startSync(tx *store.Txn, actor store.ID) {
	s := tx.Sync(actor)
	if s == nil {
		s = &store.Sync{Actor: actor}
	}
	next := tx.Now().Truncate(time.Millisecond)
	if next.Equal(s.Next) {
		next = next.Add(time.Millisecond) // not the job that may be at work
	}
	s.Next = next
	tx.PutSync(s)
}

// copying is one job's part in the copy of what an actor publishes.
type copying struct {
	n     *Node
	lab   *store.Actor
	s     *store.Sync // as it was last read or saved
	began time.Time
}

// sync goes on with a copy, and says when to look again. It keeps what it got
// in the same transactions as how far it is, so it may be stopped at any moment.
func (n *Node) sync(ctx context.Context, actor store.ID) error {
	c, err := n.resumeCopy(ctx, actor)
	if err != nil || c == nil {
		return err
	}
	err = c.run(ctx)
	if ctx.Err() != nil || errors.Is(err, errStopped) {
		return nil //nolint:nilerr // stopped in the middle: the job is still there, or nobody wants it
	}
	return c.finish(ctx, err)
}

// resumeCopy reads how far a copy is; nil when there is nothing to do now.
func (n *Node) resumeCopy(ctx context.Context, actor store.ID) (c *copying, err error) {
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		c = nil
		s := tx.Sync(actor)
		if s == nil || s.Next.IsZero() || s.Next.After(tx.Now()) {
			return nil // a job from before it was put off
		}
		lab, err := tx.Actor(actor)
		if err != nil || !tx.FollowedHere(actor) || !n.admits(tx, lab.Host) {
			stopSync(tx, actor)
			return nil //nolint:nilerr // who is not here is not copied
		}
		c = &copying{n: n, lab: lab, s: s, began: tx.Now()}
		return nil
	})
	return c, err
}

// run does what is to be done in the phase that the copy is in.
func (c *copying) run(ctx context.Context) error {
	if err := c.n.room("copy"); err != nil {
		return err
	}
	if c.s.Phase == store.SyncNew || !speaksCatalog(c.lab) {
		if err := c.open(ctx); err != nil {
			return err
		}
	}
	if !speaksCatalog(c.lab) {
		return nil // open has read what there is
	}
	if c.s.Phase == store.SyncPages {
		if err := c.pages(ctx); err != nil {
			return err
		}
	}
	return c.check(ctx)
}

func speaksCatalog(a *store.Actor) bool { return a.Catalog != "" && a.TakesCatalog() }

// actorAge is how old the copy of an actor may be when the copy of what it
// publishes begins.
const actorAge = time.Hour

// open looks at the actor itself, and at the head of its catalogue; or reads the
// collections of one that has none.
func (c *copying) open(ctx context.Context) error {
	if c.began.Sub(c.lab.Fetched) > actorAge {
		if err := c.lookAgain(ctx); err != nil {
			return err
		}
	}
	if !speaksCatalog(c.lab) {
		return c.backfill(ctx)
	}
	head, err := c.n.catalogs.Head(ctx, c.lab, "")
	if err != nil {
		return err
	}
	return c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		tx.OpenCatalogue(c.lab.IRI)
		c.restart(s, head, tx.Now())
		return nil
	})
}

// lookAgain fetches the actor itself: it may have a catalogue by now.
func (c *copying) lookAgain(ctx context.Context) error {
	doc, err := c.n.dereference(ctx, c.lab.IRI)
	if err != nil {
		return err
	}
	lab, err := vocab.ReadActor(doc)
	if err != nil {
		return err
	}
	c.lab = lab
	return c.n.learnActor(ctx, lab)
}

// restart has the pages read from the first.
func (c *copying) restart(s *store.Sync, head *catalog.Head, now time.Time) {
	*s = store.Sync{
		Actor: s.Actor, Wants: s.Wants, Next: s.Next, Checked: s.Checked, Full: s.Full,
		Problem: s.Problem, Since: s.Since, Fails: s.Fails,
		Phase: store.SyncPages, Cursor: head.First, Seq: head.Seq, Theirs: head.Kinds, Began: now,
	}
}

// save changes how far the copy is, in one transaction with whatever else change
// does.
func (c *copying) save(ctx context.Context, change func(*store.Txn, *store.Sync) error) error {
	var saved *store.Sync
	err := c.n.Store.Update(ctx, func(tx *store.Txn) error {
		saved = tx.Sync(c.lab.ID)
		if saved == nil || saved.Phase == store.SyncNew && c.s.Phase != store.SyncNew {
			return errStopped // or it is to begin anew, with a job of its own
		}
		if err := change(tx, saved); err != nil {
			return err
		}
		tx.PutSync(saved)
		return nil
	})
	if err == nil {
		c.s = saved
	}
	return err
}

// over says that the time of this job is over.
func (c *copying) over() bool { return c.n.Store.Now().Sub(c.began) > syncSlice }

// stopSync forgets how an actor is copied, and leaves the job to remove what
// nobody needs.
func stopSync(tx *store.Txn, actor store.ID) {
	tx.DropSync(actor)
	tx.AddJob(jobForget, forgetJob{Actor: actor})
}

// Choose changes what is copied of an actor that is followed here, and copies it
// anew. Only who runs the node may. Errors: ErrForbidden, store.ErrNotFound.
func (n *Node) Choose(ctx context.Context, by store.Viewer, actor store.ID, wants store.Selection) error {
	if !by.Local || !by.Runs {
		return fmt.Errorf("choose what is copied: %w", ErrForbidden)
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		s := tx.Sync(actor)
		if s == nil {
			return fmt.Errorf("copy of actor %s: %w", actor, store.ErrNotFound)
		}
		tx.Note(store.JournalEntry{Deed: store.ChooseCopy, Actor: actor})
		if !s.Wants.Equal(wants) {
			s.Wants, s.Phase = wants, store.SyncNew
		}
		tx.PutSync(s)
		startSync(tx, actor)
		return nil
	})
}

// CopyNow looks at once whether the copy of what an actor publishes is the same as
// the original. store.ErrNotFound: nobody here follows it.
func (n *Node) CopyNow(ctx context.Context, actor store.ID) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		if tx.Sync(actor) == nil {
			return fmt.Errorf("copy of actor %s: %w", actor, store.ErrNotFound)
		}
		startSync(tx, actor)
		return nil
	})
}
