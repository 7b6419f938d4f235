package web_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// upload sends a file as an app does.
func (n node) upload(t *testing.T, token, name string, file io.Reader) (*http.Response, error) {
	t.Helper()
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if _, err := form.CreateFormFile("file", name); err != nil {
		t.Fatal(err)
	}
	end := "\r\n--" + form.Boundary() + "--\r\n"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/api/v2/media", io.MultiReader(&head, file, strings.NewReader(end)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {form.FormDataContentType()}, "Authorization": {"Bearer " + token}}
	return n.visitor(t).Do(r)
}

// kept uploads a picture and returns the answer to its address.
func (n node) kept(t *testing.T, token, name string, file []byte) (*http.Response, []byte) {
	t.Helper()
	res, err := n.upload(t, token, name, bytes.NewReader(file))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %v, %v", name, res, err)
	}
	address, _ := object(t, res)["url"].(string)
	served := n.visitor(t).do(t, http.MethodGet, address, http.Header{}, nil)
	return served, []byte(body(t, served))
}

// pngClaiming is a picture that says it has so many pixels, and holds a few.
func pngClaiming(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 2, 0, 0, 0)
	b := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return binary.BigEndian.AppendUint32(append(b, ihdr...), crc32.ChecksumIEEE(ihdr))
}

// black is a real picture of zeroes: small on the wire, large in memory.
func black(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	fast := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := fast.Encode(&b, image.NewPaletted(image.Rect(0, 0, side, side), palette.WebSafe)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// movie is a GIF of many frames.
func movie(t *testing.T, frames int) []byte {
	t.Helper()
	frame := image.NewPaletted(image.Rect(0, 0, 1, 1), palette.WebSafe[:2])
	g := &gif.GIF{}
	for range frames {
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 0)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesAreServedAsPicturesAndNothingElse(t *testing.T) { // M01, M04, W11
	t.Parallel()
	n := start(t, "estran")
	token := n.token(t, "yann", "read write")
	res, _ := n.kept(t, token, "x.png", black(t, 40))
	if got := res.Header; got.Get("Content-Type") != "image/png" || got.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("got %v", got)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 40)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00GPS 48.11 -1.68 Soizic<script>alert(1)</script>"
	segment := append([]byte{0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, exif...)
	res, shown := n.kept(t, token, "x.html", bytes.Join([][]byte{photo.Bytes()[:2], segment, photo.Bytes()[2:], []byte("<script>alert(2)</script>")}, nil))
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "image/") {
		t.Errorf("got %q", got)
	}
	for _, secret := range []string{"GPS", "Soizic", "Exif", "script"} {
		if bytes.Contains(shown, []byte(secret)) {
			t.Errorf("the picture still holds %q", secret)
		}
	}
}

// TestPicturesThatExplodeAreRefused sends bombs, polyglots and too much; memory
// stays what it was.
func TestPicturesThatExplodeAreRefused(t *testing.T) { // M03, M05
	n := start(t, "estran")
	token := n.token(t, "yann", "read write")
	bombs := map[string][]byte{
		"50,000 × 50,000": pngClaiming(50_000, 50_000), "20,000 × 20,000 zeroes": black(t, 20_000), "30,000 frames": movie(t, 30_000),
		"SVG": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "HTML": []byte("<!doctype html><script>alert(1)</script>"),
		"PDF": []byte("%PDF-1.7\n"), "nothing": nil,
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, bomb := range bombs {
		res, err := n.upload(t, token, "x.png", bytes.NewReader(bomb))
		if err != nil || res.StatusCode < 400 || res.StatusCode > 499 {
			t.Errorf("%s: got %v, %v", name, res, err)
		}
	}
	sent := longForm(64 << 20)
	if res, err := n.upload(t, token, "x.png", sent); err == nil && (res.StatusCode < 400 || res.StatusCode > 499) {
		t.Errorf("64 MiB: got %d", res.StatusCode)
	}
	if left := sent.left.Load(); left < 32<<20 {
		t.Errorf("64 MiB: %d MiB of it were read", (64<<20-left)>>20)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 300<<20 {
		t.Errorf("allocated %d MiB", grown>>20)
	}
}
