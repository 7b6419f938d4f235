package store

import "errors"

var (
	// ErrNotFound: there is no such thing here, or the viewer may not know of it.
	ErrNotFound = errors.New("not found")
	// ErrGone: it was here and was deleted; a tombstone remembers it.
	ErrGone = errors.New("gone")
	// ErrExists: what was to be created is there already.
	ErrExists = errors.New("exists already")
	// ErrClosed: the engine was closed.
	ErrClosed = errors.New("store is closed")
	// ErrFull: the disk is too full to accept writes; nothing was changed.
	ErrFull = errors.New("disk is full")
	// ErrBusy: too many updates wait already; nothing was changed, try later.
	ErrBusy = errors.New("store is busy")
	// ErrLastWayIn: it is the last way by which its owner gets into an account, and stays.
	ErrLastWayIn = errors.New("last way into the account")
)

// FieldError says what is wrong with one field of a form, an import line or a
// client's document. Reason is a message key of web/assets/locales
// ("error.required", "error.too-long", …), never a sentence; Args fill it.
type FieldError struct {
	Field  string
	Reason string
	Args   map[string]any
}

func (e *FieldError) Error() string { return "field " + e.Field + ": " + e.Reason }

// FieldErrors are all the mistakes of one submission, in the order of the form.
type FieldErrors []*FieldError

func (e FieldErrors) Error() string {
	s := ""
	for i, f := range e {
		if i > 0 {
			s += "; "
		}
		s += f.Error()
	}
	return s
}

// Unwrap lets errors.As find the first *FieldError.
func (e FieldErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, f := range e {
		errs[i] = f
	}
	return errs
}
