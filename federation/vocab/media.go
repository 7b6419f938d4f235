package vocab

import "strings"

// Media is a picture, a file or a link that a document carries.
type Media struct {
	Type          string // Image, Document, Video, Audio, Link, … or ""
	URL           string // http or https
	MediaType     string // as claimed, lower case; "" if not said
	Alt           string // description for who cannot see it
	Width, Height int    // pixels; 0 if not said
	Blurhash      string
}

// Attachments returns what is attached, leaving out what has no address.
func (d Doc) Attachments() []Media {
	var all []Media
	for _, v := range d.list("attachment") {
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
