package mastodon

import (
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// NotificationPolicy says of whom the member wants to be told: "accept", "filter",
// which keeps it as a request, or "drop".
type NotificationPolicy struct {
	ForNotFollowing    string        `json:"for_not_following"`
	ForNotFollowers    string        `json:"for_not_followers"`
	ForNewAccounts     string        `json:"for_new_accounts"`
	ForPrivateMentions string        `json:"for_private_mentions"`
	ForLimitedAccounts string        `json:"for_limited_accounts"`
	Summary            PolicySummary `json:"summary"`
}

// PolicySummary is what waits among the requests.
type PolicySummary struct {
	PendingRequests      int `json:"pending_requests_count"`
	PendingNotifications int `json:"pending_notifications_count"`
}

// What becomes of a notice.
const (
	accepted = "accept"
	filtered = "filter"
	dropped  = "drop"
)

// policy is a choice for each of policyNames; what is not chosen is accepted.
type policy map[string]string

var policyNames = []string{"for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions", "for_limited_accounts"}

const newAccount = 30 * 24 * time.Hour

// policy is what the member chose, read once.
func (rd *reading) policy() policy {
	if rd.chosen == nil {
		rd.chosen = rd.tx.NoticePolicy(rd.actor.ID)
		if rd.chosen == nil {
			rd.chosen = policy{}
		}
	}
	return rd.chosen
}

// fate is what becomes of a notice of what somebody did: the hardest of the choices
// that hold for him. Nobody is limited here. An answer to one's own message is
// wanted.
func (rd *reading) fate(by *store.Actor, n *store.Notice) string {
	p, me := rd.policy(), rd.actor.ID
	if len(p) == 0 || rd.tx.Follows(me, by.ID) && n.Kind != store.AskedToFollow || rd.tx.Wish(me, by.ID).Heard {
		return accepted
	}
	holds := map[string]bool{
		"for_not_following":    true,
		"for_not_followers":    !rd.tx.Follows(by.ID, me),
		"for_new_accounts":     rd.tx.Now().Sub(bornAt(by)) < newAccount,
		"for_private_mentions": n.Kind == store.Mentioned && rd.isPrivate(n.Record),
	}
	fate := accepted
	for name, now := range holds {
		switch {
		case now && p[name] == dropped:
			return dropped
		case now && p[name] == filtered:
			fate = filtered
		}
	}
	return fate
}

func (rd *reading) isPrivate(id store.ID) bool {
	it, err := rd.tx.Record(id)
	if err != nil {
		return false
	}
	r := it.Envelope()
	parent, err := rd.tx.RecordByIRI(r.InReplyTo)
	answersMe := err == nil && parent.Envelope().Lab == rd.actor.IRI
	return r.Audience == store.Named && !answersMe
}

func (p policy) entity() NotificationPolicy {
	choice := func(name string) string {
		if p[name] == "" {
			return accepted
		}
		return p[name]
	}
	return NotificationPolicy{
		ForNotFollowing: choice(policyNames[0]), ForNotFollowers: choice(policyNames[1]), ForNewAccounts: choice(policyNames[2]),
		ForPrivateMentions: choice(policyNames[3]), ForLimitedAccounts: choice(policyNames[4]),
	}
}

// notificationPolicy is GET and PATCH /api/v2/notifications/policy.
func notificationPolicy(c *call) (any, error) {
	if c.r.Method != http.MethodGet {
		if err := c.keep(c.choosePolicy); err != nil {
			return nil, err
		}
	}
	var e NotificationPolicy
	err := c.view(func(tx *store.Txn) error {
		rd := c.reading(tx, "")
		e = rd.policy().entity()
		for _, q := range rd.requests() {
			e.Summary.PendingRequests++
			e.Summary.PendingNotifications += len(q.notices)
		}
		return nil
	})
	return e, err
}

func (c *call) choosePolicy(tx *store.Txn) error {
	p := policy{}
	maps.Copy(p, tx.NoticePolicy(c.actor.ID))
	for _, name := range policyNames {
		choice := c.str(name)
		if choice != "" && !strings.Contains(" accept filter drop ", " "+choice+" ") {
			return invalid(name + " is not known")
		}
		if choice != "" {
			p[name] = choice
		}
	}
	tx.PutNoticePolicy(c.actor.ID, p)
	return nil
}
