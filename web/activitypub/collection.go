package activitypub

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

const pageSize = 40

// paged is a collection at hand: how many it has, and a page of it that begins
// after cursor (empty: at the beginning). One that stands whole in its root has
// no pages, nor has one of which only the count is told.
type paged struct {
	total int
	whole []string
	page  func(tx *store.Txn, cursor string) (items vocab.Page, next string)
}

// collection is the root of a collection, or a page of it.
func (d *dialect) collection(r *http.Request, id, owner string, open func(tx *store.Txn) (paged, error)) (*document, error) {
	query := r.URL.Query()
	var body []byte
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		c, err := open(tx)
		if err != nil {
			return err
		}
		switch {
		case c.whole != nil || c.page == nil:
			body = vocab.Collection{ID: id, AttributedTo: owner, Total: c.total, IRIs: c.whole}.Encode()
		case !query.Has("page"):
			body = vocab.Collection{ID: id, AttributedTo: owner, Total: c.total, First: id + vocab.PageQuery}.Encode()
		default:
			body = d.encodePage(tx, id, query.Get("after"), c)
		}
		return nil
	})
	return d.open(body), err
}

func (d *dialect) encodePage(tx *store.Txn, id, after string, c paged) []byte {
	p, next := c.page(tx, after)
	p.ID, p.PartOf, p.Total = id+vocab.PageQuery, id, c.total
	if after != "" {
		p.ID += "&after=" + url.QueryEscape(after)
	}
	if next != "" {
		p.Next = id + vocab.PageQuery + "&after=" + url.QueryEscape(next)
	}
	return p.Encode()
}

// actorCollection serves the collections of an actor of this node. Their roots
// and first pages, which everybody asks for, are kept.
func (d *dialect) actorCollection(w http.ResponseWriter, r *http.Request) error {
	if err := d.publicView(r); err != nil {
		return err
	}
	build := func() (*document, error) {
		a, err := d.localActor(r)
		if err != nil {
			return nil, err
		}
		name := mux.Vars(r)["collection"]
		return d.collection(r, a.IRI+"/"+name, a.IRI, func(tx *store.Txn) (paged, error) { return d.ofActor(tx, a, name), nil })
	}
	keep := d.cache.get
	if r.URL.Query().Get("after") != "" {
		keep = func(_ string, build func() (*document, error)) (*document, error) { return build() }
	}
	doc, err := keep(r.URL.Path+"?"+strconv.FormatBool(r.URL.Query().Has("page")), build)
	if err != nil {
		return err
	}
	return doc.write(w, r, http.StatusOK)
}

func (d *dialect) ofActor(tx *store.Txn, a *store.Actor, name string) paged {
	switch name {
	case "outbox":
		return d.outbox(tx, a)
	case "followers":
		return acquaintances(a, accepted(tx.Followers(a.ID), func(f *store.Follow) store.ID { return f.Follower }))
	case "following":
		return acquaintances(a, accepted(tx.Following(a.ID), func(f *store.Follow) store.ID { return f.Followed }))
	case "featured":
		return pinned(tx, a)
	case "members":
		return members(tx, a)
	case "posts":
		return records(tx, a)
	case "events":
		return typed(tx, a, "Event")
	case "resources":
		return typed(tx, a, "Page")
	}
	return iris(nil) // what labs do not have: peers stop at a 404
}

// outbox pages through what an actor published for everybody, newest first; the
// cursor is the id of the last activity of the page before.
func (d *dialect) outbox(tx *store.Txn, a *store.Actor) paged {
	return paged{total: tx.CountOutbox(a.ID), page: func(tx *store.Txn, cursor string) (p vocab.Page, next string) {
		before, _ := store.ParseID(cursor) // nonsense begins at the beginning
		for act := range tx.Outbox(a.ID, before) {
			if len(p.Documents) == pageSize {
				return p, next
			}
			if doc, err := d.Node.ActivityDocument(tx, act); err == nil {
				p.Documents = append(p.Documents, doc)
				next = act.ID.String()
			}
		}
		return p, ""
	}}
}

func accepted(follows func(func(*store.Follow) bool), whom func(*store.Follow) store.ID) []store.ID {
	var ids []store.ID
	for f := range follows {
		if f.State == store.Accepted {
			ids = append(ids, whom(f))
		}
	}
	return ids
}

// acquaintances are who follows an actor, or whom it follows. Of a lab and of the
// node they are listed: they are the map of the network, which is public. With whom
// a person has to do is that person's own business, and nobody else's to ask, signed
// or not; a collection without pages is what Mastodon shows as hidden.
func acquaintances(a *store.Actor, ids []store.ID) paged {
	if a.Type == store.Person {
		return count(len(ids))
	}
	return actors(ids)
}

// actors is a collection of actors; the cursor is a position.
func actors(ids []store.ID) paged {
	return paged{total: len(ids), page: func(tx *store.Txn, cursor string) (p vocab.Page, next string) {
		from := position(cursor, len(ids))
		to := min(from+pageSize, len(ids))
		for _, id := range ids[from:to] {
			if a, err := tx.Actor(id); err == nil {
				p.IRIs = append(p.IRIs, a.IRI)
			}
		}
		return p, more(to, len(ids))
	}}
}

func iris(all []string) paged {
	return paged{total: len(all), page: func(_ *store.Txn, cursor string) (p vocab.Page, next string) {
		from := position(cursor, len(all))
		to := min(from+pageSize, len(all))
		p.IRIs = all[from:to]
		return p, more(to, len(all))
	}}
}

func position(cursor string, total int) int {
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 {
		return 0
	}
	return min(n, total)
}

func more(to, total int) string {
	if to >= total {
		return ""
	}
	return strconv.Itoa(to)
}

// members are those who want to be found.
func members(tx *store.Txn, a *store.Actor) paged {
	var all []string
	for m := range tx.Members() {
		if a.Type == store.Group && m.Discoverable {
			all = append(all, m.IRI)
		}
	}
	return iris(all)
}

// thread is the whole conversation that a record began, itself first, oldest first,
// for software that lacks parts of it (FEP-f228).
func thread(tx *store.Txn, id store.ID, iri string) paged {
	all := []string{iri}
	for _, it := range tx.ListThread(id, store.Query{Viewer: elsewhere, Limit: 1 << 20}).Items {
		all = append(all, it.Envelope().IRI)
	}
	return iris(all)
}

// ownerOf says whose a collection of a record is, where that matters: a conversation
// is of who began it (FEP-7888).
func (d *dialect) ownerOf(r *http.Request, id store.ID, name string) (owner string, err error) {
	if name != "context" {
		return "", nil
	}
	err = d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		it, err := tx.Record(id)
		if err == nil {
			owner = it.Envelope().Lab
		}
		return err
	})
	return owner, err
}

// pinned stands whole in its root: Mastodon and GoToSocial look no further.
func pinned(tx *store.Txn, a *store.Actor) paged {
	all := []string{}
	for it := range tx.Pinned(a.ID) {
		if r := it.Envelope(); r.Audience == store.Public {
			all = append(all, r.IRI)
		}
	}
	return paged{total: len(all), whole: all}
}

// elsewhere is whoever reads collections: they hold what everybody may see on any
// node.
var elsewhere = store.Viewer{Away: true}

// records are an actor's public records, newest first; the cursor is a position.
func records(tx *store.Txn, a *store.Actor) paged {
	total := tx.ListLab(a.ID, store.Query{Viewer: elsewhere}).Total
	return paged{total: total, page: func(tx *store.Txn, cursor string) (p vocab.Page, next string) {
		from := position(cursor, total)
		list := tx.ListLab(a.ID, store.Query{Viewer: elsewhere, Offset: from, Limit: pageSize})
		for _, it := range list.Items {
			p.Documents = append(p.Documents, tx.Raw(it.Envelope().ID))
		}
		return p, more(from+len(list.Items), total)
	}}
}

// typed are an actor's public records of the kinds that are of one type on the
// wire, newest first; the cursor is a position.
func typed(tx *store.Txn, a *store.Actor, typ string) paged {
	total := 0
	kinds := slices.DeleteFunc(slices.Clone(store.Kinds), func(k *store.Kind) bool { return k.Type != typ })
	for _, k := range kinds {
		total += tx.ListKind(k.Name, store.Query{Viewer: elsewhere, Lab: a.ID}).Total
	}
	return paged{total: total, page: func(tx *store.Txn, cursor string) (p vocab.Page, next string) {
		from := position(cursor, total)
		var all []store.Item
		for _, k := range kinds {
			all = append(all, tx.ListKind(k.Name, store.Query{Viewer: elsewhere, Lab: a.ID, Limit: from + pageSize}).Items...)
		}
		slices.SortFunc(all, func(x, y store.Item) int { return cmp.Compare(y.Envelope().ID, x.Envelope().ID) })
		to := min(from+pageSize, len(all))
		for _, it := range all[from:to] {
			p.Documents = append(p.Documents, tx.Raw(it.Envelope().ID))
		}
		return p, more(to, total)
	}}
}

// recordCollection serves what belongs to an open record of this node: the
// answers to it, and the counts of likes and shares. Who reacted is not told.
func (d *dialect) recordCollection(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	name := mux.Vars(r)["collection"]
	iri := d.Node.BaseURL + "/o/" + id.String()
	if err := d.publicView(r); err != nil {
		return err
	}
	owner, err := d.ownerOf(r, id, name)
	if err != nil {
		return err
	}
	doc, err := d.collection(r, iri+"/"+name, owner, func(tx *store.Txn) (paged, error) {
		it, err := tx.Record(id)
		if err != nil || it.Envelope().Remote || !it.Envelope().Audience.Open() {
			return paged{}, store.ErrNotFound
		}
		switch name {
		case "likes":
			return count(tx.CountReactions(id, store.Liked)), nil
		case "shares":
			return count(tx.CountReactions(id, store.Announced)), nil
		case "replications":
			return replications(tx, iri), nil
		case "context":
			return thread(tx, id, iri), nil
		}
		return replies(tx, id, iri), nil
	})
	if err != nil {
		return err
	}
	return doc.write(w, r, http.StatusOK)
}

func count(n int) paged { return paged{total: n} }

// replications are the open records that take this one up, confirmed by their
// own origins: what each says of this one, this one says of it (FEP-5711).
func replications(tx *store.Txn, iri string) paged {
	var all []string
	for _, back := range tx.Backs(iri, elsewhere, 1<<20) {
		if back.Type == store.Replicates {
			all = append(all, back.Source.Envelope().IRI)
		}
	}
	return iris(all)
}

// replies are the open answers to a record itself, oldest first.
func replies(tx *store.Txn, id store.ID, iri string) paged {
	var all []string
	for _, it := range tx.ListThread(id, store.Query{Viewer: elsewhere, Limit: 1 << 20}).Items {
		if r := it.Envelope(); r.InReplyTo == iri {
			all = append(all, r.IRI)
		}
	}
	return iris(all)
}
