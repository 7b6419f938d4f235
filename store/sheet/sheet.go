// Package sheet reads what labs kept their records in before, as tables: CSV of
// any office software, GeoJSON, the data of YesWiki, GoGoCarto and uMap, and
// calendars. It writes CSV.
//
// A Sheet has columns and rows of texts, whatever the file was; which column is
// which field of which kind is a Mapping, and Mapping.Fill makes a record of a
// row. The package knows no network, no store and no HTTP.
//
// Formats: RFC 4180 (CSV), RFC 7946 (GeoJSON), RFC 5545 (iCalendar).
package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// Format is what a file is.
type Format string

// The formats that are read.
const (
	CSV       Format = "csv"
	GeoJSON   Format = "geojson"
	YesWiki   Format = "yeswiki"   // the entries of a Bazar form as JSON; as CSV they are CSV
	GoGoCarto Format = "gogocarto" // /api/elements.json
	UMap      Format = "umap"      // a whole map with its layers
	ICalendar Format = "ics"
)

// The bounds of a file.
const (
	MaxBytes   = 20 << 20
	MaxRows    = 50_000
	maxColumns = 500
)

// Sheet is a table. Every row has a cell for every column.
type Sheet struct {
	Format  Format
	Columns []string // no two are the same
	Rows    []Row
}

// Row is a line of a table.
type Row struct {
	Line  int // where it begins in the file, from 1; its place in the list, in files without lines
	Cells []string
	Long  bool // there was more in it than there are columns
}

// Malformed says where a file cannot be read. Reason ends a message key
// "import.malformed.".
type Malformed struct {
	Format Format
	Line   int // 0: not known
	Reason string
	Err    error // of the parser; for the log
}

func (m *Malformed) Error() string {
	return fmt.Sprintf("%s: line %d: %s: %v", m.Format, m.Line, m.Reason, m.Err)
}

func (m *Malformed) Unwrap() error { return m.Err }

// IsMalformed returns the mistake of the file that err tells of, or nil.
func IsMalformed(err error) *Malformed {
	m, _ := errors.AsType[*Malformed](err)
	return m
}

// Column is the place of a column by its name, or -1.
func (s *Sheet) Column(name string) int {
	for i, c := range s.Columns {
		if c == name {
			return i
		}
	}
	return -1
}

// nameColumns makes the names of a first line usable: none is empty, no two are
// the same.
func nameColumns(names []string) []string {
	seen := map[string]bool{}
	columns := make([]string, len(names))
	for i, name := range names {
		name = strings.Join(strings.Fields(name), " ")
		if name == "" {
			name = fmt.Sprintf("(%d)", i+1)
		}
		for n := 2; seen[name]; n++ {
			name = fmt.Sprintf("%s (%d)", strings.TrimSuffix(name, fmt.Sprintf(" (%d)", n-1)), n)
		}
		seen[name] = true
		columns[i] = name
	}
	return columns
}
