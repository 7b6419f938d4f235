package vocab

import "slices"

// Visibility says how far the addressing of a document reaches.
type Visibility int

// Visibilities, narrowest first. A document that does not say that it is public
// is private.
const (
	Private  Visibility = iota // only those named
	Unlisted                   // Public in cc: everybody may see, nobody is pointed to it
	Listed                     // Public in to
)

// Visibility reads to and cc. directMessage: true is never public (Pleroma).
func (d Doc) Visibility() Visibility {
	switch {
	case d.Bool("directMessage"):
		return Private
	case slices.ContainsFunc(d.IRIs("to"), IsPublic):
		return Listed
	case slices.ContainsFunc(d.IRIs("cc"), IsPublic):
		return Unlisted
	}
	return Private
}

// IsPublic reports whether iri is one of the three spellings of the public
// collection (ActivityPub §5.6).
func IsPublic(iri string) bool { return iri == Public || iri == "as:Public" || iri == "Public" }

// Recipients returns everybody who is named in to, cc, bto, bcc and audience,
// each once, without the public collection. A collection that is written out is
// named by its id or not at all: its members are the sender's claim.
func (d Doc) Recipients() []string {
	var all []string
	for _, key := range []string{"to", "cc", "bto", "bcc", "audience"} {
		for _, iri := range d.IRIs(key) {
			if !IsPublic(iri) && !slices.Contains(all, iri) {
				all = append(all, iri)
			}
		}
	}
	return all
}
