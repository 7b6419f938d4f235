package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const (
	maxForm    = 16 << 20 // bytes of a form with its picture, besides its files
	formMemory = 4 << 20  // bytes of uploads that are read into memory
	moreButton = "more"   // the button that asks for one more row of a table
)

type formPage struct {
	assets.Page
	Lead       string
	Action     string
	Parts      []formPart
	Hidden     []assets.Hidden
	About      *assets.Link // the record in whose thread this will stand
	Precedents *assets.Link // who did it already; nil: nobody is asked
	Save       string
	Cancel     string // path
}

// draft is a record in a form: a new one, or a copy of one that is there.
type draft struct {
	kind   *store.Kind
	item   store.Item
	lab    string // IRI of who publishes
	parent *store.Record
	fresh  bool
	typed  map[string]string // what could not be read, by the name of its control
	more   string            // the table that one more row was asked for

	communes map[string][]geo.Place // those that may be meant, by the name of the place
}

// create asks for a new record and publishes it.
func (p *Pages) create(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		if !a.by.Local {
			return a.signIn(w)
		}
		if err := parseForm(w, r, p.formLimit(k)); err != nil {
			return err
		}
		var d *draft
		err := a.view(func(tx *store.Txn) (err error) {
			d, err = a.newDraft(tx, k)
			return err
		})
		if err != nil {
			return err
		}
		return a.handle(w, d)
	}
}

// newDraft is an empty record, in the thread of another when the form says so.
func (a *ask) newDraft(tx *store.Txn, k *store.Kind) (*draft, error) {
	lab, err := tx.Lab()
	if err != nil {
		return nil, err
	}
	d := &draft{kind: k, item: k.New(), lab: lab.IRI, fresh: true}
	r := d.item.Envelope()
	r.Kind, r.Lang = k.Name, string(a.lang)
	if !k.Reply {
		r.Audience = store.Team
	}
	d.prefill(a.r.URL.Query())
	about := a.r.FormValue("sur")
	if about == "" || !k.Reply {
		return d, nil
	}
	id, err := store.ParseID(about)
	if err != nil {
		return nil, err
	}
	root, err := tx.Record(id)
	if err != nil || !a.by.CanSee(root.Envelope()) {
		return nil, store.ErrNotFound
	}
	d.parent = root.Envelope()
	r.InReplyTo, r.Audience = d.parent.IRI, d.parent.Audience
	return d, nil
}

// prefill puts the record that a draft was begun from into its field.
func (d *draft) prefill(query url.Values) {
	for i := range d.kind.Fields {
		f := &d.kind.Fields[i]
		if iri := query.Get(f.Name); len(f.On) > 0 && f.Formed(iri) {
			_ = f.ParseText(d.item, iri) // a link is any text of that form
		}
	}
}

// edit asks for a new version of a record and publishes it.
func (p *Pages) edit(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		it, err := a.editable(k)
		if errors.Is(err, errNotTheirs) {
			return a.signIn(w)
		}
		if err != nil {
			return err
		}
		if err := parseForm(w, r, p.formLimit(k)); err != nil {
			return err
		}
		if o, ok := it.(store.Opener); ok {
			o.Open()
		}
		return a.handle(w, &draft{kind: k, item: it, lab: it.Envelope().Lab})
	}
}

// errNotTheirs: the viewer may see the record, and not change it.
var errNotTheirs = errors.New("somebody else's record")

func (a *ask) editable(k *store.Kind) (it store.Item, err error) {
	err = a.view(func(tx *store.Txn) error {
		if it, err = a.find(tx, k); err != nil {
			return err
		}
		if !a.by.CanEdit(it.Envelope()) {
			return errNotTheirs
		}
		return nil
	})
	return it, err
}

// parseForm reads a form that was sent, with or without uploads, of so many bytes
// at most. What is large of them waits on the disk.
func parseForm(w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.Method != http.MethodPost {
		return nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	err := r.ParseMultipartForm(formMemory)
	switch {
	case err == nil, errors.Is(err, http.ErrNotMultipart):
		return nil
	case errors.As(err, new(*http.MaxBytesError)):
		return err
	}
	return &reply.Error{Status: http.StatusBadRequest, Err: err}
}

// handle shows the form of a draft, or saves what was sent.
func (a *ask) handle(w http.ResponseWriter, d *draft) error {
	if a.r.Method != http.MethodPost {
		return a.showForm(w, d, http.StatusOK, nil)
	}
	version, before := d.item.Envelope().Version, linked(d.kind, d.item)
	wrong := d.fill(a.r.PostForm)
	unfit, err := a.takeUploads(d)
	if err != nil {
		return err
	}
	if d.more = a.r.PostForm.Get(moreButton); d.more != "" {
		return a.showForm(w, d, http.StatusOK, nil)
	}
	lost, err := a.identify(d, before)
	if err != nil {
		return err
	}
	wrong = append(append(wrong, unfit...), lost...)
	if !d.fresh && a.r.PostFormValue("version") != strconv.Itoa(version) {
		wrong = append(wrong, &store.FieldError{Reason: "error.stale"})
	}
	if len(wrong) > 0 {
		wrong = append(wrong, fieldErrors(d.kind.Check(d.item))...)
		return a.showForm(w, d, http.StatusUnprocessableEntity, wrong)
	}
	return a.publish(w, d)
}

func fieldErrors(err error) store.FieldErrors {
	all, _ := errors.AsType[store.FieldErrors](err)
	return all
}

func (a *ask) publish(w http.ResponseWriter, d *draft) error {
	verb, done := "Update", "flash.updated"
	if d.fresh {
		verb, done = "Create", "flash.created"
	}
	// What was sent is saved even when the browser does not wait.
	ctx := context.WithoutCancel(a.r.Context())
	err := a.Node.Publish(ctx, a.by, &federation.Activity{Verb: verb, Actor: d.lab, Item: d.item})
	if wrong := fieldErrors(err); wrong != nil {
		return a.showForm(w, d, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	r := d.item.Envelope()
	a.Frame.Flash(a.r, "ok", done+"-"+string(r.Audience.Step()))
	if d.parent != nil {
		return a.redirect(w, http.StatusSeeOther, federation.PagePath(d.parent)+"#n-"+r.ID.String())
	}
	return a.redirect(w, http.StatusSeeOther, federation.PagePath(r))
}

func (a *ask) showForm(w http.ResponseWriter, d *draft, status int, wrong store.FieldErrors) error {
	k, r := d.kind, d.item.Envelope()
	key := "edit." + k.Name
	if d.fresh {
		key = "new." + k.Name
	}
	f := formPage{Page: a.page(a.t(key+".title"), k.Section, a.crumbs(k)...), Save: a.t(key + ".save")}
	f.NoIndex, f.Action, f.Cancel = true, a.r.URL.Path, a.cancelPath(d)
	if lead := key + ".lead"; a.has(lead) {
		f.Lead = a.t(lead)
	}
	if d.fresh {
		f.Precedents = a.precedentsOf(k, r)
	}
	if d.parent != nil {
		f.About = &assets.Link{Text: title(d.parent), Href: federation.PagePath(d.parent)}
		f.Hidden = append(f.Hidden, assets.Hidden{Name: "sur", Value: d.parent.ID.String()})
	}
	if !d.fresh {
		f.Hidden = append(f.Hidden, assets.Hidden{Name: "version", Value: strconv.Itoa(r.Version)})
	}
	fields := a.fields(d)
	if err := a.offerCircles(fields, d.item); err != nil {
		return err
	}
	a.keepTicks(fields)
	f.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, fields)
	f.Parts = a.parts(d, fields)
	return a.Frame.Render(w, a.r, status, "form.html", f)
}

// keepTicks shows the boxes that are no part of a record as they were sent.
func (a *ask) keepTicks(fields []assets.Field) {
	if a.r.Method != http.MethodPost {
		return
	}
	for i, f := range fields {
		if strings.HasSuffix(f.Name, decorativeEnd) || strings.HasSuffix(f.Name, removeEnd) {
			fields[i].Value = a.r.PostFormValue(f.Name)
		}
		if strings.HasSuffix(f.Name, altEnd) {
			fields[i].Value = answer(a.r.PostFormValue(f.Name))
		}
	}
}

// crumbs lead to a list.
func (a *ask) crumbs(k *store.Kind) []assets.Link {
	return []assets.Link{a.link("list."+k.Name+".title", "/"+k.Path)}
}

func (a *ask) cancelPath(d *draft) string {
	switch {
	case d.parent != nil:
		return federation.PagePath(d.parent)
	case !d.fresh:
		return strings.TrimSuffix(a.r.URL.Path, "/modifier")
	}
	return "/" + d.kind.Path
}
