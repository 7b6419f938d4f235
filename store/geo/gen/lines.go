package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"strings"
)

// communeLines is one line for each commune: code, name, population, longitude
// and latitude in ten-thousandths of a degree, precision, postal codes. It
// counts those that stand in the middle of their territory.
func (s *sources) communeLines() (text []byte, middles int, err error) {
	var out bytes.Buffer
	for _, c := range s.cog.present {
		at, precision, ok := s.position(c)
		if !ok {
			return nil, 0, fmt.Errorf("commune %s %s has no position", c.Code, c.Name)
		}
		if precision == territory {
			middles++
		}
		fmt.Fprintf(&out, "%s\t%s\t%d\t%d\t%d\t%s\t%s\n", c.Code, c.Name, c.Population, tenThousandths(at[0]), tenThousandths(at[1]), precision, strings.Join(c.Postal, " "))
	}
	return out.Bytes(), middles, nil
}

// The letters of the precision.
const (
	settlement = "b" // the town or village itself
	territory  = "t" // the middle of the territory
	environs   = "e" // to about ten kilometres
)

func (s *sources) position(c commune) (at point, precision string, ok bool) {
	contour := s.contours[c.Code]
	for i := 0; i < len(c.Former) && len(contour) == 0; i++ {
		contour = s.contours[c.Former[i]]
	}
	if at, ok = s.towns.find(c, contour); ok {
		return at, settlement, true
	}
	if len(contour) > 0 {
		return contour.middle(), territory, true
	}
	at, ok = islands[c.Code]
	return at, environs, ok
}

func tenThousandths(degrees float64) int { return int(math.Round(degrees * 1e4)) }

// formerLines is one line for each name or code that leads to a commune of
// today: code, name, code of that commune, postal codes.
func (s *sources) formerLines() []byte {
	var out bytes.Buffer
	for _, f := range s.cog.tidy(s.names) {
		fmt.Fprintf(&out, "%s\t%s\t%s\t%s\n", f.code, f.name, f.target, f.postal)
	}
	return out.Bytes()
}

// areaLines is one line for each region, then for each department: code, code
// of the region, name, longitude and latitude of its middle, population.
func (s *sources) areaLines() ([]byte, error) {
	var out bytes.Buffer
	people := s.cog.people()
	for _, level := range []struct {
		kind  string
		areas []area
		drawn []feature
	}{{"region", s.cog.regions, s.regions}, {"dep", s.cog.departments, s.departments}} {
		for _, a := range level.areas {
			at, ok := s.areaPosition(a, level.drawn)
			if !ok {
				return nil, fmt.Errorf("%s:%s %s has no position", level.kind, a.Code, a.Name)
			}
			fmt.Fprintf(&out, "%s:%s\tregion:%s\t%s\t%d\t%d\t%d\n", level.kind, a.Code, cmp.Or(a.Region, a.Code), a.Name, tenThousandths(at[0]), tenThousandths(at[1]), people[level.kind+a.Code])
		}
	}
	return out.Bytes(), nil
}

// areaPosition is the middle of a region or department, or where nobody drew
// it, its seat.
func (s *sources) areaPosition(a area, drawn []feature) (point, bool) {
	for _, f := range drawn {
		if f.Code == a.Code {
			return f.Shape.middle(), true
		}
	}
	if at, ok := islands[a.Code]; ok {
		return at, true
	}
	for _, c := range s.cog.present {
		if c.Code == a.Seat {
			at, _, ok := s.position(c)
			return at, ok
		}
	}
	return point{}, false
}
