package admin

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// deliveriesPage is "admin-deliveries.html": the queue, a row for each host.
type deliveriesPage struct {
	top
	Hosts   []hostRow
	Empty   assets.Empty
	Rejects *assets.Table // what came and was not taken; nil: it is not counted
	Stuck   string        // path of what was given up for good; empty: nothing was
}

// hostRow is how a host is doing as a receiver.
type hostRow struct {
	Host    string
	Href    string
	State   assets.Badge
	Waiting int
	Fails   int
	Since   time.Time // failing or paused since; zero: it is neither
	NextAt  time.Time // zero: as soon as there is something
	LastOK  time.Time
	Error   string // what went wrong last, in words
	Dropped int
	Retry   bool // there is something to try again

	state store.LaneState
}

func (p *Pages) deliveries(w http.ResponseWriter, r *http.Request) error {
	page := deliveriesPage{
		top:   p.admin(r, p.t(r, "admin.tab.deliveries"), "/admin/livraisons"),
		Empty: assets.Empty{Title: p.t(r, "delivery.empty"), Text: p.t(r, "delivery.empty-text")},
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Hosts = p.hostRows(r, tx)
		for range tx.StuckJobs() {
			page.Stuck = jobsPath
			break
		}
		return nil
	})
	if err == nil {
		page.Rejects, err = p.rejected(r)
	}
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-deliveries.html", page)
}

const rejectedHosts = 5 // that are named for a reason

// rejected is what came to inboxes and was not taken, by reason.
func (p *Pages) rejected(r *http.Request) (*assets.Table, error) {
	if p.Rejects == nil {
		return nil, nil
	}
	recent, err := p.Rejects.Recent(r.Context())
	if err != nil {
		return nil, err
	}
	t := &assets.Table{Caption: p.t(r, "reject.caption", "days", store.RejectDays), Columns: []assets.Column{
		{Text: p.t(r, "reject.reason")}, {Text: p.t(r, "reject.count"), Number: true}, {Text: p.t(r, "reject.hosts")}, {Text: p.t(r, "reject.todo")},
	}}
	for _, why := range store.RejectReasons {
		if total := recent.Total(why); total > 0 {
			t.Rows = append(t.Rows, []assets.Cell{
				{Text: p.t(r, "reject.why."+string(why))},
				{Text: assets.LangOf(r.Context()).Number(int64(total))},
				{Text: p.rejectedFrom(r, recent[why])},
				{Text: p.t(r, "reject.do."+string(why))},
			})
		}
	}
	return t, nil
}

// rejectedFrom names the hosts that something says it comes from, the most first.
func (p *Pages) rejectedFrom(r *http.Request, hosts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(hosts), func(a, b string) int {
		return cmp.Or(cmp.Compare(hosts[b], hosts[a]), cmp.Compare(a, b))
	})
	var text []string
	for _, host := range names[:min(rejectedHosts, len(names))] {
		shown := host
		if host == "" {
			shown = p.t(r, "reject.unnamed")
		}
		text = append(text, p.t(r, "reject.host", "host", shown, "count", hosts[host]))
	}
	if len(names) > rejectedHosts {
		text = append(text, "…")
	}
	return strings.Join(text, ", ")
}

// hostRows are the hosts that are in trouble, then those that something waits
// for, then the others.
func (p *Pages) hostRows(r *http.Request, tx *store.Txn) []hostRow {
	var rows []hostRow
	backlog := tx.Backlog()
	for l := range tx.Lanes() {
		rows = append(rows, p.hostRow(r, tx, l, backlog[l.Host]))
		delete(backlog, l.Host)
	}
	for host, waiting := range backlog { // never tried yet
		rows = append(rows, p.hostRow(r, tx, &store.Lane{Host: host}, waiting))
	}
	rank := map[store.LaneState]int{store.Lost: 0, store.Failing: 1, store.Healthy: 2}
	slices.SortFunc(rows, func(a, b hostRow) int {
		return cmp.Or(cmp.Compare(rank[a.state], rank[b.state]), cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(a.Host, b.Host))
	})
	return rows
}

func (p *Pages) hostRow(r *http.Request, tx *store.Txn, l *store.Lane, waiting int) hostRow {
	row := hostRow{
		Host: l.Host, Href: hostsPath + l.Host, Waiting: waiting, Fails: l.Fails, Since: l.Since, NextAt: l.NextAt, LastOK: l.LastOK, Dropped: l.Dropped,
		Retry: waiting > 0 || l.State != store.Healthy, state: l.State,
	}
	paused := tx.HostOrder(l.Host).Paused
	switch {
	case !paused.IsZero():
		row.State, row.Since, row.Retry = assets.Badge{Tone: "warn", Text: p.t(r, "delivery.paused")}, paused, false
	case l.State == store.Lost:
		row.State = assets.Badge{Tone: "err", Text: p.t(r, "delivery.lost")}
	case l.State == store.Failing:
		row.State = assets.Badge{Tone: "warn", Text: p.t(r, "delivery.failing")}
	case l.LastOK.IsZero():
		row.State = assets.Badge{Tone: "plain", Text: p.t(r, "delivery.untried")}
	default:
		row.State = assets.Badge{Tone: "ok", Text: p.t(r, "delivery.healthy")}
	}
	if l.Error != "" {
		row.Error = p.failureText(r, l)
	}
	return row
}

// failureText says in words what federation/delivery wrote as a class.
func (p *Pages) failureText(r *http.Request, l *store.Lane) string {
	key := "delivery.error." + l.Error
	if !p.Frame.Renderer.Catalog.Has(assets.French, key) {
		key = "delivery.error.unknown"
	}
	text := p.t(r, key)
	if l.Status != 0 {
		text += " " + p.t(r, "delivery.status", "status", http.StatusText(l.Status), "code", numeral(l.Status))
	}
	return text
}

// retry is /admin/livraisons/reessayer.
func (p *Pages) retry(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin/livraisons")
	}
	host, err := p.knownHost(r)
	if err != nil {
		return err
	}
	if err := p.Node.RetryHost(r.Context(), p.Frame.Viewer(r), host); err != nil {
		return err
	}
	p.Deliveries.Retry(host)
	p.Frame.Flash(r, "ok", "delivery.retried", "host", host)
	return p.Frame.Redirect(w, r, "/admin/livraisons")
}

// drop is /admin/livraisons/abandonner; it asks first.
func (p *Pages) drop(w http.ResponseWriter, r *http.Request) error {
	host, err := p.knownHost(r)
	if err != nil {
		return err
	}
	if isPost(r) {
		if err := p.Node.DropHost(r.Context(), p.Frame.Viewer(r), host); err != nil {
			return err
		}
		p.Frame.Flash(r, "ok", "delivery.dropped", "host", host)
		return p.Frame.Redirect(w, r, "/admin/livraisons")
	}
	page := p.admin(r, p.t(r, "delivery.drop-title", "host", host), "/admin/livraisons").Page
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
		Page: page, Text: p.t(r, "delivery.drop-text", "host", host),
		Points: []string{p.t(r, "delivery.drop-lost"), p.t(r, "delivery.drop-later")},
		Action: "/admin/livraisons/abandonner", Button: p.t(r, "delivery.drop"), Danger: true,
		Hidden: []assets.Hidden{{Name: "host", Value: host}},
		Back:   assets.Link{Text: p.t(r, "form.cancel"), Href: "/admin/livraisons"},
	})
}

// knownHost is the host of the form, if there is a queue for it.
func (p *Pages) knownHost(r *http.Request) (string, error) {
	host := r.FormValue("host")
	known := false
	err := p.view(r, func(tx *store.Txn) error {
		for l := range tx.Lanes() {
			known = known || l.Host == host
		}
		known = known || tx.Backlog()[host] > 0
		return nil
	})
	if err == nil && !known {
		err = store.ErrNotFound
	}
	return host, err
}
