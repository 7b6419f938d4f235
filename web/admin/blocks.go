package admin

import (
	"errors"
	"net/http"
	"net/netip"
	"regexp"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// blocksPage is "admin-blocks.html": the hosts that are kept away, and the form
// to add one.
type blocksPage struct {
	form
	Blocks []*store.DomainBlock
}

const maxReason = 200

// blocks is /admin/blocages. A block is the node's own business: it is told to
// nobody, and concerns everything from that host and below it.
func (p *Pages) blocks(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) && r.PostForm.Has("lift") {
		return p.liftBlock(w, r)
	}
	if !isPost(r) {
		return p.showBlocks(w, r, nil)
	}
	host, reason := hostTyped(r), typed(r, "reason")
	var c checks
	c.host("host", host)
	c.text("reason", reason, maxReason, false)
	if err := c.err(); err != nil {
		return p.showBlocks(w, r, err)
	}
	err := p.Node.BlockHost(r.Context(), p.Frame.Viewer(r), host, reason)
	if _, own := errors.AsType[*store.FieldError](err); own {
		return p.showBlocks(w, r, err)
	}
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "host blocked", "host", host, "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "block.added", "host", host)
	return p.Frame.Redirect(w, r, "/admin/blocages")
}

// hostTyped is a host as people may type it: as the address of a site.
func hostTyped(r *http.Request) string {
	host := strings.ToLower(typed(r, "host"))
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	return strings.TrimSuffix(host, ".")
}

var hostPattern = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:[0-9]{1,5})?$`)

// host asks for the name of a host, or an address.
func (c *checks) host(field, host string) {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case host == "":
		c.add(field, "error.required", nil)
	case len(host) > 253, err != nil && !hostPattern.MatchString(host):
		c.add(field, "error.host", nil)
	}
}

func (p *Pages) showBlocks(w http.ResponseWriter, r *http.Request, mistakes error) error {
	fields := []assets.Field{
		{Name: "host", Label: p.t(r, "block.host"), Hint: p.t(r, "block.host-hint"), Required: true, MaxLength: maxAddress},
		{Name: "reason", Label: p.t(r, "block.reason"), Hint: p.t(r, "block.reason-hint"), MaxLength: maxReason, Spellcheck: true},
	}
	page := blocksPage{
		form: form{top: p.admin(r, p.t(r, "admin.tab.blocks"), "/admin/blocages"), Sections: []section{{Fields: fields}}},
	}
	status := http.StatusOK
	if mistakes != nil {
		status = http.StatusUnprocessableEntity
		fill(r, fields)
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, fields)
	}
	err := p.view(r, func(tx *store.Txn) error {
		for b := range tx.DomainBlocks() {
			page.Blocks = append(page.Blocks, b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, status, "admin-blocks.html", page)
}

func (p *Pages) liftBlock(w http.ResponseWriter, r *http.Request) error {
	host := r.PostForm.Get("lift")
	if err := p.Node.LiftBlock(r.Context(), p.Frame.Viewer(r), host); err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "block lifted", "host", host, "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "block.lifted", "host", host)
	return p.Frame.Redirect(w, r, "/admin/blocages")
}
