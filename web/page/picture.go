package page

import (
	"encoding/json"
	"errors"
	"mime/multipart"
	"regexp"
	"strings"

	"github.com/essaim/essaim/store"
)

// takePicture takes over the picture that was sent, or the one that was there,
// with the words for it. What is wrong with them is returned beside an error that
// is not the form's.
func (a *ask) takePicture(d *draft) (store.FieldErrors, error) {
	var wrong store.FieldErrors
	for _, f := range d.kind.Fields {
		if f.Widget != store.Picture {
			continue
		}
		img, err := a.sentImage(f.Name)
		if e, ok := errors.AsType[*store.FieldError](err); ok {
			e.Field = f.Name
			wrong, err = append(wrong, e), nil
		}
		if err != nil {
			return nil, err
		}
		if img != nil {
			decorative := a.r.PostFormValue(f.Name+decorativeEnd) != ""
			if img.Alt = answer(a.r.PostFormValue(f.Name + altEnd)); decorative {
				img.Alt = ""
			}
			if img.Alt == "" && !decorative {
				wrong = append(wrong, &store.FieldError{Field: f.Name + altEnd, Reason: "error.alt-required"})
			}
		}
		*f.At(d.item).(**store.Image) = img
	}
	return wrong, nil
}

// sentImage is the picture of a form: the new one, or the one that it kept.
func (a *ask) sentImage(name string) (*store.Image, error) {
	kept := a.keptImage(a.r.PostFormValue(name + keptEnd))
	if a.r.PostFormValue(name+removeEnd) != "" {
		kept = nil
	}
	file, header, err := a.r.FormFile(name)
	if err != nil || header.Size == 0 {
		return kept, closeFile(file)
	}
	img, err := a.Images.Put(a.r.Context(), file)
	if err != nil {
		return kept, errors.Join(err, closeFile(file))
	}
	if strings.HasPrefix(img.URL, "/") {
		img.URL = a.Node.BaseURL + img.URL
	}
	return img, closeFile(file)
}

func closeFile(file multipart.File) error {
	if file == nil {
		return nil
	}
	return file.Close()
}

// uploaded is where pictures lie that were uploaded here.
var uploaded = regexp.MustCompile(`^/media/[0-9A-Za-z]+\.[a-z]+$`)

// keptImage is the picture that a form carries along, if it is one of ours.
func (a *ask) keptImage(value string) *store.Image {
	img := new(store.Image)
	if json.Unmarshal([]byte(value), img) != nil {
		return nil
	}
	path, ours := strings.CutPrefix(img.URL, a.Node.BaseURL)
	if !ours || !uploaded.MatchString(path) {
		return nil
	}
	return img
}
