package opendata

import (
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const indexPath = "/donnees"

type indexPage struct {
	assets.Page
	Lead      string
	Sets      []dataSet
	Snapshots []assets.Link
	Catalogue []assets.Link
	Citation  citation
}

type dataSet struct {
	Title, Count string
	Codebook     assets.Link
	Exports      []assets.Link
}

// index lists what can be taken away.
func (d *dialect) index(w http.ResponseWriter, r *http.Request) error {
	t := func(key string) string { return d.Frame.Renderer.T(r, key) }
	p := indexPage{Page: d.Frame.Page(r, t("data.title")), Lead: t("data.lead")}
	for _, k := range store.Kinds {
		set, err := d.export(w, r, k).set()
		if err != nil {
			return err
		}
		p.Sets = append(p.Sets, set)
	}
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		p.Snapshots = snapshotLinks(tx)
		return nil
	})
	if err != nil {
		return err
	}
	p.Catalogue = []assets.Link{{Text: t("data.jsonld"), Href: "/catalogue.jsonld"}, {Text: t("data.turtle"), Href: "/catalogue.ttl"}}
	p.Citation = d.cite(r, p.Page, t("data.title"), d.Node.Store.Now(), indexPath)
	p.Description = p.Lead
	p.Feeds = []assets.Feed{{Type: jsonLD, Href: "/catalogue.jsonld"}, {Type: turtle, Href: "/catalogue.ttl"}}
	return d.Frame.Render(w, r, http.StatusOK, "data.html", p)
}

func (e *export) set() (dataSet, error) {
	total := 0
	err := e.view(func(tx *store.Txn) error {
		total = tx.ListKind(e.kind.Name, e.query).Total
		return nil
	})
	return dataSet{
		Title: e.t("list." + e.kind.Name + ".title"), Count: e.t("list.count", "count", total),
		Codebook: assets.Link{Text: e.t("export.codebook"), Href: indexPath + "/" + e.kind.Path}, Exports: e.exports(),
	}, err
}

type codebookPage struct {
	assets.Page
	Lead     string
	Entries  []entry
	Exports  []assets.Link
	Citation citation
}

// codebookPage is the codebook for people.
func (d *dialect) codebookPage(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e := d.export(w, r, k)
		list := e.t("list." + k.Name + ".title")
		p := codebookPage{
			Page: d.Frame.Page(r, e.t("codebook.title", "list", list)), Lead: e.t("codebook.lead"), Entries: e.codebook().entries(),
			Exports: e.exports(),
		}
		p.Citation = d.cite(r, p.Page, list, d.Node.Store.Now(), "/"+k.Path)
		p.Description = p.Lead
		p.Crumbs = d.crumbs(r)
		return d.Frame.Render(w, r, http.StatusOK, "codebook.html", p)
	}
}

// crumbs lead from the home page to the data sets.
func (d *dialect) crumbs(r *http.Request) []assets.Link {
	return []assets.Link{{Text: d.Frame.Renderer.T(r, "data.title"), Href: indexPath}}
}
