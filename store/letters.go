package store

import (
	"slices"
	"time"
)

// Topic is what a notice is about, as people choose which letters they want.
type Topic string

// The topics.
const (
	AboutWaiting  Topic = "waiting"  // a contribution waits
	AboutReply    Topic = "reply"    // an answer to what one wrote
	AboutMention  Topic = "mention"  // one is named
	AboutLink     Topic = "link"     // somebody follows, or asks to
	AboutMatch    Topic = "match"    // a need and a resource fit
	AboutReprise  Topic = "reprise"  // one's record was taken up
	AboutEvent    Topic = "event"    // an event is moved or called off
	AboutReport   Topic = "report"   // a complaint
	AboutTrouble  Topic = "trouble"  // a host takes nothing
	AboutMember   Topic = "member"   // somebody became a member by a RoleRule
	AboutPost     Topic = "post"     // somebody one wants to hear of published
	AboutReaction Topic = "reaction" // likes, announcements, changes of what one passed on
)

// Pace is how soon somebody is written to.
type Pace string

// The paces.
const (
	OnPage Pace = "page" // never: it is on the page of notices alone
	AtOnce Pace = "once"
	Daily  Pace = "daily"
	Weekly Pace = "weekly"
)

// Paces are all paces, in order.
var Paces = []Pace{OnPage, AtOnce, Daily, Weekly}

// TopicRule is a topic, who hears of it at all, and how soon unless they choose.
type TopicRule struct {
	Topic Topic
	Pace  Pace
	For   Act // whoever may do this; empty: everybody
}

// Topics are all topics, in the order in which they are shown.
var Topics = []TopicRule{
	{AboutWaiting, Daily, Moderate},
	{AboutReply, AtOnce, ""},
	{AboutMention, AtOnce, ""},
	{AboutLink, Daily, ""},
	{AboutMatch, Weekly, ""},
	{AboutReprise, Daily, ""},
	{AboutEvent, AtOnce, ""},
	{AboutReport, AtOnce, Moderate},
	{AboutTrouble, Daily, RunLab},
	{AboutMember, Daily, Invite},
	{AboutPost, OnPage, ""},
	{AboutReaction, OnPage, ""},
}

// TopicOf is the topic of a notice to an actor of this node.
func (t *Txn) TopicOf(n *Notice, actor ID) Topic {
	switch n.Kind {
	case Mentioned:
		return t.answers(n.Record, actor)
	case FollowedBy, AskedToFollow:
		return AboutLink
	case Contributed:
		return AboutWaiting
	case Complained:
		return AboutReport
	case Undelivered:
		return AboutTrouble
	case Matched:
		return AboutMatch
	case TakenUp:
		return AboutReprise
	case EventChanged:
		return AboutEvent
	case Joined:
		return AboutMember
	case NewPost:
		return AboutPost
	}
	return AboutReaction
}

// answers tells an answer to what an actor published or wrote from other mentions.
func (t *Txn) answers(record, actor ID) Topic {
	if it, err := t.Record(record); err == nil {
		parent, err := t.RecordByIRI(it.Envelope().InReplyTo)
		if err == nil && slices.Contains(t.concerned(parent.Envelope()), actor) {
			return AboutReply
		}
	}
	return AboutMention
}

// LettersJob is the kind of the jobs that write to a member: see Txn.TakeLetters.
const LettersJob = "letters"

// LettersTask is what such a job is about.
type LettersTask struct {
	Actor ID `json:"actor"`
}

// Letters is about what a member of this node wants to be written to, and which
// notices wait for their letter. The zero value has nothing chosen.
type Letters struct {
	Actor      ID             `json:"actor"`
	Chosen     map[Topic]Pace `json:"chosen,omitempty"`
	QuietFrom  int            `json:"quietFrom,omitempty"`  // hour of the day; equal to QuietUntil: never quiet
	QuietUntil int            `json:"quietUntil,omitempty"` // hour of the day
	Zone       string         `json:"zone,omitempty"`       // IANA name; empty: the node's
	Digest     bool           `json:"digest,omitempty"`     // the letter of the week is wanted
	Digested   time.Time      `json:"digested,omitzero"`    // until when it told

	Waiting map[Pace]*Batch `json:"waiting,omitempty"`
	Next    time.Time       `json:"next,omitzero"` // when its job is due; zero: there is none
}

// Batch are notices that go into one letter.
type Batch struct {
	Since time.Time `json:"since"` // when the first came
	IDs   []ID      `json:"ids"`   // the first of them
	More  int       `json:"more,omitempty"`
}

// maxBatch is how many notices a letter tells of; others are counted.
const maxBatch = 50

// PaceOf is how soon the member wants to be written to about a topic.
func (l *Letters) PaceOf(topic Topic) Pace {
	if p := l.Chosen[topic]; p != "" {
		return p
	}
	i := slices.IndexFunc(Topics, func(r TopicRule) bool { return r.Topic == topic })
	if i < 0 {
		return OnPage
	}
	return Topics[i].Pace
}

// Choose sets how soon the member wants to be written to about a topic.
func (l *Letters) Choose(topic Topic, p Pace) {
	if l.Chosen == nil {
		l.Chosen = map[Topic]Pace{}
	}
	l.Chosen[topic] = p
}

// Letters returns what a member chose, which may be nothing.
func (t *Txn) Letters(actor ID) *Letters {
	l := &Letters{Actor: actor}
	t.getJSON(key(tLetters, actor), l)
	return l
}

// PutLetters keeps it.
func (t *Txn) PutLetters(l *Letters) { t.putJSON(key(tLetters, l.Actor), l) }

// mailNotice has a notice wait for a letter to those who read it and want one.
func (t *Txn) mailNotice(actor ID, n *Notice) {
	for _, reader := range t.readersOf(actor) {
		l := t.Letters(reader)
		pace := l.PaceOf(t.TopicOf(n, actor))
		if pace == OnPage || l.waits(n.ID) {
			continue
		}
		l.add(pace, n)
		if l.Next.IsZero() || l.Next.After(t.now) {
			l.Next = stamp(t.now)
			t.AddJob(LettersJob, LettersTask{reader})
		}
		t.PutLetters(l)
	}
}

// readersOf are the members who read the notices of an actor and showed that they
// read their mail.
func (t *Txn) readersOf(actor ID) []ID {
	own, err := t.AccountOf(actor)
	if err == nil {
		if !own.Writable() {
			return nil
		}
		return []ID{actor}
	}
	var runners []ID
	for a := range t.Accounts() {
		if a.Role.Runs() && a.Writable() {
			runners = append(runners, a.Actor)
		}
	}
	return runners
}

// Writable says whether letters may go to the account.
func (a *Account) Writable() bool { return a.Email != "" && !a.Verified.IsZero() && !a.Suspended }

// waits says whether a notice waits already: who runs the lab may be told as its
// author, too.
func (l *Letters) waits(id ID) bool {
	for _, b := range l.Waiting {
		if slices.Contains(b.IDs, id) {
			return true
		}
	}
	return false
}

func (l *Letters) add(p Pace, n *Notice) {
	if l.Waiting == nil {
		l.Waiting = map[Pace]*Batch{}
	}
	b := l.Waiting[p]
	if b == nil {
		b = &Batch{Since: stamp(n.When)}
		l.Waiting[p] = b
	}
	if len(b.IDs) == maxBatch {
		b.More++
		return
	}
	b.IDs = append(b.IDs, n.ID)
}

// TakeLetters takes out of what waits for a member the batches that are due, and
// plans when to come again. It is for the job of LettersJob: done twice, it finds
// nothing the second time. home is the time zone of the node.
func (t *Txn) TakeLetters(actor ID, home *time.Location) map[Pace]*Batch {
	l := t.Letters(actor)
	if l.Next.IsZero() || l.Next.After(t.now) {
		return nil // another job is planned, or this one was done
	}
	due := map[Pace]*Batch{}
	l.Next = time.Time{}
	for p, b := range l.Waiting {
		at := l.Due(p, b.Since, home)
		switch {
		case !at.After(t.now):
			due[p] = b
			delete(l.Waiting, p)
		case l.Next.IsZero() || at.Before(l.Next):
			l.Next = stamp(at)
		}
	}
	if !l.Next.IsZero() {
		t.AddJobAt(LettersJob, LettersTask{actor}, l.Next)
	}
	t.PutLetters(l)
	return due
}

// morningHour is when letters of the day and of the week are written.
const morningHour = 8

// Due is when a letter is to be written of what happened since a moment: at once,
// the next morning or on the next Monday morning, and never in quiet hours. home
// counts where the member chose no time zone.
func (l *Letters) Due(p Pace, since time.Time, home *time.Location) time.Time {
	if l.Zone != "" {
		home = zoneOf(l.Zone)
	}
	return l.afterQuiet(p.Next(since.In(home)))
}

// Next is the first moment for a letter after another moment, on the clocks of its
// zone.
func (p Pace) Next(after time.Time) time.Time {
	if p == AtOnce || p == OnPage {
		return after
	}
	at := nextHour(after, morningHour)
	for p == Weekly && at.Weekday() != time.Monday {
		at = nextHour(at, morningHour)
	}
	return at
}

// nextHour is the next time after a moment that the clocks show a full hour.
func nextHour(after time.Time, hour int) time.Time {
	at := time.Date(after.Year(), after.Month(), after.Day(), hour, 0, 0, 0, after.Location())
	if !at.After(after) {
		at = time.Date(after.Year(), after.Month(), after.Day()+1, hour, 0, 0, 0, after.Location())
	}
	return at
}

func (l *Letters) afterQuiet(at time.Time) time.Time {
	from, until, hour := l.QuietFrom, l.QuietUntil, at.Hour()
	quiet := from <= hour && hour < until
	if from > until {
		quiet = hour >= from || hour < until
	}
	if !quiet {
		return at
	}
	return nextHour(at, until)
}
