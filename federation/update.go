package federation

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// update changes a record or the actor itself.
func update(n *Node, tx *store.Txn, a *Activity) error {
	switch {
	case a.local && a.Profile != nil:
		return n.updateProfile(tx, a)
	case a.local && a.Act != "":
		return n.act(tx, a)
	case a.local:
		return n.updateItem(tx, a)
	case a.Object == a.Actor:
		return n.updateRemoteActor(tx, a)
	}
	return n.createMirror(tx, a)
}

// updateItem saves a record of this node again. Its identity, its history and
// who publishes it stay what they are, whatever the caller sent.
func (n *Node) updateItem(tx *store.Txn, a *Activity) error {
	r := a.Item.Envelope()
	old, err := tx.Record(r.ID)
	if err != nil {
		return err
	}
	o := old.Envelope()
	if o.Remote || o.Lab != a.Actor || a.by != nil && !a.by.CanEdit(o) {
		return fmt.Errorf("record %s: %w", o.IRI, ErrForbidden)
	}
	if a.byForm() {
		if err := n.readmit(tx, a, old); err != nil {
			return err
		}
	}
	if err := n.checkItem(tx, a, r); err != nil {
		return err
	}
	if err := checkAudience(tx, a, o); err != nil {
		return err
	}
	r.IRI, r.Host, r.Lab, r.Type, r.Kind, r.Remote = o.IRI, o.Host, o.Lab, o.Type, o.Kind, false
	r.Created, r.Updated, r.Version = o.Created, tx.Now(), o.Version+1
	r.InReplyTo, r.Root, r.Lang = o.InReplyTo, o.Root, cmp.Or(r.Lang, o.Lang)
	r.URL = n.BaseURL + PagePath(r)
	if len(r.Authors) == 0 {
		r.Authors = o.Authors
	}
	nameParties(tx, a, r)
	if err := n.publishItem(tx, a, old); err != nil {
		return err
	}
	narrowNews(tx, a, r)
	widenAnswers(tx, a, o, r)
	n.tell(a, old)
	return n.tellGuests(tx, a.Item, old)
}

// narrowNews hides the news of a record from those who may no longer see the
// record: they name it.
func narrowNews(tx *store.Txn, a *Activity, r *store.Record) {
	for _, it := range newsOf(tx, r) {
		if news := it.Envelope(); !news.Audience.Within(r.Audience) {
			news.Audience = r.Audience
			a.cause(&Activity{Verb: "Update", Actor: r.Lab, Item: it})
		}
	}
}

// newsOf are the notes by which whoever publishes a record spoke of it.
func newsOf(tx *store.Txn, r *store.Record) []store.Item {
	everything := store.Query{Viewer: store.Viewer{Actor: r.Lab, Local: true, Runs: true}, Limit: 1 << 20}
	return slices.DeleteFunc(tx.ListThread(r.ID, everything).Items, func(it store.Item) bool {
		return it.Envelope().Lab != r.Lab
	})
}

// tell publishes the note by which a record says what is new about it: Updates
// are silent in most of the fediverse.
func (n *Node) tell(a *Activity, old store.Item) {
	r := a.Item.Envelope()
	announcer, ok := a.Item.(store.Announcer)
	if !ok || !r.Audience.Federates() {
		return
	}
	said := announcer.Announce(old)
	if said == nil {
		return
	}
	args := []any{"Title", r.Title, "URL", r.URL}
	for name, key := range said.Words {
		args = append(args, name, n.Words(r.Lang, key))
	}
	note := &store.News{Record: store.Record{
		Kind: "news", Lang: r.Lang, Audience: r.Audience, InReplyTo: r.IRI, Authors: r.Authors,
		Body: n.Words(r.Lang, said.Key, args...),
	}}
	a.cause(&Activity{Verb: "Create", Actor: a.Actor, Item: note})
}

// updateProfile saves the profile of an actor of this node and tells its
// followers.
func (n *Node) updateProfile(tx *store.Txn, a *Activity) error {
	if a.by != nil && a.by.Actor != a.Actor && !a.by.Runs {
		return fmt.Errorf("profile of %s: %w", a.Actor, ErrForbidden)
	}
	p := *a.Profile
	p.ID, p.IRI, p.Type, p.Local = a.actor.ID, a.actor.IRI, a.actor.Type, true
	p.Handle, p.Host, p.Keys, p.Created = a.actor.Handle, a.actor.Host, a.actor.Keys, a.actor.Created
	p.Updated = tx.Now()
	if err := errors.Join(checkProfile(&p), p.CheckInterest()); err != nil {
		return err
	}
	if err := tx.PutActor(&p); err != nil {
		return err
	}
	n.lookAround(tx)
	a.Object, a.open = p.IRI, true
	a.To, a.Cc = []string{vocab.Public}, []string{p.Followers}
	a.embed = n.ActorDocument(tx, &p)
	for f := range tx.Followers(p.ID) {
		if f.State == store.Accepted {
			a.to = append(a.to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
		}
	}
	readers := directoryReaders(tx, a.actor, &p)
	a.to = append(a.to, without(readers, a.to)...)
	return nil
}

// updateRemoteActor takes over what an actor says of itself, signed by itself.
func (n *Node) updateRemoteActor(tx *store.Txn, a *Activity) error {
	doc := a.object()
	if doc.IsZero() {
		tx.AddJob(jobFetch, fetchJob{IRI: a.Actor})
		return nil
	}
	fresh, err := vocab.ReadActor(doc)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	n.heedWish(tx, doc, fresh)
	lookForShared(tx, a.actor)
	return n.putRemoteActor(tx, fresh)
}
