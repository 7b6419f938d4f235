package mastodon

import (
	"cmp"
	"slices"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// directory is GET /api/v1/directory: labs and members who want to be found, the
// labs of the network before people.
func directory(c *call) (any, error) {
	limit, offset := c.number("limit", 40, 80), c.offset()
	var list []*Account
	err := c.view(func(tx *store.Txn) error {
		list = c.accountsOf(tx, cut(c.listed(tx), offset, limit))
		return nil
	})
	return list, err
}

// listed are all who want to be found, in the order that is asked for.
func (c *call) listed(tx *store.Txn) []store.ID {
	type found struct {
		id    store.ID
		last  store.ID
		group bool
	}
	var all []found
	for a := range tx.Actors() {
		if !a.Discoverable || !a.Deleted.IsZero() || a.Type == store.Application || tx.HostBlocked(a.Host) ||
			tx.BlockedHere(a.ID) || c.flag("local") && !a.Local {
			continue
		}
		all = append(all, found{a.ID, tx.LastPost(a), a.Type == store.Group})
	}
	slices.SortStableFunc(all, func(x, y found) int {
		if x.group != y.group && c.str("order") == "" {
			return cmp.Compare(btoi(y.group), btoi(x.group))
		}
		if c.str("order") == "new" {
			return cmp.Compare(y.id, x.id)
		}
		return cmp.Compare(y.last, x.last)
	})
	ids := make([]store.ID, len(all))
	for i, f := range all {
		ids[i] = f.id
	}
	return ids
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Suggestion is an account that the reader may want to follow, and why.
type Suggestion struct {
	Source  string   `json:"source"`
	Sources []string `json:"sources"`
	Account *Account `json:"account"`
}

// suggestions is GET /api/v2/suggestions: whom those follow whom the member or
// the lab follows, and the labs that the network page suggests.
func suggestions(c *call) (any, error) {
	list := []Suggestion{}
	err := c.view(func(tx *store.Txn) error {
		for _, a := range c.accountsOf(tx, c.suggested(tx, c.number("limit", 40, 80))) {
			list = append(list, Suggestion{"past_interactions", []string{"friends_of_friends"}, a})
		}
		return nil
	})
	return list, err
}

// suggestionsV1 is GET /api/v1/suggestions.
func suggestionsV1(c *call) (any, error) {
	var list []*Account
	err := c.view(func(tx *store.Txn) error {
		list = c.accountsOf(tx, c.suggested(tx, c.number("limit", 40, 80)))
		return nil
	})
	return list, err
}

func (c *call) suggested(tx *store.Txn, limit int) []store.ID {
	points := map[store.ID]int{}
	for _, me := range c.homes(tx) {
		for f := range tx.Following(me) {
			for g := range tx.Following(f.Followed) {
				points[g.Followed]++
			}
			for g := range tx.Followers(f.Followed) {
				points[g.Follower]++
			}
		}
	}
	for _, s := range tx.Suggestions(limit) { // labs that nobody here has to do with yet
		if a, err := tx.ActorByIRI(s.Lab.IRI); err == nil {
			points[a.ID] += 1 + len(s.Followers)
		}
	}
	var ids []store.ID
	for id := range points {
		a, err := knownActor(tx, id)
		if err != nil || !a.Discoverable || id == c.actor.ID || tx.Follows(c.actor.ID, id) || asks(tx, c.actor.ID, id) ||
			tx.Blocks(c.actor.ID, id) || tx.Mute(c.actor.ID, id).Active(tx.Now()) {
			continue
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b store.ID) int {
		return cmp.Or(cmp.Compare(points[b], points[a]), cmp.Compare(a, b))
	})
	return cut(ids, 0, limit)
}

// Report is a complaint about an account.
type Report struct {
	ID            string   `json:"id"`
	ActionTaken   bool     `json:"action_taken"`
	ActionTakenAt *string  `json:"action_taken_at"`
	Category      string   `json:"category"`
	Comment       string   `json:"comment"`
	Forwarded     bool     `json:"forwarded"`
	CreatedAt     string   `json:"created_at"`
	StatusIDs     []string `json:"status_ids"`
	RuleIDs       []string `json:"rule_ids"`
	TargetAccount *Account `json:"target_account"`
}

const maxComment = 1000

// report is POST /api/v1/reports. It goes to those who moderate this node; they
// decide whether the other node hears of it.
func report(c *call) (any, error) {
	comment := c.str("comment")
	if len([]rune(comment)) > maxComment {
		return nil, invalid("Comment is too long")
	}
	target, err := parseID(c.str("account_id"))
	if err != nil {
		return nil, err
	}
	about, err := c.accused(target)
	if err != nil {
		return nil, err
	}
	a := &federation.Activity{Verb: "Flag", Objects: about, Text: comment}
	if err := c.publish(a); err != nil {
		return nil, err
	}
	return c.reportOf(a, target)
}

// accused are the account and the statuses that a report names.
func (c *call) accused(target store.ID) (iris []string, err error) {
	err = c.view(func(tx *store.Txn) error {
		a, err := knownActor(tx, target)
		if err != nil {
			return err
		}
		iris = []string{a.IRI}
		for _, id := range c.ids("status_ids") {
			if e, err := c.recordWith(tx, id); err == nil {
				iris = append(iris, e.Item.Envelope().IRI)
			}
		}
		return nil
	})
	return iris, err
}

func (c *call) reportOf(a *federation.Activity, target store.ID) (any, error) {
	e := &Report{
		Category: cmp.Or(c.str("category"), "other"), Comment: a.Text, CreatedAt: stamp(a.When),
		StatusIDs: append([]string{}, c.list("status_ids")...), RuleIDs: []string{},
	}
	return e, c.view(func(tx *store.Txn) error {
		for r := range tx.Reports() {
			if r.IRI == a.IRI {
				e.ID = r.ID.String()
				break
			}
		}
		if by, err := tx.Actor(target); err == nil {
			e.TargetAccount = c.accountOf(tx, by)
		}
		return nil
	})
}
