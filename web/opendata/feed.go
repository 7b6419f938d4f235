package opendata

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"strings"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	"github.com/gorilla/feeds"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/schemaorg"
)

// feedLength is how many records a feed holds.
const feedLength = 50

func exportAtom(e *export) error {
	return e.feed("application/atom+xml; charset=utf-8", func(f *feeds.Feed) ([]byte, error) {
		atom := (&feeds.Atom{Feed: f}).AtomFeed()
		// RFC 4287 §4.2.7.2: the link to the page, and what the feed is called for ever.
		atom.Link.Rel, atom.Id = "alternate", e.self()
		return xmlDocument(atom)
	})
}

func exportRSS(e *export) error {
	return e.feed("application/rss+xml; charset=utf-8", func(f *feeds.Feed) ([]byte, error) {
		rss := (&feeds.Rss{Feed: f}).RssFeed()
		rss.Language = string(e.lang)
		for _, item := range rss.Items {
			item.Author = "" // RSS wants an e-mail address there
		}
		return xmlDocument(rss.FeedXml())
	})
}

func exportJSONFeed(e *export) error {
	return e.feed("application/feed+json; charset=utf-8", func(f *feeds.Feed) ([]byte, error) {
		feed := (&feeds.JSON{Feed: f}).JSONFeed()
		feed.FeedUrl, feed.Language = e.self(), string(e.lang)
		return json.Marshal(struct {
			*feeds.JSONFeed
			Items []*feeds.JSONItem `json:"items"` // required, also when there are none
		}{feed, append([]*feeds.JSONItem{}, feed.Items...)})
	})
}

func xmlDocument(v any) ([]byte, error) {
	b, err := xml.Marshal(v)
	return append([]byte(xml.Header), b...), err
}

// feed gathers the newest records and writes them in one of the forms.
func (e *export) feed(mediaType string, form func(*feeds.Feed) ([]byte, error)) error {
	if !e.begin(mediaType) {
		return nil
	}
	f := &feeds.Feed{Link: &feeds.Link{Href: e.htmlPage()}}
	err := e.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		title, lead := e.heading()
		f.Title, f.Description = title+" – "+lab.DisplayName(), lead
		f.Items, f.Updated = e.items(tx), lab.Created
		for _, item := range f.Items {
			if item.Updated.After(f.Updated) {
				f.Updated = item.Updated
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b, err := form(f)
	if err != nil {
		return err
	}
	e.out.Write(b)
	return e.send()
}

// heading is what the list is called, and what it is.
func (e *export) heading() (title, lead string) {
	if e.found == nil {
		return e.t("list." + e.kind.Name + ".title"), e.t("list." + e.kind.Name + ".lead")
	}
	if text := e.found.asked.Query.Text; text != "" {
		return e.t("search.title-of", "text", text), e.t("search.lead")
	}
	return e.t("search.title"), e.t("search.lead")
}

// items are the newest of the list: records, and the actors that a search found.
func (e *export) items(tx *store.Txn) []*feeds.Item {
	items := []*feeds.Item{}
	if e.found != nil {
		for _, hit := range e.found.Show(tx, e.by) {
			if hit.Actor != nil {
				items = append(items, e.actorItem(hit.Actor))
				continue
			}
			e.meet(tx, hit.Item.Envelope().Lab)
			items = append(items, e.item(hit.Item))
		}
		return items[:min(feedLength, len(items))]
	}
	for it := range tx.WalkKind(e.kind.Name, e.query, 0) {
		e.meet(tx, it.Envelope().Lab)
		if items = append(items, e.item(it)); len(items) == feedLength {
			break
		}
	}
	return items
}

// actorItem is a lab or a member that was found.
func (e *export) actorItem(a *store.Actor) *feeds.Item {
	lead := markup.Plain(a.Summary)
	if a.IsCommercial() {
		lead = e.Frame.Renderer.Catalog.Interest(e.lang, a.Interest) + " – " + lead
	}
	return &feeds.Item{
		Id: a.IRI, IsPermaLink: "false", Link: &feeds.Link{Href: a.Page()}, Title: oneLine(a.DisplayName()),
		Description: html.EscapeString(oneLine(lead)), Author: &feeds.Author{Name: oneLine(a.DisplayName())},
		Created: a.Created.UTC().Truncate(time.Second), Updated: a.Updated.UTC().Truncate(time.Second),
	}
}

func (e *export) item(it store.Item) *feeds.Item {
	r := it.Envelope()
	link := r.URL
	if link == "" {
		link = r.IRI
	}
	lead, content := r.Pitch, e.content(it)
	if words := e.Frame.Renderer.Catalog.SpokenFor(e.lang, r, e.actors[r.Lab]); words != "" {
		lead, content = words+" – "+lead, "<p><strong>"+html.EscapeString(words)+"</strong></p>"+content
	}
	return &feeds.Item{
		Id: r.IRI, IsPermaLink: "false", Link: &feeds.Link{Href: link},
		Title: oneLine(schemaorg.Title(r)), Description: html.EscapeString(oneLine(lead)),
		Author:  &feeds.Author{Name: e.words.Name(r.Lab)},
		Created: r.Created.UTC().Truncate(time.Second), Updated: r.Updated.UTC().Truncate(time.Second),
		Content: readable(content),
	}
}

// oneLine is a text without line ends and other control characters.
func oneLine(s string) string { return strings.Join(strings.Fields(readable(s)), " ") }

// readable leaves out the characters that XML cannot hold at all (XML 1.0 §2.2).
func readable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}

// content is the whole text of a record: its pitch, its body, and its fields under
// their names.
func (e *export) content(it store.Item) string {
	r := it.Envelope()
	var b strings.Builder
	if r.Title != "" && r.Pitch != "" {
		b.WriteString("<p>" + html.EscapeString(r.Pitch) + "</p>")
	}
	b.WriteString(string(body(r)))
	book := codebook{store.KindOf(r.Kind), e.Frame.Renderer.Catalog, e.lang}
	for i := range book.kind.Fields {
		f := &book.kind.Fields[i]
		if f.Envelope || f.Inner || f.Widget == store.Shown || f.IsEmpty(it) {
			continue
		}
		b.WriteString("<p><strong>" + html.EscapeString(book.label(f)) + "</strong><br>")
		b.WriteString(strings.ReplaceAll(html.EscapeString(e.text(f, it)), "\n", "<br>") + "</p>")
	}
	return b.String()
}

func body(r *store.Record) template.HTML {
	if r.Remote {
		return markup.Federated(r.HTML)
	}
	return template.HTML(markup.Ours(string(markup.Markdown(r.Body)))) // Ours lets through what is safe
}

// text is a field in words.
func (e *export) text(f *store.Field, v any) string {
	switch p := f.At(v).(type) {
	case *bool:
		return e.t("form.yes")
	case *[]string:
		words := make([]string, len(*p))
		for i, slug := range *p {
			words[i] = e.word(f.Vocabulary, slug)
		}
		return strings.Join(words, ", ")
	case store.Rows:
		lines := make([]string, p.Len())
		for i := range lines {
			lines[i] = e.rowText(f, p.Row(i))
		}
		return strings.Join(lines, "\n")
	}
	return e.word(f.Vocabulary, f.Text(v))
}

func (e *export) rowText(f *store.Field, row any) string {
	var cells []string
	for c := range f.Columns {
		if column := &f.Columns[c]; !column.IsEmpty(row) {
			cells = append(cells, e.text(column, row))
		}
	}
	return strings.Join(cells, " – ")
}

func (e *export) word(v *store.Vocabulary, slug string) string {
	if v != nil && v.Has(slug) {
		return e.t(v.Name + "." + slug)
	}
	return slug
}
