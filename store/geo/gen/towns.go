package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store/geo"
)

// towns are populated places of GeoNames by the code of their commune, and
// where GeoNames gives none, by that of the overseas collectivity.
type towns map[string][]town

type town struct {
	name string // folded
	at   point
	seat bool // of a municipality or of more
}

// collectivities are the codes of the overseas collectivities by that of the
// country in GeoNames.
var collectivities = map[string]string{"PM": "975", "BL": "977", "MF": "978", "TF": "984", "WF": "986", "PF": "987", "NC": "988"}

// ours are the countries of GeoNames that are France.
const ours = " FR GP MQ GF RE YT PM BL MF TF WF PF NC "

// The columns of a GeoNames file that are read here.
const (
	columnName, columnLat, columnLon = 1, 4, 5
	columnFeature, columnCountry     = 7, 8
	columnAdmin1, columnAdmin4       = 10, 13
	columns                          = 19
)

func readTowns(name string) (towns, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t := towns{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != columns || !strings.Contains(ours, " "+f[columnCountry]+" ") {
			continue
		}
		if err := t.add(f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return t, lines.Err()
}

func (t towns) add(f []string) error {
	lat, err := strconv.ParseFloat(f[columnLat], 64)
	if err != nil {
		return err
	}
	lon, err := strconv.ParseFloat(f[columnLon], 64)
	if err != nil {
		return err
	}
	code := collectivities[f[columnCountry]]
	for _, admin := range f[columnAdmin1 : columnAdmin4+1] {
		if len(admin) == len("35238") {
			code = admin
		}
	}
	t[code] = append(t[code], town{geo.Fold(f[columnName]), point{lon, lat}, strings.HasPrefix(f[columnFeature], "PPLA") || f[columnFeature] == "PPLC"})
	return nil
}

// find is the town that gives a commune its name; failing that, the seat of
// its municipality; of those inside the contour, where there is one.
func (t towns) find(c commune, contour shape) (point, bool) {
	seat := seats[c.Code]
	name := geo.Fold(cmp.Or(seat.name, c.Name))
	here := func(p town) bool { return len(contour) == 0 || contour.contains(p.at) }
	for _, p := range slices.Concat(t[c.Code], t[c.Department], t[seat.under]) {
		if p.name == name && here(p) {
			return p.at, true
		}
	}
	for _, p := range t[c.Code] {
		if p.seat && here(p) {
			return p.at, true
		}
	}
	return point{}, false
}
