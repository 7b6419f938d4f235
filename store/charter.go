package store

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Charter is what the lab promises those who take part, and asks of them. The zero
// Charter says nothing: there is none.
type Charter struct {
	Text    string    `json:"text,omitempty"` // Markdown
	Lang    string    `json:"lang,omitempty"` // a slug of Languages
	Version int       `json:"version"`        // the first is 1; every other text is one more
	Updated time.Time `json:"updated,omitzero"`
}

// MaxCharter bounds the text of a charter, in characters.
const MaxCharter = 20_000

const settingCharter = "charter"

// Charter returns the lab's, never nil.
func (t *Txn) Charter() *Charter {
	c := new(Charter)
	t.shown(settingCharter, c)
	return c
}

// PutCharter keeps the charter of the lab, as of now; without a text it is taken away.
// FieldErrors of "text" and "lang" say what is wrong with it.
func (t *Txn) PutCharter(text, lang string) error {
	text = strings.TrimSpace(text)
	var wrong FieldErrors
	if n := utf8.RuneCountInString(text); n > MaxCharter {
		wrong = append(wrong, &FieldError{Field: "text", Reason: "error.too-long", Args: map[string]any{"max": MaxCharter, "have": n}})
	}
	if !Languages.Has(lang) {
		wrong = append(wrong, &FieldError{Field: "lang", Reason: "error.choice", Args: map[string]any{"value": lang}})
	}
	if len(wrong) > 0 {
		return wrong
	}
	c := t.Charter()
	if text != "" && text != c.Text {
		c.Version++
	}
	c.Text, c.Lang, c.Updated = text, lang, t.now
	return t.putShown(settingCharter, c)
}
