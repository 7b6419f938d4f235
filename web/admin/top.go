package admin

import (
	"net/http"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// top is how every page of this package begins, for the template "admin-begin".
type top struct {
	assets.Page
	Tabs        []tab // of the administration; none elsewhere
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

// tabs are the pages of the administration, in order: the ends of their paths
// and of the keys of their names, and what who sees them must be allowed to do.
var tabs = []struct {
	path, key string
	act       store.Act
}{
	{"/admin", "home", store.Moderate},
	{"/admin/demandes", "requests", store.RunLab},
	{"/admin/livraisons", "deliveries", store.RunLab},
	{"/admin/membres", "members", store.Invite},
	{"/admin/cercles", "circles", store.RunLab},
	{"/admin/imports", "imports", store.RunLab},
	{"/admin/reseau", "peers", store.RunLab},
	{"/admin/lab", "lab", store.RunLab},
	{statementsPath, "statements", store.RunLab},
	{"/admin/blocages", "blocks", store.BlockHosts},
	{"/admin/signalements", "reports", store.Moderate},
	{"/admin/moderation", "moderation", store.Moderate},
	{healthPath, "health", store.RunLab},
	{backupsPath, "backups", store.Dispose},
	{settingsPath, "settings", store.RunLab},
}

// admin begins a page of the administration. current is the path of its tab.
func (p *Pages) admin(r *http.Request, title, current string) top {
	t := top{Page: p.Frame.Page(r, title), Development: p.Development}
	t.Section, t.NoIndex = "admin", true
	if current != "/admin" || r.URL.Path != current {
		t.Crumbs = []assets.Link{{Text: p.t(r, "nav.admin"), Href: "/admin"}}
	}
	viewer := p.Frame.Viewer(r)
	for _, x := range tabs {
		if viewer.May(x.act) {
			t.Tabs = append(t.Tabs, tab{p.t(r, "admin.tab."+x.key), x.path, x.path == current})
		}
	}
	return t
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
