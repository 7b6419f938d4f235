package federation

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// lineFields are the fields of a profile that are said in words, too, for software
// that does not know our properties. With the lab they are four: what Mastodon
// shows of a profile.
var lineFields = []string{"job", "employer", "skills"}

// profileLines are the lab of a member and what everybody may read of its profile,
// in the language of its texts.
func (n *Node) profileLines(tx *store.Txn, a *store.Actor) []vocab.Line {
	var lines []vocab.Line
	if lab, err := tx.ActorByIRI(a.Lab); err == nil {
		lines = append(lines, vocab.Line{
			Property: "essaim:memberOf", Name: n.Words(a.Lang, "profile.lab"),
			Value: `<a href="` + html.EscapeString(lab.Page()) + `" rel="me">` + html.EscapeString(lab.DisplayName()) + `</a>`,
		})
	}
	lines = append(lines, n.interestLines(a)...)
	public := a.PublicProfile()
	for i := range store.ProfileFields {
		f := &store.ProfileFields[i]
		if slices.Contains(lineFields, f.Name) && !f.IsEmpty(public) {
			lines = append(lines, vocab.Line{
				Property: f.Wire, Name: n.Words(a.Lang, "field.profile-"+f.Name), Value: html.EscapeString(f.Text(public)),
			})
		}
	}
	return lines
}

// interestLines say that an actor may have something to sell, to those who know
// nothing of our properties.
func (n *Node) interestLines(a *store.Actor) []vocab.Line {
	if !a.IsCommercial() {
		return nil
	}
	text := n.Words(a.Lang, "commercial."+a.CommercialIntent)
	if a.Category != "" {
		text += " (" + n.Words(a.Lang, "org."+a.Category) + ")"
	}
	return []vocab.Line{{Property: "essaim:commercialIntent", Name: n.Words(a.Lang, "filter.commercialIntent"), Value: html.EscapeString(text)}}
}

// checkProfile keeps to what only a person may say, and wants it to be right.
func checkProfile(p *store.Actor) error {
	if p.Profile == nil {
		return nil
	}
	if p.Type != store.Person {
		return fmt.Errorf("profile of a %s: %w", strings.ToLower(string(p.Type)), ErrForbidden)
	}
	return p.Profile.Check()
}

// directoryReaders are the other labs that copied an actor with the catalogue of
// this one, and must hear what it wants no longer: its own followers hear anyway.
func directoryReaders(tx *store.Txn, old, p *store.Actor) []store.Recipient {
	lab, err := tx.ActorByIRI(p.Lab)
	if err != nil || p.Type != store.Person || !old.Discoverable && !p.Discoverable {
		return nil
	}
	var to []store.Recipient
	for f := range tx.Followers(lab.ID) {
		if other, err := tx.Actor(f.Follower); err == nil && f.State == store.Accepted && !other.Local && other.TakesCatalog() {
			to = append(to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
		}
	}
	return to
}
