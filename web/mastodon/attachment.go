package mastodon

import (
	"fmt"
	"strings"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// MediaAttachment is a picture, a film or a sound of a status.
type MediaAttachment struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	URL         *string    `json:"url"`
	PreviewURL  *string    `json:"preview_url"`
	RemoteURL   *string    `json:"remote_url"`
	PreviewRem  *string    `json:"preview_remote_url"`
	TextURL     *string    `json:"text_url"`
	Meta        *MediaMeta `json:"meta"`
	Description *string    `json:"description"`
	Blurhash    *string    `json:"blurhash"`
}

// MediaMeta says how large a picture is.
type MediaMeta struct {
	Original MediaSize  `json:"original"`
	Small    MediaSize  `json:"small"`
	Focus    MediaFocus `json:"focus"`
}

// MediaSize is in pixels; Size is "640x480".
type MediaSize struct {
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Size   string  `json:"size"`
	Aspect float64 `json:"aspect"`
}

// MediaFocus is the point that a cut picture keeps, from -1 to 1.
type MediaFocus struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

const maxAttachments = 16 // of one status

// mediaOf are the pictures and recordings of a record: its own, or what a
// document of others has attached.
func (c *call) mediaOf(r *store.Record, doc vocab.Doc) []MediaAttachment {
	list := []MediaAttachment{}
	attached := doc.Attachments()
	if r.Remote && len(attached) > 0 {
		for i, m := range attached {
			if kind := mediaKind(m); kind != "" && len(list) < maxAttachments {
				img := store.Image{URL: m.URL, Alt: m.Alt, Width: m.Width, Height: m.Height, Blurhash: m.Blurhash, Focus: m.Focus}
				list = append(list, c.attachment(r.ID+store.ID(i), kind, &img))
			}
		}
		return list
	}
	for i, img := range picturesOf(r) {
		list = append(list, c.attachment(r.ID+store.ID(i), "image", &img))
	}
	return list
}

// mediaKind is Mastodon's word for what is attached; empty for what it would not
// show.
func mediaKind(m vocab.Media) string {
	kind, _, _ := strings.Cut(m.MediaType, "/")
	switch {
	case m.MediaType == "image/gif":
		return "image"
	case kind == "image" || kind == "video" || kind == "audio":
		return kind
	case m.Type == "Image" || m.Type == "Video" || m.Type == "Audio":
		return strings.ToLower(m.Type)
	}
	return ""
}

func (c *call) attachment(id store.ID, kind string, img *store.Image) MediaAttachment {
	url := c.absolute(img.URL)
	m := MediaAttachment{
		ID: id.String(), Type: kind, URL: &url, PreviewURL: &url,
		Description: textOrNil(img.Alt), Blurhash: textOrNil(img.Blurhash), Meta: metaOf(img),
	}
	if !c.Node.IsLocal(url) {
		m.RemoteURL = &url
	}
	return m
}

func metaOf(img *store.Image) *MediaMeta {
	if img.Width == 0 || img.Height == 0 {
		return nil
	}
	size := MediaSize{
		Width: img.Width, Height: img.Height, Size: fmt.Sprintf("%dx%d", img.Width, img.Height),
		Aspect: float64(img.Width) / float64(img.Height),
	}
	return &MediaMeta{Original: size, Small: size, Focus: MediaFocus{img.Focus[0], img.Focus[1]}}
}
