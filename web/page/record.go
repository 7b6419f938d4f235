package page

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/schemaorg"
)

const (
	maxThread   = 200 // posts of a thread on the record's page
	description = 200 // characters for search engines
)

type recordPage struct {
	assets.Page
	Kind, KindText, ID string
	Lang               string
	Pitch              string
	Look               string
	When, Calendar     string // of what takes place: in words, and its file for calendars
	Places             string // how many are taken; empty: nobody signs up here
	Joining            []assets.Link
	Progress           *progress // of a kind with stages
	Badges             []assets.Badge
	Contents           []assets.Link // the parts of a long page
	Details            []detail
	Body               template.HTML
	Picture            *assets.Picture
	Post               *post // instead of all this, for a record without a title
	Origin             assets.Origin
	Authors            []assets.Link
	Byline             string // who wrote it without an account
	Themes             []assets.Link
	Territory, Licence string
	Audience           string
	Created, Updated   time.Time
	Received           time.Time // zero for a record of this node
	Original           string
	Source             *assets.Link // where it was brought from; without Href it has no page there
	Address            string       // its id on the wire, to answer from elsewhere
	Likes, Announces   string
	Thread             []post
	ThreadCount        string
	Editing            []assets.Link
	Acts               []act         // what the viewer may do to it, and
	ActPath            string        // where
	Begin              []assets.Link // what can be begun from here
	Links              []links
	Lineage            *lineage
	Where              *where  // nil: nowhere that could be drawn
	Matches            *around // nil: nothing fits
	Around             []around
	Answer             *assets.Link
	Sharing            *sharing       // nil: it is not for everybody, or not from here
	linked             map[string]any // the record in the words of schema.org; nil: not for everybody, or not from here
}

// record shows one record and its thread.
func (p *Pages) record(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		var d recordPage
		var pretty, merged string
		err := a.view(func(tx *store.Txn) error {
			it, err := a.find(tx, k)
			if err != nil {
				merged = a.mergedInto(tx)
				return err
			}
			if pretty = federation.PagePath(it.Envelope()); pretty == r.URL.Path {
				d = a.recordPage(tx, k, it)
			}
			return nil
		})
		if merged != "" {
			return a.redirect(w, http.StatusSeeOther, merged)
		}
		if err != nil {
			return err
		}
		if pretty != r.URL.Path {
			return a.redirect(w, http.StatusMovedPermanently, address(pretty, r.URL.Query()))
		}
		a.frameRecord(&d, k)
		return p.Frame.Render(w, r, http.StatusOK, "record.html", d)
	}
}

// find returns the record of this kind that the path names, as see does.
func (a *ask) find(tx *store.Txn, k *store.Kind) (store.Item, error) {
	slug := mux.Vars(a.r)["slug"]
	it, err := a.see(tx, slug[strings.LastIndexByte(slug, '-')+1:])
	if err == nil && it.Envelope().Kind != k.Name {
		return nil, store.ErrNotFound
	}
	return it, err
}

// see returns a record, if the viewer may see it. It is gone when it was open and
// was deleted, else it does not exist.
func (a *ask) see(tx *store.Txn, number string) (store.Item, error) {
	id, err := store.ParseID(number)
	if err != nil {
		return nil, err
	}
	it, err := tx.Record(id)
	if errors.Is(err, store.ErrNotFound) {
		if ts := tx.Tombstone(a.Node.BaseURL + "/o/" + id.String()); ts != nil && ts.Public {
			return nil, store.ErrGone
		}
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	if !a.by.CanSee(it.Envelope()) {
		return nil, store.ErrNotFound
	}
	return it, nil
}

// recordPage gathers what the page shows.
func (a *ask) recordPage(tx *store.Txn, k *store.Kind, it store.Item) recordPage {
	r := it.Envelope()
	d := recordPage{
		Page: assets.Page{Title: title(r), Description: markup.Excerpt(r.Pitch, description)},
		Kind: k.Name, Look: k.Look, KindText: a.t("kind." + k.Name), ID: r.ID.String(), Lang: a.foreign(r.Lang), Pitch: r.Pitch,
		Progress: a.progress(it), Origin: a.originOf(tx, r), Themes: a.themes(r), Territory: a.places(r.Territory),
		Picture: a.picture(r.Image), Audience: a.narrow(tx, r.Audience), Created: r.Created, Updated: r.Updated, Address: r.IRI,
	}
	d.Badges, d.Details, d.When = a.badges(k, it), a.details(tx, k, it), a.when(it)
	d.Calendar = federation.PagePath(r) + ".ics"
	d.Places, d.Joining = a.joining(it)
	d.Matches = a.matches(tx, it)
	if r.Title == "" {
		whole := a.post(tx, it)
		whole.Edit, whole.About = "", a.about(tx, r)
		d.Post = &whole
	} else {
		d.Body, d.Where, d.Around = a.text(tx, it), a.where(k, it), a.around(tx, it)
	}
	if r.Licence != "" {
		d.Licence = a.t("licence." + r.Licence)
	}
	if r.Remote {
		d.Received, d.Original = r.Fetched, original(r)
	}
	if r.Source.Name != "" {
		d.Source = &assets.Link{Text: r.Source.Name, Href: r.Source.URL}
	}
	d.Begin, d.Links, d.Lineage = append(a.begin(k, r), a.writeTo(tx, it)...), a.related(tx, it), a.lineage(tx, it)
	if link := a.precedentsOf(k, r); link != nil {
		d.Begin = append(d.Begin, *link)
	}
	if r.Audience == store.Public && !r.Remote {
		d.linked = a.linked(tx, it)
	}
	d.Sharing = a.sharing(r)
	d.Acts, d.ActPath = a.acts(tx, k, it), federation.PagePath(r)+"/agir"
	d.Byline = r.Byline
	a.addPeople(tx, &d, r)
	a.addThread(tx, &d, r)
	d.Contents = a.contents(&d)
	return d
}

// longPage is how many parts a page has at least that lists them.
const longPage = 4

// contents are the parts of a page, when it has many.
func (a *ask) contents(d *recordPage) []assets.Link {
	var list []assets.Link
	add := func(there bool, id, text string) {
		if there {
			list = append(list, assets.Link{Text: text, Href: id})
		}
	}
	add(d.Progress != nil && d.Progress.Problem != "", "problem", a.t("record.problem"))
	add(d.Body != "", "story", a.t("record.story"))
	for _, part := range d.Details {
		add(true, part.ID, part.Title)
	}
	if d.Matches != nil {
		add(true, d.Matches.ID, d.Matches.Title)
	}
	add(len(d.Links) > 0 || d.Lineage != nil, "links", a.t("record.links"))
	add(len(d.Thread) > 0, "fil", d.ThreadCount)
	if len(list) < longPage {
		return nil
	}
	return list
}

// linked is a record as search engines read it.
func (a *ask) linked(tx *store.Txn, it store.Item) map[string]any {
	doc := schemaorg.Writer{
		Word: a.word, Name: func(iri string) string { return a.actor(tx, iri).DisplayName() },
	}.Record(it)
	doc["@context"] = schemaorg.Context
	return doc
}

func (a *ask) addPeople(tx *store.Txn, d *recordPage, r *store.Record) {
	for _, iri := range r.Authors {
		if author := a.actor(tx, iri); author.ID != 0 {
			d.Authors = append(d.Authors, actorLink(author))
		}
	}
	if n := tx.CountReactions(r.ID, store.Liked); n > 0 {
		d.Likes = a.t("record.likes", "count", n)
	}
	if n := tx.CountReactions(r.ID, store.Announced); n > 0 {
		d.Announces = a.t("record.announces", "count", n)
	}
}

func (a *ask) addThread(tx *store.Txn, d *recordPage, r *store.Record) {
	path := federation.PagePath(r)
	if a.by.CanEdit(r) {
		d.Editing = []assets.Link{a.link("record.edit", path+"/modifier"), a.link("record.delete", path+"/supprimer")}
	}
	if r.Root != 0 {
		return // its thread is on the page of the record that began it
	}
	thread := tx.ListThread(r.ID, store.Query{Viewer: a.by, Limit: maxThread})
	for _, it := range thread.Items {
		d.Thread = append(d.Thread, a.post(tx, it))
	}
	if d.ThreadCount = a.t("record.thread", "count", thread.Total); thread.Total == 0 {
		d.ThreadCount = a.t("record.thread-none")
	}
	if a.by.Local {
		answer := a.link("record.answer", newPath(replyKind)+"?sur="+r.ID.String())
		d.Answer = &answer
	}
}

// about is the record in whose thread r stands, if the viewer may see it.
func (a *ask) about(tx *store.Txn, r *store.Record) *assets.Link {
	root, err := tx.Record(r.Root)
	if err != nil || !a.by.CanSee(root.Envelope()) {
		return nil
	}
	return &assets.Link{Text: title(root.Envelope()), Href: federation.PagePath(root.Envelope())}
}

// frameRecord puts the page into its frame, once the store is closed.
func (a *ask) frameRecord(d *recordPage, k *store.Kind) {
	text, summary := d.Title, d.Description
	d.Page = a.page(text, k.Section, a.crumbs(k)...)
	d.Description = summary
	if d.Audience != "" || !d.Received.IsZero() {
		d.NoIndex = true
	}
	if d.Audience == "" {
		d.Feeds = []assets.Feed{{Type: "application/activity+json", Href: d.Address}}
	}
	if d.Linked = d.linked; d.Linked != nil {
		page := d.Canonical(assets.French)
		d.Feeds = append(d.Feeds, assets.Feed{Type: "application/ld+json", Href: page + ".jsonld"},
			assets.Feed{Type: oembedType, Href: a.Node.BaseURL + oembedPath + "?" + url.Values{"url": {page}}.Encode()})
		d.Image, d.ImageAlt, d.Creator = page+cardEnd, text, d.Site.Handle
	}
	if d.Picture != nil {
		d.Image, d.ImageAlt = a.Node.BaseURL+d.Picture.Src, d.Picture.Alt
	}
}
