package store

// Method is a way of working, or a tool, that others can take up: what it is for,
// its steps, what it needs, and where it was used.
type Method struct {
	Record
	MethodKind string              `json:"methodKind,omitempty"`
	Purpose    string              `json:"purpose,omitempty"`
	Duration   string              `json:"duration,omitempty"`
	GroupMin   int                 `json:"groupMin,omitempty"` // people; 0: not said
	GroupMax   int                 `json:"groupMax,omitempty"`
	Material   string              `json:"material,omitempty"`
	Steps      Entries[MethodStep] `json:"steps,omitempty"`
	UsedBy     Entries[MethodUse]  `json:"usedBy,omitempty"`
}

// MethodStep is one step of a method.
type MethodStep struct {
	Text    string `json:"text"`
	Details string `json:"details,omitempty"`
	Time    string `json:"time,omitempty"` // in words: "20 minutes"
}

// MethodUse is a record, of any node, in which a method was used.
type MethodUse struct {
	Record string `json:"object"` // IRI
	Note   string `json:"note,omitempty"`
}

var _ = newKind(Kind{
	Name: "method", Path: "methodes", Letter: "m", Type: "Page", Schema: "HowTo",
	Section: "experiments", Look: "resource", Rank: 85,
	New: func() Item { return new(Method) },
	Fields: []Field{
		titleField, pitchField,
		{Name: "methodKind", Widget: Choice, Required: true, Vocabulary: &MethodKinds, Facet: true, Badge: true, Wire: "essaim:methodKind", At: at(func(m *Method) any { return &m.MethodKind })},
		{Name: "purpose", Widget: Text, Max: 1000, Wire: "essaim:purpose", At: at(func(m *Method) any { return &m.Purpose })},

		{Name: "duration", Widget: Choice, Vocabulary: &MethodDurations, Facet: true, Wire: "essaim:duration", At: at(func(m *Method) any { return &m.Duration })},
		{Name: "groupMin", Widget: Whole, Wire: "essaim:groupMin", At: at(func(m *Method) any { return &m.GroupMin })},
		{Name: "groupMax", Widget: Whole, Wire: "essaim:groupMax", At: at(func(m *Method) any { return &m.GroupMax })},
		{Name: "material", Widget: Text, Max: 1000, Wire: "essaim:material", Schema: "supply", At: at(func(m *Method) any { return &m.Material })},
		{Name: "steps", Widget: Table, Max: 30, Wire: "essaim:steps", At: at(func(m *Method) any { return &m.Steps }), Columns: []Field{
			{Name: "text", Widget: Line, Required: true, Max: 200, At: at(func(s *MethodStep) any { return &s.Text })},
			{Name: "details", Widget: Text, Max: 2000, At: at(func(s *MethodStep) any { return &s.Details })},
			{Name: "time", Widget: Line, Max: 100, At: at(func(s *MethodStep) any { return &s.Time })},
		}},

		bodyField, attachmentsField,

		{Name: "usedBy", Widget: Table, Max: 50, Wire: "essaim:usedBy", At: at(func(m *Method) any { return &m.UsedBy }), Columns: []Field{
			{Name: "object", Widget: Link, Required: true, Max: 500, At: at(func(u *MethodUse) any { return &u.Record })},
			{Name: "note", Widget: Line, Max: 300, At: at(func(u *MethodUse) any { return &u.Note })},
		}},
		relationsField,

		themesField, publicsField,
		imageField, licenceField, audienceField,
	},
})

// The vocabularies of methods.
var (
	MethodKinds = Vocabulary{Name: "method-kind", Slugs: []string{
		"format-de-journee", "atelier", "immersion", "enquete", "creativite", "prototypage", "test", "evaluation",
		"animation", "jeu", "outil-numerique", "modele",
	}}
	MethodDurations = Vocabulary{Name: "method-duration", Slugs: []string{"une-heure", "demi-journee", "journee", "quelques-jours", "quelques-semaines", "au-long-cours"}}
)

// Check wants a group that can be.
func (m *Method) Check() FieldErrors {
	if m.GroupMax > 0 && m.GroupMin > m.GroupMax {
		return FieldErrors{{Field: "groupMax", Reason: "error.group-size", Args: map[string]any{"min": m.GroupMin, "max": m.GroupMax}}}
	}
	return nil
}
