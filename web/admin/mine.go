package admin

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const minePath = "/mon-compte/donnees"

// minePage is "admin-mine.html": what is held about a member, and what the member
// may do about it.
type minePage struct {
	top
	Shared assets.Table // who received the member's address
}

// mine is /mon-compte/donnees.
func (p *Pages) mine(w http.ResponseWriter, r *http.Request) error {
	_, _, actor := p.Frame.Sessions.Viewer(r.Context())
	page := minePage{top: p.plain(r, p.t(r, "mine.title"))}
	page.Shared = assets.Table{Caption: p.t(r, "mine.shared"), Columns: []assets.Column{{Text: p.t(r, "mine.to")}, {Text: p.t(r, "mine.when")}}}
	err := p.view(r, func(tx *store.Txn) error {
		page.Shared.Rows = nil
		for d := range tx.Disclosures(actor.ID) {
			page.Shared.Rows = append(page.Shared.Rows, []assets.Cell{{Text: d.To, Href: d.Path}, {Time: d.When}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-mine.html", page)
}

// myRecord is a record of the archive.
type myRecord struct {
	Title, URL, File string
	raw              []byte
}

// exportMine is /mon-compte/donnees.zip: everything about the member, for machines
// (JSON, ActivityStreams, CSV) and for reading (index.html).
func (p *Pages) exportMine(w http.ResponseWriter, r *http.Request) error {
	viewer, _, actor := p.Frame.Sessions.Viewer(r.Context())
	m := new(myArchive)
	err := p.view(r, func(tx *store.Txn) (err error) {
		m.records, m.profile = nil, p.Node.ActorDocument(tx, actor)
		for it := range tx.RecordsOf(actor, viewer) {
			rec := it.Envelope()
			raw, err := json.MarshalIndent(it, "", "\t")
			if err != nil {
				return fmt.Errorf("record %s: %w", rec.IRI, err)
			}
			m.records = append(m.records, myRecord{rec.Title, rec.URL, "fiches/" + rec.ID.String() + ".json", raw})
		}
		m.mine, err = tx.Mine(actor)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="essaim-`+actor.Handle+`.zip"`)
	w.Header().Set("Cache-Control", "private, no-store")
	if err := p.writeArchive(r, w, m); err != nil {
		p.Frame.Log.WarnContext(r.Context(), "archive broken off", "actor", actor.IRI, "err", err)
		panic(http.ErrAbortHandler) // what was sent in part must not look whole
	}
	return nil
}

// myArchive is what goes into the archive of a member.
type myArchive struct {
	mine    *store.Mine
	profile []byte
	records []myRecord
}

func (p *Pages) writeArchive(r *http.Request, to io.Writer, m *myArchive) error {
	z := zip.NewWriter(to)
	account, err := json.MarshalIndent(m.mine, "", "\t")
	if err != nil {
		return err
	}
	files := []myRecord{{File: "compte.json", raw: account}, {File: "profil.json", raw: m.profile}, {File: "abonnements.csv", raw: followsCSV(m.mine.Follows)}}
	uploads := map[string]bool{}
	for _, f := range append(files, m.records...) {
		if err := addFile(z, f.File, bytes.NewReader(f.raw)); err != nil {
			return err
		}
		for _, name := range store.UploadsIn(f.raw) {
			uploads[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(uploads)) {
		if err := p.addUpload(z, name); err != nil {
			return err
		}
	}
	out, err := z.Create("index.html")
	if err != nil {
		return err
	}
	err = readable.Execute(out, map[string]any{
		"Lang": assets.LangOf(r.Context()), "Title": p.t(r, "mine.title"), "Lead": p.t(r, "mine.archive-lead", "site", p.Node.Host()),
		"Records": m.records, "Mine": m.mine, "Follows": p.t(r, "mine.follows"), "Sheets": p.t(r, "mine.records"), "Shared": p.t(r, "mine.shared"),
	})
	if err != nil {
		return err
	}
	return z.Close()
}

// addUpload adds a picture or a file that a document names, if it is of this node.
func (p *Pages) addUpload(z *zip.Writer, name string) error {
	if p.OpenFile == nil {
		return nil
	}
	f, err := p.OpenFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(addFile(z, "images/"+name, f), f.Close())
}

func addFile(z *zip.Writer, name string, from io.Reader) error {
	f, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return err
}

// followsCSV is a list that Mastodon imports.
func followsCSV(follows []string) []byte {
	b := []byte("Account address\n")
	for _, iri := range follows {
		b = append(b, iri...)
		b = append(b, '\n')
	}
	return b
}

var readable = template.Must(template.New("index.html").Funcs(template.FuncMap{
	"day": func(t time.Time) string { return t.Format(time.DateOnly) },
}).Parse(`<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><title>{{.Title}}</title>
<h1>{{.Title}}</h1>
<p>{{.Lead}}</p>
<ul><li><a href="compte.json">compte.json</a></li><li><a href="profil.json">profil.json</a></li><li><a href="abonnements.csv">abonnements.csv</a></li></ul>
<h2>{{.Sheets}}</h2>
<ul>{{range .Records}}<li><a href="{{.File}}">{{or .Title .File}}</a> <a href="{{.URL}}">{{.URL}}</a></li>{{end}}</ul>
<h2>{{.Follows}}</h2>
<ul>{{range .Mine.Follows}}<li>{{.}}</li>{{end}}</ul>
<h2>{{.Shared}}</h2>
<ul>{{range .Mine.Shared}}<li>{{.To}} – {{day .When}}</li>{{end}}</ul>
</html>
`))

// leave is /mon-compte/supprimer: a member goes, and every node that knows of it is
// told to forget.
func (p *Pages) leave(w http.ResponseWriter, r *http.Request) error {
	viewer, _, actor := p.Frame.Sessions.Viewer(r.Context())
	if !isPost(r) {
		top := p.plain(r, p.t(r, "mine.leave"))
		return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
			Page: top.Page, Text: p.t(r, "mine.leave-text", "address", actor.Address()),
			Points: []string{p.t(r, "mine.leave-profile"), p.t(r, "mine.leave-records"), p.t(r, "mine.leave-network"), p.t(r, "mine.leave-backups")},
			Action: "/mon-compte/supprimer", Button: p.t(r, "mine.leave-button"), Danger: true,
			Back: assets.Link{Text: p.t(r, "form.cancel"), Href: minePath},
		})
	}
	err := p.Node.Publish(context.WithoutCancel(r.Context()), viewer, &federation.Activity{Verb: "Delete", Actor: actor.IRI, Object: actor.IRI})
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "member left", "actor", actor.IRI)
	return p.Frame.Redirect(w, r, "/")
}
