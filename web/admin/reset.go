package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/session"
)

// ResetJob is the kind of the jobs that are asked for by /connexion/oubli: see
// ResetLetters.
const ResetJob = "reset-password"

// resetLife is how long the link of such a letter can be used.
const resetLife = time.Hour

// resetPause is how long nobody can have another letter sent to the same account:
// they are no means to fill a mailbox.
const resetPause = 5 * time.Minute

type resetJob struct {
	Email string `json:"email"`
	Lang  string `json:"lang"`
}

// forgotten is /connexion/oubli. Its answer is the same for every address, and
// takes the same time: whether there is an account is for the job to find out.
func (p *Pages) forgotten(w http.ResponseWriter, r *http.Request) error {
	f := p.forgottenForm(r)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	fill(r, f.Sections[0].Fields)
	var c checks
	if c.email("email", typed(r, "email"), true); c.err() != nil {
		return p.renderForm(w, r, f, c.err())
	}
	if !p.AllowReset(r) {
		return p.tooMany(w, r, f, &session.Limited{RetryAfter: time.Hour})
	}
	err := p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		if tx.CountJobs(ResetJob, maxResets) < maxResets {
			tx.AddJob(ResetJob, resetJob{typed(r, "email"), string(assets.LangOf(r.Context()))})
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "info", "reset.sent")
	return p.Frame.Redirect(w, r, "/connexion")
}

// maxResets is how many such jobs may wait.
const maxResets = 500

func (p *Pages) forgottenForm(r *http.Request) *form {
	f := &form{
		top: p.plain(r, p.t(r, "reset.title")), Lead: p.t(r, "reset.lead"),
		Sections: []section{{Fields: []assets.Field{
			{Name: "email", Label: p.t(r, "person.email"), Type: "email", Required: true, MaxLength: 254, Autocomplete: "email"},
		}}},
		Action: "/connexion/oubli", Button: p.t(r, "reset.button"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/connexion"}},
	}
	if !p.Mail.On() {
		f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "reset.no-mail")}
	}
	return f
}

// ResetLetters does the jobs of ResetJob: whoever has an account with an address
// that was confirmed gets a link to choose a new password.
func ResetLetters(s *store.Store, m *mail.Mailer, words *assets.Catalog, baseURL string) func(context.Context, *store.Job) error {
	return func(ctx context.Context, j *store.Job) error {
		var job resetJob
		if err := json.Unmarshal(j.Data, &job); err != nil {
			return err
		}
		return s.Update(ctx, func(tx *store.Txn) error {
			account, err := tx.AccountByEmail(job.Email)
			if errors.Is(err, store.ErrNotFound) || err == nil && (account.Verified.IsZero() || tx.Now().Sub(account.Forgot) < resetPause) {
				return nil
			}
			if err != nil {
				return err
			}
			account.Forgot = tx.Now()
			if err := tx.PutAccount(account); err != nil {
				return err
			}
			tx.EndLinks(account.ID, session.ScopeReset)
			secret := session.NewLinkIn(tx, account.ID, session.ScopeReset, resetLife)
			lang := assets.Lang(cmp.Or(job.Lang, account.Lang))
			write := func(end string) string {
				return words.T(lang, "letter.reset"+end, "url", baseURL+lang.Link("/connexion/"+secret), "site", store.HostOf(baseURL))
			}
			return m.Send(tx, mail.Message{To: account.Email, Subject: write("-subject"), Text: write("-text")})
		})
	}
}
