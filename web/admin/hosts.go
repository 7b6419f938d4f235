package admin

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const (
	hostsPath    = peersPath + "/serveurs/"
	forgetPath   = "/oublier"
	hostLabs     = 50 // of a host that are named
	meanDays     = 7
	dailyDays    = 30
	softwareTime = 3 * time.Second // for what can be left out
)

// hostLine is a server with which the lab exchanges, in the table of the network.
type hostLine struct {
	Host, Href     string
	Names          string
	Software       string
	State          assets.Badge
	Problem        string // what went wrong last, in words
	Mean           string // activities a day
	Sent, Received time.Time
	Scheme         string
}

// exchange is what is known of a host.
type exchange struct {
	host    string
	order   store.HostOrder
	lane    *store.Lane
	waiting int
	labs    []hostLab // whom the lab follows, and the labs that follow it
	others  int       // people who follow the lab
}

// hostLab is a lab of a host, and who follows whom.
type hostLab struct {
	Name, Address, Href string
	ID                  store.ID
	Follow              *assets.Badge // of the lab's follow; nil: it never asked
	FollowsUs           bool
	Copied              time.Time // last time when the copy was known to be the same
	Problem             string    // of the copy

	state store.FollowState
}

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

// forgetPage is "admin-forget.html": what goes with a server, before it does.
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

// exchanges are the hosts of all whom the lab follows or who follow it, and those that
// are paused.
func (p *Pages) exchanges(r *http.Request, tx *store.Txn) (map[string]*exchange, error) {
	lab, err := tx.Lab()
	if err != nil {
		return nil, err
	}
	all := map[string]*exchange{}
	at := func(host string) *exchange {
		if all[host] == nil {
			all[host] = &exchange{host: host, order: tx.HostOrder(host), lane: tx.Lane(host)}
		}
		return all[host]
	}
	for f := range tx.Following(lab.ID) {
		if a, err := tx.Actor(f.Followed); err == nil && !a.Local {
			e := at(store.HostOf(a.IRI))
			e.labs = append(e.labs, p.hostLab(r, tx, lab, a))
		}
	}
	for f := range tx.Followers(lab.ID) {
		a, err := tx.Actor(f.Follower)
		switch {
		case err != nil, a.Local, f.State != store.Accepted:
		case a.Type != store.Group:
			at(store.HostOf(a.IRI)).others++
		default:
			if _, err := tx.Follow(lab.ID, a.ID); err != nil { // not among the others
				e := at(store.HostOf(a.IRI))
				e.labs = append(e.labs, p.hostLab(r, tx, lab, a))
			}
		}
	}
	for o := range tx.HostOrders() {
		if !o.Paused.IsZero() {
			at(o.Host)
		}
	}
	return all, nil
}

func (p *Pages) hostLab(r *http.Request, tx *store.Txn, lab, a *store.Actor) hostLab {
	l := hostLab{ID: a.ID, Name: a.DisplayName(), Address: a.Address(), Href: a.Page(), FollowsUs: tx.Follows(a.ID, lab.ID)}
	if f, err := tx.Follow(lab.ID, a.ID); err == nil {
		l.state = f.State
		l.Follow = &assets.Badge{Tone: followTones[f.State], Text: p.t(r, "host.follow-"+string(f.State))}
	}
	if s := tx.Sync(a.ID); s != nil {
		if l.Copied = s.Checked; s.Problem != "" {
			l.Problem = p.t(r, "copy.problem."+string(s.Problem))
		}
	}
	return l
}

var followTones = map[store.FollowState]string{store.Asked: "info", store.Accepted: "ok", store.Refused: "warn"}

// hostLines are the rows of the table of the network: what is in trouble first.
func (p *Pages) hostLines(r *http.Request, tx *store.Txn) ([]hostLine, error) {
	all, err := p.exchanges(r, tx)
	if err != nil {
		return nil, err
	}
	var lines []hostLine
	for host, e := range all {
		if len(e.labs) == 0 && e.order.Paused.IsZero() {
			continue // people alone: the queue of deliveries has them
		}
		line := hostLine{
			Host: host, Href: hostsPath + host, State: p.hostState(r, e), Problem: p.hostProblem(r, e), Software: softwareOf(tx, e),
			Mean: p.mean(r, tx, host, meanDays), Sent: e.lane.LastOK, Received: tx.ExchangesWith(host).Last, Scheme: p.scheme(r, e.lane),
		}
		var names []string
		for _, l := range e.labs[:min(3, len(e.labs))] {
			names = append(names, l.Name)
		}
		line.Names = strings.Join(names, ", ")
		lines = append(lines, line)
	}
	rank := map[string]int{"err": 0, "warn": 1, "info": 2, "ok": 3, "plain": 4}
	slices.SortFunc(lines, func(a, b hostLine) int {
		return cmp.Or(cmp.Compare(rank[a.State.Tone], rank[b.State.Tone]), strings.Compare(a.Host, b.Host))
	})
	return lines[:min(len(lines), mostPeers)], nil
}

// hostState says in one word how the exchange with a host is.
func (p *Pages) hostState(r *http.Request, e *exchange) assets.Badge {
	badge := func(tone, key string) assets.Badge { return assets.Badge{Tone: tone, Text: p.t(r, key)} }
	has := func(holds func(hostLab) bool) bool { return slices.ContainsFunc(e.labs, holds) }
	switch {
	case !e.order.Paused.IsZero():
		return badge("warn", "delivery.paused")
	case e.lane.State == store.Lost:
		return badge("err", "delivery.lost")
	case e.lane.State == store.Failing:
		return badge("warn", "delivery.failing")
	case has(func(l hostLab) bool { return l.state == store.Refused }):
		return badge("warn", "host.follow-refused")
	case has(func(l hostLab) bool { return l.Problem != "" }):
		return badge("warn", "host.copy-trouble")
	case has(func(l hostLab) bool { return l.state == store.Asked }):
		return badge("info", "host.follow-asked")
	case e.lane.LastOK.IsZero():
		return badge("plain", "delivery.untried")
	}
	return badge("ok", "delivery.healthy")
}

func (p *Pages) hostProblem(r *http.Request, e *exchange) string {
	if e.lane.Error != "" {
		return p.failureText(r, e.lane)
	}
	for _, l := range e.labs {
		if l.Problem != "" {
			return l.Problem
		}
	}
	return ""
}

// scheme is how what goes to a host is signed, in words; empty: nothing went there yet.
func (p *Pages) scheme(r *http.Request, l *store.Lane) string {
	if l.Scheme == "" {
		return ""
	}
	return p.t(r, "host.scheme-"+l.Scheme)
}

// softwareOf is what a host said that it runs, when its labs were looked at.
func softwareOf(tx *store.Txn, e *exchange) string {
	for _, l := range e.labs {
		a, err := tx.Actor(l.ID)
		if err != nil {
			continue
		}
		if peer, err := tx.PeerByIRI(a.IRI); err == nil && peer.Software != "" {
			return peer.Software
		}
	}
	return ""
}

// mean is how many activities come from a host a day.
func (p *Pages) mean(r *http.Request, tx *store.Txn, host string, days int) string {
	sum := 0
	for _, n := range tx.ExchangedDaily(host, days) {
		sum += n
	}
	return assets.LangOf(r.Context()).Amount(math.Round(10*float64(sum)/float64(days)) / 10)
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
