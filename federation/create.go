package federation

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// create publishes a new record, or mirrors one of another node.
func create(n *Node, tx *store.Txn, a *Activity) error {
	if !a.local {
		return n.createMirror(tx, a)
	}
	r := a.Item.Envelope()
	if a.byForm() {
		if err := n.admit(tx, a, r); err != nil {
			return err
		}
	}
	if err := n.checkItem(tx, a, r); err != nil {
		return err
	}
	if err := checkAudience(tx, a, &store.Record{InReplyTo: r.InReplyTo}); err != nil {
		return err
	}
	nameParties(tx, a, r)
	n.complete(tx, a, r)
	if err := n.publishItem(tx, a, nil); err != nil {
		return err
	}
	if a.byForm() {
		keepContribution(tx, a)
	}
	if r.Root != 0 && r.Audience.Federates() {
		n.askThread(tx, r)
	}
	n.tell(a, nil)
	return nil
}

// checkItem applies the descriptor's rules, and those that bind the record to
// others.
func (n *Node) checkItem(tx *store.Txn, a *Activity, r *store.Record) error {
	kind := store.KindOf(r.Kind)
	if kind == nil {
		return fmt.Errorf("kind %q: %w", r.Kind, ErrMalformed)
	}
	if err := kind.Check(a.Item); err != nil {
		return err
	}
	if b, ok := a.Item.(store.Bound); ok {
		if errs := b.CheckWith(finder(tx)); len(errs) > 0 {
			return errs
		}
	}
	if r.Audience == "" {
		r.Audience = store.Team
	}
	return nil
}

func finder(tx *store.Txn) func(iri string) store.Item {
	return func(iri string) store.Item {
		it, err := tx.RecordByIRI(iri)
		if err != nil {
			return nil
		}
		return it
	}
}

// complete gives a new record of this node what its author does not decide.
func (n *Node) complete(tx *store.Txn, a *Activity, r *store.Record) {
	if r.Created.IsZero() {
		r.Created = tx.Now()
	}
	r.Updated, r.Version = r.Created, 1
	r.Host, r.Lab, r.Type, r.Remote = n.Host(), a.Actor, store.KindOf(r.Kind).Type, false
	if r.Lang == "" {
		r.Lang = n.Lang
	}
	if a.by != nil && !a.byForm() && a.by.Actor != a.Actor && len(r.Authors) == 0 {
		r.Authors = []string{a.by.Actor}
	}
	r.ID = tx.RecordID(r.Created)
	r.IRI = n.BaseURL + "/o/" + r.ID.String()
	r.URL = n.BaseURL + PagePath(r)
	r.Root = rootOf(tx, r.InReplyTo)
}

// rootOf finds the record whose thread an answer belongs to; zero: none here.
func rootOf(tx *store.Txn, inReplyTo string) store.ID {
	if inReplyTo == "" {
		return 0
	}
	parent, err := tx.RecordByIRI(inReplyTo)
	if err != nil {
		return 0
	}
	if root := parent.Envelope().Root; root != 0 {
		return root
	}
	return parent.Envelope().ID
}

// publishItem stores a.Item as it now is, old being what it was, and sends to
// everybody what changed for them: those who are new to it a Create, those who
// knew it an Update, those who may no longer see it a Delete.
func (n *Node) publishItem(tx *store.Txn, a *Activity, old store.Item) error {
	r := a.Item.Envelope()
	if reviser, ok := a.Item.(store.Reviser); ok {
		reviser.Revise(old, tx.Now())
	}
	var before []store.Recipient
	if old != nil {
		before = n.recipients(tx, a.actor.ID, old)
	}
	n.address(tx, a, a.Item)
	after := n.recipients(tx, a.actor.ID, a.Item)
	a.Object, a.record = r.IRI, r.ID
	a.embed = vocab.RecordDocument(a.Item, n.publication(tx, a))
	if err := tx.PutRecord(a.Item, a.embed); err != nil {
		return err
	}
	noteForDigest(tx, r, envelopeOf(old))
	tellNewlyMentioned(tx, r, envelopeOf(old))
	n.withdraw(tx, a, old, without(before, after))
	if old != nil && old.Envelope().Audience.Open() && !a.open {
		tx.HideFromOutbox(a.actor.ID, r.ID)
	}
	return n.spread(tx, a, before, after)
}

// envelopeOf is nil for no item.
func envelopeOf(it store.Item) *store.Record {
	if it == nil {
		return nil
	}
	return it.Envelope()
}

// spread sends the record to those who may see it now.
func (n *Node) spread(tx *store.Txn, a *Activity, before, after []store.Recipient) error {
	fresh := without(after, before)
	known := without(after, fresh)
	if len(known) == 0 && len(before) == 0 {
		a.Verb, a.to = "Create", after
		return nil
	}
	if len(fresh) > 0 {
		c := *a
		c.Verb, c.IRI = "Create", a.IRI+"/create"
		c.body = n.encode(&c)
		n.send(tx, &c, fresh)
	}
	a.to = known
	return nil
}

// withdraw tells those who lost sight of a record that it is gone for them.
func (n *Node) withdraw(tx *store.Txn, a *Activity, old store.Item, lost []store.Recipient) {
	if len(n.remote(lost)) == 0 {
		return
	}
	r := old.Envelope()
	d := *a
	d.Verb = "Delete"
	d.body = n.deletion(a, a.IRI+"/delete", r)
	n.send(tx, &d, lost)
}

// deletion writes the Delete of a record, for whom the record was for.
func (n *Node) deletion(a *Activity, id string, r *store.Record) []byte {
	to, cc := r.Addressed, []string(nil)
	if r.Audience.Open() {
		to, cc = []string{vocab.Public}, []string{a.actor.Followers}
	}
	d := vocab.Delete(a.Actor, r.IRI, r.Type)
	d.ID, d.Published, d.To, d.Cc = id, a.When, to, cc
	return d.Encode()
}

// publication is what a record's document says beside the record.
func (n *Node) publication(tx *store.Txn, a *Activity) vocab.Publication {
	r := a.Item.Envelope()
	p := vocab.Publication{To: a.To, Cc: a.Cc, TagURL: n.TagURL, Interest: a.actor.Interest}
	if r.Body != "" {
		p.Body = strings.TrimSpace(n.Render(n.WithMentions(tx, r)))
	}
	if root, err := tx.Record(r.Root); err == nil {
		p.Context = root.Envelope().IRI
	}
	p.Mentions = mentioned(tx, r)
	for _, iri := range concernedLabs(tx, a.Item) {
		if actor, err := tx.ActorByIRI(iri); err == nil && !slices.Contains(r.Mentions, iri) {
			p.Mentions = append(p.Mentions, actor)
		}
	}
	return p
}

// TagURL is the page of a hashtag.
func (n *Node) TagURL(tag string) string { return n.BaseURL + "/themes/" + url.PathEscape(tag) }

// PagePath is where people read a record: its pretty address on its own node, or
// on a node that mirrors it.
func PagePath(r *store.Record) string {
	letter := "n"
	if k := store.KindOf(r.Kind); k != nil {
		letter = k.Letter
	}
	if slug := Slug(r.Title); slug != "" {
		return "/" + letter + "/" + slug + "-" + r.ID.String()
	}
	return "/" + letter + "/" + r.ID.String()
}
