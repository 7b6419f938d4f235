package letters

import (
	"net/url"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// Notice is a notice in words.
type Notice struct {
	ID     store.ID
	Topic  store.Topic
	Text   string
	Detail string // may be empty
	Path   string // of the page that it is about
}

const titleLength = 80 // characters of a text that stands for a title

// Describe puts a notice into words for a member, told as one of actors: false when
// the member may not see what it is about, or wants to hear nothing of who did it.
func (d *Desk) Describe(tx *store.Txn, lang assets.Lang, viewer store.Viewer, member store.ID, n *store.Notice) (Notice, bool) {
	by, err := tx.Actor(n.Actor)
	if err != nil || tx.Silenced(member, by) {
		return Notice{}, false
	}
	s := speaker{Desk: d, tx: tx, lang: lang, notice: n}
	out := Notice{ID: n.ID, Topic: tx.TopicOf(n, s.toldAs(viewer, member)), Path: s.path(by)}
	words := map[string]any{"who": by.DisplayName(), "host": n.Host, "title": "", "about": ""}
	for name, id := range map[string]store.ID{"title": n.Record, "about": n.About} {
		it, err := tx.Record(id)
		if err != nil {
			continue
		}
		r := it.Envelope()
		if !viewer.CanSee(r) || tx.HasMutedThread(member, rootOf(r)) {
			return Notice{}, false
		}
		words[name] = Title(r)
		if name == "title" {
			s.item = it
		}
	}
	if n.Record != 0 && s.item == nil {
		return Notice{}, false
	}
	if s.item != nil && out.Path == "" {
		out.Path = federation.PagePath(s.item.Envelope())
	}
	out.Text, out.Detail = d.Words.T(lang, "notice."+s.word(out.Topic), words), s.detail()
	return out, true
}

// speaker puts one notice into words.
type speaker struct {
	*Desk
	tx     *store.Txn
	lang   assets.Lang
	notice *store.Notice
	item   store.Item // nil: it is about no record
}

// toldAs is the actor as whom a member was told: himself, or the lab.
func (s *speaker) toldAs(viewer store.Viewer, member store.ID) store.ID {
	for _, actor := range Told(s.tx, viewer, member) {
		if _, err := s.tx.Notice([]store.ID{actor}, s.notice.ID); err == nil {
			return actor
		}
	}
	return member
}

// word is the end of the key of the words.
func (s *speaker) word(topic store.Topic) string {
	switch e, _ := s.item.(*store.Event); {
	case topic == store.AboutReply:
		return "reply"
	case s.notice.Kind == store.Matched:
		return "match-" + s.item.Envelope().Kind
	case s.notice.Kind == store.EventChanged && e != nil && e.State == "annule":
		return "event-off"
	}
	return string(s.notice.Kind)
}

// path is where something is done about a notice that is about no record alone.
func (s *speaker) path(by *store.Actor) string {
	switch s.notice.Kind {
	case store.Contributed:
		return "/admin/moderation"
	case store.Complained:
		return "/admin/signalements"
	case store.Undelivered:
		return "/admin/livraisons"
	case store.Joined:
		return "/admin/membres"
	case store.AskedToFollow:
		return "/admin/demandes"
	case store.FollowedBy:
		if by.Local {
			return "/@" + by.Handle
		}
		return "/reseau/" + url.PathEscape(by.Host) + "/" + url.PathEscape(by.Handle)
	}
	return ""
}

// detail is when an event takes place, or why a need and a resource fit.
func (s *speaker) detail() string {
	if e, ok := s.item.(*store.Event); ok && s.notice.Kind == store.EventChanged {
		return e.Summary()
	}
	if s.notice.Kind != store.Matched {
		return ""
	}
	own, err := s.tx.Record(s.notice.About)
	if err != nil {
		return ""
	}
	return Reasons(s.Words, s.lang, store.MatchOf(own.Envelope(), s.item))
}

// Reasons says why a need and a resource fit.
func Reasons(words *assets.Catalog, lang assets.Lang, m store.Match) string {
	var why []string
	if m.Near {
		why = append(why, words.T(lang, "match.near"))
	}
	if m.Region != "" {
		why = append(why, words.T(lang, "territory."+m.Region))
	}
	for _, theme := range m.Themes {
		why = append(why, words.T(lang, "theme."+theme))
	}
	return words.T(lang, "match.why", "reasons", strings.Join(why, ", "))
}

// Title is the title of a record, or how its text begins.
func Title(r *store.Record) string {
	if r.Title != "" {
		return r.Title
	}
	text := r.Body
	if r.Remote {
		text = markup.Plain(r.HTML)
	}
	return markup.Excerpt(text, titleLength)
}

// rootOf is the record whose thread a record is in: itself, when it is in none.
func rootOf(r *store.Record) store.ID {
	if r.Root != 0 {
		return r.Root
	}
	return r.ID
}
