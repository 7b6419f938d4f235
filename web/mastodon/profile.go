package mastodon

import (
	"errors"
	"html"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// updateProfile is PATCH /api/v1/accounts/update_credentials.
func updateProfile(c *call) (any, error) {
	p := *c.actor
	if err := c.fillProfile(&p); err != nil {
		return nil, err
	}
	if err := c.publish(&federation.Activity{Verb: "Update", Profile: &p}); err != nil {
		return nil, err
	}
	var e *Account
	err := c.view(func(tx *store.Txn) (err error) {
		if c.actor, err = tx.Actor(c.actor.ID); err == nil {
			e = c.self(tx)
		}
		return err
	})
	return e, err
}

func (c *call) fillProfile(p *store.Actor) error {
	if c.has("display_name") {
		p.Name = strings.TrimSpace(c.str("display_name"))
	}
	if c.has("note") {
		p.Summary = paragraphs(c.str("note"))
	}
	if c.has("locked") {
		p.Approves = c.flag("locked")
	}
	if c.has("discoverable") {
		p.Discoverable = c.flag("discoverable")
	}
	if c.has("indexable") {
		p.Indexable = c.flag("indexable")
	}
	if rows := c.rows("fields_attributes"); len(rows) > 0 {
		p.Fields = nil
		for _, row := range rows {
			if name := strings.TrimSpace(row["name"]); name != "" {
				p.Fields = append(p.Fields, store.NameValue{Name: name, Value: fieldValue(row["value"])})
			}
		}
	}
	if err := checkProfile(p); err != nil {
		return err
	}
	var err error
	if p.Icon, err = c.sentImage("avatar", p.Icon); err == nil {
		p.Banner, err = c.sentImage("header", p.Banner)
	}
	return err
}

func checkProfile(p *store.Actor) error {
	switch {
	case len([]rune(p.Name)) > maxName:
		return invalid("Display name is too long")
	case len([]rune(p.Summary)) > 2*maxBio:
		return invalid("Note is too long")
	case len(p.Fields) > maxFields:
		return invalid("There are too many fields")
	}
	for _, f := range p.Fields {
		if len([]rune(f.Name)) > maxFieldName || len([]rune(f.Value)) > 2*maxFieldValue {
			return invalid("Fields are too long")
		}
	}
	return nil
}

// deleteAvatar is DELETE /api/v1/profile/avatar, deleteHeader /header.
func deleteAvatar(c *call) (any, error) {
	return c.changeProfile(func(p *store.Actor) { p.Icon = nil })
}

func deleteHeader(c *call) (any, error) {
	return c.changeProfile(func(p *store.Actor) { p.Banner = nil })
}

func (c *call) changeProfile(change func(*store.Actor)) (any, error) {
	p := *c.actor
	change(&p)
	if err := c.publish(&federation.Activity{Verb: "Update", Profile: &p}); err != nil {
		return nil, err
	}
	c.actor = &p
	return verifyCredentials(c)
}

// sentImage is the picture of a form, or the one that there was.
func (c *call) sentImage(name string, old *store.Image) (*store.Image, error) {
	if c.r.MultipartForm == nil || len(c.r.MultipartForm.File[name]) == 0 {
		return old, nil
	}
	file, err := c.r.MultipartForm.File[name][0].Open()
	if err != nil {
		return nil, err
	}
	img, err := c.Images.Put(c.r.Context(), file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	img.URL, img.Alt = c.absolute(img.URL), c.str(name+"_description")
	return img, checkAlt(img.Alt)
}

// paragraphs makes HTML of what was typed.
func paragraphs(text string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
		}
	}
	return b.String()
}

// fieldValue makes HTML of the value of a field: an address becomes a link.
func fieldValue(text string) string {
	text = strings.TrimSpace(text)
	safe := html.EscapeString(text)
	if store.Origin(text) == "" || strings.ContainsAny(text, " \t\n") {
		return safe
	}
	return `<a href="` + safe + `" rel="nofollow noopener">` + safe + `</a>`
}
