package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// ErrNewer: the store was written by a later version of Essaim.
var ErrNewer = errors.New("store was written by a newer version of Essaim")

// schema is the version of the layout that this code writes. Every change of
// the layout raises it by one and appends a migration.
const schema = 6

// migrations[i] brings version i+1 to version i+2. They run forward only, each
// in one transaction together with the new version number.
var migrations = []func(*Txn) error{jobsByKind, membersIndexed, tagReadersIndexed, recordsPinned, campaignsListed}

var keySchema = []byte(tMeta + "schema")

func (s *Store) migrate(ctx context.Context) error {
	for {
		var done bool
		err := s.Update(ctx, func(t *Txn) error {
			v, err := t.schema()
			done = v == schema
			if err != nil || done {
				return err
			}
			return t.step(v)
		})
		if err != nil || done {
			return err
		}
	}
}

// schema reads the version; 0 is an empty store.
func (t *Txn) schema() (int, error) {
	b := t.tx.Get(keySchema)
	if b == nil {
		return 0, nil
	}
	v, err := strconv.Atoi(string(b))
	if err != nil || v < 1 {
		return 0, fmt.Errorf("schema version %q is none: %w", b, err)
	}
	if v > schema {
		return v, fmt.Errorf("schema %d, this version knows %d: %w", v, schema, ErrNewer)
	}
	return v, nil
}

// Outdated is the schema of a store whose layout Open would change; 0: it would not.
func Outdated(ctx context.Context, engine Engine) (v int, err error) {
	err = engine.View(ctx, func(tx Tx) error {
		v, err = (&Txn{tx: tx}).schema()
		return err
	})
	if errors.Is(err, ErrNewer) || v == schema {
		return 0, nil // Open says what is to be said
	}
	return v, err
}

// step goes from version v to the next; an empty store goes to the last.
func (t *Txn) step(v int) error {
	next := v + 1
	if v == 0 {
		next = schema
	} else if err := migrations[v-1](t); err != nil {
		return fmt.Errorf("migrate schema %d to %d: %w", v, next, err)
	}
	t.tx.Put(keySchema, []byte(strconv.Itoa(next)))
	return nil
}

// resumeIDs makes sure that ids go on after the last one given out, even when
// the clock was set back meanwhile.
func (s *Store) resumeIDs(ctx context.Context) error {
	return s.View(ctx, func(t *Txn) error {
		for _, table := range []string{tActivity, tRecord, tActor, tChange, tOut, tAccount, tReport, tCircle, tJournal} {
			for k := range t.scan([]byte(table), true) {
				s.ids.last = max(s.ids.last, idFromKey(k))
				break
			}
		}
		return nil
	})
}
