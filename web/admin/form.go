package admin

import (
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// form is the page "admin-form.html": questions, and where the answers go.
type form struct {
	top
	Step     string // of a set-up: "Étape 2 sur 7"; empty: there are none
	Lead     string
	Notice   *assets.Flash // what to know before answering
	Sections []section
	Action   string
	Button   string
	Links    []assets.Link
	Passkey  string // where a passkey leads to; empty: none is asked for
	Provider *providerButton
}

// section is a group of questions. Without a title it is the only one.
type section struct {
	Title, Text string
	Fields      []assets.Field
}

// renderForm writes the form. mistakes, when not nil, are put beside their fields
// (422); an error that is not about the form is returned.
func (p *Pages) renderForm(w http.ResponseWriter, r *http.Request, f *form, mistakes error) error {
	if mistakes == nil {
		return p.Frame.Render(w, r, http.StatusOK, "admin-form.html", f)
	}
	var fields []assets.Field
	for _, s := range f.Sections {
		fields = append(fields, s.Fields...)
	}
	f.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, fields)
	if len(f.Errors) == 0 {
		return mistakes
	}
	for i := range f.Sections {
		n := len(f.Sections[i].Fields)
		f.Sections[i].Fields, fields = fields[:n], fields[n:]
	}
	return p.Frame.Render(w, r, http.StatusUnprocessableEntity, "admin-form.html", f)
}

// fill puts what was typed back into all fields.
func (f *form) fill(r *http.Request) {
	for _, s := range f.Sections {
		fill(r, s.Fields)
	}
}

// fill puts what was typed back into the fields: all but passwords.
func fill(r *http.Request, fields []assets.Field) {
	for i := range fields {
		switch f := &fields[i]; f.Type {
		case "password":
		case "checkbox":
			f.Value = r.PostForm.Get(f.Name)
		default:
			f.Value = typed(r, f.Name)
		}
	}
}

// asFieldError is the mistake that an error is about, if it is.
func asFieldError(err error) (*store.FieldError, bool) { return errors.AsType[*store.FieldError](err) }

// typed is an answer without the white space around it.
func typed(r *http.Request, name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }

// checks gathers the mistakes of one submission, in the order of the form.
type checks struct{ errs store.FieldErrors }

func (c *checks) add(field, reason string, args map[string]any) {
	c.errs = append(c.errs, &store.FieldError{Field: field, Reason: reason, Args: args})
}

// err is nil when there were none.
func (c *checks) err() error {
	if len(c.errs) == 0 {
		return nil
	}
	return c.errs
}

// text asks for at most limit characters and, if required, for one at least.
func (c *checks) text(field, value string, limit int, required bool) {
	switch {
	case value == "" && required:
		c.add(field, "error.required", nil)
	case utf8.RuneCountInString(value) > limit:
		c.add(field, "error.too-long", map[string]any{"max": limit})
	}
}

// email asks for a whole address; the empty one passes unless required.
func (c *checks) email(field, value string, required bool) {
	if value == "" && !required {
		return
	}
	a, err := mail.ParseAddress(value)
	switch {
	case value == "":
		c.add(field, "error.required", nil)
	case err != nil, a.Address != value, len(value) > 254:
		c.add(field, "error.email", nil)
	}
}

// newPassword asks for length and for what is not guessed first (NIST SP 800-63B
// §3.1.1.2), twice the same. about are words about its owner.
func (c *checks) newPassword(field, value, repeated string, about ...string) {
	switch n := utf8.RuneCountInString(value); {
	case n < session.MinPassword:
		c.add(field, "error.password-short", map[string]any{"min": session.MinPassword})
	case n > session.MaxPassword:
		c.add(field, "error.too-long", map[string]any{"max": session.MaxPassword})
	case session.Guessable(value, about...):
		c.add(field, "error.password-common", nil)
	case value != repeated:
		c.add(field+"-again", "error.password-mismatch", nil)
	}
}

// choice asks for one of a list.
func (c *checks) choice(field, value string, among []string) {
	switch {
	case value == "":
		c.add(field, "error.required", nil)
	case !slices.Contains(among, value):
		c.add(field, "error.choice", nil)
	}
}

// choices are the answers of a select, their words under prefix. With a blank
// one first, nothing is chosen for people.
func (p *Pages) choices(r *http.Request, prefix string, values []string) []assets.Choice {
	var all []assets.Choice
	for _, v := range values {
		all = append(all, assets.Choice{Value: v, Text: p.t(r, prefix+"."+v)})
	}
	return all
}
