package page

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// detail is a part of a record's page, under the heading that the form has too.
type detail struct {
	ID, Title string
	Folded    bool // for those who want to know more
	Brief     []fact
	Facts     []fact
}

// fact is what one field says. One of Text, Items, Link, Table and Files is
// there.
type fact struct {
	Label string
	Text  string // plain; its lines are kept
	Items []string
	Link  *assets.Link
	Table *assets.Table
	Files []fileLink
	Inner bool // only this viewer's side of the house sees it
}

// details are the fields of a record that have no place of their own on its page.
func (a *ask) details(tx *store.Txn, k *store.Kind, it store.Item) []detail {
	inner := a.by.CanEdit(it.Envelope())
	parts := []detail{{ID: "part-0", Title: a.t("record.more")}}
	for i := range k.Fields {
		f := &k.Fields[i]
		if key := "section." + k.Name + "." + f.Name; a.has(key) {
			parts = append(parts, detail{ID: "part-" + f.Name, Title: a.t(key), Folded: f.Folds})
		}
		if f.Envelope || f.Badge || f.Widget == store.Shown || f.Inner && !inner || f.IsEmpty(it) {
			continue
		}
		said := a.fact(tx, k.Name+"-"+f.Name, f, it)
		if f.Facet && f.Vocabulary == nil {
			said.Link, said.Text = &assets.Link{Text: said.Text, Href: address("/"+k.Path, url.Values{f.Name: {said.Text}})}, ""
		}
		parts[len(parts)-1].add(said)
	}
	return withFacts(parts)
}

// briefly is how many characters a fact has at most that stands beside others.
const briefly = 60

func (d *detail) add(f fact) {
	if f.Link != nil || f.Text != "" && len([]rune(f.Text)) <= briefly && !strings.Contains(f.Text, "\n") {
		d.Brief = append(d.Brief, f)
		return
	}
	d.Facts = append(d.Facts, f)
}

// withFacts leaves out the parts that say nothing.
func withFacts(parts []detail) []detail {
	return slices.DeleteFunc(parts, func(d detail) bool { return len(d.Brief)+len(d.Facts) == 0 })
}

func (a *ask) fact(tx *store.Txn, own string, f *store.Field, v any) fact {
	said := fact{Label: a.label(own, f.Name), Inner: f.Inner}
	switch p := f.At(v).(type) {
	case *[]string:
		for _, slug := range *p {
			said.Items = append(said.Items, a.word(f.Vocabulary, slug))
		}
	case *[]store.Attachment:
		said.Files = a.fileLinks(*p)
	case store.Rows:
		said.Table = a.table(tx, own, f, p, said.Label)
	default:
		cell := a.cell(tx, f, v)
		if said.Text = cell.Text; cell.Href != "" {
			said.Link, said.Text = &assets.Link{Text: cell.Text, Href: cell.Href}, ""
		}
	}
	return said
}

// table shows the rows of a field; columns that are empty everywhere are left out.
func (a *ask) table(tx *store.Txn, own string, f *store.Field, rows store.Rows, caption string) *assets.Table {
	t := &assets.Table{Caption: caption, Rows: make([][]assets.Cell, rows.Len())}
	for c := range f.Columns {
		column := &f.Columns[c]
		used := false
		for i := range rows.Len() {
			used = used || !column.IsEmpty(rows.Row(i))
		}
		if !used && c > 0 {
			continue
		}
		number := column.Widget == store.Whole || column.Widget == store.Amount
		t.Columns = append(t.Columns, assets.Column{Text: a.label(own+"-"+column.Name, f.Name+"-"+column.Name), Number: number})
		for i := range rows.Len() {
			t.Rows[i] = append(t.Rows[i], a.cell(tx, column, rows.Row(i)))
		}
	}
	return t
}

// cell is a simple field of v in words.
func (a *ask) cell(tx *store.Txn, f *store.Field, v any) assets.Cell {
	text := f.Text(v)
	switch {
	case text == "":
		return assets.Cell{}
	case f.Widget == store.Tick:
		return assets.Cell{Text: a.t("form.yes")}
	case f.Vocabulary != nil:
		return assets.Cell{Text: a.word(f.Vocabulary, text)}
	case f.Widget == store.Web:
		return assets.Cell{Text: strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://"), Href: text}
	case f.Widget == store.Link:
		link := a.linkTo(tx, text)
		return assets.Cell{Text: link.Text, Href: link.Href}
	}
	return assets.Cell{Text: a.inWords(f, text)}
}

// inWords is a date or a number as the language writes it, and any other text as it is.
func (a *ask) inWords(f *store.Field, text string) string {
	switch f.Widget {
	case store.Day:
		if day, err := time.Parse(time.DateOnly, text); err == nil {
			return a.lang.Date(day)
		}
	case store.Clock:
		if at, err := time.Parse("2006-01-02T15:04", text); err == nil {
			return a.lang.Date(at) + ", " + a.lang.Time(at)
		}
	case store.Whole, store.Amount:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return a.lang.Amount(n)
		}
	}
	return text
}

// linkTo leads to a record or an actor by its IRI: to its page here when it is
// known and may be seen, else to its own. One of this node that may not be seen, or
// is not there at all, is words without a link.
func (a *ask) linkTo(tx *store.Txn, iri string) assets.Link {
	if it, err := tx.RecordByIRI(iri); err == nil && a.by.CanSee(it.Envelope()) {
		return assets.Link{Text: title(it.Envelope()), Href: federation.PagePath(it.Envelope())}
	}
	if actor := a.actor(tx, iri); actor.ID != 0 {
		return actorLink(actor)
	}
	if a.Node.IsLocal(iri) {
		return assets.Link{Text: a.t("record.not-public")}
	}
	return assets.Link{Text: iri, Href: iri}
}

// badges are the fields of a record that stand out.
func (a *ask) badges(k *store.Kind, it store.Item) []assets.Badge {
	var list []assets.Badge
	for i := range k.Fields {
		f := &k.Fields[i]
		if !f.Badge || f.IsEmpty(it) {
			continue
		}
		switch p := f.At(it).(type) {
		case *bool:
			list = append(list, assets.Badge{Tone: "info", Text: a.t("badge." + k.Name + "-" + f.Name)})
		case *string:
			if f.Vocabulary.Has(*p) {
				list = append(list, badge(f.Vocabulary, *p, a.word(f.Vocabulary, *p)))
			}
		}
	}
	if stamped, ok := it.(store.Stamped); ok {
		if v, slug := stamped.Stamp(a.Node.Store.Now()); slug != "" {
			list = append(list, badge(v, slug, a.word(v, slug)))
		}
	}
	return list
}

// unusual are the badges that a card has room for: the first of several entries of a
// vocabulary is the ordinary state.
func (a *ask) unusual(k *store.Kind, it store.Item) []assets.Badge {
	return slices.DeleteFunc(a.badges(k, it), func(b assets.Badge) bool { return b.Usual })
}

func badge(v *store.Vocabulary, slug, text string) assets.Badge {
	return assets.Badge{Tone: cmp.Or(v.Tones[slug], "plain"), Text: text, Usual: slug == v.Slugs[0] && len(v.Slugs) > 1}
}
