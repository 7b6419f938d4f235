package store

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store/geo"
)

// A listing is what a list index keeps of a record, so that a list can be
// narrowed and counted without reading the records: audience, whether it is
// mirrored and whether it names anybody, the hash of its lab, and "field=slug"
// for every facet, each after a 0 byte; for a circle also "audience=circle:<id>".
// Words of people's own stand in it as geo.Fold has them.
type listing []byte

const listingHead = 2 + 16

const (
	mirrored = 1 << iota
	addressed
)

// audienceCodes are the steps by their code in listings: what is new comes last,
// so that the codes that lie in stores keep their meaning.
var audienceCodes = []Audience{Team, LabOnly, FollowedLabs, Unlisted, Public, circleStep, OnSite, Named}

// audienceFacet is the facet by which the records of one circle are found.
const audienceFacet = "audience"

func (l listing) audience() Audience { return audienceCodes[l[0]] }
func (l listing) remote() bool       { return l[1]&mirrored != 0 }
func (l listing) addressed() bool    { return l[1]&addressed != 0 }
func (l listing) lab() []byte        { return l[2:listingHead] }

func (l listing) has(field, slug string) bool {
	want := append(append(append(append(make([]byte, 0, 64), 0), field...), '='), slug...)
	return bytes.Contains(append(l[listingHead:len(l):len(l)], 0), append(want, 0))
}

func listingOf(it Item) listing {
	r := it.Envelope()
	l := make(listing, 0, 64)
	flags := byte(0)
	if r.Remote {
		flags |= mirrored
	}
	if len(r.Addressed) > 0 {
		flags |= addressed
	}
	l = append(append(l, r.Audience.code(), flags), hash16(r.Lab)...)
	if r.Audience.Circle() != 0 {
		l = l.with(audienceFacet, string(r.Audience))
	}
	for _, f := range KindOf(r.Kind).Fields {
		if !f.Facet {
			continue
		}
		for _, slug := range slugs(f.At(it)) {
			if f.Vocabulary == nil {
				slug = geo.Fold(slug)
			}
			if strings.Contains(slug, "\x00") {
				continue // a mirrored record says anything; this would pass for another facet
			}
			l = l.with(f.Name, slug)
		}
	}
	return l
}

// campaignsListed lists events by their campaigns (schema 6).
func campaignsListed(t *Txn) error {
	for k, v := range t.scan([]byte(tRecord), false) {
		if e, ok := decodeItem(k, v).(*Event); ok && e.Campaign != "" {
			t.list(e)
		}
	}
	return nil
}

func (l listing) with(field, slug string) listing {
	return append(append(append(append(l, 0), field...), '='), slug...)
}

func slugs(p any) []string {
	switch p := p.(type) {
	case *string:
		if *p != "" {
			return []string{*p}
		}
	case *[]string:
		return *p
	}
	return nil
}

// list writes the index entries of a record, unlist removes them: both derive
// them from the record, so what one wrote the other finds.
func (t *Txn) list(it Item) {
	l := listingOf(it)
	for _, k := range listKeys(it.Envelope()) {
		t.tx.Put(k, l)
	}
	if k := whenKey(it); k != nil {
		t.tx.Put(k, l)
	}
	t.place(it)
	t.pin(it)
	t.relate(it)
	t.rememberSource(it.Envelope())
	t.rememberName(it.Envelope())
}

func (t *Txn) unlist(it Item) {
	if k := whenKey(it); k != nil {
		t.tx.Delete(k)
	}
	for _, k := range listKeys(it.Envelope()) {
		t.tx.Delete(k)
	}
	t.tx.Delete(key(tRiver, it.Envelope().ID))
	t.displace(it)
	t.unpin(it.Envelope().ID)
	t.unrelate(it)
	t.forgetSource(it.Envelope())
	t.forgetName(it.Envelope())
}

// listKeys are the entries of a record. Actors stand in them by their IRI: they
// need not be known here.
func listKeys(r *Record) [][]byte {
	keys := [][]byte{
		key(tByKind, r.Kind, byte(0), r.ID),
		key(tByLab, hash16(r.Lab), r.ID),
	}
	if r.Root != 0 {
		keys = append(keys, key(tThread, r.Root, r.ID))
	}
	for _, a := range r.Authors {
		keys = append(keys, key(tByAuthor, hash16(a), r.ID))
	}
	return keys
}

// AddToRiver puts a record into the stream of what followed labs published.
func (t *Txn) AddToRiver(it Item) { t.tx.Put(key(tRiver, it.Envelope().ID), listingOf(it)) }

// RecordID gives out the id of a record that was published at the moment at, so
// that lists sort by publication and not by arrival. Moments to come count as
// now. Within a millisecond ids follow each other: what arrives together lies
// together. A full millisecond goes on into the next.
func (t *Txn) RecordID(at time.Time) ID {
	if at.After(t.now) || at.UnixMilli() <= 0 {
		at = t.now
	}
	for ms := ID(at.UnixMilli()); ; ms++ {
		id := max(ms<<16, t.afterLast(tRecord, ms), t.afterLast(tUsed, ms))
		if id < (ms+1)<<16 {
			return id
		}
	}
}

// afterLast is the id after the last of a millisecond in a table, or zero.
func (t *Txn) afterLast(table string, ms ID) ID {
	for k := range t.scanRange([]byte(table), key(table, ms<<16), key(table, (ms+1)<<16), true) {
		return idFromKey(k) + 1
	}
	return 0
}

// Query narrows a list. The zero Query lists everything of its table.
type Query struct {
	Viewer Viewer
	Facets map[string]string // field name -> slug
	Lab    ID                // only records of this actor
	Home   bool              // only records of this node
	Away   bool              // only records of other nodes
	Counts bool              // count the values of the facets, too
	Offset int
	Limit  int // 0: only count
}

// Page is a stretch of a list.
type Page struct {
	Items []Item
	Total int // of the whole list, as this viewer may see it
	// Counts says how many records each value of a facet would leave, beside the
	// other facets of the query: field, then slug.
	Counts map[string]map[string]int
}

// ListKind lists the records of a kind, newest first.
func (t *Txn) ListKind(kind string, q Query) Page {
	return t.listTable(key(tByKind, kind, byte(0)), true, q)
}

// ListLab lists the records that an actor publishes, newest first.
func (t *Txn) ListLab(lab ID, q Query) Page { return t.listOf(tByLab, lab, q) }

// ListAuthor lists the records that a member takes part in, newest first.
func (t *Txn) ListAuthor(member ID, q Query) Page {
	return t.listOf(tByAuthor, member, q)
}

func (t *Txn) listOf(table string, actor ID, q Query) Page {
	a, err := t.Actor(actor)
	if err != nil {
		return Page{}
	}
	return t.listTable(key(table, hash16(a.IRI)), true, q)
}

// ListThread lists what was said in the thread of a record, oldest first.
func (t *Txn) ListThread(root ID, q Query) Page { return t.listTable(key(tThread, root), false, q) }

// ListRiver lists what followed labs published, newest first.
func (t *Txn) ListRiver(q Query) Page { return t.listTable([]byte(tRiver), true, q) }

func (t *Txn) listTable(prefix []byte, newestFirst bool, q Query) Page {
	return t.collect(q, func(yield func(ID, listing) bool) {
		for k, v := range t.scan(prefix, newestFirst) {
			if !yield(idFromKey(k), v) {
				return
			}
		}
	})
}

// collect makes the page that q asks for of the entries of a list.
func (t *Txn) collect(q Query, entries iter.Seq2[ID, listing]) Page {
	var p Page
	var lab []byte
	if q.Lab != 0 {
		a, err := t.Actor(q.Lab)
		if err != nil {
			return p
		}
		lab = hash16(a.IRI)
	}
	var counts facetCounts
	if q.Counts {
		counts = facetCounts{}
	}
	for id, l := range entries {
		missed, only := q.misses(l, lab)
		if missed > 0 && !(q.Counts && missed == 1 && only != "") || !t.mayList(q.Viewer, l, id) {
			continue
		}
		if q.Counts {
			counts.add(l, only)
		}
		if missed > 0 {
			continue
		}
		if p.Total++; p.Total > q.Offset && len(p.Items) < q.Limit {
			if it, err := t.Record(id); err == nil {
				p.Items = append(p.Items, it)
			}
		}
	}
	p.Counts = counts.byField()
	return p
}

// misses says how many conditions of q a listing does not meet, up to two, and
// which facet it is when it is one of those alone.
func (q *Query) misses(l listing, lab []byte) (missed int, only string) {
	if q.Home && l.remote() || q.Away && !l.remote() || lab != nil && !bytes.Equal(lab, l.lab()) {
		return 2, ""
	}
	for field, slug := range q.Facets {
		if l.has(field, slug) {
			continue
		}
		if missed++; missed > 1 {
			return missed, ""
		}
		only = field
	}
	return missed, only
}

// facetCounts counts "field=slug" as it stands in listings.
type facetCounts map[string]*int

// add counts the values of a listing: all, or those of one field.
func (c facetCounts) add(l listing, only string) {
	for entry := range bytes.SplitSeq(bytes.TrimPrefix(l[listingHead:], []byte{0}), []byte{0}) {
		if only != "" && (len(entry) <= len(only) || entry[len(only)] != '=' || string(entry[:len(only)]) != only) {
			continue
		}
		if n, ok := c[string(entry)]; ok {
			*n++
		} else {
			n := 1
			c[string(entry)] = &n
		}
	}
}

func (c facetCounts) byField() map[string]map[string]int {
	if c == nil {
		return nil
	}
	counts := map[string]map[string]int{}
	for entry, n := range c {
		field, slug, _ := strings.Cut(entry, "=")
		if counts[field] == nil {
			counts[field] = map[string]int{}
		}
		counts[field][slug] = *n
	}
	return counts
}

// mayList says whether v may see a record in a list, and reads it only where
// the indexes do not decide.
func (t *Txn) mayList(v Viewer, l listing, id ID) bool {
	if may, known := v.listsAll(l.audience(), l.remote()); known {
		return may
	}
	if l.audience() == circleStep && !l.remote() && v.belongsToOneOf(l) {
		return true
	}
	actor := hash16(v.Actor)
	if !l.addressed() && !bytes.Equal(l.lab(), actor) && t.tx.Get(key(tByAuthor, actor, id)) == nil {
		return false // nothing that names v: see CanSee
	}
	it, err := t.Record(id)
	return err == nil && v.CanList(it.Envelope())
}

// belongsToOneOf says whether a listing of a circle is of one of the viewer's.
func (v Viewer) belongsToOneOf(l listing) bool {
	return v.Local && slices.ContainsFunc(v.Circles, func(id ID) bool { return l.has(audienceFacet, string(CircleAudience(id))) })
}
