package admin

import (
	"net/http"

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
	failing, lost, waiting          int
	members, records, hosts         int
	followers, followed, unanswered int
	uncopied, unsaved, ailing       int
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
	if p.Ailing != nil {
		n.ailing = p.Ailing()
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
		{n.ailing, "err", "ailing", healthPath, store.RunLab},
		{n.unsaved, "warn", "unsaved", backupsPath, store.Dispose},
		{n.lost, "err", "lost", "/admin/livraisons", store.RunLab},
		{n.failing, "warn", "failing", "/admin/livraisons", store.RunLab},
		{n.uncopied, "warn", "uncopied", "/reseau", store.RunLab},
		{n.stuck, "err", "stuck", jobsPath, store.RunLab},
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
	return list
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
