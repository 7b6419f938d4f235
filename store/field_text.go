package store

import (
	"math"
	"strconv"
	"strings"
)

// ParseText puts what was typed or stood in a cell into the field of v, and says
// what is wrong with it, or nil: rules other than its form are Check's. Pictures,
// files and places do not come from text. The entries of Choices are separated by
// commas; the rows of a Table by line ends, and their columns by " | ".
func (f *Field) ParseText(v any, s string) *FieldError {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	var err error
	switch p := f.At(v).(type) {
	case *string:
		*p = f.tidy(s)
	case *[]string:
		*p = splitList(s)
	case *bool:
		*p = truths[strings.ToLower(s)]
	case *int:
		*p, err = parseWhole(s)
	case *float64:
		*p, err = parseAmount(s)
	case Rows:
		return f.parseRows(p, s)
	}
	if err != nil {
		return &FieldError{Field: f.Name, Reason: "error.number", Args: map[string]any{"value": s}}
	}
	return nil
}

// tidy takes off what people put into a value and means nothing there.
func (f *Field) tidy(s string) string {
	switch {
	case f.Widget == Line:
		s = strings.Join(strings.Fields(s), " ")
	case f.Widget == Digits:
		s = strings.Join(strings.Fields(s), "")
	case f.Widget == Clock && isTime(spacedClock, s):
		s = strings.Replace(s, " ", "T", 1)
	}
	return s
}

var truths = map[string]bool{"1": true, "on": true, "true": true, "oui": true, "yes": true, "vrai": true, "x": true}

// parseWhole and parseAmount read numbers as people write them: "1 200", "0,5".
// Nothing is zero.
func parseWhole(s string) (int, error) {
	if s = plainNumber(s); s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err
}

func parseAmount(s string) (float64, error) {
	if s = plainNumber(s); s == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsNaN(n) || math.IsInf(n, 0)) {
		return 0, strconv.ErrRange
	}
	return n, err
}

var plainNumbers = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".")

func plainNumber(s string) string { return plainNumbers.Replace(s) }

func splitList(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

const columnEnd = " | "

// rowMarks keep line ends and bars of a cell apart from those between cells.
var (
	hideMarks = strings.NewReplacer(`\`, `\\`, "|", `\p`, "\n", `\n`)
	showMarks = strings.NewReplacer(`\\`, `\`, `\p`, "|", `\n`, "\n")
)

func (f *Field) parseRows(rows Rows, s string) *FieldError {
	rows.Truncate(0)
	if s == "" {
		return nil
	}
	for line := range strings.SplitSeq(s, "\n") {
		cells := strings.Split(line, strings.TrimSpace(columnEnd))
		if len(cells) > len(f.Columns) {
			return &FieldError{Field: f.Name, Reason: "error.columns", Args: map[string]any{"max": len(f.Columns), "have": len(cells)}}
		}
		row := rows.Grow()
		for i, cell := range cells {
			if e := f.Columns[i].ParseText(row, showMarks.Replace(strings.TrimSpace(cell))); e != nil {
				e.Field = RowName(f.Name, rows.Len()-1) + "." + e.Field
				return e
			}
		}
	}
	return nil
}

// Text is the field of v as ParseText reads it; empty when there is nothing.
// Pictures, files and places are their address or name.
func (f *Field) Text(v any) string {
	switch p := f.At(v).(type) {
	case *string:
		return *p
	case *[]string:
		return strings.Join(*p, ", ")
	case *bool:
		if *p {
			return "oui"
		}
	case *int:
		if *p != 0 {
			return strconv.Itoa(*p)
		}
	case *float64:
		if *p != 0 {
			return strconv.FormatFloat(*p, 'f', -1, 64)
		}
	case **Image:
		if *p != nil {
			return (*p).URL
		}
	case *[]Attachment:
		urls := make([]string, len(*p))
		for i, a := range *p {
			urls[i] = a.URL
		}
		return strings.Join(urls, "\n")
	case *Place:
		return p.Label()
	case Rows:
		return f.rowsText(p)
	}
	return ""
}

func (f *Field) rowsText(rows Rows) string {
	lines := make([]string, rows.Len())
	for i := range lines {
		cells := make([]string, len(f.Columns))
		for c := range f.Columns {
			cells[c] = hideMarks.Replace(f.Columns[c].Text(rows.Row(i)))
		}
		lines[i] = strings.TrimRight(strings.Join(cells, columnEnd), " |")
	}
	return strings.Join(lines, "\n")
}

// IsEmpty says whether the field of v holds nothing.
func (f *Field) IsEmpty(v any) bool { return f.Text(v) == "" }
