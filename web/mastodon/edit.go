package mastodon

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// edit is PUT /api/v1/statuses/:id: of news the text, of all else the pitch.
func edit(c *call) (any, error) {
	var it store.Item
	err := c.view(func(tx *store.Txn) error {
		e, err := c.record(tx)
		if err != nil {
			return err
		}
		if it = e.Item; !c.viewer.CanEdit(it.Envelope()) {
			return errNotFound
		}
		return c.change(tx, it.Envelope())
	})
	if err != nil {
		return nil, err
	}
	r := it.Envelope()
	if err := c.publish(&federation.Activity{Verb: "Update", Actor: r.Lab, Item: it}); err != nil {
		return nil, err
	}
	if err := c.useUploads(); err != nil {
		return nil, err
	}
	return c.one(func(tx *store.Txn) (store.Entry, error) { return c.recordWith(tx, r.ID) })
}

func (c *call) change(tx *store.Txn, r *store.Record) error {
	if c.has("status") && r.Title != "" {
		r.Pitch = strings.TrimSpace(c.str("status"))
	} else if c.has("status") {
		r.Body, r.Tags = fromTyped(c.str("status"))
	}
	if c.has("spoiler_text") && r.Title == "" {
		r.Pitch = strings.TrimSpace(c.str("spoiler_text"))
	}
	if c.has("sensitive") {
		r.Sensitive = c.flag("sensitive")
	}
	if lang := c.language(); lang != "" {
		r.Lang = lang
	}
	switch {
	case len(c.list("media_ids")) > 0:
		return c.picture(tx, r)
	case len(c.rows("media_attributes")) > 0:
		return c.describePictures(r)
	case r.Title == "": // apps do not know the pictures of records well
		r.Image, r.Pictures = nil, nil
	}
	return nil
}

// language is the language that a text is said to be in; empty for what is none.
func (c *call) language() string {
	tag, err := language.Parse(c.str("language"))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}
