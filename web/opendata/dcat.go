package opendata

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
)

const (
	turtle = "text/turtle; charset=utf-8"
	// setsPerPage is how many data sets a page of the catalogue has.
	setsPerPage = 10
)

// The resources of other registers that the catalogue points to.
const (
	mediaTypes   = "https://www.iana.org/assignments/media-types/"
	continuously = "http://publications.europa.eu/resource/authority/frequency/CONT"
	french       = "http://publications.europa.eu/resource/authority/language/FRA"
	sha256Sum    = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
)

// catalogue describes the data sets for harvesters (DCAT 3), some on each page.
// Pages are joined as Hydra says: data.gouv.fr reads them so.
func (d *dialect) catalogue(mediaType string, write func(io.Writer, *thing) error) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		page, last := 1, (len(store.Kinds)+setsPerPage-1)/setsPerPage
		if asked := r.URL.Query().Get("page"); asked != "" {
			var err error
			if page, err = strconv.Atoi(asked); err != nil || page < 1 || page > last {
				return store.ErrNotFound
			}
		}
		e := d.export(w, r, store.Kinds[0])
		e.by = store.Viewer{}
		return e.answer(func(e *export) error {
			var whole *thing
			err := e.view(func(tx *store.Txn) (err error) {
				whole, err = e.describe(tx, page, last)
				return err
			})
			if err != nil || !e.begin(mediaType) {
				return err
			}
			if err := write(&e.out, whole); err != nil {
				return err
			}
			return e.end()
		})
	}
}

// describe is a page of the catalogue.
func (e *export) describe(tx *store.Txn, page, last int) (*thing, error) {
	lab, err := tx.Lab()
	if err != nil {
		return nil, err
	}
	publisher := &thing{iri: lab.IRI, typ: "foaf:Organization", says: []statement{{"foaf:name", literal{text: lab.DisplayName()}}}}
	c := &thing{iri: e.Node.BaseURL + indexPath, typ: "dcat:Catalog"}
	c.say("dct:title", e.said("data.title", " – "+lab.DisplayName()))
	c.say("dct:description", e.said("data.lead", ""))
	c.say("dct:publisher", publisher)
	c.say("dct:language", iri(french))
	c.say("foaf:homepage", iri(e.Node.BaseURL+"/"))
	c.say("dct:modified", moment(e.changed.Time()))
	first := (page - 1) * setsPerPage
	for _, k := range store.Kinds[first:min(first+setsPerPage, len(store.Kinds))] {
		c.say("dcat:dataset", e.dataset(tx, k, publisher.iri))
	}
	c.say("hydra:view", e.turn(page, last))
	c.say("hydra:totalItems", whole(len(store.Kinds)))
	return c, nil
}

// turn says where the other pages are, in the form that was asked for.
func (e *export) turn(page, last int) *thing {
	at := func(n int) string { return e.address(e.r.URL.Path + "?page=" + strconv.Itoa(n)) }
	view := &thing{iri: at(page), typ: "hydra:PartialCollectionView"}
	view.say("hydra:first", iri(at(1)))
	view.say("hydra:last", iri(at(last)))
	if page > 1 {
		view.say("hydra:previous", iri(at(page-1)))
	}
	if page < last {
		view.say("hydra:next", iri(at(page+1)))
	}
	return view
}

// dataset describes the records of a kind: the list as it is now, in each of its
// forms, and as it was in each snapshot.
func (e *export) dataset(tx *store.Txn, k *store.Kind, publisher string) *thing {
	address := e.Node.BaseURL + indexPath + "/" + k.Path
	set := &thing{iri: address, typ: "dcat:Dataset"}
	set.say("dct:identifier", literal{text: address})
	set.say("dct:title", e.said("list."+k.Name+".title", ""))
	set.say("dct:description", e.said("list."+k.Name+".lead", ""))
	set.say("dct:publisher", iri(publisher))
	set.say("dct:language", iri(french))
	set.say("dct:accrualPeriodicity", iri(continuously))
	set.say("dcat:landingPage", iri(address))
	for _, word := range []string{"innovation publique", e.t("list." + k.Name + ".title")} {
		set.say("dcat:keyword", literal{text: word, lang: string(e.lang)})
	}
	listed := tx.ListKind(k.Name, store.Query{Counts: true})
	if newest := tx.ListKind(k.Name, store.Query{Limit: 1}).Items; len(newest) > 0 {
		set.say("dct:issued", moment(newest[0].Envelope().Created))
	}
	licence := licenceOfAll(listed)
	for _, form := range frame.Data {
		set.say("dcat:distribution", e.distribution(form, k, licence))
	}
	for s := range tx.Snapshots() {
		if f := s.File(k.Path + ".csv"); f != nil && s.Withdrawn.IsZero() {
			set.say("dcat:distribution", e.frozen(s, f, licence))
		}
	}
	return set
}

// licenceOfAll is the licence that every record of a list has. Where they differ
// no file has one: each record says its own.
func licenceOfAll(list store.Page) string {
	for slug, n := range list.Counts["licence"] {
		if n == list.Total {
			return "https://spdx.org/licenses/" + slug + ".html"
		}
	}
	return ""
}

func (e *export) distribution(form frame.Export, k *store.Kind, licence string) *thing {
	address := e.Node.BaseURL + form.Href(k, nil)
	d := &thing{iri: address, typ: "dcat:Distribution"}
	d.say("dct:title", e.said("export"+form.End, ""))
	d.say("dcat:accessURL", iri(e.Node.BaseURL+"/"+k.Path))
	d.say("dcat:downloadURL", iri(address))
	d.say("dcat:mediaType", iri(mediaTypes+form.Type))
	e.license(d, licence)
	return d
}

// frozen is a file of a snapshot, with what tells that nobody changed it.
func (e *export) frozen(s *store.Snapshot, f *store.SnapshotFile, licence string) *thing {
	page := e.Node.BaseURL + snapshotsPath + "/" + s.Name
	d := &thing{iri: page + "/" + f.Name, typ: "dcat:Distribution"}
	d.say("dct:title", literal{text: e.t("snapshot.title", "name", s.Name), lang: string(e.lang)})
	d.say("dct:issued", moment(s.Taken))
	d.say("dcat:accessURL", iri(page))
	d.say("dcat:downloadURL", iri(d.iri))
	d.say("dcat:mediaType", iri(mediaTypes+"text/csv"))
	d.say("dcat:byteSize", whole(f.Size))
	sum := &thing{iri: d.iri + "#sha256", typ: "spdx:Checksum"}
	sum.say("spdx:algorithm", iri(sha256Sum))
	sum.say("spdx:checksumValue", literal{text: f.SHA256, typ: "xsd:hexBinary"})
	d.say("spdx:checksum", sum)
	e.license(d, licence)
	return d
}

func (e *export) license(d *thing, licence string) {
	if licence != "" {
		d.say("dct:license", iri(licence))
		return
	}
	d.say("dct:rights", e.said("data.licence", ""))
}

// said is a message in the language of the request, on one line.
func (e *export) said(key, end string) literal {
	return literal{text: markup.Excerpt(e.t(key), 1000) + end, lang: string(e.lang)}
}

func moment(t time.Time) literal {
	return literal{text: t.UTC().Format(time.RFC3339), typ: "xsd:dateTime"}
}

func whole(n int) literal { return literal{text: strconv.Itoa(n), typ: "xsd:integer"} }
