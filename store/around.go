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
// other themes, for people of the same publics or in the same situations; those that
// share the most first, then the newest. Only the newest of all are looked through.
// Other records, and those that do not say for whom or about what they are, have none.
func (t *Txn) Crossings(it Item, v Viewer, limit int) []Item {
	if _, ok := it.(*Experiment); !ok {
		return nil
	}
	r := it.Envelope()
	publics := slices.DeleteFunc(slices.Clone(r.Publics), func(p string) bool { return p == everybodyPublic })
	if len(r.Themes) == 0 || len(publics)+len(r.Situations) == 0 {
		return nil
	}
	lab, looked := hash16(r.Lab), 0
	var found []crossing
	for k, b := range t.scan(key(tByKind, r.Kind, byte(0)), true) {
		l, id := listing(b), idFromKey(k)
		if looked++; looked > crossingsAmong {
			break
		}
		people, _ := l.shared(publicsField.Name, publics)
		lives, _ := l.shared(situationsField.Name, r.Situations)
		if people+lives == 0 || bytes.Equal(l.lab(), lab) {
			continue
		}
		if same, other := l.shared(themesField.Name, r.Themes); same == 0 && other > 0 && t.mayList(v, l, id) {
			found = append(found, crossing{id, people + lives})
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

// crossing is a record that could be crossed, and how much it shares.
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
	met := map[ID]bool{it.Envelope().ID: true}
	for try := range n {
		throw := sha256.Sum256(key("", day.UTC().Format(dayForm), byte(try), it.Envelope().ID))
		if other := t.oneByChance(throw, v, met); other != nil {
			items = append(items, other)
			met[other.Envelope().ID] = true
		}
	}
	return items
}

// oneByChance goes to a moment that a throw decides, in the list of a kind that it
// decides too, and takes the first record from there on that will do and was not met;
// a kind that has none leaves it to the next one.
func (t *Txn) oneByChance(throw [sha256.Size]byte, v Viewer, met map[ID]bool) Item {
	moment := binary.BigEndian.Uint64(throw[:8])
	for i := range Kinds {
		k := Kinds[(int(throw[8])+i)%len(Kinds)]
		if k.Reply {
			continue
		}
		if other := t.firstFrom(key(tByKind, k.Name, byte(0)), moment, v, met); other != nil {
			return other
		}
	}
	return nil
}

// firstFrom is the first record that will do in the list below prefix, from a moment
// between its first and its last record, and round to that moment again.
func (t *Txn) firstFrom(prefix []byte, moment uint64, v Viewer, met map[ID]bool) Item {
	first, last := t.ends(prefix)
	if last == 0 {
		return nil
	}
	at := first + ID(moment%uint64(last-first+1))
	looked := 0
	for _, part := range [][2][]byte{{key(string(prefix), at), prefixEnd(prefix)}, {prefix, key(string(prefix), at)}} {
		for k, l := range t.scanRange(prefix, part[0], part[1], false) {
			if looked++; looked > chanceAmong {
				return nil
			}
			id := idFromKey(k)
			if met[id] || !t.mayList(v, l, id) {
				continue
			}
			if other, err := t.Record(id); err == nil && other.Envelope().Title != "" {
				return other
			}
		}
	}
	return nil
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
