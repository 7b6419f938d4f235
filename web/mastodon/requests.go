package mastodon

import (
	"strconv"

	"github.com/essaim/essaim/store"
)

// NotificationRequest is what somebody did whose notices the policy keeps back.
type NotificationRequest struct {
	ID                 string   `json:"id"`
	CreatedAt          string   `json:"created_at"`
	UpdatedAt          string   `json:"updated_at"`
	NotificationsCount string   `json:"notifications_count"`
	Account            *Account `json:"account"`
	LastStatus         *Status  `json:"last_status"`
}

// request are the notices that are kept back of one actor, newest first.
type request struct {
	by      *store.Actor
	notices []*store.Notice
}

const maxKeptBack = 1000 // notices that are looked at

// requests are those of all actors, who did something last first.
func (rd *reading) requests() []*request {
	if len(rd.policy()) == 0 {
		return nil
	}
	var all []*request
	byActor := map[store.ID]*request{}
	looked := 0
	for n := range rd.tx.Notices([]store.ID{rd.actor.ID}, store.Stretch{}) {
		if looked++; looked > maxKeptBack {
			break
		}
		by, err := rd.tx.Actor(n.Actor)
		if err != nil || noticeTypes[n.Kind] == "" || rd.tx.Silenced(rd.actor.ID, by) || rd.fate(by, n) != filtered {
			continue
		}
		if byActor[by.ID] == nil {
			byActor[by.ID] = &request{by: by}
			all = append(all, byActor[by.ID])
		}
		byActor[by.ID].notices = append(byActor[by.ID].notices, n)
	}
	return all
}

func (rd *reading) requestEntity(q *request) *NotificationRequest {
	newest, oldest := q.notices[0], q.notices[len(q.notices)-1]
	e := &NotificationRequest{
		ID: q.by.ID.String(), CreatedAt: stamp(oldest.When), UpdatedAt: stamp(newest.When),
		NotificationsCount: strconv.Itoa(len(q.notices)), Account: rd.account(q.by),
	}
	for _, n := range q.notices {
		it, err := rd.tx.Record(n.Record)
		if err == nil && n.Kind == store.Mentioned && rd.viewer.CanSee(it.Envelope()) {
			e.LastStatus = rd.status(it)
			break
		}
	}
	return e
}

// notificationRequests is GET /api/v1/notifications/requests. Pages go by the newest
// of what each did.
func notificationRequests(c *call) (any, error) {
	list := []*NotificationRequest{}
	err := c.view(func(tx *store.Txn) error {
		list = list[:0]
		rd := c.reading(tx, "notifications")
		for _, q := range pageOf(c, rd.requests(), 40, 80, func(q *request) store.ID { return q.notices[0].ID }) {
			list = append(list, rd.requestEntity(q))
		}
		return nil
	})
	return list, err
}

// notificationRequest is GET /api/v1/notifications/requests/:id.
func notificationRequest(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	var e *NotificationRequest
	err = c.view(func(tx *store.Txn) error {
		rd := c.reading(tx, "notifications")
		for _, q := range rd.requests() {
			if q.by.ID == id {
				e = rd.requestEntity(q)
				return nil
			}
		}
		return errNotFound
	})
	return e, err
}

// acceptRequests is POST /api/v1/notifications/requests/accept and /:id/accept: from
// now on, and for what was kept back, the member hears of these.
func acceptRequests(c *call) (any, error) {
	return c.onRequests(func(tx *store.Txn, q *request) error {
		w := tx.Wish(c.actor.ID, q.by.ID)
		w.Heard = true
		tx.PutWish(c.actor.ID, q.by.ID, w)
		return nil
	})
}

// dismissRequests is POST /api/v1/notifications/requests/dismiss and /:id/dismiss.
func dismissRequests(c *call) (any, error) {
	return c.onRequests(func(tx *store.Txn, q *request) error {
		for _, n := range q.notices {
			tx.DropNotice(c.actor.ID, n.ID)
		}
		return nil
	})
}

// onRequests does something with the requests that the path or the parameters name.
func (c *call) onRequests(do func(*store.Txn, *request) error) (any, error) {
	wanted := map[store.ID]bool{}
	for _, id := range c.ids("id") {
		wanted[id] = true
	}
	if id, err := c.id("id"); err == nil {
		wanted[id] = true
	}
	return empty{}, c.keep(func(tx *store.Txn) error {
		found := false
		for _, q := range c.reading(tx, "").requests() {
			if !wanted[q.by.ID] {
				continue
			}
			found = true
			if err := do(tx, q); err != nil {
				return err
			}
		}
		if !found {
			return errNotFound
		}
		return nil
	})
}

// requestsMerged is GET /api/v1/notifications/requests/merged: what was accepted is
// among the notifications at once.
func requestsMerged(*call) (any, error) { return map[string]bool{"merged": true}, nil }
