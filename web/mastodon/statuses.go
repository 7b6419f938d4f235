package mastodon

import (
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
)

// record is the record, or the announcement, that the path names, if the reader
// may see it.
func (c *call) record(tx *store.Txn) (store.Entry, error) {
	id, err := c.id("id")
	if err != nil {
		return store.Entry{}, err
	}
	return c.recordWith(tx, id)
}

func (c *call) recordWith(tx *store.Txn, id store.ID) (store.Entry, error) {
	e := store.Entry{ID: id}
	it, err := tx.Record(id)
	if err == nil {
		e.Item = it
	} else if e, err = tx.Announcement(id); err != nil {
		return e, errNotFound
	}
	r := e.Item.Envelope()
	author, err := tx.ActorByIRI(r.Lab)
	if err != nil || !c.viewer.CanSee(r) || tx.HostBlocked(author.Host) || tx.BlockedHere(author.ID) {
		return e, errNotFound
	}
	if c.actor != nil && tx.Blocks(author.ID, c.actor.ID) {
		return e, errNotFound
	}
	return e, nil
}

// one answers with one status.
func (c *call) one(find func(*store.Txn) (store.Entry, error)) (any, error) {
	var s *Status
	err := c.view(func(tx *store.Txn) error {
		e, err := find(tx)
		if err != nil {
			return err
		}
		if s = c.reading(tx, "thread").entry(e); s == nil {
			return errNotFound
		}
		return nil
	})
	return s, err
}

// status is GET /api/v1/statuses/:id.
func status(c *call) (any, error) { return c.one(c.record) }

// statuses is GET /api/v1/statuses?id[]=.
func statuses(c *call) (any, error) {
	list := []*Status{}
	err := c.view(func(tx *store.Txn) error {
		rd := c.reading(tx, "thread")
		var entries []store.Entry
		for _, id := range c.ids("id") {
			if e, err := c.recordWith(tx, id); err == nil {
				entries = append(entries, e)
			}
		}
		list = rd.statuses(entries)
		return nil
	})
	return list, err
}

// Context is what stands around a status.
type Context struct {
	Ancestors   []*Status `json:"ancestors"`
	Descendants []*Status `json:"descendants"`
}

const (
	maxAncestors   = 100
	maxDescendants = 500
)

// thread is GET /api/v1/statuses/:id/context.
func thread(c *call) (any, error) {
	var e Context
	err := c.view(func(tx *store.Txn) error {
		entry, err := c.record(tx)
		if err != nil {
			return err
		}
		rd := c.reading(tx, "thread")
		e = Context{Ancestors: rd.statuses(rd.ancestors(entry.Item)), Descendants: rd.statuses(rd.descendants(entry.Item))}
		return nil
	})
	return e, err
}

// ancestors are what a record answers, from the beginning of the thread on.
func (rd *reading) ancestors(it store.Item) []store.Entry {
	var up []store.Entry
	for len(up) < maxAncestors {
		parent, err := rd.tx.RecordByIRI(it.Envelope().InReplyTo)
		if it.Envelope().InReplyTo == "" || err != nil || !rd.viewer.CanSee(parent.Envelope()) {
			break
		}
		up = append(up, store.Entry{ID: parent.Envelope().ID, Item: parent})
		it = parent
	}
	slices.Reverse(up)
	return up
}

// descendants are the answers to a record, each followed by the answers to it.
func (rd *reading) descendants(it store.Item) []store.Entry {
	var all []store.Entry
	seen := map[store.ID]bool{it.Envelope().ID: true}
	var add func(iri string, depth int)
	add = func(iri string, depth int) {
		for answer := range rd.tx.Answers(iri) {
			r := answer.Envelope()
			e := store.Entry{ID: r.ID, Item: answer}
			if seen[r.ID] || len(all) >= maxDescendants || depth > maxAncestors {
				continue
			}
			seen[r.ID] = true
			if !rd.viewer.CanSee(r) || rd.hides(e) {
				continue
			}
			all = append(all, e)
			add(r.IRI, depth+1)
		}
	}
	add(it.Envelope().IRI, 0)
	return all
}

// card is GET /api/v1/statuses/:id/card.
func card(c *call) (any, error) {
	e, err := status(c)
	if err != nil {
		return nil, err
	}
	if s := e.(*Status); s.Card != nil {
		return s.Card, nil
	}
	return empty{}, nil
}

// SourceEntity is the text of a status as it was typed.
type SourceEntity struct {
	ID          string `json:"id"`
	Text        string `json:"text"`
	SpoilerText string `json:"spoiler_text"`
}

// source is GET /api/v1/statuses/:id/source.
func source(c *call) (any, error) {
	var e SourceEntity
	err := c.view(func(tx *store.Txn) error {
		entry, err := c.record(tx)
		if err != nil {
			return err
		}
		r := entry.Item.Envelope()
		if !c.viewer.CanEdit(r) {
			return errNotFound
		}
		e = SourceEntity{ID: r.ID.String(), Text: typedText(r)}
		if r.Title == "" {
			e.SpoilerText = r.Pitch
		}
		return nil
	})
	return e, err
}

// typedText is a record as an app edits it: news as they were typed with their
// hashtags; of all else the pitch, the text that apps show.
func typedText(r *store.Record) string {
	if r.Title != "" {
		return r.Pitch
	}
	var missing []string
	for _, tag := range r.Tags {
		if !hasHashtag(r.Body, tag) {
			missing = append(missing, "#"+tag)
		}
	}
	if len(missing) == 0 {
		return unbroken(r.Body)
	}
	return unbroken(r.Body) + "\n\n" + strings.Join(missing, " ")
}
