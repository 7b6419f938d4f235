package admin

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
)

const reportsPath = "/admin/signalements"

// reportsPage is "admin-reports.html": complaints about what is here.
type reportsPage struct {
	top
	Lead    string
	Reports []reportRow
	Empty   assets.Empty
	Acts    bool // the viewer decides
}

// reportRow is one complaint in words. By is who it came from: mostly another
// server, for one of its members.
type reportRow struct {
	ID       store.ID
	By       string
	About    assets.Link
	Target   string // IRI
	Records  []assets.Link
	Text     string
	Received time.Time
	Closed   time.Time
	State    assets.Badge
	Answer   string // of the node that it was sent to
	Open     bool
	Member   bool // it is about a member of this node
}

const maxReports = 200 // on the page: those that wait first, then the newest

// reports is /admin/signalements: the complaints, and what is done about them.
func (p *Pages) reports(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.actOnReport(w, r)
	}
	page := reportsPage{
		top:   p.admin(r, p.t(r, "admin.tab.reports"), reportsPath),
		Empty: assets.Empty{Title: p.t(r, "report.none"), Text: p.t(r, "report.none-text")},
		Lead:  p.t(r, "report.lead"), Acts: true,
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Reports = nil
		for report := range tx.Reports() {
			page.Reports = append(page.Reports, p.readReport(r, tx, report))
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(page.Reports, func(a, b reportRow) int { return rank(a) - rank(b) })
	page.Reports = page.Reports[:min(len(page.Reports), maxReports)]
	return p.Frame.Render(w, r, http.StatusOK, "admin-reports.html", page)
}

func rank(row reportRow) int {
	if row.Open {
		return 0
	}
	return 1
}

// myReports is /mon-compte/signalements: what a member complained of, and what
// became of it.
func (p *Pages) myReports(w http.ResponseWriter, r *http.Request) error {
	page := reportsPage{
		top:   p.plain(r, p.t(r, "report.mine")),
		Empty: assets.Empty{Title: p.t(r, "report.mine-none"), Text: p.t(r, "report.mine-none-text")},
		Lead:  p.t(r, "report.mine-lead"),
	}
	viewer := p.Frame.Viewer(r)
	err := p.view(r, func(tx *store.Txn) error {
		page.Reports = nil
		for report := range tx.ReportsBy(viewer.Actor) {
			page.Reports = append(page.Reports, p.readReport(r, tx, report))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-reports.html", page)
}

func (p *Pages) readReport(r *http.Request, tx *store.Txn, report *store.Report) reportRow {
	row := reportRow{
		ID: report.ID, By: report.Reporter, About: assets.Link{Text: report.Target, Href: report.Target}, Target: report.Target,
		Text: markup.Plain(report.Text), Received: report.Received, Closed: report.Closed, Open: report.State == "",
		State: assets.Badge{Tone: "warn", Text: p.t(r, "report.state-open")},
	}
	if !row.Open {
		row.State = assets.Badge{Tone: "ok", Text: p.t(r, "report.state-"+string(report.State))}
	}
	if report.Sent != "" {
		row.Answer = p.t(r, "report.sent", "host", store.HostOf(report.Target))
	}
	if report.Answer != "" {
		row.Answer = p.t(r, "report.answer-"+string(report.Answer), "host", store.HostOf(report.Target))
	}
	if a, err := tx.ActorByIRI(report.Reporter); err == nil {
		row.By = a.Address()
	}
	if a, err := tx.ActorByIRI(report.Target); err == nil {
		row.About, row.Member = assets.Link{Text: a.DisplayName(), Href: a.Page()}, a.Local
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

// actOnReport does what a moderator chose: to hide the records, to restrict whom it
// is about, or nothing; the complaint is closed with it.
func (p *Pages) actOnReport(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(r.PostForm.Get("report"))
	if err != nil {
		return &reply.Error{Status: http.StatusBadRequest}
	}
	var report *store.Report
	err = p.view(r, func(tx *store.Txn) (err error) {
		report, err = tx.Report(id)
		return err
	})
	if err == nil {
		err = p.decideReport(r, report, typed(r, "act"))
	}
	if errors.Is(err, store.ErrNotNow) {
		p.Frame.Flash(r, "warn", "moderate.too-late", "count", 1)
		return p.Frame.Redirect(w, r, reportsPath)
	}
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "report closed", "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "report.closed")
	return p.Frame.Redirect(w, r, reportsPath)
}

func (p *Pages) decideReport(r *http.Request, report *store.Report, act string) error {
	ctx, by := context.WithoutCancel(r.Context()), p.Frame.Viewer(r)
	state := store.ReportUpheld
	switch act {
	case "dismiss":
		state = store.ReportDismissed
	case "uphold":
	case "hide":
		for _, iri := range report.Records {
			if err := p.Node.HideRecord(ctx, by, iri); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	case string(store.LimitActor), string(store.SuspendActor):
		if err := p.Node.Restrict(ctx, by, report.Target, store.Deed(act)); err != nil {
			return err
		}
	default:
		return &reply.Error{Status: http.StatusBadRequest}
	}
	return p.Node.CloseReport(ctx, by, report.ID, state)
}

const maxComplaint = 2000 // characters

// report is /signaler?uri=…: a member complains of a record or of somebody.
func (p *Pages) report(w http.ResponseWriter, r *http.Request) error {
	about, away, name, err := p.accused(r, r.FormValue("uri"))
	if err != nil {
		return err
	}
	f := p.reportForm(r, r.FormValue("uri"), name, away)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	text := typed(r, "text")
	var c checks
	c.text("text", text, maxComplaint, true)
	if err := c.err(); err != nil {
		fill(r, f.Sections[0].Fields)
		return p.renderForm(w, r, f, err)
	}
	if err := p.Node.Report(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), about, text, r.PostForm.Get("forward") != ""); err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "report.received")
	return p.Frame.Redirect(w, r, "/mon-compte/signalements")
}

// accused are the actor and the record of an address that the viewer may see; away
// is the host of another node.
func (p *Pages) accused(r *http.Request, uri string) (about []string, away, name string, err error) {
	viewer := p.Frame.Viewer(r)
	err = p.view(r, func(tx *store.Txn) error {
		it, missing := tx.RecordByIRI(uri)
		if missing == nil && viewer.CanSee(it.Envelope()) {
			rec := it.Envelope()
			if about, name = []string{rec.Lab, rec.IRI}, rec.Title; rec.Remote {
				away = store.HostOf(rec.IRI)
			}
			return nil
		}
		a, err := tx.ActorByIRI(uri)
		if err != nil {
			return store.ErrNotFound
		}
		if about, name = []string{a.IRI}, a.DisplayName(); !a.Local {
			away = store.HostOf(a.IRI)
		}
		return nil
	})
	return about, away, name, err
}

func (p *Pages) reportForm(r *http.Request, uri, name, away string) *form {
	fields := []assets.Field{
		{Name: "uri", Type: "hidden", Value: uri},
		{Name: "text", Label: p.t(r, "report.text"), Hint: p.t(r, "report.text-hint"), Type: "textarea", Rows: 5, Required: true, MaxLength: maxComplaint, Spellcheck: true},
	}
	if away != "" {
		fields = append(fields, assets.Field{Name: "forward", Type: "checkbox", Label: p.t(r, "report.forward", "host", away), Hint: p.t(r, "report.forward-hint")})
	}
	if name = strings.TrimSpace(name); name == "" {
		name = uri
	}
	return &form{
		top: p.plain(r, p.t(r, "report.title")), Lead: p.t(r, "report.about-this", "name", name),
		Sections: []section{{Fields: fields}}, Action: "/signaler", Button: p.t(r, "report.send"),
	}
}
