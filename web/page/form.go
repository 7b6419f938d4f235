package page

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// The controls that belong to a picture, beside the file itself.
const (
	altEnd        = "-alt"
	decorativeEnd = "-decorative"
	keptEnd       = "-kept"
	removeEnd     = "-remove"
)

// question is a field of a form, with the heading that begins a part of it and
// the picture that is there already.
type question struct {
	assets.Field
	Section string
	Kept    *assets.Picture
}

// fields are the questions of a kind, with the answers of it.
func (a *ask) fields(k *store.Kind, it store.Item) []assets.Field {
	var list []assets.Field
	for _, f := range k.Fields {
		switch p := f.At(it).(type) {
		case *string:
			list = append(list, a.textField(k, f, *p))
		case *[]string:
			c := a.newField(k, f, "checkboxes")
			c.Values, c.Choices = *p, a.choices(f.Vocabulary)
			list = append(list, c)
		case **store.Image:
			list = append(list, a.pictureFields(k, f, *p)...)
		}
	}
	return list
}

func (a *ask) newField(k *store.Kind, f store.Field, typ string) assets.Field {
	return assets.Field{Name: f.Name, Label: a.label(k, f.Name), Hint: a.hint(k, f.Name), Type: typ, Required: f.Required, Spellcheck: true}
}

// label is the name of a field: the kind's own, or the one that all share.
func (a *ask) label(k *store.Kind, name string) string {
	if key := "field." + k.Name + "-" + name; a.has(key) {
		return a.t(key)
	}
	return a.t("field." + name)
}

func (a *ask) hint(k *store.Kind, name string) string {
	for _, key := range []string{"hint." + k.Name + "-" + name, "hint." + name} {
		if a.has(key) {
			return a.t(key)
		}
	}
	return ""
}

func (a *ask) textField(k *store.Kind, f store.Field, value string) assets.Field {
	c := a.newField(k, f, "text")
	c.Value, c.MaxLength = value, f.Max
	switch f.Widget {
	case store.Text:
		c.Type, c.Rows = "textarea", 4
	case store.Markdown:
		c.Type, c.Rows = "textarea", 16
	case store.Choice:
		c.Choices, c.MaxLength = a.choices(f.Vocabulary), 0
		c.Type = "radios"
		if !hinted(c.Choices) {
			c.Type = "select"
			c.Choices = append([]assets.Choice{{Text: a.t("form.choose")}}, c.Choices...)
		}
	}
	return c
}

// hinted says whether the answers explain themselves: then all are in view.
func hinted(choices []assets.Choice) bool {
	return slices.ContainsFunc(choices, func(c assets.Choice) bool { return c.Hint != "" })
}

// pictureFields ask for a picture and for words for those who do not see it.
func (a *ask) pictureFields(k *store.Kind, f store.Field, img *store.Image) []assets.Field {
	file := a.newField(k, f, "file")
	file.Accept = "image/jpeg,image/png,image/gif,image/webp"
	alt := assets.Field{Name: f.Name + altEnd, Label: a.label(k, "image-alt"), Hint: a.hint(k, "image-alt"), MaxLength: 1500, Spellcheck: true}
	decorative := assets.Field{Name: f.Name + decorativeEnd, Label: a.label(k, "image-decorative"), Type: "checkbox"}
	list := []assets.Field{file}
	if img != nil {
		kept, err := json.Marshal(img)
		if err != nil {
			panic(err) // a struct of strings and numbers
		}
		alt.Value = img.Alt
		if img.Alt == "" {
			decorative.Value = "1"
		}
		list = append(list,
			assets.Field{Name: f.Name + keptEnd, Type: "hidden", Value: string(kept)},
			assets.Field{Name: f.Name + removeEnd, Label: a.label(k, "image-remove"), Type: "checkbox"})
	}
	return append(list, alt, decorative)
}

// fill puts the answers of a form into it. Pictures are not among them.
func fill(k *store.Kind, it store.Item, answers url.Values) {
	for _, f := range k.Fields {
		if f.Widget == store.Shown {
			continue
		}
		switch p := f.At(it).(type) {
		case *string:
			*p = answer(answers.Get(f.Name))
		case *[]string:
			*p = slices.Clone(answers[f.Name])
		}
	}
}

// answer is what was typed, with the line ends of our own.
func answer(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// questions dress the fields for the template.
func (a *ask) questions(k *store.Kind, it store.Item, fields []assets.Field) []question {
	list := make([]question, len(fields))
	for i, f := range fields {
		list[i].Field = f
		if key := "section." + k.Name + "." + f.Name; a.has(key) {
			list[i].Section = a.t(key)
		}
		if f.Type == "file" {
			list[i].Kept = a.picture(it.Envelope().Image)
		}
	}
	return list
}
