package mastodon

import "github.com/essaim/essaim/store"

// A collection is a choice of accounts that somebody recommends. There is one:
// the labs that the lab of this node follows. Its id is the lab's.

// Collection is a choice of accounts.
type Collection struct {
	ID           string           `json:"id"`
	URI          string           `json:"uri"`
	URL          *string          `json:"url"`
	Name         string           `json:"name"`
	Description  string           `json:"description"`
	Language     *string          `json:"language"`
	AccountID    string           `json:"account_id"`
	Local        bool             `json:"local"`
	Sensitive    bool             `json:"sensitive"`
	Discoverable bool             `json:"discoverable"`
	Tag          *StatusTag       `json:"tag"`
	ItemCount    int              `json:"item_count"`
	CreatedAt    string           `json:"created_at"`
	UpdatedAt    string           `json:"updated_at"`
	Items        []CollectionItem `json:"items"`
}

// CollectionItem is one account of a collection.
type CollectionItem struct {
	ID        string  `json:"id"`
	AccountID *string `json:"account_id"`
	State     string  `json:"state"`
	CreatedAt string  `json:"created_at"`
}

// Collections are those of an account.
type Collections struct {
	Collections []Collection `json:"collections"`
}

// CollectionWithAccounts is a collection with the accounts that it names.
type CollectionWithAccounts struct {
	Collection Collection `json:"collection"`
	Accounts   []*Account `json:"accounts"`
}

// labsOfNetwork is the collection.
func (c *call) labsOfNetwork(tx *store.Txn) (Collection, []store.ID, error) {
	lab, err := tx.Lab()
	if err != nil {
		return Collection{}, nil, err
	}
	url, lang := c.Node.BaseURL+"/reseau", c.Node.Lang
	e := Collection{
		ID: lab.ID.String(), URI: lab.Following, URL: &url, Name: c.t("client.labs"), Description: c.t("client.labs-text", "Lab", lab.DisplayName()),
		Language: &lang, AccountID: lab.ID.String(), Local: true, Discoverable: true,
		CreatedAt: stamp(lab.ID.Time()), UpdatedAt: stamp(lab.ID.Time()), Items: []CollectionItem{},
	}
	var ids []store.ID
	for f := range tx.Following(lab.ID) {
		a, err := knownActor(tx, f.Followed)
		if err != nil || f.State != store.Accepted || a.Type != store.Group {
			continue
		}
		ids = append(ids, a.ID)
		id := a.ID.String()
		e.Items = append(e.Items, CollectionItem{ID: id, AccountID: &id, State: "accepted", CreatedAt: stamp(f.Asked)})
		if at := stamp(f.Asked); at > e.UpdatedAt {
			e.UpdatedAt = at
		}
	}
	e.ItemCount = len(e.Items)
	return e, ids, nil
}

// collections is GET /api/v1/accounts/:id/collections.
func collections(c *call) (any, error) {
	return c.collectionsWhere(func(a *store.Actor, e Collection) bool { return e.AccountID == a.ID.String() })
}

// inCollections is GET /api/v1/accounts/:id/in_collections.
func inCollections(c *call) (any, error) {
	return c.collectionsWhere(func(a *store.Actor, e Collection) bool {
		for _, item := range e.Items {
			if item.ID == a.ID.String() {
				return true
			}
		}
		return false
	})
}

func (c *call) collectionsWhere(is func(*store.Actor, Collection) bool) (any, error) {
	list := Collections{Collections: []Collection{}}
	err := c.view(func(tx *store.Txn) error {
		a, err := c.named(tx)
		if err != nil {
			return err
		}
		if e, _, err := c.labsOfNetwork(tx); err == nil && c.offset() == 0 && is(a, e) {
			list.Collections = append(list.Collections, e)
		}
		return nil
	})
	return list, err
}

// collection is GET /api/v1/collections/:id.
func collection(c *call) (any, error) {
	var e CollectionWithAccounts
	err := c.view(func(tx *store.Txn) error {
		id, err := c.id("id")
		if err != nil {
			return err
		}
		col, ids, err := c.labsOfNetwork(tx)
		if err != nil || col.ID != id.String() {
			return errNotFound
		}
		e = CollectionWithAccounts{Collection: col, Accounts: c.accountsOf(tx, append([]store.ID{id}, ids...))}
		return nil
	})
	return e, err
}
