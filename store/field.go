package store

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Widget is how a field is asked for and shown.
type Widget string

// The widgets. Each says what At points to.
const (
	Line     Widget = "line"     // *string, one line
	Text     Widget = "text"     // *string, a few plain lines
	Markdown Widget = "markdown" // *string
	Choice   Widget = "choice"   // *string of the vocabulary
	Choices  Widget = "choices"  // *[]string of the vocabulary
	Words    Widget = "words"    // *[]string in own words, separated by commas
	Day      Widget = "day"      // *string: 2026-11-22
	Digits   Widget = "digits"   // *string without spaces: a number in a register
	Clock    Widget = "clock"    // *string: 2026-11-22T14:30, where the event is
	Web      Widget = "web"      // *string: an http or https address
	Link     Widget = "link"     // *string: the IRI of a record or an actor, of any node
	Whole    Widget = "whole"    // *int, from 0
	Amount   Widget = "amount"   // *float64, from 0
	Tick     Widget = "tick"     // *bool
	Where    Widget = "where"    // *Place
	Picture  Widget = "picture"  // **Image
	Files    Widget = "files"    // *[]Attachment
	Table    Widget = "table"    // Rows: the fields of Columns, again and again
	Shown    Widget = "shown"    // anything: kept by the kind itself, not asked for
)

// Field describes one field of a kind. Its words are messages of
// web/assets/locales: "field.<name>" and, where there is one, "hint.<name>"; a
// kind's own begin with its name: "field.<kind>-<name>". A message
// "section.<kind>.<name>" begins a new part of form and page at this field.
type Field struct {
	Name       string // in forms, CSV columns and errors
	Widget     Widget
	Required   bool
	Max        int         // characters of a text, entries of a list or table; 0: no limit
	Vocabulary *Vocabulary // of Choice and Choices
	Facet      bool        // lists can be narrowed by it; of a Line: however it is spelt
	Badge      bool        // its value stands out on page and card
	Inner      bool        // only for those who may change the record: never on the wire, in feeds or exports
	Personal   bool        // names people: left out of snapshots
	Open       bool        // asked in the open form, of people without an account
	Envelope   bool        // pages show it in a place of its own
	Folds      bool        // the part of the page that it begins is folded: for those who want to know more
	Wire       string      // property on the wire; empty: never leaves this node, or is mapped by the envelope
	Schema     string      // property of schema.org; empty: not in JSON-LD
	Example    string      // a valid value, where the form is not plain from the widget
	Columns    []Field     // of Table; their At takes a row
	Relation   string      // of Link: a value is also this relation of the record
	On         []string    // of Link: kinds on whose pages a record of this kind can be begun, with this field filled
	Valid      func(value string) (reason string)
	At         func(any) any // takes the item, or the row
}

// at makes the At of a field from a function that takes the kind's own type.
func at[T any](get func(T) any) func(any) any {
	return func(v any) any { return get(v.(T)) }
}

func checkFields(fields []Field, v any, prefix string) FieldErrors {
	var errs FieldErrors
	for i := range fields {
		errs = append(errs, fields[i].check(v, prefix)...)
	}
	return errs
}

func (f *Field) check(v any, prefix string) FieldErrors {
	reason, args := "", map[string]any(nil)
	switch p := f.At(v).(type) {
	case *string:
		reason, args = f.checkText(*p)
	case *[]string:
		reason, args = f.checkList(*p)
	case *int:
		reason = f.checkNumber(float64(*p))
	case *float64:
		reason = f.checkNumber(*p)
	case **Image:
		if f.Required && *p == nil {
			reason = "required"
		}
	case *[]Attachment:
		reason, args = f.checkCount(len(*p))
	case *Place:
		if f.Required && p.IsZero() {
			reason = "required"
		}
	case Rows:
		return f.checkRows(p, prefix)
	}
	if reason == "" {
		return nil
	}
	return FieldErrors{{Field: prefix + f.Name, Reason: "error." + reason, Args: args}}
}

func (f *Field) checkText(s string) (string, map[string]any) {
	switch {
	case strings.TrimSpace(s) == "" && f.Required:
		return "required", nil
	case s == "":
		return "", nil
	case f.Max > 0 && utf8.RuneCountInString(s) > f.Max:
		return "too-long", map[string]any{"max": f.Max, "have": utf8.RuneCountInString(s)}
	case f.Vocabulary != nil && !f.Vocabulary.Has(s):
		return "choice", map[string]any{"value": s}
	case !f.Formed(s):
		return string(f.Widget), map[string]any{"value": s}
	case f.Valid != nil:
		return f.Valid(s), map[string]any{"value": s}
	}
	return "", nil
}

// Formed says whether a text has the form that the widget asks for: a date, an
// address. Nothing has every form.
func (f *Field) Formed(s string) bool {
	form := formats[f.Widget]
	return s == "" || form == nil || form(s)
}

func (f *Field) checkList(l []string) (string, map[string]any) {
	if reason, args := f.checkCount(len(l)); reason != "" {
		return reason, args
	}
	for _, s := range l {
		if f.Vocabulary != nil && !f.Vocabulary.Has(s) {
			return "choice", map[string]any{"value": s}
		}
	}
	return "", nil
}

func (f *Field) checkCount(n int) (string, map[string]any) {
	if n == 0 && f.Required {
		return "required", nil
	}
	if f.Max > 0 && n > f.Max {
		return "too-many-choices", map[string]any{"max": f.Max, "have": n}
	}
	return "", nil
}

func (f *Field) checkNumber(n float64) string {
	switch {
	case n == 0 && f.Required:
		return "required"
	case n < 0:
		return "negative"
	}
	return ""
}

func (f *Field) checkRows(rows Rows, prefix string) FieldErrors {
	if reason, args := f.checkCount(rows.Len()); reason != "" {
		return FieldErrors{{Field: prefix + f.Name, Reason: "error." + reason, Args: args}}
	}
	var errs FieldErrors
	for i := range rows.Len() {
		errs = append(errs, checkFields(f.Columns, rows.Row(i), prefix+RowName(f.Name, i)+".")...)
	}
	return errs
}

// RowName is the name of a row of a table in forms and errors: "partners.0".
func RowName(table string, i int) string { return table + "." + strconv.Itoa(i) }
