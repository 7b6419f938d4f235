package mastodon

import (
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// InstanceV1 is the node as apps knew it before.
type InstanceV1 struct {
	URI              string        `json:"uri"`
	Title            string        `json:"title"`
	ShortDescription string        `json:"short_description"`
	Description      string        `json:"description"`
	Email            string        `json:"email"`
	Version          string        `json:"version"`
	URLs             StreamingURL  `json:"urls"`
	Stats            InstanceStats `json:"stats"`
	Thumbnail        string        `json:"thumbnail"`
	Languages        []string      `json:"languages"`
	Registrations    bool          `json:"registrations"`
	ApprovalRequired bool          `json:"approval_required"`
	InvitesEnabled   bool          `json:"invites_enabled"`
	Configuration    Configuration `json:"configuration"`
	ContactAccount   *Account      `json:"contact_account"`
	Rules            []Rule        `json:"rules"`
}

// StreamingURL is where streams are.
type StreamingURL struct {
	StreamingAPI string `json:"streaming_api"`
}

// InstanceStats counts what is at the node.
type InstanceStats struct {
	UserCount   int `json:"user_count"`
	StatusCount int `json:"status_count"`
	DomainCount int `json:"domain_count"`
}

// instanceV1 is GET /api/v1/instance.
func instanceV1(c *call) (any, error) {
	var e InstanceV1
	err := c.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		n := tx.Count()
		about := markup.Plain(lab.Summary)
		e = InstanceV1{
			URI: c.Node.Host(), Title: lab.DisplayName(), ShortDescription: about, Description: about, Version: c.version(),
			URLs: StreamingURL{c.streamingURL()}, Stats: InstanceStats{n.Members, n.Records, len(c.peersOf(tx))},
			Thumbnail: c.thumbnail(lab), Languages: []string{"fr", "en"}, Configuration: c.configuration(),
			ContactAccount: c.accountOf(tx, lab), Rules: []Rule{},
		}
		return nil
	})
	return e, err
}
