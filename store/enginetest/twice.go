package enginetest

import (
	"context"
	"errors"

	"github.com/essaim/essaim/store"
)

// Twice wraps an engine so that every Update runs its closure two times, the
// first in vain, as an engine may that retries conflicts. Run the tests of
// whatever writes to a store on it: a closure that changes more than its Tx
// then gives itself away.
func Twice(e store.Engine) store.Engine { return twice{e} }

type twice struct{ store.Engine }

var errInVain = errors.New("in vain")

func (e twice) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := e.Engine.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errInVain
	})
	if !errors.Is(err, errInVain) {
		return err
	}
	return e.Engine.Update(ctx, fn)
}
