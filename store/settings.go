package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"iter"
)

// Pin puts a record among the few that a lab shows first (its featured
// collection); unpinning removes it.
func (t *Txn) Pin(lab, record ID, pinned bool) {
	t.local = true
	if pinned {
		t.tx.Put(key(tPinned, lab, record), nil)
		return
	}
	t.tx.Delete(key(tPinned, lab, record))
}

// Pinned yields the pinned records of a lab, newest first.
func (t *Txn) Pinned(lab ID) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for k := range t.scan(key(tPinned, lab), true) {
			if it, err := t.Record(idFromKey(k)); err == nil && !yield(it) {
				return
			}
		}
	}
}

// Setting returns a value that the program keeps for itself, or nil.
func (t *Txn) Setting(name string) []byte { return t.tx.Get(key(tMeta, "set/", name)) }

// PutSetting keeps such a value.
func (t *Txn) PutSetting(name string, value []byte) { t.tx.Put(key(tMeta, "set/", name), value) }

// DeleteSetting forgets it.
func (t *Txn) DeleteSetting(name string) { t.tx.Delete(key(tMeta, "set/", name)) }

// Count is the number of rows of local records, members and the like that
// NodeInfo reports.
type Count struct{ Records, Members int }

// Count counts what is public at this node.
func (t *Txn) Count() Count {
	var c Count
	for range t.Members() {
		c.Members++
	}
	for a := range t.LocalActors() {
		c.Records += t.ListLab(a.ID, Query{Home: true}).Total
	}
	return c
}

// secretSize is the length of a Secret in bytes.
const secretSize = 32

// Secret returns random bytes of this node that never leave it: the same for the
// same name, made when they are first asked for.
func (s *Store) Secret(ctx context.Context, name string) (secret []byte, err error) {
	name = "secret-" + name
	err = s.View(ctx, func(t *Txn) error {
		secret = bytes.Clone(t.Setting(name))
		return nil
	})
	if err != nil || secret != nil {
		return secret, err
	}
	fresh := make([]byte, secretSize)
	rand.Read(fresh)
	err = s.Update(ctx, func(t *Txn) error {
		if secret = bytes.Clone(t.Setting(name)); secret == nil {
			t.PutSetting(name, fresh)
			secret = fresh
		}
		return nil
	})
	return secret, err
}

const settingFollowsOnly = "follows-only"

// FollowsOnly says whether those who run the lab let in the hosts alone of those whom
// somebody here follows.
func (t *Txn) FollowsOnly() bool { return t.Setting(settingFollowsOnly) != nil }

// FollowOnly decides it.
func (t *Txn) FollowOnly(only bool) {
	if only {
		t.PutSetting(settingFollowsOnly, []byte{1})
		return
	}
	t.DeleteSetting(settingFollowsOnly)
}
