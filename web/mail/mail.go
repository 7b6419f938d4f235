// Package mail sends the node's letters: short texts to one person, such as the
// link to change a contribution or what is new.
//
// A letter is queued in the transaction that makes it necessary, as a job of the
// store, and sent by the worker of jobs: at least once, again and again for as long
// as Config.Keep says, then given up. Whoever writes a letter brings its words; this package
// knows RFC 5322 and SMTP. A letter lies in the store as it will be read until it
// was sent.
package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/essaim/essaim/store"
)

// Job is the kind of the jobs that are letters.
const Job = "mail"

// Errors of Send.
var (
	ErrAddress = errors.New("no e-mail address") // of the letter's reader or who is to be answered
	ErrFull    = errors.New("too many letters wait")
)

// How the connection to the mail server is protected.
const (
	StartTLS = "starttls" // begun in the clear, and refused without encryption
	TLS      = "tls"      // encrypted from the beginning
	Plain    = "none"     // for a server on the same machine
)

const (
	maxWaiting = 2000 // letters
	maxSubject = 150  // characters
	patience   = 30 * time.Second
)

// Config is what a Mailer is made of.
type Config struct {
	Host           string // of the mail server; empty: no letters
	Port           int
	Protection     string           // StartTLS, TLS or Plain
	User, Password string           // empty: the server asks for none
	From           string           // "Labo de l'Estran <labo@estran.example>"
	Keep           time.Duration    // how long a letter is tried; 0: a day
	Now            func() time.Time // nil: time.Now
	Log            *slog.Logger
}

// Mailer queues and sends letters. It is safe for concurrent use. A nil Mailer
// sends none.
type Mailer struct{ Config }

// New returns a Mailer, or nil when none is configured.
func New(c Config) *Mailer {
	if c.Host == "" {
		return nil
	}
	c.Keep = cmp.Or(c.Keep, 24*time.Hour)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Mailer{c}
}

// On says whether letters are sent at all.
func (m *Mailer) On() bool { return m != nil }

// Message is a letter.
type Message struct {
	To      string `json:"to"`                // an address alone
	ReplyTo string `json:"replyTo,omitempty"` // where answers go instead of the node
	Subject string `json:"subject"`           // one line; whatever else it holds is made one
	Text    string `json:"text"`
	HTML    string `json:"html,omitempty"` // the same for programs that show it; empty: the text alone
	// Unsubscribe is an address that ends letters like this one by a POST alone
	// (RFC 8058). Empty: the letter was asked for, once.
	Unsubscribe string `json:"unsubscribe,omitempty"`
}

// Send queues a letter in a transaction; without a mail server it does nothing.
// Errors: ErrAddress, ErrFull.
func (m *Mailer) Send(tx *store.Txn, msg Message) error {
	switch {
	case m == nil:
		return nil
	case !IsAddress(msg.To), msg.ReplyTo != "" && !IsAddress(msg.ReplyTo):
		return ErrAddress
	case tx.CountJobs(Job, maxWaiting) == maxWaiting:
		return ErrFull
	}
	msg.Subject = oneLine(msg.Subject)
	tx.AddJob(Job, msg)
	return nil
}

// IsAddress says whether s is an address and nothing beside it (RFC 5321 §4.1.2):
// no name, no comment, no second one.
func IsAddress(s string) bool {
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 && !strings.ContainsFunc(s, unicode.IsControl)
}

// oneLine keeps a text from being more than one header (RFC 5322 §2.2).
func oneLine(s string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return ' '
		}
		return r
	}, s)
	letters := []rune(strings.Join(strings.Fields(plain), " "))
	return string(letters[:min(len(letters), maxSubject)])
}

// Deliver sends the letter of a job. What the server refuses for good, and what it
// did not take in time, is given up: a letter holds addresses and links, so it does
// not lie about.
func (m *Mailer) Deliver(ctx context.Context, j *store.Job) error {
	var msg Message
	if err := json.Unmarshal(j.Data, &msg); err != nil {
		return err
	}
	if m == nil {
		return nil // the mail server was taken out of the configuration
	}
	err := m.deliver(ctx, msg, j.ID)
	if err == nil || m.Now().Before(j.ID.Time().Add(m.Keep)) && !isFinal(err) {
		return err
	}
	m.Log.Warn("letter given up", "attempt", j.Tries+1, "status", statusOf(err))
	return nil
}

func (m *Mailer) deliver(ctx context.Context, msg Message, id store.ID) error {
	letter, err := m.compose(msg, id)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(m.Host, m.options()...)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", m.Host, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	return client.DialAndSendWithContext(ctx, letter)
}

// compose writes the letter. Its id is that of its job: a second copy is known as
// one.
func (m *Mailer) compose(msg Message, id store.ID) (*gomail.Msg, error) {
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	err := errors.Join(letter.From(m.From), letter.To(msg.To))
	if msg.ReplyTo != "" {
		err = errors.Join(err, letter.ReplyTo(msg.ReplyTo))
	}
	if err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	_, domain, _ := strings.Cut(letter.GetFrom()[0].Address, "@")
	letter.SetMessageIDWithValue(id.String() + "@" + domain)
	letter.SetDateWithValue(id.Time())
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5
	letter.Subject(oneLine(msg.Subject))
	letter.SetBodyString(gomail.TypeTextPlain, msg.Text)
	if msg.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, msg.HTML)
	}
	if msg.Unsubscribe != "" { // RFC 8058 §3.1
		letter.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+msg.Unsubscribe+">")
		letter.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	return letter, nil
}

func (m *Mailer) options() []gomail.Option {
	options := []gomail.Option{gomail.WithPort(m.Port), gomail.WithTimeout(patience)}
	switch m.Protection {
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(m.User), gomail.WithPassword(m.Password))
	}
	return options
}

// isFinal says that the server will never take the letter (RFC 5321 §4.2.1).
func isFinal(err error) bool { return statusOf(err)/100 == 5 }

func statusOf(err error) int {
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		return refused.ErrorCode()
	}
	return 0
}
