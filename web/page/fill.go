package page

import (
	"net/url"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

// fill puts the answers of a form into the draft and says which of them could
// not be read; those are kept as they were typed. Pictures and files are not
// among them.
func (d *draft) fill(answers url.Values) store.FieldErrors {
	return d.begin().fillFields(d.kind.Fields, d.item, answers, "", "")
}

// begin forgets what was typed before.
func (d *draft) begin() *draft {
	d.typed, d.communes = map[string]string{}, map[string][]geo.Place{}
	return d
}

// fillFields fills the fields of v, an item or a row. from and to are the
// beginnings of the names as they were sent and as they will be shown again: rows
// that were left empty are dropped.
func (d *draft) fillFields(fields []store.Field, v any, answers url.Values, from, to string) store.FieldErrors {
	var wrong store.FieldErrors
	for i := range fields {
		f := &fields[i]
		if f.Widget == store.Shown {
			continue
		}
		switch p := f.At(v).(type) {
		case **store.Image, *[]store.Attachment:
		case *[]string:
			if *p = slices.Clone(answers[from+f.Name]); f.Widget == store.Words {
				_ = f.ParseText(v, strings.Join(*p, ",")) // any text is a list
			}
		case *store.Place:
			wrong = append(wrong, d.fillPlace(p, answers, from+f.Name)...)
		case store.Rows:
			wrong = append(wrong, d.fillRows(f, p, answers)...)
		default:
			typed := answers.Get(from + f.Name)
			if e := f.ParseText(v, typed); e != nil {
				e.Field, d.typed[to+f.Name] = to+f.Name, typed
				wrong = append(wrong, e)
			}
		}
	}
	return wrong
}

func (d *draft) fillRows(f *store.Field, rows store.Rows, answers url.Values) store.FieldErrors {
	rows.Truncate(0)
	var wrong store.FieldErrors
	for i := 0; i <= max(f.Max, maxRows) && sent(answers, store.RowName(f.Name, i)+"."); i++ {
		row := rows.Grow()
		to := store.RowName(f.Name, rows.Len()-1) + "."
		errs := d.fillFields(f.Columns, row, answers, store.RowName(f.Name, i)+".", to)
		if len(errs) == 0 && !slices.ContainsFunc(f.Columns, func(c store.Field) bool { return !c.IsEmpty(row) }) {
			rows.Truncate(rows.Len() - 1)
		}
		wrong = append(wrong, errs...)
	}
	return wrong
}

// maxRows is how many rows of a table without limit a form is read for.
const maxRows = 200

// sent says whether a form has a control whose name begins like this.
func sent(answers url.Values, prefix string) bool {
	for name := range answers {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// value is a field as the form shows it: as it was typed when it could not be
// read.
func (d *draft) value(f *store.Field, v any, name string) string {
	if typed, ok := d.typed[name]; ok {
		return typed
	}
	return f.Text(v)
}

// answer is what was typed, with the line ends of our own.
func answer(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}
