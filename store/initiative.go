package store

// Initiative is what people do on the ground, with or without a lab: a map of
// hundreds of them shows what a territory is capable of.
type Initiative struct {
	Record
	InitiativeKind string             `json:"initiativeKind,omitempty"`
	Actors         Entries[Party]     `json:"actors,omitempty"`
	Since          string             `json:"since,omitempty"`
	Until          string             `json:"until,omitempty"`
	Status         string             `json:"status,omitempty"`
	Frugal         bool               `json:"frugal,omitempty"` // begun with what was there, and without prior permission
	Budget         float64            `json:"budget,omitempty"` // euros, at most
	Website        string             `json:"website,omitempty"`
	Contact        string             `json:"contact,omitempty"` // an e-mail address that nobody is shown
	Supporters     Entries[Supporter] `json:"supporters,omitempty"`
}

// Party is somebody who does something, and what they are.
type Party struct {
	Name     string `json:"name"`
	Category string `json:"orgCategory,omitempty"`
	Website  string `json:"url,omitempty"`
}

// Supporter is somebody who joined later on.
type Supporter struct {
	Name  string `json:"name"`
	Since string `json:"since,omitempty"`
	Note  string `json:"note,omitempty"`
}

var _ = newKind(Kind{
	Name: "initiative", Path: "initiatives", Letter: "i", Type: "Article", Schema: "Project",
	Section: "mutual-aid", Look: "initiative", Rank: 60, Bulk: true,
	New: func() Item { return new(Initiative) },
	Fields: asked([]Field{
		titleField, pitchField,
		{Name: "initiativeKind", Widget: Choice, Required: true, Vocabulary: &InitiativeKinds, Facet: true, Badge: true, Wire: "essaim:initiativeKind", At: at(func(i *Initiative) any { return &i.InitiativeKind })},
		placeField,
		{Name: "status", Widget: Choice, Vocabulary: &Statuses, Facet: true, Badge: true, Wire: "essaim:status", At: at(func(i *Initiative) any { return &i.Status })},
		{Name: "frugal", Widget: Tick, Badge: true, Wire: "essaim:frugal", At: at(func(i *Initiative) any { return &i.Frugal })},
		{Name: "since", Widget: Day, Wire: "essaim:since", Schema: "foundingDate", At: at(func(i *Initiative) any { return &i.Since })},
		{Name: "until", Widget: Day, Wire: "essaim:until", At: at(func(i *Initiative) any { return &i.Until })},
		{Name: "budget", Widget: Amount, Wire: "essaim:budget", At: at(func(i *Initiative) any { return &i.Budget })},

		{Name: "contact", Widget: Line, Max: 254, Inner: true, Example: "contact@collectif.example", Valid: validEmail, At: at(func(i *Initiative) any { return &i.Contact })},
		{Name: "website", Widget: Web, Max: 500, Wire: "essaim:website", Schema: "url", At: at(func(i *Initiative) any { return &i.Website })},
		{Name: "actors", Widget: Table, Personal: true, Max: 50, Wire: "essaim:actors", At: at(func(i *Initiative) any { return &i.Actors }), Columns: []Field{
			{Name: "name", Widget: Line, Required: true, Max: 200, At: at(func(p *Party) any { return &p.Name })},
			{Name: "orgCategory", Widget: Choice, Vocabulary: &OrgCategories, At: at(func(p *Party) any { return &p.Category })},
			{Name: "url", Widget: Web, Max: 500, At: at(func(p *Party) any { return &p.Website })},
		}},
		{Name: "supporters", Widget: Table, Personal: true, Max: 200, Wire: "essaim:supporters", At: at(func(i *Initiative) any { return &i.Supporters }), Columns: []Field{
			{Name: "name", Widget: Line, Required: true, Max: 200, At: at(func(s *Supporter) any { return &s.Name })},
			{Name: "since", Widget: Day, At: at(func(s *Supporter) any { return &s.Since })},
			{Name: "note", Widget: Line, Max: 300, At: at(func(s *Supporter) any { return &s.Note })},
		}},

		bodyField,
		themesField, publicsField, territoryField, relationsField,
		imageField, attachmentsField, licenceField, audienceField,
	}, "title", "pitch", "initiativeKind", "place"),
})

// InitiativeKinds come from the words that people gave their own initiatives.
var InitiativeKinds = Vocabulary{Name: "initiative-kind", Slugs: []string{
	"entraide", "solidarite", "circuit-court", "fabrication", "sante", "education", "culture", "numerique",
	"mobilite", "logement", "travail", "nature", "information", "autre",
}}

// Check wants an end that comes after the beginning.
func (i *Initiative) Check() FieldErrors {
	if inOrder(i.Since, i.Until) {
		return nil
	}
	return FieldErrors{{Field: "until", Reason: "error.until", Args: map[string]any{"since": i.Since}}}
}

// inOrder says whether one day is not after another, as far as both are known.
func inOrder(from, to string) bool {
	return from == "" || to == "" || !isTime(dayForm, from) || !isTime(dayForm, to) || from <= to
}
