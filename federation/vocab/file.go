package vocab

import (
	"path"
	"strings"

	"github.com/essaim/essaim/store"
)

const (
	sumProperty  = EssaimPrefix + "sha256"
	langProperty = EssaimPrefix + "lang"
	maxFiles     = 50 // of a record of another server
)

// fileObjects writes files as the Documents that they are attached as, with the
// size in bytes and, in our own terms, the SHA-256 and the language.
func fileObjects(files []store.Attachment) []map[string]any {
	list := make([]map[string]any, len(files))
	for i, f := range files {
		x := extension{"type": "Document", "url": f.URL}
		x.set("name", f.Name)
		x.set("mediaType", f.MediaType)
		x.set(sumProperty, f.SHA256)
		x.set(langProperty, f.Lang)
		if f.Size > 0 {
			x["size"] = f.Size
		}
		list[i] = x
	}
	return list
}

// Files returns the files that are attached to be read: Documents that are no
// picture, sound or film, or that carry their SHA-256. What is said of them is
// not proven; nothing is fetched.
func (d Doc) Files() []store.Attachment {
	var files []store.Attachment
	for _, v := range d.list("attachment") {
		o, ok := v.(*object)
		if !ok || len(files) == maxFiles {
			continue
		}
		if f, ok := (Doc{d.whole, o}).file(); ok {
			files = append(files, f)
		}
	}
	return files
}

func (d Doc) file() (store.Attachment, bool) {
	size, _ := d.Int("size")
	f := store.Attachment{
		URL: d.address(), Name: line(d.Str("name"), store.MaxAttachmentName), MediaType: line(d.mediaType(), maxName),
		Size: max(size, 0), SHA256: strings.ToLower(d.Str(sumProperty)), Lang: line(d.Str(langProperty), maxName),
	}
	if !isSum(f.SHA256) {
		f.SHA256 = ""
	}
	if f.Name == "" {
		f.Name = line(path.Base(f.URL), store.MaxAttachmentName)
	}
	kind, _, _ := strings.Cut(f.MediaType, "/")
	seen := kind == "" || kind == "image" || kind == "video" || kind == "audio"
	return f, f.URL != "" && d.Type() == "Document" && (!seen || f.SHA256 != "")
}

func isSum(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }
