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
	fewColours  = 256      // a drawing has no more
	largeDecode = 64 << 20 // bytes: give them back at once
)

// picture is what is kept of an upload.
type picture struct {
	encoded
	smaller []encoded
	image   store.Image
}

// encoded is a file, whole.
type encoded struct {
	name string
	data []byte
}

// process turns an upload into what is kept of it: itself, and the widths that
// it is wider than.
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
	extension := ".jpg"
	// Transparent parts need a PNG; a drawing is sharper and smaller as one.
	if drawing || !scaled.Opaque() || hasFewColours(scaled) {
		extension = ".png"
	}
	main, err := encode(scaled, extension)
	if err != nil {
		return nil, err
	}
	hash, err := blur(scaled)
	if err != nil {
		return nil, err
	}
	p := &picture{encoded: main, image: store.Image{
		URL: Path + main.name, MediaType: mediaTypeOf(main.name),
		Width: scaled.Rect.Dx(), Height: scaled.Rect.Dy(), Blurhash: hash,
	}}
	return p, p.shrink(scaled, extension)
}

// widths are the smaller ones that are kept, each made of the one before.
var widths = [...]struct {
	pixels int
	at     func(*store.Image) *string
}{
	{store.MediumWidth, func(i *store.Image) *string { return &i.Medium }},
	{store.SmallWidth, func(i *store.Image) *string { return &i.Small }},
}

// shrink makes the smaller widths of a picture.
func (p *picture) shrink(img *image.RGBA, extension string) error {
	for _, w := range widths {
		if img.Rect.Dx() <= w.pixels {
			continue
		}
		img = scale(img, w.pixels, max(1, (p.image.Height*w.pixels+p.image.Width/2)/p.image.Width))
		e, err := encode(img, extension)
		if err != nil {
			return err
		}
		p.smaller = append(p.smaller, e)
		*w.at(&p.image) = Path + e.name
	}
	return nil
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

// encode writes a picture as a file of its kind.
func encode(img *image.RGBA, extension string) (encoded, error) {
	var b bytes.Buffer
	var err error
	if extension == ".png" {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return encoded{}, fmt.Errorf("encode picture: %w", err)
	}
	if b.Len() > maxBytes {
		return encoded{}, tooLarge()
	}
	return encoded{nameFor(b.Bytes(), extension), b.Bytes()}, nil
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
