package vocab

import (
	"encoding/json"
	"strings"

	"github.com/essaim/essaim/store"
)

// Media is a picture, a file or a link that a document carries.
type Media struct {
	Type          string // Image, Document, Video, Audio, Link, … or ""
	URL           string // http or https
	MediaType     string // as claimed, lower case; "" if not said
	Alt           string // description for who cannot see it
	Width, Height int    // pixels; 0 if not said
	Blurhash      string
	Focus         [2]float64 // what matters most: right and up of the middle, from -1 to 1
}

// Attachments returns what is attached to be seen or heard, leaving out what has
// no address. A file that carries its sum is for Files to return, also when it
// is a picture.
func (d Doc) Attachments() []Media {
	var all []Media
	for _, v := range d.list("attachment") {
		if o, ok := v.(*object); ok && (Doc{d.whole, o}).Has(sumProperty) {
			continue
		}
		if m, ok := d.mediaOf(v); ok {
			all = append(all, m)
		}
	}
	return all
}

// bestWidth is the largest width, in pixels, that Image prefers.
const bestWidth = 512

// Image returns the picture under key (icon or image): of several sizes the
// largest up to 512 pixels wide. It answers false when there is none.
func (d Doc) Image(key string) (Media, bool) {
	var best Media
	for _, v := range d.list(key) {
		m, ok := d.mediaOf(v)
		if !ok {
			continue
		}
		if best.URL == "" || betterWidth(m.Width, best.Width) {
			best = m
		}
	}
	return best, best.URL != ""
}

func betterWidth(a, b int) bool {
	if a <= bestWidth && b <= bestWidth {
		return a > b
	}
	return a < b
}

// mediaOf reads a bare address, a Link or an Image, and once an image inside of
// an image (Smithereen).
func (d Doc) mediaOf(v any) (Media, bool) {
	switch v := v.(type) {
	case string:
		return Media{URL: webURL(v)}, webURL(v) != ""
	case *object:
		m := Doc{d.whole, v}
		if inner := m.Doc("image"); m.address() == "" && !inner.IsZero() {
			m = inner
		}
		return m.media(), m.address() != ""
	}
	return Media{}, false
}

// address is where a media object lies.
func (d Doc) address() string { return firstOf(d.link("url"), webURL(d.Str("href"))) }

func (d Doc) media() Media {
	w, _ := d.Int("width")
	h, _ := d.Int("height")
	return Media{
		Type:      d.Type(),
		URL:       d.address(),
		MediaType: d.mediaType(),
		Alt:       firstOf(d.Str("name"), d.Str("summary"), d.Str("content")),
		Width:     pixels(w),
		Height:    pixels(h),
		Blurhash:  d.Str("blurhash"),
		Focus:     d.focus(),
	}
}

// pixels forgets what cannot be a measure.
func pixels(n int64) int {
	if n < 0 || n > 1<<16 {
		return 0
	}
	return int(n)
}

// mediaType reads both spellings of the property, without parameters.
func (d Doc) mediaType() string {
	t, _, _ := strings.Cut(firstOf(d.Str("mediaType"), d.Str("mimeType")), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// firstOf returns the first of ss that is not blank.
func firstOf(ss ...string) string {
	for _, s := range ss {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// maxAlt bounds the description of a picture, in characters.
const maxAlt = 1_500

// focus reads Mastodon's focalPoint; the middle for what is none.
func (d Doc) focus() [2]float64 {
	list := d.list("focalPoint")
	if len(list) != 2 {
		return [2]float64{}
	}
	var point [2]float64
	for i, v := range list {
		n, _ := v.(json.Number)
		f, err := n.Float64()
		if err != nil || f < -1 || f > 1 {
			return [2]float64{}
		}
		point[i] = f
	}
	return point
}

func storeImage(m Media, ok bool) *store.Image {
	if !ok {
		return nil
	}
	return &store.Image{
		URL: m.URL, MediaType: m.MediaType, Alt: line(m.Alt, maxAlt),
		Width: m.Width, Height: m.Height, Blurhash: line(m.Blurhash, maxName), Focus: m.Focus,
	}
}

// imageObject writes a picture in its one good width. It says the alternative text
// twice: GoToSocial reads summary, the others name.
func imageObject(i *store.Image) map[string]any {
	m := map[string]any{"type": "Image", "url": i.URL}
	x := extension(m)
	x.set("mediaType", i.MediaType)
	x.set("name", i.Alt)
	x.set("summary", i.Alt)
	x.set("blurhash", i.Blurhash)
	if i.Width > 0 && i.Height > 0 {
		m["width"], m["height"] = i.Width, i.Height
	}
	if i.Focus != [2]float64{} {
		m["focalPoint"] = i.Focus
	}
	return m
}
