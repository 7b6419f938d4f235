package admin

import (
	"errors"
	"net/http"
	"net/netip"
	"regexp"
	"strings"

	"github.com/essaim/essaim/federation/fetch"
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
	b, err := blockTyped(r)
	if err != nil {
		return p.showBlocks(w, r, err)
	}
	host := b.Host
	err = p.Node.BlockHost(r.Context(), p.Frame.Viewer(r), b)
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

// blockTyped reads the form.
func blockTyped(r *http.Request) (store.DomainBlock, error) {
	b := store.DomainBlock{
		Host: hostTyped(r), Severity: store.Severity(typed(r, "severity")), Reason: typed(r, "reason"), Comment: typed(r, "comment"),
		Obfuscate: r.PostForm.Get("obfuscate") != "", RejectReports: r.PostForm.Get("reject-reports") != "",
	}
	var c checks
	c.host("host", b.Host)
	if b.Severity != "" {
		c.choice("severity", string(b.Severity), []string{string(store.Suspend), string(store.Silence)})
	}
	c.text("reason", b.Reason, maxReason, false)
	c.text("comment", b.Comment, maxReason, false)
	return b, c.err()
}

// hostTyped is the host of a form.
func hostTyped(r *http.Request) string { return hostIn(typed(r, "host")) }

// hostIn is a host as people may type it: as the address of a site.
func hostIn(text string) string {
	host := strings.ToLower(text)
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	host = strings.TrimSuffix(host, ".")
	if ascii, err := fetch.CanonicalHost(host); err == nil {
		return ascii
	}
	return host
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
	fields := p.blockFields(r)
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

func (p *Pages) blockFields(r *http.Request) []assets.Field {
	severities := []assets.Choice{
		{Value: string(store.Suspend), Text: p.t(r, "restrict.suspend")}, {Value: string(store.Silence), Text: p.t(r, "restrict.silence")},
	}
	return []assets.Field{
		{Name: "host", Label: p.t(r, "block.host"), Hint: p.t(r, "block.host-hint"), Required: true, MaxLength: maxAddress},
		{Name: "severity", Label: p.t(r, "restrict.severity"), Hint: p.t(r, "restrict.severity-hint"), Type: "select", Value: string(store.Suspend), Choices: severities},
		{Name: "reason", Label: p.t(r, "block.reason"), Hint: p.t(r, "block.reason-hint"), MaxLength: maxReason, Spellcheck: true},
		{Name: "comment", Label: p.t(r, "restrict.comment"), Hint: p.t(r, "restrict.comment-hint"), MaxLength: maxReason, Spellcheck: true},
		{Name: "obfuscate", Label: p.t(r, "restrict.obfuscate"), Type: "checkbox"},
		{Name: "reject-reports", Label: p.t(r, "restrict.reject-reports"), Hint: p.t(r, "restrict.reject-reports-hint"), Type: "checkbox"},
	}
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
