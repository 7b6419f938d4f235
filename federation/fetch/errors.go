package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

var (
	// ErrForbiddenAddress: an address that is never contacted, for its scheme, its
	// spelling, its user information or because it is private.
	ErrForbiddenAddress = errors.New("forbidden address")
	// ErrBlocked: the host is on the block list.
	ErrBlocked = errors.New("host is blocked")
	// ErrRedirects: more redirects than we follow.
	ErrRedirects = errors.New("too many redirects")
	// ErrTooLarge: more than 1 MiB, or than was asked for, on the wire or after decompression.
	ErrTooLarge = errors.New("document too large")
	// ErrContentType: not served as what was asked for.
	ErrContentType = errors.New("unexpected content type")
	// ErrMalformed: not the JSON object, or not the gzip, that it claims to be.
	ErrMalformed = errors.New("malformed document")
	// ErrOrigin: the document claims an id that its server may not speak for.
	ErrOrigin = errors.New("document does not belong to its origin")
	// ErrNotFound: 404. The error is a *BadResponse.
	ErrNotFound = errors.New("not found")
	// ErrGone: 410. The error is a *BadResponse.
	ErrGone = errors.New("gone")
	// ErrUnchanged: it is what the caller has.
	ErrUnchanged = errors.New("unchanged")
	// ErrTemporary: it may work later: unreachable, 408, 425, 429 or 5xx.
	ErrTemporary = errors.New("temporary failure")
	// ErrPaused: those who run the node want nothing of this host for now. It is
	// temporary: errors.Is holds for ErrTemporary too.
	ErrPaused = fmt.Errorf("host is paused: %w", ErrTemporary)
	// ErrTimeout: out of time. It is temporary: errors.Is holds for ErrTemporary too.
	ErrTimeout = fmt.Errorf("out of time: %w", ErrTemporary)
)

// BadResponse is an answer to a GET with another status than 200 (or a redirect
// that leads somewhere).
type BadResponse struct {
	Status     int
	RetryAfter time.Duration // 0: the server did not say
}

func (e *BadResponse) Error() string {
	return fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status))
}

// Is makes a BadResponse the sentinel that its status stands for.
func (e *BadResponse) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrGone:
		return e.Status == http.StatusGone
	case ErrTemporary:
		return temporary(e.Status)
	}
	return false
}

func temporary(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented:
		return false
	}
	return status >= 500
}

// networkError gives what went wrong below HTTP its sentinel.
func networkError(ctx context.Context, err error) error {
	var ne net.Error
	switch {
	case errors.Is(err, ErrForbiddenAddress), errors.Is(err, ErrTooLarge):
		return err
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case ctx.Err() != nil, errors.As(err, &ne) && ne.Timeout():
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", ErrTemporary, err)
}

// contextError is what a caller gets whose context ended before its answer came.
func contextError(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrTimeout, ctx.Err())
	}
	return ctx.Err()
}
