package mastodon

import (
	"slices"

	"github.com/essaim/essaim/store"
)

// Conversation is what was said between some people alone.
type Conversation struct {
	ID         string     `json:"id"`
	Unread     bool       `json:"unread"`
	Accounts   []*Account `json:"accounts"`
	LastStatus *Status    `json:"last_status"`
}

// conversations is GET /api/v1/conversations. Pages go by the last statuses.
func conversations(c *call) (any, error) {
	list := []*Conversation{}
	err := c.view(func(tx *store.Txn) error {
		list = list[:0]
		rd := c.reading(tx, "")
		for _, talk := range pageOf(c, tx.Talks(c.actor.ID), usualPage, mostPage, func(k *store.Talk) store.ID { return k.Last }) {
			if e := rd.conversation(talk); e != nil {
				list = append(list, e)
			}
		}
		return nil
	})
	return list, err
}

// conversation writes a talk of the reader, or nil when nothing of it is for him
// any more.
func (rd *reading) conversation(talk *store.Talk) *Conversation {
	it, err := rd.tx.Record(talk.Last)
	if err != nil || !rd.viewer.CanSee(it.Envelope()) || rd.hides(store.Entry{ID: talk.Last, Item: it}) {
		return nil
	}
	e := &Conversation{ID: talk.Root.String(), Unread: talk.Unread, Accounts: []*Account{}, LastStatus: rd.status(it)}
	r := it.Envelope()
	for _, iri := range append([]string{r.Lab}, r.Addressed...) {
		a := rd.author(iri)
		if a == nil || a.ID == rd.actor.ID || slices.ContainsFunc(e.Accounts, func(have *Account) bool { return have.URI == iri }) {
			continue
		}
		e.Accounts = append(e.Accounts, rd.account(a.Actor))
	}
	return e
}

// readConversation is POST /api/v1/conversations/:id/read.
func readConversation(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if err := c.keep(func(tx *store.Txn) error { return tx.ReadTalk(c.actor.ID, id) }); err != nil {
		return nil, err
	}
	var e *Conversation
	err = c.view(func(tx *store.Txn) error {
		talk, err := tx.Talk(c.actor.ID, id)
		if err != nil {
			return err
		}
		if e = c.reading(tx, "").conversation(talk); e == nil {
			return errNotFound
		}
		return nil
	})
	return e, err
}

// leaveConversation is DELETE /api/v1/conversations/:id. What was said stays where
// it is; the next status brings the conversation back.
func leaveConversation(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return empty{}, c.keep(func(tx *store.Txn) error {
		if _, err := tx.Talk(c.actor.ID, id); err != nil {
			return err
		}
		tx.LeaveTalk(c.actor.ID, id)
		return nil
	})
}
