package admin

import (
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
)

const (
	noticesPath    = "/notifications"
	noticesPerPage = 50
	maxNotices     = 1000 // that are looked at for one page
)

// noticesPage is "admin-notices.html": what a member is told, day by day.
type noticesPage struct {
	top
	Days   []noticeDay
	Unread bool
	UpTo   string // the newest notice of the page
	Older  string // path; empty: these are all
	Empty  *assets.Empty
}

// noticeDay is what happened on a day, the newest first.
type noticeDay struct {
	ID, Title string
	Items     []noticeItem
}

type noticeItem struct {
	letters.Notice
	Subject string
	Time    string
	New     bool
}

// notices is /notifications.
func (p *Pages) notices(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.readNotices(w, r)
	}
	viewer, _, actor := p.Frame.Sessions.Viewer(r.Context())
	before, _ := store.ParseID(r.URL.Query().Get("avant"))
	d := noticesPage{}
	err := p.view(r, func(tx *store.Txn) error {
		d = noticesPage{}
		p.gatherNotices(tx, r, &d, viewer, actor, before)
		return nil
	})
	if err != nil {
		return err
	}
	d.top = p.plain(r, p.t(r, "notices.title"))
	d.Section = "notices"
	if len(d.Days) == 0 {
		d.Empty = &assets.Empty{Title: p.t(r, "notices.empty-title"), Text: p.t(r, "notices.empty-text"), Actions: []assets.Link{
			{Text: p.t(r, "nav.river"), Href: "/fil"}, {Text: p.t(r, "letters.title"), Href: letters.ChoicesPath},
		}}
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-notices.html", d)
}

func (p *Pages) gatherNotices(tx *store.Txn, r *http.Request, d *noticesPage, viewer store.Viewer, actor *store.Actor, before store.ID) {
	lang, zone := assets.LangOf(r.Context()), p.zoneOf(tx.Letters(actor.ID))
	seen := letters.Seen(tx, actor.ID)
	shown, looked := 0, 0
	for n := range tx.Notices(letters.Told(tx, viewer, actor.ID), store.Stretch{Before: before}) {
		if looked++; shown == noticesPerPage || looked > maxNotices {
			d.Older = noticesPath + "?avant=" + (n.ID + 1).String()
			return
		}
		said, ok := p.Letters.Describe(tx, lang, viewer, actor.ID, n)
		if !ok {
			continue
		}
		if shown++; shown == 1 {
			d.UpTo = n.ID.String()
		}
		at := n.When.In(zone)
		item := noticeItem{Notice: said, Subject: p.t(r, "topic."+string(said.Topic)), Time: lang.Time(at), New: n.ID > seen}
		d.Unread = d.Unread || item.New
		d.add(lang, at, item)
	}
}

func (d *noticesPage) add(lang assets.Lang, at time.Time, item noticeItem) {
	id := at.Format("2006-01-02")
	if len(d.Days) == 0 || d.Days[len(d.Days)-1].ID != id {
		d.Days = append(d.Days, noticeDay{ID: id, Title: lang.Date(at)})
	}
	day := &d.Days[len(d.Days)-1]
	day.Items = append(day.Items, item)
}

// zoneOf is the time zone of a member.
func (p *Pages) zoneOf(l *store.Letters) *time.Location {
	if slices.Contains(store.Zones.Slugs, l.Zone) {
		if zone, err := time.LoadLocation(l.Zone); err == nil {
			return zone
		}
	}
	return p.Letters.Zone
}

// readNotices marks everything as read up to what the page showed: what came since
// was not seen.
func (p *Pages) readNotices(w http.ResponseWriter, r *http.Request) error {
	_, _, actor := p.Frame.Sessions.Viewer(r.Context())
	upTo, err := store.ParseID(typed(r, "jusque"))
	if err != nil {
		return err
	}
	err = p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		letters.See(tx, actor.ID, min(upTo, store.IDAt(tx.Now().Add(time.Minute))))
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "notices.read-done")
	return p.Frame.Redirect(w, r, noticesPath)
}
