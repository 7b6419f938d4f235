package admin

import (
	"net/http"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
)

// requestsPage is "admin-requests.html": who asks to follow the lab.
type requestsPage struct {
	top
	Requests []request
	Empty    assets.Empty
}

type request struct {
	ID      store.ID
	Name    string
	Address string
	Page    string // on its own host
	Excerpt string
	Asked   time.Time
}

// excerpt is the length of what a profile says of itself, in characters.
const excerpt = 200

// requests is /admin/demandes.
func (p *Pages) requests(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.answerRequest(w, r)
	}
	page := requestsPage{
		top:   p.admin(r, p.t(r, "admin.tab.requests"), "/admin/demandes"),
		Empty: assets.Empty{Title: p.t(r, "request.none"), Text: p.t(r, "request.none-text")},
	}
	err := p.view(r, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		for f := range tx.Followers(lab.ID) {
			if f.State != store.Asked {
				continue
			}
			a, err := tx.Actor(f.Follower)
			if err != nil {
				return err
			}
			page.Requests = append(page.Requests, request{
				ID: a.ID, Name: a.DisplayName(), Address: a.Address(), Page: webPage(a),
				Excerpt: markup.Excerpt(markup.Plain(a.Summary), excerpt), Asked: f.Asked,
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-requests.html", page)
}

// webPage is where an actor's own page is, if that is on the actor's own host:
// another address would be somebody else's words.
func webPage(a *store.Actor) string {
	if store.SameOrigin(a.Page(), a.IRI) {
		return a.Page()
	}
	return a.IRI
}

// answers are the verbs that answer a request, by the button's value.
var answers = map[string]string{"accept": "Accept", "refuse": "Reject"}

func (p *Pages) answerRequest(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(r.PostForm.Get("follower"))
	if err != nil {
		return err
	}
	answer := r.PostForm.Get("answer")
	verb, ok := answers[answer]
	if !ok {
		return &reply.Error{Status: http.StatusBadRequest}
	}
	var lab, follower *store.Actor
	err = p.view(r, func(tx *store.Txn) error {
		if lab, err = tx.Lab(); err != nil {
			return err
		}
		follower, err = tx.Actor(id)
		return err
	})
	if err != nil {
		return err
	}
	err = p.Node.Publish(r.Context(), p.Frame.Viewer(r), &federation.Activity{Verb: verb, Actor: lab.IRI, Object: follower.IRI})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "request."+answer+"-done", "name", follower.DisplayName())
	return p.Frame.Redirect(w, r, "/admin/demandes")
}
