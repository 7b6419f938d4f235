package mastodon

import (
	"html"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

const privacyPath = "/donnees-personnelles" // of the page

// ExtendedDescription is a text about the node.
type ExtendedDescription struct {
	UpdatedAt string `json:"updated_at"`
	Content   string `json:"content"`
}

// extendedDescription is GET /api/v1/instance/extended_description.
func extendedDescription(c *call) (any, error) {
	var e ExtendedDescription
	err := c.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil {
			e = ExtendedDescription{UpdatedAt: stamp(lastChange(lab)), Content: string(markup.Federated(lab.Summary))}
		}
		return err
	})
	return e, err
}

// privacyPolicy is GET /api/v1/instance/privacy_policy: where the page is that says it.
func privacyPolicy(c *call) (any, error) {
	var e ExtendedDescription
	err := c.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil {
			text := `<p><a href="` + c.Node.BaseURL + privacyPath + `">` + html.EscapeString(c.t("privacy.title")) + "</a></p>"
			e = ExtendedDescription{UpdatedAt: stamp(lastChange(lab)), Content: text}
		}
		return err
	})
	return e, err
}

func lastChange(a *store.Actor) time.Time {
	if a.Updated.IsZero() {
		return a.ID.Time()
	}
	return a.Updated
}
