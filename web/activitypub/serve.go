package activitypub

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

const (
	activityJSON = "application/activity+json; charset=utf-8"
	shortCache   = "public, max-age=60"
	longCache    = "public, max-age=3600"
	noCache      = "private, no-store"
)

// document is an answer: its bytes and how they may be kept.
type document struct {
	body   []byte
	etag   string
	typ    string
	cached string // Cache-Control
	vary   string
}

func newDocument(body []byte, typ, cached string) *document {
	sum := sha256.Sum256(body)
	return &document{body: body, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, typ: typ, cached: cached, vary: "Accept"}
}

// activityDocument is an ActivityStreams document that caches may keep.
func activityDocument(body []byte) *document { return newDocument(body, activityJSON, shortCache) }

// private marks a document that depends on who signed the request, or on its
// token.
func (doc *document) private() *document {
	doc.cached, doc.vary = noCache, "Accept, Authorization, Signature"
	return doc
}

// open is a document that everybody may have. Where requests must be signed it is kept
// by nobody: a cache would hand it to those who do not sign, or are kept away.
func (d *dialect) open(body []byte) *document {
	if d.SignedOnly {
		return activityDocument(body).private()
	}
	return activityDocument(body)
}

// write answers, with 304 when the caller has these bytes already (RFC 9110
// §13.1.2).
func (doc *document) write(w http.ResponseWriter, r *http.Request, status int) error {
	h := w.Header()
	h["Content-Type"] = []string{doc.typ}
	h["Etag"] = []string{doc.etag}
	h["Cache-Control"] = []string{doc.cached}
	h["Vary"] = []string{doc.vary}
	h["Access-Control-Allow-Origin"] = []string{"*"}
	h["Cross-Origin-Resource-Policy"] = []string{"cross-origin"}
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), doc.etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h["Content-Length"] = []string{strconv.Itoa(len(doc.body))}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(doc.body)
	}
	return nil
}

// matches compares weakly, as caches on the way may have weakened the tag.
func matches(header, etag string) bool {
	if header == "" {
		return false
	}
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == etag || tag == "*" {
			return true
		}
	}
	return false
}

// seePage sends a person to the page (303); machines are told that the answer
// varies.
func seePage(w http.ResponseWriter, r *http.Request, page string) error {
	w.Header().Set("Vary", "Accept")
	http.Redirect(w, r, page, http.StatusSeeOther)
	return nil
}

// viewer is who signed the request, or whose software sent it with a token
// (ActivityPub §6: a client reads what it posted). Others are refused where the
// node serves signed requests only.
func (d *dialect) viewer(r *http.Request) (store.Viewer, error) {
	v, _, token, err := d.Sessions.Bearer(r.Context(), r)
	if err == nil && token.Has("read") {
		return v, nil
	}
	if v, err = d.Front.Viewer(r); err != nil {
		return v, err
	}
	if v.Actor == "" && d.SignedOnly {
		return v, &reply.Error{Status: http.StatusUnauthorized, Detail: "requests must be signed", Authenticate: "Signature"}
	}
	return v, nil
}

// publicView is viewer for what everybody may see: a signature that cannot be
// verified does not matter then, unless the signer is blocked.
func (d *dialect) publicView(r *http.Request) error {
	_, err := d.viewer(r)
	if err != nil && !d.SignedOnly && !isRefusal(err) {
		return nil
	}
	return err
}

// maxCached bounds the answers that are kept.
const maxCached = 4096

// cache keeps answers that are made of what this node itself shows, until that
// changes.
type cache struct {
	store   *store.Store
	mu      sync.RWMutex
	version uint64
	answers map[string]*document
}

func newCache(s *store.Store) *cache { return &cache{store: s, answers: map[string]*document{}} }

// get returns the answer for a key, made by build when it is not there.
func (c *cache) get(key string, build func() (*document, error)) (*document, error) {
	version := c.store.LocalVersion()
	c.mu.RLock()
	doc, ok := c.answers[key]
	ok = ok && c.version == version
	c.mu.RUnlock()
	if ok {
		return doc, nil
	}
	doc, err := build()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version || len(c.answers) >= maxCached {
		c.version, c.answers = version, map[string]*document{}
	}
	c.answers[key] = doc
	return doc, nil
}

func isRefusal(err error) bool {
	return errors.Is(err, errBlocked)
}
