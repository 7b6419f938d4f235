package page

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

const (
	sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"
	maxSitemap   = 50_000 // addresses in one file, as the protocol has it
)

type sitemapIndex struct {
	XMLName xml.Name       `xml:"sitemapindex"`
	Space   string         `xml:"xmlns,attr"`
	Maps    []sitemapEntry `xml:"sitemap"`
}

type sitemapFile struct {
	XMLName xml.Name       `xml:"urlset"`
	Space   string         `xml:"xmlns,attr"`
	Pages   []sitemapEntry `xml:"url"`
}

type sitemapEntry struct {
	Address string `xml:"loc"`
	Changed string `xml:"lastmod,omitempty"`
}

// pagesMap is the file of the pages that are no list and no record.
const pagesMap = "/sitemap-pages.xml"

// sitemaps names the file of each kind of record for search engines.
func (p *Pages) sitemaps(w http.ResponseWriter, _ *http.Request) error {
	index := sitemapIndex{Space: sitemapSpace, Maps: []sitemapEntry{{Address: p.Node.BaseURL + pagesMap}}}
	for _, k := range store.Kinds {
		index.Maps = append(index.Maps, sitemapEntry{Address: p.Node.BaseURL + "/sitemap-" + k.Path + ".xml"})
	}
	return sendXML(w, index)
}

// pagesMap lists the pages that say who the lab is and what can be done here.
func (p *Pages) pagesMap(w http.ResponseWriter, r *http.Request) error {
	file := sitemapFile{Space: sitemapSpace}
	for _, path := range []string{"/", "/lab", directoryPath, "/reseau", "/contribuer", "/abonnements", figuresPath, "/donnees"} {
		file.Pages = append(file.Pages, sitemapEntry{Address: p.Node.BaseURL + path})
	}
	if p.Frame.Site(r).Charter {
		file.Pages = append(file.Pages, sitemapEntry{Address: p.Node.BaseURL + charterPath})
	}
	return sendXML(w, file)
}

// sitemap lists the public records of a kind that are at home here, newest first.
func (p *Pages) sitemap(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.visitor(r)
		file := sitemapFile{Space: sitemapSpace, Pages: []sitemapEntry{{Address: p.Node.BaseURL + "/" + k.Path}}}
		err := a.view(func(tx *store.Txn) error {
			for it := range tx.WalkKind(k.Name, store.Query{Viewer: store.Viewer{Away: true}, Home: true}, 0) {
				record := it.Envelope()
				file.Pages = append(file.Pages, sitemapEntry{p.Node.BaseURL + federation.PagePath(record), record.Updated.Format(time.RFC3339)})
				if len(file.Pages) == maxSitemap {
					break
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return sendXML(w, file)
	}
}

func sendXML(w http.ResponseWriter, doc any) error {
	b, err := xml.Marshal(doc)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, err = w.Write(append([]byte(xml.Header), b...))
	return err
}
