package letters

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store"
)

// A token stands in an address of a letter. It says what it does and to whom, and
// carries an HMAC-SHA-256 of that: it is kept nowhere, does nothing else, and ends
// with the subscription or the account.
const (
	stopMember     = "m" // topics of a member
	stopSubscriber = "s" // one subscription
	manage         = "g" // all subscriptions of an address
)

// digestTopic stands for the letter of the week where topics are named.
const digestTopic store.Topic = "digest"

// StopPath and ManagePath are where the tokens in letters lead.
const (
	StopPath   = "/courriel/"
	ManagePath = "/abonnements/gerer/"
)

func (d *Desk) key(ctx context.Context) ([]byte, error) { return d.Store.Secret(ctx, "letters") }

func token(key []byte, does string, whom store.ID, what string) string {
	text := strings.Join([]string{does, whom.String(), what}, ".")
	return text + "." + base64.RawURLEncoding.EncodeToString(mark(key, text))
}

func mark(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("letter\x00" + text))
	return mac.Sum(nil)[:16]
}

// read takes a token apart, or answers store.ErrNotFound.
func read(key []byte, token string) (does string, whom store.ID, what string, err error) {
	i := strings.LastIndexByte(token, '.')
	parts := strings.Split(token[:max(i, 0)], ".")
	sum, bad := base64.RawURLEncoding.Strict().DecodeString(token[i+1:])
	if bad != nil || len(parts) != 3 || !hmac.Equal(sum, mark(key, token[:i])) {
		return "", 0, "", store.ErrNotFound
	}
	whom, err = store.ParseID(parts[1])
	return parts[0], whom, parts[2], err
}

// stopTopics is the address that ends letters to a member about some topics.
func (w *writer) stopTopics(r *reader, topics ...store.Topic) string {
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = string(t)
	}
	return w.BaseURL + r.lang.Link(StopPath+token(w.key, stopMember, r.actor.ID, strings.Join(names, "~")))
}

func (w *writer) stopSubscription(s *store.Subscriber, number int) string {
	return w.BaseURL + language(s.Lang).Link(StopPath+token(w.key, stopSubscriber, s.ID, strconv.Itoa(number)))
}

func (w *writer) manage(s *store.Subscriber) string {
	return w.BaseURL + language(s.Lang).Link(ManagePath+token(w.key, manage, s.ID, ""))
}

// ManageToken opens the page of a subscriber.
func (d *Desk) ManageToken(ctx context.Context, s *store.Subscriber) (string, error) {
	key, err := d.key(ctx)
	return token(key, manage, s.ID, ""), err
}

// Managed is the subscriber whose page a token opens, or store.ErrNotFound.
func (d *Desk) Managed(ctx context.Context, token string) (s *store.Subscriber, err error) {
	key, err := d.key(ctx)
	if err != nil {
		return nil, err
	}
	does, whom, _, err := read(key, token)
	if err != nil || does != manage {
		return nil, store.ErrNotFound
	}
	err = d.Store.View(ctx, func(tx *store.Txn) error {
		s, err = tx.Subscriber(whom)
		return err
	})
	return s, err
}

// Stop is what a token ends, before it does or after.
type Stop struct {
	Topics []store.Topic // of a member; "digest" is the letter of the week
	Path   string        // of a subscription
}

// Stopping says what a token of StopPath would end: store.ErrNotFound when it is
// none, or what it ended is over. With do it ends it; a second time does no harm.
func (d *Desk) Stopping(ctx context.Context, text string, do bool) (stop *Stop, err error) {
	key, err := d.key(ctx)
	if err != nil {
		return nil, err
	}
	does, whom, what, err := read(key, text)
	if err != nil {
		return nil, err
	}
	run := d.Store.View
	if do {
		run = d.Store.Update
	}
	err = run(ctx, func(tx *store.Txn) error {
		switch does {
		case stopMember:
			stop, err = stopFor(tx, whom, what, do)
		case stopSubscriber:
			stop, err = stopOne(tx, whom, what, do)
		default:
			err = store.ErrNotFound
		}
		return err
	})
	return stop, err
}

func stopFor(tx *store.Txn, actor store.ID, topics string, do bool) (*Stop, error) {
	if _, err := tx.AccountOf(actor); err != nil {
		return nil, err
	}
	stop, l := new(Stop), tx.Letters(actor)
	for name := range strings.SplitSeq(topics, "~") {
		topic := store.Topic(name)
		stop.Topics = append(stop.Topics, topic)
		if topic == digestTopic {
			l.Digest = false
		} else {
			l.Choose(topic, store.OnPage)
		}
	}
	if do {
		tx.PutLetters(l)
	}
	return stop, nil
}

func stopOne(tx *store.Txn, subscriber store.ID, number string, do bool) (*Stop, error) {
	s, err := tx.Subscriber(subscriber)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(number)
	i := slices.IndexFunc(s.Subscriptions, func(sub store.Subscription) bool { return sub.Number == n })
	if err != nil || i < 0 {
		return nil, store.ErrNotFound
	}
	stop := &Stop{Path: s.Subscriptions[i].Path}
	if do {
		tx.EndSubscription(s, n)
	}
	return stop, nil
}
