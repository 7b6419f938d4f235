package opendata

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	snapshotsPath = indexPath + "/instantanes"
	sumsName      = "SHA256SUMS" // as sha256sum reads it
)

// snapshotLinks lead to the snapshots that can be had, the newest first.
func snapshotLinks(tx *store.Txn) []assets.Link {
	var links []assets.Link
	for s := range tx.Snapshots() {
		if s.Withdrawn.IsZero() {
			links = append(links, assets.Link{Text: s.Name, Href: snapshotsPath + "/" + s.Name})
		}
	}
	return links
}

type snapshotPage struct {
	assets.Page
	Lead     string
	Taken    time.Time
	Files    assets.Table
	Sums     assets.Link
	Citation citation
}

// snapshot shows what is in a snapshot and how to check it.
func (d *dialect) snapshot(w http.ResponseWriter, r *http.Request) error {
	s, err := d.findSnapshot(r)
	if err != nil {
		return err
	}
	t := func(key string, args ...any) string { return d.Frame.Renderer.T(r, key, args...) }
	path := snapshotsPath + "/" + s.Name
	title := t("snapshot.title", "name", s.Name)
	p := snapshotPage{
		Page: d.Frame.Page(r, title), Lead: t("snapshot.lead"), Taken: s.Taken,
		Sums: assets.Link{Text: sumsName, Href: path + "/" + sumsName},
	}
	p.Citation = d.cite(r, p.Page, title, s.Taken, path)
	p.Files = assets.Table{Caption: t("snapshot.files"), Columns: []assets.Column{
		{Text: t("snapshot.file")}, {Text: t("snapshot.rows"), Number: true}, {Text: t("snapshot.bytes"), Number: true}, {Text: "SHA-256"},
	}}
	lang := assets.LangOf(r.Context())
	for _, f := range s.Files {
		p.Files.Rows = append(p.Files.Rows, []assets.Cell{
			{Text: f.Name, Href: path + "/" + f.Name}, {Text: lang.Number(int64(f.Rows))}, {Text: lang.Number(int64(f.Size))}, {Text: f.SHA256},
		})
	}
	p.Description = p.Lead
	p.Crumbs = d.crumbs(r)
	return d.Frame.Render(w, r, http.StatusOK, "snapshot.html", p)
}

func (d *dialect) findSnapshot(r *http.Request) (s *store.Snapshot, err error) {
	err = d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		s, err = tx.Snapshot(mux.Vars(r)["name"])
		return err
	})
	return s, err
}

// snapshotFile gives a file of a snapshot away: it never changes. Its sum is its
// tag, and stands in the header of RFC 9530.
func (d *dialect) snapshotFile(w http.ResponseWriter, r *http.Request) error {
	s, err := d.findSnapshot(r)
	if err != nil {
		return err
	}
	f := s.File(mux.Vars(r)["file"])
	if f == nil {
		return store.ErrNotFound
	}
	h := w.Header()
	d.forEver(h, f.SHA256)
	h.Set("Content-Type", csvType)
	h.Set("Content-Disposition", `attachment; filename="`+s.Name+"-"+f.Name+`"`)
	if sum, err := hex.DecodeString(f.SHA256); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.SHA256) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(f.Size))
	if r.Method == http.MethodHead {
		return nil
	}
	return d.sendPieces(w, r, f)
}

// sendPieces sends a file with no transaction open while the reader reads.
func (d *dialect) sendPieces(w http.ResponseWriter, r *http.Request, f *store.SnapshotFile) error {
	for n := 0; ; n++ {
		var piece []byte
		err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
			piece = append(piece[:0], tx.SnapshotPiece(f, n)...)
			return nil
		})
		if err != nil && n == 0 {
			return err
		}
		if err == nil && len(piece) == 0 {
			return nil
		}
		if _, sent := w.Write(piece); err != nil || sent != nil {
			panic(http.ErrAbortHandler) // what was sent in part must not look whole
		}
	}
}

// sums is what sha256sum checks the files with.
func (d *dialect) sums(w http.ResponseWriter, r *http.Request) error {
	s, err := d.findSnapshot(r)
	if err != nil {
		return err
	}
	d.forEver(w.Header(), s.Name)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, f := range s.Files {
		if _, err := fmt.Fprintf(w, "%s  %s-%s\n", f.SHA256, s.Name, f.Name); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	return nil
}

// forEver are the headers of what everybody may keep and nothing will change.
func (d *dialect) forEver(h http.Header, tag string) {
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Cache-Control", "public, max-age=86400, immutable")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}
