// Package reply answers when something went wrong, and guards every answer.
//
// It holds the one table from error to HTTP status, writes problem details for
// machines (RFC 9457, FEP-c180) and asks the dialect for the page for people. It
// also has the middleware that every dialect needs: request id, security headers
// and recovery from a panic. An internal error's text never leaves the program;
// it is logged here, once.
package reply

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
)

// Handler is an HTTP handler that may fail. It writes nothing before it returns
// an error.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Renderer writes the answer to an error in a dialect's own form. The status is
// p.Status; the headers that p asks for are set already.
type Renderer func(w http.ResponseWriter, r *http.Request, p Problem)

// Responder turns the errors of one dialect's handlers into answers.
type Responder struct {
	Log    *slog.Logger
	Render Renderer
}

// Adapt makes an http.Handler of h.
func (re Responder) Adapt(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			re.Fail(w, r, err)
		}
	})
}

// Fail answers err. What the operator must act on is logged; a caller that has
// gone away gets nothing.
func (re Responder) Fail(w http.ResponseWriter, r *http.Request, err error) {
	p := Describe(err)
	p.Instance = RequestID(r.Context())
	re.log(r.Context(), p, err)
	if p.Status == StatusClientGone {
		return
	}
	setHeaders(w.Header(), p)
	re.Render(w, r, p)
}

func (re Responder) log(ctx context.Context, p Problem, err error) {
	level := slog.LevelDebug
	switch {
	case p.Status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	case p.Status == http.StatusInternalServerError:
		level = slog.LevelError
	}
	re.Log.LogAttrs(ctx, level, "request was not answered", slog.Int("status", p.Status), slog.String("request", p.Instance), slog.Any("err", err))
}

func setHeaders(h http.Header, p Problem) {
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.RetryAfter.Seconds())))
	}
	if p.Allow != "" {
		h.Set("Allow", p.Allow)
	}
	if p.Authenticate != "" {
		h.Set("WWW-Authenticate", p.Authenticate)
	}
}

// Status is the HTTP status of err: 200 for nil, 500 for an error that the table
// does not know.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return Describe(err).Status
}

// Describe is what may be told about err, which is not nil.
func Describe(err error) Problem {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.problem()
	}
	for _, rule := range table {
		if rule.matches(err) {
			return rule.problem()
		}
	}
	return Problem{Status: http.StatusInternalServerError, Key: "internal"}
}
