package federation

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// Bounds of the people whom one text mentions.
const (
	maxMentions  = 50
	maxAsked     = 10 // of them, those who are not known here
	mentionsTime = 10 * time.Second
)

// handle is a person as people type one: @maelle of this node, @maelle@labo.example
// of another. It does not stand inside of a word, an address or a link's text.
var handle = regexp.MustCompile(`(?:^|[^\pL\pN_@/.\[=])(@([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?:@([\pL\pN](?:[\pL\pN.-]*[\pL\pN])?(?::[0-9]+)?))?)`)

// A typedMention is a handle in a Markdown text, from one byte to another. Host is
// empty when it was not said.
type typedMention struct {
	from, to   int
	user, host string
}

// typedMentions are the handles of a Markdown text, but for those in code.
func typedMentions(markdown string) []typedMention {
	var all []typedMention
	for _, m := range handle.FindAllStringSubmatchIndex(markdown, -1) {
		if strings.Count(markdown[:m[2]], "`")%2 == 1 {
			continue
		}
		t := typedMention{from: m[2], to: m[3], user: markdown[m[4]:m[5]]}
		if m[6] >= 0 {
			t.host = strings.ToLower(markdown[m[6]:m[7]])
		}
		all = append(all, t)
	}
	return all
}

// gatherMentions finds out whom the text of a record names, and asks other servers
// for those who are not known here. Who is not found stays a text. What is only for
// those whom it names keeps them when its text names nobody.
func (n *Node) gatherMentions(ctx context.Context, a *Activity) error {
	r := a.Item.Envelope()
	typed := typedMentions(r.Body)
	if len(typed) == 0 && r.Audience == store.Named {
		return nil
	}
	known, unknown, err := n.lookUp(ctx, typed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mentionsTime)
	defer cancel()
	for _, address := range unknown[:min(len(unknown), maxAsked)] {
		if actor, err := n.Resolve(ctx, address); err == nil {
			known = append(known, actor.IRI)
		}
	}
	r.Mentions = nil
	for _, iri := range known {
		if iri != a.Actor && !slices.Contains(r.Mentions, iri) && len(r.Mentions) < maxMentions {
			r.Mentions = append(r.Mentions, iri)
		}
	}
	return nil
}

// lookUp parts handles into actors that are known here, by IRI, and the rest.
func (n *Node) lookUp(ctx context.Context, typed []typedMention) (known, unknown []string, err error) {
	err = n.Store.View(ctx, func(tx *store.Txn) error {
		known, unknown = nil, nil
		for _, m := range typed {
			if actor := n.named(tx, m); actor != nil {
				known = append(known, actor.IRI)
			} else if address := m.user + "@" + m.host; m.host != "" && m.host != n.Host() && !slices.Contains(unknown, address) {
				unknown = append(unknown, address)
			}
		}
		return nil
	})
	return known, unknown, err
}

// named is the actor whom a handle means, if he is known here and still there.
func (n *Node) named(tx *store.Txn, m typedMention) *store.Actor {
	host := m.host
	if host == "" {
		host = n.Host()
	}
	actor, err := tx.ActorByHandle(m.user, host)
	if err != nil || !actor.Deleted.IsZero() || tx.HostBlocked(actor.Host) {
		return nil
	}
	return actor
}

// WithMentions is the text of a record of this node with those whom it names as
// links, in Markdown.
func (n *Node) WithMentions(tx *store.Txn, r *store.Record) string {
	if len(r.Mentions) == 0 {
		return r.Body
	}
	var b strings.Builder
	done := 0
	for _, m := range typedMentions(r.Body) {
		actor := n.named(tx, m)
		if actor == nil || !slices.Contains(r.Mentions, actor.IRI) {
			continue
		}
		b.WriteString(r.Body[done:m.from] + "[@" + strings.ReplaceAll(r.Body[m.from+1:m.to], "_", `\_`) + "](" + actor.Page() + ")")
		done = m.to
	}
	return b.String() + r.Body[done:]
}

// nameParties decides for whom a message of its own is that answers another one and
// names nobody: who wrote that, and whom it was for.
func nameParties(tx *store.Txn, a *Activity, r *store.Record) {
	if r.Audience != store.Named || len(r.Mentions) > 0 {
		return
	}
	parent, err := tx.RecordByIRI(r.InReplyTo)
	if err != nil || parent.Envelope().Audience != store.Named {
		return
	}
	for _, iri := range append([]string{parent.Envelope().Lab}, parent.Envelope().Addressed...) {
		if iri != a.Actor && !slices.Contains(r.Mentions, iri) {
			r.Mentions = append(r.Mentions, iri)
		}
	}
}

// mentioned are those whom the text of a record names.
func mentioned(tx *store.Txn, r *store.Record) []*store.Actor {
	var all []*store.Actor
	for _, iri := range r.Mentions {
		if actor, err := tx.ActorByIRI(iri); err == nil {
			all = append(all, actor)
		}
	}
	return all
}

// tellNewlyMentioned tells the members of this node whom a record names now and did
// not before.
func tellNewlyMentioned(tx *store.Txn, r, old *store.Record) {
	fresh := slices.Clone(r.Mentions)
	if old != nil {
		fresh = slices.DeleteFunc(fresh, func(iri string) bool { return slices.Contains(old.Mentions, iri) })
	}
	tx.TellMentioned(r, fresh)
}
