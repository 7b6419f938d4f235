package admin

import (
	"net/http"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// reportsPage is "admin-reports.html": complaints about what is here.
type reportsPage struct {
	top
	Reports []reportRow
	Empty   assets.Empty
}

// reportRow is one complaint in words. By is who it came from: mostly another
// server, for one of its members.
type reportRow struct {
	By       string
	About    assets.Link
	Records  []assets.Link
	Text     string
	Received time.Time
}

const maxReports = 200 // on the page, the newest

// reports is /admin/signalements.
func (p *Pages) reports(w http.ResponseWriter, r *http.Request) error {
	page := reportsPage{
		top:   p.admin(r, p.t(r, "admin.tab.reports"), "/admin/signalements"),
		Empty: assets.Empty{Title: p.t(r, "report.none"), Text: p.t(r, "report.none-text")},
	}
	err := p.view(r, func(tx *store.Txn) error {
		for report := range tx.Reports() {
			page.Reports = append(page.Reports, readReport(tx, report))
			if len(page.Reports) == maxReports {
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-reports.html", page)
}

func readReport(tx *store.Txn, report *store.Report) reportRow {
	row := reportRow{By: report.Reporter, About: assets.Link{Text: report.Target, Href: report.Target}, Text: markup.Plain(report.Text), Received: report.Received}
	if a, err := tx.ActorByIRI(report.Reporter); err == nil {
		row.By = a.Address()
	}
	if a, err := tx.ActorByIRI(report.Target); err == nil {
		row.About = assets.Link{Text: a.DisplayName(), Href: a.Page()}
	}
	for _, iri := range report.Records {
		link := assets.Link{Text: iri, Href: iri}
		if it, err := tx.RecordByIRI(iri); err == nil && it.Envelope().Title != "" {
			link.Text = it.Envelope().Title
		}
		row.Records = append(row.Records, link)
	}
	return row
}
