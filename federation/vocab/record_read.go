package vocab

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// Bounds of what is taken over of a record, in characters or entries.
const (
	maxTitle   = 500
	maxPitch   = 1_000
	maxAuthors = 50
	maxAddress = 256
	maxTags    = 50

	maxPictures = 16 // beside the first
)

var recordTypes = []string{"Article", "Note", "Page", "Event", "Question", "Image", "Video", "Audio", "Document"}

// ReadRecord reads an object of another server as a record that author
// publishes, received at the moment now. Of another Essaim it becomes a record
// of its kind, with the fields that our descriptor of that kind knows; all else
// becomes news, with what it has of title, text, picture and tags.
//
// The object must be attributed to author and lie on its origin (FEP-fe34); that
// author also sent or serves it is for the caller to know. ID and Root are left
// to the caller. HTML is as received: sanitise before showing.
//
// It answers ErrUnknownType for what is no post (votes in polls among them) and
// ErrMalformed for one that is not author's.
func ReadRecord(doc Doc, author *store.Actor, now time.Time) (store.Item, error) {
	if !slices.Contains(recordTypes, doc.Type()) || doc.IsVote() {
		return nil, fmt.Errorf("object %s: %w %q", doc.ID(), ErrUnknownType, doc.Type())
	}
	if doc.AttributedTo(author.IRI) != author.IRI || !store.SameOrigin(doc.ID(), author.IRI) {
		return nil, fmt.Errorf("%w: object %q is not of %q", ErrMalformed, doc.ID(), author.IRI)
	}
	kind := store.KindOf(doc.Str("essaim:kind"))
	ours := kind != nil && kind.Type == doc.Type()
	if !ours {
		kind = store.KindFor(doc.Type(), doc.plain)
	}
	it := kind.New()
	r := it.Envelope()
	r.IRI, r.Kind, r.Type, r.Lab = doc.ID(), kind.Name, doc.Type(), author.IRI
	r.Host, r.Remote, r.Fetched = store.HostOf(doc.ID()), true, now
	readText(r, doc, ours)
	readPlace(r, doc, author)
	readTimes(r, doc, now)
	if ours {
		readWire(it, kind.Fields, doc)
		readAuthors(r, doc)
	}
	if m, ok := it.(store.Mapper); ok {
		if r.Place.IsZero() {
			r.Place, _ = doc.Place()
		}
		m.Adopt(doc.plain)
	}
	readTags(r, doc)
	return it, nil
}

func readText(r *store.Record, doc Doc, ours bool) {
	name, _ := doc.Lang("name", "fr")
	summary, _ := doc.Lang("summary", "fr")
	r.Title = line(name, maxTitle)
	r.Pitch = line(unmarked(summary), maxPitch)
	r.HTML, r.Lang = doc.Lang("content", "fr")
	if t := doc.mediaType(); t != "" && t != "text/html" {
		r.HTML = paragraphs(r.HTML)
	}
	r.HTML += choices(doc.Options())
	if ours {
		r.HTML = trimFrame(r.HTML, r.Title, firstOf(r.Pitch, doc.Str("essaim:pitch")))
	}
	r.Sensitive = doc.Bool("sensitive")
	r.Image, r.Attachments = picture(doc), doc.Files()
	r.Pictures = morePictures(doc, r.Image)
}

// choices lists the answers of a poll. Nobody votes here.
func choices(options []string) string {
	if len(options) == 0 {
		return ""
	}
	var b strings.Builder
	for _, o := range options {
		b.WriteString("<li>" + marked(o) + "</li>")
	}
	return "<ul>" + b.String() + "</ul>"
}

// paragraphs makes HTML of Markdown or plain text, as it stands.
func paragraphs(s string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(marked(p), "\n", "<br>") + "</p>")
		}
	}
	return b.String()
}

// trimFrame takes off what RecordDocument put around the body: pages show
// title, pitch and tags themselves.
func trimFrame(html, title, pitch string) string {
	html = strings.TrimPrefix(html, heading(title, pitch))
	i := strings.LastIndex(html, `<p><a href="`)
	if i < 0 || !strings.HasSuffix(html, "</span></a></p>") {
		return html
	}
	if tail := html[i:]; strings.Count(tail, "<a ") == strings.Count(tail, hashtagLink) {
		return html[:i]
	}
	return html
}

// picture is the object's image, else the first picture attached.
func picture(doc Doc) *store.Image {
	if m, ok := doc.Image("image"); ok {
		return storeImage(m, true)
	}
	for _, m := range doc.Attachments() {
		if m.isPicture() {
			return storeImage(m, true)
		}
	}
	return nil
}

func (m Media) isPicture() bool { return m.Type == "Image" || strings.HasPrefix(m.MediaType, "image/") }

// morePictures are the pictures attached beside the first.
func morePictures(doc Doc, first *store.Image) []store.Image {
	var all []store.Image
	for _, m := range doc.Attachments() {
		if m.isPicture() && m.URL != first.URL && len(all) < maxPictures {
			all = append(all, *storeImage(m, true))
		}
	}
	return all
}

// readPlace reads where the record is, what it answers and who may see it. A url
// on another host is somebody else's page and never shown as this one's.
func readPlace(r *store.Record, doc Doc, author *store.Actor) {
	r.URL = r.IRI
	if u := doc.URL(); store.SameOrigin(u, r.IRI) {
		r.URL = u
	}
	if in := doc.IRIs("inReplyTo"); len(in) > 0 {
		r.InReplyTo = in[0]
	}
	r.Audience = doc.audience(author)
	if r.Audience.Open() {
		return
	}
	for _, iri := range doc.Recipients() {
		if iri != author.Followers && len(r.Addressed) < maxAddress {
			r.Addressed = append(r.Addressed, iri)
		}
	}
}

// audience puts the object on our ladder. What is for the author's followers, or
// for labs that follow each other, is for the members of this node; all else
// that is not public is for those whom it names.
func (d Doc) audience(author *store.Actor) store.Audience {
	switch d.Visibility() {
	case Listed:
		return store.Public
	case Unlisted:
		return store.Unlisted
	}
	toFollowers := author.Followers != "" && slices.Contains(d.Recipients(), author.Followers)
	labs := d.Str("essaim:audience") == string(store.FollowedLabs)
	if (toFollowers || labs) && !d.Bool("directMessage") {
		return store.FollowedLabs
	}
	return store.Named
}

// readTimes takes the time of receipt for what is missing, to come, or before
// computers.
func readTimes(r *store.Record, doc Doc, now time.Time) {
	r.Created, r.Updated = now, now
	if t, ok := doc.Time("published"); ok && sensible(t, now) {
		r.Created, r.Updated = t.UTC(), t.UTC()
	}
	t, ok := doc.Time("updated")
	if t.After(now) {
		t = now // a clock that is ahead: the change is new all the same
	}
	if ok && t.After(r.Created) {
		r.Updated = t.UTC()
	}
}

func sensible(t, now time.Time) bool { return t.Unix() > 0 && !t.After(now) }

func readAuthors(r *store.Record, doc Doc) {
	for _, a := range doc.IRIs("essaim:authors") {
		if store.SameOrigin(a, r.IRI) && len(r.Authors) < maxAuthors {
			r.Authors = append(r.Authors, a)
		}
	}
}

// readTags keeps the hashtags that are not the themes already.
func readTags(r *store.Record, doc Doc) {
	for _, tag := range doc.Hashtags() {
		isTheme := func(slug string) bool { return FoldHashtag(ThemeTag(slug)) == tag }
		if !slices.ContainsFunc(r.Themes, isTheme) && len(r.Tags) < maxTags {
			r.Tags = append(r.Tags, tag)
		}
	}
}

// readWire fills the fields of v that have a property. Slugs that their
// vocabularies do not have are left out: a newer Essaim may know more.
func readWire(v any, fields []store.Field, doc Doc) {
	for i := range fields {
		f := &fields[i]
		if f.Wire == "" || f.Inner || !doc.Has(f.Wire) {
			continue
		}
		switch p := f.At(v).(type) {
		case *string:
			*p = known(f, doc.Str(f.Wire))
		case *[]string:
			*p = knownList(f, doc.Strs(f.Wire))
		case *store.Place:
			*p, _ = doc.Place()
		case store.Rows:
			readValue(p, doc.get(f.Wire))
			tidyRows(f, p)
		case *int:
			readValue(p, doc.get(f.Wire))
			*p = max(*p, 0)
		case *float64:
			readValue(p, doc.get(f.Wire))
			*p = max(*p, 0)
		default:
			readValue(p, doc.get(f.Wire))
		}
	}
}

func known(f *store.Field, s string) string {
	if f.Vocabulary != nil && !f.Vocabulary.Has(s) || !f.Formed(s) {
		return ""
	}
	if f.Max > 0 {
		return cut(s, f.Max)
	}
	return s
}

func knownList(f *store.Field, list []string) []string {
	var kept []string
	for _, s := range list {
		if s = known(&store.Field{Vocabulary: f.Vocabulary}, s); s == "" || slices.Contains(kept, s) {
			continue
		}
		if f.Max > 0 && len(kept) == f.Max {
			break
		}
		kept = append(kept, s)
	}
	return kept
}

// readValue fills what p points to from a value as it was read, or leaves it
// empty when it is of another shape.
func readValue(p, v any) {
	target := reflect.ValueOf(p).Elem()
	if target.Kind() == reflect.Slice {
		v = listOf(v)
	}
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, p)
	}
	if err != nil {
		target.SetZero()
	}
}

// tidyRows keeps in a table from elsewhere what our own forms would accept.
func tidyRows(f *store.Field, rows store.Rows) {
	if f.Max > 0 {
		rows.Truncate(f.Max)
	}
	for i := range rows.Len() {
		for c := range f.Columns {
			if p, ok := f.Columns[c].At(rows.Row(i)).(*string); ok {
				*p = known(&f.Columns[c], *p)
			}
		}
	}
}

// plain is a property as encoding/json decodes it.
func (d Doc) plain(key string) any {
	var v any
	readValue(&v, d.get(key))
	return v
}
