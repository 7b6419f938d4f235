package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// Subscriber is somebody without an account who confirmed to want letters on what
// is new here. Only those letters use the address: it is in no page, export or log,
// and is forgotten with the last subscription.
type Subscriber struct {
	ID            ID             `json:"id"`
	Email         string         `json:"email"`
	Lang          string         `json:"lang"`
	Since         time.Time      `json:"since"`
	Last          int            `json:"last"` // number of the newest subscription
	Subscriptions []Subscription `json:"subscriptions"`
}

// Subscription is a list whose new records somebody wants to hear of, or an event
// whose changes.
type Subscription struct {
	Number int       `json:"number"` // among those of the subscriber, never used again
	Path   string    `json:"path"`   // of the list, as it is narrowed: "/besoins?means=machine"; of an event "/o/<id>"
	Pace   Pace      `json:"pace"`   // Daily, Weekly or, of an event, AtOnce
	Told   ID        `json:"told"`   // arrivals up to this one were told
	Next   time.Time `json:"next"`   // when the next letter is due
}

const (
	// SubscriptionJob is the kind of the jobs that write to subscribers.
	SubscriptionJob = "subscription"

	maxSubscriptions = 20 // of one address
	maxPending       = 3  // letters to one address that wait to be confirmed
	pendingLife      = 48 * time.Hour
)

// ErrTooMany: an address has as many subscriptions as it may.
var ErrTooMany = errors.New("too many subscriptions")

// SubscriptionTask is what a job of SubscriptionJob is about.
type SubscriptionTask struct {
	Subscriber ID  `json:"subscriber"`
	Number     int `json:"number"`
}

// PendingSubscription is what somebody asked for who did not confirm it yet. The
// address is sealed: only the secret in the letter opens it.
type PendingSubscription struct {
	Lang    string    `json:"lang"`
	Path    string    `json:"path"`
	Pace    Pace      `json:"pace"`
	Sealed  []byte    `json:"sealed"`
	Expires time.Time `json:"expires"`
}

// AskSubscription keeps what an address asks for until it is confirmed with a new
// secret. It returns "" when enough letters to this address wait to be confirmed:
// nobody can have a mailbox filled.
func (t *Txn) AskSubscription(email string, p PendingSubscription) (secret string) {
	waiting := 0
	for e := range rows[PendingSubscription](t, pendingOf(email)) {
		if !t.isOver(e.Expires) {
			waiting++
		}
	}
	if waiting >= maxPending {
		return ""
	}
	secret = rand.Text()
	p.Sealed, p.Expires = seal(secret, email), stamp(t.now.Add(pendingLife))
	t.putJSON(secretKey(tPending, secret), p)
	t.putJSON(append(pendingOf(email), HashSecret(secret)...), PendingSubscription{Expires: p.Expires})
	return secret
}

func pendingOf(email string) []byte { return key(tPendingOf, addressHash(email)) }

func addressHash(email string) []byte { return hash16(strings.ToLower(strings.TrimSpace(email))) }

// PendingSubscription returns what a secret confirms, and the address, or
// ErrNotFound.
func (t *Txn) PendingSubscription(secret string) (p *PendingSubscription, email string, err error) {
	p = new(PendingSubscription)
	if !t.getJSON(secretKey(tPending, secret), p) || t.isOver(p.Expires) {
		return nil, "", ErrNotFound
	}
	return p, unseal(secret, p.Sealed), nil
}

// ConfirmSubscription makes a subscription of what a secret confirms, once. home is
// the time zone of the node. Errors: ErrNotFound, ErrTooMany.
func (t *Txn) ConfirmSubscription(secret string, home *time.Location) (*Subscriber, error) {
	p, email, err := t.PendingSubscription(secret)
	if err != nil {
		return nil, err
	}
	t.tx.Delete(secretKey(tPending, secret))
	t.tx.Delete(append(pendingOf(email), HashSecret(secret)...))
	s, err := t.Subscriber(t.getID(key(tSubscriberOf, addressHash(email))))
	if err != nil {
		s = &Subscriber{ID: t.NewID(), Email: email, Since: stamp(t.now)}
	}
	s.Lang = p.Lang
	i := slices.IndexFunc(s.Subscriptions, func(have Subscription) bool { return have.Path == p.Path })
	if i < 0 {
		if len(s.Subscriptions) == maxSubscriptions {
			return s, ErrTooMany
		}
		s.Last++
		s.Subscriptions = append(s.Subscriptions, Subscription{Number: s.Last, Path: p.Path, Told: IDAt(t.now)})
		i = len(s.Subscriptions) - 1
	}
	s.Subscriptions[i].Pace = p.Pace
	t.plan(s, &s.Subscriptions[i], p.Pace.Next(t.now.In(home)))
	t.PutSubscriber(s)
	return s, nil
}

// plan sets when the next letter is due. Of an event there is none until something
// happens.
func (t *Txn) plan(s *Subscriber, sub *Subscription, due time.Time) {
	if sub.Next = stamp(due); sub.Pace != AtOnce {
		t.AddJobAt(SubscriptionJob, SubscriptionTask{s.ID, sub.Number}, due)
	}
}

// SetPace changes how often a subscriber is written to. home is the time zone of
// the node.
func (t *Txn) SetPace(s *Subscriber, number int, p Pace, home *time.Location) {
	for i := range s.Subscriptions {
		if sub := &s.Subscriptions[i]; sub.Number == number && sub.Pace != AtOnce && sub.Pace != p {
			sub.Pace = p
			t.plan(s, sub, p.Next(t.now.In(home)))
			t.PutSubscriber(s)
		}
	}
}

// EndSubscription ends a subscription; number 0 ends all of them. With the last one
// the address is forgotten.
func (t *Txn) EndSubscription(s *Subscriber, number int) {
	s.Subscriptions = slices.DeleteFunc(s.Subscriptions, func(sub Subscription) bool { return number == 0 || sub.Number == number })
	if len(s.Subscriptions) > 0 {
		t.PutSubscriber(s)
		return
	}
	t.tx.Delete(key(tSubscriberOf, addressHash(s.Email)))
	t.tx.Delete(key(tSubscriber, s.ID))
}

// PutSubscriber keeps a subscriber.
func (t *Txn) PutSubscriber(s *Subscriber) {
	t.putJSON(key(tSubscriber, s.ID), s)
	t.tx.Put(key(tSubscriberOf, addressHash(s.Email)), s.ID.Key())
}

// Subscriber returns the subscriber with this id, or ErrNotFound.
func (t *Txn) Subscriber(id ID) (*Subscriber, error) {
	s := new(Subscriber)
	if id == 0 || !t.getJSON(key(tSubscriber, id), s) {
		return nil, ErrNotFound
	}
	return s, nil
}

// Subscribers yields all subscribers, the oldest first.
func (t *Txn) Subscribers() iter.Seq[*Subscriber] { return rows[Subscriber](t, []byte(tSubscriber)) }

// Subscription returns the subscription of this number, or nil.
func (s *Subscriber) Subscription(number int) *Subscription {
	i := slices.IndexFunc(s.Subscriptions, func(sub Subscription) bool { return sub.Number == number })
	if i < 0 {
		return nil
	}
	return &s.Subscriptions[i]
}

// TakeSubscription says what a job of SubscriptionJob has to do: it returns the
// subscription with what was told before, notes that everything until now is told,
// and plans the next letter. ErrNotFound: nothing, it ended or was done.
func (t *Txn) TakeSubscription(task SubscriptionTask, home *time.Location) (*Subscriber, Subscription, error) {
	s, err := t.Subscriber(task.Subscriber)
	if err != nil {
		return nil, Subscription{}, err
	}
	sub := s.Subscription(task.Number)
	if sub == nil || sub.Pace != AtOnce && sub.Next.After(t.now) {
		return nil, Subscription{}, ErrNotFound
	}
	was := *sub
	sub.Told = max(sub.Told, t.lastArrival())
	t.plan(s, sub, sub.Pace.Next(t.now.In(home)))
	t.PutSubscriber(s)
	return s, was, nil
}

func (t *Txn) lastArrival() ID {
	for k := range t.scan([]byte(tArrival), true) {
		return idFromKey(k)
	}
	return 0
}

// hurry writes to those who subscribed to an event.
func (t *Txn) hurry(event ID) {
	path := EventPath(event)
	for s := range t.Subscribers() {
		for _, sub := range s.Subscriptions {
			if sub.Path == path {
				t.AddJob(SubscriptionJob, SubscriptionTask{s.ID, sub.Number})
			}
		}
	}
}

// EventPath is the path of a subscription to an event.
func EventPath(event ID) string { return "/o/" + event.String() }

// seal encrypts an address with a secret that is used for nothing else.
func seal(secret, address string) []byte {
	return sealer(secret).Seal(nil, nil, []byte(address), nil) //nolint:gosec // sealer draws a nonce for each, and takes none
}

// unseal is the address, or empty when the secret is another.
func unseal(secret string, sealed []byte) string {
	address, err := sealer(secret).Open(nil, nil, sealed, nil)
	if err != nil {
		return ""
	}
	return string(address)
}

func sealer(secret string) cipher.AEAD {
	k := sha256.Sum256([]byte("subscription\x00" + secret))
	block, err := aes.NewCipher(k[:])
	if err == nil {
		var a cipher.AEAD
		if a, err = cipher.NewGCMWithRandomNonce(block); err == nil {
			return a
		}
	}
	panic(err) // the key has the right length
}
