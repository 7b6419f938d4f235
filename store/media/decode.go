package media

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"

	"golang.org/x/image/webp"
)

const (
	maxPixels = 40_000_000
	maxSide   = 16_000
	maxMemory = 256 << 20 // bytes that a decoder may need
	maxFrames = 1000      // of a GIF, although only the first is kept
)

// format is a kind of file that can be read.
type format struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formatOf tells a format by the first bytes; names and declared types say
// nothing.
func formatOf(data []byte) (format, bool) {
	switch http.DetectContentType(data) {
	case "image/jpeg":
		return format{jpeg.DecodeConfig, jpeg.Decode}, true
	case "image/png":
		return format{png.DecodeConfig, png.Decode}, true
	case "image/gif":
		return format{gif.DecodeConfig, gif.Decode}, true
	case "image/webp":
		return format{webp.DecodeConfig, webp.Decode}, true
	}
	return format{}, false
}

// decode reads a picture as it was stored, before its orientation is applied.
// memory is about how much that took, in bytes.
func decode(data []byte) (img image.Image, memory int, err error) {
	f, ok := formatOf(data)
	if !ok {
		return nil, 0, wrongType()
	}
	c, err := f.config(bytes.NewReader(data))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return nil, 0, wrongType()
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return nil, 0, tooLarge()
	}
	memory = c.Width * c.Height * pixelBytes(c.ColorModel, data)
	if memory > maxMemory || manyFrames(data) {
		return nil, 0, tooLarge()
	}
	img, err = f.decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Empty() {
		return nil, 0, wrongType()
	}
	return img, memory, nil
}

// pixelBytes is how much a decoder needs for a pixel, at most.
func pixelBytes(m color.Model, data []byte) int {
	if n := jpegCoefficients(data); n > 0 {
		return 4 * (n + 1) // image/jpeg keeps every coefficient as an int32 until the last scan
	}
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.NYCbCrAModel:
		return 8 // x/image/webp decodes the alpha plane as a picture of its own
	}
	return 4
}
