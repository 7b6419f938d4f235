package media

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/essaim/essaim/store"
)

// zipped is a ZIP file of parts: name, content, name, content…
func zipped(t testing.TB, method uint16, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: parts[i], Method: method})
		if err == nil {
			_, err = io.WriteString(f, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func odf(t testing.TB, typ string) []byte {
	t.Helper()
	return zipped(t, zip.Store, "mimetype", openDocument+typ, "content.xml", "<x/>")
}

func ooxml(t testing.TB, parts ...string) []byte {
	t.Helper()
	return zipped(t, zip.Deflate, append([]string{"[Content_Types].xml", "<Types/>"}, parts...)...)
}

const svgText = `<?xml version="1.0"?><!-- un plan --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`

// goodFiles is one of each type that is taken.
func goodFiles(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		"a.pdf": []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "a.odt": odf(t, "text"), "a.ods": odf(t, "spreadsheet"),
		"a.odp": odf(t, "presentation"), "a.odg": odf(t, "graphics"),
		"a.docx": ooxml(t, "word/document.xml", ""), "a.xlsx": ooxml(t, "xl/workbook.xml", ""), "a.pptx": ooxml(t, "ppt/presentation.xml", ""),
		"a.txt": []byte("Été"), "a.csv": []byte("nom;\xe9t\xe9\r\n"), "a.md": []byte("# Titre\n"),
		"a.json": []byte("\ufeff {\"a\":1}"), "a.geojson": []byte(`{"type":"FeatureCollection","features":[]}`),
		"a.svg": []byte(svgText), "a.zip": zipped(t, zip.Deflate, "plan.txt", "x"),
	}
}

func putFile(t *testing.T, m *Media, name string, data []byte) *store.Attachment {
	t.Helper()
	a, err := m.PutFile(t.Context(), bytes.NewReader(data), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

func wantFileRefused(t *testing.T, m *Media, name string, data []byte, reason string) {
	t.Helper()
	_, err := m.PutFile(t.Context(), bytes.NewReader(data), name)
	field, ok := errors.AsType[*store.FieldError](err)
	if !ok || field.Field != "files" || field.Reason != reason || field.Args["name"] != fileName(name) {
		t.Errorf("%s: got %v, want files: %s", name, err, reason)
	}
}

func TestPutFileKeepsEveryTypeAsItIs(t *testing.T) {
	m, dir := open(t)
	files := goodFiles(t)
	for name, data := range files {
		a := putFile(t, m, name, data)
		sum := sha256.Sum256(data)
		if a.Name != name || a.Size != int64(len(data)) || a.SHA256 != hex.EncodeToString(sum[:]) || a.MediaType != fileTypes[name[1:]].mediaType {
			t.Errorf("%s: got %+v", name, a)
		}
		if a.URL != "/media/"+a.SHA256+name[1:]+"/"+name {
			t.Errorf("%s: lies at %s", name, a.URL)
		}
		if got, err := os.ReadFile(filepath.Join(dir, a.SHA256+name[1:])); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: kept %q %v", name, got, err)
		}
		if again, err := m.File(a.URL); err != nil || *again != *a {
			t.Errorf("%s: File says %+v %v, want %+v", name, again, err, a)
		}
	}
	wantFiles(t, dir, len(files))
	wantEveryType(t, files)
}

func wantEveryType(t *testing.T, files map[string][]byte) {
	t.Helper()
	for extension := range fileTypes {
		if files["a"+extension] == nil {
			t.Errorf("%s is never tried", extension)
		}
	}
}

// No content passes under the name of another type; ZIP and plain text are what
// many types are made of.
func TestPutFileRefusesContentUnderAnotherName(t *testing.T) {
	m, dir := open(t)
	files := goodFiles(t)
	for name := range files {
		extension := name[1:]
		for other, data := range files {
			typ := fileTypes[extension]
			if other == name || typ.fits(bytes.NewReader(data), int64(len(data))) {
				continue
			}
			wantFileRefused(t, m, name, data, "error.file-content")
		}
	}
	wantFiles(t, dir, 0)
	for extension, also := range map[string]string{
		".txt": ".csv.md.json.geojson", ".csv": ".txt.md.json.geojson", ".md": ".txt.csv.json.geojson", ".json": ".geojson",
		".geojson": ".json", ".zip": ".odt.ods.odp.odg.docx.xlsx.pptx", ".pdf": "", ".odt": "", ".docx": "", ".svg": "",
	} {
		for other, data := range files {
			fits := fileTypes[extension].fits(bytes.NewReader(data), int64(len(data)))
			if want := other[1:] == extension || strings.Contains(also+".", other[1:]+"."); fits != want {
				t.Errorf("%s as %s: fits is %v, want %v", other, extension, fits, want)
			}
		}
	}
}

func TestPutFileRefusesHostileFiles(t *testing.T) {
	m, dir := open(t)
	const page = "<!doctype html><script>alert(1)</script>"
	docx := ooxml(t, "word/document.xml", "")
	for _, c := range []struct {
		what, name string
		data       []byte
	}{
		{"a page as text", "a.txt", []byte(page)},
		{"a page as Markdown", "a.md", []byte("  \n<HTML><body onload=x>")},
		{"a page as SVG", "a.svg", []byte(page)},
		{"XHTML as SVG", "a.svg", []byte(`<svg xmlns="http://www.w3.org/1999/xhtml"><script/></svg>`)},
		{"SVG that is none", "a.svg", []byte(`<x xmlns="http://www.w3.org/2000/svg"/>`)},
		{"a page before a PDF", "a.pdf", append([]byte(page), "%PDF-1.7"...)},
		{"a page before a ZIP", "a.zip", append([]byte(page), zipped(t, zip.Store, "a", "b")...)},
		{"a program as text", "a.txt", []byte("\x7fELF\x02\x01\x01\x00")},
		{"macros", "a.docx", ooxml(t, "word/document.xml", "", "word/vbaProject.bin", "x")},
		{"a template", "a.odt", odf(t, "text-template")},
		{"a compressed type", "a.odt", zipped(t, zip.Deflate, "mimetype", openDocument+"text")},
		{"cut Office", "a.docx", docx[:len(docx)/2]},
		{"a directory beyond the end", "a.zip", badDirectory(docx, 1<<20)},
		{"a huge directory", "a.zip", badDirectory(docx, 1<<31)},
		{"a short entry", "a.zip", []byte("PK\x03\x04" + zipEntry + strings.Repeat("\xff", 42) + zipEnd + strings.Repeat("\x00", 8) + "\x2e\x00\x00\x00\x04\x00\x00\x00\x00\x00")},
		{"a script as a picture", "a.gif", []byte("GIF89a\x01\x00\x01\x00=1;alert(1)")},
		{"a page as a picture", "a.png", []byte(page)},
	} {
		t.Run(c.what, func(t *testing.T) { wantFileRefused(t, m, c.name, c.data, "error.file-content") })
	}
	for _, name := range []string{"a.html", "a.htm", "a.xhtml", "a.exe", "a.js", "a", "", ".pdf", "a.pdf.html", "a.xml", "a.docm", "pdf", "a.PDF\u202eexe.scr"} {
		wantFileRefused(t, m, name, []byte("%PDF-1.7"), "error.file-type")
	}
	wantFileRefused(t, m, "a.txt", nil, "error.file-empty")
	wantFiles(t, dir, 0)
}

// badDirectory is a ZIP file whose end says another size of its directory.
func badDirectory(data []byte, size uint32) []byte {
	data = bytes.Clone(data)
	binary.LittleEndian.PutUint32(data[bytes.LastIndex(data, []byte(zipEnd))+12:], size)
	return data
}

// A ZIP directory is walked, not kept: a small file that claims a great many
// entries costs little.
func TestPutFileTakesManyEntriesCheaply(t *testing.T) {
	m, _ := open(t)
	var parts []string
	for range 20_000 {
		parts = append(parts, "a", "")
	}
	data := zipped(t, zip.Store, parts...)
	if got := testing.AllocsPerRun(1, func() { putFile(t, m, "a.zip", data) }); got > 25_000 {
		t.Errorf("%v allocations", got)
	}
}

func TestPutFileReadsNoMoreThanTheLimit(t *testing.T) {
	dir := t.TempDir()
	m, err := Open(dir, Options{MaxFile: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	putFile(t, m, "a.txt", bytes.Repeat([]byte{'a'}, 2<<20))
	endless := &counting{}
	_, err = m.PutFile(t.Context(), endless, "a.txt")
	if e, ok := errors.AsType[*store.FieldError](err); !ok || e.Reason != "error.file-size" || e.Args["max"] != int64(2) {
		t.Errorf("got %v", err)
	}
	if endless.read > 4<<20 {
		t.Errorf("read %d bytes", endless.read)
	}
	wantFiles(t, dir, 1)
	wantFileRefused(t, m, "a.png", bytes.Repeat([]byte{0}, maxBytes+1), "error.file-size")
}

// counting is text without end.
type counting struct{ read int }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	c.read += len(p)
	return len(p), nil
}

func TestPutFileNamesAreHarmless(t *testing.T) {
	m, _ := open(t)
	for given, want := range map[string]string{
		`C:\Users\moi\Rapport final.PDF`:  "Rapport final.pdf",
		"../../../etc/passwd.pdf":         "passwd.pdf",
		"a\u202efdp.exe\u202c.pdf":        "afdp.exe.pdf",
		"deux\r\nlignes\t.pdf":            "deux lignes .pdf",
		"Été à l'île \"x\".pdf":           "Été à l'île \"x\".pdf",
		"\xffz\x00.pdf":                   "z.pdf",
		strings.Repeat("é", 300) + ".pdf": strings.Repeat("é", 146) + ".pdf",
		" ..caché.pdf":                    "caché.pdf",
		"archive.tar.pdf ":                "archive.tar.pdf",
	} {
		if a := putFile(t, m, given, []byte("%PDF-1.7")); a.Name != want {
			t.Errorf("%q: got %q, want %q", given, a.Name, want)
		}
	}
}

// A picture that is attached says as little as one that is shown.
func TestPutFileKeepsNothingHiddenInPictures(t *testing.T) {
	m, dir := open(t)
	const secret = "48.1173 N, 1.6778 W"
	a := putFile(t, m, "Vue du port.PNG", withExif(asJPEG(t, photo(900, 50)), exif(binary.BigEndian, 1, secret)))
	if a.Name != "Vue du port.jpg" || a.MediaType != "image/jpeg" {
		t.Errorf("got %+v", a)
	}
	wantFiles(t, dir, 1)
	b, err := os.ReadFile(filepath.Join(dir, a.SHA256+".jpg"))
	if err != nil || bytes.Contains(b, []byte(secret)) || a.Size != int64(len(b)) {
		t.Errorf("kept %d bytes of %d: %v", len(b), a.Size, err)
	}
	if sum := sha256.Sum256(b); a.SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the sum is not of what is kept")
	}
	if again, err := m.File(a.URL); err != nil || *again != *a {
		t.Errorf("File says %+v %v, want %+v", again, err, a)
	}
}

func TestPutRefusesWhileThereIsNoRoom(t *testing.T) {
	dir := t.TempDir()
	m, err := Open(dir, Options{Refuses: func() error { return store.ErrFull }})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	unread := &counting{}
	_, picture := m.Put(t.Context(), unread)
	_, file := m.PutFile(t.Context(), unread, "a.txt")
	_, attached := m.PutFile(t.Context(), unread, "a.png")
	for _, err := range []error{picture, file, attached} {
		if !errors.Is(err, store.ErrFull) {
			t.Errorf("got %v, want %v", err, store.ErrFull)
		}
	}
	if unread.read > 0 {
		t.Error("it was read all the same")
	}
	wantFiles(t, dir, 0)
	if err := roomError(&os.PathError{Op: "write", Err: syscall.ENOSPC}); !errors.Is(err, store.ErrFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: got %v", err)
	}
}

func TestPutFileLeavesNothingOfAFailedUpload(t *testing.T) {
	m, dir := open(t)
	_, err := m.PutFile(t.Context(), io.MultiReader(strings.NewReader("abc"), failing{}), "a.txt")
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.PutFile(ctx, strings.NewReader("abc"), "a.txt"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantFiles(t, dir, 0)
}

// The sniffers answer for any content, and take none that a browser would run.
func FuzzSniff(f *testing.F) {
	for name, data := range goodFiles(f) {
		f.Add(data, name)
	}
	f.Add([]byte("%PDF-<html>"), "..\\a\u202e.pdf")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		name = fileName(name)
		if strings.ContainsAny(name, "/\\\r\n\x00\u202e") || len([]rune(name)) > store.MaxAttachmentName {
			t.Errorf("name %q", name)
		}
		for extension, typ := range fileTypes {
			if typ.fits(bytes.NewReader(data), int64(len(data))) && extension != ".svg" && bytes.HasPrefix(bytes.ToLower(data), []byte("<!doctype html>")) {
				t.Errorf("a page is taken for %s", extension)
			}
		}
	})
}
