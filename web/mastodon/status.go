package mastodon

import (
	"slices"
	"time"

	"github.com/essaim/essaim/store"
)

// Status is a record, or its announcement, as apps know it. Every key is always
// there: apps break on missing ones.
type Status struct {
	ID                 string            `json:"id"`
	URI                string            `json:"uri"`
	URL                *string           `json:"url"`
	CreatedAt          string            `json:"created_at"`
	EditedAt           *string           `json:"edited_at"`
	Account            *Account          `json:"account"`
	Content            string            `json:"content"`
	Visibility         string            `json:"visibility"`
	Sensitive          bool              `json:"sensitive"`
	SpoilerText        string            `json:"spoiler_text"`
	MediaAttachments   []MediaAttachment `json:"media_attachments"`
	Application        *StatusSource     `json:"application"`
	Mentions           []Mention         `json:"mentions"`
	Tags               []StatusTag       `json:"tags"`
	Emojis             []CustomEmoji     `json:"emojis"`
	ReblogsCount       int               `json:"reblogs_count"`
	FavouritesCount    int               `json:"favourites_count"`
	RepliesCount       int               `json:"replies_count"`
	QuotesCount        int               `json:"quotes_count"`
	InReplyToID        *string           `json:"in_reply_to_id"`
	InReplyToAccountID *string           `json:"in_reply_to_account_id"`
	Reblog             *Status           `json:"reblog"`
	Poll               *Poll             `json:"poll"`
	Card               *PreviewCard      `json:"card"`
	Language           *string           `json:"language"`
	Text               *string           `json:"text,omitempty"` // of a deleted one, to write it anew
	Quote              *struct{}         `json:"quote"`
	QuoteApproval      FeatureApproval   `json:"quote_approval"`
	Favourited         bool              `json:"favourited"`
	Reblogged          bool              `json:"reblogged"`
	Muted              bool              `json:"muted"`
	Bookmarked         bool              `json:"bookmarked"`
	Pinned             bool              `json:"pinned"`
	Filtered           []FilterResult    `json:"filtered"`
	TaggedCollections  []struct{}        `json:"tagged_collections"`
}

// StatusSource is the app that a status was written with.
type StatusSource struct {
	Name    string  `json:"name"`
	Website *string `json:"website"`
}

// Mention is an account that a status is said to.
type Mention struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	URL      string `json:"url"`
	Acct     string `json:"acct"`
}

// StatusTag is a hashtag of a status.
type StatusTag struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// reading writes statuses for one reader in one transaction; actors and filters
// are looked up once.
type reading struct {
	*call
	tx       *store.Txn
	context  string // where filters look: "home", "public", …; empty: nowhere
	accounts map[store.ID]*Account
	authors  map[string]*author // by IRI
	filters  []*matcher
	chosen   policy // see policy

	unfiltered bool // notices that are kept back are wanted, too
}

func (c *call) reading(tx *store.Txn, context string) *reading {
	rd := &reading{call: c, tx: tx, context: context, accounts: map[store.ID]*Account{}, authors: map[string]*author{}}
	if context != "" && c.actor != nil {
		rd.filters = matchers(tx, c.actor.ID, context)
	}
	return rd
}

// reader is who reads a timeline: without those whom he blocks, mutes or whose
// server is kept away.
func (rd *reading) reader() store.Reader {
	return store.Reader{Viewer: rd.viewer, Hides: rd.hides}
}

func (rd *reading) hides(e store.Entry) bool {
	if a := rd.author(e.Item.Envelope().Lab); a == nil || a.avoided {
		return true
	}
	if e.By != 0 {
		by, err := rd.tx.Actor(e.By)
		if err != nil || rd.avoids(by) || rd.actor != nil && rd.tx.Wish(rd.actor.ID, e.By).NoAnnouncements {
			return true
		}
	}
	return slices.ContainsFunc(rd.filters, func(m *matcher) bool { return m.filter.Hide && m.matches(e.Item) })
}

// author is who publishes records, and whether the reader avoids him.
type author struct {
	*store.Actor
	avoided bool
}

// author looks an actor up once; nil when it is not known.
func (rd *reading) author(iri string) *author {
	a, known := rd.authors[iri]
	if known {
		return a
	}
	if actor, err := rd.tx.ActorByIRI(iri); err == nil {
		a = &author{actor, rd.avoids(actor)}
	}
	rd.authors[iri] = a
	return a
}

func (rd *reading) avoids(a *store.Actor) bool {
	if !a.Deleted.IsZero() || rd.tx.HostBlocked(a.Host) || rd.tx.BlockedHere(a.ID) {
		return true
	}
	return rd.actor != nil && rd.actor.ID != a.ID &&
		(rd.tx.Blocks(rd.actor.ID, a.ID) || rd.tx.Mute(rd.actor.ID, a.ID).Active(rd.tx.Now()))
}

// account writes an actor, once for all that it wrote.
func (rd *reading) account(a *store.Actor) *Account {
	e := rd.accounts[a.ID]
	if e == nil {
		e = rd.accountOf(rd.tx, a)
		rd.accounts[a.ID] = e
	}
	return e
}

// statuses writes the entries of a timeline.
func (rd *reading) statuses(entries []store.Entry) []*Status {
	list := make([]*Status, 0, len(entries))
	for _, e := range entries {
		if s := rd.entry(e); s != nil {
			list = append(list, s)
		}
	}
	return list
}

// entry writes one entry, or nil when who published it is not known any more.
func (rd *reading) entry(e store.Entry) *Status {
	s := rd.status(e.Item)
	if s == nil || e.By == 0 {
		return s
	}
	by, err := rd.tx.Actor(e.By)
	if err != nil {
		return nil
	}
	return rd.announcement(s, e, by)
}

// announcement is a status around another.
func (rd *reading) announcement(of *Status, e store.Entry, by *store.Actor) *Status {
	s := *of
	s.ID, s.Account, s.Reblog = e.ID.String(), rd.account(by), of
	s.CreatedAt, s.EditedAt, s.Application, s.Pinned = stamp(e.ID.Time()), nil, nil, false
	if r := rd.tx.Reaction(e.Item.Envelope().ID, store.Announced, by.ID); r != nil {
		s.URI = r.IRI
	}
	return &s
}

// status writes a record.
func (rd *reading) status(it store.Item) *Status {
	r := it.Envelope()
	by := rd.author(r.Lab)
	if by == nil {
		return nil
	}
	d := rd.render(rd.tx, it)
	url := pageOfRecord(r)
	s := &Status{
		ID: r.ID.String(), URI: r.IRI, URL: &url, CreatedAt: stamp(r.Created), EditedAt: editedAt(r),
		Account: rd.account(by.Actor), Content: d.content, Visibility: visibility(r.Audience), Sensitive: r.Sensitive || d.warning != "",
		SpoilerText: d.warning, MediaAttachments: d.media, Mentions: rd.mentions(d.mentions), Tags: d.tags,
		Emojis: d.emojis, Poll: d.poll.at(rd.tx.Now()), Card: d.card, Filtered: rd.filtered(it), TaggedCollections: []struct{}{},
		QuoteApproval:   FeatureApproval{Automatic: []string{}, Manual: []string{}, CurrentUser: "denied"},
		ReblogsCount:    rd.tx.CountReactions(r.ID, store.Announced),
		FavouritesCount: rd.tx.CountReactions(r.ID, store.Liked),
		RepliesCount:    rd.tx.CountAnswers(r.IRI),
	}
	if r.Lang != "" {
		s.Language = &r.Lang
	}
	rd.answered(s, r)
	rd.own(s, r, by.ID)
	return s
}

// answered says what a record answers, as far as the reader may know of it.
func (rd *reading) answered(s *Status, r *store.Record) {
	if r.InReplyTo == "" {
		return
	}
	parent, err := rd.tx.RecordByIRI(r.InReplyTo)
	if err != nil || !rd.viewer.CanSee(parent.Envelope()) {
		return
	}
	p := parent.Envelope()
	id := p.ID.String()
	s.InReplyToID = &id
	if a, err := rd.tx.ActorByIRI(p.Lab); err == nil {
		account := a.ID.String()
		s.InReplyToAccountID = &account
	}
}

// own is what the reader himself did with a record.
func (rd *reading) own(s *Status, r *store.Record, author store.ID) {
	if rd.actor == nil {
		return
	}
	me := rd.actor.ID
	s.Favourited = rd.tx.Reacted(r.ID, store.Liked, me)
	s.Reblogged = rd.tx.Reacted(r.ID, store.Announced, me)
	s.Bookmarked = rd.tx.HasBookmark(me, r.ID)
	s.Muted = rd.tx.HasMutedThread(me, rootID(r))
	s.Pinned = rd.tx.HasPinned(author, r.ID)
}

// rootID names the conversation of a record.
func rootID(r *store.Record) store.ID {
	if r.Root != 0 {
		return r.Root
	}
	return r.ID
}

func (rd *reading) mentions(iris []string) []Mention {
	list := []Mention{}
	for _, iri := range iris {
		if a, err := rd.tx.ActorByIRI(iri); err == nil {
			list = append(list, Mention{ID: a.ID.String(), Username: a.Handle, URL: a.Page(), Acct: rd.acct(a)})
		}
	}
	return list
}

// editedAt is when a record last changed, or nil.
func editedAt(r *store.Record) *string {
	if r.Version < 2 && r.Updated.Sub(r.Created) < time.Second {
		return nil
	}
	return stampOf(r.Updated)
}

func pageOfRecord(r *store.Record) string {
	if r.URL != "" {
		return r.URL
	}
	return r.IRI
}

// visibility is the step of the ladder in Mastodon's words.
func visibility(a store.Audience) string {
	switch a {
	case store.Public:
		return "public"
	case store.Unlisted, store.OnSite:
		return "unlisted"
	case store.Named:
		return "direct"
	}
	return "private"
}
