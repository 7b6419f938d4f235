package reply

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// StatusClientGone stands for a caller that did not wait. It is never sent.
const StatusClientGone = 499

// pause is how long a busy node asks callers to stay away.
const pause = 10 * time.Second

// rule is a line of the table. Key ends the message keys "failure.KEY.title" and
// "failure.KEY.text" of web/assets/locales.
type rule struct {
	matches func(error) bool
	status  int
	key     string
	retry   time.Duration
}

// table is read from the top; the first line that matches decides. A package
// that brings new sentinels gets its lines here.
var table = []rule{
	{is(httpsig.ErrMalformed), http.StatusBadRequest, "bad-request", 0},
	{is(store.ErrBusy), http.StatusServiceUnavailable, "unavailable", pause},
	{is(store.ErrFull), http.StatusServiceUnavailable, "unavailable", 5 * time.Minute},
	{is(federation.ErrBlocked), http.StatusForbidden, "forbidden", 0},
	{is(federation.ErrForbidden), http.StatusForbidden, "forbidden", 0},
	{is(httpsig.ErrSignature), http.StatusUnauthorized, "unauthenticated", 0},
	{is(federation.ErrMalformed), http.StatusBadRequest, "bad-request", 0},
	{is(vocab.ErrMalformed), http.StatusBadRequest, "bad-request", 0},
	{is(inbox.ErrMediaType), http.StatusUnsupportedMediaType, "media-type", 0},
	{is(inbox.ErrTooMany), http.StatusTooManyRequests, "too-many", time.Minute},
	{is(federation.ErrEnough), http.StatusTooManyRequests, "too-many", time.Hour},
	{is(federation.ErrUnreachable), http.StatusBadGateway, "bad-gateway", 0},
	{is(federation.ErrNotActor), http.StatusUnprocessableEntity, "invalid", 0},
	{is(fetch.ErrTemporary), http.StatusServiceUnavailable, "unavailable", pause},
	{is(fetch.ErrGone), http.StatusUnauthorized, "unauthenticated", 0},
	{is(store.ErrNotFound), http.StatusNotFound, "not-found", 0},
	{is(store.ErrGone), http.StatusGone, "gone", 0},
	{is(store.ErrExists), http.StatusConflict, "exists", 0},
	{is(store.ErrClosed), http.StatusServiceUnavailable, "unavailable", pause},
	{as[*store.FieldError], http.StatusUnprocessableEntity, "invalid", 0},
	{as[*http.MaxBytesError], http.StatusRequestEntityTooLarge, "too-large", 0},
	{is(context.Canceled), StatusClientGone, "timeout", 0},
	{is(context.DeadlineExceeded), http.StatusServiceUnavailable, "timeout", pause},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func (r rule) problem() Problem { return Problem{Status: r.status, Key: r.key, RetryAfter: r.retry} }

// keys are the message keys of the statuses that handlers choose themselves.
var keys = map[int]string{
	http.StatusBadRequest:            "bad-request",
	http.StatusUnauthorized:          "unauthenticated",
	http.StatusForbidden:             "forbidden",
	http.StatusNotFound:              "not-found",
	http.StatusMethodNotAllowed:      "method",
	http.StatusNotAcceptable:         "not-acceptable",
	http.StatusConflict:              "exists",
	http.StatusGone:                  "gone",
	http.StatusRequestEntityTooLarge: "too-large",
	http.StatusUnsupportedMediaType:  "media-type",
	http.StatusUnprocessableEntity:   "invalid",
	http.StatusTooManyRequests:       "too-many",
	http.StatusInternalServerError:   "internal",
	http.StatusBadGateway:            "bad-gateway",
	http.StatusServiceUnavailable:    "unavailable",
	http.StatusGatewayTimeout:        "timeout",
}

// Keys are all the message keys that a Problem may have, in no order.
func Keys() []string {
	var all []string
	for _, k := range keys {
		all = append(all, k)
	}
	return all
}

// Error is a refusal that a handler decides on itself: a wrong method, a missing
// token, too many requests. Err, which may be nil, is for the log only.
type Error struct {
	Status       int    // must have a message key in this package; else it is answered as 500
	Type         string // problem type (RFC 9457 §3.1.1, FEP-c180); empty: about:blank
	Detail       string // for machines, in English; shown to them as it is
	RetryAfter   time.Duration
	Allow        string // methods, with 405
	Authenticate string // challenge, with 401
	Err          error
}

func (e *Error) Error() string {
	s := http.StatusText(e.Status)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) problem() Problem {
	key, ok := keys[e.Status]
	if !ok {
		return Problem{Status: http.StatusInternalServerError, Key: "internal"}
	}
	return Problem{
		Status: e.Status, Key: key, Type: e.Type, Detail: e.Detail,
		RetryAfter: e.RetryAfter, Allow: e.Allow, Authenticate: e.Authenticate,
	}
}
