package store

import (
	"cmp"
	"iter"
	"slices"
)

// Push is where the notices of an actor are pushed for one of its apps
// (RFC 8030), and with which keys (RFC 8291 §2).
type Push struct {
	ID       ID              `json:"id"`
	Actor    ID              `json:"actor"`
	Token    []byte          `json:"token"` // hash of the app's token: it goes with it
	Endpoint string          `json:"endpoint"`
	Key      string          `json:"key"`  // P-256 point of the app, base64url
	Auth     string          `json:"auth"` // its secret, base64url
	Alerts   map[string]bool `json:"alerts,omitempty"`
	Policy   string          `json:"policy"`
}

func pushKey(actor ID, token []byte) []byte { return key(tPush, actor, token) }

// mostPushes is how many subscriptions an actor has; the oldest go first.
const mostPushes = 10

// PutPush keeps the subscription of a token; there is one.
func (t *Txn) PutPush(p *Push) {
	if p.ID == 0 {
		p.ID = t.NewID()
	}
	t.putJSON(pushKey(p.Actor, p.Token), p)
	all := slices.SortedFunc(t.Pushes(p.Actor), func(a, b *Push) int { return cmp.Compare(b.ID, a.ID) })
	for _, old := range all[min(len(all), mostPushes):] {
		t.DeletePush(old.Actor, old.Token)
	}
}

// Push returns the subscription of a token, or ErrNotFound.
func (t *Txn) Push(actor ID, token []byte) (*Push, error) {
	p := new(Push)
	if !t.getJSON(pushKey(actor, token), p) {
		return nil, ErrNotFound
	}
	return p, nil
}

// DeletePush removes the subscription of a token, if there is one.
func (t *Txn) DeletePush(actor ID, token []byte) { t.tx.Delete(pushKey(actor, token)) }

// Pushes yields the subscriptions of an actor.
func (t *Txn) Pushes(actor ID) iter.Seq[*Push] { return rows[Push](t, key(tPush, actor)) }
