package store

import (
	"context"
	"iter"
	"time"
)

// JournalEntry is a line of the journal: who did what, and when. It names what it is
// about by id and holds neither secrets nor what people wrote, so that what is erased
// is erased here, too.
type JournalEntry struct {
	ID     ID        `json:"id"`
	Deed   Deed      `json:"act"`
	Kind   string    `json:"kind,omitempty"`
	Record ID        `json:"record,omitempty"`
	Actor  ID        `json:"actor,omitempty"`  // of whom the decision is
	Host   string    `json:"host,omitempty"`   // as everybody may read it
	What   string    `json:"what,omitempty"`   // the name of a file, a circle, a setting
	Note   string    `json:"note,omitempty"`   // for everybody
	Reason string    `json:"reason,omitempty"` // a slug: of HideReasons, or as the deed says
	Before Audience  `json:"before,omitempty"` // of HideRecord: who could see it; empty: that is not known
	When   time.Time `json:"when"`

	// By is the actor of a member and never leaves the pages of those who run the node.
	// Without one it was done at the terminal, or by the node itself.
	By       ID   `json:"by,omitempty"`
	Terminal bool `json:"terminal,omitempty"`
}

// doer is who changes the store, for the journal. The zero doer is the node itself.
type doer struct {
	actor    string // IRI
	terminal bool
}

type doerKey struct{}

func doerOf(ctx context.Context) doer {
	d, _ := ctx.Value(doerKey{}).(doer)
	return d
}

// DoneBy is a context in which an actor, by its IRI, changes the store.
func DoneBy(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, doerKey{}, doer{actor: actor})
}

// AtTerminal is a context in which whoever has the machine changes the store.
func AtTerminal(ctx context.Context) context.Context {
	return context.WithValue(ctx, doerKey{}, doer{terminal: true})
}

// Note writes a line into the journal, in the name of whoever the context of the
// transaction says (DoneBy, AtTerminal), unless By is set.
func (t *Txn) Note(e JournalEntry) {
	e.ID, e.When = t.NewID(), stamp(t.now)
	if e.By == 0 {
		e.By, e.Terminal = t.doerID(), t.doer.terminal
	}
	t.putJSON(key(tJournal, e.ID), e)
}

// doerID is the member who changes the store; zero: none. The lab does nothing by
// itself.
func (t *Txn) doerID() ID {
	if t.doer.actor == "" {
		return 0
	}
	a, err := t.ActorByIRI(t.doer.actor)
	if err != nil || a.Type != Person {
		return 0
	}
	return a.ID
}

// JournalEntry returns an entry, or ErrNotFound.
func (t *Txn) JournalEntry(id ID) (*JournalEntry, error) {
	e := new(JournalEntry)
	if !t.getJSON(key(tJournal, id), e) {
		return nil, ErrNotFound
	}
	return e, nil
}

// JournalQuery chooses entries. The zero query is for all of them.
type JournalQuery struct {
	By       ID        // of this member
	Terminal bool      // of the terminal
	Itself   bool      // of the node itself
	Topic    DeedTopic // empty: all
	Since    time.Time // zero: from the beginning
	Until    time.Time // before this moment; zero: to the end
	Before   ID        // older than this one; 0: from the newest on
}

func (q *JournalQuery) fits(e *JournalEntry) bool {
	switch {
	case q.By != 0 && e.By != q.By, q.Terminal && !e.Terminal, q.Itself && (e.By != 0 || e.Terminal):
		return false
	}
	return q.Topic == "" || e.Deed.Topic() == q.Topic
}

// Journal yields the entries that a query chooses, newest first.
func (t *Txn) Journal(q JournalQuery) iter.Seq[*JournalEntry] {
	from, to := []byte(tJournal), prefixEnd([]byte(tJournal))
	if !q.Since.IsZero() {
		from = key(tJournal, IDAt(q.Since))
	}
	if end := q.end(); end != 0 {
		to = key(tJournal, end)
	}
	return func(yield func(*JournalEntry) bool) {
		for k, v := range t.scanRange([]byte(tJournal), from, to, true) {
			e := new(JournalEntry)
			if mustDecode(k, v, e); q.fits(e) && !yield(e) {
				return
			}
		}
	}
}

// end is the first id that is too new; 0: none is.
func (q *JournalQuery) end() ID {
	switch {
	case q.Until.IsZero():
		return q.Before
	case q.Before == 0:
		return IDAt(q.Until)
	}
	return min(q.Before, IDAt(q.Until))
}

// Moderations yields what moderators did, newest first: a view of the journal.
func (t *Txn) Moderations() iter.Seq[*JournalEntry] {
	return t.Journal(JournalQuery{Topic: OnModeration})
}

// ForgetJournal forgets up to limit entries from before a moment, and says how many.
func (t *Txn) ForgetJournal(before time.Time, limit int) (forgotten int) {
	for k := range t.scanRange([]byte(tJournal), []byte(tJournal), key(tJournal, IDAt(before)), false) {
		if forgotten == limit {
			break
		}
		t.tx.Delete(key(tJournal, k))
		forgotten++
	}
	return forgotten
}
