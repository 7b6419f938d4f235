package geo

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

func TestTheDataAreThoseOfTheManifest(t *testing.T) {
	manifest, err := os.ReadFile("MANIFEST.sha256")
	if err != nil {
		t.Fatal(err)
	}
	embedded := map[string][]byte{
		"areas.tsv": []byte(areasText), "communes.tsv.gz": communesPacked, "former.tsv.gz": formerPacked,
		"regions.geojson.gz": GeoJSON(Region), "departements.geojson.gz": GeoJSON(Department),
	}
	lines := strings.Split(strings.TrimSpace(string(manifest)), "\n")
	if len(lines) != len(embedded) {
		t.Errorf("got %d files in the manifest, want %d", len(lines), len(embedded))
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if got := fmt.Sprintf("%x", sha256.Sum256(embedded[name])); got != sum {
			t.Errorf("%s: got %s, want %s", name, got, sum)
		}
	}
}

func TestOutlinesDrawEveryArea(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		areas int
		limit int // bytes over the wire
	}{{Region, 18, 40 << 10}, {Department, 101, 60 << 10}} {
		outlines := Outlines(c.kind)
		if len(outlines) != c.areas || len(GeoJSON(c.kind)) > c.limit {
			t.Errorf("%s: got %d outlines in %d bytes, want %d in at most %d", c.kind, len(outlines), len(GeoJSON(c.kind)), c.areas, c.limit)
		}
		for _, o := range outlines {
			checkOutline(t, c.kind, o)
		}
	}
	if GeoJSON(Commune) != nil || Outlines(Commune) != nil {
		t.Error("communes have no outlines")
	}
}

func checkOutline(t *testing.T, kind Kind, o Outline) {
	t.Helper()
	p, ok := Lookup(o.Code)
	if !ok || p.Kind != kind || len(o.Polygons) == 0 {
		t.Errorf("%s: got %v", o.Code, p)
		return
	}
	inside := false
	for _, polygon := range o.Polygons {
		for i, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] || (turn(ring) > 0) != (i == 0) {
				t.Errorf("%s: a ring of %d points does not close or turns the wrong way", o.Code, len(ring))
			}
		}
		inside = inside || surrounds(polygon[0], p.Point)
	}
	if !inside {
		t.Errorf("%s: its position %v lies outside", p.Name, p.Point)
	}
}

func turn(ring []Point) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		sum += ring[i-1].Lon*ring[i].Lat - ring[i].Lon*ring[i-1].Lat
	}
	return sum
}

func surrounds(ring []Point, p Point) bool {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if a.Lat > p.Lat != (b.Lat > p.Lat) && p.Lon < a.Lon+(p.Lat-a.Lat)*(b.Lon-a.Lon)/(b.Lat-a.Lat) {
			inside = !inside
		}
	}
	return inside
}

// Neighbours share their line, or a map of them shows gaps: every line of a
// region's land border is drawn once in each direction.
func TestNeighboursShareTheirLine(t *testing.T) {
	type line struct{ a, b Point }
	drawn := map[line]int{}
	for _, o := range Outlines(Department) {
		for _, polygon := range o.Polygons {
			for _, ring := range polygon {
				for i := 1; i < len(ring); i++ {
					drawn[line{ring[i-1], ring[i]}]++
				}
			}
		}
	}
	twice, total := 0, 0
	for l, n := range drawn {
		if n != 1 {
			t.Errorf("%v is drawn %d times in one direction", l, n)
		}
		total++
		if drawn[line{l.b, l.a}] > 0 {
			twice++
		}
	}
	if share := float64(twice) / float64(total); share < 0.6 {
		t.Errorf("got %.2f of the lines shared", share)
	}
}

func TestGeoJSONUnpacks(t *testing.T) {
	for _, k := range []Kind{Region, Department} {
		if _, err := gzip.NewReader(bytes.NewReader(GeoJSON(k))); err != nil {
			t.Error(err)
		}
	}
}

func TestLoadedTablesStaySmall(t *testing.T) {
	c := communes()
	size := len(c.text) + len(c.words) + 4*(cap(c.starts)+cap(c.wordStarts)+cap(c.population)) + 8*cap(c.positions) + 2*cap(c.target)
	if size > 5<<20 {
		t.Errorf("got %d bytes, want at most 5 MiB", size)
	}
	if c.today > math.MaxUint16 {
		t.Errorf("%d rows do not fit the numbers of target", c.today)
	}
	t.Logf("%d bytes", size)
}
