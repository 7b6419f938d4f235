package mastodon

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
)

// FilterV2 is a filter with its keywords.
type FilterV2 struct {
	ID           string          `json:"id"`
	Title        string          `json:"title"`
	Context      []string        `json:"context"`
	ExpiresAt    *string         `json:"expires_at"`
	FilterAction string          `json:"filter_action"`
	Keywords     []FilterKeyword `json:"keywords,omitempty"`
	Statuses     []FilterStatus  `json:"statuses,omitempty"`
}

// FilterKeyword is a text of a filter.
type FilterKeyword struct {
	ID        string `json:"id"`
	Keyword   string `json:"keyword"`
	WholeWord bool   `json:"whole_word"`
}

// FilterStatus is a status of a filter.
type FilterStatus struct {
	ID       string `json:"id"`
	StatusID string `json:"status_id"`
}

// FilterV1 is one keyword of a filter, as the first version of the API has it.
type FilterV1 struct {
	ID           string   `json:"id"`
	Phrase       string   `json:"phrase"`
	Context      []string `json:"context"`
	WholeWord    bool     `json:"whole_word"`
	ExpiresAt    *string  `json:"expires_at"`
	Irreversible bool     `json:"irreversible"`
}

var filterContexts = []string{"home", "notifications", "public", "thread", "account"}

const (
	maxFilterTitle = 256
	maxKeyword     = 512
	maxFilters     = 100 // of one member
	maxKeywords    = 100 // of one filter
)

func filterV2(f *store.Filter, whole bool) FilterV2 {
	e := FilterV2{ID: f.ID.String(), Title: f.Title, Context: f.Context, ExpiresAt: stampOf(f.Expires), FilterAction: "warn"}
	switch {
	case f.Hide:
		e.FilterAction = "hide"
	case f.Blur:
		e.FilterAction = "blur"
	}
	if !whole {
		return e
	}
	e.Keywords, e.Statuses = []FilterKeyword{}, []FilterStatus{}
	for _, k := range f.Keywords {
		e.Keywords = append(e.Keywords, keywordEntity(k))
	}
	for _, p := range f.Records {
		e.Statuses = append(e.Statuses, pickEntity(p))
	}
	return e
}

func keywordEntity(k store.Keyword) FilterKeyword {
	return FilterKeyword{ID: k.ID.String(), Keyword: k.Text, WholeWord: k.Whole}
}

func pickEntity(p store.Pick) FilterStatus {
	return FilterStatus{ID: p.ID.String(), StatusID: p.Record.String()}
}

// filters is GET /api/v2/filters.
func filters(c *call) (any, error) {
	list := []FilterV2{}
	err := c.view(func(tx *store.Txn) error {
		list = list[:0]
		for f := range tx.Filters(c.actor.ID) {
			list = append(list, filterV2(f, true))
		}
		return nil
	})
	return list, err
}

// filter is GET /api/v2/filters/:id.
func filter(c *call) (any, error) {
	return c.onFilter(func(*store.Filter) error { return nil })
}

// onFilter changes the filter that the path names and returns it.
func (c *call) onFilter(change func(*store.Filter) error) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	var f *store.Filter
	err = c.keep(func(tx *store.Txn) error {
		if f, err = tx.Filter(c.actor.ID, id); err != nil {
			return err
		}
		if err := change(f); err != nil {
			return err
		}
		tx.PutFilter(c.actor.ID, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return filterV2(f, true), nil
}

// createFilter is POST /api/v2/filters.
func createFilter(c *call) (any, error) {
	f := &store.Filter{}
	if err := c.fillFilter(f); err != nil {
		return nil, err
	}
	fresh := *f
	err := c.keep(func(tx *store.Txn) error {
		*f = fresh
		f.Keywords = slices.Clone(fresh.Keywords)
		return c.putNewFilter(tx, f)
	})
	return filterV2(f, true), err
}

func (c *call) putNewFilter(tx *store.Txn, f *store.Filter) error {
	n := 0
	for range tx.Filters(c.actor.ID) {
		n++
	}
	if n >= maxFilters {
		return invalid("there are too many filters")
	}
	tx.PutFilter(c.actor.ID, f)
	return nil
}

// updateFilter is PUT /api/v2/filters/:id.
func updateFilter(c *call) (any, error) { return c.onFilter(c.fillFilter) }

// fillFilter takes over what was sent of a filter.
func (c *call) fillFilter(f *store.Filter) error {
	if c.has("title") || f.ID == 0 {
		f.Title = strings.TrimSpace(c.str("title"))
	}
	if contexts := c.list("context"); len(contexts) > 0 || f.ID == 0 {
		f.Context = contexts
	}
	if c.has("filter_action") {
		f.Hide, f.Blur = c.str("filter_action") == "hide", c.str("filter_action") == "blur"
	}
	c.fillExpiry(f)
	c.fillKeywords(f)
	return checkFilter(f)
}

func (c *call) fillExpiry(f *store.Filter) {
	if !c.has("expires_in") {
		return
	}
	f.Expires = time.Time{}
	if s, err := strconv.Atoi(c.str("expires_in")); err == nil && s > 0 {
		f.Expires = c.Node.Store.Now().Add(time.Duration(s) * time.Second)
	}
}

func (c *call) fillKeywords(f *store.Filter) {
	for _, row := range c.rows("keywords_attributes") {
		id, _ := store.ParseID(row["id"])
		at := slices.IndexFunc(f.Keywords, func(k store.Keyword) bool { return id != 0 && k.ID == id })
		destroy := params{map[string][]string{"d": {row["_destroy"]}}}.flag("d")
		switch {
		case at >= 0 && destroy:
			f.Keywords = slices.Delete(f.Keywords, at, at+1)
		case at >= 0:
			fillKeyword(&f.Keywords[at], row)
		case !destroy:
			k := store.Keyword{}
			fillKeyword(&k, row)
			f.Keywords = append(f.Keywords, k)
		}
	}
}

func fillKeyword(k *store.Keyword, row map[string]string) {
	if text, ok := row["keyword"]; ok {
		k.Text = strings.TrimSpace(text)
	}
	if whole, ok := row["whole_word"]; ok {
		k.Whole = params{map[string][]string{"w": {whole}}}.flag("w")
	}
}

func checkFilter(f *store.Filter) error {
	switch {
	case f.Title == "":
		return invalid("Title can't be blank")
	case utf8.RuneCountInString(f.Title) > maxFilterTitle:
		return invalid("Title is too long")
	case len(f.Context) == 0:
		return invalid("Context can't be blank")
	case len(f.Keywords) > maxKeywords:
		return invalid("there are too many keywords")
	}
	for _, context := range f.Context {
		if !slices.Contains(filterContexts, context) {
			return invalid("Context is not known: " + context)
		}
	}
	return checkKeywords(f.Keywords)
}

func checkKeywords(list []store.Keyword) error {
	for _, k := range list {
		if n := utf8.RuneCountInString(k.Text); n == 0 || n > maxKeyword {
			return invalid("Keyword must have 1 to 512 characters")
		}
	}
	return nil
}

// deleteFilter is DELETE /api/v1 or v2/filters/:id.
func deleteFilter(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return empty{}, c.keep(func(tx *store.Txn) error {
		if _, err := tx.Filter(c.actor.ID, id); err != nil {
			return err
		}
		tx.DeleteFilter(c.actor.ID, id)
		return nil
	})
}

// filterKeywords is GET /api/v2/filters/:id/keywords.
func filterKeywords(c *call) (any, error) {
	e, err := filter(c)
	if err != nil {
		return nil, err
	}
	return e.(FilterV2).Keywords, nil
}

// addKeyword is POST /api/v2/filters/:id/keywords.
func addKeyword(c *call) (any, error) {
	k := store.Keyword{Text: strings.TrimSpace(c.str("keyword")), Whole: c.flag("whole_word")}
	e, err := c.onFilter(func(f *store.Filter) error {
		f.Keywords = append(f.Keywords, k)
		return checkFilter(f)
	})
	if err != nil {
		return nil, err
	}
	all := e.(FilterV2).Keywords
	return all[len(all)-1], nil
}

// filterStatuses is GET /api/v2/filters/:id/statuses.
func filterStatuses(c *call) (any, error) {
	e, err := filter(c)
	if err != nil {
		return nil, err
	}
	return e.(FilterV2).Statuses, nil
}

// addFilterStatus is POST /api/v2/filters/:id/statuses.
func addFilterStatus(c *call) (any, error) {
	record, err := parseID(c.str("status_id"))
	if err != nil {
		return nil, err
	}
	e, err := c.onFilter(func(f *store.Filter) error {
		if len(f.Records) >= maxKeywords {
			return invalid("there are too many statuses")
		}
		f.Records = append(f.Records, store.Pick{Record: record})
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := e.(FilterV2).Statuses
	return all[len(all)-1], nil
}

// onPart finds the keyword or status with the id of the path in whatever filter
// holds it, and lets change see both.
func (c *call) onPart(change func(f *store.Filter, part store.ID) bool) error {
	id, err := parseID(mux.Vars(c.r)["id"])
	if err != nil {
		return err
	}
	return c.keep(func(tx *store.Txn) error {
		for f := range tx.Filters(c.actor.ID) {
			if !change(f, id) {
				continue
			}
			if err := checkFilter(f); err != nil {
				return err
			}
			tx.PutFilter(c.actor.ID, f)
			return nil
		}
		return errNotFound
	})
}

func keywordAt(f *store.Filter, id store.ID) int {
	return slices.IndexFunc(f.Keywords, func(k store.Keyword) bool { return k.ID == id })
}

func pickAt(f *store.Filter, id store.ID) int {
	return slices.IndexFunc(f.Records, func(p store.Pick) bool { return p.ID == id })
}

// keyword is GET and PUT /api/v2/filters/keywords/:id.
func keyword(c *call) (any, error) {
	var e FilterKeyword
	err := c.onPart(func(f *store.Filter, id store.ID) bool {
		at := keywordAt(f, id)
		if at < 0 {
			return false
		}
		row := map[string]string{}
		for _, name := range []string{"keyword", "whole_word"} {
			if c.r.Method != http.MethodGet && c.has(name) {
				row[name] = c.str(name)
			}
		}
		fillKeyword(&f.Keywords[at], row)
		e = keywordEntity(f.Keywords[at])
		return true
	})
	return e, err
}

// deleteKeyword is DELETE /api/v2/filters/keywords/:id.
func deleteKeyword(c *call) (any, error) {
	return empty{}, c.onPart(func(f *store.Filter, id store.ID) bool {
		at := keywordAt(f, id)
		if at >= 0 {
			f.Keywords = slices.Delete(f.Keywords, at, at+1)
		}
		return at >= 0
	})
}

// filterStatus is GET /api/v2/filters/statuses/:id.
func filterStatus(c *call) (any, error) {
	var e FilterStatus
	err := c.onPart(func(f *store.Filter, id store.ID) bool {
		at := pickAt(f, id)
		if at >= 0 {
			e = pickEntity(f.Records[at])
		}
		return at >= 0
	})
	return e, err
}

// deleteFilterStatus is DELETE /api/v2/filters/statuses/:id.
func deleteFilterStatus(c *call) (any, error) {
	return empty{}, c.onPart(func(f *store.Filter, id store.ID) bool {
		at := pickAt(f, id)
		if at >= 0 {
			f.Records = slices.Delete(f.Records, at, at+1)
		}
		return at >= 0
	})
}
