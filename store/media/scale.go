package media

import (
	"image"

	"golang.org/x/image/draw"
)

// scale draws src at another size. It works on strips, first across and then
// down: draw keeps 32 bytes for every pixel of a step, too much for a whole
// picture.
func scale(src image.Image, w, h int) *image.RGBA {
	const strip = 128
	b := src.Bounds()
	across := image.NewRGBA(image.Rect(0, 0, w, b.Dy()))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(across, across.Rect, src, b.Min, draw.Src)
		return across
	}
	scaler := draw.CatmullRom.NewScaler(w, strip, b.Dx(), strip)
	for y := 0; y < b.Dy(); y += strip {
		rows := image.Rect(0, y, w, min(y+strip, b.Dy()))
		scaler.Scale(across, rows, src, image.Rect(b.Min.X, b.Min.Y+y, b.Max.X, b.Min.Y+rows.Max.Y), draw.Src, nil)
	}
	if h == b.Dy() {
		return across
	}
	down := image.NewRGBA(image.Rect(0, 0, w, h))
	scaler = draw.CatmullRom.NewScaler(strip, h, strip, b.Dy())
	for x := 0; x < w; x += strip {
		columns := image.Rect(x, 0, min(x+strip, w), h)
		scaler.Scale(down, columns, across, image.Rect(x, 0, columns.Max.X, b.Dy()), draw.Src, nil)
	}
	return down
}

// sideways says whether an Exif orientation swaps width and height.
func sideways(orientation int) bool { return orientation >= 5 }

// upright undoes an Exif orientation (CIPA DC-008 §4.6.5).
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if sideways(orientation) {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			to := turn(orientation, x, y, w-1, h-1)
			copy(dst.Pix[dst.PixOffset(to.X, to.Y):], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}

// turn is where a stored pixel is shown; right and bottom are the last column
// and row of what is stored.
func turn(orientation, x, y, right, bottom int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(right-x, y)
	case 3:
		return image.Pt(right-x, bottom-y)
	case 4:
		return image.Pt(x, bottom-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(bottom-y, x)
	case 7:
		return image.Pt(bottom-y, right-x)
	case 8:
		return image.Pt(y, right-x)
	}
	return image.Pt(x, y)
}
