package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// Check says what is wrong with the indexes: every entry points to something
// that is there, and everything stands in exactly the entries that it should.
// It derives the entries anew instead of asking the code that writes them.
func (t *Txn) Check() []string {
	c := checker{t: t}
	c.records()
	c.editions()
	c.rowsOfRecords()
	c.actors()
	c.follows()
	c.accounts()
	c.activities()
	c.inboxes()
	c.timelines()
	c.circles()
	c.seats()
	slices.Sort(c.wrong)
	return c.wrong
}

// CheckLists says where a list does not hold just what CanList lets a viewer see.
func (t *Txn) CheckLists(v Viewer) []string {
	c := checker{t: t}
	want := map[string][]ID{}
	c.eachRecord(func(it Item) {
		if r := it.Envelope(); v.CanList(r) {
			want[r.Kind] = append(want[r.Kind], r.ID)
		}
	})
	for _, k := range Kinds {
		p := t.ListKind(k.Name, Query{Viewer: v, Limit: len(want[k.Name]) + 1})
		var got []ID
		for _, it := range p.Items {
			got = append(got, it.Envelope().ID)
		}
		slices.Reverse(got)
		if !slices.Equal(got, want[k.Name]) || p.Total != len(got) {
			c.says("%s for %+v: got %v of %d, want %v", k.Name, v, got, p.Total, want[k.Name])
		}
	}
	return c.wrong
}

type checker struct {
	t     *Txn
	wrong []string
}

func (c *checker) says(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// compare finds what a table has too much or too little.
func (c *checker) compare(table string, want map[string][]byte) {
	for k, v := range c.t.scan([]byte(table), false) {
		w, ok := want[string(k)]
		if !ok {
			c.says("%s: entry %q is too much", table, k)
		} else if !bytes.Equal(v, w) {
			c.says("%s: entry %q: got %q, want %q", table, k, v, w)
		}
		delete(want, string(k))
	}
	for k := range maps.Keys(want) {
		c.says("%s: entry %q is missing", table, k)
	}
}

func (c *checker) eachRecord(yield func(Item)) {
	for k, v := range c.t.scan([]byte(tRecord), false) {
		yield(decodeItem(k, v))
	}
}

func (c *checker) editions() {
	for k := range c.t.scan([]byte(tEdition), false) {
		if it, err := c.t.Record(idFromKey(k)); err != nil || !it.Envelope().Audience.Open() {
			c.says("an edition of %s is too much", idFromKey(k))
		}
	}
}

func (c *checker) records() {
	want := map[string]map[string][]byte{tByKind: {}, tByLab: {}, tByAuthor: {}, tThread: {}, tRecordIRI: {}, tWhen: {}}
	c.eachRecord(func(it Item) {
		r, l, id := it.Envelope(), listingOf(it), string(it.Envelope().ID.Key())
		want[tByKind][r.Kind+"\x00"+id] = l
		want[tByLab][string(hash16(r.Lab))+id] = l
		for _, a := range r.Authors {
			want[tByAuthor][string(hash16(a))+id] = l
		}
		if r.Root != 0 {
			want[tThread][string(r.Root.Key())+id] = l
		}
		if d, ok := it.(Dated); ok {
			if from, to := d.When(); !from.IsZero() {
				want[tWhen][fmt.Sprintf("%s\x00%s%s%s", r.Kind, instant(to), instant(from), id)] = l
			}
		}
		want[tRecordIRI][string(hash16(r.IRI))] = []byte(id)
		if c.t.Tombstone(r.IRI) != nil {
			c.says("record %s is here and buried", r.IRI)
		}
	})
	for table, entries := range want {
		c.compare(table, entries)
	}
}

// rowsOfRecords checks what may or may not be there, but never without its
// record.
func (c *checker) rowsOfRecords() {
	for _, table := range []string{tRaw, tRiver} {
		for k, v := range c.t.scan([]byte(table), false) {
			it, err := c.t.Record(idFromKey(k))
			if err != nil || table == tRiver && !bytes.Equal(v, listingOf(it)) {
				c.says("%s: entry %q: %v", table, k, err)
			}
		}
	}
	for k := range c.t.scan([]byte(tPinned), false) {
		if _, err := c.t.Record(idFromKey(k[8:])); err != nil {
			c.says("pinned %q: %v", k, err)
		}
	}
	for k := range c.t.scan([]byte(tReaction), false) {
		if _, err := c.t.Record(idFromKey(k)); err != nil {
			c.says("reaction to %q: %v", k, err)
		}
	}
}

func (c *checker) actors() {
	iris, locals, members := map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
	for k, v := range c.t.scan([]byte(tActor), false) {
		a := new(Actor)
		mustDecode(k, v, a)
		iris[string(hash16(a.IRI))] = k
		if a.Type == Person && a.Lab != "" && a.Deleted.IsZero() {
			members[string(k)] = []byte{}
		}
		if a.Local {
			locals[string(k)] = []byte{}
			if owner, err := c.t.ActorByHandle(a.Handle, a.Host); err != nil || owner.ID != a.ID {
				c.says("handle of %s: %v, %v", a.IRI, owner, err)
			}
		}
		for _, key := range a.Keys {
			if _, _, err := c.t.ActorByKey(key.ID); err != nil {
				c.says("key %s of %s: %v", key.ID, a.IRI, err)
			}
		}
	}
	c.compare(tActorIRI, iris)
	c.compare(tLocal, locals)
	c.compare(tMember, members)
	for k, v := range c.t.scan([]byte(tHandle), false) {
		a, err := c.t.Actor(idFromKey(v))
		if err != nil || !bytes.Equal(handleKey(a.Handle, a.Host), key(tHandle, k)) {
			c.says("handle %q: %v, %v", k, a, err)
		}
	}
	for k, v := range c.t.scan([]byte(tKeyID), false) {
		a, err := c.t.Actor(idFromKey(v))
		if err != nil || !slices.ContainsFunc(a.Keys, func(p PublicKey) bool { return bytes.Equal(hash16(p.ID), k) }) {
			c.says("key %x: %v, %v", k, a, err)
		}
	}
}

func (c *checker) follows() {
	followers := map[string][]byte{}
	for k, v := range c.t.scan([]byte(tFollowing), false) {
		followers[string(k[8:])+string(k[:8])] = v
		f := new(Follow)
		mustDecode(k, v, f)
		if a, err := c.t.Actor(f.Follower); err != nil || !a.Deleted.IsZero() || a.DeliverTo() != f.Inbox {
			c.says("follow by %v to be answered at %q", a, f.Inbox)
		}
	}
	c.compare(tFollowers, followers)
}

func (c *checker) accounts() {
	emails, actors := map[string][]byte{}, map[string][]byte{}
	for a := range c.t.Accounts() {
		if a.Email != "" {
			emails[string(emailKey(a.Email)[len(tEmail):])] = a.ID.Key()
		}
		actors[string(a.Actor.Key())] = a.ID.Key()
		if actor, err := c.t.Actor(a.Actor); err != nil || !actor.Deleted.IsZero() {
			c.says("login of %v: %v, %v", a.Actor, actor, err)
		}
	}
	c.compare(tEmail, emails)
	c.compare(tByActor, actors)
}

func (c *checker) activities() {
	iris := map[string][]byte{}
	for k, v := range c.t.scan([]byte(tActivity), false) {
		a := new(Activity)
		mustDecode(k, v, a)
		iris[string(hash16(a.IRI))] = k
		if entry := c.t.tx.Get(key(tOutbox, a.Actor, a.ID)); (entry != nil) != a.Local {
			c.says("activity %s: local %v, in the outbox %q", a.IRI, a.Local, entry)
		}
	}
	c.compare(tActivityIRI, iris)
	for k := range c.t.scan([]byte(tOutbox), false) {
		if _, err := c.t.Activity(idFromKey(k[8:])); err != nil {
			c.says("outbox entry %q: %v", k, err)
		}
	}
}

func (c *checker) inboxes() {
	urls := map[string][]byte{}
	for k, v := range c.t.scan([]byte(tInbox), false) {
		in := new(Inbox)
		mustDecode(k, v, in)
		urls[string(hash16(in.URL))] = k
	}
	c.compare(tInURL, urls)
	for o := range c.t.OutLog(0) {
		for _, n := range o.Inboxes {
			if _, err := c.t.Inbox(n); err != nil {
				c.says("inbox %d of out-log entry %s: %v", n, o.Seq, err)
			}
		}
	}
}

func (c *checker) circles() {
	members := map[string][]byte{}
	for circle := range c.t.Circles() {
		for _, m := range circle.Members {
			members[string(hash16(m))+string(circle.ID.Key())] = []byte{}
			if a, err := c.t.ActorByIRI(m); err != nil || !a.Deleted.IsZero() {
				c.says("member %s of circle %s: %v", m, circle.Name, err)
			}
		}
	}
	c.compare(tInCircle, members)
}
