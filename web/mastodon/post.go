package mastodon

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

const (
	newsKind    = "news"
	maxPictures = 4 // of one status
	maxWarning  = 500
)

// maxText is how many characters news may have.
func maxText() int { return store.KindOf(newsKind).Field("body").Max }

// post is POST /api/v1/statuses: news by the member himself.
func post(c *call) (any, error) {
	if done := c.replayed(); done != 0 {
		return c.one(func(tx *store.Txn) (store.Entry, error) { return c.recordWith(tx, done) })
	}
	if err := c.checkPost(); err != nil {
		return nil, err
	}
	due, err := c.due()
	if err != nil {
		return nil, err
	}
	it := store.KindOf(newsKind).New()
	r := it.Envelope()
	r.Kind, r.Lang, r.Authors = newsKind, c.language(), []string{c.actor.IRI}
	r.Body, r.Tags = fromTyped(c.str("status"))
	r.Pitch = strings.TrimSpace(c.str("spoiler_text"))
	r.Sensitive = c.flag("sensitive") || r.Pitch != ""
	if err := c.view(func(tx *store.Txn) error { return c.completePost(tx, r) }); err != nil {
		return nil, err
	}
	if !due.IsZero() {
		return c.schedule(it, due)
	}
	if err := c.publish(&federation.Activity{Verb: "Create", Item: it}); err != nil {
		return nil, err
	}
	c.remember(r.ID)
	if err := c.useUploads(); err != nil {
		return nil, err
	}
	return c.one(func(tx *store.Txn) (store.Entry, error) { return c.recordWith(tx, r.ID) })
}

// checkPost refuses what there is not here, rather than losing a part of it.
func (c *call) checkPost() error {
	switch {
	case len(c.list("poll[options]")) > 0:
		return invalid("Polls are not available")
	case len(c.list("media_ids")) > maxPictures:
		return invalid("Too many pictures")
	case utf8.RuneCountInString(c.str("spoiler_text")) > maxWarning:
		return invalid("Spoiler text is too long")
	case strings.TrimSpace(c.str("status")) == "" && len(c.list("media_ids")) == 0:
		return invalid("Text can't be blank")
	}
	return nil
}

// completePost adds what stands in the store: the answered record, the picture.
func (c *call) completePost(tx *store.Txn, r *store.Record) error {
	r.Audience = audienceOf(c.str("visibility"))
	if in := c.str("in_reply_to_id"); in != "" {
		if err := c.answer(tx, r, in); err != nil {
			return err
		}
	}
	if err := c.picture(tx, r); err != nil {
		return err
	}
	if r.Body == "" && r.Image != nil {
		r.Body = r.Image.Alt
	}
	return nil
}

// answer puts a record into a thread. It reaches no farther than what it answers.
func (c *call) answer(tx *store.Txn, r *store.Record, in string) error {
	id, err := parseID(in)
	if err != nil {
		return err
	}
	e, err := c.recordWith(tx, id)
	if err != nil {
		return err
	}
	parent := e.Item.Envelope()
	r.InReplyTo = parent.IRI
	if !r.Audience.Within(parent.Audience) {
		r.Audience = parent.Audience
	}
	return nil
}

// audienceOf is the step of the ladder for Mastodon's words; without one, public.
func audienceOf(visibility string) store.Audience {
	switch visibility {
	case "unlisted":
		return store.Unlisted
	case "private":
		return store.FollowedLabs
	case "direct":
		return store.Named
	}
	return store.Public
}

// remove is DELETE /api/v1/statuses/:id. It answers with the text, so that the
// app can offer to write it anew.
func remove(c *call) (any, error) {
	var s *Status
	var r *store.Record
	err := c.view(func(tx *store.Txn) error {
		e, err := c.record(tx)
		if err != nil {
			return err
		}
		if r = e.Item.Envelope(); e.By != 0 || !c.viewer.CanEdit(r) {
			return errNotFound
		}
		s = c.reading(tx, "").entry(e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, errNotFound
	}
	text := typedText(r)
	s.Text = &text
	if err := c.againUploadable(r); err != nil {
		return nil, err
	}
	return s, c.publish(&federation.Activity{Verb: "Delete", Actor: r.Lab, Object: r.IRI})
}

// onRecord does something with the record that the path names and answers with it
// as it is then.
func (c *call) onRecord(do func(e store.Entry) error) (any, error) {
	var e store.Entry
	err := c.view(func(tx *store.Txn) (err error) {
		e, err = c.record(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := do(e); err != nil {
		return nil, err
	}
	id := e.Item.Envelope().ID
	return c.one(func(tx *store.Txn) (store.Entry, error) { return c.recordWith(tx, id) })
}

// react brings a reaction of the member to the door, once.
func (c *call) react(verb string, kind store.ReactionKind) (any, error) {
	return c.onRecord(func(e store.Entry) error {
		if c.reaction(e, kind) != nil {
			return nil
		}
		return c.publish(&federation.Activity{Verb: verb, Object: e.Item.Envelope().IRI})
	})
}

// unreact takes it back, if there is one.
func (c *call) unreact(kind store.ReactionKind) (any, error) {
	return c.onRecord(func(e store.Entry) error {
		r := c.reaction(e, kind)
		if r == nil {
			return nil
		}
		return c.publish(&federation.Activity{Verb: "Undo", Object: r.IRI})
	})
}

func (c *call) reaction(e store.Entry, kind store.ReactionKind) (r *store.Reaction) {
	_ = c.view(func(tx *store.Txn) error { // an error is none
		r = tx.Reaction(e.Item.Envelope().ID, kind, c.actor.ID)
		return nil
	})
	return r
}

// favourite is POST /api/v1/statuses/:id/favourite.
func favourite(c *call) (any, error) { return c.react("Like", store.Liked) }

// unfavourite is POST /api/v1/statuses/:id/unfavourite.
func unfavourite(c *call) (any, error) { return c.unreact(store.Liked) }

// reblog is POST /api/v1/statuses/:id/reblog; it answers with the announcement.
func reblog(c *call) (any, error) {
	of, err := c.react("Announce", store.Announced)
	if err != nil {
		return nil, err
	}
	id, err := parseID(of.(*Status).ID)
	if err != nil {
		return nil, err
	}
	return c.one(func(tx *store.Txn) (store.Entry, error) {
		e, err := c.recordWith(tx, id)
		if r := tx.Reaction(id, store.Announced, c.actor.ID); err == nil && r != nil {
			e.ID, e.By = r.ID, c.actor.ID
		}
		return e, err
	})
}

// unreblog is POST /api/v1/statuses/:id/unreblog.
func unreblog(c *call) (any, error) { return c.unreact(store.Announced) }

// bookmark is POST /api/v1/statuses/:id/bookmark.
func bookmark(c *call) (any, error) { return c.mark(true) }

// unbookmark is POST /api/v1/statuses/:id/unbookmark.
func unbookmark(c *call) (any, error) { return c.mark(false) }

func (c *call) mark(on bool) (any, error) {
	return c.onRecord(func(e store.Entry) error {
		return c.keep(func(tx *store.Txn) error {
			tx.Bookmark(c.actor.ID, e.Item.Envelope().ID, on)
			return nil
		})
	})
}

// muteThread is POST /api/v1/statuses/:id/mute.
func muteThread(c *call) (any, error) { return c.hush(true) }

// unmuteThread is POST /api/v1/statuses/:id/unmute.
func unmuteThread(c *call) (any, error) { return c.hush(false) }

func (c *call) hush(on bool) (any, error) {
	return c.onRecord(func(e store.Entry) error {
		return c.keep(func(tx *store.Txn) error {
			tx.MuteThread(c.actor.ID, rootID(e.Item.Envelope()), on)
			return nil
		})
	})
}

// pin is POST /api/v1/statuses/:id/pin.
func pin(c *call) (any, error) { return c.feature("Add") }

// unpin is POST /api/v1/statuses/:id/unpin.
func unpin(c *call) (any, error) { return c.feature("Remove") }

func (c *call) feature(verb string) (any, error) {
	return c.onRecord(func(e store.Entry) error {
		r := e.Item.Envelope()
		if !c.viewer.CanEdit(r) || r.Lab != c.actor.IRI && !c.viewer.Runs {
			return &refusal{http.StatusUnprocessableEntity, "Validation failed: Someone else's post cannot be pinned", ""}
		}
		return c.publish(&federation.Activity{Verb: verb, Actor: r.Lab, Object: r.IRI})
	})
}
