package federation

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// finish says when to look again. What came in meanwhile and wants a look sooner
// gets it.
func (c *copying) finish(ctx context.Context, failed error) error {
	asked := c.s.Next
	err := c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		next := tx.Now().Add(c.wait(s, failed, tx.Now()))
		if !s.Next.After(c.began) || s.Next.Equal(asked) || s.Next.After(next) {
			s.Next = next
		}
		if floor := asked.Add(time.Millisecond); s.Next.Before(floor) {
			s.Next = floor // never where the job stands that is at its end
		}
		return nil
	})
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// wait notes how the job ended and says for how long nothing is to be done.
func (c *copying) wait(s *store.Sync, failed error, now time.Time) time.Duration {
	after, enough := catalog.Enough(failed)
	switch {
	case failed == nil:
		s.Phase, s.Problem, s.Since, s.Fails = store.SyncLive, "", time.Time{}, 0
		if !speaksCatalog(c.lab) {
			return c.n.scaled(jitter(compareEvery))
		}
		return c.n.scaled(jitter(pollEvery))
	case errors.Is(failed, errMore):
		return 0
	case errors.Is(failed, fetch.ErrPaused): // says nothing about the catalogue
		return c.n.scaled(jitter(pollEvery))
	case enough:
		return after // a limit, not a schedule: it is the same everywhere
	}
	p := problemOf(failed)
	s.Fail(p, now)
	c.n.Log.Debug("copy catalogue", "actor", c.lab.IRI, "err", failed)
	silent := time.Duration(float64(now.Sub(s.Since)) / c.n.Scale)
	return c.n.scaled(jitter(pause(p, s.Fails, silent)))
}

// pause is how long a copy waits after a try that failed. Who does not answer is
// asked as often as those who do for a week, daily for a month, then once a week; who
// answers with nonsense soon costs less.
func pause(p store.SyncProblem, fails int, silent time.Duration) time.Duration {
	const day = 24 * time.Hour
	first, last := time.Hour, 7*day
	if p == store.ProblemUnreachable {
		first = 10 * time.Second
		switch {
		case silent < 7*day:
			last = pollEvery
		case silent < 30*day:
			last = day
		}
	}
	return min(last, first<<(2*min(fails-1, 10)))
}

// jitter keeps nodes apart that began together.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // guards nothing
}

// problemOf says to people what went wrong.
func problemOf(err error) store.SyncProblem {
	switch {
	case errors.Is(err, errEndless):
		return store.ProblemEndless
	case errors.Is(err, errTooLarge):
		return store.ProblemTooLarge
	case errors.Is(err, errDigest):
		return store.ProblemDigest
	case errors.Is(err, catalog.ErrMalformed), errors.Is(err, vocab.ErrMalformed), errors.Is(err, fetch.ErrMalformed),
		errors.Is(err, fetch.ErrTooLarge), errors.Is(err, fetch.ErrContentType), errors.Is(err, fetch.ErrOrigin):
		return store.ProblemMalformed
	case hopeless(err):
		return store.ProblemRefused
	}
	return store.ProblemUnreachable
}
