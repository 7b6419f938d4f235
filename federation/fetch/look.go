package fetch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	lookTimeout = 20 * time.Second
	lookLimit   = 64 << 10 // bytes of a page that are read at most
)

// ErrUnclear: nobody can say from here whether people find something at an address: it
// is not for us to ask, or its server does not answer programs.
var ErrUnclear = errors.New("not to be told from here")

// Look says whether there is something at an address that pages lead to: nil, or why
// not. Its head is asked for, unsigned, and where that is not there the beginning of the
// page. Errors: ErrUnclear; ErrNotFound, ErrGone, ErrTemporary.
func (c *Client) Look(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	u, err := ParseURL(address, c.AllowHTTP)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnclear, err)
	}
	w := want{accept: "*/*", head: true}
	if _, err = c.follow(ctx, u, w); err == nil {
		return nil
	}
	if _, answered := errors.AsType[*BadResponse](err); answered { // few servers are asked for heads, and some do not know them
		w = want{accept: "*/*", limit: lookLimit, takes: func(string, map[string]string) bool { return true }}
		_, err = c.follow(ctx, u, w)
	}
	return verdict(err)
}

// verdict tells what is not there from what we may not see.
func verdict(err error) error {
	for _, there := range []error{ErrTooLarge, ErrContentType, ErrMalformed} {
		if errors.Is(err, there) {
			return nil
		}
	}
	for _, missing := range []error{ErrNotFound, ErrGone, ErrTemporary} {
		if errors.Is(err, missing) {
			return err
		}
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnclear, err)
}
