// Package drawing makes the pictures that pages need to be shared: the code that a
// telephone reads from paper (ISO/IEC 18004), and the card that a link shows as
// elsewhere. It knows no store; its callers decide what may be drawn.
package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"sync"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"rsc.io/qr"
)

const quiet = 4 // modules of white around a code (ISO/IEC 18004 §9.1)

// QR is the code of an address as SVG, black on white whatever the page looks like;
// text says to those who do not see it what it is. Empty when the address is too
// long for a code.
func QR(address, text string) template.HTML {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return ""
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	whole := code.Size + 2*quiet
	return template.HTML(fmt.Sprintf( // numbers, and a text that is escaped
		`<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		whole, whole, template.HTMLEscapeString(text), whole, whole, path.String()))
}

// The size of a card in pixels, as other sites show it best.
const (
	CardWidth  = 1200
	CardHeight = 630
)

// Card is what a link shows as.
type Card struct {
	Site  string // who publishes
	Kind  string
	Title string
	Foot  string // when, where; may be empty
	// Brand is the colour of the lab's pages; zero: that of the software.
	Brand color.RGBA
}

// The colours of a card: those of the light pages.
var (
	paper    = color.RGBA{0xfb, 0xfa, 0xf6, 0xff}
	ink      = color.RGBA{0x1c, 0x24, 0x21, 0xff}
	muted    = color.RGBA{0x55, 0x60, 0x5b, 0xff}
	ownBrand = color.RGBA{0x0f, 0x5b, 0x52, 0xff}
	accent   = color.RGBA{0xb5, 0x47, 0x1b, 0xff}
)

const (
	margin   = 90
	tab      = 28 // the tab at the left edge, as on index cards
	maxLines = 4  // of the title
)

// PNG draws the card. Same card, same bytes.
func (c Card) PNG() ([]byte, error) {
	f, err := faces()
	if err != nil {
		return nil, err
	}
	brand := c.Brand
	if brand == (color.RGBA{}) {
		brand = ownBrand
	}
	bounds := image.Rect(0, 0, CardWidth, CardHeight)
	canvas := image.NewRGBA(bounds)
	draw.Draw(canvas, bounds, image.NewUniform(paper), image.Point{}, draw.Src)
	draw.Draw(canvas, image.Rect(0, 0, tab, CardHeight), image.NewUniform(brand), image.Point{}, draw.Src)
	trail(canvas, brand)
	f.Lock()
	defer f.Unlock()
	write(canvas, f.small, brand, 120, fit(f.small, c.Kind, CardWidth-2*margin))
	y := 215
	for _, line := range wrap(f.large, c.Title, CardWidth-2*margin) {
		write(canvas, f.large, ink, y, line)
		y += 82
	}
	write(canvas, f.small, muted, CardHeight-110, fit(f.small, c.Foot, CardWidth-2*margin))
	write(canvas, f.small, ink, CardHeight-62, fit(f.small, c.Site, CardWidth-2*margin-260))
	return encode(canvas, brand)
}

// trail draws the points that align into a path.
func trail(canvas draw.Image, brand color.RGBA) {
	for i := range 7 {
		x, y, r := CardWidth-margin-240+i*40, CardHeight-70-(i*i)/3, 5+i
		c := image.NewUniform(brand)
		if i == 6 {
			c = image.NewUniform(accent)
		}
		for dy := -r; dy <= r; dy++ {
			for dx := -r; dx <= r; dx++ {
				if dx*dx+dy*dy <= r*r {
					canvas.Set(x+dx, y+dy, c.C)
				}
			}
		}
	}
}

func write(canvas draw.Image, face font.Face, c color.Color, y int, text string) {
	d := font.Drawer{Dst: canvas, Src: image.NewUniform(c), Face: face, Dot: fixed.P(margin, y)}
	d.DrawString(text)
}

// wrap breaks a text into lines of a width; what is too much ends with "…".
func wrap(face font.Face, text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && font.MeasureString(face, longer).Ceil() > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	if lines = append(lines, line); len(lines) > maxLines {
		lines = append(lines[:maxLines-1], strings.Join(lines[maxLines-1:], " "))
	}
	for i := range lines {
		lines[i] = fit(face, lines[i], width)
	}
	return lines
}

// fit cuts a text to a width.
func fit(face font.Face, text string, width int) string {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) > 300 {
		letters = letters[:300] // what no card holds need not be measured
	}
	for n := len(letters); n > 0; n-- {
		short := string(letters[:n])
		if n < len(letters) || len(letters) == 300 {
			short = strings.TrimSpace(short) + "…"
		}
		if font.MeasureString(face, short).Ceil() <= width {
			return short
		}
	}
	return ""
}

// encode writes few colours, so that a card is some ten kilobytes.
func encode(canvas *image.RGBA, brand color.RGBA) ([]byte, error) {
	palette := color.Palette{paper}
	for _, to := range []color.RGBA{ink, muted, brand, accent} {
		for step := 1; step <= 8; step++ {
			mix := func(a, b uint8) uint8 { return uint8((int(a)*(8-step) + int(b)*step) / 8) }
			palette = append(palette, color.RGBA{mix(paper.R, to.R), mix(paper.G, to.G), mix(paper.B, to.B), 0xff})
		}
	}
	small := image.NewPaletted(canvas.Bounds(), palette)
	draw.Draw(small, small.Bounds(), canvas, image.Point{}, draw.Src)
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	return out.Bytes(), err
}

// typeset holds the two sizes of letters; a face is for one goroutine at a time.
type typeset struct {
	sync.Mutex
	large, small font.Face
}

var faces = sync.OnceValues(func() (*typeset, error) {
	large, err := face(gobold.TTF, 68)
	if err != nil {
		return nil, err
	}
	small, err := face(goregular.TTF, 34)
	return &typeset{large: large, small: small}, err
})

func face(ttf []byte, size float64) (font.Face, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read letters: %w", err)
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}
