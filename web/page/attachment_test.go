package page

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// sendFiles posts a form with files: name, content, name, content…
func sendFiles(t testing.TB, c *webtest.Client, path string, form url.Values, files ...string) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	write := func(part io.Writer, err error, data string) {
		if err == nil {
			_, err = io.WriteString(part, data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, values := range form {
		for _, v := range values {
			part, err := w.CreateFormField(name)
			write(part, err, v)
		}
	}
	for i := 0; i < len(files); i += 2 {
		part, err := w.CreateFormFile("attachments", files[i])
		write(part, err, files[i+1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Do(http.MethodPost, path, &b, http.Header{"Content-Type": {w.FormDataContentType()}, "Sec-Fetch-Site": {"same-origin"}})
}

// ending is the name of the one control that ends like this.
func ending(t *testing.T, form url.Values, end, value string) string {
	t.Helper()
	for name, values := range form {
		if strings.HasSuffix(name, end) && values[0] == value {
			return name
		}
	}
	t.Fatalf("no control …%s holds %q: %v", end, value, form)
	return ""
}

func TestFilesAreKeptRenamedAndRemoved(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	e := s.saved(t, sendFiles(t, c, newExperiment, valid(), "Plan d'accès.pdf", "%PDF-1.7", "", "", "chiffres.csv", "a;b\n", "Copie.pdf", "%PDF-1.7")).Envelope()
	if len(e.Attachments) != 2 || e.Attachments[0].Name != "Plan d'accès.pdf" || e.Attachments[0].Lang != "fr" || e.Attachments[0].Size != 8 || e.Attachments[1].MediaType != "text/csv" {
		t.Fatalf("saved %+v", e.Attachments)
	}
	path, ours := strings.CutPrefix(e.Attachments[0].URL, webtest.BaseURL)
	if a := c.Get(path); !ours || a.Status != 200 || a.Body != "%PDF-1.7" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%s: got %d %q", path, a.Status, a.Body)
	}
	if page := c.Get(federation.PagePath(e)); !page.Has(`href="` + path + `" hreflang="fr" download>Plan d&#39;accès.pdf (PDF, 1 Ko)</a>`) {
		t.Errorf("the page does not link %s", path)
	}
	edit := federation.PagePath(e) + "/modifier"
	form := formOf(t, c, edit)
	plan := strings.TrimSuffix(ending(t, form, fileNameEnd, "Plan d'accès.pdf"), fileNameEnd)
	csv := strings.TrimSuffix(ending(t, form, fileNameEnd, "chiffres.csv"), fileNameEnd)
	form.Set(plan+fileNameEnd, "Le plan")
	form.Set(plan+fileLangEnd, "br")
	form.Set(csv+removeEnd, "1")
	got := s.saved(t, sendFiles(t, c, edit, form)).Envelope().Attachments
	want := e.Attachments[0]
	want.Name, want.Lang = "Le plan", "br"
	if len(got) != 1 || got[0] != want {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	if page := c.Get(federation.PagePath(e)); !page.Has("Le plan (PDF, 1 Ko, breton)</a>") || page.Has("chiffres.csv") {
		t.Error("the page shows the files as they were")
	}
}

func TestFilesComeBackWithAFormThatIsWrong(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	wrong := valid()
	wrong.Del("title")
	a := sendFiles(t, c, newExperiment, wrong, "a.txt", "un", "b.txt", "deux")
	form := fieldsIn(t, a.Body)
	if a.Status != http.StatusUnprocessableEntity || len(form["attachments-kept"]) != 2 {
		t.Fatalf("got %d and %v", a.Status, form["attachments-kept"])
	}
	form.Set("title", "Le guichet")
	b := ending(t, form, fileNameEnd, "b.txt")
	form.Set(b, " ")
	form.Set(strings.TrimSuffix(b, fileNameEnd)+fileLangEnd, "tlh")
	if a = sendFiles(t, c, newExperiment, form); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+b+`-error"`) {
		t.Fatalf("a file without a name: got %d %q", a.Status, mistakes(a))
	}
	form.Set(b, "B")
	if a = sendFiles(t, c, newExperiment, form); !a.Has(`id="f-` + strings.TrimSuffix(b, fileNameEnd) + fileLangEnd + `-error"`) {
		t.Fatalf("a language that we do not know: got %d %q", a.Status, mistakes(a))
	}
	form.Set(strings.TrimSuffix(b, fileNameEnd)+fileLangEnd, "")
	got := s.saved(t, sendFiles(t, c, newExperiment, form, "c.txt", "trois")).Envelope().Attachments
	if len(got) != 3 || got[0].Name != "a.txt" || got[1].Name != "B" || got[1].Lang != "" || got[2].Name != "c.txt" {
		t.Errorf("saved %+v", got)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	for _, x := range []struct{ name, data, fr, en string }{
		{"page.html", "<p>", "n'est pas d'un type accepté", "not of a type that is accepted"},
		{"faux.pdf", "<html>", "ne correspond pas à son nom", "does not fit its name"},
		{"vide.txt", "", "est vide", "is empty"},
		{"gros.txt", strings.Repeat("a", 20<<20+1), "trop lourd : 20 Mo au plus", "too large: 20 MB at most"},
	} {
		for prefix, want := range map[string]string{"": x.fr, "/en": x.en} {
			a := sendFiles(t, c, prefix+newExperiment, valid(), x.name, x.data, "bon.txt", "x")
			said := strings.ReplaceAll(mistakes(a), "\u00a0", " ")
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(said, want) || !strings.Contains(said, x.name) || !a.Has(`id="f-attachments-error"`) {
				t.Errorf("%s%s: got %d %q, want %q", prefix, x.name, a.Status, said, want)
			}
			if form := fieldsIn(t, a.Body); form.Get("title") != valid().Get("title") || len(form["attachments-kept"]) != 1 {
				t.Errorf("%s: what was good was lost", x.name)
			}
		}
	}
}

func TestTooManyFilesAreRefused(t *testing.T) {
	s := newSite(t)
	var files []string
	for i := range 21 {
		files = append(files, "a.txt", strings.Repeat("a", i+1))
	}
	a := sendFiles(t, s.As(t, s.node.Contributor), newExperiment, valid(), files...)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), "20 au plus") || len(fieldsIn(t, a.Body)["attachments-kept"]) != 21 {
		t.Errorf("got %d %q", a.Status, mistakes(a))
	}
}

// What a form says of a file is not believed: a file is ours and there, or it is
// no file.
func TestKeptFilesMustBeOfThisNode(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	gone := "/media/" + strings.Repeat("0", 64)
	for _, address := range []string{
		"https://tracker.example/media/a.pdf", webtest.BaseURL + gone + ".pdf/a.pdf", gone + ".pdf", webtest.BaseURL + "/media/../essaim.db",
		webtest.BaseURL + ".evil.example" + gone + ".pdf", "javascript:alert(1)", "", webtest.BaseURL,
	} {
		form := valid()
		form.Set("attachments-kept", address)
		a := sendFiles(t, c, newExperiment, form)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), "n&#39;est plus là") && !strings.Contains(mistakes(a), "n'est plus là") {
			t.Errorf("%s: got %d %q", address, a.Status, mistakes(a))
		}
		if len(fieldsIn(t, a.Body)["attachments-kept"]) != 0 {
			t.Errorf("%s was taken", address)
		}
	}
}

// fullDisk keeps nothing any more.
type fullDisk struct{ Images }

func (fullDisk) Put(context.Context, io.Reader) (*store.Image, error) { return nil, store.ErrFull }
func (fullDisk) PutFile(context.Context, io.Reader, string) (*store.Attachment, error) {
	return nil, store.ErrFull
}

func TestFullDiskKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	s.pages.Images = fullDisk{s.pages.Images}
	c := s.As(t, s.node.Contributor)
	for field, a := range map[string]webtest.Answer{
		"attachments": sendFiles(t, c, newExperiment, valid(), "a.txt", "x"),
		"image":       send(t, c, newExperiment, valid(), pixels(t)),
	} {
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+field+`-error"`, "plus de place") || fieldsIn(t, a.Body).Get("title") != valid().Get("title") {
			t.Errorf("%s: got %d %q", field, a.Status, mistakes(a))
		}
	}
}

func TestPictureIsOfferedInItsWidths(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1000, 10))); err != nil {
		t.Fatal(err)
	}
	form := valid()
	form.Set("image-decorative", "1")
	e := s.saved(t, send(t, c, newExperiment, form, b.Bytes())).Envelope()
	path := func(address string) string { return strings.TrimPrefix(address, webtest.BaseURL) }
	want := ` srcset="` + path(e.Image.Small) + " 400w, " + path(e.Image.Medium) + " 800w, " + path(e.Image.URL) + ` 1000w" sizes="`
	for _, page := range []string{federation.PagePath(e), "/experimentations", federation.PagePath(e) + "/modifier"} {
		if !c.Get(page).Has(want) {
			t.Errorf("%s lacks %s", page, want)
		}
	}
	for _, address := range []string{e.Image.URL, e.Image.Small, e.Image.Medium} {
		if a := c.Get(path(address)); a.Status != 200 || a.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: got %d", address, a.Status)
		}
	}
	edit := federation.PagePath(e) + "/modifier"
	again := s.saved(t, send(t, c, edit, formOf(t, c, edit), nil)).Envelope()
	if *again.Image != *e.Image {
		t.Errorf("an edit made %+v of %+v", again.Image, e.Image)
	}
}

// A picture from before there were several widths is shown as it was.
func TestPictureOfOneWidthIsShown(t *testing.T) {
	s := newSite(t)
	e := experiment("Ancienne", store.Public)
	e.Image = &store.Image{URL: webtest.BaseURL + "/media/" + strings.Repeat("a", 64) + ".jpg", Width: 1600, Height: 900, Alt: "Le port"}
	r := s.publish(t, s.node.Contributor, e)
	page := s.As(t, s.node.Contributor).Get(federation.PagePath(r))
	if !page.Has(`.jpg" alt="Le port" width="1600" height="900">`) || page.Has("srcset") {
		t.Error("it is not shown, or in widths that are not there")
	}
}

func TestKeptPictureThatIsGoneIsAskedForAgain(t *testing.T) {
	s := newSite(t)
	kept, err := json.Marshal(store.Image{URL: webtest.BaseURL + "/media/" + strings.Repeat("0", 64) + ".jpg"})
	if err != nil {
		t.Fatal(err)
	}
	form := valid()
	form.Set("image-kept", string(kept))
	form.Set("image-alt", "Le port")
	a := send(t, s.As(t, s.node.Contributor), newExperiment, form, nil)
	if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-image-error"`) || fieldsIn(t, a.Body).Get("image-alt") != "Le port" {
		t.Errorf("got %d %q", a.Status, mistakes(a))
	}
}
