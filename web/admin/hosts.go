package admin

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	hostsPath = peersPath + "/serveurs/"
	meanDays  = 7
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
