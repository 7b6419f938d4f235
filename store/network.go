package store

import "time"

// Network is people or organisations that meet again and again: a network, or a
// community of practice. Persons belong to it; organisations are bound to it by
// a convention. Neither implies the other.
type Network struct {
	Record
	NetworkKind string              `json:"networkKind,omitempty"`
	Founders    Entries[Founder]    `json:"founders,omitempty"`
	Since       string              `json:"since,omitempty"`
	Cadence     string              `json:"cadence,omitempty"`
	Meetings    Entries[Meeting]    `json:"meetings,omitempty"`
	Members     Entries[Belonging]  `json:"members,omitempty"`
	Partners    Entries[Convention] `json:"partners,omitempty"`
	Rules       string              `json:"rules,omitempty"`
	Website     string              `json:"website,omitempty"`
}

// Founder is who began a network.
type Founder struct {
	Name     string `json:"name"`
	Category string `json:"orgCategory,omitempty"`
}

// Meeting is one meeting of a network, and whose turn it is to be host.
type Meeting struct {
	Date string `json:"date"`
	Host string `json:"host,omitempty"`
	Link string `json:"object,omitempty"` // IRI of the event
}

// Belonging is a member of a network.
type Belonging struct {
	Member string `json:"object"` // IRI of a person or a lab, of any node
	Role   string `json:"role,omitempty"`
}

// Convention is what binds an organisation to a network, and for how long.
type Convention struct {
	Org   string `json:"org"`
	Text  string `json:"convention,omitempty"`
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
}

var _ = newKind(Kind{
	Name: "network", Path: "reseaux-et-communautes", Letter: "k", Type: "Article", Schema: "Organization",
	Section: "network", Look: "lab", Rank: 90,
	New: func() Item { return new(Network) },
	Fields: []Field{
		titleField, pitchField,
		{Name: "networkKind", Widget: Choice, Required: true, Vocabulary: &NetworkKinds, Facet: true, Badge: true, Wire: "essaim:networkKind", At: at(func(n *Network) any { return &n.NetworkKind })},
		{Name: "since", Widget: Day, Wire: "essaim:since", Schema: "foundingDate", At: at(func(n *Network) any { return &n.Since })},
		{Name: "website", Widget: Web, Max: 500, Wire: "essaim:website", Schema: "url", At: at(func(n *Network) any { return &n.Website })},
		{Name: "founders", Widget: Table, Max: 20, Wire: "essaim:founders", At: at(func(n *Network) any { return &n.Founders }), Columns: []Field{
			{Name: "name", Widget: Line, Required: true, Max: 200, At: at(func(f *Founder) any { return &f.Name })},
			{Name: "orgCategory", Widget: Choice, Vocabulary: &OrgCategories, At: at(func(f *Founder) any { return &f.Category })},
		}},
		bodyField,

		{Name: "cadence", Widget: Choice, Vocabulary: &Cadences, Facet: true, Wire: "essaim:cadence", At: at(func(n *Network) any { return &n.Cadence })},
		{Name: "meetings", Widget: Table, Max: 100, Wire: "essaim:meetings", At: at(func(n *Network) any { return &n.Meetings }), Columns: []Field{
			{Name: "date", Widget: Day, Required: true, At: at(func(m *Meeting) any { return &m.Date })},
			{Name: "host", Widget: Line, Max: 200, At: at(func(m *Meeting) any { return &m.Host })},
			{Name: "object", Widget: Link, Max: 500, At: at(func(m *Meeting) any { return &m.Link })},
		}},
		{Name: "rules", Widget: Text, Max: 3000, Wire: "essaim:rules", At: at(func(n *Network) any { return &n.Rules })},

		{Name: "members", Widget: Table, Personal: true, Max: 200, Wire: "essaim:members", At: at(func(n *Network) any { return &n.Members }), Columns: []Field{
			{Name: "object", Widget: Link, Required: true, Max: 500, At: at(func(b *Belonging) any { return &b.Member })},
			{Name: "role", Widget: Line, Max: 200, At: at(func(b *Belonging) any { return &b.Role })},
		}},
		{Name: "partners", Widget: Table, Max: 100, Wire: "essaim:partners", At: at(func(n *Network) any { return &n.Partners }), Columns: []Field{
			{Name: "org", Widget: Line, Required: true, Max: 200, At: at(func(c *Convention) any { return &c.Org })},
			{Name: "convention", Widget: Line, Max: 300, At: at(func(c *Convention) any { return &c.Text })},
			{Name: "since", Widget: Day, At: at(func(c *Convention) any { return &c.Since })},
			{Name: "until", Widget: Day, At: at(func(c *Convention) any { return &c.Until })},
		}},

		themesField, publicsField, territoryField, relationsField,
		imageField, attachmentsField, licenceField, audienceField,
	},
})

// The vocabularies of networks.
var (
	NetworkKinds = Vocabulary{Name: "network-kind", Slugs: []string{"reseau-territorial", "reseau-de-metier", "reseau-d-elus", "communaute", "collectif"}}
	Cadences     = Vocabulary{Name: "cadence", Slugs: []string{"mensuel", "bimestriel", "trimestriel", "semestriel", "annuel", "libre"}}
	// meetingStamps is the badge of a network that should have met.
	meetingStamps = Vocabulary{Name: "network-meeting", Slugs: []string{"en-retard"}, Tones: map[string]string{"en-retard": "warn"}}
)

// months between two meetings.
var cadenceMonths = map[string]int{"mensuel": 1, "bimestriel": 2, "trimestriel": 3, "semestriel": 6, "annuel": 12}

// Overdue says whether the network should have met by now: it has a cadence, its
// last meeting is longer ago than that, and none is planned.
func (n *Network) Overdue(now time.Time) bool {
	months := cadenceMonths[n.Cadence]
	last := ""
	for _, m := range n.Meetings {
		last = max(last, m.Date)
	}
	if months == 0 || last == "" {
		return false
	}
	day, err := time.Parse(dayForm, last)
	return err == nil && day.AddDate(0, months, 1).Before(now)
}

// Stamp shows that the network is overdue.
func (n *Network) Stamp(now time.Time) (*Vocabulary, string) {
	if n.Overdue(now) {
		return &meetingStamps, "en-retard"
	}
	return &meetingStamps, ""
}

// Check wants conventions to end after they begin.
func (n *Network) Check() FieldErrors {
	var errs FieldErrors
	for i, c := range n.Partners {
		if !inOrder(c.Since, c.Until) {
			errs = append(errs, &FieldError{Field: RowName("partners", i) + ".until", Reason: "error.until", Args: map[string]any{"since": c.Since}})
		}
	}
	return errs
}
