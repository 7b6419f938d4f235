//go:build browser

package page

import (
	"testing"

	"github.com/essaim/essaim/web/browsertest"
)

// A file of tiles is drawn under the map by the browser itself, and nobody else is asked.
func TestTilesOfAFileLieUnderTheMap(t *testing.T) {
	f, err := OpenTiles(tilesIn(t, tileBytes()))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	s.scatter(t)
	s.pages.Tiles = Tiles{File: f, Credit: `© <a href="https://tuiles.example">Tuiles</a>`}
	b := browsertest.Start(t)
	for land, view := range map[string]browsertest.View{"226,223,218": {}, "31,31,31": {Dark: true, Width: 320}} {
		p := b.Open(t, s.Server.URL+"/carte", view)
		until(t, p, `[...document.querySelectorAll(".live canvas")].some(c => c.width > 0 && c.getContext("2d").getImageData(9, 9, 1, 1).data.slice(0, 3).join() === "`+land+`")`)
		if got := eval[string](t, p, `document.querySelector(".live .leaflet-control-attribution").textContent`); got != "© Tuiles" {
			t.Errorf("the map says %q", got)
		}
		p.Check(t)
	}
}
