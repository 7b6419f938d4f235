package store

import "slices"

// Role is what an account may do at this node.
type Role string

// The roles.
const (
	Admin       Role = "admin"       // everything
	Animator    Role = "animator"    // all records, the lab, the network
	Moderator   Role = "moderator"   // what others wrote here and on the network
	Contributor Role = "contributor" // own records
)

// Roles are all roles, from the widest.
func Roles() []Role { return []Role{Admin, Animator, Moderator, Contributor} }

// Act is something that not every account may do.
type Act string

// The acts.
const (
	// RunLab is to speak for the lab: its profile, its circles, the labs it follows,
	// all of its records, imports, deliveries.
	RunLab Act = "run-lab"
	// Moderate is to decide on reports and on what was written without an account,
	// and to see it whatever its audience.
	Moderate Act = "moderate"
	// BlockHosts is to keep whole servers away, and to let them in again.
	BlockHosts Act = "block-hosts"
	// Invite is to bring in contributors, and to help them sign in.
	Invite Act = "invite"
	// Appoint is to give and take every role, and to help everybody sign in.
	Appoint Act = "appoint"
	// Dispose is to take the whole away: an export of everything, the end of the lab.
	Dispose Act = "dispose"
	// ReadJournal is to read who did what in the administration.
	ReadJournal Act = "read-journal"
)

// rights says who may do what. It is the only place that does: pages, the client
// API and the door ask May.
var rights = map[Act]struct {
	roles []Role
	grave bool
}{
	RunLab:     {roles: []Role{Admin, Animator}},
	Moderate:   {roles: []Role{Admin, Animator, Moderator}},
	BlockHosts: {roles: []Role{Admin, Animator, Moderator}, grave: true},
	Invite:     {roles: []Role{Admin, Animator}},
	Appoint:    {roles: []Role{Admin}, grave: true},
	Dispose:    {roles: []Role{Admin}, grave: true},

	ReadJournal: {roles: []Role{Admin, Animator}},
}

// Acts are all acts, in alphabetical order.
func Acts() []Act {
	var all []Act
	for a := range rights {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}

// Grave says whether somebody who does this must have proved lately who he is: a
// session that was left open, or stolen, is not enough.
func (a Act) Grave() bool { return rights[a].grave }

// May says whether a role may do something.
func (r Role) May(a Act) bool { return slices.Contains(rights[a].roles, r) }

// Runs says whether the role may act for the lab.
func (r Role) Runs() bool { return r.May(RunLab) }

// Manages says whether the role may give another, or a way to sign in as
// somebody who has it.
func (r Role) Manages(other Role) bool {
	return r.May(Appoint) || r.May(Invite) && other == Contributor
}

// May says whether the viewer may do something at this node. Who runs it without
// a role is the node itself.
func (v Viewer) May(a Act) bool {
	return v.Local && (v.Role.May(a) || v.Runs && v.Role == "")
}
