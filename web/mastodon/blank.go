package mastodon

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strconv"
)

// Apps break on accounts without pictures. Those who have none get these, under
// the names by which apps know that they stand for nothing.
const (
	avatarPath = "/avatars/original/missing.png"
	headerPath = "/headers/original/missing.png"
)

var (
	cloth = color.RGBA{R: 0xe9, G: 0xe4, B: 0xd8, A: 0xff}
	ink   = color.RGBA{R: 0x1d, G: 0x4e, B: 0x5f, A: 0xff}
)

// blankAvatar is a head and its shoulders.
func blankAvatar() []byte {
	const side = 400
	return picture(side, side, func(x, y int) bool {
		head := within(x-side/2, y-155, 72, 72)
		shoulders := within(x-side/2, y-400, 150, 140)
		return head || shoulders
	})
}

// blankHeader is plain.
func blankHeader() []byte { return picture(700, 235, func(int, int) bool { return false }) }

func within(x, y, rx, ry int) bool { return x*x*ry*ry+y*y*rx*rx <= rx*rx*ry*ry }

func picture(w, h int, inked func(x, y int) bool) []byte {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{cloth, ink})
	for y := range h {
		for x := range w {
			if inked(x, y) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a picture of our own
	}
	return b.Bytes()
}

func serveImage(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		allowOrigins(w.Header())
		w.Header().Set("Cache-Control", "public, max-age=86400")
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data)
	}
}
