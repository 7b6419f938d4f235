package store

import (
	"encoding/hex"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store/geo"
)

// Contribution is what this node keeps to itself of a record that somebody wrote
// without an account: where it stands with the moderators, and how its author is
// reached. None of it is on a page for everybody or on the wire.
type Contribution struct {
	Record ID                `json:"record"`
	State  ContributionState `json:"state"`
	Before ContributionState `json:"before,omitempty"` // what Undo goes back to; empty: there is nothing to undo
	Due    time.Time         `json:"due,omitzero"`     // when it may leave the node unverified; zero: never

	Email string   `json:"email,omitempty"` // of its author; empty: none was given
	Reach bool     `json:"reach,omitempty"` // others may write to the author, who is not shown
	Lang  string   `json:"lang,omitempty"`  // that its author reads
	Links []string `json:"links,omitempty"` // hashes of the secrets of its edit links, the newest last

	Suspect  []string  `json:"suspect,omitempty"` // why it waits: message keys "suspect.<reason>"
	Reason   string    `json:"reason,omitempty"`  // why it is hidden, of HideReasons
	Into     ID        `json:"into,omitempty"`    // the record that tells of the same, when it was merged
	Question string    `json:"question,omitempty"`
	Answer   string    `json:"answer,omitempty"`
	Created  time.Time `json:"created"`
	Edited   time.Time `json:"edited,omitzero"` // by its author, since a moderator looked
}

// ContributionState says where a contribution stands with the moderators.
type ContributionState string

// The states of a contribution.
const (
	Held     ContributionState = "held"     // waits before anybody sees it
	Fresh    ContributionState = "fresh"    // to be seen on this node, not verified
	Verified ContributionState = "verified" // a moderator stands for it
	Hidden   ContributionState = "hidden"   // taken away, for a reason
	Merged   ContributionState = "merged"   // another record tells of the same
)

// HideReasons are why a contribution is hidden. They are public.
var HideReasons = Vocabulary{Name: "hide", Slugs: []string{
	"publicite", "hors-sujet", "donnees-personnelles", "propos-illicites", "faux", "demande-auteur", "autre",
}}

const (
	maxLinks = 5 // edit links of one contribution that work at once
	maxNamed = 5 // records that are told to be of the same name
)

// Waits says whether a moderator should look at it.
func (c *Contribution) Waits() bool {
	return c.State == Held || c.State == Fresh || !c.Edited.IsZero()
}

// Audience is who may see a contribution that has an audience now: what is hidden
// is for those who run the node, what is not verified for this site, until it is
// due. What left the node is not called back because its author changed it.
func (c *Contribution) Audience(now Audience, at time.Time) Audience {
	due := !c.Due.IsZero() && !at.Before(c.Due)
	switch {
	case c.State == Held || c.State == Hidden || c.State == Merged:
		return Team
	case c.State == Verified, due, now == Public:
		return Public
	}
	return OnSite
}

// AddLink lets one more edit link open the contribution. The first, which its author
// was shown, always works; of the others the oldest ends when there are too many.
func (c *Contribution) AddLink(secret string) {
	c.Links = append(c.Links, hex.EncodeToString(HashSecret(secret)))
	if len(c.Links) > maxLinks {
		c.Links = slices.Delete(c.Links, 1, 2)
	}
}

// PutContribution keeps what is known of a contribution, and its indexes.
func (t *Txn) PutContribution(c *Contribution) {
	if old, err := t.Contribution(c.Record); c.Waits() && (err != nil || !old.Waits()) {
		t.tellStaff(Moderate, Notice{Kind: Contributed, Record: c.Record})
	}
	t.unlistContribution(c.Record)
	t.putJSON(key(tContribution, c.Record), c)
	for _, link := range c.Links {
		t.tx.Put(key(tEditLink, link), c.Record.Key())
	}
	if c.Email != "" {
		t.tx.Put(writtenByKey(c.Email, c.Record), nil)
	}
	if c.Waits() {
		t.tx.Put(key(tToModerate, c.Record), nil)
	}
}

func (t *Txn) unlistContribution(record ID) {
	old, err := t.Contribution(record)
	if err != nil {
		return
	}
	for _, link := range old.Links {
		t.tx.Delete(key(tEditLink, link))
	}
	t.tx.Delete(writtenByKey(old.Email, record))
	t.tx.Delete(key(tToModerate, record))
}

func (t *Txn) dropContribution(record ID) {
	t.unlistContribution(record)
	t.tx.Delete(key(tContribution, record))
}

func writtenByKey(email string, record ID) []byte {
	return key(tWrittenBy, hash16(strings.ToLower(strings.TrimSpace(email))), record)
}

// Contribution returns what is known of a record that was written without an
// account, or ErrNotFound.
func (t *Txn) Contribution(record ID) (*Contribution, error) {
	c := new(Contribution)
	if record == 0 || !t.getJSON(key(tContribution, record), c) {
		return nil, ErrNotFound
	}
	return c, nil
}

// ContributionByLink returns the contribution that an edit link opens, or
// ErrNotFound.
func (t *Txn) ContributionByLink(secret string) (*Contribution, error) {
	return t.Contribution(t.getID(key(tEditLink, hex.EncodeToString(HashSecret(secret)))))
}

// IsLinked says whether one of the edit links of a contribution opens something
// already: it was sent twice.
func (t *Txn) IsLinked(c *Contribution) bool {
	return slices.ContainsFunc(c.Links, func(link string) bool { return t.getID(key(tEditLink, link)) != 0 })
}

// WrittenBy yields the contributions of an e-mail address, the oldest first.
func (t *Txn) WrittenBy(email string) iter.Seq[*Contribution] {
	return t.contributions(writtenByKey(email, 0)[:len(tWrittenBy)+16], false)
}

// ToModerate yields the contributions that wait for a moderator, the oldest
// first.
func (t *Txn) ToModerate() iter.Seq[*Contribution] {
	return t.contributions([]byte(tToModerate), false)
}

func (t *Txn) contributions(prefix []byte, newestFirst bool) iter.Seq[*Contribution] {
	return func(yield func(*Contribution) bool) {
		var ids []ID
		for k := range t.scan(prefix, newestFirst) {
			ids = append(ids, idFromKey(k))
		}
		for _, id := range ids {
			if c, err := t.Contribution(id); err == nil && !yield(c) {
				return
			}
		}
	}
}

// contactField is the field of the kinds that have a contact.
const contactField = "contact"

// ContactOf is the e-mail address to which messages about a record of this node
// are passed on: its contact, or its author without an account who wants that.
// Empty: there is none. Nobody is shown it.
func (t *Txn) ContactOf(it Item) string {
	r := it.Envelope()
	if r.Remote {
		return ""
	}
	if f := KindOf(r.Kind).Field(contactField); f != nil && f.Inner && !f.IsEmpty(it) {
		return f.Text(it)
	}
	if c, err := t.Contribution(r.ID); err == nil && c.Reach {
		return c.Email
	}
	return ""
}

// SameName are other records of this node of the same kind, of the same name
// however it is spelt, in the same commune. At most a few.
func (t *Txn) SameName(r *Record) []Item {
	var same []Item
	k := nameKey(r)
	if k == nil {
		return nil
	}
	for id := range t.scan(k[:len(k)-8], false) {
		if it, err := t.Record(idFromKey(id)); err == nil && it.Envelope().ID != r.ID && len(same) < maxNamed {
			same = append(same, it)
		}
	}
	return same
}

func (t *Txn) rememberName(r *Record) {
	if k := nameKey(r); k != nil {
		t.tx.Put(k, nil)
	}
}

func (t *Txn) forgetName(r *Record) {
	if k := nameKey(r); k != nil {
		t.tx.Delete(k)
	}
}

// nameKey is nil for what cannot be written without an account.
func nameKey(r *Record) []byte {
	name := geo.Fold(r.Title)
	if r.Remote || name == "" || !KindOf(r.Kind).IsOpen() {
		return nil
	}
	return key(tNamed, hash16(r.Kind+"\x00"+name+"\x00"+r.Place.Code), r.ID)
}

const settingFormClosed = "open-form-closed"

// FormClosed says whether those who run the node closed the open form.
func (t *Txn) FormClosed() bool { return t.Setting(settingFormClosed) != nil }

// CloseForm closes the open form, or opens it again.
func (t *Txn) CloseForm(closed bool) {
	if closed {
		t.PutSetting(settingFormClosed, []byte{1})
		return
	}
	t.DeleteSetting(settingFormClosed)
}

// openFields are the fields that the open form asks for.
func (k *Kind) openFields() []Field {
	return slices.DeleteFunc(slices.Clone(k.Fields), func(f Field) bool { return !f.Open })
}
