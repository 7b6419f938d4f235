package mastodon

import (
	"errors"
	"html"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// Profile is the member's own profile as he edits it (4.6): texts, not HTML.
type Profile struct {
	ID                 string        `json:"id"`
	DisplayName        string        `json:"display_name"`
	Note               string        `json:"note"`
	Fields             []Field       `json:"fields"`
	Avatar             *string       `json:"avatar"`
	AvatarStatic       *string       `json:"avatar_static"`
	AvatarDescription  string        `json:"avatar_description"`
	Header             *string       `json:"header"`
	HeaderStatic       *string       `json:"header_static"`
	HeaderDescription  string        `json:"header_description"`
	Locked             bool          `json:"locked"`
	Bot                bool          `json:"bot"`
	HideCollections    bool          `json:"hide_collections"`
	Discoverable       bool          `json:"discoverable"`
	Indexable          bool          `json:"indexable"`
	ShowMedia          bool          `json:"show_media"`
	ShowMediaReplies   bool          `json:"show_media_replies"`
	ShowFeatured       bool          `json:"show_featured"`
	AttributionDomains []string      `json:"attribution_domains"`
	FeaturedTags       []FeaturedTag `json:"featured_tags"`
}

// profile is GET /api/v1/profile.
func profile(c *call) (any, error) {
	var p Profile
	err := c.view(func(tx *store.Txn) error {
		e := c.self(tx)
		p = Profile{
			ID: e.ID, DisplayName: c.actor.Name, Note: e.Source.Note, Fields: e.Source.Fields,
			AvatarDescription: e.AvatarDescription, HeaderDescription: e.HeaderDescription, Locked: e.Locked, Bot: e.Bot,
			HideCollections: e.HideCollections, Discoverable: e.Discoverable, Indexable: e.Indexable, ShowMedia: e.ShowMedia,
			ShowMediaReplies: e.ShowMediaReplies, ShowFeatured: e.ShowFeatured, AttributionDomains: e.Source.AttributionDomains,
			FeaturedTags: c.featuredOf(tx, c.actor),
		}
		if c.actor.Icon != nil {
			p.Avatar, p.AvatarStatic = &e.Avatar, &e.AvatarStatic
		}
		if c.actor.Banner != nil {
			p.Header, p.HeaderStatic = &e.Header, &e.HeaderStatic
		}
		return nil
	})
	return p, err
}

// patchProfile is PATCH /api/v1/profile.
func patchProfile(c *call) (any, error) {
	if _, err := updateProfile(c); err != nil {
		return nil, err
	}
	return profile(c)
}

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
		return c.described(name, old)
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

// described is a picture with the words that were sent for it, if there are any.
func (c *call) described(name string, old *store.Image) (*store.Image, error) {
	if old == nil || !c.has(name+"_description") {
		return old, nil
	}
	img := *old
	img.Alt = c.str(name + "_description")
	return &img, checkAlt(img.Alt)
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
