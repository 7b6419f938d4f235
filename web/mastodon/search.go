package mastodon

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
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
	maxScanned  = 5000             // actors whose handles one search looks at
	maxHits     = 400              // of the index
)

// Searcher is the index of what can be found.
type Searcher interface {
	Find(ctx context.Context, q search.Query) (*search.Found, error)
}

// lookUp asks the index; addresses and handles are not for it.
func (c *call) lookUp(q string) (*search.Found, error) {
	if c.Search == nil || store.Origin(q) != "" || strings.HasPrefix(q, "@") {
		return new(search.Found), nil
	}
	return c.Search.Find(c.r.Context(), search.Query{Text: strings.TrimPrefix(q, "#"), Limit: maxHits, Members: c.viewer.Local})
}

// searchAll is GET /api/v2/search.
func searchAll(c *call) (any, error) {
	q := strings.TrimSpace(c.str("q"))
	e := Search{Accounts: []*Account{}, Statuses: []*Status{}, Hashtags: []*Tag{}}
	if q == "" || len(q) > maxQuery {
		return e, nil
	}
	if c.flag("resolve") && c.account != nil && resolvable(q) && c.offset() == 0 {
		c.resolve(q)
	}
	limit, kind := c.number("limit", usualPage, mostPage), c.str("type")
	found, err := c.lookUp(q)
	if err != nil {
		return nil, err
	}
	err = c.view(func(tx *store.Txn) error {
		hits := found.Show(tx, c.viewer)
		if kind == "" || kind == "accounts" {
			e.Accounts = c.accountsOf(tx, c.findActors(tx, q, hits, limit))
		}
		if kind == "" || kind == "statuses" {
			e.Statuses = c.findStatuses(tx, q, hits, limit)
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
	found, err := searchAll(c)
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

// findActors are those whom the index found, then those whose handle or name holds
// the text, or who are exactly named by it.
func (c *call) findActors(tx *store.Txn, q string, hits []search.Hit, limit int) []store.ID {
	if a := c.exactly(tx, q); a != nil {
		return []store.ID{a.ID}
	}
	if store.Origin(q) != "" {
		return nil
	}
	var ids []store.ID
	for _, h := range hits {
		if h.Actor != nil && (!c.flag("following") || c.actor != nil && tx.Follows(c.actor.ID, h.Actor.ID)) {
			ids = append(ids, h.Actor.ID)
		}
	}
	needle, seen := strings.ToLower(strings.TrimPrefix(q, "@")), 0
	for a := range tx.Actors() {
		if seen++; seen > maxScanned || len(ids) >= c.offset()+limit {
			break
		}
		if c.found(tx, a, needle) && !slices.Contains(ids, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	return cut(ids, c.offset(), limit)
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

// findStatuses are the records that the index found, or the one that an address
// names.
func (c *call) findStatuses(tx *store.Txn, q string, hits []search.Hit, limit int) []*Status {
	rd := c.reading(tx, "")
	if store.Origin(q) != "" {
		return rd.statuses(c.byAddress(tx, q))
	}
	by, err := store.ParseID(c.str("account_id"))
	var found []store.Entry
	for _, h := range hits {
		if h.Item == nil {
			continue
		}
		e := store.Entry{ID: h.Item.Envelope().ID, Item: h.Item}
		author := rd.author(h.Item.Envelope().Lab)
		if !rd.hides(e) && c.within(e.ID) && (err != nil || author != nil && author.ID == by) {
			found = append(found, e)
		}
	}
	return rd.statuses(cut(found, c.offset(), limit))
}

// within says whether an id lies between min_id and max_id.
func (c *call) within(id store.ID) bool {
	s := c.stretch(1, 1)
	return id > s.After && (s.Before == 0 || id < s.Before)
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
	found, err := c.lookUp(q)
	if err != nil {
		return nil, err
	}
	err = c.view(func(tx *store.Txn) error {
		list = c.accountsOf(tx, c.findActors(tx, q, found.Show(tx, c.viewer), c.number("limit", 40, 80)))
		return nil
	})
	return list, err
}
