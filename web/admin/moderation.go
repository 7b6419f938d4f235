package admin

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
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
	Alike            []assets.Link // of nearly the same name, nearby; they are among Same, too
	Acts             []act
	Reasons          []assets.Choice
	Chosen           bool // to be decided together with others
	Asks             bool
	Questions        []assets.Choice // ready ones
	Draft            string
	Asking           bool // the question is being written
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
	Entry          store.ID
	Undo           bool
	Lift           string // path of the page where it is taken back; empty: none
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
	for _, near := range tx.Alike(it) {
		other := near.Item.Envelope()
		text := p.t(r, "moderate.alike-one", "title", other.Title, "distance", p.distance(r, near.Distance))
		row.Same = append(row.Same, assets.Choice{Value: other.ID.String(), Text: text})
		row.Alike = append(row.Alike, assets.Link{Text: text, Href: federation.PagePath(other)})
	}
	p.offerActs(r, &row, c)
	p.draft(r, &row, authorLang(rec, c))
	return row
}

// distance is how far apart two places are, in words.
func (p *Pages) distance(r *http.Request, km float64) string {
	if km < 0.1 {
		return p.t(r, "moderate.here")
	}
	return p.t(r, "moderate.away", "metres", assets.LangOf(r.Context()).Number(int64(100*math.Round(10*km))))
}

// draft is the question that is being written to an author who reads a language.
func (p *Pages) draft(r *http.Request, row *contribution, lang assets.Lang) {
	act := r.PostForm.Get("act")
	if r.PostForm.Get("record") != row.ID.String() || act != actDraft && act != string(store.Ask) {
		return
	}
	row.Asking, row.Draft = true, typed(r, "question")
	if ready := p.readyQuestion(r, lang); ready != "" && (act == actDraft || row.Draft == "") {
		row.Draft = ready
	}
}

// authorLang is the language in which the author of a contribution is written to.
func authorLang(rec *store.Record, c *store.Contribution) assets.Lang {
	return assets.Lang(cmp.Or(c.Lang, rec.Lang, string(assets.French)))
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
		case store.Merge, store.Erase:
		case store.Ask:
			row.Asks, row.Questions = true, append([]assets.Choice{{Text: p.t(r, "moderate.own-words")}}, p.choices(r, store.Questions.Name, store.Questions.Slugs)...)
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
			Title: about.Text, Href: about.Href, Entry: m.ID,
		}
		it := cmp.Or(m.Record, m.Actor)
		if tx.CanTakeBack(m) && !seen[it] {
			d.Undo = m.Host == ""
			if !d.Undo {
				d.Lift = blocksPath
			}
		}
		seen[it] = seen[it] || it != 0 && m.Deed != store.Ask
		if log = append(log, d); len(log) == maxDecisions {
			break
		}
	}
	return log
}
