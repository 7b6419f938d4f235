package store

import (
	"iter"
	"time"
)

// Filter is what an actor does not want to read, or only behind a warning.
type Filter struct {
	ID       ID        `json:"id"`
	Title    string    `json:"title"`
	Context  []string  `json:"context"` // "home", "notifications", "public", "thread", "account"
	Hide     bool      `json:"hide,omitempty"`
	Blur     bool      `json:"blur,omitempty"`
	Keywords []Keyword `json:"keywords,omitempty"`
	Records  []Pick    `json:"records,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
}

// Keyword is a text to look for.
type Keyword struct {
	ID    ID     `json:"id"`
	Text  string `json:"text"`
	Whole bool   `json:"whole,omitempty"` // only as a whole word
}

// Pick is one record that a filter is about.
type Pick struct {
	ID     ID `json:"id"`
	Record ID `json:"record"`
}

// PutFilter creates or replaces a filter of an actor; what has no ID gets one
// here.
func (t *Txn) PutFilter(actor ID, f *Filter) {
	if f.ID == 0 {
		f.ID = t.NewID()
	}
	for i := range f.Keywords {
		if f.Keywords[i].ID == 0 {
			f.Keywords[i].ID = t.NewID()
		}
	}
	for i := range f.Records {
		if f.Records[i].ID == 0 {
			f.Records[i].ID = t.NewID()
		}
	}
	t.putJSON(key(tFilter, actor, f.ID), f)
}

// Filter returns a filter of an actor, or ErrNotFound.
func (t *Txn) Filter(actor, id ID) (*Filter, error) {
	f := new(Filter)
	if !t.getJSON(key(tFilter, actor, id), f) {
		return nil, ErrNotFound
	}
	return f, nil
}

// DeleteFilter removes a filter of an actor.
func (t *Txn) DeleteFilter(actor, id ID) { t.tx.Delete(key(tFilter, actor, id)) }

// Filters yields the filters of an actor, oldest first, those that are over
// among them.
func (t *Txn) Filters(actor ID) iter.Seq[*Filter] { return rows[Filter](t, key(tFilter, actor)) }
