package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// top is how every page of this package begins, for the template "admin-begin".
type top struct {
	assets.Page
	Menu        []tab  // of the administration; none elsewhere
	Open        string // the one that is open, in words
	Tabs        []tab  // its pages, when there are several
	Development bool
}

// tab is an entry of the administration's menu.
type tab struct {
	Text, Href string
	Current    bool
}

// plain begins a page about signing in or one's own account.
func (p *Pages) plain(r *http.Request, title string) top {
	t := top{Page: p.Frame.Page(r, title)}
	t.Section, t.NoIndex = "account", true
	if strings.HasPrefix(r.URL.Path, "/mon-compte/") {
		t.Crumbs = []assets.Link{{Text: p.t(r, "account.title"), Href: "/mon-compte"}}
	}
	return t
}

// sections are the pages of the administration by section, in order: their paths,
// the ends of the keys of their names, and what who sees them must be allowed to do.
var sections = []struct {
	key   string
	pages []entry
}{
	{"home", []entry{{"/admin", "home", store.Moderate}}},
	{"moderation", []entry{
		{"/admin/moderation", "moderation", store.Moderate},
		{reportsPath, "reports", store.Moderate},
		{accountsPath, "accounts", store.Moderate},
		{blocksPath, "blocks", store.BlockHosts},
	}},
	{"network", []entry{
		{peersPath, "peers", store.RunLab},
		{"/admin/demandes", "requests", store.RunLab},
		{"/admin/livraisons", "deliveries", store.RunLab},
	}},
	{"contents", []entry{
		{"/admin/lab", "lab", store.RunLab},
		{frontPath, "front", store.RunLab},
		{colourPath, "colour", store.RunLab},
		{themesPath, "themes", store.RunLab},
		{importsPath, "imports", store.RunLab},
		{linksPath, "links", store.RunLab},
		{charterPath, "charter", store.RunLab},
		{statementsPath, "statements", store.RunLab},
	}},
	{"people", []entry{
		{"/admin/membres", "members", store.Invite},
		{roleRulesPath, "rules", store.Appoint},
		{"/admin/cercles", "circles", store.RunLab},
	}},
	{"node", []entry{
		{healthPath, "health", store.RunLab},
		{backupsPath, "backups", store.Dispose},
		{settingsPath, "settings", store.RunLab},
		{jobsPath, "jobs", store.RunLab},
		{journalPath, "journal", store.ReadJournal},
	}},
}

type entry struct {
	path, key string
	act       store.Act
}

// admin begins a page of the administration. current is the path of its tab.
func (p *Pages) admin(r *http.Request, title, current string) top {
	t := top{Page: p.Frame.Page(r, title), Development: p.Development}
	t.Section, t.NoIndex = "admin", true
	if current != "/admin" || r.URL.Path != current {
		t.Crumbs = []assets.Link{{Text: p.t(r, "nav.admin"), Href: "/admin"}}
	}
	for _, section := range sections {
		tabs := p.tabs(r, section.pages, current)
		if len(tabs) == 0 {
			continue
		}
		open := tab{Text: p.t(r, "admin.section."+section.key), Href: tabs[0].Href, Current: slices.ContainsFunc(tabs, func(x tab) bool { return x.Current })}
		if t.Menu = append(t.Menu, open); open.Current && len(tabs) > 1 {
			t.Open, t.Tabs = open.Text, tabs
		}
	}
	return t
}

// tabs are the pages of a section that the viewer may open.
func (p *Pages) tabs(r *http.Request, pages []entry, current string) (list []tab) {
	viewer := p.Frame.Viewer(r)
	for _, x := range pages {
		if viewer.May(x.act) {
			list = append(list, tab{p.t(r, "admin.tab."+x.key), x.path, x.path == current})
		}
	}
	return list
}

// profileHTML is what a profile says, from the text that was typed: a line is a
// paragraph. profileText is the way back.
func profileHTML(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(markup.Ours(string(markup.Markdown(strings.Join(lines, "\n\n")))))
}

func profileText(html string) string { return markup.Plain(html) }
