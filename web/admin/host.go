package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const (
	forgetPath   = "/oublier"
	hostLabs     = 50 // of a host that are named
	dailyDays    = 30
	softwareTime = 3 * time.Second // for what can be left out
)

// hostPage is "admin-host.html": one server.
type hostPage struct {
	top
	Host, Path string
	Paused     time.Time // zero: it is not
	Waiting    int
	Facts      assets.Table
	Labs       []hostLab
	Others     string // how many people there follow the lab
	Daily      assets.Table
}

// forgetView is "admin-forget.html": what goes with a server, before it does.
type forgetView struct {
	top
	Host, Path string
	Points     []string
	Refuse     string // what may go, too; empty: nobody follows the lab
}

func (p *Pages) hostRoutes(r *mux.Router) {
	p.runs(r, hostsPath+"{host}", p.host)
	p.runs(r, hostsPath+"{host}"+forgetPath, p.forgetHost)
}

// host is /admin/reseau/serveurs/{host}.
func (p *Pages) host(w http.ResponseWriter, r *http.Request) error {
	host := mux.Vars(r)["host"]
	if isPost(r) {
		return p.decideHost(w, r, host)
	}
	page := hostPage{top: p.admin(r, host, peersPath), Host: host, Path: hostsPath + host}
	page.Crumbs = append(page.Crumbs, assets.Link{Text: p.t(r, "peers.title"), Href: peersPath})
	var software string
	err := p.view(r, func(tx *store.Txn) error {
		e, err := p.exchangeWith(r, tx, host)
		if err != nil {
			return err
		}
		page.Paused, page.Waiting, page.Labs = e.order.Paused, e.waiting, e.labs[:min(hostLabs, len(e.labs))]
		if e.others > 0 {
			page.Others = p.t(r, "host.others", "count", e.others)
		}
		page.Facts, page.Daily = p.hostFacts(r, tx, e), p.daily(r, tx, host)
		software = softwareOf(tx, e)
		return nil
	})
	if err != nil {
		return err
	}
	if software == "" && page.Paused.IsZero() {
		software = p.softwareAt(r.Context(), host)
	}
	if software != "" {
		page.Facts.Rows = append(page.Facts.Rows, []assets.Cell{{Text: p.t(r, "peers.software")}, {Text: software}})
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-host.html", page)
}

// softwareAt asks a host what it runs.
func (p *Pages) softwareAt(ctx context.Context, host string) string {
	if p.Software == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, softwareTime)
	defer cancel()
	return p.Software(ctx, host)
}

// exchangeWith is what is known of one host; store.ErrNotFound: nothing.
func (p *Pages) exchangeWith(r *http.Request, tx *store.Txn, host string) (*exchange, error) {
	all, err := p.exchanges(r, tx)
	if err != nil {
		return nil, err
	}
	waiting := tx.Backlog()[host]
	e := all[host]
	if e == nil {
		if !tx.DeliversTo(host) && waiting == 0 && tx.PeersOn(host) == 0 {
			return nil, store.ErrNotFound
		}
		e = &exchange{host: host, order: tx.HostOrder(host), lane: tx.Lane(host)}
	}
	e.waiting = waiting
	return e, nil
}

func (p *Pages) hostFacts(r *http.Request, tx *store.Txn, e *exchange) assets.Table {
	t := assets.Table{Caption: p.t(r, "host.facts"), Columns: []assets.Column{{Text: p.t(r, "host.fact")}, {Text: p.t(r, "host.value")}}}
	state := p.hostState(r, e)
	add := func(key string, value assets.Cell) {
		if value != (assets.Cell{}) {
			t.Rows = append(t.Rows, []assets.Cell{{Text: p.t(r, key)}, value})
		}
	}
	count := func(n int) assets.Cell { return assets.Cell{Text: assets.LangOf(r.Context()).Number(int64(n))} }
	add("delivery.state", assets.Cell{Badge: &state})
	add("host.paused-since", assets.Cell{Time: e.order.Paused})
	add("host.failing-since", assets.Cell{Time: e.lane.Since})
	add("host.error", assets.Cell{Text: p.hostProblem(r, e)})
	add("delivery.waiting", count(e.waiting))
	add("host.next", assets.Cell{Time: e.lane.NextAt})
	add("host.last-sent", assets.Cell{Time: e.lane.LastOK})
	if e.lane.Dropped > 0 {
		add("host.refused", count(e.lane.Dropped))
	}
	if last := tx.ExchangesWith(e.host).Last; !last.IsZero() {
		add("host.last-received", assets.Cell{Text: assets.LangOf(r.Context()).Date(last)})
	}
	add("host.mean-7", assets.Cell{Text: p.mean(r, tx, e.host, meanDays)})
	add("host.mean-30", assets.Cell{Text: p.mean(r, tx, e.host, dailyDays)})
	add("host.scheme", assets.Cell{Text: p.scheme(r, e.lane)})
	return t
}

// daily is what came from a host on each of the last days, the newest first.
func (p *Pages) daily(r *http.Request, tx *store.Txn, host string) assets.Table {
	t := assets.Table{Caption: p.t(r, "host.daily"), Columns: []assets.Column{{Text: p.t(r, "host.day")}, {Text: p.t(r, "host.received"), Number: true}}}
	lang, said := assets.LangOf(r.Context()), tx.ExchangedDaily(host, dailyDays)
	for i, n := range slices.Backward(said) {
		day := tx.Now().UTC().AddDate(0, 0, i-len(said)+1)
		t.Rows = append(t.Rows, []assets.Cell{{Text: lang.Date(day)}, {Text: lang.Number(int64(n))}})
	}
	return t
}

// decideHost does what was decided about a host.
func (p *Pages) decideHost(w http.ResponseWriter, r *http.Request, host string) error {
	by, do := p.Frame.Viewer(r), r.PostForm.Get("do")
	ctx := context.WithoutCancel(r.Context())
	var err error
	switch do {
	case "pause":
		err = p.Node.PauseHost(ctx, by, host)
	case "resume":
		err = p.Node.ResumeHost(ctx, by, host)
	case "retry":
		err = p.Node.RetryHost(ctx, by, host)
	case "follow":
		var actor store.ID
		if actor, err = store.ParseID(r.PostForm.Get("actor")); err == nil {
			err = p.Node.FollowAgain(ctx, by, actor)
		}
	default:
		err = &reply.Error{Status: http.StatusBadRequest}
	}
	if err != nil {
		return err
	}
	if do == "resume" || do == "retry" {
		p.Deliveries.Retry(host)
	}
	p.Frame.Flash(r, "ok", "host."+do+"-done", "host", host)
	return p.Frame.Redirect(w, r, hostsPath+host)
}

// forgetHost asks whether the exchange with a host shall end, and ends it.
func (p *Pages) forgetHost(w http.ResponseWriter, r *http.Request) error {
	host := mux.Vars(r)["host"]
	if isPost(r) {
		if err := p.Node.ForgetHost(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), host, r.PostForm.Get("refuse") != ""); err != nil {
			return err
		}
		p.Frame.Log.InfoContext(r.Context(), "host forgotten", "host", host, "actor", p.Frame.Viewer(r).Actor)
		p.Frame.Flash(r, "ok", "host.forget-done", "host", host)
		return p.Frame.Redirect(w, r, peersPath)
	}
	page := forgetView{top: p.admin(r, p.t(r, "host.forget-title", "host", host), peersPath), Host: host, Path: hostsPath + host}
	page.Crumbs = append(page.Crumbs, assets.Link{Text: p.t(r, "peers.title"), Href: peersPath}, assets.Link{Text: host, Href: page.Path})
	err := p.view(r, func(tx *store.Txn) error {
		e, err := p.exchangeWith(r, tx, host)
		if err != nil {
			return err
		}
		page.Points, page.Refuse = p.forgetPoints(r, e)
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-forget.html", page)
}

// forgetPoints says what goes with a host and what stays, and which follows of the lab may
// go.
func (p *Pages) forgetPoints(r *http.Request, e *exchange) (points []string, refuse string) {
	followed, followers := 0, e.others
	for _, l := range e.labs {
		if l.Follow != nil {
			followed++
		}
		if l.FollowsUs {
			followers++
		}
	}
	if followed > 0 {
		points = append(points, p.t(r, "host.forget-follows", "count", followed))
	}
	if e.waiting > 0 {
		points = append(points, p.t(r, "host.forget-queue", "count", e.waiting))
	}
	for _, key := range []string{"copies", "members", "blocks", "again"} {
		points = append(points, p.t(r, "host.forget-"+key))
	}
	if followers > 0 {
		refuse = p.t(r, "host.forget-refuse", "count", followers)
	}
	return points, refuse
}
