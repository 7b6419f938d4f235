package mastodon

import (
	"time"

	"github.com/essaim/essaim/store"
)

// ScheduledStatus is a status that will be published later.
type ScheduledStatus struct {
	ID               string            `json:"id"`
	ScheduledAt      string            `json:"scheduled_at"`
	Params           ScheduledParams   `json:"params"`
	MediaAttachments []MediaAttachment `json:"media_attachments"`
}

// ScheduledParams are what the status was posted with.
type ScheduledParams struct {
	Text            string   `json:"text"`
	Poll            *Poll    `json:"poll"`
	MediaIDs        []string `json:"media_ids"`
	Sensitive       bool     `json:"sensitive"`
	SpoilerText     string   `json:"spoiler_text"`
	Visibility      string   `json:"visibility"`
	InReplyToID     *string  `json:"in_reply_to_id"`
	Language        *string  `json:"language"`
	ApplicationID   string   `json:"application_id"`
	ScheduledAt     *string  `json:"scheduled_at"`
	Idempotency     *string  `json:"idempotency"`
	WithRateLimit   bool     `json:"with_rate_limit"`
	AllowedMentions []string `json:"allowed_mentions"`
}

const (
	soonest      = 5 * time.Minute // what is sooner is to be published at once
	latest       = 2 * 365 * day
	maxScheduled = 300 // of one member
)

// due is when a status is to be published; zero: at once.
func (c *call) due() (time.Time, error) {
	text := c.str("scheduled_at")
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00"} {
		if at, err := time.Parse(form, text); err == nil {
			return c.mayBeDue(at)
		}
	}
	return time.Time{}, invalid("Scheduled at is not a moment")
}

func (c *call) mayBeDue(at time.Time) (time.Time, error) {
	switch in := at.Sub(c.Node.Store.Now()); {
	case in < soonest:
		return at, invalid("Scheduled at must be at least 5 minutes in the future")
	case in > latest:
		return at, invalid("Scheduled at is too far in the future")
	}
	return at, nil
}

// schedule keeps a status for later.
func (c *call) schedule(it store.Item, due time.Time) (any, error) {
	n := 0
	if err := c.view(func(tx *store.Txn) error {
		for range tx.AllScheduled(c.actor.ID) {
			n++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if n >= maxScheduled {
		return nil, invalid("There are too many scheduled statuses")
	}
	s := &store.Scheduled{Actor: c.actor.ID, Due: due, Kind: newsKind}
	if err := c.Node.Schedule(c.r.Context(), it, s); err != nil {
		return nil, err
	}
	if err := c.useUploads(); err != nil {
		return nil, err
	}
	return c.scheduledEntity(s)
}

func (c *call) scheduledEntity(s *store.Scheduled) (e *ScheduledStatus, err error) {
	it, err := s.Read()
	if err != nil {
		return nil, err
	}
	r := it.Envelope()
	e = &ScheduledStatus{ID: s.ID.String(), ScheduledAt: stamp(s.Due), MediaAttachments: []MediaAttachment{}, Params: ScheduledParams{
		Text: typedText(r), MediaIDs: []string{}, Sensitive: r.Sensitive, SpoilerText: r.Pitch, Visibility: visibility(r.Audience),
		Language: textOrNil(r.Lang), ApplicationID: "0", AllowedMentions: []string{},
	}}
	for i, img := range picturesOf(r) {
		m := c.attachment(s.ID+store.ID(i), "image", &img)
		e.MediaAttachments, e.Params.MediaIDs = append(e.MediaAttachments, m), append(e.Params.MediaIDs, m.ID)
	}
	return e, c.view(func(tx *store.Txn) error {
		if parent, err := tx.RecordByIRI(r.InReplyTo); err == nil {
			id := parent.Envelope().ID.String()
			e.Params.InReplyToID = &id
		}
		return nil
	})
}

// scheduledStatuses is GET /api/v1/scheduled_statuses.
func scheduledStatuses(c *call) (any, error) {
	var kept []*store.Scheduled
	if err := c.view(func(tx *store.Txn) error {
		var all []*store.Scheduled
		for s := range tx.AllScheduled(c.actor.ID) {
			all = append([]*store.Scheduled{s}, all...)
		}
		kept = pageOf(c, all, usualPage, mostPage, func(s *store.Scheduled) store.ID { return s.ID })
		return nil
	}); err != nil {
		return nil, err
	}
	list := []*ScheduledStatus{}
	for _, s := range kept {
		e, err := c.scheduledEntity(s)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// scheduledStatus is GET /api/v1/scheduled_statuses/:id.
func scheduledStatus(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	var s *store.Scheduled
	if err := c.view(func(tx *store.Txn) (err error) {
		s, err = tx.Scheduled(c.actor.ID, id)
		return err
	}); err != nil {
		return nil, err
	}
	return c.scheduledEntity(s)
}

// reschedule is PUT /api/v1/scheduled_statuses/:id.
func reschedule(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	due, err := c.due()
	if err != nil {
		return nil, err
	}
	if due.IsZero() {
		return scheduledStatus(c)
	}
	s, err := c.Node.Reschedule(c.r.Context(), c.actor.ID, id, due)
	if err != nil {
		return nil, err
	}
	return c.scheduledEntity(s)
}

// unschedule is DELETE /api/v1/scheduled_statuses/:id.
func unschedule(c *call) (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return empty{}, c.keep(func(tx *store.Txn) error {
		if _, err := tx.Scheduled(c.actor.ID, id); err != nil {
			return err
		}
		tx.DeleteScheduled(c.actor.ID, id)
		return nil
	})
}
