package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	journalPath  = "/admin/journal"
	journalLines = 50  // on a page
	journalBatch = 500 // in a transaction, for the file
)

// The names of the questions of the journal's page.
const (
	askWho   = "qui"
	askAbout = "quoi"
	askFrom  = "du"
	askTo    = "au"
	askOlder = "avant"
)

// The answers to who did it that are no member.
const (
	byTerminal = "terminal"
	byItself   = "noeud"
)

// journalView is "admin-journal.html": who did what.
type journalView struct {
	top
	Fields []assets.Field
	Table  assets.Table
	Kept   string
	File   string // path of what was asked for, as a table
	Reset  bool   // something was asked for
	Empty  *assets.Empty
	Pager  assets.Pager
}

// journal is /admin/journal.
func (p *Pages) journal(w http.ResponseWriter, r *http.Request) error {
	asked, q := p.journalQuery(r)
	page := journalView{top: p.admin(r, p.t(r, "journal.title"), journalPath), File: journalAddress(".csv", asked, 0), Reset: len(asked) > 0}
	if p.KeepJournal > 0 {
		page.Kept = p.t(r, "journal.kept", "days", strconv.Itoa(int(p.KeepJournal.Hours()/24)))
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Fields = p.journalFields(r, tx, asked)
		page.Table, page.Pager = p.journalTable(r, tx, asked, q)
		return nil
	})
	if err != nil {
		return err
	}
	if len(page.Table.Rows) == 0 {
		page.Empty = &assets.Empty{Title: p.t(r, "journal.none"), Text: p.t(r, "journal.none-text")}
		if page.Reset {
			page.Empty = &assets.Empty{
				Title: p.t(r, "journal.nothing"), Text: p.t(r, "journal.nothing-text"),
				Actions: []assets.Link{{Text: p.t(r, "filter.reset"), Href: journalPath}},
			}
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-journal.html", page)
}

// journalQuery is what the address asks for; what it says of nothing known is left
// out. asked is without the page.
func (p *Pages) journalQuery(r *http.Request) (asked url.Values, q store.JournalQuery) {
	asked = url.Values{}
	from := r.URL.Query()
	keep := func(name string) { asked.Set(name, from.Get(name)) }
	who, topic := from.Get(askWho), store.DeedTopic(from.Get(askAbout))
	if id, err := store.ParseID(who); err == nil {
		q.By = id
	}
	if q.Terminal, q.Itself = who == byTerminal, who == byItself; q.By != 0 || q.Terminal || q.Itself {
		keep(askWho)
	}
	if slices.Contains(store.DeedTopics, topic) {
		q.Topic = topic
		keep(askAbout)
	}
	if day, ok := p.day(from.Get(askFrom)); ok {
		q.Since = day
		keep(askFrom)
	}
	if day, ok := p.day(from.Get(askTo)); ok {
		q.Until = day.AddDate(0, 0, 1)
		keep(askTo)
	}
	q.Before, _ = store.ParseID(from.Get(askOlder)) // 0: from the newest on
	return asked, q
}

// day is the beginning of a day that was typed, where the lab is.
func (p *Pages) day(text string) (time.Time, bool) {
	day, err := time.ParseInLocation(time.DateOnly, text, p.Letters.Zone)
	return day, err == nil && day.Year() > 1970
}

// journalAddress is the address of what was asked for, from an entry on.
func journalAddress(end string, asked url.Values, before store.ID) string {
	query := url.Values{}
	for name := range asked {
		query.Set(name, asked.Get(name))
	}
	if before != 0 {
		query.Set(askOlder, before.String())
	}
	if len(query) == 0 {
		return journalPath + end
	}
	return journalPath + end + "?" + query.Encode()
}

func (p *Pages) journalFields(r *http.Request, tx *store.Txn, asked url.Values) []assets.Field {
	who := []assets.Choice{{Text: p.t(r, "journal.everybody")}}
	for account := range tx.Accounts() {
		if a, err := tx.Actor(account.Actor); err == nil && account.Role.May(store.Moderate) {
			who = append(who, assets.Choice{Value: a.ID.String(), Text: a.DisplayName()})
		}
	}
	if id, err := store.ParseID(asked.Get(askWho)); err == nil && !slices.ContainsFunc(who, func(c assets.Choice) bool { return c.Value == id.String() }) {
		who = append(who, assets.Choice{Value: id.String(), Text: p.doer(r, tx, &store.JournalEntry{By: id})})
	}
	who = append(who, assets.Choice{Value: byTerminal, Text: p.t(r, "journal.terminal")}, assets.Choice{Value: byItself, Text: p.t(r, "journal.itself")})
	topics := []assets.Choice{{Text: p.t(r, "journal.everything")}}
	for _, topic := range store.DeedTopics {
		topics = append(topics, assets.Choice{Value: string(topic), Text: p.t(r, "deed-topic."+string(topic))})
	}
	return []assets.Field{
		{Name: askWho, Label: p.t(r, "journal.who"), Type: "select", Choices: who, Value: asked.Get(askWho)},
		{Name: askAbout, Label: p.t(r, "journal.about"), Type: "select", Choices: topics, Value: asked.Get(askAbout)},
		{Name: askFrom, Label: p.t(r, "journal.from"), Type: "date", Value: asked.Get(askFrom)},
		{Name: askTo, Label: p.t(r, "journal.to"), Type: "date", Value: asked.Get(askTo)},
	}
}

func (p *Pages) journalTable(r *http.Request, tx *store.Txn, asked url.Values, q store.JournalQuery) (t assets.Table, pager assets.Pager) {
	t = assets.Table{Caption: p.t(r, "journal.caption")}
	for _, key := range []string{"when", "who", "deed", "object", "detail"} {
		t.Columns = append(t.Columns, assets.Column{Text: p.t(r, "journal."+key)})
	}
	if q.Before != 0 {
		pager.Newer = journalAddress("", asked, 0)
		pager.Position = p.t(r, "journal.older")
	}
	for e := range tx.Journal(q) {
		if len(t.Rows) == journalLines {
			pager.Older = journalAddress("", asked, e.ID+1)
			break
		}
		t.Rows = append(t.Rows, []assets.Cell{
			{Time: e.When}, {Text: p.doer(r, tx, e)}, {Text: p.deed(r, e)}, p.object(r, tx, e), {Text: p.detail(r, e)},
		})
	}
	return t, pager
}

// doer is who did it, in words.
func (p *Pages) doer(r *http.Request, tx *store.Txn, e *store.JournalEntry) string {
	switch a, err := tx.Actor(e.By); {
	case e.Terminal:
		return p.t(r, "journal.terminal")
	case e.By == 0:
		return p.t(r, "journal.itself")
	case err != nil || !a.Deleted.IsZero():
		return p.t(r, "journal.gone")
	default:
		return a.DisplayName()
	}
}

// deed is what was done, in words.
func (p *Pages) deed(r *http.Request, e *store.JournalEntry) string {
	if e.Deed.Topic() == store.OnModeration {
		return p.t(r, "moderated."+string(e.Deed))
	}
	return p.t(r, "deed."+string(e.Deed))
}

// object is what it was done to, as far as it is still there and the viewer sees it.
func (p *Pages) object(r *http.Request, tx *store.Txn, e *store.JournalEntry) assets.Cell {
	if it, err := tx.Record(e.Record); err == nil && p.Frame.Viewer(r).CanSee(it.Envelope()) {
		return assets.Cell{Text: it.Envelope().Title, Href: federation.PagePath(it.Envelope())}
	}
	switch a, err := tx.Actor(e.Actor); {
	case e.Actor != 0 && (err != nil || !a.Deleted.IsZero()):
		return assets.Cell{Text: p.t(r, "journal.gone")}
	case e.Actor != 0:
		return assets.Cell{Text: a.Address(), Href: a.Page()}
	case e.Kind != "":
		return assets.Cell{Text: p.t(r, "kind."+e.Kind)}
	case e.Host != "":
		return assets.Cell{Text: e.Host}
	}
	return assets.Cell{Text: e.What}
}

// detailPrefixes begin the message keys of what an entry gives as its reason; the
// others are reasons to hide something.
var detailPrefixes = map[store.Deed]string{
	store.InviteMember: "account-role.", store.AppointMember: "account-role.", store.JoinLab: "account-role.", store.JoinByRule: "account-role.",
	store.SetRule: "account-role.", store.RetryWork: "admin.job.", store.DropWork: "admin.job.",
	store.PlanBackups: "backup.pace-",
}

// detail is the rest: a reason, a role, a job.
func (p *Pages) detail(r *http.Request, e *store.JournalEntry) string {
	if e.Reason == "" {
		return e.Note
	}
	prefix := detailPrefixes[e.Deed]
	if prefix == "" {
		prefix = "hide."
	}
	return p.t(r, prefix+e.Reason)
}

// exportJournal is /admin/journal.csv: all that was asked for, a line for each entry.
func (p *Pages) exportJournal(w http.ResponseWriter, r *http.Request) error {
	_, q := p.journalQuery(r)
	all := [][]string{{"date", "by", "topic", "deed", "text", "object", "address", "detail"}}
	for more := true; more; {
		var lines [][]string
		err := p.view(r, func(tx *store.Txn) error {
			lines, q.Before = p.journalFile(r, tx, q)
			return nil
		})
		if err != nil {
			return err
		}
		all = append(all, lines...)
		more = len(lines) == journalBatch
	}
	return sendTable(w, r, "journal.csv", all)
}

// journalFile are some lines of the file, and the entry after which it goes on.
func (p *Pages) journalFile(r *http.Request, tx *store.Txn, q store.JournalQuery) (lines [][]string, last store.ID) {
	for e := range tx.Journal(q) {
		about := p.object(r, tx, e)
		lines = append(lines, []string{
			e.When.Format(time.RFC3339), p.doer(r, tx, e), string(e.Deed.Topic()), string(e.Deed), p.deed(r, e), about.Text, about.Href, p.detail(r, e),
		})
		if last = e.ID; len(lines) == journalBatch {
			break
		}
	}
	return lines, last
}
