package store

import "time"

// Spotlight is a record that the home page shows before all others, and why.
type Spotlight struct {
	Item Item
	Why  Occasion
	At   time.Time // when it closes, begins, or came to its stage; zero: the lab chose it
}

// Occasion is why a record is in the spotlight. Its value is part of a message key.
type Occasion string

// The occasions.
const (
	Chosen    Occasion = "chosen" // the lab pinned it
	Closing   Occasion = "closing"
	Beginning Occasion = "beginning"
	NewStage  Occasion = "stage"
)

const (
	inSpotlight  = 3
	closesWithin = 30 * 24 * time.Hour
	beginsWithin = 7 * 24 * time.Hour
	stageIsNew   = 30 * 24 * time.Hour
	lookedAt     = 30 // records that are read to find one
)

// Spotlights are the newest three records that the lab of this node pinned. Where
// the viewer may list none of those, they are what is timely, one of each: the open
// call that is the next to close, within 30 days; what begins next, within a week;
// and the record of this node that came to a new stage last, within 30 days.
func (t *Txn) Spotlights(v Viewer) []Spotlight {
	list := t.chosen(v)
	if len(list) > 0 {
		return list
	}
	for _, find := range []func(Viewer) (Spotlight, bool){t.closing, t.beginning, t.newStage} {
		if s, ok := find(v); ok {
			list = append(list, s)
		}
	}
	return list
}

func (t *Txn) chosen(v Viewer) []Spotlight {
	lab, err := t.Lab()
	if err != nil {
		return nil
	}
	var list []Spotlight
	for it := range t.Pinned(lab.ID) {
		if !v.CanList(it.Envelope()) {
			continue
		}
		if list = append(list, Spotlight{Item: it, Why: Chosen}); len(list) == inSpotlight {
			break
		}
	}
	return list
}

func (t *Txn) closing(v Viewer) (first Spotlight, found bool) {
	for _, it := range t.ListKind("call", Query{Viewer: v, Limit: lookedAt}).Items {
		c, ok := it.(*Call)
		if !ok || !c.Open(t.now) {
			continue
		}
		last, err := time.ParseInLocation(dayForm, c.Closes, zoneOf(defaultZone))
		if err == nil && last.Before(t.now.Add(closesWithin)) && (!found || last.Before(first.At)) {
			first, found = Spotlight{it, Closing, last}, true
		}
	}
	return first, found
}

// beginning leaves out what is under way, perhaps for months, and what does not take
// place.
func (t *Txn) beginning(v Viewer) (Spotlight, bool) {
	for _, it := range t.Upcoming("event", t.now, Query{Viewer: v, Limit: lookedAt}).Items {
		e, ok := it.(*Event)
		if !ok || e.State == "annule" || e.State == "reporte" || e.Begins.Before(t.now) {
			continue
		}
		from, _ := e.When()
		return Spotlight{it, Beginning, from}, from.Before(t.now.Add(beginsWithin))
	}
	return Spotlight{}, false
}

// newStage finds it by the news that tell of it (Announcer).
func (t *Txn) newStage(v Viewer) (last Spotlight, found bool) {
	for _, news := range t.ListKind("news", Query{Viewer: v, Home: true, Limit: lookedAt}).Items {
		it, err := t.Record(news.Envelope().Root)
		if err != nil || it.Envelope().Remote || !v.CanList(it.Envelope()) {
			continue
		}
		staged, ok := it.(Staged)
		if !ok {
			continue
		}
		changes := staged.Journey().Changes
		if len(changes) < 2 { // it is new itself
			continue
		}
		at := changes[len(changes)-1].Date
		if at.After(t.now.Add(-stageIsNew)) && (!found || at.After(last.At)) {
			last, found = Spotlight{it, NewStage, at}, true
		}
	}
	return last, found
}
