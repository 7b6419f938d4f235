package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/essaim/essaim/federation/nodeinfo"
	"github.com/essaim/essaim/web"
)

// sourceURL is where the source of this program is offered (AGPL-3.0 §13).
const sourceURL = "https://github.com/essaim/essaim"

// maxStreams of apps take some 8 KiB of memory each. They never take more than half of
// the connections: the rest is for pages and other nodes.
const maxStreams = 1 << 14

// handler answers everything that comes over HTTP.
func (n *node) handler() (http.Handler, error) {
	c := n.config
	renderer, err := web.NewRenderer(n.letters.Zone)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	tiles, err := n.tiles()
	if err != nil {
		return nil, fmt.Errorf("map.file: %w", err)
	}
	connections, err := n.connections()
	if err != nil {
		return nil, err
	}
	return web.Handler(web.Config{
		Node: n.door, Sessions: n.sessions, Renderer: renderer, Deliveries: n.delivery, Images: n.media, Log: n.log,
		Version: version(), SourceURL: sourceURL,
		Demo: n.demo, Development: c.Development.active(), SignedOnly: c.Federation.AuthorizedFetch,
		MaxBody: int64(c.Federation.MaxBody), InboxPerMinute: c.Limits.Inbox, PagesPerMinute: c.Limits.Pages,
		MaxStreams:           min(connections/2, maxStreams),
		ContributionsPerHour: c.Limits.Contributions, Mail: n.mail, Letters: n.letters, Provider: n.provider, Search: n.search, Tiles: tiles, TrustedProxies: c.HTTP.TrustedProxies, Software: n.software,
		Rejects: n.rejects,
		Keeps:   c.Retention.keeps(), Strained: strained,
		Probe: n.probe, Examine: n.examine, Ailing: n.lastAiling, Built: built(), Backups: shelfIn(n.dir), Settings: n.settings(), Fixed: c.Federation.Mode != modeOpen,
		Live: func(run func(context.Context) error) { n.live = run },
	}), nil
}

// tiles are what lies under the map. A file is looked for in the data directory.
func (n *node) tiles() (t web.Tiles, err error) {
	m := n.config.Map
	t.Address, t.Credit = m.Address, m.Credit
	if m.File == "" {
		return t, nil
	}
	path := m.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(n.dir, path)
	}
	t.File, err = web.OpenTiles(path)
	return t, err
}

// software is what a host says it runs, such as "essaim 0.1.0"; empty when it
// says nothing.
func (n *node) software(ctx context.Context, host string) string {
	peer, err := nodeinfo.Software(ctx, n.fetch, host)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(peer.Software + " " + peer.Version)
}
