package delivery

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

const (
	day       = 24 * time.Hour
	giveUp    = 30 * day         // then the host is lost until it comes back by itself
	maxWait   = day              // the longest Retry-After that is honoured
	soonest   = 10 * time.Second // after a failure, before a host that was woken is probed
	goneDays  = 3                // days on which a shared inbox must be gone
	dayFormat = time.DateOnly
)

// failure is what went wrong with a try; the zero failure is success.
type failure struct {
	class   string        // for the admin: "timeout", "refused", "unauthorised", …
	status  int           // HTTP status, if there was an answer
	after   time.Duration // the host asked to wait so long
	dropped bool          // this activity will never be taken
	gone    bool          // the inbox is no more
}

// judge says what an answer means for the activity and for the host.
func judge(res *fetch.Response, err error) failure {
	switch {
	case errors.Is(err, fetch.ErrBlocked):
		return failure{class: "blocked", dropped: true}
	case errors.Is(err, fetch.ErrForbiddenAddress): // a name server may get better
		return failure{class: "address"}
	case errors.Is(err, fetch.ErrTimeout):
		return failure{class: "timeout"}
	case err != nil:
		return failure{class: "unreachable"}
	}
	f := failure{status: res.Status, after: min(res.RetryAfter, maxWait)}
	switch s := res.Status; {
	case s >= 200 && s < 300:
		return failure{}
	case s == http.StatusNotFound, s == http.StatusGone:
		f.class, f.gone = "gone", true
	case s == http.StatusUnauthorized:
		f.class = "unauthorised"
	case s == http.StatusTooManyRequests:
		f.class = "busy"
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s == http.StatusMisdirectedRequest, s == http.StatusTooEarly:
		f.class = "status"
	case s >= 400 && s < 500, s == http.StatusNotImplemented:
		f.class, f.dropped = "refused", true
	case s >= 300 && s < 400:
		f.class = "redirect" // never followed: the signature is for this address
	default:
		f.class = "status"
	}
	return f
}

// succeed takes note that an inbox took an activity.
func (w *Worker) succeed(l *lane) {
	answered(l)
	l.LastOK = w.Store.Now()
}

// refuse takes note that an activity will never be taken.
func refuse(l *lane, f failure) {
	if f.status != 0 {
		answered(l)
	}
	l.Dropped++
	l.Error, l.Status = f.class, f.status
}

// answered ends a time of failures: there is somebody.
func answered(l *lane) {
	l.State, l.Since, l.NextAt, l.Fails = store.Healthy, time.Time{}, time.Time{}, 0
	l.Error, l.Status, l.GoneDays = "", 0, nil
}

// fail puts the host's next try off, or gives it up.
func (w *Worker) fail(l *lane, f failure) {
	now := w.Store.Now()
	if l.State != store.Failing {
		l.State, l.Since, l.Fails = store.Failing, now, 0
	}
	l.Fails++
	l.Error, l.Status = f.class, f.status
	if today := now.Format(dayFormat); f.gone && !slices.Contains(l.GoneDays, today) {
		l.GoneDays = append(slices.Clone(l.GoneDays), today)
	}
	silent := now.Sub(l.Since)
	if silent >= w.scaled(giveUp) || len(l.GoneDays) >= goneDays {
		l.State, l.NextAt, l.part = store.Lost, time.Time{}, 0
		return
	}
	wait := w.scaled(jitter(delay(l.Fails, silent, w.scaled)))
	if f.class == "unauthorised" {
		wait = max(wait, w.scaled(time.Hour))
	}
	l.NextAt = now.Add(max(wait, f.after))
	l.notBefore = now.Add(max(w.scaled(soonest), f.after))
}

// delay is the schedule: quick at first, hourly to a day, every four hours to a
// week, daily to a month.
func delay(fails int, silent time.Duration, scaled func(time.Duration) time.Duration) time.Duration {
	first := []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}
	switch {
	case fails <= len(first):
		return first[fails-1]
	case silent < scaled(day):
		return time.Hour
	case silent < scaled(7*day):
		return 4 * time.Hour
	}
	return day
}

func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // keeps hosts apart, guards nothing
}

func (w *Worker) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * w.Scale)
}
