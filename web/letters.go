package web

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/session"
)

// ResetJob is the kind of the jobs that ResetLetters does.
const ResetJob = admin.ResetJob

// newDesk is the desk of a handler that was given none.
func newDesk(c Config) *letters.Desk {
	d := letters.Config{Store: c.Node.Store, Mail: c.Mail, Words: c.Renderer.Catalog, BaseURL: c.Node.BaseURL, Zone: time.UTC}
	if c.Search != nil {
		d.Search = c.Search
	}
	return letters.New(d)
}

// ResetLetters write to who forgot the password.
func ResetLetters(s *store.Store, m *mail.Mailer, words *assets.Catalog, baseURL string) func(context.Context, *store.Job) error {
	return admin.ResetLetters(s, m, words, baseURL)
}

// GuestLetters write to the guests of events that are moved or called off: see
// federation.Config.TellGuests. What is not told for a full queue does not keep
// organisers from changing their event.
func GuestLetters(m *mail.Mailer, words *assets.Catalog) func(*store.Txn, *store.Event, *store.Seat, store.EventChange) error {
	return func(tx *store.Txn, e *store.Event, guest *store.Seat, change store.EventChange) error {
		lang := assets.Lang(cmp.Or(guest.Lang, e.Lang, string(assets.French)))
		write := func(key string) string {
			return words.T(lang, "letter."+string(change)+key, "title", e.Title, "when", e.Summary(), "url", e.URL, "site", store.HostOf(e.IRI))
		}
		return sendIfTaken(m, tx, mail.Message{To: guest.Email, Subject: write("-subject"), Text: write("-text")})
	}
}

// sendIfTaken queues a letter that keeps nobody from what it tells of.
func sendIfTaken(m *mail.Mailer, tx *store.Txn, letter mail.Message) error {
	err := m.Send(tx, letter)
	if errors.Is(err, mail.ErrFull) || errors.Is(err, mail.ErrAddress) {
		return nil
	}
	return err
}

// securityLetters write to owners whose account is signed in to in another way from
// now on, in their language, with what to do when it was not them. See
// session.Config.Tell.
func securityLetters(m *mail.Mailer, words *assets.Catalog, baseURL string) func(*store.Txn, session.Notice) error {
	return func(tx *store.Txn, n session.Notice) error {
		owner, err := tx.Actor(n.Account.Actor)
		if err != nil {
			return err
		}
		lang := assets.Lang(cmp.Or(n.Account.Lang, string(assets.French)))
		args := []any{
			"what", words.T(lang, "security.told."+string(n.Change)), "account", owner.Address(), "site", store.HostOf(baseURL),
			"reset", baseURL + lang.Link("/connexion/oubli"), "url", baseURL + lang.Link("/mon-compte/securite"),
		}
		return sendIfTaken(m, tx, mail.Message{
			To: n.To, Subject: words.T(lang, "letter.security-subject", args...), Text: words.T(lang, "letter.security-text", args...),
		})
	}
}
