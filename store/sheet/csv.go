package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// separators are those that office software writes; French ones write the first.
const separators = ";,\t"

// readCSV reads a table whose first line names its columns. Separator and encoding
// are found out.
func readCSV(data []byte) (*Sheet, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	separator, text, skipped := cutSeparator(text)
	if separator == 0 {
		separator = findSeparator(text)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator, -1, true
	s := &Sheet{Format: CSV}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformedCSV(err, skipped)
		}
		line, _ := r.FieldPos(0)
		if err := s.addLine(cells, line+skipped); err != nil {
			return nil, err
		}
	}
	if s.Columns == nil {
		return nil, &Malformed{Format: CSV, Reason: "empty"}
	}
	return s, nil
}

func (s *Sheet) addLine(cells []string, line int) error {
	switch {
	case strings.TrimSpace(strings.Join(cells, "")) == "":
	case s.Columns == nil && len(cells) > maxColumns:
		return &Malformed{Format: s.Format, Line: line, Reason: "too-many-columns"}
	case s.Columns == nil:
		s.Columns = nameColumns(cells)
	case len(s.Rows) == MaxRows:
		return &Malformed{Format: s.Format, Line: line, Reason: "too-many-rows"}
	default:
		s.Rows = append(s.Rows, s.rowOf(cells, line))
	}
	return nil
}

func (s *Sheet) rowOf(cells []string, line int) Row {
	row := Row{Line: line, Cells: make([]string, len(s.Columns))}
	for i, cell := range cells {
		if i >= len(row.Cells) {
			row.Long = row.Long || strings.TrimSpace(cell) != ""
			continue
		}
		row.Cells[i] = restore(cell)
	}
	return row
}

func malformedCSV(err error, skipped int) error {
	m := &Malformed{Format: CSV, Reason: "csv", Err: err}
	if at, ok := errors.AsType[*csv.ParseError](err); ok {
		m.Line = at.StartLine + skipped
		if errors.Is(at.Err, csv.ErrQuote) || errors.Is(at.Err, csv.ErrBareQuote) {
			m.Reason = "quote"
		}
	}
	return m
}

// decode makes a text of bytes: UTF-8 and UTF-16 with their marks, UTF-8 without,
// else Windows-1252, in which every byte means something.
func decode(data []byte) (string, error) {
	var d *encoding.Decoder
	switch {
	case bytes.HasPrefix(data, []byte(mark)):
		data = data[len(mark):]
		if !utf8.Valid(data) {
			return "", &Malformed{Format: CSV, Reason: "encoding"}
		}
		return string(data), nil
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		d = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
	case utf8.Valid(data):
		return string(data), nil
	default:
		d = charmap.Windows1252.NewDecoder()
	}
	text, err := d.Bytes(data)
	if err != nil {
		return "", &Malformed{Format: CSV, Reason: "encoding", Err: err}
	}
	return string(text), nil
}

// cutSeparator takes off the line "sep=;" by which some software is told. It
// returns how many lines went.
func cutSeparator(text string) (separator rune, rest string, skipped int) {
	first, after, _ := strings.Cut(text, "\n")
	named, ok := strings.CutPrefix(strings.ToLower(strings.TrimRight(first, "\r")), "sep=")
	if !ok || len(named) != 1 || !strings.Contains(separators, named) {
		return 0, text, 0
	}
	return rune(named[0]), after, 1
}

const sample = 64 << 10 // bytes that a separator is judged by

// findSeparator is the separator that cuts most lines in as many cells as the
// first, and in more than one.
func findSeparator(text string) rune {
	best, most := rune(separators[0]), 0
	for _, separator := range separators {
		if score := regularity(text[:min(len(text), sample)], separator); score > most {
			best, most = separator, score
		}
	}
	return best
}

func regularity(text string, separator rune) int {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator, -1, true, true
	first, alike := 0, 0
	for range 100 {
		cells, err := r.Read()
		if err != nil {
			break
		}
		if first == 0 {
			first = len(cells)
		}
		if len(cells) == first {
			alike++
		}
	}
	return (first - 1) * alike
}
