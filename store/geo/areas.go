package geo

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed areas.tsv
var areasText string

// areaTable is the regions and the departments.
type areaTable struct {
	regions, departments []Place
	byCode               map[string]Place
	folded               map[string]string // names of departments and regions as they are searched, by code
}

// areas returns the table.
var areas = sync.OnceValue(func() *areaTable {
	t := &areaTable{byCode: map[string]Place{}, folded: map[string]string{}}
	for line := range strings.Lines(areasText) {
		t.add(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	slices.SortStableFunc(t.regions, func(a, b Place) int {
		return cmp.Or(cmp.Compare(len(a.Code), len(b.Code)), cmp.Compare(t.folded[a.Code], t.folded[b.Code]))
	})
	slices.SortStableFunc(t.departments, func(a, b Place) int { return cmp.Compare(a.Code, b.Code) })
	return t
})

// add reads a line: code, code of the region, name, longitude, latitude,
// population.
func (t *areaTable) add(f []string) {
	kind, _, _ := strings.Cut(f[0], ":")
	p := Place{Code: f[0], Kind: Kind(kind), Name: f[2], Region: f[1], Precision: Area, Population: number(f[5])}
	p.Point = Point{float64(number(f[3])) / scale, float64(number(f[4])) / scale}
	if p.Kind == Department {
		p.Department = p.Code
		t.departments = append(t.departments, p)
	} else {
		t.regions = append(t.regions, p)
	}
	t.byCode[p.Code] = p
	t.folded[p.Code] = Fold(p.Name)
}

// scale is that of the longitudes and latitudes in the data.
const scale = 1e4

// number reads a number of the embedded data.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("geo: embedded data: %v", err))
	}
	return n
}
