package mastodon

import (
	"fmt"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
)

// GroupedNotifications are notifications with those of one kind about one status
// drawn together.
type GroupedNotifications struct {
	Accounts []*Account          `json:"accounts"`
	Statuses []*Status           `json:"statuses"`
	Groups   []NotificationGroup `json:"notification_groups"`
}

// NotificationGroup is several notifications that read as one.
type NotificationGroup struct {
	GroupKey                 string   `json:"group_key"`
	NotificationsCount       int      `json:"notifications_count"`
	Type                     string   `json:"type"`
	MostRecentNotificationID string   `json:"most_recent_notification_id"`
	PageMinID                string   `json:"page_min_id,omitempty"`
	PageMaxID                string   `json:"page_max_id,omitempty"`
	LatestPageNotificationAt string   `json:"latest_page_notification_at,omitempty"`
	SampleAccountIDs         []string `json:"sample_account_ids"`
	StatusID                 string   `json:"status_id,omitempty"`
}

const (
	groupWindow   = 12 * time.Hour
	sampleSize    = 8
	grouped       = 6 // notifications that are read for each group that is asked for
	singlesPrefix = "ungrouped-"
)

// groupKey is the same for notifications that are drawn together: likes and
// announcements of one record, and follows, within half a day.
func groupKey(n *store.Notice) string {
	window := n.ID.Time().Unix() / int64(groupWindow/time.Second)
	switch n.Kind {
	case store.LikedBy, store.AnnouncedBy:
		return fmt.Sprintf("%s-%s-%d", noticeTypes[n.Kind], n.Record, window)
	case store.FollowedBy:
		return fmt.Sprintf("%s-%d", noticeTypes[n.Kind], window)
	}
	return singlesPrefix + n.ID.String()
}

// groupedNotifications is GET /api/v2/notifications.
func groupedNotifications(c *call) (any, error) {
	s := c.stretch(40, 80)
	groups := s.Limit
	s.Limit *= grouped
	var e GroupedNotifications
	err := c.view(func(tx *store.Txn) error {
		rd := c.reading(tx, "notifications")
		found, kept, more := rd.notices(s, c.noticeFilter())
		var used int
		e, used = gather(found, kept, groups)
		if used > 0 {
			c.links(kept[0].ID, kept[used-1].ID, more || used < len(kept) || s.Up)
		}
		return nil
	})
	return e, err
}

// gather draws notifications together, at most limit groups of them, and says how
// many notifications these took.
func gather(list []*Notification, notices []*store.Notice, limit int) (GroupedNotifications, int) {
	g := gathering{GroupedNotifications: GroupedNotifications{Accounts: []*Account{}, Statuses: []*Status{}, Groups: []NotificationGroup{}}}
	for i, n := range list {
		at := slices.IndexFunc(g.Groups, func(have NotificationGroup) bool { return have.GroupKey == n.GroupKey })
		if at < 0 && len(g.Groups) == limit {
			return g.GroupedNotifications, i
		}
		g.add(n, notices[i], at)
	}
	return g.GroupedNotifications, len(list)
}

type gathering struct{ GroupedNotifications }

func (g *gathering) add(n *Notification, notice *store.Notice, at int) {
	if !slices.ContainsFunc(g.Accounts, func(a *Account) bool { return a.ID == n.Account.ID }) {
		g.Accounts = append(g.Accounts, n.Account)
	}
	if n.Status != nil && !slices.ContainsFunc(g.Statuses, func(s *Status) bool { return s.ID == n.Status.ID }) {
		g.Statuses = append(g.Statuses, n.Status)
	}
	if at < 0 {
		group := NotificationGroup{
			GroupKey: n.GroupKey, Type: n.Type, MostRecentNotificationID: n.ID, PageMaxID: n.ID,
			LatestPageNotificationAt: stamp(notice.When), SampleAccountIDs: []string{},
		}
		if n.Status != nil {
			group.StatusID = n.Status.ID
		}
		g.Groups = append(g.Groups, group)
		at = len(g.Groups) - 1
	}
	group := &g.Groups[at]
	group.NotificationsCount++
	group.PageMinID = n.ID
	if len(group.SampleAccountIDs) < sampleSize && !slices.Contains(group.SampleAccountIDs, n.Account.ID) {
		group.SampleAccountIDs = append(group.SampleAccountIDs, n.Account.ID)
	}
}

// inGroup are the notifications of the group that the path names.
func (c *call) inGroup(rd *reading) ([]*Notification, []*store.Notice) {
	key := mux.Vars(c.r)["group"]
	list, kept, _ := rd.notices(store.Stretch{Limit: 1000}, func(n *store.Notice) bool {
		return groupKey(n) == key || singlesPrefix+n.ID.String() == key
	})
	return list, kept
}

// groupByKey is GET /api/v2/notifications/:group_key.
func groupByKey(c *call) (any, error) {
	var e GroupedNotifications
	err := c.view(func(tx *store.Txn) error {
		list, kept := c.inGroup(c.reading(tx, ""))
		if len(list) == 0 {
			return errNotFound
		}
		e, _ = gather(list, kept, 1)
		return nil
	})
	return e, err
}

// groupAccounts is GET /api/v2/notifications/:group_key/accounts.
func groupAccounts(c *call) (any, error) {
	list := []*Account{}
	err := c.view(func(tx *store.Txn) error {
		found, _ := c.inGroup(c.reading(tx, ""))
		for _, n := range found {
			list = append(list, n.Account)
		}
		return nil
	})
	return list, err
}

// dismissGroup is POST /api/v2/notifications/:group_key/dismiss.
func dismissGroup(c *call) (any, error) {
	return empty{}, c.keep(func(tx *store.Txn) error {
		_, kept := c.inGroup(c.reading(tx, ""))
		for _, n := range kept {
			if err := c.dismiss(tx, n.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// unreadGroups is GET /api/v2/notifications/unread_count.
func unreadGroups(c *call) (any, error) { return c.countUnread(groupKey) }
