package page

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/feed"
	"github.com/essaim/essaim/web/reply"
)

// The part of an agenda that an address asks for; what is to come without it.
const (
	partField = "quand"
	partPast  = "passe"
)

const maxCalendar = 500 // events in a file for calendars

type agendaPage struct {
	listPage
	Past     bool
	Tabs     []assets.Link // to come, past
	Months   []month
	Calendar string // the address that programs subscribe to
}

// month is a stretch of an agenda.
type month struct {
	ID, Title string
	Cards     []assets.Card
}

// agenda shows the records of a kind that takes place: to come by their start,
// and those that are over behind a tab.
func (p *Pages) agenda(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		query, page, past := a.narrowing(k), pageNumber(r.URL.Query()), r.URL.Query().Get(partField) == partPast
		d := agendaPage{Past: past, Calendar: address("/"+k.Path+".ics", query)}
		d.Page = a.page(a.t("list."+k.Name+".title"), k.Section)
		d.Action, d.Reset, d.Description = "/"+k.Path, "/"+k.Path, a.t("list."+k.Name+".lead")
		d.NoIndex = page > 1 || len(query) > 0 || past
		d.Feeds, d.Exports = a.exports(k, query)
		d.Feeds = append(d.Feeds, assets.Feed{Type: "text/calendar", Title: a.t("agenda.subscribe"), Href: d.Calendar})
		if a.by.Local {
			create := a.link("list."+k.Name+".create", newPath(k))
			d.Create = &create
		}
		err := a.view(func(tx *store.Txn) error {
			found := a.taking(tx, k, past, a.query(query, page))
			d.Filters, d.Chips = a.filters(k, query, found.Counts), a.chips(k, query)
			d.Months, d.Count = a.months(tx, found.Items), a.t("list.count", "count", found.Total)
			d.Pager = a.pager(d.Action, withPart(query, past), page, found.Total)
			return nil
		})
		if err != nil {
			return err
		}
		a.addTabs(&d, k, query)
		return p.Frame.Render(w, r, http.StatusOK, "agenda.html", d)
	}
}

// taking are the records that take place, to come or past.
func (a *ask) taking(tx *store.Txn, k *store.Kind, past bool, q store.Query) store.Page {
	if past {
		return tx.Past(k.Name, a.Node.Store.Now(), q)
	}
	return tx.Upcoming(k.Name, a.Node.Store.Now(), q)
}

func (a *ask) addTabs(d *agendaPage, k *store.Kind, query url.Values) {
	d.Tabs = []assets.Link{
		{Text: a.t("agenda.upcoming"), Href: address("/"+k.Path, query)},
		{Text: a.t("agenda.past"), Href: address("/"+k.Path, withPart(query, true))},
	}
	if d.Past {
		d.Filters = append(d.Filters, assets.Field{Name: partField, Type: "hidden", Value: partPast})
	}
	if len(d.Months) > 0 {
		return
	}
	if d.Empty = a.emptyList(k, len(query) > 0); d.Past && len(query) == 0 {
		d.Empty = &assets.Empty{Title: a.t("agenda.none-past"), Text: a.t("list." + k.Name + ".lead"), Actions: d.Tabs[:1]}
	}
}

func withPart(query url.Values, past bool) url.Values {
	if !past {
		return query
	}
	with := url.Values{partField: {partPast}}
	for name := range query {
		with.Set(name, query.Get(name))
	}
	return with
}

// months put the cards under the month in which each begins.
func (a *ask) months(tx *store.Txn, items []store.Item) []month {
	var months []month
	for _, it := range items {
		from, _ := it.(store.Dated).When()
		id := from.Format("2006-01")
		if n := len(months); n == 0 || months[n-1].ID != id {
			months = append(months, month{ID: id, Title: a.lang.Month(from)})
		}
		last := &months[len(months)-1]
		last.Cards = append(last.Cards, a.card(tx, it))
	}
	return months
}

// when says in words when something takes place; empty when it does not, or
// nobody knows. What people follow from where they are also has the time of this
// site, where that is another.
func (a *ask) when(it store.Item) string {
	d, ok := it.(store.Dated)
	if !ok {
		return ""
	}
	from, to := d.When()
	if from.IsZero() {
		return ""
	}
	words := a.span(from, to)
	if e, ok := it.(*store.Event); ok && e.Online != "" {
		if here := from.In(a.Frame.Renderer.Zone); here.Format(time.DateTime) != from.Format(time.DateTime) {
			words += " · " + a.span(here, to.In(here.Location()))
		}
	}
	return words
}

// span is from when to when, on the clocks of their zone.
func (a *ask) span(from, to time.Time) string {
	words := a.lang.Date(from) + ", " + a.lang.Time(from)
	switch {
	case to.Equal(from):
	case to.YearDay() == from.YearDay() && to.Year() == from.Year():
		words += " – " + a.lang.Time(to)
	default:
		words += " – " + a.lang.Date(to) + ", " + a.lang.Time(to)
	}
	return words + " (" + a.t("agenda.zone", "zone", a.zone(from.Location())) + ")"
}

func (a *ask) zone(l *time.Location) string {
	if store.Zones.Has(l.String()) {
		return a.t("zone." + l.String())
	}
	return strings.ReplaceAll(l.String()[strings.LastIndexByte(l.String(), '/')+1:], "_", " ")
}

// calendar gives the agenda to programs: all that is to come, and what was lately.
func (p *Pages) calendar(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		q := a.query(a.narrowing(k), 1)
		q.Counts, q.Limit = false, maxCalendar
		var events []feed.Entry
		err := a.view(func(tx *store.Txn) error {
			events = a.entries(tx, append(a.taking(tx, k, false, q).Items, a.taking(tx, k, true, q).Items...))
			return nil
		})
		if err != nil {
			return err
		}
		return a.sendCalendar(w, a.t("list."+k.Name+".title"), k.Path, events)
	}
}

// oneCalendar gives one event to a calendar.
func (p *Pages) oneCalendar(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		var events []feed.Entry
		err := a.view(func(tx *store.Txn) error {
			it, err := a.find(tx, k)
			if err == nil {
				events = a.entries(tx, []store.Item{it})
			}
			return err
		})
		if err != nil {
			return err
		}
		return a.sendCalendar(w, "", k.Name, events)
	}
}

func (a *ask) entries(tx *store.Txn, items []store.Item) []feed.Entry {
	var events []feed.Entry
	for _, it := range items {
		if e, ok := it.(*store.Event); ok {
			events = append(events, feed.Entry{Event: e, Interest: a.spokenFor(tx, &e.Record)})
		}
	}
	return events
}

func (a *ask) sendCalendar(w http.ResponseWriter, name, file string, events []feed.Entry) error {
	var b bytes.Buffer
	if err := feed.Calendar(&b, name, events); err != nil {
		return err
	}
	w.Header().Set("Content-Type", feed.CalendarType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+file+`.ics"`)
	if a.by.Actor == "" {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
	_, err := w.Write(b.Bytes())
	return err
}
