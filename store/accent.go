package store

import "regexp"

const settingAccent = "accent"

var hexColour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Accent is the colour of the lab's pages, "#0f5b52"; empty: that of the software.
func (t *Txn) Accent() (colour string) {
	t.shown(settingAccent, &colour)
	return colour
}

// PutAccent keeps the colour of the lab's pages; the empty one is that of the software.
// A FieldError of "colour" says that it is none. Whether text in it can be read is for
// web/assets to say, which knows the grounds.
func (t *Txn) PutAccent(colour string) error {
	if colour != "" && !hexColour.MatchString(colour) {
		return &FieldError{Field: "colour", Reason: "error.colour", Args: map[string]any{"value": colour}}
	}
	return t.putShown(settingAccent, colour)
}
