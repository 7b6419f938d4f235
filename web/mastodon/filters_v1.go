package mastodon

import (
	"net/http"
	"strings"

	"github.com/essaim/essaim/store"
)

// Of the first version of the API a filter is one keyword; its id is that of the
// keyword.

func filterV1(f *store.Filter, k store.Keyword) FilterV1 {
	return FilterV1{
		ID: k.ID.String(), Phrase: k.Text, Context: f.Context, WholeWord: k.Whole,
		ExpiresAt: stampOf(f.Expires), Irreversible: f.Hide,
	}
}

// filtersV1 is GET /api/v1/filters.
func filtersV1(c *call) (any, error) {
	list := []FilterV1{}
	err := c.view(func(tx *store.Txn) error {
		for f := range tx.Filters(c.actor.ID) {
			for _, k := range f.Keywords {
				list = append(list, filterV1(f, k))
			}
		}
		return nil
	})
	return list, err
}

// createFilterV1 is POST /api/v1/filters.
func createFilterV1(c *call) (any, error) {
	var e FilterV1
	return &e, c.keep(func(tx *store.Txn) error {
		f := &store.Filter{Keywords: []store.Keyword{{}}}
		if err := c.fillV1(f, &f.Keywords[0]); err != nil {
			return err
		}
		if err := c.putNewFilter(tx, f); err != nil {
			return err
		}
		e = filterV1(f, f.Keywords[0])
		return nil
	})
}

// filterByKeyword is GET and PUT /api/v1/filters/:id.
func filterByKeyword(c *call) (any, error) {
	var e FilterV1
	var wrong error
	err := c.onPart(func(f *store.Filter, id store.ID) bool {
		at := keywordAt(f, id)
		if at < 0 {
			return false
		}
		if c.r.Method != http.MethodGet {
			wrong = c.fillV1(f, &f.Keywords[at])
		}
		e = filterV1(f, f.Keywords[at])
		return true
	})
	if wrong != nil {
		return nil, wrong
	}
	return e, err
}

func (c *call) fillV1(f *store.Filter, k *store.Keyword) error {
	k.Text, k.Whole = strings.TrimSpace(c.str("phrase")), c.flag("whole_word")
	f.Title, f.Context, f.Hide = k.Text, c.list("context"), c.flag("irreversible")
	c.fillExpiry(f)
	return checkFilter(f)
}

// deleteFilterV1 is DELETE /api/v1/filters/:id: the filter goes with its last
// keyword.
func deleteFilterV1(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return empty{}, c.keep(func(tx *store.Txn) error {
		for f := range tx.Filters(c.actor.ID) {
			at := keywordAt(f, id)
			switch {
			case at < 0:
				continue
			case len(f.Keywords) == 1 && len(f.Records) == 0:
				tx.DeleteFilter(c.actor.ID, f.ID)
			default:
				f.Keywords = append(f.Keywords[:at:at], f.Keywords[at+1:]...)
				tx.PutFilter(c.actor.ID, f)
			}
			return nil
		}
		return errNotFound
	})
}
