package store

import (
	"iter"
	"slices"
	"time"
)

// NoticeKind says why somebody is told of something.
type NoticeKind string

// The kinds of notices.
const (
	Mentioned     NoticeKind = "mention"  // a record answers or names the actor
	LikedBy       NoticeKind = "like"     // somebody likes its record
	AnnouncedBy   NoticeKind = "announce" // somebody passes its record on
	FollowedBy    NoticeKind = "follow"   // somebody follows it
	AskedToFollow NoticeKind = "ask"      // somebody waits for its answer
	NewPost       NoticeKind = "post"     // somebody it wants to hear of published
	PostEdited    NoticeKind = "edit"     // a record that it passed on changed
	Contributed   NoticeKind = "waiting"  // what somebody wrote without an account waits for a moderator
	Complained    NoticeKind = "report"   // somebody complains
	Undelivered   NoticeKind = "trouble"  // a host takes nothing for days
	Matched       NoticeKind = "match"    // a resource may meet its need, or the other way round
	TakenUp       NoticeKind = "reprise"  // somebody took up its record
	EventChanged  NoticeKind = "event"    // an event at which it has a place is moved or called off
	Joined        NoticeKind = "joined"   // somebody came by a RoleRule
)

// Notice tells an actor of this node of what somebody else did. One event has
// one id, whoever is told of it.
type Notice struct {
	ID     ID         `json:"id"`
	Kind   NoticeKind `json:"kind"`
	Actor  ID         `json:"actor"` // who did it; the lab itself when nobody is to be named
	Record ID         `json:"record,omitempty"`
	About  ID         `json:"about,omitempty"` // the record of whoever is told that this concerns
	Cause  ID         `json:"cause,omitempty"` // of the reaction: taken back and made again, it is another; the complaint
	Host   string     `json:"host,omitempty"`  // that takes nothing
	When   time.Time  `json:"when"`
}

// Notices yields what actors of this node are told, merged, each event once, in
// the order of the stretch. What is no longer so is left out.
func (t *Txn) Notices(actors []ID, s Stretch) iter.Seq[*Notice] {
	prefixes := make([][]byte, len(actors))
	for i, a := range actors {
		prefixes[i] = key(tNotice, a)
	}
	return func(yield func(*Notice) bool) {
		for id, v := range t.merge(s, prefixes...) {
			n := new(Notice)
			mustDecode(id.Key(), v, n)
			if t.stands(n) && !yield(n) {
				return
			}
		}
	}
}

// Notice returns what one of the actors was told under this id, or ErrNotFound.
func (t *Txn) Notice(actors []ID, id ID) (*Notice, error) {
	for _, a := range actors {
		if n := new(Notice); t.getJSON(key(tNotice, a, id), n) && t.stands(n) {
			return n, nil
		}
	}
	return nil, ErrNotFound
}

// Silenced says whether an actor of this node is to be told nothing of what another
// does.
func (t *Txn) Silenced(reader ID, by *Actor) bool {
	return t.HostBlocked(by.Host) || t.BlockedHere(by.ID) || t.Blocks(reader, by.ID) || t.Mute(reader, by.ID).Silent(t.now)
}

// DropNotice forgets one notice of an actor, ClearNotices all of them.
func (t *Txn) DropNotice(actor, id ID) { t.tx.Delete(key(tNotice, actor, id)) }

// ClearNotices forgets all that an actor was told.
func (t *Txn) ClearNotices(actor ID) {
	for k := range t.scan(key(tNotice, actor), false) {
		t.tx.Delete(key(tNotice, actor, k))
	}
}

// stands says whether what a notice tells of is still so.
func (t *Txn) stands(n *Notice) bool {
	actor, err := t.Actor(n.Actor)
	if err != nil || !actor.Deleted.IsZero() {
		return false
	}
	for _, id := range []ID{n.Record, n.About} {
		if _, err := t.Record(id); id != 0 && err != nil {
			return false
		}
	}
	switch n.Kind {
	case Contributed:
		c, err := t.Contribution(n.Record)
		return err == nil && c.Waits()
	case Complained:
		r, err := t.Report(n.Cause)
		return err == nil && r.State == ""
	case Undelivered:
		return t.Lane(n.Host).State != Healthy
	case LikedBy:
		return t.caused(n, Liked)
	case AnnouncedBy:
		return t.caused(n, Announced)
	}
	return true
}

func (t *Txn) caused(n *Notice, kind ReactionKind) bool {
	r := t.Reaction(n.Record, kind, n.Actor)
	return r != nil && r.ID == n.Cause
}

// Tell notes an event for those actors of this node who care: not for whoever
// did it, nor for those who keep that actor away or muted it.
func (t *Txn) Tell(n Notice, whom ...ID) {
	n.ID, n.When = t.NewID(), t.now
	told := false
	for _, actor := range whom {
		if actor == n.Actor || !t.isLocal(actor) || t.Blocks(actor, n.Actor) || t.Mute(actor, n.Actor).Silent(t.now) {
			continue
		}
		t.putJSON(key(tNotice, actor, n.ID), &n)
		t.mailNotice(actor, &n)
		told = true
	}
	if told {
		t.change(Created, ChangeNotice, n.ID)
	}
}

// concerned are the actors of this node who hear of what is done with a record:
// who publishes it and who wrote it.
func (t *Txn) concerned(r *Record) []ID {
	var ids []ID
	for _, iri := range append([]string{r.Lab}, r.Authors...) {
		if id := t.getID(key(tActorIRI, hash16(iri))); id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// noticeable is how old a record may be when it comes and still be news to anybody:
// what is older was fetched from somebody's past.
const noticeable = 48 * time.Hour

// tellOfRecord tells whom a new record answers, names, or was waited for by.
func (t *Txn) tellOfRecord(r *Record) {
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	if author == 0 || t.now.Sub(r.Created) > noticeable {
		return
	}
	named := t.named(r)
	t.Tell(Notice{Kind: Mentioned, Actor: author, Record: r.ID}, named...)
	var waiting []ID
	for reader := range t.hearers(author) {
		if t.Wish(reader, author).Tell && !slices.Contains(named, reader) {
			waiting = append(waiting, reader)
		}
	}
	t.Tell(Notice{Kind: NewPost, Actor: author, Record: r.ID}, waiting...)
}

// named are those whom a record answers or is addressed to alone, but for those who
// want to hear no more of its conversation.
func (t *Txn) named(r *Record) []ID {
	var named []ID
	if parent, err := t.Record(t.getID(key(tRecordIRI, hash16(r.InReplyTo)))); err == nil {
		named = t.concerned(parent.Envelope())
	}
	for _, iri := range r.Addressed {
		if id := t.getID(key(tActorIRI, hash16(iri))); id != 0 && r.Audience == Named && !slices.Contains(named, id) {
			named = append(named, id)
		}
	}
	return slices.DeleteFunc(named, func(actor ID) bool { return t.HasMutedThread(actor, r.Root) })
}

// TellMentioned tells those whom the text of a new record mentions, beside those
// who are told of it anyway.
func (t *Txn) TellMentioned(r *Record, iris []string) {
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	told := t.named(r)
	var named []ID
	for _, iri := range iris {
		id := t.getID(key(tActorIRI, hash16(iri)))
		if id != 0 && !slices.Contains(told, id) && !t.HasMutedThread(id, r.Root) {
			named = append(named, id)
		}
	}
	if author != 0 && len(named) > 0 && t.now.Sub(r.Created) <= noticeable {
		t.Tell(Notice{Kind: Mentioned, Actor: author, Record: r.ID}, named...)
	}
}

// tellOfEdit tells those who passed a record on that it reads differently now.
func (t *Txn) tellOfEdit(r *Record) {
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	var told []ID
	for x := range t.Reactions(r.ID, Announced) {
		told = append(told, x.Actor)
	}
	if author != 0 {
		t.Tell(Notice{Kind: PostEdited, Actor: author, Record: r.ID}, told...)
	}
}

func (t *Txn) tellOfReaction(r *Reaction) {
	it, err := t.Record(r.Record)
	if err != nil {
		return
	}
	kind := LikedBy
	if r.Kind == Announced {
		kind = AnnouncedBy
	}
	t.Tell(Notice{Kind: kind, Actor: r.Actor, Record: r.Record, Cause: r.ID}, t.concerned(it.Envelope())...)
}

// tellOfFollow tells an actor of this node of a new follower, or of one who waits.
func (t *Txn) tellOfFollow(old FollowState, f *Follow) {
	if old == f.State {
		return
	}
	switch f.State {
	case Accepted:
		t.Tell(Notice{Kind: FollowedBy, Actor: f.Follower}, f.Followed)
	case Asked:
		if a, err := t.Actor(f.Followed); err == nil && a.Approves {
			t.Tell(Notice{Kind: AskedToFollow, Actor: f.Follower}, f.Followed)
		}
	}
}
