package mastodon

import (
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
)

// ListEntity is a choice of accounts that are read together.
type ListEntity struct {
	ID            string `json:"id"`
	Title         string `json:"title"`
	RepliesPolicy string `json:"replies_policy"`
	Exclusive     bool   `json:"exclusive"`
}

const (
	maxLists     = 50
	maxListed    = 500 // accounts of a list
	maxListTitle = 250 // bytes
)

func listEntity(l *store.List) ListEntity {
	return ListEntity{ID: l.ID.String(), Title: l.Title, RepliesPolicy: l.Replies, Exclusive: l.Exclusive}
}

// namedList is the list that the path names.
func (c *call) namedList(tx *store.Txn) (*store.List, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return tx.List(c.actor.ID, id)
}

// lists is GET /api/v1/lists.
func lists(c *call) (any, error) {
	return c.listsWhere(func(*store.List) bool { return true })
}

// listsWith is GET /api/v1/accounts/:id/lists.
func listsWith(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return c.listsWhere(func(l *store.List) bool { return l.Has(id) })
}

func (c *call) listsWhere(is func(*store.List) bool) (any, error) {
	all := []ListEntity{}
	err := c.view(func(tx *store.Txn) error {
		for l := range tx.Lists(c.actor.ID) {
			if is(l) {
				all = append(all, listEntity(l))
			}
		}
		return nil
	})
	return all, err
}

// list is GET /api/v1/lists/:id.
func list(c *call) (any, error) {
	var e ListEntity
	err := c.view(func(tx *store.Txn) error {
		l, err := c.namedList(tx)
		if err == nil {
			e = listEntity(l)
		}
		return err
	})
	return e, err
}

// createList is POST /api/v1/lists.
func createList(c *call) (any, error) {
	var e ListEntity
	return &e, c.keep(func(tx *store.Txn) error {
		l := &store.List{Replies: "list"}
		if err := c.fillList(l); err != nil {
			return err
		}
		n := 0
		for range tx.Lists(c.actor.ID) {
			n++
		}
		if n >= maxLists {
			return invalid("You have reached the maximum number of lists")
		}
		tx.PutList(c.actor.ID, l)
		e = listEntity(l)
		return nil
	})
}

// updateList is PUT /api/v1/lists/:id.
func updateList(c *call) (any, error) {
	var e ListEntity
	return &e, c.keep(func(tx *store.Txn) error {
		l, err := c.namedList(tx)
		if err != nil {
			return err
		}
		if err := c.fillList(l); err != nil {
			return err
		}
		tx.PutList(c.actor.ID, l)
		e = listEntity(l)
		return nil
	})
}

func (c *call) fillList(l *store.List) error {
	if c.has("title") || l.ID == 0 {
		l.Title = strings.TrimSpace(c.str("title"))
	}
	if c.has("replies_policy") {
		l.Replies = c.str("replies_policy")
	}
	if c.has("exclusive") {
		l.Exclusive = c.flag("exclusive")
	}
	switch {
	case l.Title == "":
		return invalid("Title can't be blank")
	case len(l.Title) > maxListTitle:
		return invalid("Title is too long")
	case !slices.Contains([]string{"followed", "list", "none"}, l.Replies):
		return invalid("Replies policy is not known")
	}
	return nil
}

// deleteList is DELETE /api/v1/lists/:id.
func deleteList(c *call) (any, error) {
	return empty{}, c.keep(func(tx *store.Txn) error {
		l, err := c.namedList(tx)
		if err == nil {
			tx.DeleteList(c.actor.ID, l.ID)
		}
		return err
	})
}

// listAccounts is GET /api/v1/lists/:id/accounts.
func listAccounts(c *call) (any, error) {
	return c.people(func(tx *store.Txn, _ store.Stretch) ([]store.ID, error) {
		l, err := c.namedList(tx)
		if err != nil {
			return nil, err
		}
		if c.str("limit") == "0" { // all of them
			return l.Actors, nil
		}
		return c.pageOfIDs(slices.Clone(l.Actors)), nil
	})
}

// addToList is POST /api/v1/lists/:id/accounts. Whoever is known here can be on it: a
// list is nobody's business but its owner's.
func addToList(c *call) (any, error) {
	return c.changeList(func(tx *store.Txn, l *store.List) error {
		for _, id := range c.ids("account_ids") {
			if _, err := knownActor(tx, id); err != nil {
				return err
			}
			if !l.Has(id) {
				l.Actors = append(l.Actors, id)
			}
		}
		if len(l.Actors) > maxListed {
			return invalid("There are too many accounts on the list")
		}
		return nil
	})
}

// removeFromList is DELETE /api/v1/lists/:id/accounts.
func removeFromList(c *call) (any, error) {
	return c.changeList(func(_ *store.Txn, l *store.List) error {
		gone := c.ids("account_ids")
		l.Actors = slices.DeleteFunc(l.Actors, func(id store.ID) bool { return slices.Contains(gone, id) })
		return nil
	})
}

func (c *call) changeList(change func(*store.Txn, *store.List) error) (any, error) {
	return empty{}, c.keep(func(tx *store.Txn) error {
		l, err := c.namedList(tx)
		if err != nil {
			return err
		}
		if err := change(tx, l); err != nil {
			return err
		}
		tx.PutList(c.actor.ID, l)
		return nil
	})
}
