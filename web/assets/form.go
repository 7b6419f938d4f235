package assets

import (
	"errors"
	"slices"

	"github.com/essaim/essaim/store"
)

// Field is one question of a form, for the template "field". Type is the type
// of the input ("text" when empty), or "textarea", "select", "radios",
// "checkboxes", "checkbox" or "files" (any number of them).
type Field struct {
	Name, Label  string
	Hint         string
	Type         string
	Value        string
	Values       []string // of checkboxes
	Choices      []Choice
	Error        string
	Required     bool
	Autocomplete string
	Rows         int // of a textarea; 0: six
	MaxLength    int // 0: no limit
	Accept       string
	InputMode    string // of the keyboard on a phone
	Lang         string // of the value, when it is not the page's
	Spellcheck   bool
}

// Choice is one answer among several.
type Choice struct{ Value, Text, Hint string }

// ID is the id of the field's control, which the error summary links to.
func (f Field) ID() string { return "f-" + f.Name }

// Kind is Type, or "text".
func (f Field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Group reports whether the field is a set of controls with a legend.
func (f Field) Group() bool { return f.Type == "radios" || f.Type == "checkboxes" }

// Describes are the ids of what explains the control: hint, then error.
func (f Field) Describes() string {
	switch {
	case f.Hint != "" && f.Error != "":
		return f.ID() + "-hint " + f.ID() + "-error"
	case f.Hint != "":
		return f.ID() + "-hint"
	case f.Error != "":
		return f.ID() + "-error"
	}
	return ""
}

// Chosen reports whether value is an answer of this field.
func (f Field) Chosen(value string) bool { return f.Value == value || slices.Contains(f.Values, value) }

// Lines is the height of a textarea.
func (f Field) Lines() int {
	if f.Rows == 0 {
		return 6
	}
	return f.Rows
}

// Mistake is one entry of the error summary: the field's name and the sentence.
type Mistake struct{ Field, Label, Text string }

// Mistakes puts the *store.FieldError in err (one, or store.FieldErrors) into
// words, beside the fields where these have the name, and returns the summary.
// It is empty when err holds none: then err is not about the form.
func (c *Catalog) Mistakes(lang Lang, err error, fields []Field) []Mistake {
	var out []Mistake
	for _, e := range fieldErrors(err) {
		m := Mistake{Field: e.Field, Text: c.T(lang, e.Reason, e.Args)}
		if i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == e.Field }); i >= 0 {
			fields[i].Error, m.Label = m.Text, fields[i].Label
		}
		out = append(out, m)
	}
	return out
}

func fieldErrors(err error) store.FieldErrors {
	if all, ok := errors.AsType[store.FieldErrors](err); ok {
		return all
	}
	if one, ok := errors.AsType[*store.FieldError](err); ok {
		return store.FieldErrors{one}
	}
	return nil
}
