package media

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// sniffed is how many bytes of a file tell its type.
const sniffed = 4 << 10

// fileType is a type of file that is taken.
type fileType struct {
	mediaType string
	is        func(f content, mediaType string) bool
}

// content is what tells the type of a file.
type content struct {
	head []byte // its first bytes
	file io.ReaderAt
	size int64
}

const (
	openDocument = "application/vnd.oasis.opendocument."
	office       = "application/vnd.openxmlformats-officedocument."
)

// fileTypes are those by extension. HTML is not among them.
var fileTypes = map[string]fileType{
	".pdf":     {"application/pdf", isPDF},
	".odt":     {openDocument + "text", isOpenDocument},
	".ods":     {openDocument + "spreadsheet", isOpenDocument},
	".odp":     {openDocument + "presentation", isOpenDocument},
	".odg":     {openDocument + "graphics", isOpenDocument},
	".docx":    {office + "wordprocessingml.document", isOffice("word/")},
	".xlsx":    {office + "spreadsheetml.sheet", isOffice("xl/")},
	".pptx":    {office + "presentationml.presentation", isOffice("ppt/")},
	".txt":     {"text/plain", isText},
	".csv":     {"text/csv", isText},
	".md":      {"text/markdown", isText},
	".json":    {"application/json", isJSON},
	".geojson": {"application/geo+json", isJSON},
	".svg":     {"image/svg+xml", isSVG},
	".zip":     {"application/zip", isZIP},
}

var pictureExtensions = map[string]bool{".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true}

// Accepts lists the files that PutFile takes as the attribute accept of an input
// does.
func (*Media) Accepts() string {
	all := append(slices.Collect(maps.Keys(fileTypes)), slices.Collect(maps.Keys(pictureExtensions))...)
	slices.Sort(all)
	return strings.Join(all, ",")
}

// fits says whether a file of size bytes is of the type.
func (t fileType) fits(file io.ReaderAt, size int64) bool {
	head := make([]byte, min(size, sniffed))
	n, _ := file.ReadAt(head, 0)
	return t.is(content{head[:n], file, size}, t.mediaType)
}

func isPDF(c content, _ string) bool { return bytes.HasPrefix(c.head, []byte("%PDF-")) }

// isText takes any encoding, since tables from office programs are seldom UTF-8;
// what a browser would take for anything but plain text is not.
func isText(c content, _ string) bool {
	return strings.HasPrefix(http.DetectContentType(c.head), "text/plain")
}

func isJSON(c content, mediaType string) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(c.head, []byte("\ufeff")), " \t\r\n")
	return isText(c, mediaType) && len(start) > 0 && (start[0] == '{' || start[0] == '[')
}

const svgNamespace = "http://www.w3.org/2000/svg"

func isSVG(c content, _ string) bool {
	d := xml.NewDecoder(bytes.NewReader(c.head))
	for {
		t, err := d.Token()
		if err != nil {
			return false
		}
		if start, ok := t.(xml.StartElement); ok {
			return start.Name == xml.Name{Space: svgNamespace, Local: "svg"}
		}
	}
}

var zipHeader = []byte("PK\x03\x04")

func isZIP(c content, _ string) bool {
	_, ok := c.zipNames()
	return ok
}

// isOpenDocument wants the type in the first entry, neither compressed nor
// encrypted (OpenDocument 1.3, part 2, §3.3).
func isOpenDocument(c content, mediaType string) bool {
	const fixed = 30 // bytes of a local header
	const name = "mimetype"
	if !isZIP(c, mediaType) || len(c.head) < fixed+len(name) || string(c.head[fixed:fixed+len(name)]) != name {
		return false
	}
	extra := int(binary.LittleEndian.Uint16(c.head[28:]))
	rest := c.head[min(len(c.head), fixed+len(name)+extra):]
	rest, ok := bytes.CutPrefix(rest, []byte(mediaType))
	return ok && bytes.HasPrefix(rest, []byte("PK")) // so no longer type begins like this one
}

// isOffice wants the parts of a package of Office without programs in it
// (ECMA-376, part 2).
func isOffice(folder string) func(content, string) bool {
	return func(c content, _ string) bool {
		names, ok := c.zipNames()
		in := func(name string) bool { return strings.HasPrefix(name, folder) }
		program := func(name string) bool { return strings.HasSuffix(strings.ToLower(name), "vbaproject.bin") }
		return ok && slices.Contains(names, "[Content_Types].xml") && slices.ContainsFunc(names, in) && !slices.ContainsFunc(names, program)
	}
}
