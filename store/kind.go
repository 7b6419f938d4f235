package store

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Item is a record of some kind: a struct that embeds Record.
type Item interface {
	Envelope() *Record
}

// Reviser is a kind that does something of its own when it is saved: dates a
// change of stage, keeps an old wording. old is nil for a new record.
type Reviser interface {
	Revise(old Item, now time.Time)
}

// Kind describes a kind of record. Everything that people and other software
// see of it follows from this.
type Kind struct {
	Name   string      // on the wire (essaim:kind), in message keys "kind.<name>"
	Path   string      // its list: /experimentations; empty when it has none
	Letter string      // its page: /e/{slug}-{id}
	Type   string      // ActivityStreams type
	New    func() Item // an empty one
	Fields []Field     // in the order of the form
}

// Widget is how a field is asked for and shown.
type Widget string

// The widgets. Each says what At points to.
const (
	Line     Widget = "line"     // *string, one line
	Text     Widget = "text"     // *string, a few plain lines
	Markdown Widget = "markdown" // *string
	Choice   Widget = "choice"   // *string of the vocabulary
	Choices  Widget = "choices"  // *[]string of the vocabulary
	Picture  Widget = "picture"  // **Image
	Shown    Widget = "shown"    // anything: kept by the kind itself, not asked for
)

// Field describes one field of a kind. Its words are messages of
// web/assets/locales: "field.<name>" and, where there is one, "hint.<name>".
type Field struct {
	Name       string // in forms, CSV columns and errors
	Widget     Widget
	Required   bool
	Max        int         // characters of a text, entries of a list; 0: no limit
	Vocabulary *Vocabulary // of Choice and Choices
	Facet      bool        // lists can be narrowed by it
	Wire       string      // property on the wire; empty: never leaves this node, or is mapped by the envelope
	At         func(Item) any
}

// Vocabulary is a closed list of slugs. Their words are messages
// "<name>.<slug>".
type Vocabulary struct {
	Name  string
	Slugs []string
}

// Has says whether slug belongs to the vocabulary. Circles belong to Audiences.
func (v *Vocabulary) Has(slug string) bool {
	return slices.Contains(v.Slugs, slug) || v == &Audiences && Audience(slug).Circle() != 0
}

// Field returns the field of this name, or nil.
func (k *Kind) Field(name string) *Field {
	for i := range k.Fields {
		if k.Fields[i].Name == name {
			return &k.Fields[i]
		}
	}
	return nil
}

// Check says everything that is wrong with the fields of it, in the order of
// the form, or nil. It is the one place where the descriptor's rules are kept,
// whoever the record comes from: a form, a client or an import.
func (k *Kind) Check(it Item) error {
	var errs FieldErrors
	for i := range k.Fields {
		if e := k.Fields[i].check(it); e != nil {
			errs = append(errs, e)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

func (f *Field) check(it Item) *FieldError {
	switch p := f.At(it).(type) {
	case *string:
		return f.checkText(*p)
	case *[]string:
		return f.checkList(*p)
	case **Image:
		if f.Required && *p == nil {
			return f.fails("required", nil)
		}
	}
	return nil
}

func (f *Field) checkText(s string) *FieldError {
	switch {
	case strings.TrimSpace(s) == "" && f.Required:
		return f.fails("required", nil)
	case s == "":
		return nil
	case f.Max > 0 && utf8.RuneCountInString(s) > f.Max:
		return f.fails("too-long", map[string]any{"max": f.Max, "have": utf8.RuneCountInString(s)})
	case f.Vocabulary != nil && !f.Vocabulary.Has(s):
		return f.fails("choice", map[string]any{"value": s})
	}
	return nil
}

func (f *Field) checkList(l []string) *FieldError {
	if len(l) == 0 && f.Required {
		return f.fails("required", nil)
	}
	if f.Max > 0 && len(l) > f.Max {
		return f.fails("too-many-choices", map[string]any{"max": f.Max, "have": len(l)})
	}
	for _, s := range l {
		if f.Vocabulary != nil && !f.Vocabulary.Has(s) {
			return f.fails("choice", map[string]any{"value": s})
		}
	}
	return nil
}

func (f *Field) fails(reason string, args map[string]any) *FieldError {
	return &FieldError{Field: f.Name, Reason: "error." + reason, Args: args}
}
