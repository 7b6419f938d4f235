package admin

import (
	"errors"
	"net/http"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const (
	linksPath = "/admin/liens"
	maxLinks  = 200 // on the page
)

// linksPage is "admin-links.html": addresses at which there is nothing any more.
type linksPage struct {
	top
	Off   bool // nobody looks
	Rows  []brokenLink
	Empty assets.Empty
}

type brokenLink struct {
	Address       string
	Record        store.ID
	Sheet         assets.Link
	Answer        string
	Since, Looked time.Time // Looked is zero while it is about to be looked at
}

// links is /admin/liens.
func (p *Pages) links(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.retryLink(w, r)
	}
	page := linksPage{
		top: p.admin(r, p.t(r, "link.caption"), linksPath), Off: !p.Node.WatchLinks,
		Empty: assets.Empty{Title: p.t(r, "link.none"), Text: p.t(r, "link.none-text")},
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Rows = nil
		for c := range tx.BrokenLinks() {
			it, err := tx.Record(c.Record)
			if err != nil || len(page.Rows) == maxLinks {
				return err
			}
			page.Rows = append(page.Rows, p.brokenLink(r, it.Envelope(), c))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-links.html", page)
}

func (p *Pages) brokenLink(r *http.Request, rec *store.Record, c *store.LinkCheck) brokenLink {
	row := brokenLink{
		Address: c.Address, Record: c.Record, Since: c.Since, Looked: c.Looked, Answer: p.t(r, "link.silent"),
		Sheet: assets.Link{Text: rec.Title, Href: federation.PagePath(rec)},
	}
	if c.Status != 0 {
		row.Answer = p.t(r, "link.status", "status", c.Status)
	}
	return row
}

// retryLink has an address looked at again.
func (p *Pages) retryLink(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(r.PostForm.Get("record"))
	if err != nil {
		return &reply.Error{Status: http.StatusBadRequest}
	}
	err = p.Node.HurryLink(r.Context(), p.Frame.Viewer(r), id, r.PostForm.Get("address"))
	if err != nil && !errors.Is(err, store.ErrNotFound) { // it was found meanwhile
		return err
	}
	p.Frame.Flash(r, "info", "link.retrying")
	return p.Frame.Redirect(w, r, linksPath)
}
