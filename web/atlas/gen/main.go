// Gen writes the drawings of the land into a folder: regions.svg and
// departements.svg. It is run by go generate in web/atlas.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/atlas"
)

func main() {
	for name, kind := range map[string]geo.Kind{atlas.Regions: geo.Region, atlas.Departments: geo.Department} {
		file := filepath.Join(os.Args[1], name+".svg")
		if err := os.WriteFile(file, atlas.Drawing(kind), 0o644); err != nil { //nolint:gosec // a developer's folder
			log.Fatal(err)
		}
	}
}
