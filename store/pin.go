package store

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/essaim/essaim/store/geo"
)

// Pin is something on the map: a record that lies somewhere, or a lab. An index
// keeps what its marker says, so that a map of many is drawn without reading them.
// It is valid within its transaction.
type Pin struct {
	ID      ID
	At      geo.Point
	listing listing
	text    []byte   // a PinText; nil: that of lab
	lab     *PinText // of an actor
}

// PinText is what a marker says.
type PinText struct {
	Kind      string    `json:"k"` // of the record, or KindLab
	IRI       string    `json:"i"`
	Lab       string    `json:"l"` // IRI of who publishes it
	Title     string    `json:"t,omitempty"`
	Lang      string    `json:"g,omitempty"`
	Place     string    `json:"p,omitempty"` // on one line
	Precision Precision `json:"x"`
}

// The names of facets of pins beside those of the fields of kinds.
const (
	PinKind = "kind"
	PinLab  = "lab" // the id of the actor that publishes

	// KindLab stands for the kind of a pin that is a lab.
	KindLab = "lab"
)

// Pins are what lies on a map, the newest first.
type Pins struct {
	List   []Pin
	Counts map[string]map[string]int // see Page
}

// Pins lists what q leaves on the map, as far as within says yes to where it lies
// (nil: everywhere). Beside records, these are the lab of this node and those that
// are followed or follow, as far as they let themselves be listed. Lab, Offset and
// Limit of q mean nothing here: PinLab is a facet.
func (t *Txn) Pins(q Query, within func(geo.Point) bool) Pins {
	var p Pins
	counts := facetCounts{}
	for pin := range t.allPins() {
		if within != nil && !within(pin.At) {
			continue
		}
		missed, only := q.misses(pin.listing, nil)
		if missed > 0 && !(q.Counts && missed == 1 && only != "") || pin.lab == nil && !t.mayList(q.Viewer, pin.listing, pin.ID) {
			continue
		}
		if q.Counts {
			counts.add(pin.listing, only)
		}
		if missed == 0 {
			p.List = append(p.List, pin)
		}
	}
	slices.SortStableFunc(p.List, func(a, b Pin) int { return cmp.Compare(b.ID, a.ID) })
	p.Counts = counts.byField()
	return p
}

// Text is what the marker says.
func (p *Pin) Text() PinText {
	if p.lab != nil {
		return *p.lab
	}
	var text PinText
	mustDecode([]byte(tPin), p.text, &text)
	return text
}

// Facets yields the names and values of the facets, of one name side by side.
func (p *Pin) Facets() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for entry := range strings.SplitSeq(string(p.listing[listingHead:]), "\x00") {
			if name, value, ok := strings.Cut(entry, "="); ok && name != audienceFacet && !yield(name, value) {
				return
			}
		}
	}
}

// Where is the place of a record: the first of its fields that has a position, or
// else the middle of its territory, if it has one alone.
func (k *Kind) Where(it Item) (Place, bool) {
	for i := range k.Fields {
		if p, ok := k.Fields[i].At(it).(*Place); ok && p.Located() && !k.Fields[i].Inner {
			return *p, true
		}
	}
	if r := it.Envelope(); len(r.Territory) == 1 {
		return atTerritory(r.Territory[0])
	}
	return Place{}, false
}

func atTerritory(code string) (Place, bool) {
	p, ok := geo.Lookup(code)
	return Place{Code: code, Name: p.Name, Lon: p.Lon, Lat: p.Lat, Precision: AtTerritory}, ok
}

// pinScale is that of the degrees in the index: a tenth of a metre.
const pinScale = 1e6

// pin puts a record on the map, unpin takes it off.
func (t *Txn) pin(it Item) {
	r := it.Envelope()
	k := KindOf(r.Kind)
	place, ok := k.Where(it)
	if !ok || k.Reply || !(math.Abs(place.Lat) < 86 && math.Abs(place.Lon) <= 180) {
		return
	}
	text, err := json.Marshal(PinText{
		Kind: r.Kind, IRI: r.IRI, Lab: r.Lab, Title: r.Title, Lang: r.Lang, Place: place.Label(), Precision: place.Precision,
	})
	if err != nil {
		panic(err)
	}
	l := listingOf(it).with(PinKind, r.Kind)
	if lab := t.getID(key(tActorIRI, hash16(r.Lab))); lab != 0 {
		l = l.with(PinLab, lab.String())
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(int32(math.Round(place.Lon*pinScale))))
	b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(place.Lat*pinScale))))
	b = binary.BigEndian.AppendUint16(b, uint16(len(l)))
	t.tx.Put(key(tPin, r.ID), append(append(b, l...), text...))
}

func (t *Txn) unpin(id ID) { t.tx.Delete(key(tPin, id)) }

// allPins yields the records on the map, then the labs.
func (t *Txn) allPins() iter.Seq[Pin] {
	return func(yield func(Pin) bool) {
		for k, v := range t.scan([]byte(tPin), true) {
			if !yield(pinOf(k, v)) {
				return
			}
		}
		for _, lab := range t.labs() {
			if pin, ok := labPin(lab); ok && !yield(pin) {
				return
			}
		}
	}
}

func pinOf(k, v []byte) Pin {
	degrees := func(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / pinScale }
	split := 10 + int(binary.BigEndian.Uint16(v[8:]))
	return Pin{ID: idFromKey(k), At: geo.Point{Lon: degrees(v), Lat: degrees(v[4:])}, listing: listing(v[10:split]), text: v[split:]}
}

// labs are the lab of this node and its neighbours, as far as they let themselves
// be listed.
func (t *Txn) labs() []*Actor {
	home, err := t.Lab()
	if err != nil {
		return nil
	}
	ids := []ID{home.ID}
	for f := range t.Following(home.ID) {
		ids = append(ids, f.Followed)
	}
	for f := range t.Followers(home.ID) {
		ids = append(ids, f.Follower)
	}
	slices.Sort(ids)
	var labs []*Actor
	for _, id := range slices.Compact(ids) {
		if a, err := t.Actor(id); err == nil && a.Type == Group && a.Listed() && !t.HostBlocked(a.Host) {
			labs = append(labs, a)
		}
	}
	return labs
}

// labPin is a lab in the middle of the first of its territories.
func labPin(a *Actor) (Pin, bool) {
	if len(a.Territory) == 0 {
		return Pin{}, false
	}
	place, ok := atTerritory(a.Territory[0])
	flags := byte(0)
	if !a.Local {
		flags = mirrored
	}
	l := append(append(listing{}, Public.code(), flags), hash16(a.IRI)...).with(PinKind, KindLab).with(PinLab, a.ID.String())
	for _, code := range a.Territory {
		if !strings.Contains(code, "\x00") {
			l = l.with(territoryField.Name, code)
		}
	}
	text := &PinText{Kind: KindLab, IRI: a.IRI, Lab: a.IRI, Title: a.DisplayName(), Lang: a.Lang, Place: place.Label(), Precision: place.Precision}
	return Pin{ID: a.ID, At: geo.Point{Lon: place.Lon, Lat: place.Lat}, listing: l, lab: text}, ok
}

// recordsPinned puts the records on the map (schema 5).
func recordsPinned(t *Txn) error {
	for k, v := range t.scan([]byte(tRecord), false) {
		t.pin(decodeItem(k, v))
	}
	return nil
}
