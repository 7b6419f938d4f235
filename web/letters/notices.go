package letters

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
)

// notices writes to a member what waits and is due.
func (w *writer) notices(ctx context.Context, actor store.ID) error {
	return w.Store.Update(ctx, func(tx *store.Txn) error {
		due := tx.TakeLetters(actor, w.Zone)
		r, err := readerOf(tx, actor)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		for _, pace := range store.Paces {
			if b := due[pace]; b != nil && err == nil {
				err = w.batch(tx, r, pace, b)
			}
		}
		return err
	})
}

// batch writes one letter of several notices, unless all of them were read, taken
// back or are not wanted any more.
func (w *writer) batch(tx *store.Txn, r *reader, pace store.Pace, b *store.Batch) error {
	byTopic, count := w.wanted(tx, r, b.IDs), 0
	l := &letter{To: r.account.Email, Lang: r.lang}
	var topics []store.Topic
	var names []string
	for _, rule := range store.Topics {
		lines := byTopic[rule.Topic]
		if len(lines) == 0 {
			continue
		}
		count += len(lines)
		name := w.Words.T(r.lang, "topic."+string(rule.Topic))
		topics, names = append(topics, rule.Topic), append(names, name)
		l.Sections = append(l.Sections, section{Title: name, Lines: lines})
	}
	if count == 0 {
		return nil
	}
	if b.More > 0 {
		l.Sections[len(l.Sections)-1].More = w.Words.T(r.lang, "letter.more", "count", b.More)
	}
	l.Title = w.Words.T(r.lang, "letter.notices-title", "count", count, "site", w.site())
	l.Subject = l.Title
	if count == 1 {
		l.Subject = l.Sections[0].Lines[0].Text
	}
	why := w.Words.T(r.lang, "letter.notices-why", "topics", strings.Join(names, ", "), "pace", w.Words.T(r.lang, "pace."+string(pace)))
	w.sign(l, r, why, topics...)
	return w.send(tx, l)
}

// sign says at the end of a letter to a member why it comes and how to end it.
func (w *writer) sign(l *letter, r *reader, why string, topics ...store.Topic) {
	l.Why = why
	l.Stop.Text, l.Stop.Href = w.Words.T(r.lang, "letter.stop"), w.stopTopics(r, topics...)
	l.Manage.Text, l.Manage.Href = w.Words.T(r.lang, "letter.manage"), w.BaseURL+r.lang.Link(ChoicesPath)
}

// ChoicesPath is where members choose their letters.
const ChoicesPath = "/mon-compte/courriels"

// wanted are the notices that a letter still has to tell, by topic.
func (w *writer) wanted(tx *store.Txn, r *reader, ids []store.ID) map[store.Topic][]line {
	choices, seen := tx.Letters(r.actor.ID), Seen(tx, r.actor.ID)
	lines := map[store.Topic][]line{}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		n, err := tx.Notice(r.told, id)
		if err != nil || id <= seen {
			continue
		}
		said, ok := w.Describe(tx, r.lang, r.viewer, r.actor.ID, n)
		if !ok || choices.PaceOf(said.Topic) == store.OnPage {
			continue
		}
		lines[said.Topic] = append(lines[said.Topic], line{said.Text, said.Detail, w.BaseURL + r.lang.Link(said.Path)})
	}
	return lines
}

// seenMarker is the name of the marker that the apps of members move, too.
const seenMarker = "notifications"

// Seen is up to which notice a member has read.
func Seen(tx *store.Txn, member store.ID) store.ID {
	if m := tx.Marker(member, seenMarker); m != nil {
		if id, err := store.ParseID(m.LastRead); err == nil {
			return id
		}
	}
	return 0
}

// See notes that a member has read everything up to a notice. It never goes back.
func See(tx *store.Txn, member, upTo store.ID) {
	if upTo > Seen(tx, member) {
		tx.Mark(member, seenMarker, upTo.String())
	}
}
