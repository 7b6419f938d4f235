package sheet

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// mark is the byte order mark by which office software tells UTF-8.
const mark = "\ufeff"

// Writer writes CSV that office software opens with a double click and that Read
// reads back unchanged.
type Writer struct {
	out  io.Writer
	csv  *csv.Writer
	safe []string
}

// NewWriter begins a file. Office software in French expects the separator ';'.
func NewWriter(w io.Writer, separator rune) *Writer {
	c := csv.NewWriter(w)
	c.Comma = separator
	return &Writer{out: w, csv: c}
}

// Write adds a line. Errors come with Flush at the latest.
func (w *Writer) Write(cells []string) error {
	if w.out != nil {
		if _, err := io.WriteString(w.out, mark); err != nil {
			return err
		}
		w.out = nil
	}
	w.safe = w.safe[:0]
	for _, cell := range cells {
		w.safe = append(w.safe, neutralise(cell))
	}
	return w.csv.Write(w.safe)
}

// Flush writes out what is still waiting.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// guard is put before a cell that office software would run as a formula (OWASP,
// "CSV injection"); it shows the rest as text.
const guard = "'"

func neutralise(cell string) string {
	if isFormula(strings.TrimLeft(cell, guard)) {
		return guard + cell
	}
	return cell
}

// restore undoes neutralise.
func restore(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, guard); guarded && isFormula(strings.TrimLeft(rest, guard)) {
		return rest
	}
	return cell
}

var plainNumber = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// isFormula says whether a cell begins like a formula and is no number. The wide
// forms are those of East Asian keyboards.
func isFormula(cell string) bool {
	for _, begin := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, begin) {
			return !plainNumber.MatchString(cell)
		}
	}
	return false
}
