package admin

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
)

const settingsPath = "/admin/reglages"

// Setting is one of the configuration, as it is in effect.
type Setting struct {
	Key     string // "mail.host", as the file spells it
	Value   string // empty for a secret
	Changed bool   // it is not the default
	Secret  bool
}

// settingsPage is "admin-settings.html".
type settingsPage struct {
	top
	Sections []assets.Table
	Mail     bool
	Fields   []assets.Field // of the test of the mail server
	Here     []assets.Link  // where that is changed which needs no restart
}

// settings is /admin/reglages: the configuration, to be read, and a test of the mail
// server.
func (p *Pages) settings(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.testMail(w, r)
	}
	return p.showSettings(w, r, http.StatusOK, nil)
}

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request, status int, mistakes error) error {
	page := settingsPage{top: p.admin(r, p.t(r, "settings.title"), settingsPath), Sections: p.settingTables(r), Mail: p.Mail.On(), Here: p.changedHere(r)}
	page.Fields = []assets.Field{p.mailField(r)}
	page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, page.Fields)
	return p.Frame.Render(w, r, status, "admin-settings.html", page)
}

// changedHere are the pages that change at once how the node is, of those that the
// viewer may open.
func (p *Pages) changedHere(r *http.Request) (links []assets.Link) {
	for _, x := range []entry{
		{"/admin/lab", "lab", store.RunLab},
		{frontPath, "front", store.RunLab},
		{colourPath, "colour", store.RunLab},
		{themesPath, "themes", store.RunLab},
		{charterPath, "charter", store.RunLab},
		{statementsPath, "statements", store.RunLab},
		{"/admin/installation/reseau", "network", store.RunLab},
		{"/admin/moderation", "form", store.Moderate},
		{backupsPath, "backups", store.Dispose},
	} {
		if p.Frame.Viewer(r).May(x.act) {
			links = append(links, assets.Link{Text: p.t(r, "settings.here-"+x.key), Href: x.path})
		}
	}
	return links
}

func (p *Pages) mailField(r *http.Request) assets.Field {
	return assets.Field{Name: "to", Label: p.t(r, "settings.mail-to"), Type: "email", Value: p.mailReader(r), MaxLength: 254, Required: true, Autocomplete: "email"}
}

// mailReader is who gets the letter of a test: as typed, or whoever asks.
func (p *Pages) mailReader(r *http.Request) string {
	if isPost(r) {
		return typed(r, "to")
	}
	_, account, _ := p.Frame.Sessions.Viewer(r.Context())
	return account.Email
}

// settingTables are the settings, a table for each section of the file.
func (p *Pages) settingTables(r *http.Request) (all []assets.Table) {
	last := ""
	for _, s := range p.Settings {
		section, _, _ := strings.Cut(s.Key, ".")
		if section != last {
			all = append(all, assets.Table{Caption: "[" + section + "]", Columns: []assets.Column{
				{Text: p.t(r, "settings.key")}, {Text: p.t(r, "settings.value")}, {Text: p.t(r, "settings.source")},
			}})
			last = section
		}
		t := &all[len(all)-1]
		t.Rows = append(t.Rows, p.settingRow(r, s))
	}
	return all
}

func (p *Pages) settingRow(r *http.Request, s Setting) []assets.Cell {
	value, source := s.Value, assets.Badge{Tone: "plain", Text: p.t(r, "settings.default")}
	if s.Changed {
		source = assets.Badge{Tone: "info", Text: p.t(r, "settings.changed")}
	}
	switch {
	case s.Secret && s.Changed:
		value = p.t(r, "settings.secret")
	case value == "":
		value = p.t(r, "settings.empty")
	}
	return []assets.Cell{{Text: s.Key}, {Text: value}, {Badge: &source}}
}

// testMail sends a letter now and says plainly what came of it.
func (p *Pages) testMail(w http.ResponseWriter, r *http.Request) error {
	to := typed(r, "to")
	if err := p.tryMail(r, to); err != nil {
		return p.showSettings(w, r, http.StatusUnprocessableEntity, err)
	}
	p.Frame.Flash(r, "ok", "settings.mail-sent", "to", to)
	return p.Frame.Redirect(w, r, settingsPath)
}

// What is remembered for the first steps: that a letter was taken, that somebody
// decided on the open form, and read the declaration.
const (
	settingMailWorks       = "mail-works"
	settingFormDecided     = "open-form-decided"
	settingDeclarationRead = "declaration-read"
)

// note remembers that something came about.
func (p *Pages) note(r *http.Request, setting string, deed store.Deed) error {
	return p.change(r, store.JournalEntry{Deed: deed}, func(tx *store.Txn) error {
		tx.PutSetting(setting, []byte{1})
		return nil
	})
}

// mailPatience is how long a person waits for the test.
const mailPatience = 20 * time.Second

// tryMail sends a letter of test. The error is a *store.FieldError of the field "to"
// that says what is wrong and what to do.
func (p *Pages) tryMail(r *http.Request, to string) error {
	if !p.Mail.On() {
		return &store.FieldError{Field: "to", Reason: "doctor.mail.off-do"}
	}
	ctx, cancel := context.WithTimeout(r.Context(), mailPatience)
	defer cancel()
	var id store.ID
	err := p.view(r, func(tx *store.Txn) error {
		id = tx.NewID()
		return nil
	})
	if err != nil {
		return err
	}
	err = p.Mail.Test(ctx, mail.Message{
		To: to, Subject: p.t(r, "settings.mail-subject", "site", p.Node.Host()),
		Text: p.t(r, "settings.mail-text", "site", p.Node.BaseURL),
	}, id)
	if errors.Is(err, mail.ErrAddress) {
		return &store.FieldError{Field: "to", Reason: "error.email"}
	}
	trouble := mail.Trouble(err)
	if trouble == "" {
		return p.note(r, settingMailWorks, store.TestMail)
	}
	args := map[string]any{"server": p.Mail.Host, "port": strconv.Itoa(p.Mail.Port)}
	text := p.t(r, "doctor.mail."+trouble, args) + " " + p.t(r, "doctor.mail."+trouble+"-do", args)
	return &store.FieldError{Field: "to", Reason: "settings.mail-failed", Args: map[string]any{"why": text}}
}
