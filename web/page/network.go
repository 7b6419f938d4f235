package page

import (
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

type networkPage struct {
	assets.Page
	Picture        chart
	Following      *neighbours
	Followers      *neighbours
	FollowingCount string
	FollowersCount string
	Waiting        string // follow requests; empty: none, or not for this viewer
	Follow         *assets.Link
	Empty          *assets.Empty
	Address        string
	Links          *linkTable
	Suggestions    []suggestion
	More           []assets.Link // for those who run the node
}

// neighbours is one of the tables; nil where it would be empty.
type neighbours struct {
	Caption string
	List    []neighbour
	Leaving bool // its follows can be ended by the viewer
}

// neighbour is a line of the network's tables.
type neighbour struct {
	Name, Href, Address, Territory string
	Lab                            bool
	State                          assets.Badge
	SinceDown                      time.Time // unreachable since; zero: reachable
	Since                          time.Time
	Received                       int
	Leave                          string // where to stop following; empty: not for this viewer
	Copy                           *copyState
}

// network shows whom the lab follows and who follows it, as a picture and as
// tables.
func (p *Pages) network(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := networkPage{Page: a.page(a.t("network.title"), "network")}
	d.Description = a.t("network.lead")
	err := a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		a.addNetwork(tx, &d, lab)
		d.Links = a.linkTable(a.networkRows(tx, lab))
		d.Suggestions, d.More = a.suggestions(tx), a.networkLinks()
		return nil
	})
	if err != nil {
		return err
	}
	if a.by.Runs {
		follow := a.link("follow.title", "/reseau/suivre")
		d.Follow = &follow
	}
	if d.Following == nil && d.Followers == nil {
		d.Empty = &assets.Empty{Title: a.t("network.empty.title"), Text: a.t("network.empty.text")}
		if d.Follow != nil {
			d.Empty.Actions = []assets.Link{*d.Follow}
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "network.html", d)
}

func (a *ask) addNetwork(tx *store.Txn, d *networkPage, lab *store.Actor) {
	m := newSketch(lab, a.published(tx, lab, lab))
	m.now = a.Node.Store.Now()
	var following, followers []neighbour
	waiting := 0
	for f := range tx.Following(lab.ID) {
		if other, err := tx.Actor(f.Followed); err == nil {
			following = append(following, a.neighbour(tx, lab, other, f))
			m.follows(other, following[len(following)-1].Received, f.State == store.Accepted)
		}
	}
	for f := range tx.Followers(lab.ID) {
		other, err := tx.Actor(f.Follower)
		if err != nil {
			continue
		}
		followers = append(followers, a.neighbour(tx, lab, other, f))
		if f.State == store.Asked {
			waiting++
		}
		if other.Type == store.Group {
			m.followedBy(other, followers[len(followers)-1].Received, f.State == store.Accepted)
		}
	}
	if waiting > 0 && a.by.Runs {
		d.Waiting = a.t("network.waiting", "count", waiting)
	}
	d.Following = table(a.t("network.following-table"), following, a.by.Runs)
	d.Followers = table(a.t("network.followers-table"), followers, false)
	d.FollowingCount = a.t("network.following-count", "count", accepted(tx.Following(lab.ID)))
	d.FollowersCount = a.t("network.followers-count", "count", accepted(tx.Followers(lab.ID)))
	m.farther(tx.Neighbourhood(secondHop, mostLabs))
	for _, l := range m.labs {
		said := tx.ExchangesWith(store.HostOf(l.actor.IRI))
		l.said = &said
	}
	d.Address, d.Picture = lab.Address(), m.draw(a)
}

// table sorts its lines by name.
func table(caption string, list []neighbour, leaving bool) *neighbours {
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(x, y neighbour) int {
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	for i := range list {
		if leaving {
			list[i].Leave = list[i].Href + "/quitter"
		}
	}
	return &neighbours{Caption: caption, List: list, Leaving: leaving}
}

// published counts what the viewer may see here of an actor.
func (a *ask) published(tx *store.Txn, lab, actor *store.Actor) int {
	return tx.ListLab(actor.ID, store.Query{Viewer: a.by, Home: actor.ID == lab.ID}).Total
}

func (a *ask) neighbour(tx *store.Txn, lab, other *store.Actor, f *store.Follow) neighbour {
	n := neighbour{
		Name: other.DisplayName(), Href: actorPath(other), Address: other.Address(), Territory: a.places(other.Territory),
		Lab: other.Type == store.Group, Since: f.Asked, Received: a.published(tx, lab, other),
	}
	if f.Followed == other.ID {
		n.Copy = a.copyState(tx, other)
	}
	n.State, n.SinceDown = a.state(tx, other, f)
	if !f.Answered.IsZero() {
		n.Since = f.Answered
	}
	return n
}

// state says how a follow stands; an accepted one whose other end does not
// answer is unreachable, since when.
func (a *ask) state(tx *store.Txn, other *store.Actor, f *store.Follow) (assets.Badge, time.Time) {
	lane := tx.Lane(store.HostOf(other.DeliverTo()))
	if lane.State != store.Healthy && f.State != store.Refused {
		return assets.Badge{Tone: "warn", Text: a.t("network.state.unreachable")}, lane.Since
	}
	return assets.Badge{Tone: stateTones[f.State], Text: a.t("network.state." + string(f.State))}, time.Time{}
}

var stateTones = map[store.FollowState]string{store.Asked: "info", store.Accepted: "ok", store.Refused: "plain"}

func accepted(follows iter.Seq[*store.Follow]) int {
	n := 0
	for f := range follows {
		if f.State == store.Accepted {
			n++
		}
	}
	return n
}
