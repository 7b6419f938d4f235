package page

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strings"

	"github.com/essaim/essaim/web/frame"
)

// Tiles are what lies under the map that moves, beside our own outlines: pictures of
// another server, or a file of this node. The zero Tiles are none.
type Tiles struct {
	Address string    // of pictures: https, with {z}, {x} and {y}; empty: there are none
	File    *TileFile // nil: there is none
	Credit  string    // HTML that says whose they are
}

// origins are the servers that the page may load pictures from.
func (t Tiles) origins() []string {
	scheme, rest, ok := strings.Cut(t.Address, "://")
	if !ok {
		return nil
	}
	host, _, _ := strings.Cut(rest, "/")
	return []string{scheme + "://" + host}
}

// scripts are what the page of the map needs to show them.
func (t Tiles) scripts() []string {
	if t.File == nil {
		return nil
	}
	return []string{"protomaps-leaflet.js"}
}

// TilesPath is where a TileFile is served.
const TilesPath = frame.MapPath + ".pmtiles"

// TileFile is a file of vector tiles that the node serves itself, so that nobody else
// learns who looks at the map. Browsers ask for parts of it and draw them. It is safe for
// concurrent use.
type TileFile struct {
	MaxZoom int // of the tiles; closer, they are made larger
	path    string
}

// Where the header of a file of tiles says what (PMTiles version 3, §3).
const (
	tileMagic   = "PMTiles\x03"
	tileData    = 56 // offset and length of the tiles, eight bytes each
	tileType    = 99
	tileMaxZoom = 101
	tileHeader  = 127 // bytes
	vectorTiles = 1   // Mapbox Vector Tiles
)

// OpenTiles looks at a file of vector tiles. It answers with an error for what is none, or
// not whole.
func OpenTiles(path string) (*TileFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, tileHeader)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if n < tileHeader || string(head[:len(tileMagic)]) != tileMagic || head[tileType] != vectorTiles {
		return nil, fmt.Errorf("%s is no file of vector tiles (PMTiles, version 3)", path)
	}
	from, length := binary.LittleEndian.Uint64(head[tileData:]), binary.LittleEndian.Uint64(head[tileData+8:])
	if size := uint64(info.Size()); length > math.MaxInt64 || from > size || length > size-from {
		return nil, fmt.Errorf("%s is not whole: it has %d bytes", path, size)
	}
	return &TileFile{MaxZoom: int(head[tileMaxZoom]), path: path}, nil
}

// ServeHTTP answers with the parts that are asked for (RFC 9110 §14).
func (t *TileFile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, err := os.Open(t.path)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.pmtiles")
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	http.ServeContent(w, r, "", info.ModTime(), f)
}
