// Package frame puts the pages of every HTML dialect into their frame: the lab's
// name, who is signed in, the message on what was just done, the page of an
// error. A dialect brings templates and handlers; it finds the rest here.
package frame

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/session"
)

// Frame is what all pages of a node share. It is safe for concurrent use once
// its fields are set.
type Frame struct {
	Renderer  *assets.Renderer
	Sessions  *session.Manager
	Store     *store.Store
	BaseURL   string // scheme and host, without a slash at the end
	Version   string
	SourceURL string
	Demo      bool // the content is fictional
	Log       *slog.Logger
	// Unread counts the notices that a member did not read, as far as it matters; nil:
	// they are not counted.
	Unread func(ctx context.Context, viewer store.Viewer, member store.ID) int

	known atomic.Pointer[knownLab]
}

const flashKey = "flash"

// Page begins a page of this request. title is final text. The flash is taken
// out of the session, so a handler calls Page once, for what it renders.
func (f *Frame) Page(r *http.Request, title string) assets.Page {
	p := f.Renderer.NewPage(r, f.Site(r), title)
	f.address(r, &p)
	if tone, text, ok := strings.Cut(f.Sessions.Pop(r.Context(), flashKey), "\n"); ok {
		p.Flash = &assets.Flash{Tone: tone, Text: text}
	}
	return p
}

// address fills in who the page is for.
func (f *Frame) address(r *http.Request, p *assets.Page) {
	viewer, _, actor := f.Sessions.Viewer(r.Context())
	if actor != nil {
		p.Viewer = &assets.Viewer{Name: actor.DisplayName(), Handle: actor.Address(), Admin: viewer.May(store.Moderate)}
		if f.Unread != nil {
			p.Viewer.Unread = f.Unread(r.Context(), viewer, actor.ID)
		}
	}
}

// Site is the lab, or the bare node before it was set up.
func (f *Frame) Site(r *http.Request) assets.Site {
	s := assets.Site{Name: store.HostOf(f.BaseURL), BaseURL: f.BaseURL, Version: f.Version, SourceURL: f.SourceURL, Demo: f.Demo}
	known, err := f.lab(r.Context())
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			f.Log.WarnContext(r.Context(), "page without its lab", "err", err)
		}
		return s
	}
	lab := known.lab
	s.Name, s.Handle, s.Logo = lab.DisplayName(), lab.Address(), f.logo(lab.Icon)
	s.Conformity, s.Charter, s.Accent = string(known.said.Conformity(f.Store.Now())), known.charter, known.accent
	if len(lab.Territory) > 0 && f.Renderer.Catalog.Has(assets.French, "territory."+lab.Territory[0]) {
		s.Territory = f.Renderer.T(r, "territory."+lab.Territory[0])
	}
	return s
}

// Synonyms are the lab's words for themes, which nobody may change. It is not to be called
// while the store is read.
func (f *Frame) Synonyms(r *http.Request) store.Synonyms {
	known, err := f.lab(r.Context())
	if err != nil {
		return nil // Site says why
	}
	return known.words
}

// logo is the path of the lab's picture, as small as there is one; empty: there is
// none here.
func (f *Frame) logo(img *store.Image) string {
	if img == nil {
		return ""
	}
	path, ours := strings.CutPrefix(cmp.Or(img.Small, img.URL), f.BaseURL+"/")
	if !ours {
		return ""
	}
	return "/" + path
}

// knownLab is the lab, and what it says of its site, as it was at a version of the
// node's actors.
type knownLab struct {
	version uint64
	lab     *store.Actor
	said    *store.Statements
	charter bool
	accent  string
	words   store.Synonyms
}

// lab returns the node's lab, which nobody may change, or store.ErrNotFound
// before the set-up.
func (f *Frame) lab(ctx context.Context) (*knownLab, error) {
	version := f.Store.LocalVersion() // before reading: what is newer is read again
	if k := f.known.Load(); k != nil && k.version == version {
		return k, nil
	}
	k := &knownLab{version: version}
	err := f.Store.View(ctx, func(tx *store.Txn) (err error) {
		k.lab, err = tx.Lab()
		k.said, k.charter, k.accent = tx.Statements(), tx.Charter().Text != "", tx.Accent()
		k.words = tx.Synonyms()
		return err
	})
	if err == nil {
		f.known.Store(k)
	}
	return k, err
}

// Render writes the page called name. What a signed-in person sees stays in
// that person's browser, and is asked for again.
func (f *Frame) Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) error {
	if _, account, _ := f.Sessions.Viewer(r.Context()); account != nil && w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	return f.Renderer.Render(w, r, status, name, data)
}

// Flash keeps a message for the next page of this session. Tone is "ok", "info",
// "warn" or "err"; key and args are as for Catalog.T.
func (f *Frame) Flash(r *http.Request, tone, key string, args ...any) {
	f.Sessions.Put(r.Context(), flashKey, tone+"\n"+f.Renderer.T(r, key, args...))
}

// Redirect answers 303 to a path of this site, in the request's language.
func (f *Frame) Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, assets.LangOf(r.Context()).Link(assets.LocalPath(path)), http.StatusSeeOther)
	return nil
}

// Viewer is who looks: zero for a visitor.
func (f *Frame) Viewer(r *http.Request) store.Viewer {
	v, _, _ := f.Sessions.Viewer(r.Context())
	return v
}

// Responder answers errors with pages.
func (f *Frame) Responder() reply.Responder {
	return reply.Responder{Log: f.Log, Render: f.failure}
}

func (f *Frame) failure(w http.ResponseWriter, r *http.Request, p reply.Problem) {
	page := f.Renderer.NewFailure(r, f.Site(r), p.Status, p.Key, p.Instance)
	f.address(r, &page.Page)
	if p.Status == http.StatusUnauthorized {
		page.Actions = append([]assets.Link{{Text: f.Renderer.T(r, "nav.sign-in"), Href: "/connexion"}}, page.Actions...)
	}
	if err := f.Renderer.Render(w, r, p.Status, "error.html", page); err != nil {
		panic(fmt.Errorf("render the page of an error: %w", err)) // the template itself is wrong
	}
}

// Fail writes the page of a refusal that has words of its own: key ends
// "failure.KEY.title" and "failure.KEY.text".
func (f *Frame) Fail(w http.ResponseWriter, r *http.Request, status int, key string) error {
	w.Header().Set("Cache-Control", "no-store")
	f.failure(w, r, reply.Problem{Status: status, Key: key})
	return nil
}

// Handle makes a handler of one that needs the lab: before the set-up it answers
// 503 with a page that says where to find the link.
func (f *Frame) Handle(h reply.Handler) http.Handler {
	return f.Always(func(w http.ResponseWriter, r *http.Request) error {
		_, err := f.lab(r.Context())
		if errors.Is(err, store.ErrNotFound) {
			return f.Fail(w, r, http.StatusServiceUnavailable, "not-set-up")
		}
		if err != nil {
			return err
		}
		return h(w, r)
	})
}

// Always makes a handler of one that works before the set-up too.
func (f *Frame) Always(h reply.Handler) http.Handler { return f.Responder().Adapt(h) }
