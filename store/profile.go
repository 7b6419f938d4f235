package store

import (
	"reflect"
	"slices"
	"unicode/utf8"
)

// Profile is what a member tells beside name, presentation and role. For each
// field the member says who may read it. The zero Profile tells nothing.
type Profile struct {
	Job          string        `json:"job,omitempty"`
	Employer     string        `json:"employer,omitempty"`
	Roles        Entries[Post] `json:"roles,omitempty"`
	Skills       []string      `json:"skills,omitempty"` // in own words
	Expertise    []string      `json:"expertise,omitempty"`
	Themes       []string      `json:"themes,omitempty"`
	Languages    []string      `json:"languages,omitempty"`
	Offers       string        `json:"offers,omitempty"`
	Seeks        string        `json:"seeks,omitempty"`
	Facilitates  bool          `json:"facilitates,omitempty"` // for other labs, too
	Days         float64       `json:"days,omitempty"`        // a month, at most MaxDays; 0: not said
	Availability []string      `json:"availability,omitempty"`
	Relay        bool          `json:"relay,omitempty"`   // messages are passed on to the member's address
	Mandate      string        `json:"mandate,omitempty"` // nobody but the member and those who run the node reads it

	// Audiences are who may read a field, by its name. A field that is not named
	// has its default.
	Audiences map[string]Audience `json:"audiences,omitempty"`
}

// Post is a role that somebody has or had in a lab.
type Post struct {
	Lab   string `json:"lab"` // its name, or its address
	Role  string `json:"role,omitempty"`
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"` // empty: still
}

// Bounds of a profile.
const (
	MaxDays  = 31
	maxSkill = 60 // characters
)

// ProfileFields describe the fields of a *Profile, in the order of its form. Their
// messages are those of a kind that is called "profile".
var ProfileFields = []Field{
	{Name: "job", Widget: Line, Max: 100, Wire: "essaim:job", At: at(func(p *Profile) any { return &p.Job })},
	{Name: "employer", Widget: Line, Max: 200, Wire: "essaim:employer", At: at(func(p *Profile) any { return &p.Employer })},
	{Name: "roles", Widget: Table, Max: 30, Wire: "essaim:roles", At: at(func(p *Profile) any { return &p.Roles }), Columns: []Field{
		{Name: "lab", Widget: Line, Required: true, Max: 200, At: at(func(p *Post) any { return &p.Lab })},
		{Name: "role", Widget: Choice, Vocabulary: &MemberRoles, At: at(func(p *Post) any { return &p.Role })},
		{Name: "since", Widget: Day, At: at(func(p *Post) any { return &p.Since })},
		{Name: "until", Widget: Day, At: at(func(p *Post) any { return &p.Until })},
	}},

	{Name: "skills", Widget: Words, Max: 20, Facet: true, Wire: "essaim:skills", At: at(func(p *Profile) any { return &p.Skills })},
	{Name: "expertise", Widget: Choices, Vocabulary: &Expertises, Facet: true, Wire: "essaim:expertise", At: at(func(p *Profile) any { return &p.Expertise })},
	{Name: "themes", Widget: Choices, Max: 10, Vocabulary: &Themes, Facet: true, Wire: "essaim:themes", At: at(func(p *Profile) any { return &p.Themes })},
	{Name: "languages", Widget: Choices, Vocabulary: &Languages, Wire: "essaim:languages", At: at(func(p *Profile) any { return &p.Languages })},

	{Name: "offers", Widget: Text, Max: 1000, Wire: "essaim:offers", At: at(func(p *Profile) any { return &p.Offers })},
	{Name: "seeks", Widget: Text, Max: 1000, Wire: "essaim:seeks", At: at(func(p *Profile) any { return &p.Seeks })},
	{Name: "facilitates", Widget: Tick, Facet: true, Wire: "essaim:offersFacilitation", At: at(func(p *Profile) any { return &p.Facilitates })},
	{Name: "days", Widget: Amount, Wire: "essaim:daysPerMonth", At: at(func(p *Profile) any { return &p.Days })},
	{Name: "availability", Widget: Choices, Vocabulary: &Availabilities, Wire: "essaim:availability", At: at(func(p *Profile) any { return &p.Availability })},
	{Name: "relay", Widget: Tick, Wire: "essaim:contactRelay", At: at(func(p *Profile) any { return &p.Relay })},
	{Name: "mandate", Widget: Choice, Vocabulary: &Mandates, Inner: true, At: at(func(p *Profile) any { return &p.Mandate })},
}

// The vocabularies of profiles.
var (
	// ProfileAudiences are who may read a field of a profile. There is nothing
	// between the lab and everybody: other nodes get one document of a member, the
	// same for all.
	ProfileAudiences = Vocabulary{Name: "profile-audience", Slugs: []string{string(Team), string(LabOnly), string(Public)}}

	Availabilities = Vocabulary{Name: "availability", Slugs: []string{"sur-place", "a-distance", "ponctuelle", "reguliere", "mission"}}
	Mandates       = Vocabulary{Name: "mandate", Slugs: []string{"mandate", "tolere", "personnel"}}
)

// AudienceOf says who may read a field: whom the member chose, else the lab, and
// of the employer nobody but the member and those who run the node.
func (p *Profile) AudienceOf(f *Field) Audience {
	chosen := p.Audiences[f.Name]
	switch {
	case f.Inner:
		return Team
	case ProfileAudiences.Has(string(chosen)):
		return chosen
	case f.Name == "employer":
		return Team
	}
	return LabOnly
}

// Reads is the one answer to "who may read this field of this member", for every
// way out: pages, documents, the directory and its facets, catalogues. What is
// known of a member of another node was told to everybody.
func (v Viewer) Reads(a *Actor, f *Field) bool {
	if !a.Local || a.Profile == nil {
		return true
	}
	switch a.Profile.AudienceOf(f) {
	case Public:
		return true
	case LabOnly:
		return v.Local
	}
	return v.Local && (v.Runs || v.Actor == a.IRI)
}

// ProfileFor is what v may read of an actor's profile: a copy without the rest
// and without its audiences. It is never nil.
func (a *Actor) ProfileFor(v Viewer) *Profile {
	if a.Profile == nil {
		return new(Profile)
	}
	read := *a.Profile
	read.Audiences = nil
	for i := range ProfileFields {
		if f := &ProfileFields[i]; !v.Reads(a, f) {
			reflect.ValueOf(f.At(&read)).Elem().SetZero()
		}
	}
	return &read
}

// PublicProfile is what everybody may read, on any node.
func (a *Actor) PublicProfile() *Profile { return a.ProfileFor(Viewer{Away: true}) }

// MemberContact is the e-mail address to which messages of v for a member of this
// node are passed on. Empty: the member does not want any of v. Nobody is shown it.
func (t *Txn) MemberContact(v Viewer, a *Actor) string {
	if !a.Local || !a.ProfileFor(v).Relay {
		return ""
	}
	account, err := t.AccountOf(a.ID)
	if err != nil {
		return ""
	}
	return account.Email
}

// IsEmpty says whether the profile tells nothing.
func (p *Profile) IsEmpty() bool {
	return !slices.ContainsFunc(ProfileFields, func(f Field) bool { return !f.IsEmpty(p) })
}

// Check says everything that is wrong with the profile, or nil. The audience of a
// field is "audience." and its name.
func (p *Profile) Check() error {
	errs := checkFields(ProfileFields, p, "")
	if i := slices.IndexFunc(p.Skills, isLongSkill); i >= 0 {
		errs = append(errs, &FieldError{Field: "skills", Reason: "error.skill", Args: map[string]any{"value": p.Skills[i], "max": maxSkill}})
	}
	if p.Days > MaxDays {
		errs = append(errs, &FieldError{Field: "days", Reason: "error.days", Args: map[string]any{"max": MaxDays}})
	}
	for i, post := range p.Roles {
		if !inOrder(post.Since, post.Until) {
			errs = append(errs, &FieldError{Field: RowName("roles", i) + ".until", Reason: "error.until", Args: map[string]any{"since": post.Since}})
		}
	}
	for _, f := range ProfileFields {
		if chosen := p.Audiences[f.Name]; chosen != "" && (f.Inner || !ProfileAudiences.Has(string(chosen))) {
			errs = append(errs, &FieldError{Field: "audience." + f.Name, Reason: "error.choice", Args: map[string]any{"value": string(chosen)}})
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

func isLongSkill(s string) bool { return utf8.RuneCountInString(s) > maxSkill }

// Trim drops what Check would not let in, of a profile from elsewhere whose fields
// have their form already.
func (p *Profile) Trim() {
	p.Skills = slices.DeleteFunc(p.Skills, isLongSkill)
	p.Days = min(p.Days, MaxDays)
	p.Roles = slices.DeleteFunc(p.Roles, func(post Post) bool { return post.Lab == "" || !inOrder(post.Since, post.Until) })
}
