package admin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/webfinger"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

const (
	listPath = peersPath + "/liste"
	findTime = 25 * time.Second // for looking up a whole list
)

// listPage is "admin-follow-list.html": the form, or who was found.
type listPage struct {
	top
	Fields []assets.Field
	Lines  []listLine
	Found  int
	Button string
}

// listLine is an account of the list.
type listLine struct {
	Line          int
	Text          string
	Name, Address string
	IRI           string // to be followed; empty: it is not
	State         assets.Badge
}

func (p *Pages) listRoutes(r *mux.Router) {
	route.Handle(r, listPath, p.Frame.Handle(p.readList)).Methods(http.MethodPost) // a file is larger than other forms
	p.runs(r, listPath, func(w http.ResponseWriter, r *http.Request) error { return p.showList(w, r, nil) })
}

func (p *Pages) listPage(r *http.Request) listPage {
	return listPage{top: p.admin(r, p.t(r, "peers.list"), peersPath)}
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, mistake error) error {
	page := p.listPage(r)
	page.Fields = []assets.Field{
		{Name: "accounts", Label: p.t(r, "follow-list.accounts"), Hint: p.t(r, "follow-list.accounts-hint", "count", federation.MaxWanted), Type: "textarea", Rows: 8, Value: r.PostFormValue("accounts")},
		{Name: "file", Label: p.t(r, "follow-list.file"), Hint: p.t(r, "follow-list.file-hint"), Type: "file", Accept: ".csv,.txt"},
	}
	status := http.StatusOK
	if mistake != nil {
		status = http.StatusUnprocessableEntity
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistake, page.Fields)
	}
	return p.Frame.Render(w, r, status, "admin-follow-list.html", page)
}

// readList shows who is on the list that was sent, or follows those that were shown
// before.
func (p *Pages) readList(w http.ResponseWriter, r *http.Request) error {
	switch v := p.Frame.Viewer(r); {
	case !v.Local:
		return &reply.Error{Status: http.StatusUnauthorized}
	case !v.May(store.RunLab):
		return &reply.Error{Status: http.StatusForbidden}
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4*maxForm)
	if err := r.ParseMultipartForm(4 * maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if reply.Status(err) == http.StatusRequestEntityTooLarge {
			return err
		}
		return &reply.Error{Status: http.StatusBadRequest, Err: err}
	}
	if chosen := r.PostForm["iri"]; len(chosen) > 0 {
		return p.followListed(w, r, chosen)
	}
	text, err := sent(r)
	if err != nil {
		return err
	}
	list, err := federation.ReadWanted(text)
	switch {
	case errors.Is(err, federation.ErrTooMany):
		return p.showList(w, r, &store.FieldError{Field: "accounts", Reason: "error.follow-list-long", Args: map[string]any{"count": federation.MaxWanted}})
	case len(list) == 0:
		return p.showList(w, r, &store.FieldError{Field: "accounts", Reason: "error.required"})
	}
	return p.previewList(w, r, list)
}

// sent is the text that was typed, and the file.
func sent(r *http.Request) (string, error) {
	text := r.PostFormValue("accounts")
	file, _, err := r.FormFile("file")
	if err != nil {
		return text, nil // there is none
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	return string(data) + "\n" + text, err
}

func (p *Pages) previewList(w http.ResponseWriter, r *http.Request, list []federation.Wanted) error {
	ctx, cancel := context.WithTimeout(r.Context(), findTime)
	defer cancel()
	p.Node.FindWanted(ctx, list)
	page := p.listPage(r)
	for _, x := range list {
		line := listLine{Line: x.Line, Text: x.Text}
		if x.Actor != nil {
			line.Name, line.Address = x.Actor.DisplayName(), x.Actor.Address()
		}
		line.State = p.wantedState(r, x.Err)
		if x.Err == nil {
			line.IRI = x.Actor.IRI
			page.Found++
		}
		page.Lines = append(page.Lines, line)
	}
	page.Button = p.t(r, "follow-list.go", "count", page.Found)
	return p.Frame.Render(w, r, http.StatusOK, "admin-follow-list.html", page)
}

// wantedState says what will become of a line.
func (p *Pages) wantedState(r *http.Request, err error) assets.Badge {
	tone, key := "warn", "nobody"
	switch {
	case err == nil:
		tone, key = "ok", "found"
	case errors.Is(err, federation.ErrFollowed):
		tone, key = "plain", "followed"
	case errors.Is(err, federation.ErrForbidden):
		tone, key = "plain", "own"
	case errors.Is(err, federation.ErrBlocked):
		key = "blocked"
	case errors.Is(err, webfinger.ErrInvalid):
		key = "invalid"
	case errors.Is(err, federation.ErrUnreachable), errors.Is(err, context.DeadlineExceeded):
		key = "unreachable"
	}
	return assets.Badge{Tone: tone, Text: p.t(r, "follow-list."+key)}
}

// followListed follows those that were ticked.
func (p *Pages) followListed(w http.ResponseWriter, r *http.Request, chosen []string) error {
	var lab *store.Actor
	err := p.view(r, func(tx *store.Txn) (err error) {
		lab, err = tx.Lab()
		return err
	})
	if err != nil {
		return err
	}
	asked := 0
	for _, iri := range chosen[:min(len(chosen), federation.MaxWanted)] {
		if p.Node.Followable(r.Context(), iri) != nil {
			continue // it changed since it was shown
		}
		err := p.Node.Publish(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), &federation.Activity{
			Verb: "Follow", Actor: lab.IRI, Object: strings.TrimSpace(iri),
		})
		if err != nil {
			return err
		}
		asked++
	}
	p.Frame.Log.InfoContext(r.Context(), "list followed", "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "follow-list.asked", "count", asked)
	return p.Frame.Redirect(w, r, "/reseau")
}
