package media

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func open(t *testing.T) (*Media, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "media")
	m, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m, dir
}

func put(t *testing.T, m *Media, data []byte) (*store.Image, image.Image) {
	t.Helper()
	kept, err := m.Put(t.Context(), bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.root.ReadFile(strings.TrimPrefix(kept.URL, Path))
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got != image.Pt(kept.Width, kept.Height) {
		t.Errorf("size: said %d×%d, is %v", kept.Width, kept.Height, got)
	}
	return kept, img
}

func wantRefused(t *testing.T, m *Media, data []byte, reason string) {
	t.Helper()
	_, err := m.Put(t.Context(), bytes.NewReader(data))
	field, ok := errors.AsType[*store.FieldError](err)
	if !ok || field.Field != "image" || field.Reason != reason {
		t.Errorf("got %v, want field image: %s", err, reason)
	}
}

func wantFiles(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != want {
		t.Errorf("files: got %v %v, want %d", entries, err, want)
	}
}

// photo has many colours, and is the same every time.
func photo(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rnd := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), uint8(rnd.IntN(40)), 255})
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPutKeepsPhotosAsJPEG(t *testing.T) {
	m, dir := open(t)
	kept, _ := put(t, m, asJPEG(t, photo(300, 200)))
	if kept.MediaType != "image/jpeg" || kept.Width != 300 || kept.Height != 200 {
		t.Errorf("got %+v", kept)
	}
	if !fileNames.MatchString(strings.TrimPrefix(kept.URL, "/media/")) || !strings.HasSuffix(kept.URL, ".jpg") {
		t.Errorf("url: got %q", kept.URL)
	}
	if len(kept.Blurhash) != 28 { // 4 × 3 components
		t.Errorf("blurhash: got %q", kept.Blurhash)
	}
	wantFiles(t, dir, 1)
}

func TestPutTwiceIsOneFile(t *testing.T) {
	m, dir := open(t)
	data := asJPEG(t, photo(64, 64))
	first, _ := put(t, m, data)
	second, _ := put(t, m, data)
	if *first != *second {
		t.Errorf("got %+v, want %+v", second, first)
	}
	other, _ := put(t, m, asJPEG(t, photo(64, 65)))
	if other.URL == first.URL {
		t.Error("another picture has the same name")
	}
	wantFiles(t, dir, 2)
}

func TestPutRepairsADamagedFile(t *testing.T) {
	m, dir := open(t)
	data := asJPEG(t, photo(64, 64))
	kept, _ := put(t, m, data)
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(kept.URL)), []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, m, data)
}

func TestPutScalesDownToTheWidthThatIsShown(t *testing.T) {
	m, _ := open(t)
	cases := []struct{ w, h, wantW, wantH int }{
		{1600, 100, 1600, 100},
		{3200, 100, 1600, 50},
		{1601, 10, 1600, 9},
		{4000, 1, 1600, 1},
		{20, 3000, 20, 3000},
	}
	for _, c := range cases {
		kept, _ := put(t, m, asPNG(t, photo(c.w, c.h)))
		if kept.Width != c.wantW || kept.Height != c.wantH {
			t.Errorf("%d×%d: got %d×%d, want %d×%d", c.w, c.h, kept.Width, kept.Height, c.wantW, c.wantH)
		}
	}
}

func TestPutKeepsThreeWidths(t *testing.T) {
	m, dir := open(t)
	for _, c := range []struct{ w, h, small, medium, files int }{
		{4000, 300, 400, 800, 3},
		{1600, 900, 400, 800, 6},
		{801, 3, 400, 800, 9},
		{800, 600, 400, 0, 11},
		{401, 1, 400, 0, 13},
		{400, 900, 0, 0, 14}, // never enlarged
	} {
		kept, _ := put(t, m, asJPEG(t, photo(c.w, c.h)))
		wantWidth(t, m, kept, kept.Small, c.small)
		wantWidth(t, m, kept, kept.Medium, c.medium)
		wantFiles(t, dir, c.files)
	}
}

// wantWidth wants a smaller width of a picture, with its proportions and nothing
// but pixels; 0: none.
func wantWidth(t *testing.T, m *Media, main *store.Image, address string, width int) {
	t.Helper()
	if width == 0 {
		if address != "" {
			t.Errorf("%d × %d: there is %s", main.Width, main.Height, address)
		}
		return
	}
	b, err := m.root.ReadFile(strings.TrimPrefix(address, Path))
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if want := max(1, (main.Height*width+main.Width/2)/main.Width); err != nil || c.Width != width || c.Height != want {
		t.Errorf("%d × %d: got %d × %d %v, want %d × %d", main.Width, main.Height, c.Width, c.Height, err, width, want)
	}
}

func TestSmallerWidthsOfATransparentPictureAreTransparent(t *testing.T) {
	m, _ := open(t)
	kept, _ := put(t, m, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 1000, 10))))
	if path.Ext(kept.Small) != ".png" || path.Ext(kept.Medium) != ".png" {
		t.Errorf("got %+v", kept)
	}
}

func TestScalingInStripsLeavesNoSeams(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 1000, 1000))
	for y := range 1000 {
		for x := range 1000 {
			src.SetRGBA(x, y, color.RGBA{uint8(x / 4), uint8(y / 4), 0, 255})
		}
	}
	dst := scale(src, 500, 500)
	for i := 2; i < 499; i++ {
		across := int(dst.RGBAAt(i, 250).R) - int(dst.RGBAAt(i-1, 250).R)
		down := int(dst.RGBAAt(250, i).G) - int(dst.RGBAAt(250, i-1).G)
		if across < 0 || across > 1 || down < 0 || down > 1 {
			t.Fatalf("step at %d: across %d, down %d", i, across, down)
		}
	}
}

func TestPutKeepsTransparency(t *testing.T) {
	m, _ := open(t)
	img := image.NewNRGBA(image.Rect(0, 0, 2000, 20))
	for x := range 2000 {
		for y := range 20 {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), 90, uint8(x / 8)})
		}
	}
	kept, got := put(t, m, asPNG(t, img))
	if kept.MediaType != "image/png" || !strings.HasSuffix(kept.URL, ".png") {
		t.Errorf("got %+v", kept)
	}
	_, _, _, left := got.At(2, 8).RGBA()
	_, _, _, right := got.At(1598, 8).RGBA()
	if left>>8 > 2 || right>>8 < 246 {
		t.Errorf("alpha: got %d and %d", left>>8, right>>8)
	}
}

func TestPutKeepsDrawingsSharp(t *testing.T) {
	m, _ := open(t)
	img := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	img.SetRGBA(20, 20, color.RGBA{200, 0, 0, 255})
	kept, got := put(t, m, asPNG(t, img))
	if r, g, _, _ := got.At(20, 20).RGBA(); kept.MediaType != "image/png" || r>>8 != 200 || g != 0 {
		t.Errorf("got %s, %d %d", kept.MediaType, r>>8, g)
	}
}

func TestPutTakesTheFirstFrame(t *testing.T) {
	m, _ := open(t)
	kept, got := put(t, m, frames(t, 3))
	if r, _, _, _ := got.At(0, 0).RGBA(); kept.MediaType != "image/png" || r>>8 != 0xff {
		t.Errorf("got %s, %v", kept.MediaType, got.At(0, 0))
	}
}

// frames is a GIF whose first frame is white and whose others are black.
func frames(t testing.TB, n int) []byte {
	t.Helper()
	var g gif.GIF
	for i := range n {
		frame := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.White, color.Black})
		for j := range frame.Pix {
			frame.Pix[j] = uint8(min(i, 1))
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPutTakesWebP(t *testing.T) {
	m, _ := open(t)
	for _, s := range []string{losslessWebP, lossyWebP} {
		kept, _ := put(t, m, webpBytes(t, s))
		if kept.Width != 1 || kept.Height != 1 {
			t.Errorf("got %+v", kept)
		}
	}
}

// The smallest pictures of the two forms of WebP: one pixel each.
const (
	losslessWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
	lossyWebP    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
)

func webpBytes(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOneDecodesAtATime(t *testing.T) {
	m, _ := open(t)
	m.decoding <- struct{}{} // somebody decodes
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Put(ctx, bytes.NewReader(frames(t, 1))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	<-m.decoding
	put(t, m, frames(t, 1))
	wantRefused(t, m, nil, "error.image-type")
	put(t, m, frames(t, 1)) // a refused one gave its turn back
}

// A crash after the file was written and before it got its name.
func TestUnfinishedUploadIsInvisibleAndRemoved(t *testing.T) {
	m, dir := open(t)
	f, err := m.temporary()
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	temp := filepath.Base(f.Name())
	wantStatus(t, m, "GET", "/media/"+temp, 404)
	reopen := func() {
		t.Helper()
		m, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
	}
	reopen()
	wantFiles(t, dir, 1) // young: it may be another process's
	old := time.Now().Add(-2 * staleTemp)
	if err := os.Chtimes(filepath.Join(dir, temp), old, old); err != nil {
		t.Fatal(err)
	}
	reopen()
	wantFiles(t, dir, 0)
}

func TestOpenNeedsAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, Options{}); err == nil {
		t.Error("opened a file")
	}
}
