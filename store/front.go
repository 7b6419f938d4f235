package store

import "slices"

// The blocks of the home page that are no shelf of a kind.
const (
	FrontNow   = "now"    // what is open, begins or changed these days
	FrontLists = "lists"  // the kinds that have no shelf
	FrontNews  = "latest" // news of the lab, and how to follow it
)

// FrontBlocks name the blocks of the home page, in the order in which they stand until
// somebody arranges them: what is on now, a shelf for every kind that is Front, then the
// rest.
func FrontBlocks() []string {
	names := []string{FrontNow}
	for _, k := range Kinds {
		if k.Front {
			names = append(names, k.Name)
		}
	}
	return append(names, FrontLists, FrontNews)
}

// Front is how those who run the lab arranged the home page, by the names of blocks.
// The zero Front is the order of FrontBlocks.
type Front struct {
	Shown  []string `json:"shown,omitempty"` // in order
	Hidden []string `json:"hidden,omitempty"`
}

const settingFront = "front"

// Front returns the home page's, never nil, with every block once.
func (t *Txn) Front() *Front {
	f := new(Front)
	t.shown(settingFront, f)
	return f.whole()
}

// PutFront keeps how the home page is arranged. A FieldError says which block there is
// not, or is twice.
func (t *Txn) PutFront(f *Front) error {
	said := slices.Concat(f.Shown, f.Hidden)
	for i, name := range said {
		if !slices.Contains(FrontBlocks(), name) || slices.Contains(said[:i], name) {
			return &FieldError{Field: name, Reason: "error.choice", Args: map[string]any{"value": name}}
		}
	}
	return t.putShown(settingFront, f)
}

// whole leaves out the blocks that there are no more, and puts those that came since
// behind the one that they follow by default.
func (f *Front) whole() *Front {
	all := FrontBlocks()
	gone := func(name string) bool { return !slices.Contains(all, name) }
	whole := &Front{slices.DeleteFunc(slices.Clone(f.Shown), gone), slices.DeleteFunc(slices.Clone(f.Hidden), gone)}
	for i, name := range all {
		if slices.Contains(whole.Shown, name) || slices.Contains(whole.Hidden, name) {
			continue
		}
		at := 0
		if i > 0 {
			at = slices.Index(whole.Shown, all[i-1]) + 1
		}
		whole.Shown = slices.Insert(whole.Shown, at, name)
	}
	return whole
}
