package mastodon

import (
	"strconv"
	"time"

	"github.com/essaim/essaim/store"
)

// Week is what happened at the node in one week. All are numbers in texts.
type Week struct {
	Week          string `json:"week"`
	Statuses      string `json:"statuses"`
	Logins        string `json:"logins"`
	Registrations string `json:"registrations"`
}

const (
	weeks   = 12
	aWeek   = 7 * day
	maxWeek = 10_000 // records that are counted
)

// activity is GET /api/v1/instance/activity. Who signs in when is not counted.
func activity(c *call) (any, error) {
	list := make([]Week, weeks)
	err := c.view(func(tx *store.Txn) error {
		monday := tx.Now().Truncate(aWeek)
		since := monday.Add(-(weeks - 1) * aWeek)
		var posts, members [weeks]int
		add := func(counts *[weeks]int, at time.Time) {
			if i := int(monday.Add(aWeek).Sub(at) / aWeek); i >= 0 && i < weeks {
				counts[i]++
			}
		}
		s := store.Stretch{After: store.ID(since.UnixMilli()) << 16, Limit: maxWeek}
		for _, e := range tx.PublicTimeline(store.Reader{}, store.Scope{Home: true}, s).Entries {
			add(&posts, e.ID.Time())
		}
		for a := range tx.Members() {
			add(&members, a.ID.Time())
		}
		for i := range list {
			at := monday.Add(-time.Duration(i) * aWeek)
			list[i] = Week{strconv.FormatInt(at.Unix(), 10), strconv.Itoa(posts[i]), "0", strconv.Itoa(members[i])}
		}
		return nil
	})
	return list, err
}
