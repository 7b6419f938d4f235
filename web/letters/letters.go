// Package letters writes to people of what is new: to members what concerns them
// (notices) and the letter of the week, to subscribers without an account the new
// records of a list. It puts notices into words for their page, too.
//
// Every letter is written by a job of the store, in the transaction that notes that
// it is written: once, whenever the process is killed. It says why it comes and how
// to end it: by a POST to an address that does only that (RFC 8058), or by hand on
// the page of the same address.
//
// What stands in a letter is asked of the ladder when it is written: members are
// told what they may see, subscribers what everybody may.
package letters

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
)

// Searcher finds what a search finds.
type Searcher interface {
	Find(ctx context.Context, q search.Query) (*search.Found, error)
}

// Config is what a Desk is made of.
type Config struct {
	Store   *store.Store
	Mail    *mail.Mailer // nil: nothing is sent
	Words   *assets.Catalog
	BaseURL string         // scheme and host, without a slash at the end
	Zone    *time.Location // of the node
	Search  Searcher       // nil: nobody subscribes to a search
}

// Desk writes letters. It is safe for concurrent use.
type Desk struct{ Config }

// New returns a desk.
func New(c Config) *Desk { return &Desk{c} }

// Jobs are the kinds of jobs that Do does.
var Jobs = []string{store.LettersJob, store.SubscriptionJob, weekJob}

// Do does a job of one of the kinds of Jobs.
func (d *Desk) Do(ctx context.Context, j *store.Job) error {
	key, err := d.key(ctx)
	if err != nil {
		return err
	}
	w := &writer{Desk: d, key: key}
	switch j.Kind {
	case store.LettersJob:
		return decoded(j, func(task store.LettersTask) error { return w.notices(ctx, task.Actor) })
	case store.SubscriptionJob:
		return decoded(j, func(task store.SubscriptionTask) error { return w.subscription(ctx, task) })
	}
	return w.week(ctx)
}

func decoded[T any](j *store.Job, do func(T) error) error {
	var task T
	if err := json.Unmarshal(j.Data, &task); err != nil {
		return err
	}
	return do(task)
}

// writer is a desk at work: it can sign the addresses in letters.
type writer struct {
	*Desk
	key []byte
}

// reader is a member who is written to.
type reader struct {
	account *store.Account
	actor   *store.Actor
	viewer  store.Viewer
	lang    assets.Lang
	told    []store.ID // the actors whose notices the member reads
}

// readerOf returns a member as things stand now, or store.ErrNotFound when no
// letter may go there any more.
func readerOf(tx *store.Txn, actor store.ID) (*reader, error) {
	account, err := tx.AccountOf(actor)
	if err != nil {
		return nil, err
	}
	if !account.Writable() {
		return nil, store.ErrNotFound
	}
	r := &reader{account: account, lang: language(account.Lang)}
	if r.actor, err = tx.Actor(actor); err != nil {
		return nil, err
	}
	r.viewer = tx.ViewerOf(r.actor, account.Role)
	r.told = Told(tx, r.viewer, actor)
	return r, nil
}

// Told are the actors whose notices a member reads: those of the lab are for who
// runs it.
func Told(tx *store.Txn, viewer store.Viewer, actor store.ID) []store.ID {
	if lab, err := tx.Lab(); err == nil && viewer.Runs {
		return []store.ID{actor, lab.ID}
	}
	return []store.ID{actor}
}

// language is a language of the interface.
func language(tag string) assets.Lang {
	for _, l := range assets.Languages {
		if string(l) == tag {
			return l
		}
	}
	return assets.Languages[0]
}

// send queues a letter. An address that is none any more keeps no job waiting.
func (d *Desk) send(tx *store.Txn, l *letter) error {
	msg, err := l.message()
	if err != nil {
		return err
	}
	if err := d.Mail.Send(tx, msg); !errors.Is(err, mail.ErrAddress) {
		return err
	}
	return nil
}

func (d *Desk) site() string { return store.HostOf(d.BaseURL) }
