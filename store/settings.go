package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"iter"
	"net"
	"slices"
	"strings"
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

// putShown keeps a setting that pages show, as JSON, and has them made anew.
func (t *Txn) putShown(name string, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	t.PutSetting(name, b)
	t.local = true
	t.change(Updated, name, 0)
	return nil
}

// shown reads such a setting into value, which stays as it is where there is none.
func (t *Txn) shown(name string, value any) {
	if b := t.Setting(name); b != nil {
		mustDecode([]byte(name), b, value)
	}
}

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

// The settings that say with whom the lab exchanges, beside the configuration.
const (
	settingFollowsOnly = "follows-only"
	settingOnlyHosts   = "only-hosts"
)

// FollowsOnly says whether those who run the lab let in the hosts alone of those whom
// somebody here follows.
func (t *Txn) FollowsOnly() bool { return t.Setting(settingFollowsOnly) != nil }

// OnlyHosts are the hosts that those who run the lab let in, or nil: there is no such
// list.
func (t *Txn) OnlyHosts() []string {
	if list := t.Setting(settingOnlyHosts); list != nil {
		return strings.Fields(string(list))
	}
	return nil
}

// OffList says whether there is such a list and a host is not on it. Ports do not
// count.
func (t *Txn) OffList(host string) bool {
	list := t.OnlyHosts()
	return list != nil && !slices.ContainsFunc(list, func(on string) bool { return bareHost(on) == bareHost(host) })
}

// bareHost is a host without its port.
func bareHost(host string) string {
	host = canonicalHost(host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// AdmitAll lets in every host that is not blocked, AdmitFollowed those alone of whom
// somebody here follows, and AdmitOnly those of a list.
func (t *Txn) AdmitAll() {
	t.DeleteSetting(settingFollowsOnly)
	t.DeleteSetting(settingOnlyHosts)
}

// AdmitFollowed is one of three: see AdmitAll.
func (t *Txn) AdmitFollowed() {
	t.AdmitAll()
	t.PutSetting(settingFollowsOnly, []byte{1})
}

// maxOnlyHosts is how many hosts a list of those that are let in has at most.
const maxOnlyHosts = 500

// AdmitOnly is one of three: see AdmitAll. The hosts are in the form of handles, 1 to
// 500 of them; else a *FieldError of "hosts".
func (t *Txn) AdmitOnly(hosts []string) error {
	if len(hosts) == 0 || len(hosts) > maxOnlyHosts {
		return &FieldError{Field: "hosts", Reason: "error.hosts", Args: map[string]any{"max": maxOnlyHosts}}
	}
	t.AdmitAll()
	t.PutSetting(settingOnlyHosts, []byte(strings.Join(hosts, "\n")))
	return nil
}
