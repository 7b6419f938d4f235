package store

import "slices"

// Audience is a step of the ladder that says who may see a record. The zero
// value is the narrowest step.
type Audience string

// The ladder, from the narrowest step to the widest. Circles come between Team
// and LabOnly.
const (
	Team         Audience = "team"          // its authors and those who run the node
	LabOnly      Audience = "lab"           // everybody who signs in at this node
	FollowedLabs Audience = "followed-labs" // the members of labs that follow each other with this one
	Unlisted     Audience = "unlisted"      // whoever knows the address; in no list, feed or search
	Public       Audience = "public"        // everybody
)

// Federates says whether records of this audience leave the node.
func (a Audience) Federates() bool { return a == FollowedLabs || a.Open() }

// Open says whether everybody who knows the address may see it.
func (a Audience) Open() bool { return a == Unlisted || a == Public }

// NarrowerThan says whether a is a lower step of the ladder than b.
func (a Audience) NarrowerThan(b Audience) bool { return a.code() < b.code() }

// code is the step as a number, counted from the narrowest: 0.
func (a Audience) code() byte { return byte(max(0, slices.Index(audienceCodes, a))) }

// Viewer is who looks. The zero Viewer is anybody.
type Viewer struct {
	Actor string // IRI of a member who signed in, or of the actor that signed a request
	Local bool   // a member of this node
	Runs  bool   // an administrator or animator of this node
	Node  bool   // another node, which fetches for its labs and members
}

// CanSee is the one answer to "who may see this record", for every way out:
// pages, wire, lists, feeds. A mirrored record that is not open was addressed
// to this node's lab, so its members may see it.
func (v Viewer) CanSee(r *Record) bool {
	switch {
	case r.Audience.Open():
		return true
	case v.Actor == "":
		return false
	case v.Local && v.Runs && !r.Remote, v.Actor == r.Lab, slices.Contains(r.Authors, v.Actor), slices.Contains(r.Addressed, v.Actor):
		return true
	case r.Audience == FollowedLabs || r.Audience == LabOnly:
		return v.Local || v.Node && slices.ContainsFunc(r.Addressed, func(iri string) bool { return SameOrigin(iri, v.Actor) })
	}
	return false
}

// CanList says whether the record may stand in a list that v looks at.
func (v Viewer) CanList(r *Record) bool {
	if r.Audience == Unlisted {
		return v.Local && (v.Runs && !r.Remote || v.Actor == r.Lab || slices.Contains(r.Authors, v.Actor))
	}
	return v.CanSee(r)
}

// listsAll is CanList's answer where it is the same for every record of an
// audience, mirrored or not; else it is not known.
func (v Viewer) listsAll(a Audience, remote bool) (may, known bool) {
	switch {
	case a == Public:
		return true, true
	case v.Actor == "":
		return false, true
	case v.Local && (a == LabOnly || a == FollowedLabs || v.Runs && !remote):
		return true, true
	}
	return false, false
}

// CanEdit says whether v may change or delete the record: its authors and those
// who run the node where it is at home.
func (v Viewer) CanEdit(r *Record) bool {
	return v.Local && !r.Remote && (v.Runs || slices.Contains(r.Authors, v.Actor))
}
