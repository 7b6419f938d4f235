package store

import (
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// Mine is all that the store holds about a member of this node and for that member
// alone, beside the profile and the records: what an export gives back.
type Mine struct {
	Account   *Account                     `json:"account"` // without the password's hash
	Follows   []string                     `json:"follows"` // IRIs
	Followers []string                     `json:"followers"`
	Bookmarks []string                     `json:"bookmarks"`
	Reports   []*Report                    `json:"reports"`
	Shared    []*Disclosure                `json:"shared"`  // who received the member's address
	Private   map[string][]json.RawMessage `json:"private"` // by what it is
	Journal   []*JournalEntry              `json:"journal"` // what the member did in the administration

	Likes      []*Reaction `json:"likes"`
	Announced  []*Reaction `json:"announced"`
	Blocks     []string    `json:"blocks"`   // IRIs
	Hashtags   []string    `json:"hashtags"` // that it follows
	Circles    []string    `json:"circles"`
	Events     []string    `json:"events"`     // IRIs of those at which it has a place
	Identities []*Identity `json:"identities"` // at other services, by which the member signs in
	Passkeys   []Passkey   `json:"passkeys"`   // their names, and when they were used
	Codes      time.Time   `json:"codes"`      // since when an app makes codes; zero: none does
	Logins     []*Login    `json:"logins"`     // where it is signed in
	Apps       []MyApp     `json:"apps"`
}

// MyApp is software that a member let in.
type MyApp struct {
	Name   string    `json:"name"`
	Scopes []string  `json:"scopes"`
	Since  time.Time `json:"since"`
}

// privateNames name, in an export, the private tables that hold more than an order.
var privateNames = map[string]string{
	tNotice: "notices", tMute: "mutes", tWish: "wishes", tMarker: "markers", tFilter: "filters", tList: "lists",
	tPolicy: "policy", tTalk: "talks", tScheduled: "scheduled", tUpload: "uploads", tDisclosure: "shared", tLetters: "letters",
}

// Mine reads what an export gives back.
func (t *Txn) Mine(member *Actor) (*Mine, error) {
	account, err := t.AccountOf(member.ID)
	if err != nil {
		return nil, err
	}
	own := *account
	own.Password = ""
	m := &Mine{Account: &own, Private: map[string][]json.RawMessage{}}
	t.ways(m)
	t.doings(m, member)
	for f := range t.Following(member.ID) {
		m.Follows = append(m.Follows, t.iriOf(f.Followed))
	}
	for f := range t.Followers(member.ID) {
		m.Followers = append(m.Followers, t.iriOf(f.Follower))
	}
	for k := range t.scan(key(tBookmarked, member.ID), false) {
		if it, err := t.Record(idFromKey(k)); err == nil {
			m.Bookmarks = append(m.Bookmarks, it.Envelope().IRI)
		}
	}
	for r := range t.ReportsBy(member.IRI) {
		m.Reports = append(m.Reports, r)
	}
	for d := range t.Disclosures(member.ID) {
		m.Shared = append(m.Shared, d)
	}
	for table, name := range privateNames {
		for _, v := range t.scan(key(table, member.ID), false) {
			if json.Valid(v) {
				m.Private[name] = append(m.Private[name], append(json.RawMessage(nil), v...))
			}
		}
	}
	return m, nil
}

// ways reads how a member gets in, without what would let others in.
func (t *Txn) ways(m *Mine) {
	account := m.Account.ID
	m.Identities, m.Logins = slices.Collect(t.Identities(account)), slices.Collect(t.Logins(account))
	f := t.Factors(account)
	if f.TOTP != nil {
		m.Codes = f.TOTP.Since
	}
	for _, k := range f.Passkeys {
		m.Passkeys = append(m.Passkeys, Passkey{Name: k.Name, Created: k.Created, Used: k.Used})
	}
	for app, token := range t.Grants(account) {
		m.Apps = append(m.Apps, MyApp{app.Name, token.Scopes, token.Created})
	}
}

// doings reads what a member did with what others published, and whom it belongs with.
func (t *Txn) doings(m *Mine, member *Actor) {
	m.Likes, m.Announced = slices.Collect(t.reactionsBy(member.ID, Liked)), slices.Collect(t.reactionsBy(member.ID, Announced))
	for b := range t.BlocksOf(member.ID) {
		m.Blocks = append(m.Blocks, t.iriOf(b.Blocked))
	}
	m.Hashtags, m.Journal = t.FollowedTags(member.ID), slices.Collect(t.Journal(JournalQuery{By: member.ID}))
	for _, c := range t.CirclesOf(member.IRI) {
		m.Circles = append(m.Circles, c.Name)
	}
	for event := range t.seatsOf(member.IRI) {
		if it, err := t.Record(event); err == nil {
			m.Events = append(m.Events, it.Envelope().IRI)
		}
	}
}

// RecordsOf yields the records that a member publishes or takes part in, each once, as
// far as a viewer may see them.
func (t *Txn) RecordsOf(member *Actor, by Viewer) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, table := range []string{tByLab, tByAuthor} {
			for k := range t.scan(key(table, hash16(member.IRI)), true) {
				it, err := t.Record(idFromKey(k))
				if err != nil || table == tByAuthor && it.Envelope().Lab == member.IRI || !by.CanSee(it.Envelope()) {
					continue
				}
				if !yield(it) {
					return
				}
			}
		}
	}
}

func (t *Txn) iriOf(actor ID) string {
	if a, err := t.Actor(actor); err == nil {
		return a.IRI
	}
	return ""
}

// Disclosure says that somebody received the e-mail address of a member, by the
// member's own letter.
type Disclosure struct {
	To   string    `json:"to"`   // as the page named it
	Path string    `json:"path"` // of that page
	When time.Time `json:"when"`
}

// PutDisclosure keeps a disclosure.
func (t *Txn) PutDisclosure(member ID, d *Disclosure) {
	d.When = stamp(t.now)
	t.putJSON(key(tDisclosure, member, t.NewID()), d)
}

// Disclosures yields who received a member's address, the oldest first.
func (t *Txn) Disclosures(member ID) iter.Seq[*Disclosure] {
	return rows[Disclosure](t, key(tDisclosure, member))
}

// ForgetDisclosures forgets up to limit disclosures from before a moment, and says
// how many.
func (t *Txn) ForgetDisclosures(before time.Time, limit int) int {
	return t.forgetRows(tDisclosure, limit, func(v []byte) bool {
		d := new(Disclosure)
		return json.Unmarshal(v, d) == nil && d.When.Before(before)
	})
}

// ForgetReports forgets up to limit complaints that were closed before a moment, and
// says how many.
func (t *Txn) ForgetReports(before time.Time, limit int) int {
	return t.forgetRows(tReport, limit, func(v []byte) bool {
		r := new(Report)
		return json.Unmarshal(v, r) == nil && !r.Closed.IsZero() && r.Closed.Before(before)
	})
}

// ForgetApps forgets up to limit apps that were registered before a moment and hold
// no token, and says how many.
func (t *Txn) ForgetApps(before time.Time, limit int) int {
	used := map[string]bool{}
	for k := range rows[Token](t, []byte(tToken)) {
		used[k.App] = true
	}
	return t.forgetRows(tApp, limit, func(v []byte) bool {
		a := new(App)
		return json.Unmarshal(v, a) == nil && a.Created.Before(before) && !used[a.ID]
	})
}

// forgetRows deletes up to limit rows of a table that are over, and says how many.
func (t *Txn) forgetRows(table string, limit int, over func(v []byte) bool) (forgotten int) {
	for k, v := range t.scan([]byte(table), false) {
		if forgotten == limit {
			break
		}
		if over(v) {
			t.tx.Delete(key(table, k))
			forgotten++
		}
	}
	return forgotten
}
