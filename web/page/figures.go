package page

import (
	"net/http"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const figuresPath = "/chiffres"

type figuresPage struct {
	assets.Page
	Lead    string
	Scope   string // whose records are counted
	Figures []figure
	Report  assets.Link
	Data    []assets.Link
	Empty   *assets.Empty
}

// figure is an indicator with how it is counted, its picture and its table.
type figure struct {
	ID, Title, Formula string
	Total              int
	Plot               *plot // nil: there is nothing to draw
	Parts, Months      *assets.Table
}

// figures shows the key figures of two years: to visitors what is public, to
// members what they may see.
func (p *Pages) figures(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := figuresPage{Lead: a.t("figures.lead"), Scope: a.t("figures.public")}
	if a.by.Local {
		d.Scope = a.t("figures.yours")
	}
	now := p.Node.Store.Now()
	counted := 0
	err := a.view(func(tx *store.Txn) error {
		d.Figures, counted = nil, 0
		for _, i := range tx.Indicators(a.by, store.FiguresSince(now), now) {
			d.Figures = append(d.Figures, a.figure(&i))
			counted += i.Total
		}
		return nil
	})
	if err != nil {
		return err
	}
	if counted == 0 {
		d.Figures = nil
		d.Empty = &assets.Empty{Title: a.t("figures.empty.title"), Text: a.t("figures.empty.text"), Actions: []assets.Link{a.link("list.experiment.title", "/experimentations"), a.link("nav.agenda", "/agenda")}}
	}
	d.Page = a.page(a.t("figures.title"), "lab", a.link("nav.lab", "/lab"))
	d.Description = d.Lead
	d.Report = assets.Link{Text: a.t("report.title", "year", now.Format("2006")), Href: reportPath(now.Year())}
	d.Data = []assets.Link{{Text: a.t("figures.csv"), Href: figuresPath + ".csv"}, {Text: a.t("figures.json"), Href: "/indicators.json"}}
	return p.Frame.Render(w, r, http.StatusOK, "figures.html", d)
}

func (a *ask) figure(i *store.Indicator) figure {
	f := figure{ID: i.Key, Title: a.t("figure." + i.Key), Formula: a.t("figure." + i.Key + "-formula"), Total: i.Total}
	f.Parts = a.partTable(f.Title, a.t("figures.part"), i.Parts, func(p store.Part) string { return a.t(p.Key) })
	f.Months = a.partTable(a.t("figures.by-month", "figure", f.Title), a.t("figures.month"), i.Months, a.month)
	switch {
	case i.Total == 0:
	case i.Months != nil:
		f.Plot = a.monthBars(&f, i.Months)
	default:
		f.Plot = a.partBars(&f, i.Parts)
	}
	return f
}

// month is the name of the month of a part.
func (a *ask) month(p store.Part) string {
	m, err := time.Parse(store.MonthForm, p.Slug)
	if err != nil {
		return p.Slug
	}
	return a.lang.Month(m)
}

// partTable is the table of the parts of a figure, or nil.
func (a *ask) partTable(caption, head string, parts []store.Part, name func(store.Part) string) *assets.Table {
	if len(parts) == 0 {
		return nil
	}
	t := &assets.Table{Caption: caption, Columns: []assets.Column{{Text: head}, {Text: a.t("figures.number"), Number: true}}}
	for _, p := range parts {
		t.Rows = append(t.Rows, []assets.Cell{{Text: name(p)}, {Text: a.lang.Number(int64(p.Value))}})
	}
	return t
}
