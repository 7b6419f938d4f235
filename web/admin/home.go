package admin

import (
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// homePage is "admin-home.html": what there is to do, then figures.
type homePage struct {
	top
	Steps   []firstStep // until the lab is alive; empty: it is, or they were hidden
	Todo    []task
	Figures assets.Table
}

// task is one thing that waits for a person.
type task struct {
	Badge assets.Badge
	Link  assets.Link
}

// figures are what the store counts for the dashboard.
type figures struct {
	asking, reports, stuck          int
	moderate, overdue               int
	failing, lost, waiting, paused  int
	members, records, hosts         int
	followers, followed, unanswered int
	uncopied, unsaved, broken       int
}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	var n figures
	err := p.view(r, func(tx *store.Txn) (err error) {
		n, err = count(tx, p.Frame.Viewer(r))
		if p.Backups.Dir != "" && tx.Now().Sub(tx.BackedUp()) > staleBackup && n.records > 0 {
			n.unsaved = 1
		}
		return err
	})
	if err != nil {
		return err
	}
	steps, err := p.firstSteps(r)
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-home.html", homePage{
		top: p.admin(r, p.t(r, "admin.title"), "/admin"), Steps: steps, Todo: p.tasks(r, n), Figures: p.figures(r, n),
	})
}

func count(tx *store.Txn, by store.Viewer) (n figures, err error) {
	lab, err := tx.Lab()
	if err != nil {
		return n, err
	}
	for f := range tx.Followers(lab.ID) {
		switch f.State {
		case store.Asked:
			n.asking++
		case store.Accepted:
			n.followers++
		}
	}
	for f := range tx.Following(lab.ID) {
		switch f.State {
		case store.Asked:
			n.unanswered++
		case store.Accepted:
			n.followed++
			if s := tx.Sync(f.Followed); s != nil && s.Problem != "" {
				n.uncopied++
			}
		}
	}
	for l := range tx.Lanes() {
		n.hosts++
		switch l.State {
		case store.Failing:
			n.failing++
		case store.Lost:
			n.lost++
		}
	}
	for o := range tx.HostOrders() {
		if !o.Paused.IsZero() {
			n.paused++
		}
	}
	for _, waiting := range tx.Backlog() {
		n.waiting += waiting
	}
	for report := range tx.Reports() {
		if report.State == "" {
			n.reports++
		}
	}
	for range tx.ToModerate() {
		n.moderate++
	}
	for range tx.StuckJobs() {
		n.stuck++
	}
	for range tx.BrokenLinks() {
		n.broken++
	}
	for it := range tx.WalkKind("network", store.Query{Viewer: by, Home: true}, 0) {
		if it.(*store.Network).Overdue(tx.Now()) {
			n.overdue++
		}
	}
	c := tx.Count()
	n.members, n.records = c.Members, c.Records
	return n, nil
}

// tasks are the things to do, the most pressing first; what there is none of is
// left out.
func (p *Pages) tasks(r *http.Request, n figures) []task {
	all := []struct {
		count           int
		tone, key, href string
		act             store.Act
	}{
		{n.asking, "info", "asking", "/admin/demandes", store.RunLab},
		{n.reports, "warn", "reports", "/admin/signalements", store.Moderate},
		{n.moderate, "info", "moderate", "/admin/moderation", store.Moderate},
		{n.unsaved, "warn", "unsaved", backupsPath, store.Dispose},
		{n.lost, "err", "lost", "/admin/livraisons", store.RunLab},
		{n.failing, "warn", "failing", "/admin/livraisons", store.RunLab},
		{n.paused, "info", "paused", peersPath, store.RunLab},
		{n.uncopied, "warn", "uncopied", "/reseau", store.RunLab},
		{n.stuck, "err", "stuck", jobsPath, store.RunLab},
		{n.broken, "warn", "broken", linksPath, store.RunLab},
		{n.overdue, "warn", "overdue", "/reseaux-et-communautes?origine=ici", store.RunLab},
	}
	viewer := p.Frame.Viewer(r)
	var list []task
	for _, x := range all {
		if x.count > 0 && viewer.May(x.act) {
			list = append(list, task{
				Badge: assets.Badge{Tone: x.tone, Text: p.t(r, "admin.todo."+x.key+"-badge")},
				Link:  assets.Link{Text: p.t(r, "admin.todo."+x.key, "count", x.count), Href: x.href},
			})
		}
	}
	return append(p.ailments(r), append(list, p.outdated(r)...)...)
}

// toldBeside are the checks whose findings have tasks of their own.
var toldBeside = []string{"backup", "queue"}

// ailments are what the last examination of the node found to be done, such as a
// certificate that ends.
func (p *Pages) ailments(r *http.Request) (list []task) {
	if p.Ailing == nil || !p.Frame.Viewer(r).May(store.RunLab) {
		return nil
	}
	for _, f := range p.Ailing() {
		if !slices.Contains(toldBeside, f.Check) {
			list = append(list, task{
				Badge: assets.Badge{Tone: string(f.State), Text: p.t(r, "doctor.check."+f.Check)},
				Link:  assets.Link{Text: p.t(r, f.Key(), f.Args), Href: healthPath},
			})
		}
	}
	return list
}

// oldVersion is the age from which a version is worth a look at the newer ones. No
// server is asked whether there are any: that would tell it of this node.
const oldVersion = 183 * 24 * time.Hour

func (p *Pages) outdated(r *http.Request) []task {
	if p.Built.IsZero() || p.SourceURL == "" || p.Node.Store.Now().Sub(p.Built) < oldVersion || !p.Frame.Viewer(r).May(store.RunLab) {
		return nil
	}
	return []task{{
		Badge: assets.Badge{Tone: "info", Text: p.t(r, "admin.todo.outdated-badge")},
		Link:  assets.Link{Text: p.t(r, "admin.todo.outdated", "date", assets.LangOf(r.Context()).Date(p.Built)), Href: p.SourceURL + "/releases"},
	}}
}

func (p *Pages) figures(r *http.Request, n figures) assets.Table {
	t := assets.Table{Caption: p.t(r, "admin.figures"), Columns: []assets.Column{
		{Text: p.t(r, "admin.figure")}, {Text: p.t(r, "admin.number"), Number: true},
	}}
	lang := assets.LangOf(r.Context())
	for _, x := range []struct {
		key   string
		count int
	}{
		{"members", n.members},
		{"records", n.records},
		{"followers", n.followers},
		{"followed", n.followed},
		{"unanswered", n.unanswered},
		{"hosts", n.hosts},
		{"waiting", n.waiting},
	} {
		t.Rows = append(t.Rows, []assets.Cell{{Text: p.t(r, "admin.figure-"+x.key)}, {Text: lang.Number(int64(x.count))}})
	}
	return t
}
