package geo

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

//go:embed communes.tsv.gz
var communesPacked []byte

//go:embed former.tsv.gz
var formerPacked []byte

// communeTable is the communes of today and, behind them, the names and codes
// that lead to one: the communes that are now part of another, the
// arrondissements. Rows are numbers; their text stays in one string.
type communeTable struct {
	text       string   // the lines of both files
	starts     []uint32 // of the lines; one more at the end
	positions  []position
	population []uint32
	today      int      // how many rows are communes of today, in the order of their codes
	target     []uint16 // of the rows behind them: the row of the commune

	words      string   // a line for each row, as index says
	wordStarts []uint32 // of these lines; one more at the end
}

// position is a longitude and a latitude in ten-thousandths of a degree.
type position struct{ lon, lat int32 }

// The columns of a commune; those of a former one are its code, its name and
// the code of the commune. The last column of both is the postal codes.
const (
	columnName, columnPopulation, columnLon, columnLat, columnPrecision = 1, 2, 3, 4, 5

	columnTarget = 2
)

const codeLength = len("35238")

// communes returns the table.
var communes = sync.OnceValue(loadCommunes)

func loadCommunes() *communeTable {
	present, former := unpack(communesPacked), unpack(formerPacked)
	c := &communeTable{text: present + former, today: strings.Count(present, "\n")}
	at := uint32(0)
	for line := range strings.Lines(c.text) {
		c.starts = append(c.starts, at)
		at += uint32(len(line))
	}
	c.starts = append(c.starts, at)
	for i := range c.today {
		c.positions = append(c.positions, position{int32(number(c.column(i, columnLon))), int32(number(c.column(i, columnLat)))})
		c.population = append(c.population, uint32(number(c.column(i, columnPopulation))))
	}
	for i := c.today; i < c.rows(); i++ {
		target, _ := c.search(c.column(i, columnTarget))
		c.target = append(c.target, uint16(target))
	}
	c.index()
	return c
}

func unpack(packed []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(fmt.Sprintf("geo: embedded data: %v", err))
	}
	size := binary.LittleEndian.Uint32(packed[len(packed)-4:]) // RFC 1952 §2.3.1: ISIZE
	var out strings.Builder
	out.Grow(int(size))
	if _, err := io.CopyN(&out, r, int64(size)); err != nil {
		panic(fmt.Sprintf("geo: embedded data: %v", err))
	}
	return out.String()
}

func (c *communeTable) rows() int { return len(c.starts) - 1 }

func (c *communeTable) line(i int) string { return c.text[c.starts[i] : c.starts[i+1]-1] }

// column is one of a row, counted from 0.
func (c *communeTable) column(i, n int) string {
	line := c.line(i)
	for range n {
		_, line, _ = strings.Cut(line, "\t")
	}
	value, _, _ := strings.Cut(line, "\t")
	return value
}

func (c *communeTable) name(i int) string { return c.column(i, columnName) }

// postal is the postal codes of a row, with spaces between them.
func (c *communeTable) postal(i int) string {
	return c.line(i)[strings.LastIndexByte(c.line(i), '\t')+1:]
}

func (c *communeTable) code(i int) string { return c.text[c.starts[i]:][:codeLength] }

// commune is the row of the commune of today that a row leads to.
func (c *communeTable) commune(i int) int {
	if i < c.today {
		return i
	}
	return int(c.target[i-c.today])
}

// find is the row of the commune of today with this code, or that the code
// once led to.
func (c *communeTable) find(code string) (int, bool) {
	if len(code) != codeLength {
		return 0, false
	}
	if i, ok := c.search(code); ok {
		return i, true
	}
	i := c.today + sort.Search(c.rows()-c.today, func(i int) bool { return c.code(c.today+i) >= code })
	if i == c.rows() || c.code(i) != code {
		return 0, false
	}
	return c.commune(i), true
}

func (c *communeTable) search(code string) (int, bool) {
	return sort.Find(c.today, func(i int) int { return strings.Compare(code, c.code(i)) })
}

// departmentOf is the number of the department, with which the code of a
// commune starts.
func departmentOf(code string) string {
	if strings.HasPrefix(code, "97") || strings.HasPrefix(code, "98") {
		return code[:3]
	}
	return code[:2]
}

// precisions are the letters of the data.
var precisions = map[string]Precision{"b": Settlement, "t": Middle, "e": Environs}

// place is the commune of today in row i.
func (c *communeTable) place(i int) Place {
	department := areas().byCode[string(Department)+":"+departmentOf(c.code(i))]
	return Place{
		Code:        string(Commune) + ":" + c.code(i),
		Kind:        Commune,
		Name:        c.name(i),
		Department:  department.Code,
		Region:      department.Region,
		Point:       c.point(i),
		Precision:   precisions[c.column(i, columnPrecision)],
		Population:  int(c.population[i]),
		PostalCodes: strings.Fields(c.postal(i)),
	}
}

func (c *communeTable) point(i int) Point {
	p := c.positions[i]
	return Point{float64(p.lon) / scale, float64(p.lat) / scale}
}
