package admin

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
)

// moderationPage is "admin-moderation.html": what was written without an account
// and waits for somebody to look at it, and what was decided lately.
type moderationPage struct {
	top
	Waiting  []contribution
	Reasons  []assets.Choice // to hide several; none: nothing can be decided together
	More     string          // how many are not shown; empty: none
	Empty    assets.Empty
	Log      []decision
	Closed   bool
	Decided  bool // somebody said that it is to be so
	Disabled bool // by the configuration
}

// contribution is one that waits, in words.
type contribution struct {
	ID               store.ID
	Look, Kind       string
	Title, Href      string
	State            assets.Badge
	Suspect          []string
	Text             []string // what was written, beside the title
	Byline           string
	Created, Edited  time.Time
	Question, Answer string
	Same             []assets.Choice // records of the same name, which it may tell of
	SameLinks        []assets.Link
	Acts             []act
	Reasons          []assets.Choice
	Chosen           bool // to be decided together with others
	Asks             bool
	Reached          bool // its author has an e-mail address
}

// act is a button.
type act struct {
	Value, Text string
	Main        bool
}

// decision is a line of the log.
type decision struct {
	When           time.Time
	What, Who, Why string
	Title, Href    string
	Record         store.ID
	Undo           bool
}

const (
	maxToModerate = 30 // contributions on the page, the longest waiting
	maxDecisions  = 50
)

// moderation is /admin/moderation.
func (p *Pages) moderation(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.decide(w, r)
	}
	return p.showModeration(w, r, http.StatusOK, nil)
}

func (p *Pages) showModeration(w http.ResponseWriter, r *http.Request, status int, mistakes error) error {
	d := moderationPage{
		top:      p.admin(r, p.t(r, "admin.tab.moderation"), "/admin/moderation"),
		Empty:    assets.Empty{Title: p.t(r, "moderate.none"), Text: p.t(r, "moderate.none-text")},
		Disabled: p.Node.OpenForm.Closed,
	}
	d.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, nil)
	err := p.view(r, func(tx *store.Txn) error {
		d.Closed, d.Decided = tx.FormClosed(), tx.Setting(settingFormDecided) != nil
		waiting := 0
		for c := range tx.ToModerate() {
			if waiting++; waiting > maxToModerate {
				continue
			}
			it, err := tx.Record(c.Record)
			if err != nil {
				return err
			}
			row := p.readContribution(r, tx, it, c)
			if d.Waiting = append(d.Waiting, row); len(row.Reasons) > 0 {
				d.Reasons = row.Reasons
			}
		}
		if waiting > maxToModerate {
			d.More = p.t(r, "moderate.more", "count", waiting-maxToModerate)
		}
		d.Log = p.readDecisions(r, tx)
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, status, "admin-moderation.html", d)
}

func (p *Pages) readContribution(r *http.Request, tx *store.Txn, it store.Item, c *store.Contribution) contribution {
	rec, kind := it.Envelope(), store.KindOf(it.Envelope().Kind)
	row := contribution{
		ID: rec.ID, Look: kind.Look, Kind: p.t(r, "kind."+kind.Name), Title: rec.Title, Href: federation.PagePath(rec),
		State: assets.Badge{Tone: "info", Text: p.t(r, "contribution."+string(c.State))}, Byline: rec.Byline,
		Created: c.Created, Edited: c.Edited, Question: c.Question, Answer: c.Answer, Reached: c.Email != "" && p.Mail.On(),
		Chosen: slices.Contains(r.PostForm["record"], rec.ID.String()),
	}
	for _, why := range c.Suspect {
		row.Suspect = append(row.Suspect, p.t(r, "suspect."+why))
	}
	for i := range kind.Fields {
		if f := &kind.Fields[i]; f.Open && f.Name != "title" && !f.IsEmpty(it) {
			row.Text = append(row.Text, p.word(r, f, it))
		}
	}
	for _, same := range tx.SameName(rec) {
		other := same.Envelope()
		if (store.Viewer{}).CanSee(other) {
			row.Same = append(row.Same, assets.Choice{Value: other.ID.String(), Text: other.Title})
			row.SameLinks = append(row.SameLinks, assets.Link{Text: other.Title, Href: federation.PagePath(other)})
		}
	}
	p.offerActs(r, &row, c)
	return row
}

// word is the answer to a question of the form.
func (p *Pages) word(r *http.Request, f *store.Field, it store.Item) string {
	text := f.Text(it)
	if f.Vocabulary != nil && f.Vocabulary.Has(text) {
		return p.t(r, f.Vocabulary.Name+"."+text)
	}
	return text
}

func (p *Pages) offerActs(r *http.Request, row *contribution, c *store.Contribution) {
	for _, a := range c.Allows() {
		switch a {
		case store.Verify, store.Release, store.Undo:
			row.Acts = append(row.Acts, act{string(a), p.t(r, "moderate."+string(a)), a == store.Verify})
		case store.Hide:
			row.Reasons = append([]assets.Choice{{Text: p.t(r, "form.choose")}}, p.choices(r, store.HideReasons.Name, store.HideReasons.Slugs)...)
		case store.Merge:
		case store.Ask:
			row.Asks = true
		}
	}
	if len(row.Reasons) == 0 { // it is hidden: there is nothing to merge
		row.Same = nil
	}
}

func (p *Pages) readDecisions(r *http.Request, tx *store.Txn) []decision {
	var log []decision
	seen := map[store.ID]bool{}
	for m := range tx.Moderations() {
		about := p.object(r, tx, m)
		d := decision{
			When: m.When, What: p.deed(r, m), Who: p.doer(r, tx, m), Why: p.detail(r, m),
			Title: about.Text, Href: about.Href, Record: m.Record,
		}
		if c, err := tx.Contribution(m.Record); err == nil && !seen[m.Record] && m.Deed != store.Ask && m.Deed != store.Undo {
			d.Undo = c.Before != ""
		}
		seen[m.Record] = seen[m.Record] || m.Deed != store.Ask
		if log = append(log, d); len(log) == maxDecisions {
			break
		}
	}
	return log
}

// decide does what a moderator decided about one contribution or several. Each is a
// decision of its own: that somebody else was quicker with one stops no other.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	all, err := readModerations(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return p.showModeration(w, r, http.StatusUnprocessableEntity, store.FieldErrors{{Reason: "error.none-chosen"}})
	}
	late := 0
	for _, m := range all {
		err := p.moderate(r, m)
		if _, wrong := errors.AsType[store.FieldErrors](err); wrong {
			return p.showModeration(w, r, http.StatusUnprocessableEntity, err)
		}
		if errors.Is(err, store.ErrNotNow) || errors.Is(err, store.ErrNotFound) {
			late++
		} else if err != nil {
			return err
		}
	}
	switch done := len(all) - late; {
	case late > 0:
		p.Frame.Flash(r, "warn", "moderate.too-late", "count", late)
	case done > 1:
		p.Frame.Flash(r, "ok", "moderate.done-several", "count", done)
	default:
		p.Frame.Flash(r, "ok", "moderate.done-"+string(all[0].Act))
	}
	return p.Frame.Redirect(w, r, "/admin/moderation")
}

func (p *Pages) moderate(r *http.Request, m store.Moderation) error {
	secret := rand.Text()
	then := func(tx *store.Txn, it store.Item, c *store.Contribution) error {
		return p.tellAuthor(tx, m, it.Envelope(), c, secret)
	}
	return p.Node.Moderate(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), m, then)
}

// readModerations reads one decision for each contribution that was chosen.
func readModerations(r *http.Request) ([]store.Moderation, error) {
	m := store.Moderation{Act: store.Deed(r.PostForm.Get("act")), Reason: r.PostForm.Get("reason"), Text: typed(r, "question")}
	var err error
	if into := r.PostForm.Get("into"); into != "" {
		if m.Into, err = store.ParseID(into); err != nil {
			return nil, &reply.Error{Status: http.StatusBadRequest}
		}
	}
	var all []store.Moderation
	for _, record := range r.PostForm["record"] {
		if m.Record, err = store.ParseID(record); err != nil || len(all) == maxToModerate {
			return nil, &reply.Error{Status: http.StatusBadRequest}
		}
		all = append(all, m)
	}
	return all, nil
}

// answered are the acts of which the author of a contribution is told.
var answered = map[store.Deed]bool{store.Verify: true, store.Hide: true, store.Ask: true}

// tellAuthor sends the author of a contribution what was decided, with a new edit
// link. A full queue is no reason not to decide.
func (p *Pages) tellAuthor(tx *store.Txn, m store.Moderation, rec *store.Record, c *store.Contribution, secret string) error {
	if c.Email == "" || !p.Mail.On() || !answered[m.Act] {
		return nil
	}
	c.AddLink(secret)
	tx.PutContribution(c)
	lang := assets.Lang(cmp.Or(c.Lang, rec.Lang, string(assets.French)))
	words, key := p.Frame.Renderer.Catalog, "letter."+string(m.Act)
	reason := ""
	if c.Reason != "" {
		reason = words.T(lang, "hide."+c.Reason)
	}
	err := p.Mail.Send(tx, mail.Message{
		To: c.Email, Subject: words.T(lang, key+"-subject", "title", rec.Title),
		Text: words.T(lang, key+"-text", "title", rec.Title, "reason", reason, "question", m.Text,
			"url", p.Node.BaseURL+lang.Link("/contribuer/fiche/"+secret), "site", p.Node.Host()),
	})
	if errors.Is(err, mail.ErrFull) || errors.Is(err, mail.ErrAddress) {
		return nil
	}
	return err
}

// switchForm is /admin/moderation/formulaire: it closes the open form, or opens it
// again.
func (p *Pages) switchForm(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin/moderation")
	}
	closed, key, deed := typed(r, "form") == "close", "moderate.opened", store.OpenForm
	if closed {
		key, deed = "moderate.closed", store.CloseForm
	}
	err := p.change(r, store.JournalEntry{Deed: deed}, func(tx *store.Txn) error {
		tx.CloseForm(closed)
		tx.PutSetting(settingFormDecided, []byte{1})
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", key)
	return p.Frame.Redirect(w, r, "/admin/moderation")
}
