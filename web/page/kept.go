package page

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const (
	maxKept = 4 << 20 // bytes of kept pages
	maxKey  = 512     // bytes of an address that is worth keeping
	keptFor = time.Minute
)

// kept holds pages as visitors were shown them, until anything changes that the
// change log of the store knows of: records, actors, follows and reactions. The
// pages of whoever has a session are not kept, nor those that show anything else
// (deliveries on the network page).
//
// It relies on changes being committed in the order of their ids.
type kept struct {
	node *federation.Node

	mu    sync.Mutex
	seen  store.ID // the newest change that the pages know of
	size  int
	pages map[keptKey]*keptPage
}

type keptKey struct {
	lang assets.Lang
	look string // the cookie of the theme
	uri  string
	pack bool
}

// keptPage is an answer; it is taken down as an http.ResponseWriter and not
// changed afterwards.
type keptPage struct {
	header http.Header
	status int
	body   []byte
	ends   time.Time
}

func newKept(n *federation.Node) *kept {
	return &kept{node: n, seen: store.ID(n.Store.Now().UnixMilli()) << 16, pages: map[keptKey]*keptPage{}}
}

// around answers visitors from what was kept, everybody else from h.
func (c *kept) around(h reply.Handler) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		key, ok := keyOf(r)
		if !ok {
			return h(w, r)
		}
		if err := c.refresh(r.Context()); err != nil {
			return err
		}
		if p := c.get(key); p != nil {
			return p.write(w)
		}
		seen := c.newest()
		p := &keptPage{header: http.Header{}, ends: c.node.Store.Now().Add(keptFor)}
		if err := h(p, r); err != nil {
			return err
		}
		if p.status == http.StatusOK {
			c.put(key, p, seen)
		}
		return p.write(w)
	}
}

// keyOf names the page of a request; false when it is not everybody's.
func keyOf(r *http.Request) (keptKey, bool) {
	if r.Method != http.MethodGet {
		return keptKey{}, false
	}
	k := keptKey{lang: assets.LangOf(r.Context()), uri: r.URL.RequestURI(), pack: assets.Packs(r)}
	for _, cookie := range r.Cookies() {
		switch {
		case cookie.Name != assets.ThemeCookie:
			return keptKey{}, false
		case cookie.Value == "light" || cookie.Value == "dark":
			k.look = cookie.Value
		}
	}
	return k, len(k.uri) < maxKey
}

// refresh forgets all pages when there are changes that they do not know of.
func (c *kept) refresh(ctx context.Context) error {
	last := c.newest()
	newest := last
	err := c.node.Store.View(ctx, func(tx *store.Txn) error {
		for change := range tx.Changes(last) {
			newest = change.ID
		}
		return nil
	})
	if err != nil || newest == last {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if newest > c.seen {
		c.seen, c.size, c.pages = newest, 0, map[keptKey]*keptPage{}
	}
	return nil
}

func (c *kept) newest() store.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

func (c *kept) get(key keptKey) *keptPage {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pages[key]
	if p == nil || c.node.Store.Now().After(p.ends) {
		return nil
	}
	return p
}

// put keeps a page that was made when seen was the newest change.
func (c *kept) put(key keptKey, p *keptPage, seen store.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if seen != c.seen {
		return
	}
	if c.size+len(p.body) > maxKept {
		c.size, c.pages = 0, map[keptKey]*keptPage{}
	}
	if old := c.pages[key]; old != nil {
		c.size -= len(old.body)
	}
	c.pages[key] = p
	c.size += len(p.body)
}

func (p *keptPage) Header() http.Header { return p.header }

func (p *keptPage) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}

func (p *keptPage) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	p.body = append(p.body, b...)
	return len(b), nil
}

// write gives the answer to somebody.
func (p *keptPage) write(w http.ResponseWriter) error {
	for name, values := range p.header {
		w.Header()[name] = slices.Clone(values)
	}
	w.WriteHeader(p.status)
	_, err := w.Write(p.body)
	return err
}
