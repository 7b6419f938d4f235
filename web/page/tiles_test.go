package page

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// earth is a vector tile that is nothing but land.
const earth = "\x1a\x20\x0a\x05earth\x12\x12\x18\x03\x22\x0e\x09\x00\x00\x1a\x80\x40\x00\x00\x80\x40\xff\x3f\x00\x0f\x28\x80\x20\x78\x02"

// tileBytes is a file with the earth everywhere, down to zoom 6 (PMTiles version 3, §3 and
// §4).
func tileBytes() []byte {
	const deepest, everywhere = 6, (1<<14 - 1) / 3 // tiles of the zooms 0 to 6
	directory := []byte{1, 0}
	for _, n := range []uint64{everywhere, uint64(len(earth)), 1} {
		directory = binary.AppendUvarint(directory, n)
	}
	head := []byte(tileMagic)
	at := uint64(tileHeader)
	for _, length := range []int{len(directory), len("{}"), 0, len(earth)} {
		head = binary.LittleEndian.AppendUint64(head, at)
		head = binary.LittleEndian.AppendUint64(head, uint64(length))
		at += uint64(length)
	}
	for _, count := range []uint64{everywhere, 1, 1} {
		head = binary.LittleEndian.AppendUint64(head, count)
	}
	head = append(head, 1, 1, 1, vectorTiles, 0, deepest)
	for _, degrees := range []int32{-180e7, -85e7, 180e7, 85e7} {
		head = binary.LittleEndian.AppendUint32(head, uint32(degrees))
	}
	head = append(head, make([]byte, tileHeader-len(head))...)
	return append(append(append(head, directory...), "{}"...), earth...)
}

func tilesIn(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fond.pmtiles")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOnlyAWholeFileOfTilesIsTaken(t *testing.T) {
	good := tileBytes()
	changed := func(at int, to byte) []byte {
		b := bytes.Clone(good)
		b[at] = to
		return b
	}
	for name, c := range map[string]struct {
		data []byte
		want string // of the error
	}{
		"whole": {good, ""}, "empty": {nil, "no file of vector tiles"}, "short": {good[:90], "no file of vector tiles"},
		"another format":  {[]byte(strings.Repeat("SQLite format 3\x00", 10)), "no file of vector tiles"},
		"another version": {changed(7, 2), "no file of vector tiles"}, "pictures": {changed(tileType, 2), "no file of vector tiles"},
		"half":     {good[:len(good)-1], "not whole"},
		"too much": {changed(tileData+15, 0xff), "not whole"}, "too far": {changed(tileData+7, 0xff), "not whole"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := OpenTiles(tilesIn(t, c.data))
			if c.want == "" && (err != nil || f.MaxZoom != 6) {
				t.Errorf("got %+v, %v", f, err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := OpenTiles(filepath.Join(t.TempDir(), "nothing")); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}

func TestTilesAreServedInParts(t *testing.T) {
	data := tileBytes()
	path := tilesIn(t, data)
	f, err := OpenTiles(path)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(ranges string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, TilesPath, nil)
		r.Header.Set("Range", ranges)
		r.Header.Set("Accept-Encoding", "gzip")
		f.ServeHTTP(w, r)
		return w
	}
	w := ask("bytes=127-131")
	if w.Code != http.StatusPartialContent || !bytes.Equal(w.Body.Bytes(), data[127:132]) || w.Header().Get("Etag") == "" || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("got %d, %q, %v", w.Code, w.Body, w.Header())
	}
	if w := ask("bytes=9999999-"); w.Code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond its end: got %d", w.Code)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if w := ask("bytes=0-1"); w.Code != http.StatusNotFound {
		t.Errorf("of a file that is gone: got %d", w.Code)
	}
}

// Nobody else is asked, and nothing is loaded for what is not there.
func TestAFileOfTilesIsNamedOnTheMapAlone(t *testing.T) {
	for _, chosen := range []bool{false, true} {
		s := newSite(t)
		if chosen {
			f, err := OpenTiles(tilesIn(t, tileBytes()))
			if err != nil {
				t.Fatal(err)
			}
			s.pages.Tiles = Tiles{File: f, Credit: "© Tuiles"}
		}
		for path, shown := range map[string]bool{"/carte": chosen, "/": false} {
			a := s.Visitor(t).Get(path)
			for _, text := range []string{`data-file="/carte.pmtiles" data-zoom="6" data-credit="© Tuiles"`, "/static/protomaps-leaflet."} {
				if got := a.Has(text); got != shown {
					t.Errorf("%s: %v that it has %s", path, got, text)
				}
			}
			if policy := a.Header.Get("Content-Security-Policy"); path == "/carte" && !strings.Contains(policy, "img-src 'self' data:; ") {
				t.Errorf("%s: %s", path, policy)
			}
		}
		if s.Visitor(t).Get("/donnees-personnelles").Has("page Carte") {
			t.Error("the page on privacy names somebody")
		}
	}
}

func FuzzOpenTiles(f *testing.F) {
	f.Add(tileBytes())
	f.Add([]byte(tileMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if file, err := OpenTiles(path); err == nil && (file.MaxZoom > 255 || len(data) < tileHeader) {
			t.Errorf("got %+v", file)
		}
	})
}
