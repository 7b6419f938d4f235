package store

import (
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	lookEvery  = 7 * 24 * time.Hour // all addresses, and those that are broken
	lookAgain  = 24 * time.Hour     // at one that failed once
	linksOf    = 20                 // addresses of one record are looked at
	linksAmong = 200                // records are gone through for the next address
	failsTwice = 2
)

// LinkCheck is an address that a record of this node names for everybody, and at which
// nothing was found.
type LinkCheck struct {
	Record  ID        `json:"record"`
	Address string    `json:"address"`
	Status  int       `json:"status,omitempty"` // of the last answer; 0: nobody answered
	Fails   int       `json:"fails"`            // looks in a row
	Since   time.Time `json:"since"`            // of the first of them
	Looked  time.Time `json:"looked,omitzero"`  // the last; zero: it is to be looked at now
}

// Broken says whether nothing was found twice, a day apart at least: once may be chance.
func (c *LinkCheck) Broken() bool { return c.Fails >= failsTwice }

func (c *LinkCheck) key() []byte { return key(tLink, c.Record, hash16(c.Address)) }

func (c *LinkCheck) due(now time.Time) bool {
	wait := lookAgain
	if c.Broken() {
		wait = lookEvery
	}
	return now.Sub(c.Looked) >= wait
}

// failed yields the addresses at which nothing was found last time.
func (t *Txn) failed() iter.Seq[*LinkCheck] { return rows[LinkCheck](t, []byte(tLink)) }

// BrokenLinks yields those that are broken and still named for everybody.
func (t *Txn) BrokenLinks() iter.Seq[*LinkCheck] {
	return func(yield func(*LinkCheck) bool) {
		for c := range t.failed() {
			if c.Broken() && t.names(c) && !yield(c) {
				return
			}
		}
	}
}

// names says whether a record still names an address for everybody.
func (t *Txn) names(c *LinkCheck) bool {
	it, err := t.Record(c.Record)
	return err == nil && slices.Contains(PublicLinks(it), c.Address)
}

var webAddress = regexp.MustCompile(`https?://[^\s<>()\[\]"'` + "`" + `]+`)

// PublicLinks are the addresses of the web that a record of this node names for
// everybody, in its fields and its text; the first of them, if there are many.
func PublicLinks(it Item) (links []string) {
	r := it.Envelope()
	if r.Remote || !r.Audience.Open() {
		return nil
	}
	add := func(address string) {
		if isWeb(address) && !slices.Contains(links, address) && len(links) < linksOf {
			links = append(links, address)
		}
	}
	k := KindOf(r.Kind)
	for i := range k.Fields {
		if f := &k.Fields[i]; f.Widget == Web && !f.Inner && !f.IsEmpty(it) {
			add(f.Text(it))
		}
	}
	for _, address := range webAddress.FindAllString(r.Body, -1) {
		add(strings.TrimRight(address, ".,;:!?*_…»”"))
	}
	return links
}

const settingLinks = "links-looked"

// linkRound is how far the round through all addresses is.
type linkRound struct {
	After ID        `json:"after"`          // the record that was gone through last
	Link  int       `json:"link,omitempty"` // how many addresses of the next one were
	Began time.Time `json:"began"`
}

// NextLinks are up to limit addresses to look at now: first those that failed, and then
// the next of a round through all, which begins at most once a week. The round goes on
// behind them, so what was found at each is to be told: see KeepLink.
func (t *Txn) NextLinks(limit int) (next []*LinkCheck) {
	for c := range t.failed() {
		if !t.names(c) {
			t.tx.Delete(c.key())
			continue
		}
		if c.due(t.now) && len(next) < limit {
			next = append(next, c)
		}
	}
	round := t.linkRound()
	if round.isOver() {
		if t.now.Sub(round.Began) < lookEvery {
			return next
		}
		round.Began = stamp(t.now)
	}
	next = append(next, t.goRound(&round, limit-len(next))...)
	t.putLinkRound(round)
	return next
}

// goRound goes on with a round until it has so many addresses or ends.
func (t *Txn) goRound(round *linkRound, limit int) (next []*LinkCheck) {
	looked := 0
	for k := range t.scanRange([]byte(tRecord), key(tRecord, round.After+1), prefixEnd([]byte(tRecord)), false) {
		if looked++; looked > linksAmong {
			return next
		}
		id := idFromKey(k)
		for _, address := range t.linksFrom(id, round.Link) {
			if len(next) >= limit {
				return next
			}
			c := &LinkCheck{Record: id, Address: address}
			if round.Link++; t.tx.Get(c.key()) == nil { // else it has a time of its own
				next = append(next, c)
			}
		}
		round.After, round.Link = id, 0
	}
	round.After = 0
	return next
}

// linksFrom are the addresses that a record names, but for the first few.
func (t *Txn) linksFrom(id ID, few int) []string {
	it, err := t.Record(id)
	if err != nil {
		return nil
	}
	links := PublicLinks(it)
	return links[min(few, len(links)):]
}

func (r *linkRound) isOver() bool { return r.After == 0 && r.Link == 0 }

func (t *Txn) linkRound() (round linkRound) {
	if b := t.Setting(settingLinks); b != nil {
		if err := json.Unmarshal(b, &round); err != nil {
			panic(fmt.Errorf("setting %s is damaged: %w", settingLinks, err))
		}
	}
	return round
}

func (t *Txn) putLinkRound(round linkRound) {
	b, err := json.Marshal(round)
	if err != nil {
		panic(err) // a number and a date
	}
	t.PutSetting(settingLinks, b)
}

// KeepLink writes down that nothing was found at an address just now, with the status of
// the answer (0: there was none); FoundLink that something was.
func (t *Txn) KeepLink(c LinkCheck, status int) {
	if c.Fails++; c.Fails == 1 {
		c.Since = stamp(t.now)
	}
	c.Status, c.Looked = status, stamp(t.now)
	t.putJSON(c.key(), c)
}

// FoundLink is described at KeepLink.
func (t *Txn) FoundLink(c LinkCheck) { t.tx.Delete(c.key()) }

// HurryLink has a broken address of a record looked at as soon as possible. Errors:
// ErrNotFound.
func (t *Txn) HurryLink(record ID, address string) error {
	c := LinkCheck{Record: record, Address: address}
	if !t.getJSON(c.key(), &c) {
		return ErrNotFound
	}
	c.Looked = time.Time{}
	t.putJSON(c.key(), c)
	return nil
}
