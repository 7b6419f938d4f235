package media

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/essaim/essaim/store"
)

const hashDigits = 64 // of the hexadecimal SHA-256 that begins a name

// fileNames are the names that files are kept under: nothing else is ever
// opened.
var fileNames = regexp.MustCompile(`^[0-9a-f]{64}\.[a-z]{2,7}$`)

// hashOf is the SHA-256 of a file that is kept.
func hashOf(file string) string { return file[:hashDigits] }

// mediaTypeOf is the type of a file that is kept; empty when none such is.
func mediaTypeOf(file string) string {
	switch extension := path.Ext(file); extension {
	case ".jpg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	default:
		return fileTypes[extension].mediaType
	}
}

// fileIn is the file that a path below Path leads to, and the name under which
// it is to be downloaded; empty where the path has none.
func fileIn(path string) (file, name string, ok bool) {
	rest, under := strings.CutPrefix(path, Path)
	file, name, named := strings.Cut(rest, "/")
	ok = under && fileNames.MatchString(file) && mediaTypeOf(file) != ""
	return file, name, ok && named == (name != "") && !strings.Contains(name, "/")
}

// filePath is where a file is downloaded under the name that its owner gave it.
func filePath(file, name string) string { return Path + file + "/" + url.PathEscape(name) }

// downloadName is what a file is called on the disk of who downloads it: as its
// address says, with the extension of what it is.
func downloadName(file, name string) string {
	if name = fileName(name); name == "" {
		return file
	}
	return withExtension(name, path.Ext(file))
}

// fileName is the last part of a name, as short as people read it and without
// what would make it look like another: signs that are not seen, or that turn
// the text round.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	return withExtension(name, extensionOf(name))
}

// withExtension gives a name another extension, and cuts it where it is too
// long.
func withExtension(name, extension string) string {
	stem := []rune(name[:len(name)-len(extensionOf(name))])
	stem = stem[:min(len(stem), store.MaxAttachmentName-len(extension))]
	return string(stem) + extension
}

// extensionOf is the end of a name from its last point, in lower case; nothing
// where no type is called so.
func extensionOf(name string) string {
	extension := strings.ToLower(path.Ext(name))
	if len(extension) > len(".geojson") || extension == name {
		return ""
	}
	return extension
}
