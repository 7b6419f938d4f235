package media

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"runtime/debug"

	"github.com/bbrks/go-blurhash"
	"golang.org/x/image/draw"

	"github.com/essaim/essaim/store"
)

const (
	maxWidth    = 1600     // pixels
	jpegQuality = 85       // of 100
	fewColours  = 256      // a drawing has no more, and is smaller and sharper as a PNG
	largeDecode = 64 << 20 // bytes: give them back at once
)

// picture is what is kept of an upload.
type picture struct {
	data      []byte
	extension string
	image     store.Image
}

// process turns an upload into what is kept of it.
func process(data []byte) (*picture, error) {
	img, memory, err := decode(data)
	if err != nil {
		return nil, err
	}
	_, drawing := img.(*image.Paletted)
	scaled := fit(img, orientation(data))
	if memory > largeDecode {
		debug.FreeOSMemory() // the next one may come before the collector does
	}
	return encode(scaled, drawing)
}

// fit turns a picture upright and scales it down to the width that is shown.
func fit(img image.Image, orientation int) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	wide := w
	if sideways(orientation) {
		wide = h
	}
	if wide > maxWidth {
		w, h = max(1, w*maxWidth/wide), max(1, h*maxWidth/wide)
	}
	return upright(scale(img, w, h), orientation)
}

// encode writes a picture as a PNG when it has transparent parts or is a
// drawing, and else as a JPEG.
func encode(img *image.RGBA, drawing bool) (*picture, error) {
	var b bytes.Buffer
	var err error
	p := &picture{extension: ".jpg", image: store.Image{MediaType: "image/jpeg", Width: img.Rect.Dx(), Height: img.Rect.Dy()}}
	if drawing || !img.Opaque() || hasFewColours(img) {
		p.extension, p.image.MediaType = ".png", "image/png"
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	if b.Len() > maxBytes {
		return nil, tooLarge()
	}
	p.data = b.Bytes()
	p.image.Blurhash, err = blur(img)
	return p, err
}

func hasFewColours(img *image.RGBA) bool {
	seen := make(map[[4]byte]struct{}, fewColours+1)
	for i := 0; i+4 <= len(img.Pix); i += 4 {
		seen[[4]byte(img.Pix[i:])] = struct{}{}
		if len(seen) > fewColours {
			return false
		}
	}
	return true
}

// blur is the blurhash, which pages paint until the picture is there. It says
// too little to need more than a thumbnail.
func blur(img *image.RGBA) (string, error) {
	const side = 32
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.ApproxBiLinear.Scale(small, small.Rect, img, img.Rect, draw.Src, nil)
	hash, err := blurhash.Encode(4, 3, small)
	if err != nil {
		return "", fmt.Errorf("blurhash: %w", err)
	}
	return hash, nil
}
