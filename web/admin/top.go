package admin

import (
	"net/http"
	"strings"

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
	return t
}

// tabs are the pages of the administration, in order: the ends of their paths
// and of the keys of their names.
var tabs = []struct{ path, key string }{
	{"/admin", "home"},
	{"/admin/demandes", "requests"},
	{"/admin/livraisons", "deliveries"},
	{"/admin/membres", "members"},
	{"/admin/cercles", "circles"},
	{"/admin/imports", "imports"},
	{"/admin/lab", "lab"},
	{"/admin/blocages", "blocks"},
	{"/admin/signalements", "reports"},
	{"/admin/moderation", "moderation"},
}

// admin begins a page of the administration. current is the path of its tab.
func (p *Pages) admin(r *http.Request, title, current string) top {
	t := top{Page: p.Frame.Page(r, title), Development: p.Development}
	t.Section, t.NoIndex = "admin", true
	for _, x := range tabs {
		t.Tabs = append(t.Tabs, tab{p.t(r, "admin.tab."+x.key), x.path, x.path == current})
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
