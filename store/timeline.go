package store

import (
	"iter"
	"slices"
	"strings"
)

// Stretch is the part of a timeline that a reader asks for. Timelines run from
// the newest to the oldest; an entry's place is its id.
type Stretch struct {
	Before ID   // only what is older; 0: from the newest on
	After  ID   // only what is newer
	Up     bool // take what is next to After, instead of the newest
	Limit  int
}

// Entry is a line of a timeline: a record, or its announcement by somebody.
type Entry struct {
	ID   ID // of the record, or of the announcement
	Item Item
	By   ID // the actor that announced it; 0: it stands here itself
}

// Strip is what a stretch of a timeline holds, newest first.
type Strip struct {
	Entries []Entry
	// Next is where to go on in the direction of the stretch: its Before, or its
	// After when it went up. Zero: there is nothing more.
	Next ID
}

// maxLooked bounds the entries that are looked at for one stretch, when most of
// them are not for this reader.
const maxLooked = 2000

// Reader is who reads a timeline. Keeps says what the reader does not want to
// see, nil: nothing.
type Reader struct {
	Viewer Viewer
	Hides  func(Entry) bool
}

// entries reads a stretch of the merged tables. A value names the record and who
// announced it; an empty one is the record of the entry's own id.
func (t *Txn) entries(by Reader, s Stretch, prefixes ...[]byte) Strip {
	var out Strip
	looked := 0
	for id, v := range t.merge(s, prefixes...) {
		out.Next = id
		if e, ok := t.entry(id, v); ok && by.Viewer.CanSee(e.Item.Envelope()) && (by.Hides == nil || !by.Hides(e)) {
			out.Entries = append(out.Entries, e)
		}
		if looked++; len(out.Entries) == s.Limit || looked == maxLooked {
			return out.turned(s)
		}
	}
	out.Next = 0
	return out.turned(s)
}

func (o Strip) turned(s Stretch) Strip {
	if s.Up {
		slices.Reverse(o.Entries)
	}
	return o
}

func (t *Txn) entry(id ID, v []byte) (Entry, bool) {
	e := Entry{ID: id}
	record := id
	if len(v) == announcedLength { // a listing is longer
		record, e.By = idFromKey(v), idFromKey(v[8:])
	}
	it, err := t.Record(record)
	e.Item = it
	return e, err == nil
}

// announcedLength is the length of such a value.
const announcedLength = 16

// announced is the value of an entry that is an announcement.
func announced(record, by ID) []byte { return key("", record, by) }

// merge yields the ids of several tables in the order of the stretch, each once.
func (t *Txn) merge(s Stretch, prefixes ...[]byte) iter.Seq2[ID, []byte] {
	if len(prefixes) == 1 {
		return t.ids(s, prefixes[0])
	}
	return func(yield func(ID, []byte) bool) {
		heads := make([]*head, 0, len(prefixes))
		for _, p := range prefixes {
			next, stop := iter.Pull2(t.ids(s, p))
			defer stop()
			h := &head{next: next}
			h.advance()
			heads = append(heads, h)
		}
		for {
			first := leading(heads, s.Up)
			if first == nil {
				return
			}
			id, v := first.id, first.value
			for _, h := range heads {
				if h.ok && h.id == id {
					h.advance()
				}
			}
			if !yield(id, v) {
				return
			}
		}
	}
}

// head is the next entry of one of the tables that are merged.
type head struct {
	next  func() (ID, []byte, bool)
	id    ID
	value []byte
	ok    bool
}

func (h *head) advance() { h.id, h.value, h.ok = h.next() }

func leading(heads []*head, up bool) *head {
	var first *head
	for _, h := range heads {
		if h.ok && (first == nil || up && h.id < first.id || !up && h.id > first.id) {
			first = h
		}
	}
	return first
}

// ids yields the entries of one table whose keys end with an id.
func (t *Txn) ids(s Stretch, prefix []byte) iter.Seq2[ID, []byte] {
	return func(yield func(ID, []byte) bool) {
		to := prefixEnd(prefix)
		if s.Before != 0 {
			to = key("", prefix, s.Before)
		}
		for k, v := range t.scanRange(prefix, key("", prefix, s.After+1), to, !s.Up) {
			if !yield(idFromKey(k), v) {
				return
			}
		}
	}
}

// Where the public timelines are kept apart.
const (
	fromHome = byte(0)
	fromAway = byte(1)
)

// Scope says which records a public timeline holds.
type Scope struct {
	Home, Away bool // of this node, of others
}

// PublicTimeline reads what everybody may see and was not said to somebody else.
func (t *Txn) PublicTimeline(by Reader, c Scope, s Stretch) Strip {
	var prefixes [][]byte
	if c.Home {
		prefixes = append(prefixes, key(tPublic, fromHome))
	}
	if c.Away {
		prefixes = append(prefixes, key(tPublic, fromAway))
	}
	return t.entries(by, s, prefixes...)
}

// InPublic says whether a record stands in the public timeline.
func (t *Txn) InPublic(r *Record) bool {
	origin := fromHome
	if r.Remote {
		origin = fromAway
	}
	return t.tx.Get(key(tPublic, origin, r.ID)) != nil
}

// TagTimeline reads what is public and has a hashtag, whatever its case.
func (t *Txn) TagTimeline(by Reader, tag string, s Stretch) Strip {
	return t.entries(by, s, key(tTag, tagHash(tag)))
}

// ActorTimeline reads what one of these actors publishes and, with
// announcements, passes on.
func (t *Txn) ActorTimeline(by Reader, actors []*Actor, announcements bool, s Stretch) Strip {
	var prefixes [][]byte
	for _, a := range actors {
		prefixes = append(prefixes, key(tByLab, hash16(a.IRI)))
		if announcements {
			prefixes = append(prefixes, reactedKey(a.ID, Announced))
		}
	}
	return t.entries(by, s, prefixes...)
}

func tagHash(tag string) []byte { return hash16(strings.ToLower(tag)) }

// Hashtags are the hashtags of a record in lower case, its themes among them,
// each once.
func (r *Record) Hashtags() []string {
	var tags []string
	for _, theme := range r.Themes {
		tags = append(tags, strings.ReplaceAll(theme, "-", ""))
	}
	for _, tag := range r.Tags {
		if tag = strings.ToLower(tag); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// publicKeys are the entries of a record in timelines for everybody.
func (t *Txn) publicKeys(r *Record) [][]byte {
	if r.Audience != Public {
		return nil
	}
	origin := fromHome
	if r.Remote {
		origin = fromAway
	}
	var keys [][]byte
	if parent := t.authorAnswered(r); parent == "" || parent == r.Lab {
		keys = append(keys, key(tPublic, origin, r.ID))
	}
	for _, tag := range r.Hashtags() {
		keys = append(keys, key(tTag, tagHash(tag), r.ID))
	}
	return keys
}

// authorAnswered is the IRI of who published what r answers; empty when it is no
// answer, "?" when that is not here.
func (t *Txn) authorAnswered(r *Record) string {
	if r.InReplyTo == "" {
		return ""
	}
	parent, err := t.Record(t.getID(key(tRecordIRI, hash16(r.InReplyTo))))
	if err != nil {
		return "?"
	}
	return parent.Envelope().Lab
}

// place puts a record into the timelines where it belongs, displace takes it out
// of all of them.
func (t *Txn) place(it Item) {
	r := it.Envelope()
	for _, k := range t.publicKeys(r) {
		t.tx.Put(k, nil)
	}
	if r.InReplyTo != "" {
		t.tx.Put(key(tReplies, hash16(r.InReplyTo), r.ID), []byte{r.Audience.code()})
	}
	if r.Audience.Open() {
		t.count(key(tPosts, hash16(r.Lab)), 1)
	}
	t.placeAtHomes(r)
}

func (t *Txn) displace(it Item) {
	r := it.Envelope()
	for _, origin := range []byte{fromHome, fromAway} {
		t.tx.Delete(key(tPublic, origin, r.ID))
	}
	for _, tag := range r.Hashtags() {
		t.tx.Delete(key(tTag, tagHash(tag), r.ID))
	}
	t.tx.Delete(key(tReplies, hash16(r.InReplyTo), r.ID))
	if r.Audience.Open() {
		t.count(key(tPosts, hash16(r.Lab)), -1)
	}
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	for reader := range t.hearers(author) {
		t.tx.Delete(key(tHome, reader, r.ID))
	}
	for reader := range t.tagReaders(r) {
		t.tx.Delete(key(tHome, reader, r.ID))
	}
}

// CountAnswers counts the direct answers to a record that everybody may see.
func (t *Txn) CountAnswers(iri string) int {
	n := 0
	for _, v := range t.scan(key(tReplies, hash16(iri)), false) {
		if audienceCodes[v[0]].Open() {
			n++
		}
	}
	return n
}

// Answers yields the direct answers to a record, oldest first.
func (t *Txn) Answers(iri string) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for k := range t.scan(key(tReplies, hash16(iri)), false) {
			if it, err := t.Record(idFromKey(k)); err == nil && !yield(it) {
				return
			}
		}
	}
}
