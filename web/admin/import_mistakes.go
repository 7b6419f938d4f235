package admin

import (
	"bytes"
	"cmp"
	"net/http"
	"strconv"

	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
)

// mistakesEnd follows the path of an import.
const mistakesEnd = "/erreurs.csv"

// importMistakes is /admin/imports/{id}/erreurs.csv: what an import left out, or would
// leave out, a line for each mistake.
func (p *Pages) importMistakes(w http.ResponseWriter, r *http.Request) error {
	i, err := p.importOf(r)
	if err != nil {
		return err
	}
	m, err := intake.MappingOf(i)
	if err != nil {
		return err
	}
	mistakes, err := p.desk().Mistakes(r.Context(), i.ID)
	if err != nil {
		return err
	}
	lines := [][]string{{p.t(r, "import.csv-line"), p.t(r, "import.csv-column"), p.t(r, "import.csv-value"), p.t(r, "import.csv-mistake")}}
	for _, x := range mistakes {
		column := cmp.Or(x.Column, p.fieldLabel(r, m.Kind, x.Field))
		lines = append(lines, []string{strconv.Itoa(x.Line), column, x.Value, p.t(r, x.Reason, x.Args)})
	}
	return sendTable(w, r, "erreurs.csv", lines)
}

// comma separates the cells of a table as office software in the language of the page
// expects it.
func comma(r *http.Request) rune {
	if assets.LangOf(r.Context()) == assets.English {
		return ','
	}
	return ';'
}

// sendTable writes a table as a file that stays with whoever asked.
func sendTable(w http.ResponseWriter, r *http.Request, name string, lines [][]string) error {
	var out bytes.Buffer
	file := sheet.NewWriter(&out, comma(r))
	for _, line := range lines {
		if err := file.Write(line); err != nil {
			return err
		}
	}
	if err := file.Flush(); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "private, no-store")
	_, err := out.WriteTo(w)
	return err
}
