package vocab

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/essaim/essaim/store"
)

// Publication is what a record's document says that the record itself does not
// know.
type Publication struct {
	To, Cc   []string                // as the audience demands; Public by its full name
	Body     string                  // HTML of the record's text in the form for other servers
	Context  string                  // IRI of the record that began the thread; empty: this one
	TagURL   func(tag string) string // address of a hashtag's page
	Mentions []*store.Actor          // who is to be told; also in To or Cc
	Interest store.Interest          // of whoever publishes it, where the record says nothing of its own
}

// objectThing is a go-fed object under construction.
type objectThing interface {
	thing
	SetActivityStreamsName(vocab.ActivityStreamsNameProperty)
	SetActivityStreamsSummary(vocab.ActivityStreamsSummaryProperty)
	SetActivityStreamsContent(vocab.ActivityStreamsContentProperty)
	SetActivityStreamsUrl(vocab.ActivityStreamsUrlProperty)
	SetActivityStreamsAttributedTo(vocab.ActivityStreamsAttributedToProperty)
	SetActivityStreamsInReplyTo(vocab.ActivityStreamsInReplyToProperty)
}

// newObject makes the go-fed object of a kind's type.
func newObject(typ string) objectThing {
	switch typ {
	case "Article":
		return streams.NewActivityStreamsArticle()
	case "Event":
		return streams.NewActivityStreamsEvent()
	case "Page":
		return streams.NewActivityStreamsPage()
	}
	return streams.NewActivityStreamsNote()
}

// RecordDocument writes a record of this node as the ActivityStreams object of
// its kind, with every property that some server needs to show it well. A Note
// has no name, which would be a vote, and its summary is a content warning: news
// have what they warn of there. For all others the summary is the pitch, the only
// text that Mastodon shows of them. The properties of our own come from the kind's
// descriptor.
func RecordDocument(it store.Item, p Publication) []byte {
	r, kind := it.Envelope(), store.KindOf(it.Envelope().Kind)
	t := newObject(kind.Type)
	setID(t, r.IRI)
	address(t, p.To, p.Cc)
	t.SetActivityStreamsAttributedTo(iris(streams.NewActivityStreamsAttributedToProperty(), r.Lab))
	t.SetActivityStreamsUrl(iris(streams.NewActivityStreamsUrlProperty(), firstOf(r.URL, r.IRI)))
	if r.InReplyTo != "" {
		t.SetActivityStreamsInReplyTo(iris(streams.NewActivityStreamsInReplyToProperty(), r.InReplyTo))
	}
	x := extension(t.GetUnknownProperties())
	switch {
	case !kind.Reply:
		setTitle(t, x, it, kind)
	case r.Pitch != "":
		t.SetActivityStreamsSummary(text(streams.NewActivityStreamsSummaryProperty(), marked(oneLine(r.Pitch))))
	}
	setContent(t, x, it, p)
	setThread(x, r, p)
	setMedia(x, r)
	setKind(x, it, kind)
	if r.Interest == (store.Interest{}) {
		x.setFields(store.InterestFields, &p.Interest)
	}
	return marshal(t, objectContext)
}

func setTitle(t objectThing, x extension, it store.Item, kind *store.Kind) {
	r := it.Envelope()
	t.SetActivityStreamsName(text(streams.NewActivityStreamsNameProperty(), oneLine(r.Title)))
	if summary := summaryOf(it, kind); summary != "" {
		pitch := marked(oneLine(summary))
		t.SetActivityStreamsSummary(text(streams.NewActivityStreamsSummaryProperty(), pitch))
		x["preview"] = map[string]string{"type": "Note", "content": "<p>" + pitch + "</p>"} // FEP-b2b8
	}
	x["actor"] = r.Lab // Mobilizon wants it beside attributedTo
}

// summaryOf is the only text that Mastodon shows of a record; of a Note it would
// be a content warning.
func summaryOf(it store.Item, kind *store.Kind) string {
	if kind.Type == "Note" {
		return ""
	}
	if s, ok := it.(store.Summarizer); ok {
		return s.Summary()
	}
	return it.Envelope().Pitch
}

// setContent writes the text: complete in itself, once plain and once under its
// language, and as it was typed.
func setContent(t objectThing, x extension, it store.Item, p Publication) {
	r, kind := it.Envelope(), store.KindOf(it.Envelope().Kind)
	tags := recordTags(r)
	html := p.Body + tagLine(tags, p.TagURL)
	if !kind.Reply {
		html = heading(r.Title, firstOf(summaryOf(it, kind), r.Pitch)) + html
	}
	t.SetActivityStreamsContent(text(streams.NewActivityStreamsContentProperty(), html))
	if r.Lang != "" {
		x["contentMap"] = map[string]string{r.Lang: html}
	}
	x["mediaType"] = "text/html"
	x["sensitive"] = r.Sensitive
	if r.Body != "" {
		x["source"] = map[string]string{"content": r.Body, "mediaType": "text/markdown"}
	}
	list := hashtagObjects(tags, p.TagURL)
	for _, a := range p.Mentions {
		list = append(list, map[string]string{"type": "Mention", "href": a.IRI, "name": a.Address()})
	}
	x["tag"] = list
}

// heading begins the content of everything that has a title.
func heading(title, pitch string) string {
	h := "<p><strong>" + marked(oneLine(title)) + "</strong></p>"
	if pitch = oneLine(pitch); pitch != "" {
		h += "<p>" + marked(pitch) + "</p>"
	}
	return h
}

func setThread(x extension, r *store.Record, p Publication) {
	context := firstOf(p.Context, r.IRI)
	x["conversation"] = context
	if store.SameOrigin(context, r.IRI) { // FEP-f228: a collection of who began the thread
		context += "/context"
	}
	x["context"] = context
	x["replies"] = repliesOf(r.IRI)
	x["likes"] = r.IRI + "/likes"
	x["shares"] = r.IRI + "/shares"
	x["essaim:replications"] = r.IRI + "/replications"
	x.setTime("published", r.Created)
	// Only what was changed says so: GoToSocial shows whatever carries updated as
	// edited, and refuses one that is before published.
	if r.Updated.After(r.Created) {
		x.setTime("updated", r.Updated)
	}
}

func setMedia(x extension, r *store.Record) {
	attachments := []map[string]any{}
	if r.Image != nil {
		image := imageObject(r.Image)
		x["image"] = image
		attachments = append(attachments, image)
	}
	for i := range r.Pictures {
		attachments = append(attachments, imageObject(&r.Pictures[i]))
	}
	x["attachment"] = append(attachments, fileObjects(r.Attachments)...)
}

// setKind writes what only Essaim knows.
func setKind(x extension, it store.Item, kind *store.Kind) {
	r := it.Envelope()
	x["essaim:kind"] = kind.Name
	x.set("essaim:audience", string(r.Audience))
	if len(r.Authors) > 0 {
		x["essaim:authors"] = r.Authors
	}
	x.setFields(kind.Fields, it)
	if m, ok := it.(store.Mapper); ok {
		maps.Copy(x, m.Properties())
	}
}

// setFields writes the fields of v that have a property and say something.
func (x extension) setFields(fields []store.Field, v any) {
	for i := range fields {
		f := &fields[i]
		if f.Wire == "" || f.Inner {
			continue
		}
		if b := Encode(wireValue(f.At(v))); !isEmpty(b) {
			x[f.Wire] = json.RawMessage(b)
		}
	}
}

// wireValue is what stands on the wire for what a field points to: its own JSON,
// unless ActivityStreams has a type for it.
func wireValue(p any) any {
	if place, ok := p.(*store.Place); ok {
		return placeObject(place)
	}
	return p
}

func isEmpty(b []byte) bool {
	return slices.Contains([]string{"null", `""`, "[]", "{}", "0", "false"}, string(b))
}

// recordTags are the hashtags of a record: its themes and its own words, each
// once.
func recordTags(r *store.Record) []string {
	var tags []string
	seen := map[string]bool{}
	for _, theme := range r.Themes {
		tags = appendTag(tags, seen, ThemeTag(theme))
	}
	for _, tag := range r.Tags {
		tags = appendTag(tags, seen, tag)
	}
	return tags
}

func appendTag(tags []string, seen map[string]bool, tag string) []string {
	folded := FoldHashtag(tag)
	if folded == "" || seen[folded] {
		return tags
	}
	seen[folded] = true
	return append(tags, tag)
}

// ThemeTag is the hashtag of a theme, with a capital for every word so that
// screen readers speak it well: AccesAuxDroits for acces-aux-droits.
func ThemeTag(slug string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(slug, "-") {
		for i, r := range word {
			if i == 0 {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hashtagObjects(tags []string, url func(string) string) []map[string]string {
	list := []map[string]string{}
	for _, tag := range tags {
		list = append(list, map[string]string{"type": "Hashtag", "href": url(tag), "name": "#" + tag})
	}
	return list
}

// tagLine ends the content with its hashtags as links, in the form that
// Mastodon's clients know.
func tagLine(tags []string, url func(string) string) string {
	if len(tags) == 0 {
		return ""
	}
	links := make([]string, len(tags))
	for i, tag := range tags {
		links[i] = `<a href="` + marked(url(tag)) + hashtagLink + `#<span>` + marked(tag) + `</span></a>`
	}
	return "<p>" + strings.Join(links, " ") + "</p>"
}

const hashtagLink = `" class="mention hashtag" rel="tag">`
