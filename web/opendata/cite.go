package opendata

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/essaim/essaim/web/assets"
)

// citation is how a data set is to be named, in the three forms that people who
// write need: a sentence (in the manner of APA), BibTeX, and CSL-JSON for Zotero.
type citation struct{ Text, BibTeX, CSL string }

// cite names what lies at a path of the site of a page, as of a moment.
func (d *dialect) cite(r *http.Request, p assets.Page, title string, at time.Time, path string) citation {
	lang := assets.LangOf(r.Context())
	address := d.Node.BaseURL + lang.Link(path)
	csl, err := json.MarshalIndent(map[string]any{
		"type": "dataset", "id": address, "title": title, "URL": address,
		"author": []any{map[string]any{"literal": p.Site.Name}}, "publisher": p.Site.Name,
		"issued": map[string]any{"date-parts": [][]int{{at.Year(), int(at.Month()), at.Day()}}},
	}, "", "  ")
	if err != nil {
		panic(err) // made of texts and numbers
	}
	return citation{
		Text: d.Frame.Renderer.T(r, "data.citation", "lab", p.Site.Name, "year", at.Format("2006"), "title", title, "address", address, "date", lang.Date(at)),
		BibTeX: fmt.Sprintf("@misc{essaim%s,\n  author = {{%s}},\n  title = {%s},\n  year = {%d},\n  howpublished = {\\url{%s}},\n  urldate = {%s}\n}",
			at.Format("20060102"), bibEscape.Replace(p.Site.Name), bibEscape.Replace(title), at.Year(), address, at.Format(time.DateOnly)),
		CSL: string(csl),
	}
}

// bibEscape keeps a text from ending a field of BibTeX.
var bibEscape = strings.NewReplacer("{", "", "}", "", `\`, "", "&", `\&`, "%", `\%`, "#", `\#`, "_", `\_`)
