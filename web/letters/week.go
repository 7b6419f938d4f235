package letters

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/essaim/essaim/store"
)

// The letter of the week goes to the members who want it, on Monday morning in the
// node's time zone. Its job plans the next one.

const (
	weekJob     = "week"
	weekSetting = "week-letter" // when the next is due
	week        = 7 * 24 * time.Hour
	mostLabs    = 5
	ahead       = 8 * 24 * time.Hour // of events
)

// PlanWeek plans the letter of the week unless it is planned. To be called when a
// node starts.
func (d *Desk) PlanWeek(ctx context.Context) error {
	return d.Store.Update(ctx, func(tx *store.Txn) error {
		if tx.Setting(weekSetting) == nil {
			d.planWeek(tx)
		}
		return nil
	})
}

func (d *Desk) planWeek(tx *store.Txn) {
	next := store.Weekly.Next(tx.Now().In(d.Zone))
	tx.PutSetting(weekSetting, []byte(next.UTC().Format(time.RFC3339)))
	tx.AddJobAt(weekJob, struct{}{}, next)
}

// week writes to all members who want it, each in a transaction of its own that
// notes it: stopped in the middle, it goes on where it was.
func (w *writer) week(ctx context.Context) error {
	var due time.Time
	var members []store.ID
	err := w.Store.View(ctx, func(tx *store.Txn) (err error) {
		due, err = time.Parse(time.RFC3339, string(tx.Setting(weekSetting)))
		for a := range tx.Accounts() {
			members = append(members, a.Actor)
		}
		return err
	})
	if err != nil || due.After(w.Store.Now()) {
		return err // this week's was written
	}
	for _, m := range members {
		err := w.Store.Update(ctx, func(tx *store.Txn) error { return w.weekFor(tx, m, due) })
		if err != nil {
			return err
		}
	}
	return w.Store.Update(ctx, func(tx *store.Txn) error {
		w.planWeek(tx)
		return nil
	})
}

func (w *writer) weekFor(tx *store.Txn, member store.ID, due time.Time) error {
	l := tx.Letters(member)
	if !l.Digest || !l.Digested.Before(due) {
		return nil
	}
	r, err := readerOf(tx, member)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	since := l.Digested
	if since.IsZero() {
		since = due.Add(-week)
	}
	l.Digested = due
	tx.PutLetters(l)
	out := &letter{To: r.account.Email, Lang: r.lang, Sections: w.weekOf(tx, r, since)}
	if len(out.Sections) == 0 {
		return nil
	}
	out.Title = w.Words.T(r.lang, "letter.week-title", "site", w.site())
	out.Subject = out.Title
	w.sign(out, r, w.Words.T(r.lang, "letter.week-why"), digestTopic)
	return w.send(tx, out)
}

// weekOf is what there is to say of the time since the last letter: what the labs
// published, needs and resources that fit, contributions that wait, labs that are
// new, and the events of the week.
func (w *writer) weekOf(tx *store.Txn, r *reader, since time.Time) []section {
	var parts []section
	labs, published, more := w.published(tx, r, since)
	add := func(key string, count int, lines []line) {
		if count == 0 {
			return
		}
		part := section{Title: w.Words.T(r.lang, "letter.week-"+key, "count", count, "labs", labs), Lines: lines}
		if count > len(lines) && len(lines) > 0 {
			part.More = w.Words.T(r.lang, "letter.more", "count", count-len(lines))
		}
		parts = append(parts, part)
	}
	add("published", len(published)+more, published)
	matches := w.matches(tx, r, since)
	add("matches", len(matches), matches)
	waiting, lines := w.waiting(tx, r)
	add("waiting", waiting, lines)
	fresh := w.newLabs(tx, r, since)
	add("new-labs", len(fresh), fresh)
	events := w.events(tx, r)
	add("events", len(events), events)
	return parts
}

// published is what arrived, and of how many labs. What the reader wrote is no news
// to the reader.
func (w *writer) published(tx *store.Txn, r *reader, since time.Time) (labs int, lines []line, more int) {
	list := &List{kinds: allKinds()}
	seen, told := map[string]bool{}, map[store.ID]bool{}
	for a, it := range tx.Arrivals(store.IDAt(since)) {
		rec := it.Envelope()
		if told[a.Record] || !list.holds(tx, a, it, nil) || slices.Contains(rec.Authors, r.actor.IRI) {
			continue
		}
		seen[rec.Lab], told[a.Record] = true, true
		if len(lines) == mostLines {
			more++
			continue
		}
		lines = append(lines, w.record(tx, r.lang, it))
	}
	return len(seen), lines, more
}

// matches are the notices on needs and resources that fit.
func (w *writer) matches(tx *store.Txn, r *reader, since time.Time) []line {
	var lines []line
	for n := range tx.Notices(r.told, store.Stretch{After: store.IDAt(since)}) {
		if n.Kind != store.Matched || len(lines) == mostLines {
			continue
		}
		if said, ok := w.Describe(tx, r.lang, r.viewer, r.actor.ID, n); ok {
			lines = append(lines, line{said.Text, said.Detail, w.BaseURL + r.lang.Link(said.Path)})
		}
	}
	return lines
}

// waiting counts the contributions that wait, for those who may look at them.
func (w *writer) waiting(tx *store.Txn, r *reader) (count int, lines []line) {
	if !r.viewer.May(store.Moderate) {
		return 0, nil
	}
	for range tx.ToModerate() {
		count++
	}
	return count, []line{{Text: w.Words.T(r.lang, "letter.week-look"), Href: w.BaseURL + r.lang.Link("/admin/moderation")}}
}

// newLabs are those that the node met.
func (w *writer) newLabs(tx *store.Txn, r *reader, since time.Time) []line {
	var lines []line
	for p := range tx.KnownPeers() {
		if p.Hop == store.HopSelf || p.Known.Before(since) || tx.HostBlocked(p.Host) {
			continue
		}
		lines = append(lines, line{Text: p.DisplayName(), Detail: "@" + p.Handle + "@" + p.Host, Href: p.Page})
		if len(lines) == mostLabs {
			break
		}
	}
	return lines
}

// events are those of the days to come that everybody may see.
func (w *writer) events(tx *store.Txn, r *reader) []line {
	var lines []line
	for _, it := range tx.Upcoming("event", tx.Now(), store.Query{Limit: mostLines}).Items {
		e, ok := it.(*store.Event)
		if !ok || e.State == "annule" || e.Audience != store.Public {
			continue
		}
		if from, _ := e.When(); from.Before(tx.Now().Add(ahead)) {
			lines = append(lines, w.record(tx, r.lang, it))
		}
	}
	return lines
}
