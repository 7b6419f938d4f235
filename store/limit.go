package store

import (
	"iter"
	"time"
)

// Limit keeps what an actor of another node publishes out of lists, as Silence does
// for a whole host.
type Limit struct {
	Actor ID        `json:"actor"`
	By    ID        `json:"by"` // the member who decided it
	Since time.Time `json:"since"`
}

// PutLimit keeps a limit.
func (t *Txn) PutLimit(l *Limit) { t.putJSON(key(tLimit, l.Actor), l) }

// DeleteLimit lifts a limit, if there is one.
func (t *Txn) DeleteLimit(actor ID) { t.tx.Delete(key(tLimit, actor)) }

// Limits yields the actors that are limited each by itself.
func (t *Txn) Limits() iter.Seq[*Limit] { return rows[Limit](t, []byte(tLimit)) }

// Limited says whether an actor is limited, by itself or with its host.
func (t *Txn) Limited(a *Actor) bool {
	return t.tx.Get(key(tLimit, a.ID)) != nil || !a.Local && t.HostSilenced(a.Host)
}

// restrict keeps the record of a limited actor out of lists, and puts it back when
// the limit is gone. It is called for every record that is kept.
func (t *Txn) restrict(r *Record) {
	if !r.Remote || r.Audience != Public && !r.Limited {
		return
	}
	limited := t.HostSilenced(r.Host)
	for _, iri := range append([]string{r.Lab}, r.Authors...) {
		if a, err := t.ActorByIRI(iri); err == nil && !limited {
			limited = t.tx.Get(key(tLimit, a.ID)) != nil
		}
	}
	switch {
	case limited && r.Audience == Public:
		r.Audience, r.Limited = Unlisted, true
	case !limited && r.Limited:
		r.Audience, r.Limited = Public, false
	}
}
