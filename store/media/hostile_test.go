package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"
)

func TestPutRefusesWhatIsNoPicture(t *testing.T) {
	m, dir := open(t)
	cases := map[string][]byte{
		"nothing":     nil,
		"text":        []byte("hello"),
		"HTML":        []byte("<!doctype html><script>alert(1)</script>"),
		"SVG":         []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"BMP":         append([]byte("BM"), make([]byte, 200)...),
		"PNG name":    []byte("\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
		"GIF name":    []byte("GIF89a\x01\x00\x01\x00=1;alert(1)"),
		"JPEG name":   []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00<script>"),
		"WebP name":   []byte("RIFF\x10\x00\x00\x00WEBPVP8 \x04\x00\x00\x00abcd"),
		"zero pixels": pngHeader(0, 0, 2),
		"cut PNG":     cut(asPNG(t, photo(100, 100))),
		"cut JPEG":    cut(asJPEG(t, photo(100, 100))),
		"cut GIF":     frames(t, 1)[:20],
		"cut WebP":    webpBytes(t, lossyWebP)[:30],
	}
	for what, data := range cases {
		t.Run(what, func(t *testing.T) { wantRefused(t, m, data, "error.image-type") })
	}
	wantFiles(t, dir, 0)
}

func cut(b []byte) []byte { return b[:len(b)/2] }

func TestPutRefusesBombsBeforeDecoding(t *testing.T) {
	m, dir := open(t)
	cases := map[string][]byte{
		"50,000 × 50,000":            pngHeader(50_000, 50_000, 2),
		"2^31 × 2^31":                pngHeader(1<<31-1, 1<<31-1, 2),
		"one long side":              pngHeader(16_001, 1, 2),
		"40 million and one":         pngHeader(40_000_001/6_667+1, 6_667, 2),
		"16 bits a sample":           pngHeader(8_000, 5_000, 6, 16),
		"progressive":                jpegHeader(markerSOF2, 6_000, 4_000),
		"progressive, stray bytes":   bytes.Replace(jpegHeader(markerSOF2, 6_000, 4_000), []byte{0xff, markerSOF2}, []byte{7, 0xff, 0, 0xff, 0xd3, 0xff, 0xff, markerSOF2}, 1),
		"30,000 frames":              frames30000(t),
		"endless":                    bytes.Repeat([]byte{0}, maxBytes+1),
		"a picture and then a movie": append(asPNG(t, photo(8, 8)), make([]byte, maxBytes)...),
	}
	for what, data := range cases {
		t.Run(what, func(t *testing.T) {
			allocated := testing.AllocsPerRun(1, func() { wantRefused(t, m, data, wantSize(what)) })
			if allocated > 1000 {
				t.Errorf("%v allocations: was it decoded?", allocated)
			}
		})
	}
	wantFiles(t, dir, 0)
}

// wantSize: image/png itself does not believe in 2^62 pixels.
func wantSize(what string) string {
	if what == "2^31 × 2^31" {
		return "error.image-type"
	}
	return "error.image-size"
}

// pngHeader is a PNG that ends where the pixels would begin.
func pngHeader(w, h uint32, colourType byte, depth ...byte) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	ihdr = append(ihdr, append(depth, 8)[0], colourType, 0, 0, 0)
	b := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return binary.BigEndian.AppendUint32(append(b, ihdr...), crc32.ChecksumIEEE(ihdr))
}

// jpegHeader is a JPEG of three components that ends where the pixels would
// begin.
func jpegHeader(frame byte, w, h uint16) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xfe, 0, 2, 0xff, frame, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, h), w)
	return append(b, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, markerSOS, 0, 12)
}

func frames30000(t *testing.T) []byte {
	t.Helper()
	one := frames(t, 2)
	second := one[bytes.LastIndexByte(one, 0x21):] // from its control extension to the trailer
	b := append(bytes.Clone(one[:len(one)-1]), bytes.Repeat(second[:len(second)-1], 30_000)...)
	return append(b, ';')
}

func TestPutTakesWhatIsWithinTheLimits(t *testing.T) {
	m, _ := open(t)
	put(t, m, asPNG(t, image.NewGray(image.Rect(0, 0, 16_000, 200))))
	put(t, m, frames(t, maxFrames))
	wantRefused(t, m, frames(t, maxFrames+1), "error.image-size")
}

// What stands behind, between or beside the pixels stays outside.
func TestPutKeepsNothingButPixels(t *testing.T) {
	m, _ := open(t)
	const secret = "<script>alert(document.domain)</script>"
	pngBytes := asPNG(t, photo(50, 50))
	text := append([]byte("tEXtComment\x00"), secret...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, text...), crc32.ChecksumIEEE(text))
	jpegBytes := asJPEG(t, photo(50, 50))
	comment := append([]byte{0xff, 0xfe, 0, byte(len(secret) + 2)}, secret...)
	cases := map[string][]byte{
		"behind a PNG":          append(bytes.Clone(pngBytes), secret...),
		"in a PNG":              bytes.Join([][]byte{pngBytes[:33], chunk, pngBytes[33:]}, nil),
		"behind a JPEG":         append(bytes.Clone(jpegBytes), "PK\x03\x04"+secret...),
		"in a comment":          bytes.Join([][]byte{jpegBytes[:2], comment, jpegBytes[2:]}, nil),
		"behind a GIF":          append(frames(t, 1), secret...),
		"Exif with a position":  withExif(jpegBytes, exif(binary.BigEndian, 1, secret)),
		"Exif with its own end": withExif(jpegBytes, "Exif\x00\x00"+secret),
	}
	for what, data := range cases {
		t.Run(what, func(t *testing.T) {
			kept, _ := put(t, m, data)
			b, err := m.root.ReadFile(strings.TrimPrefix(kept.URL, Path))
			if err != nil || bytes.Contains(b, []byte("script")) || bytes.Contains(b, []byte("Exif")) {
				t.Errorf("kept it: %v", err)
			}
		})
	}
}

func withExif(jpegBytes []byte, segment string) []byte {
	b := append([]byte{0xff, 0xd8, 0xff, markerAPP1}, byte((len(segment)+2)>>8), byte(len(segment)+2))
	return append(append(b, segment...), jpegBytes[2:]...)
}

// exif is an Exif segment with a text, then an orientation.
func exif(order binary.AppendByteOrder, orientation uint16, text string) string {
	b := []byte("MM\x00*")
	if order.String() == binary.LittleEndian.String() {
		b = []byte("II*\x00")
	}
	b = order.AppendUint16(order.AppendUint32(b, 8), 2)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x013b), 2), uint32(len(text))) // Artist
	b = order.AppendUint32(b, 38)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tagOrientation), typeShort), 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, orientation), 0), 0)
	return "Exif\x00\x00" + string(b) + text
}

// corners has a dark corner of its own at the top left, and a grey one at the
// top right.
func corners() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 96, 48))
	for y := range 48 {
		for x := range 96 {
			v := uint8(255)
			if y < 24 && x < 24 {
				v = 0
			} else if y < 24 && x >= 72 {
				v = 128
			}
			img.SetGray(x, y, color.Gray{v})
		}
	}
	return img
}

func TestPutTurnsPhotosUpright(t *testing.T) {
	m, _ := open(t)
	data := asJPEG(t, corners())
	cases := []struct{ dark, grey image.Point }{ // where they are shown, in quarters: 0 near, 1 far
		1: {image.Pt(0, 0), image.Pt(1, 0)},
		2: {image.Pt(1, 0), image.Pt(0, 0)},
		3: {image.Pt(1, 1), image.Pt(0, 1)},
		4: {image.Pt(0, 1), image.Pt(1, 1)},
		5: {image.Pt(0, 0), image.Pt(0, 1)},
		6: {image.Pt(1, 0), image.Pt(1, 1)},
		7: {image.Pt(1, 1), image.Pt(1, 0)},
		8: {image.Pt(0, 1), image.Pt(0, 0)},
	}
	for o, c := range cases[1:] {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			_, got := put(t, m, withExif(data, exif(order, uint16(o+1), "")))
			if (got.Bounds().Dx() == 48) != sideways(o+1) {
				t.Errorf("orientation %d: %v", o+1, got.Bounds())
			}
			if d, g := level(got, c.dark), level(got, c.grey); d > 10 || g < 118 || g > 138 {
				t.Errorf("orientation %d: dark %d, grey %d", o+1, d, g)
			}
		}
	}
}

func level(img image.Image, corner image.Point) uint8 {
	at := image.Pt(8, 8)
	if corner.X == 1 {
		at.X = img.Bounds().Dx() - 8
	}
	if corner.Y == 1 {
		at.Y = img.Bounds().Dy() - 8
	}
	return color.GrayModel.Convert(img.At(at.X, at.Y)).(color.Gray).Y
}

func TestSidewaysPhotoIsAsWideAsOthers(t *testing.T) {
	m, _ := open(t)
	kept, _ := put(t, m, withExif(asJPEG(t, photo(400, 3200)), exif(binary.BigEndian, 6, "")))
	if kept.Width != 1600 || kept.Height != 200 {
		t.Errorf("got %d×%d, want 1600×200", kept.Width, kept.Height)
	}
}

func TestOrientationOfNonsenseIsUpright(t *testing.T) {
	plain := asJPEG(t, corners())
	for _, segment := range []string{
		"", "Exif\x00\x00", "Exif\x00\x00MM\x00*", "Exif\x00\x00XX\x00*\x00\x00\x00\x08",
		"Exif\x00\x00MM\x00*\xff\xff\xff\xff", "Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01\x12",
		exif(binary.BigEndian, 0, ""), exif(binary.BigEndian, 9, ""),
	} {
		if got := orientation(withExif(plain, segment)); got != 1 {
			t.Errorf("%q: got %d, want 1", segment, got)
		}
	}
}

func TestPutReportsAFailingUpload(t *testing.T) {
	m, _ := open(t)
	r := io.MultiReader(bytes.NewReader(asPNG(t, photo(8, 8))), failing{})
	if _, err := m.Put(t.Context(), r); err == nil || !strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func FuzzPut(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, photo(4, 4)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(webpBytes(f, losslessWebP))
	f.Add(webpBytes(f, lossyWebP))
	f.Add(withExif(jpegHeader(0xc0, 3, 3), exif(binary.LittleEndian, 6, "x")))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := orientation(data); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
		c, err := headerOf(data)
		if err != nil || c.Width*c.Height > 1<<16 {
			manyFrames(data)
			return
		}
		if p, err := process(data); err == nil && (p.image.Width > maxWidth || len(p.data) == 0) {
			t.Errorf("got %+v", p.image)
		}
	})
}

func headerOf(data []byte) (image.Config, error) {
	f, ok := formatOf(data)
	if !ok {
		return image.Config{}, wrongType()
	}
	return f.config(bytes.NewReader(data))
}
