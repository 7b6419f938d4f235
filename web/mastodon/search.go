package mastodon

import (
	"context"
	"strings"
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Search is what was found.
type Search struct {
	Accounts []*Account `json:"accounts"`
	Statuses []*Status  `json:"statuses"`
	Hashtags []*Tag     `json:"hashtags"`
}

const (
	resolveTime = 10 * time.Second // for a question to another node
	maxQuery    = 500              // bytes
	maxScanned  = 5000             // actors or records that one search looks at
)

// search is GET /api/v2/search.
func search(c *call) (any, error) {
	q := strings.TrimSpace(c.str("q"))
	e := Search{Accounts: []*Account{}, Statuses: []*Status{}, Hashtags: []*Tag{}}
	if q == "" || len(q) > maxQuery {
		return e, nil
	}
	if c.flag("resolve") && c.account != nil && resolvable(q) && c.offset() == 0 {
		c.resolve(q)
	}
	limit, kind := c.number("limit", usualPage, mostPage), c.str("type")
	err := c.view(func(tx *store.Txn) error {
		if kind == "" || kind == "accounts" {
			e.Accounts = c.accountsOf(tx, c.findActors(tx, q, limit))
		}
		if kind == "" || kind == "statuses" {
			e.Statuses = c.findStatuses(tx, q, limit)
		}
		if kind == "" || kind == "hashtags" {
			e.Hashtags = c.findTags(tx, q, limit)
		}
		return nil
	})
	return e, err
}

// SearchV1 is Search as the first version of the API has it.
type SearchV1 struct {
	Accounts []*Account `json:"accounts"`
	Statuses []*Status  `json:"statuses"`
	Hashtags []string   `json:"hashtags"`
}

// searchV1 is GET /api/v1/search.
func searchV1(c *call) (any, error) {
	found, err := search(c)
	if err != nil {
		return nil, err
	}
	e := found.(Search)
	old := SearchV1{Accounts: e.Accounts, Statuses: e.Statuses, Hashtags: []string{}}
	for _, t := range e.Hashtags {
		old.Hashtags = append(old.Hashtags, t.Name)
	}
	return old, nil
}

// resolvable says whether a text names somebody or something elsewhere.
func resolvable(q string) bool {
	return store.Origin(q) != "" || strings.Contains(strings.TrimPrefix(q, "@"), "@") && !strings.ContainsAny(q, " /")
}

// resolve fetches what a text names, if its server says so. What is found shows
// in the search; what is not, does not.
func (c *call) resolve(q string) {
	ctx, cancel := context.WithTimeout(c.r.Context(), resolveTime)
	defer cancel()
	if store.Origin(q) != "" && !c.Node.IsLocal(q) {
		if err := c.Node.Learn(ctx, q); err == nil {
			return
		}
	}
	if _, err := c.Node.Resolve(ctx, q); err != nil {
		c.Log.DebugContext(ctx, "search elsewhere", "err", err)
	}
}

// findActors are those whose handle or name holds the text, or who are exactly
// named by it.
func (c *call) findActors(tx *store.Txn, q string, limit int) []store.ID {
	if a := c.exactly(tx, q); a != nil {
		return []store.ID{a.ID}
	}
	if store.Origin(q) != "" {
		return nil
	}
	needle := strings.ToLower(strings.TrimPrefix(q, "@"))
	skip, seen := c.offset(), 0
	var ids []store.ID
	for a := range tx.Actors() {
		if seen++; seen > maxScanned || len(ids) == limit {
			break
		}
		if !c.found(tx, a, needle) {
			continue
		}
		if skip--; skip < 0 {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func (c *call) found(tx *store.Txn, a *store.Actor, needle string) bool {
	if !a.Deleted.IsZero() || a.Type == store.Application || a.Local && !a.Discoverable && a.Type == store.Person {
		return false
	}
	if c.flag("following") && c.actor != nil && !tx.Follows(c.actor.ID, a.ID) {
		return false
	}
	return strings.Contains(strings.ToLower(c.acct(a)), needle) || strings.Contains(strings.ToLower(a.Name), needle)
}

// exactly is the actor that a handle, an id or the address of a page names.
func (c *call) exactly(tx *store.Txn, q string) *store.Actor {
	if store.Origin(q) != "" {
		if a, err := tx.ActorByIRI(q); err == nil {
			return a
		}
		for a := range tx.Actors() {
			if a.URL == q {
				return a
			}
		}
		return nil
	}
	handle, host, ok := strings.Cut(strings.TrimPrefix(q, "@"), "@")
	if !ok {
		return nil
	}
	a, err := tx.ActorByHandle(handle, strings.ToLower(host))
	if err != nil {
		return nil
	}
	return a
}

// findStatuses are the records that hold all words of the text and stand in lists
// for the reader, or the one that an address names.
func (c *call) findStatuses(tx *store.Txn, q string, limit int) []*Status {
	rd := c.reading(tx, "")
	if store.Origin(q) != "" {
		return rd.statuses(c.byAddress(tx, q))
	}
	words := strings.Fields(strings.ToLower(q))
	by := rd.only(func(e store.Entry) bool {
		text := strings.ToLower(textOf(e.Item))
		for _, word := range words {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	})
	s := c.stretch(limit, mostPage)
	s.Limit = limit + c.offset()
	found := tx.PublicTimeline(by, store.Scope{Home: true, Away: true}, s).Entries
	return rd.statuses(cut(found, c.offset(), limit))
}

func (c *call) byAddress(tx *store.Txn, q string) []store.Entry {
	it, err := tx.RecordByIRI(q)
	if err != nil {
		it, err = tx.RecordByPage(q)
	}
	if err != nil {
		here := store.Reader{Viewer: c.viewer, Hides: func(e store.Entry) bool { return e.Item.Envelope().URL != q }}
		return tx.PublicTimeline(here, store.Scope{Away: true}, store.Stretch{Limit: 1}).Entries
	}
	e, err := c.recordWith(tx, it.Envelope().ID)
	if err != nil {
		return nil
	}
	return []store.Entry{e}
}

// findTags are the themes and the hashtags of the week that begin with the text,
// and the text itself.
func (c *call) findTags(tx *store.Txn, q string, limit int) []*Tag {
	tags := []*Tag{}
	folded := vocab.FoldHashtag(q)
	if folded == "" || strings.Contains(folded, "@") || store.Origin(q) != "" {
		return tags
	}
	names := []string{strings.TrimLeft(q, "#")}
	for _, theme := range store.Themes.Slugs {
		names = append(names, vocab.ThemeTag(theme))
	}
	seen := map[string]bool{}
	for _, name := range append(names, c.popularTags(tx)...) {
		f := vocab.FoldHashtag(name)
		if strings.HasPrefix(f, folded) && !seen[f] {
			seen[f] = true
			tags = append(tags, c.tag(tx, name))
		}
	}
	return cut(tags, c.offset(), limit)
}

// searchAccounts is GET /api/v1/accounts/search.
func searchAccounts(c *call) (any, error) {
	q := strings.TrimSpace(c.str("q"))
	list := []*Account{}
	if q == "" || len(q) > maxQuery {
		return list, nil
	}
	if c.flag("resolve") && c.account != nil && resolvable(q) {
		c.resolve(q)
	}
	err := c.view(func(tx *store.Txn) error {
		list = c.accountsOf(tx, c.findActors(tx, q, c.number("limit", 40, 80)))
		return nil
	})
	return list, err
}
