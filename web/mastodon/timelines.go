package mastodon

import (
	"errors"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

const (
	usualPage = 20
	mostPage  = 40
)

// timeline answers with a stretch of a timeline.
func (c *call) timeline(context string, read func(*reading, store.Stretch) (store.Strip, error)) (any, error) {
	s := c.stretch(usualPage, mostPage)
	list := []*Status{}
	err := c.view(func(tx *store.Txn) error {
		rd := c.reading(tx, context)
		strip, err := read(rd, s)
		if err != nil {
			return err
		}
		list = rd.statuses(strip.Entries)
		c.stripLinks(s, strip)
		return nil
	})
	return list, err
}

// home is GET /api/v1/timelines/home.
func home(c *call) (any, error) {
	return c.timeline("home", func(rd *reading, s store.Stretch) (store.Strip, error) {
		return rd.tx.Home(rd.only(rd.notApart()), c.homes(rd.tx), s), nil
	})
}

// notApart leaves out who is on a list that its owner reads instead of home.
func (rd *reading) notApart() func(store.Entry) bool {
	var apart []string
	for l := range rd.tx.Lists(rd.actor.ID) {
		for _, id := range l.Actors {
			if a, err := rd.tx.Actor(id); l.Exclusive && err == nil {
				apart = append(apart, a.IRI)
			}
		}
	}
	return func(e store.Entry) bool { return !slices.Contains(apart, e.Item.Envelope().Lab) }
}

// publicTimeline is GET /api/v1/timelines/public.
func publicTimeline(c *call) (any, error) {
	scope := store.Scope{Home: !c.flag("remote") || c.flag("local"), Away: !c.flag("local")}
	return c.timeline("public", func(rd *reading, s store.Stretch) (store.Strip, error) {
		return rd.tx.PublicTimeline(rd.only(c.wanted), scope, s), nil
	})
}

// only is the reader, without what wants refuses.
func (rd *reading) only(wants func(store.Entry) bool) store.Reader {
	by := rd.reader()
	hides := by.Hides
	by.Hides = func(e store.Entry) bool { return hides(e) || !wants(e) }
	return by
}

// wanted is what only_media asks for.
func (c *call) wanted(e store.Entry) bool {
	return !c.flag("only_media") || e.Item.Envelope().Image != nil
}

// tagTimeline is GET /api/v1/timelines/tag/:tag. Of any, all and none the other
// hashtags that a status must have.
func tagTimeline(c *call) (any, error) {
	tag := vocab.FoldHashtag(mux.Vars(c.r)["tag"])
	if tag == "" {
		return []*Status{}, nil
	}
	wants := func(e store.Entry) bool {
		r := e.Item.Envelope()
		return c.wanted(e) && c.hasTags(r) && (!c.flag("local") || !r.Remote) && (!c.flag("remote") || r.Remote)
	}
	return c.timeline("public", func(rd *reading, s store.Stretch) (store.Strip, error) {
		return rd.tx.TagTimeline(rd.only(wants), tag, s), nil
	})
}

func (c *call) hasTags(r *store.Record) bool {
	has := map[string]bool{}
	for _, tag := range r.Hashtags() {
		has[tag] = true
	}
	for _, tag := range c.list("all") {
		if !has[vocab.FoldHashtag(tag)] {
			return false
		}
	}
	for _, tag := range c.list("none") {
		if has[vocab.FoldHashtag(tag)] {
			return false
		}
	}
	return true
}

// listTimeline is GET /api/v1/timelines/list/:id.
func listTimeline(c *call) (any, error) {
	return c.timeline("home", func(rd *reading, s store.Stretch) (store.Strip, error) {
		l, err := c.namedList(rd.tx)
		if err != nil {
			return store.Strip{}, err
		}
		var actors []*store.Actor
		for _, id := range l.Actors {
			if a, err := knownActor(rd.tx, id); err == nil {
				actors = append(actors, a)
			}
		}
		return rd.tx.ActorTimeline(rd.only(rd.listed(l)), actors, true, s), nil
	})
}

// listed says which answers a list shows.
func (rd *reading) listed(l *store.List) func(store.Entry) bool {
	return func(e store.Entry) bool {
		r := e.Item.Envelope()
		if r.InReplyTo == "" || e.By != 0 {
			return true
		}
		parent, err := rd.tx.RecordByIRI(r.InReplyTo)
		if err != nil {
			return false
		}
		answered, err := rd.tx.ActorByIRI(parent.Envelope().Lab)
		switch {
		case err != nil:
			return false
		case answered.IRI == r.Lab:
			return true
		case l.Replies == "list":
			return l.Has(answered.ID)
		case l.Replies == "followed":
			return rd.tx.Follows(rd.actor.ID, answered.ID)
		}
		return false
	}
}

// accountStatuses is GET /api/v1/accounts/:id/statuses.
func accountStatuses(c *call) (any, error) {
	return c.timeline("account", func(rd *reading, s store.Stretch) (store.Strip, error) {
		a, err := c.named(rd.tx)
		if err != nil {
			return store.Strip{}, err
		}
		if rd.tx.BlockedHere(a.ID) || c.actor != nil && rd.tx.Blocks(a.ID, c.actor.ID) {
			return store.Strip{}, nil
		}
		// Whoever opens a profile wants to read it, muted or not.
		by := store.Reader{Viewer: c.viewer, Hides: func(e store.Entry) bool { return !c.onProfile(rd.tx, a, e) }}
		if c.flag("pinned") {
			return pinned(rd.tx, by, a, s), nil
		}
		boosts := !c.flag("exclude_reblogs") && !c.flag("only_media") && c.str("tagged") == ""
		return rd.tx.ActorTimeline(by, []*store.Actor{a}, boosts, s), nil
	})
}

func (c *call) onProfile(tx *store.Txn, a *store.Actor, e store.Entry) bool {
	r := e.Item.Envelope()
	switch {
	case c.flag("exclude_replies") && e.By == 0 && r.InReplyTo != "" && !answersSelf(tx, r):
		return false
	case c.str("tagged") != "":
		return strings.Contains(","+strings.Join(r.Hashtags(), ",")+",", ","+vocab.FoldHashtag(c.str("tagged"))+",")
	case e.By != 0:
		author, err := tx.ActorByIRI(r.Lab)
		return err == nil && (c.actor == nil || !tx.Blocks(c.actor.ID, author.ID))
	}
	return c.wanted(e) && r.Lab == a.IRI
}

func answersSelf(tx *store.Txn, r *store.Record) bool {
	parent, err := tx.RecordByIRI(r.InReplyTo)
	return err == nil && parent.Envelope().Lab == r.Lab
}

// pinned are the few records that an actor shows first.
func pinned(tx *store.Txn, by store.Reader, a *store.Actor, s store.Stretch) store.Strip {
	var strip store.Strip
	for it := range tx.Pinned(a.ID) {
		e := store.Entry{ID: it.Envelope().ID, Item: it}
		if by.Viewer.CanSee(it.Envelope()) && !by.Hides(e) && len(strip.Entries) < s.Limit && s.Before == 0 {
			strip.Entries = append(strip.Entries, e)
		}
	}
	return strip
}

// favourites is GET /api/v1/favourites.
func favourites(c *call) (any, error) {
	return c.timeline("", func(rd *reading, s store.Stretch) (store.Strip, error) {
		return bare(rd.tx.Favourites(store.Reader{Viewer: c.viewer}, c.actor.ID, s)), nil
	})
}

// bookmarks is GET /api/v1/bookmarks.
func bookmarks(c *call) (any, error) {
	return c.timeline("", func(rd *reading, s store.Stretch) (store.Strip, error) {
		return bare(rd.tx.Bookmarks(store.Reader{Viewer: c.viewer}, c.actor.ID, s)), nil
	})
}

// bare are the records of the entries: a like is no announcement. Their order and
// the ids that pages go by stay those of the entries.
func bare(strip store.Strip) store.Strip {
	for i := range strip.Entries {
		strip.Entries[i].By = 0
	}
	return strip
}

// linkTimeline is GET /api/v1/timelines/link: what is said about a page.
func linkTimeline(c *call) (any, error) {
	return c.timeline("public", func(rd *reading, s store.Stretch) (store.Strip, error) {
		it, err := rd.tx.RecordByIRI(c.str("url"))
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrGone) {
			return store.Strip{}, nil
		}
		if err != nil || !c.viewer.CanSee(it.Envelope()) || s.Before != 0 {
			return store.Strip{}, err
		}
		return store.Strip{Entries: []store.Entry{{ID: it.Envelope().ID, Item: it}}}, nil
	})
}
