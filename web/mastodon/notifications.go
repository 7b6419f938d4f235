package mastodon

import (
	"slices"

	"github.com/essaim/essaim/store"
)

// Notification tells who asks of something that somebody did.
type Notification struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"`
	GroupKey  string   `json:"group_key"`
	CreatedAt string   `json:"created_at"`
	Account   *Account `json:"account"`
	Status    *Status  `json:"status,omitempty"`
}

// noticeTypes are Mastodon's words for what notices tell. For what has none there are
// the pages and letters of this node.
var noticeTypes = map[store.NoticeKind]string{
	store.Mentioned: "mention", store.LikedBy: "favourite", store.AnnouncedBy: "reblog", store.FollowedBy: "follow",
	store.AskedToFollow: "follow_request", store.NewPost: "status", store.PostEdited: "update",
}

// notification writes a notice, or nil when the reader would not see what it is
// about.
func (rd *reading) notification(n *store.Notice) *Notification {
	by, err := rd.tx.Actor(n.Actor)
	if err != nil || noticeTypes[n.Kind] == "" || rd.tx.Silenced(rd.actor.ID, by) || rd.fate(by, n) != accepted && !rd.unfiltered {
		return nil
	}
	e := &Notification{
		ID: n.ID.String(), Type: noticeTypes[n.Kind], GroupKey: groupKey(n), CreatedAt: stamp(n.When), Account: rd.account(by),
	}
	if n.Record == 0 {
		return e
	}
	it, err := rd.tx.Record(n.Record)
	if err != nil || !rd.viewer.CanSee(it.Envelope()) || rd.tx.HasMutedThread(rd.actor.ID, rootID(it.Envelope())) {
		return nil
	}
	if slices.ContainsFunc(rd.filters, func(m *matcher) bool { return m.filter.Hide && m.matches(it) }) {
		return nil
	}
	if e.Status = rd.status(it); e.Status == nil {
		return nil
	}
	return e
}

// noticeFilter is what types, exclude_types and account_id ask for.
func (c *call) noticeFilter() func(*store.Notice) bool {
	types, without := c.list("types"), c.list("exclude_types")
	from, _ := store.ParseID(c.str("account_id"))
	return func(n *store.Notice) bool {
		word := noticeTypes[n.Kind]
		return (len(types) == 0 || slices.Contains(types, word)) && !slices.Contains(without, word) && (from == 0 || from == n.Actor)
	}
}

// notices reads a stretch of what the member is told, as far as wanted.
func (rd *reading) notices(s store.Stretch, wanted func(*store.Notice) bool) (list []*Notification, kept []*store.Notice, more bool) {
	for n := range rd.tx.Notices(rd.told(rd.tx), s) {
		if !wanted(n) {
			continue
		}
		if e := rd.notification(n); e != nil {
			list, kept = append(list, e), append(kept, n)
		}
		if len(list) == s.Limit {
			more = true
			break
		}
	}
	if s.Up {
		slices.Reverse(list)
		slices.Reverse(kept)
	}
	return list, kept, more
}

// notifications is GET /api/v1/notifications.
func notifications(c *call) (any, error) {
	s := c.stretch(40, 80)
	list := []*Notification{}
	err := c.view(func(tx *store.Txn) error {
		rd := c.reading(tx, "notifications")
		rd.unfiltered = c.flag("include_filtered") || c.str("account_id") != ""
		found, kept, more := rd.notices(s, c.noticeFilter())
		list = append(list[:0], found...)
		if len(kept) > 0 {
			c.links(kept[0].ID, kept[len(kept)-1].ID, more || s.Up)
		}
		return nil
	})
	return list, err
}

// notificationByID is GET /api/v1/notifications/:id.
func notificationByID(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	var e *Notification
	err = c.view(func(tx *store.Txn) error {
		n, err := tx.Notice(c.told(tx), id)
		if err != nil {
			return err
		}
		if e = c.reading(tx, "").notification(n); e == nil {
			return errNotFound
		}
		return nil
	})
	return e, err
}

// clearNotifications is POST /api/v1/notifications/clear. What the lab is told
// stays for the others who run it.
func clearNotifications(c *call) (any, error) {
	return empty{}, c.keep(func(tx *store.Txn) error {
		tx.ClearNotices(c.actor.ID)
		return nil
	})
}

// dismissNotification is POST /api/v1/notifications/:id/dismiss.
func dismissNotification(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return empty{}, c.keep(func(tx *store.Txn) error { return c.dismiss(tx, id) })
}

func (c *call) dismiss(tx *store.Txn, id store.ID) error {
	if _, err := tx.Notice(c.told(tx), id); err != nil {
		return err
	}
	for _, actor := range c.told(tx) {
		tx.DropNotice(actor, id)
	}
	return nil
}

// Count is how many notifications were not read.
type Count struct {
	Count int `json:"count"`
}

// unread is GET /api/v1/notifications/unread_count.
func unread(c *call) (any, error) {
	return c.countUnread(func(n *store.Notice) string { return n.ID.String() })
}

func (c *call) countUnread(group func(*store.Notice) string) (any, error) {
	s := store.Stretch{Limit: c.number("limit", 100, 1000)}
	seen := map[string]bool{}
	err := c.view(func(tx *store.Txn) error {
		if m := tx.Marker(c.actor.ID, "notifications"); m != nil {
			s.After, _ = store.ParseID(m.LastRead)
		}
		_, kept, _ := c.reading(tx, "notifications").notices(s, c.noticeFilter())
		for _, n := range kept {
			seen[group(n)] = true
		}
		return nil
	})
	return Count{len(seen)}, err
}
