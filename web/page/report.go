package page

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	firstReport  = 2000 // the year before which there are no labs
	reportLength = 100  // records of a kind that a report names
)

func reportPath(year int) string { return "/bilan/" + strconv.Itoa(year) }

type reportPage struct {
	assets.Page
	Lead     string
	Figures  assets.Table
	Sections []reportSection
	Around   []assets.Link // the years beside it
	More     assets.Link
}

// reportSection names the records of a kind that belong to the year.
type reportSection struct {
	ID, Title, Count, Rest string
	Table                  assets.Table
}

// report is what a lab did in a year, ready to be printed.
func (p *Pages) report(w http.ResponseWriter, r *http.Request) error {
	a, now := p.ask(r), p.Node.Store.Now()
	year, err := strconv.Atoi(mux.Vars(r)["year"])
	if err != nil || year < firstReport || year > now.Year() {
		return store.ErrNotFound
	}
	from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(1, 0, 0)
	if to.After(now) {
		to = now
	}
	d := reportPage{}
	err = a.view(func(tx *store.Txn) error {
		d.Figures = a.reportFigures(tx.Indicators(a.by, from, to))
		d.Sections = nil
		for _, kind := range []string{"experiment", "event", "lesson", "adoption"} {
			if s := a.reportSection(tx, store.KindOf(kind), from, to); len(s.Table.Rows) > 0 {
				d.Sections = append(d.Sections, s)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.Page = a.page(a.t("report.title", "year", strconv.Itoa(year)), "lab", a.link("nav.lab", "/lab"), a.link("figures.title", figuresPath))
	d.Lead = a.t("report.lead", "lab", d.Site.Name, "date", a.lang.Date(to))
	d.Description, d.More = d.Lead, a.link("figures.title", figuresPath)
	for _, other := range []int{year - 1, year + 1} {
		if other >= firstReport && other <= now.Year() {
			d.Around = append(d.Around, assets.Link{Text: strconv.Itoa(other), Href: reportPath(other)})
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "report.html", d)
}

func (a *ask) reportFigures(list []store.Indicator) assets.Table {
	t := assets.Table{Caption: a.t("figures.title"), Columns: []assets.Column{{Text: a.t("figures.figure")}, {Text: a.t("figures.number"), Number: true}, {Text: a.t("figures.formula")}}}
	for _, i := range list {
		t.Rows = append(t.Rows, []assets.Cell{
			{Text: a.t("figure." + i.Key)}, {Text: a.lang.Number(int64(i.Total))}, {Text: a.t("figure." + i.Key + "-formula")},
		})
	}
	return t
}

// reportSection holds what took place in the year, was published in it, or, of what
// goes through stages, was there by its end.
func (a *ask) reportSection(tx *store.Txn, k *store.Kind, from, to time.Time) reportSection {
	s := reportSection{ID: "report-" + k.Name, Title: a.t("list." + k.Name + ".title"), Table: assets.Table{
		Caption: a.t("list." + k.Name + ".title"), Columns: []assets.Column{{Text: a.t("field.title")}, {Text: a.t("report.state")}},
	}}
	total := 0
	for it := range tx.WalkKind(k.Name, store.Query{Viewer: a.by, Home: true}, 0) {
		at, since := it.Envelope().Created, from
		if d, ok := it.(store.Dated); ok {
			at, _ = d.When()
		}
		if _, ok := it.(*store.Experiment); ok {
			since = time.Time{}
		}
		if at.Before(since) || !at.Before(to) {
			continue
		}
		if total++; total <= reportLength {
			s.Table.Rows = append(s.Table.Rows, []assets.Cell{{Text: title(it.Envelope()), Href: federation.PagePath(it.Envelope())}, {Text: a.standing(it, at)}})
		}
	}
	s.Count = a.t("list.count", "count", total)
	if total > reportLength {
		s.Rest = a.t("report.rest", "count", total-reportLength)
	}
	return s
}

// standing is what a report says of a record beside its title.
func (a *ask) standing(it store.Item, at time.Time) string {
	if s, ok := it.(store.Staged); ok && s.Journey().Stage != "" {
		return a.t(s.Journey().Stage)
	}
	if when := a.when(it); when != "" {
		return when
	}
	return a.lang.Date(at)
}
