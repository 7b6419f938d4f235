package opendata

import (
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
)

const csvType = "text/csv; charset=utf-8; header=present"

// separator is what parts the cells: as "sep" says, else what office software in
// the language of the address expects.
func separator(r *http.Request) (rune, error) {
	switch r.URL.Query().Get("sep") {
	case "":
	case ";":
		return ';', nil
	case ",":
		return ',', nil
	case "tab", "\t":
		return '\t', nil
	default:
		return 0, &reply.Error{Status: http.StatusBadRequest, Detail: "sep is one of ; , tab"}
	}
	if assets.LangOf(r.Context()) == assets.French {
		return ';', nil
	}
	return ',', nil
}

// exportCSV writes a table that an import of any node reads back.
func exportCSV(e *export) error {
	comma, err := separator(e.r)
	if err != nil {
		return err
	}
	e.w.Header().Set("Content-Disposition", `attachment; filename="`+e.kind.Path+`.csv"`)
	if !e.begin(csvType) {
		return nil
	}
	table := sheet.NewWriter(&e.out, comma)
	columns := e.kind.Columns()
	cells := make([]string, len(columns))
	for i := range columns {
		cells[i] = columns[i].Name
	}
	if err := table.Write(cells); err != nil {
		return err
	}
	err = e.each(func(it store.Item) error {
		prepare(it)
		for i := range columns {
			cells[i] = columns[i].Cell(it)
		}
		if err := table.Write(cells); err != nil {
			return err
		}
		return table.Flush()
	})
	if err != nil {
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return e.send()
}

// prepare puts into a record what its fields show of it: the text of a mirrored
// one, what a form asks for and the kind keeps elsewhere.
func prepare(it store.Item) {
	r := it.Envelope()
	if r.Remote && r.Body == "" {
		r.Body = markup.Plain(r.HTML)
	}
	if o, ok := it.(store.Opener); ok {
		o.Open()
	}
}
