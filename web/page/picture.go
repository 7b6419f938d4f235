package page

import (
	"encoding/json"
	"errors"
	"mime/multipart"
	"regexp"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// takeUploads takes over the pictures and files that were sent, or were there,
// with the words for them. What is wrong with them is returned beside an error
// that is not the form's.
func (a *ask) takeUploads(d *draft) (store.FieldErrors, error) {
	var wrong store.FieldErrors
	for i := range d.kind.Fields {
		f := &d.kind.Fields[i]
		if f.Widget == store.Shown {
			continue
		}
		var mistakes store.FieldErrors
		var err error
		switch p := f.At(d.item).(type) {
		case **store.Image:
			mistakes, err = a.takePicture(f.Name, p)
		case *[]store.Attachment:
			mistakes, err = a.takeFiles(f.Name, d.item.Envelope().Lang, p)
		}
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, mistakes...)
	}
	return wrong, nil
}

// takePicture takes the picture of a form, and wants words for it.
func (a *ask) takePicture(name string, into **store.Image) (store.FieldErrors, error) {
	img, err := a.sentImage(name)
	*into = img
	e := uploadMistake(name, err)
	if e == nil && err != nil {
		return nil, err
	}
	var wrong store.FieldErrors
	if e != nil {
		wrong = append(wrong, e)
	}
	if img == nil {
		return wrong, nil
	}
	decorative := a.r.PostFormValue(name+decorativeEnd) != ""
	if img.Alt = answer(a.r.PostFormValue(name + altEnd)); decorative {
		img.Alt = ""
	}
	if img.Alt == "" && !decorative {
		wrong = append(wrong, &store.FieldError{Field: name + altEnd, Reason: "error.alt-required"})
	}
	return wrong, nil
}

// uploadMistake is what is wrong with an upload, as a mistake in the field; nil
// when err is not about it. A full disk is one, so that what was typed is shown
// again.
func uploadMistake(field string, err error) *store.FieldError {
	if e, ok := errors.AsType[*store.FieldError](err); ok {
		e.Field = field
		return e
	}
	if errors.Is(err, store.ErrFull) {
		return &store.FieldError{Field: field, Reason: "error.disk-full"}
	}
	return nil
}

// sentImage is the picture of a form: the new one, or the one that it kept.
func (a *ask) sentImage(name string) (*store.Image, error) {
	var kept *store.Image
	var gone error
	if a.r.PostFormValue(name+removeEnd) == "" {
		kept, gone = a.keptImage(a.r.PostFormValue(name + keptEnd))
	}
	file, header, err := a.r.FormFile(name)
	if err != nil || header.Size == 0 {
		return kept, errors.Join(gone, closeFile(file))
	}
	img, err := a.Images.Put(a.r.Context(), file)
	if err != nil {
		return kept, errors.Join(err, closeFile(file))
	}
	img.LieAt(a.Node.BaseURL)
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

// keptImage is the picture that a form carries along, if it is one of ours. It
// can be gone when the form was open for days and never saved.
func (a *ask) keptImage(value string) (*store.Image, error) {
	img := new(store.Image)
	err := json.Unmarshal([]byte(value), img)
	if foreign := !uploaded.MatchString(a.ours(img.URL)); err != nil || foreign {
		return nil, nil //nolint:nilerr // a form that was tampered with carries no picture
	}
	if !a.Images.Keep(a.ours(img.URL)) {
		return nil, &store.FieldError{Reason: "error.upload-gone"}
	}
	for _, smaller := range []*string{&img.Small, &img.Medium} {
		if !a.Images.Keep(a.ours(*smaller)) {
			*smaller = ""
		}
	}
	return img, nil
}

// ours is the path of an address of this node; empty for another's.
func (a *ask) ours(address string) string {
	path, ours := strings.CutPrefix(address, a.Node.BaseURL)
	if !ours || !strings.HasPrefix(path, "/") {
		return ""
	}
	return path
}

// picture is an image of ours; those of other servers are not loaded, so that no
// visitor calls a third party.
func (a *ask) picture(img *store.Image) *assets.Picture {
	if img == nil || a.ours(img.URL) == "" {
		return nil
	}
	p := &assets.Picture{Src: a.ours(img.URL), Alt: img.Alt, Width: img.Width, Height: img.Height}
	p.Srcset = a.srcset(img)
	return p
}

// pictures are those of a record that are shown from here.
func (a *ask) pictures(r *store.Record) []assets.Picture {
	var all []assets.Picture
	for i := -1; i < len(r.Pictures); i++ {
		img := r.Image
		if i >= 0 {
			img = &r.Pictures[i]
		}
		if p := a.picture(img); p != nil {
			all = append(all, *p)
		}
	}
	return all
}

// srcset lists the widths of a picture; nothing when there is one only.
func (a *ask) srcset(img *store.Image) string {
	var set strings.Builder
	for _, w := range []struct {
		address string
		width   int
	}{{img.Small, store.SmallWidth}, {img.Medium, store.MediumWidth}} {
		if path := a.ours(w.address); path != "" {
			set.WriteString(path + " " + strconv.Itoa(w.width) + "w, ")
		}
	}
	if set.Len() == 0 {
		return ""
	}
	return set.String() + a.ours(img.URL) + " " + strconv.Itoa(img.Width) + "w"
}
