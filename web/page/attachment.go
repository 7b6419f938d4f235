package page

import (
	"errors"
	"mime/multipart"
	"path"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// The controls that belong to a file that is there already, after the name of
// the field and the beginning of the file's sum.
const (
	fileNameEnd = "-name"
	fileLangEnd = "-lang"
	fileKey     = 12 // digits of the sum
)

// filesAtOnce is how many of the largest files a form may bring.
const filesAtOnce = 4

// formLimit is how large a form of a kind may be, in bytes.
func (p *Pages) formLimit(k *store.Kind) int64 {
	if slices.ContainsFunc(k.Fields, func(f store.Field) bool { return f.Widget == store.Files }) {
		return maxForm + filesAtOnce*p.Images.MaxFile()
	}
	return maxForm
}

// takeFiles takes over the files of a form: those that it kept, with their words
// as they are now, then those that were sent, in the language of the record.
// Equal files are one.
func (a *ask) takeFiles(name, lang string, into *[]store.Attachment) (store.FieldErrors, error) {
	files, wrong := a.keptFiles(name)
	*into = files
	if a.r.MultipartForm == nil {
		return wrong, nil
	}
	for _, header := range a.r.MultipartForm.File[name] {
		if header.Filename == "" {
			continue // an empty input
		}
		f, err := a.putFile(header)
		if e := uploadMistake(name, err); e != nil {
			wrong = append(wrong, e)
			continue
		}
		if err != nil {
			return nil, err
		}
		if store.Languages.Has(lang) {
			f.Lang = lang
		}
		*into = addFile(*into, *f)
	}
	return wrong, nil
}

func addFile(files []store.Attachment, f store.Attachment) []store.Attachment {
	if slices.ContainsFunc(files, func(have store.Attachment) bool { return have.SHA256 == f.SHA256 }) {
		return files
	}
	return append(files, f)
}

func (a *ask) putFile(header *multipart.FileHeader) (*store.Attachment, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	f, err := a.Images.PutFile(a.r.Context(), file, header.Filename)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	f.URL = a.Node.BaseURL + f.URL
	return f, nil
}

// keptFiles are the files that a form carries along. What they are is told by
// the disk, never by the form.
func (a *ask) keptFiles(name string) (files []store.Attachment, wrong store.FieldErrors) {
	for _, address := range a.r.PostForm[name+keptEnd] {
		f, err := a.Images.File(a.ours(address))
		if err != nil {
			wrong = append(wrong, &store.FieldError{Field: name, Reason: "error.upload-gone"})
			continue
		}
		own := fileControl(name, f)
		if a.r.PostFormValue(own+removeEnd) != "" {
			continue
		}
		f.URL = a.Node.BaseURL + f.URL
		f.Name, f.Lang = answer(a.r.PostFormValue(own+fileNameEnd)), a.r.PostFormValue(own+fileLangEnd)
		if e := f.Check(); e != nil {
			e.Field = own + "-" + e.Field
			wrong = append(wrong, e)
		}
		files = addFile(files, *f)
	}
	return files, wrong
}

// fileControl begins the names of the controls of one file.
func fileControl(name string, f *store.Attachment) string {
	return name + "-" + f.SHA256[:min(fileKey, len(f.SHA256))]
}

// fileFields ask for the words for the files that are there, then for more.
func (a *ask) fileFields(more assets.Field, files []store.Attachment) []assets.Field {
	var list []assets.Field
	for _, f := range files {
		own := fileControl(more.Name, &f)
		list = append(list,
			assets.Field{Name: more.Name + keptEnd, Type: "hidden", Value: f.URL},
			assets.Field{Name: own + fileNameEnd, Label: a.t("file.name", "name", f.Name), Value: f.Name, Required: true, MaxLength: store.MaxAttachmentName, Spellcheck: true},
			assets.Field{Name: own + fileLangEnd, Label: a.t("file.lang", "name", f.Name), Type: "select", Value: f.Lang, Choices: a.fileLanguages()},
			assets.Field{Name: own + removeEnd, Label: a.t("file.remove", "name", f.Name), Type: "checkbox"})
	}
	more.Type, more.Accept = "files", a.Images.Accepts()
	more.Hint = strings.TrimSpace(more.Hint + " " + a.t("file.limit", "max", a.Images.MaxFile()>>20))
	return append(list, more)
}

func (a *ask) fileLanguages() []assets.Choice {
	return append([]assets.Choice{{Text: a.t("file.no-lang")}}, a.choices(&store.Languages)...)
}

// fileLink is a file on a page. Its text says all that whoever follows it should
// know before.
type fileLink struct{ Text, Href, Lang string }

func (a *ask) fileLinks(files []store.Attachment) []fileLink {
	links := make([]fileLink, len(files))
	for i, f := range files {
		href := f.URL
		if path := a.ours(f.URL); path != "" {
			href = path
		}
		links[i] = fileLink{Text: f.Name + " (" + strings.Join(a.fileFacts(&f), ", ") + ")", Href: href, Lang: f.Lang}
	}
	return links
}

// fileFacts are the type, the size and the language of a file in words.
func (a *ask) fileFacts(f *store.Attachment) []string {
	kind := strings.ToUpper(strings.TrimPrefix(path.Ext(f.URL), "."))
	if kind == "" || len(kind) > len("geojson") {
		kind = a.t("file.kind")
	}
	facts := []string{kind}
	switch {
	case f.Size >= 1<<20:
		facts = append(facts, a.t("file.megabytes", "size", (f.Size+1<<19)>>20))
	case f.Size > 0:
		facts = append(facts, a.t("file.kilobytes", "size", (f.Size+1023)>>10))
	}
	if f.Lang != string(a.lang) && store.Languages.Has(f.Lang) {
		facts = append(facts, a.t("language."+f.Lang))
	}
	return facts
}
