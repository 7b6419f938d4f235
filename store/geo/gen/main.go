// Gen makes the data that package geo embeds, from the sources that
// ../LICENCES.md names, at the exact versions of sources.go. It needs npm, tar
// and git; building and running Essaim does not. It runs in store/geo:
//
//	go generate ./store/geo
//
// The contours come from a git repository. A copy of it on this machine spares
// the download:
//
//	cd store/geo && go run ./gen -contours /path/to/france-geojson
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		log.Fatal(err)
	}
}

func run(args []string, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	contours := flags.String("contours", contoursRepository, "git repository of the contours: an address or a folder")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "geo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	src, err := gather(dir, *contours)
	if err != nil {
		return err
	}
	out, err := src.make()
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d communes, %d of them by the middle of their territory\n", out.communes, out.middles)
	return writeAll(".", out.files)
}

// made is what the sources give.
type made struct {
	files             map[string][]byte // as they lie, by name
	communes, middles int
}

func (s *sources) make() (*made, error) {
	m := &made{files: map[string][]byte{}}
	text, middles, err := s.communeLines()
	if err != nil {
		return nil, err
	}
	m.communes, m.middles = len(s.cog.present), middles
	if m.files["areas.tsv"], err = s.areaLines(); err != nil {
		return nil, err
	}
	for name, data := range map[string][]byte{
		"communes.tsv.gz": text, "former.tsv.gz": s.formerLines(),
		"regions.geojson.gz":      outlines(s.regions, "region:", 0.0002, 0.001),
		"departements.geojson.gz": outlines(s.departments, "dep:", 0.0002, 0.001),
	} {
		if m.files[name], err = pack(data); err != nil {
			return nil, err
		}
	}
	return m, nil
}
