package mastodon

import (
	"html"
	"strings"
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// rendering is what of a status is the same for every reader. Sanitising and
// parsing cost more than all else, so it is made once for each version of a record.
type rendering struct {
	content  string
	warning  string
	mentions []string // IRIs
	media    []MediaAttachment
	emojis   []CustomEmoji
	poll     *Poll
	tags     []StatusTag
	card     *PreviewCard
}

// renderKey is a version of a record. Lang is that of the words around its text.
type renderKey struct {
	id               store.ID
	updated, fetched time.Time
	lang             assets.Lang
}

const maxRendered = 4096

func (c *call) render(tx *store.Txn, it store.Item) *rendering {
	r := it.Envelope()
	k := renderKey{r.ID, r.Updated, r.Fetched, c.lang()}
	if d, ok := c.rendered.GetIfPresent(k); ok {
		return d
	}
	d := c.renderNow(tx, it, tx.Raw(r.ID))
	c.rendered.Set(k, d)
	return d
}

// renderNow renders a record that has these bytes on the wire.
func (c *call) renderNow(tx *store.Txn, it store.Item, raw []byte) *rendering {
	r := it.Envelope()
	doc := objectOf(raw)
	d := &rendering{mentions: doc.Mentions(), tags: c.tagsOf(r), emojis: emojisOf(doc), poll: pollOf(r.ID, doc)}
	d.media = c.mediaOf(r, doc)
	switch {
	case r.Title != "" && (!r.Remote || r.Kind != "news"):
		d.content = c.sheet(it, d.tags)
		d.card = c.cardOf(tx, r)
	case r.Title != "":
		d.content = strong(r.Title) + string(markup.Federated(r.HTML))
		d.card = c.cardOf(tx, r)
	case r.Remote && d.poll == nil:
		d.content, d.warning = string(markup.Federated(r.HTML)), r.Pitch
	default:
		content, _ := doc.Lang("content")
		d.content, d.warning = string(markup.Federated(content)), r.Pitch
	}
	return d
}

// objectOf is the object in the bytes that are kept of a record: the object
// itself, or the activity that brought it.
func objectOf(raw []byte) vocab.Doc {
	doc, err := vocab.Parse(raw)
	if err != nil {
		return vocab.Doc{}
	}
	if inner := doc.Doc("object"); !inner.IsZero() {
		return inner
	}
	return doc
}

// sheet is a record as a short text: its title, where it stands or when and where
// it takes place, its pitch, the address of its page, its hashtags.
func (c *call) sheet(it store.Item, tags []StatusTag) string {
	r := it.Envelope()
	var b strings.Builder
	b.WriteString(strong(r.Title))
	if facts := c.facts(it); facts != "" {
		b.WriteString("<p>" + html.EscapeString(facts) + "</p>")
	}
	if r.Pitch != "" {
		b.WriteString("<p>" + html.EscapeString(r.Pitch) + "</p>")
	}
	page := html.EscapeString(pageOfRecord(r))
	_, shown, _ := strings.Cut(page, "://")
	b.WriteString(`<p><a href="` + page + `" rel="nofollow noopener" target="_blank">` + shown + "</a></p>")
	b.WriteString(tagLine(tags))
	return b.String()
}

func strong(title string) string { return "<p><strong>" + html.EscapeString(title) + "</strong></p>" }

func tagLine(tags []StatusTag) string {
	var links []string
	for _, t := range tags {
		links = append(links, `<a href="`+html.EscapeString(t.URL)+`" class="mention hashtag" rel="tag">#<span>`+html.EscapeString(t.Name)+"</span></a>")
	}
	if len(links) == 0 {
		return ""
	}
	return "<p>" + strings.Join(links, " ") + "</p>"
}

// facts is the line below the title: what it is, at which stage, when and where.
func (c *call) facts(it store.Item) string {
	r := it.Envelope()
	facts := []string{c.t("kind." + r.Kind)}
	if staged, ok := it.(store.Staged); ok && staged.Journey().Stage != "" {
		facts = append(facts, c.t(staged.Journey().Stage))
	}
	if s, ok := it.(store.Summarizer); ok && s.Summary() != r.Pitch && s.Summary() != "" {
		facts = append(facts, s.Summary())
	}
	return strings.Join(facts, " · ")
}

// tagsOf are the hashtags of a record with the addresses of their pages.
func (c *call) tagsOf(r *store.Record) []StatusTag {
	tags, seen := []StatusTag{}, map[string]bool{}
	add := func(name string) {
		if folded := vocab.FoldHashtag(name); folded != "" && !seen[folded] {
			seen[folded] = true
			tags = append(tags, StatusTag{Name: name, URL: c.Node.TagURL(name)})
		}
	}
	for _, theme := range r.Themes {
		add(vocab.ThemeTag(theme))
	}
	for _, tag := range r.Tags {
		add(tag)
	}
	return tags
}

// PreviewCard is the box below a status that leads to a page.
type PreviewCard struct {
	URL          string       `json:"url"`
	Title        string       `json:"title"`
	Description  string       `json:"description"`
	Type         string       `json:"type"`
	Authors      []CardAuthor `json:"authors"`
	AuthorName   string       `json:"author_name"`
	AuthorURL    string       `json:"author_url"`
	ProviderName string       `json:"provider_name"`
	ProviderURL  string       `json:"provider_url"`
	HTML         string       `json:"html"`
	Width        int          `json:"width"`
	Height       int          `json:"height"`
	Image        *string      `json:"image"`
	ImageDesc    string       `json:"image_description"`
	EmbedURL     string       `json:"embed_url"`
	Blurhash     *string      `json:"blurhash"`
	Language     *string      `json:"language"`
	PublishedAt  *string      `json:"published_at"`
	History      []TagHistory `json:"history,omitempty"`
}

// CardAuthor is who wrote the page.
type CardAuthor struct {
	Name    string   `json:"name"`
	URL     string   `json:"url"`
	Account *Account `json:"account"`
}

// cardOf is the box of a record's own page.
func (c *call) cardOf(tx *store.Txn, r *store.Record) *PreviewCard {
	card := &PreviewCard{
		URL: pageOfRecord(r), Title: r.Title, Description: r.Pitch, Type: "link", Authors: []CardAuthor{},
		ProviderName: r.Host, ProviderURL: store.Origin(r.IRI), PublishedAt: stampOf(r.Created),
	}
	if a, err := tx.ActorByIRI(r.Lab); err == nil {
		card.AuthorName, card.AuthorURL, card.ProviderName = a.DisplayName(), a.Page(), a.DisplayName()
		card.Authors = []CardAuthor{{Name: a.DisplayName(), URL: a.Page()}}
	}
	if r.Lang != "" {
		card.Language = &r.Lang
	}
	if r.Image != nil {
		url := c.absolute(r.Image.URL)
		card.Image, card.ImageDesc, card.Width, card.Height = &url, r.Image.Alt, r.Image.Width, r.Image.Height
		card.Blurhash = textOrNil(r.Image.Blurhash)
	}
	return card
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
