package store

import (
	"slices"
	"strings"
)

// Audience is a step of the ladder that says who may see a record. The zero
// value counts as the narrowest step.
type Audience string

// The ladder, from the narrowest step to the widest. Between Team and LabOnly
// stand the circles of this node, each a step of its own (CircleAudience).
const (
	Named        Audience = "named"         // its authors and those whom it names, on this node and elsewhere
	Team         Audience = "team"          // its authors and those who run the node
	LabOnly      Audience = "lab"           // everybody who signs in at this node
	FollowedLabs Audience = "followed-labs" // the members of labs that follow each other with this one
	OnSite       Audience = "site"          // everybody who comes to this node; not told to any other
	Unlisted     Audience = "unlisted"      // whoever knows the address; in no list, feed or search
	Public       Audience = "public"        // everybody
)

// Federates says whether records of this audience leave the node.
func (a Audience) Federates() bool { return a == Named || a == FollowedLabs || a.Open() }

// Open says whether everybody who knows the address may see it, on other nodes
// too. What is only on this site is not open: its pages show it, its documents do
// not.
func (a Audience) Open() bool { return a == Unlisted || a == Public }

// circleStep stands for all circles: the step in words and in indexes.
const circleStep Audience = "circle"

const circlePrefix = string(circleStep) + ":"

// CircleAudience is the step of those who belong to a circle: "circle:<id>".
func CircleAudience(id ID) Audience { return Audience(circlePrefix + id.String()) }

// Circle is the circle that the audience names, whether there is one or not, or
// zero for the other steps.
func (a Audience) Circle() ID {
	number, ok := strings.CutPrefix(string(a), circlePrefix)
	if !ok {
		return 0
	}
	id, err := ParseID(number)
	if err != nil || CircleAudience(id) != a { // one spelling for each
		return 0
	}
	return id
}

// Step is the audience without the name of its circle: "circle" for all of them.
func (a Audience) Step() Audience {
	if a.Circle() != 0 {
		return circleStep
	}
	return a
}

// ladder are the steps from the narrowest to the widest.
var ladder = []Audience{Named, Team, circleStep, LabOnly, FollowedLabs, OnSite, Unlisted, Public}

// rank is the place on the ladder, counted from the narrowest: 0. What is no step
// is the narrowest.
func (a Audience) rank() int { return max(0, slices.Index(ladder, a.Step())) }

// Within says whether everybody who may see a may see b, too: it is the same
// step or a lower one. Of two circles neither is within the other. What names
// those who may see it is within every step: it tells them of its own accord.
func (a Audience) Within(b Audience) bool {
	return a == b || a.rank() == 0 || a.rank() < b.rank()
}

// code is how indexes hold the step.
func (a Audience) code() byte { return byte(max(0, slices.Index(audienceCodes, a.Step()))) }

// Viewer is who looks. The zero Viewer is anybody.
type Viewer struct {
	Actor   string // IRI of a member who signed in, or of the actor that signed a request
	Local   bool   // a member of this node
	Role    Role   // of a member of this node
	Runs    bool   // an administrator or animator of this node, or the node itself
	Node    bool   // another node, which fetches for its labs and members
	Away    bool   // somebody who reads documents, not pages, and is no member
	Circles []ID   // the circles of this node that a member belongs to
	Mutual  string // IRI of this node's lab, for a lab that it follows and that follows it, and for that lab's server

	Form  bool // the open form, for somebody without an account
	Claim ID   // the record whose edit link somebody without an account holds
}

// ViewerOf is what a member of this node may see who has this role, as things
// stand in this transaction. Make one for each request: who was taken out of a
// circle loses sight with the next.
func (t *Txn) ViewerOf(member *Actor, role Role) Viewer {
	v := Viewer{Actor: member.IRI, Local: true, Role: role, Runs: role.Runs()}
	for _, c := range t.CirclesOf(member.IRI) {
		v.Circles = append(v.Circles, c.ID)
	}
	return v
}

// ViewerElsewhere is what an actor of another node may see who signed a request, as
// things stand in this transaction.
func (t *Txn) ViewerElsewhere(actor *Actor) Viewer {
	v := Viewer{Actor: actor.IRI, Away: true, Node: actor.Type == Application}
	lab, err := t.Lab()
	if err != nil {
		return v
	}
	for other := range t.MutualLabs(lab.ID) {
		if other.ID == actor.ID || v.Node && SameOrigin(other.IRI, actor.IRI) {
			v.Mutual = lab.IRI
		}
	}
	return v
}

// CanSee is the one answer to "who may see this record", for every way out:
// pages, wire, lists, feeds. A mirrored record that is not open was addressed
// to this node's lab, so its members may see it. What is for labs that follow each
// other is for those that do now, too, whenever it was published.
func (v Viewer) CanSee(r *Record) bool {
	switch {
	case r.Audience.Open(), r.Audience == OnSite && v.onSite(), v.claims(r):
		return true
	case v.Actor == "":
		return false
	case v.Local && v.Runs && !r.Remote && r.Audience != Named, v.Actor == r.Lab, slices.Contains(r.Authors, v.Actor), slices.Contains(r.Addressed, v.Actor):
		return true
	case r.Unverified && !r.Remote && v.May(Moderate):
		return true
	case r.Audience.Circle() != 0:
		return v.belongsTo(r.Audience) && !r.Remote
	case r.Audience == FollowedLabs && v.Mutual == r.Lab && !r.Remote:
		return true
	case r.Audience == FollowedLabs || r.Audience == LabOnly:
		return v.Local || v.Node && slices.ContainsFunc(r.Addressed, func(iri string) bool { return SameOrigin(iri, v.Actor) })
	}
	return false
}

// belongsTo says whether an audience is one of the viewer's circles. Those that
// are no more are nobody's: they mean the team.
func (v Viewer) belongsTo(a Audience) bool { return v.Local && slices.Contains(v.Circles, a.Circle()) }

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
	case a == Public, a == OnSite && v.onSite():
		return true, true
	case v.Actor == "":
		return false, true
	case a == Named:
		return false, false
	case v.Local && (a == LabOnly || a == FollowedLabs || v.Runs && !remote):
		return true, true
	}
	return false, false
}

// onSite says whether v came to this node's pages: a visitor or a member.
func (v Viewer) onSite() bool { return v.Local || v.Actor == "" && !v.Away }

// claims says whether v holds the edit link of the record.
func (v Viewer) claims(r *Record) bool { return v.Claim != 0 && v.Claim == r.ID && !r.Remote }

// CanEdit says whether v may change or delete the record: its authors, those who
// run the node where it is at home, unless it is not for them, and who holds its
// edit link.
func (v Viewer) CanEdit(r *Record) bool {
	return v.claims(r) || v.Local && !r.Remote && (v.Runs && r.Audience != Named || slices.Contains(r.Authors, v.Actor))
}
