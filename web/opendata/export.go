package opendata

import (
	"bytes"
	"compress/gzip"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/schemaorg"
)

// batch is how many records are read in one transaction and held in memory.
const batch = 200

// export is a list on its way out: one request, by one goroutine.
type export struct {
	*dialect
	w       http.ResponseWriter
	r       *http.Request
	kind    *store.Kind // nil: of all kinds, or what a search found
	found   *found      // nil: no search was asked
	by      store.Viewer
	lang    assets.Lang
	query   store.Query
	since   time.Time // only what changed since; zero: everything
	changed store.ID  // the newest change that the answer can know of
	actors  map[string]*store.Actor
	words   schemaorg.Writer

	out   bytes.Buffer // what is written and not sent
	packs bool         // what is sent is packed
	zip   *gzip.Writer // nil: nothing was sent yet, or as it is
}

// export begins one of a kind; nil: of all kinds together.
func (d *dialect) export(w http.ResponseWriter, r *http.Request, k *store.Kind) *export {
	e := &export{
		dialect: d, w: w, r: r, kind: k, by: d.Frame.Viewer(r), lang: assets.LangOf(r.Context()),
		actors: map[string]*store.Actor{},
	}
	if k != nil {
		e.query = frame.Query(e.by, frame.Narrowing(k, r.URL.Query()))
	}
	e.words = schemaorg.Writer{
		Word: func(v *store.Vocabulary, slug string) string { return e.t(v.Name + "." + slug) },
		Name: func(iri string) string { return e.actors[iri].DisplayName() },
	}
	return e
}

// list answers with a list in a form of its own.
func (d *dialect) list(k *store.Kind, form func(*export) error) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e := d.export(w, r, k)
		var err error
		if e.since, err = since(r); err != nil {
			return err
		}
		return e.answer(form)
	}
}

// answer has a form written, as it is now, packed for who takes that.
func (e *export) answer(form func(*export) error) error {
	e.packs = assets.AcceptsGzip(e.r)
	err := e.view(func(tx *store.Txn) error {
		e.changed = tx.LastChange()
		return nil
	})
	if err == nil {
		err = form(e)
	}
	if err != nil {
		return err
	}
	return e.close()
}

// end sends an answer that was written as a whole, packed for who takes that; there
// may be nothing to send.
func (e *export) end() error {
	if e.out.Len() == 0 {
		return nil
	}
	e.packs = assets.AcceptsGzip(e.r)
	if err := e.send(); err != nil {
		return err
	}
	return e.close()
}

func (e *export) close() error {
	if e.zip == nil {
		return nil
	}
	return e.zip.Close()
}

// since is from when on a harvester, who has the rest, wants what changed. What was
// deleted is not in a list, whenever that was.
func since(r *http.Request) (t time.Time, err error) {
	text := r.URL.Query().Get("modifiee_depuis")
	if text == "" {
		return t, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err = time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return t, &reply.Error{Status: http.StatusBadRequest, Detail: "modifiee_depuis is a day or a moment: 2026-01-31, 2026-01-31T08:00:00Z"}
}

// isOld says whether a harvester has a record already: it did not change here.
func (e *export) isOld(r *store.Record) bool {
	return r.Updated.Before(e.since) && r.Fetched.Before(e.since)
}

func (e *export) t(key string, args ...any) string {
	return e.Frame.Renderer.Catalog.T(e.lang, key, args...)
}

func (e *export) view(fn func(*store.Txn) error) error {
	return e.Node.Store.View(e.r.Context(), fn)
}

// begin sets the headers, and says whether there is anything to write: not to a
// caller that has it already (RFC 9110 §13), nor to one that asks for the headers.
func (e *export) begin(mediaType string) bool {
	h := e.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Vary", "Cookie, Accept-Encoding")
	if e.by.Actor != "" {
		h.Set("Cache-Control", "private, no-store")
		return e.r.Method != http.MethodHead
	}
	if e.found != nil && e.found.Behind { // the next answer has more, though nothing changed
		h.Set("Cache-Control", "no-store")
		return e.r.Method != http.MethodHead
	}
	tag := `W/"` + strconv.FormatUint(uint64(e.changed), 36) + "-" + e.Frame.Version + `"`
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Last-Modified")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("ETag", tag)
	if e.changed != 0 {
		h.Set("Last-Modified", e.changed.Time().Format(http.TimeFormat))
	}
	if e.known(tag) {
		e.w.WriteHeader(http.StatusNotModified)
		return false
	}
	return e.r.Method != http.MethodHead
}

// known says whether the caller has what it asks for. If-Modified-Since counts
// only without a tag: it knows seconds alone.
func (e *export) known(tag string) bool {
	if tags := e.r.Header.Get("If-None-Match"); tags != "" {
		for have := range strings.SplitSeq(tags, ",") {
			if have = strings.TrimSpace(have); have == "*" || strings.TrimPrefix(have, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(e.r.Header.Get("If-Modified-Since"))
	return err == nil && e.changed != 0 && !e.changed.Time().Truncate(time.Second).After(since)
}

// each gives every record of the list to write, newest first, and sends what it
// wrote into out: a part of the list at a time, with no transaction open.
func (e *export) each(write func(store.Item) error) error {
	for before := store.ID(0); ; {
		last, n := before, 0
		err := e.view(func(tx *store.Txn) error {
			for it := range e.walk(tx, before) {
				if !e.isOld(it.Envelope()) {
					e.meet(tx, it.Envelope().Lab)
					if err := write(it); err != nil {
						return err
					}
				}
				if last, n = it.Envelope().ID, n+1; n == batch {
					break
				}
			}
			return nil
		})
		if err != nil {
			return e.cut(err, before)
		}
		if n < batch {
			return nil
		}
		if err := e.send(); err != nil {
			return err
		}
		before = last
	}
}

// walk yields the records of the list that come after one of them, or all.
func (e *export) walk(tx *store.Txn, after store.ID) iter.Seq[store.Item] {
	if e.found != nil {
		return e.found.walk(tx, e.by, after)
	}
	return tx.WalkKind(e.kind.Name, e.query, after)
}

// cut breaks off: what was sent in part must not look whole.
func (e *export) cut(err error, before store.ID) error {
	if before == 0 {
		return err
	}
	e.Frame.Log.ErrorContext(e.r.Context(), "export broken off", "err", err)
	panic(http.ErrAbortHandler)
}

// send sends what is in out, packed for who takes that. A caller that is gone ends
// the request.
func (e *export) send() error {
	if _, err := e.out.WriteTo(e.pipe()); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (e *export) pipe() io.Writer {
	if e.zip != nil {
		return e.zip
	}
	if !e.packs {
		return e.w
	}
	e.w.Header().Set("Content-Encoding", "gzip")
	e.zip = gzip.NewWriter(e.w)
	return e.zip
}

// meet remembers an actor by its IRI. One that is not known here is its host.
func (e *export) meet(tx *store.Txn, iri string) {
	if e.actors[iri] != nil {
		return
	}
	actor, err := tx.ActorByIRI(iri)
	if err != nil || !actor.Deleted.IsZero() {
		actor = &store.Actor{IRI: iri, Name: store.HostOf(iri)}
	}
	e.actors[iri] = actor
}

// address is where the list is, as a page or in this form.
func (e *export) address(path string) string { return e.Node.BaseURL + e.lang.Link(path) }

// self is the whole address of this request.
func (e *export) self() string { return e.address(e.r.URL.RequestURI()) }

// htmlPage is the whole address of the list as a page, with its filters.
func (e *export) htmlPage() string {
	if e.found != nil {
		return e.address(e.found.asked.Href(frame.Export{}))
	}
	return e.address(frame.Export{}.Href(e.kind, frame.Narrowing(e.kind, e.r.URL.Query())))
}
