package session

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
)

// cookieStore is scs.CtxStore on our store, which keeps only the hash of a
// session's id.
type cookieStore struct{ *store.Store }

// Find, Commit and Delete are asked for by the interface; scs calls the forms
// with a context.
func (c cookieStore) Find(token string) ([]byte, bool, error) {
	return c.FindCtx(context.Background(), token)
}

func (c cookieStore) Commit(token string, b []byte, expiry time.Time) error {
	return c.CommitCtx(context.Background(), token, b, expiry)
}

func (c cookieStore) Delete(token string) error { return c.DeleteCtx(context.Background(), token) }

func (c cookieStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = c.View(ctx, func(tx *store.Txn) error {
		data, err = tx.Session(token)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

func (c cookieStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return c.Update(ctx, func(tx *store.Txn) error {
		tx.PutSession(token, b, expiry)
		return nil
	})
}

func (c cookieStore) DeleteCtx(ctx context.Context, token string) error {
	return c.Update(ctx, func(tx *store.Txn) error {
		tx.DeleteSession(token)
		return nil
	})
}
