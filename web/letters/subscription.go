package letters

import (
	"context"
	"errors"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/markup"
)

const (
	mostLines    = 20  // things of one kind that a letter tells; the rest is counted
	mostFinds    = 200 // of a search, the newest
	detailLength = 200 // characters
)

// ConfirmPath is where the secret of a subscription is confirmed.
const ConfirmPath = "/abonnements/confirmer/"

// Ask writes the letter by which somebody confirms a subscription. Nothing tells
// whether the address has any, or gets too many letters. Errors: store.ErrNotFound
// when nobody can subscribe to path, mail.ErrFull.
func (d *Desk) Ask(ctx context.Context, lang assets.Lang, email, path string, pace store.Pace) error {
	return d.Store.Update(ctx, func(tx *store.Txn) error {
		list, ok := d.List(tx, lang, path)
		if !ok {
			return store.ErrNotFound
		}
		if list.Event != 0 {
			pace = store.AtOnce
		}
		secret := tx.AskSubscription(email, store.PendingSubscription{Lang: string(lang), Path: list.Path, Pace: pace})
		if secret == "" {
			return nil
		}
		words := func(end string) string {
			return d.Words.T(lang, "letter.subscribe"+end, "list", list.Title, "url", d.BaseURL+lang.Link(ConfirmPath+secret), "site", d.site())
		}
		return d.Mail.Send(tx, mail.Message{To: email, Subject: words("-subject"), Text: words("-text")})
	})
}

// subscription writes to a subscriber what is new, if anything is.
func (w *writer) subscription(ctx context.Context, task store.SubscriptionTask) error {
	found, err := w.finds(ctx, task)
	if err != nil {
		return err
	}
	err = w.Store.Update(ctx, func(tx *store.Txn) error {
		s, sub, err := tx.TakeSubscription(task, w.Zone)
		if err != nil {
			return err
		}
		lang := language(s.Lang)
		list, ok := w.List(tx, lang, sub.Path)
		if !ok {
			return nil
		}
		lines, more := w.news(tx, lang, list, sub.Told, found)
		if len(lines) == 0 {
			return nil
		}
		return w.send(tx, w.bulletin(s, &sub, list, lines, more))
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // it ended, or was done
	}
	return err
}

// bulletin is the letter of a subscription.
func (w *writer) bulletin(s *store.Subscriber, sub *store.Subscription, list *List, lines []line, more int) *letter {
	lang := language(s.Lang)
	key := "letter.news"
	if list.Event != 0 {
		key = "letter.event"
	}
	words := func(end string) string {
		return w.Words.T(lang, key+end, "list", list.Title, "site", w.site(), "count", len(lines)+more)
	}
	part := section{Lines: lines}
	if more > 0 {
		part.More = w.Words.T(lang, "letter.more", "count", more)
	}
	return &letter{
		To: s.Email, Lang: lang, Subject: words("-subject"), Title: words("-subject"), Sections: []section{part}, Why: words("-why"),
		Stop:   assets.Link{Text: w.Words.T(lang, "letter.stop-this"), Href: w.stopSubscription(s, sub.Number)},
		Manage: assets.Link{Text: w.Words.T(lang, "letter.manage-all"), Href: w.manage(s)},
	}
}

// finds is what the search of a subscription finds for everybody; nil when it is no
// search.
func (w *writer) finds(ctx context.Context, task store.SubscriptionTask) (found map[store.ID]bool, err error) {
	var list *List
	err = w.Store.View(ctx, func(tx *store.Txn) error {
		if s, err := tx.Subscriber(task.Subscriber); err == nil {
			if sub := s.Subscription(task.Number); sub != nil {
				list, _ = w.List(tx, language(s.Lang), sub.Path)
			}
		}
		return nil
	})
	if err != nil || list == nil || list.search == nil {
		return nil, err
	}
	q := list.search.Query
	q.Sort, q.Limit = search.ByDate, mostFinds
	hits, err := w.Search.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	found = map[store.ID]bool{}
	return found, w.Store.View(ctx, func(tx *store.Txn) error {
		for _, h := range hits.Show(tx, store.Viewer{}) {
			if h.Item != nil {
				found[h.Item.Envelope().ID] = true
			}
		}
		return nil
	})
}

// news are the lines on what arrived in a list after an arrival, and how many more
// there are.
func (w *writer) news(tx *store.Txn, lang assets.Lang, list *List, after store.ID, found map[store.ID]bool) (lines []line, more int) {
	told := map[store.ID]bool{}
	for a, it := range tx.Arrivals(after) {
		if told[a.Record] || !list.holds(tx, a, it, found) {
			continue
		}
		told[a.Record] = true
		if len(lines) == mostLines {
			more++
			continue
		}
		lines = append(lines, w.record(tx, lang, it))
	}
	return lines, more
}

// record is a line on a record that everybody may see.
func (w *writer) record(tx *store.Txn, lang assets.Lang, it store.Item) line {
	r := it.Envelope()
	detail := markup.Excerpt(r.Pitch, detailLength)
	if e, ok := it.(*store.Event); ok {
		detail = e.Summary()
	}
	by, err := tx.ActorByIRI(r.Lab)
	if err != nil {
		by = new(store.Actor)
	}
	if words := w.Words.SpokenFor(lang, r, by); words != "" {
		detail = words + " – " + detail
	}
	if err == nil && r.Remote {
		detail = by.DisplayName() + " – " + detail
	}
	return line{Title(r), detail, w.BaseURL + lang.Link(federation.PagePath(r))}
}
