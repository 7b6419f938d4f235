package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
	"time"
)

const (
	// crossingsAmong is how many of the newest experiments are looked through.
	crossingsAmong = 2000
	// chanceAmong is how many records are looked at for one that chance brings, when
	// those next to it may not be shown.
	chanceAmong = 100
)

// everybodyPublic is the public that says nothing of who it is.
const everybodyPublic = "tous"

// Crossings are experiments that could be crossed with one: of other labs, about
// other themes, for people of the same publics; those that share the most publics
// first, then the newest. Only the newest of all are looked through. Other records,
// and those without themes or publics, have none.
func (t *Txn) Crossings(it Item, v Viewer, limit int) []Item {
	if _, ok := it.(*Experiment); !ok {
		return nil
	}
	r := it.Envelope()
	publics := slices.DeleteFunc(slices.Clone(r.Publics), func(p string) bool { return p == everybodyPublic })
	if len(r.Themes) == 0 || len(publics) == 0 {
		return nil
	}
	lab, looked := hash16(r.Lab), 0
	var found []crossing
	for k, b := range t.scan(key(tByKind, r.Kind, byte(0)), true) {
		l, id := listing(b), idFromKey(k)
		if looked++; looked > crossingsAmong {
			break
		}
		n, _ := l.shared(publicsField.Name, publics)
		if n == 0 || bytes.Equal(l.lab(), lab) {
			continue
		}
		if same, other := l.shared(themesField.Name, r.Themes); same == 0 && other > 0 && t.mayList(v, l, id) {
			found = append(found, crossing{id, n})
		}
	}
	slices.SortStableFunc(found, func(a, b crossing) int { return cmp.Compare(b.shared, a.shared) })
	var items []Item
	for _, c := range found[:min(limit, len(found))] {
		if other, err := t.Record(c.id); err == nil {
			items = append(items, other)
		}
	}
	return items
}

// crossing is a record that could be crossed, and how many publics it shares.
type crossing struct {
	id     ID
	shared int
}

// values yields the values of a facet.
func (l listing) values(field string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for entry := range bytes.SplitSeq(l[listingHead:], []byte{0}) {
			if len(entry) > len(field) && entry[len(field)] == '=' && string(entry[:len(field)]) == field && !yield(entry[len(field)+1:]) {
				return
			}
		}
	}
}

// shared counts the values of a facet that are among some, and the others.
func (l listing) shared(field string, slugs []string) (among, others int) {
	for value := range l.values(field) {
		if slices.ContainsFunc(slugs, func(slug string) bool { return slug == string(value) }) {
			among++
		} else {
			others++
		}
	}
	return among, others
}

// ByChance are up to n other records that v may meet in lists, whatever they are
// about: the same for a record on a day, others on the next.
func (t *Txn) ByChance(it Item, v Viewer, day time.Time, n int) []Item {
	var items []Item
	for try := range 3 * n {
		if len(items) == n {
			break
		}
		other := t.oneByChance(it.Envelope(), v, day, try)
		if other != nil && !slices.ContainsFunc(items, func(have Item) bool { return have.Envelope().ID == other.Envelope().ID }) {
			items = append(items, other)
		}
	}
	return items
}

// oneByChance goes to a moment that day, record and try decide, in the list of a kind
// that they decide too, and takes the first record from there on that will do.
func (t *Txn) oneByChance(r *Record, v Viewer, day time.Time, try int) Item {
	throw := sha256.Sum256(key("", day.UTC().Format(dayForm), byte(try), r.ID))
	prefix, first, last := t.kindByChance(int(throw[8]))
	if last == 0 {
		return nil
	}
	at := first + ID(binary.BigEndian.Uint64(throw[:8]))%(last-first+1)
	looked := 0
	for _, part := range [][2][]byte{{key(string(prefix), at), prefixEnd(prefix)}, {prefix, key(string(prefix), at)}} {
		for k, l := range t.scanRange(prefix, part[0], part[1], false) {
			id := idFromKey(k)
			if looked++; looked > chanceAmong {
				return nil
			}
			if id == r.ID || !t.mayList(v, l, id) {
				continue
			}
			if other, err := t.Record(id); err == nil && other.Envelope().Title != "" {
				return other
			}
		}
	}
	return nil
}

// kindByChance is the list of a kind of which there are records, with its first and its
// last id; zero: there is nothing at all.
func (t *Txn) kindByChance(throw int) (prefix []byte, first, last ID) {
	for i := range Kinds {
		k := Kinds[(throw+i)%len(Kinds)]
		prefix = key(tByKind, k.Name, byte(0))
		if first, last = t.ends(prefix); last != 0 && !k.Reply {
			return prefix, first, last
		}
	}
	return nil, 0, 0
}

// ends are the first and the last id below a prefix; zero: there is none.
func (t *Txn) ends(prefix []byte) (first, last ID) {
	for k := range t.scan(prefix, false) {
		first = idFromKey(k)
		break
	}
	for k := range t.scan(prefix, true) {
		last = idFromKey(k)
		break
	}
	return first, last
}
