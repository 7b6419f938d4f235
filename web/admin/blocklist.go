package admin

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

const (
	blocksPath   = "/admin/blocages"
	maxBlocklist = 2 << 20 // bytes of a list
)

// blocklistRoutes mount the import of a list, which is longer than other forms.
func (p *Pages) blocklistRoutes(r *mux.Router) {
	send := p.Frame.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if !p.Frame.Viewer(r).May(store.BlockHosts) {
			return &reply.Error{Status: http.StatusForbidden}
		}
		return p.fresh(p.importBlocks)(w, r)
	})
	route.Handle(r, blocksPath+"/importer", send).Methods(http.MethodPost)
	p.may(r, store.BlockHosts, blocksPath+"/importer", p.importBlocks)
}

// exportBlocks is /admin/blocages.csv: the list, as Mastodon imports it.
func (p *Pages) exportBlocks(w http.ResponseWriter, r *http.Request) error {
	var blocks []*store.DomainBlock
	err := p.view(r, func(tx *store.Txn) error {
		blocks = nil
		for b := range tx.DomainBlocks() {
			blocks = append(blocks, b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="domain_blocks.csv"`)
	w.Header().Set("Cache-Control", "private, no-store")
	return sheet.WriteBlocks(w, func(yield func(*store.DomainBlock) bool) {
		for _, b := range blocks {
			if !yield(b) {
				return
			}
		}
	})
}

// blocklistPage is "admin-blocklist.html": what a list would change, line by line.
type blocklistPage struct {
	top
	Fields []assets.Field
	Lines  assets.Table
	List   string // what is applied with the next button; empty: there is nothing to apply
	Apply  string
}

// importBlocks is /admin/blocages/importer: a list is read and shown, and applied
// when it is sent again with "apply".
func (p *Pages) importBlocks(w http.ResponseWriter, r *http.Request) error {
	page := blocklistPage{top: p.admin(r, p.t(r, "blocklist.title"), blocksPath), Fields: []assets.Field{
		{Name: "file", Label: p.t(r, "blocklist.file"), Hint: p.t(r, "blocklist.file-hint"), Type: "file", Accept: ".csv,.txt", Required: true},
	}}
	if !isPost(r) {
		return p.Frame.Render(w, r, http.StatusOK, "admin-blocklist.html", page)
	}
	data, err := listSent(w, r)
	if err != nil {
		return err
	}
	blocks, err := sheet.ReadBlocks(data)
	if mistake := sheet.IsMalformed(err); mistake != nil || len(blocks) == 0 {
		wrong := &store.FieldError{Field: "file", Reason: "blocklist.wrong.file"}
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), wrong, page.Fields)
		return p.Frame.Render(w, r, http.StatusUnprocessableEntity, "admin-blocklist.html", page)
	}
	if err := p.judge(r, blocks); err != nil {
		return err
	}
	if r.PostForm.Has("apply") {
		return p.applyBlocks(w, r, blocks)
	}
	return p.previewBlocks(w, r, page, blocks, string(data))
}

// listSent is the file, or what was shown before.
func listSent(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 2*maxBlocklist)
	if err := r.ParseMultipartForm(maxBlocklist); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if reply.Status(err) == http.StatusRequestEntityTooLarge {
			return nil, err
		}
		return nil, &reply.Error{Status: http.StatusBadRequest, Err: err}
	}
	file, _, err := r.FormFile("file")
	if err != nil {
		return []byte(r.PostForm.Get("list")), nil
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxBlocklist))
}

// sameBlock marks a line that says what is so already.
const sameBlock = "same"

// judge adds what only the node knows: names that are none, our own, and what is
// blocked already.
func (p *Pages) judge(r *http.Request, blocks []sheet.Block) error {
	seen := map[string]bool{}
	return p.view(r, func(tx *store.Txn) error {
		for i := range blocks {
			b := &blocks[i]
			if b.Wrong != "" {
				continue
			}
			host, err := fetch.CanonicalHost(b.Block.Host)
			b.Block.Host = host
			old, missing := tx.DomainBlock(host)
			switch {
			case err != nil:
				b.Wrong = "host"
			case b.Block.Covers(p.Node.Host()):
				b.Wrong = "own"
			case seen[host]:
				b.Wrong = "twice"
			case missing == nil && old.Level() == b.Block.Level() && old.Comment == b.Block.Comment && old.Obfuscate == b.Block.Obfuscate:
				b.Wrong = sameBlock
			}
			seen[host] = true
		}
		return nil
	})
}

func (p *Pages) previewBlocks(w http.ResponseWriter, r *http.Request, page blocklistPage, blocks []sheet.Block, list string) error {
	page.Lines = assets.Table{Caption: p.t(r, "blocklist.caption"), Columns: []assets.Column{
		{Text: p.t(r, "blocklist.line"), Number: true},
		{Text: p.t(r, "delivery.host")},
		{Text: p.t(r, "restrict.severity")},
		{Text: p.t(r, "restrict.comment")},
		{Text: p.t(r, "blocklist.result")},
	}}
	good := 0
	for _, b := range blocks {
		result := p.t(r, "blocklist.new")
		if b.Wrong != "" {
			result = p.t(r, "blocklist.wrong."+b.Wrong)
		} else {
			good++
		}
		page.Lines.Rows = append(page.Lines.Rows, []assets.Cell{
			{Text: strconv.Itoa(b.Line)}, {Text: b.Block.Host}, {Text: p.t(r, "restrict."+string(b.Block.Level()))}, {Text: b.Block.Comment}, {Text: result},
		})
	}
	if good > 0 {
		page.List, page.Apply = list, p.t(r, "blocklist.apply", "count", good)
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-blocklist.html", page)
}

func (p *Pages) applyBlocks(w http.ResponseWriter, r *http.Request, blocks []sheet.Block) error {
	applied := 0
	for _, b := range blocks {
		if b.Wrong != "" {
			continue
		}
		if err := p.Node.BlockHost(r.Context(), p.Frame.Viewer(r), b.Block); err != nil {
			return err
		}
		applied++
	}
	p.Frame.Log.InfoContext(r.Context(), "list of blocks applied", "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "blocklist.applied", "count", applied)
	return p.Frame.Redirect(w, r, blocksPath)
}
