package reply

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
)

type requestKey struct{}

// WithRequestID gives every request an id of 26 characters, for the log and for
// people who report a problem, and sends it as X-Request-Id. An id that came
// with the request is not trusted.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

// RequestID is the request's id, empty outside WithRequestID.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// Policy is the Content-Security-Policy that lets a page load what this node serves,
// and pictures of the origins that whoever runs it chose, and nothing else.
func Policy(pictures ...string) string {
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'",
		strings.Join(append([]string{"img-src 'self' data:"}, pictures...), " "), "font-src 'self'",
		"connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
	}, "; ")
}

const permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"

// SecurityHeaders sets the headers that every answer carries. secure says that
// the node is reached over https: only then may browsers insist on it. A handler
// for machines may set Cross-Origin-Resource-Policy anew.
func SecurityHeaders(secure bool) func(http.Handler) http.Handler {
	policy := Policy()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", policy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", permissions)
			if secure {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Recover answers a panic below it as an internal error, if nothing was written
// yet, and logs it with its stack. Otherwise the connection is cut, so that the
// caller sees that the answer is not whole.
func (re Responder) Recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracker{ResponseWriter: w}
		defer func() {
			if v := recover(); v != nil {
				re.recovered(t, r, v)
			}
		}()
		next.ServeHTTP(t, r)
	})
}

func (re Responder) recovered(t *tracker, r *http.Request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	// The value is not wrapped: a sentinel in it must not choose the status.
	err := fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	if t.began {
		re.log(r.Context(), Problem{Status: http.StatusInternalServerError, Instance: RequestID(r.Context())}, err)
		panic(http.ErrAbortHandler)
	}
	re.Fail(t, r, err)
}

// tracker knows whether an answer has begun.
type tracker struct {
	http.ResponseWriter
	began bool
}

func (t *tracker) WriteHeader(status int) {
	t.began = t.began || status >= http.StatusOK
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(b []byte) (int, error) {
	t.began = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach Flush and deadlines.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }
