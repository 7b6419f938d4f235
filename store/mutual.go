package store

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Mutual is what offers and needs have in common: a means, how much of it, when,
// and on what terms.
type Mutual struct {
	Means       string        `json:"means,omitempty"`
	Basis       string        `json:"basis,omitempty"`
	Quantity    float64       `json:"quantity,omitempty"` // 0: not said
	Unit        string        `json:"unit,omitempty"`
	Available   Entries[Span] `json:"available,omitempty"`
	Conditions  string        `json:"conditions,omitempty"`
	Solidarity  bool          `json:"solidarity,omitempty"` // for those who have little, without return
	ReservedFor string        `json:"reservedFor,omitempty"`
	Contact     string        `json:"contact,omitempty"` // e-mail: messages are passed on to it, nobody is shown it
	Expires     string        `json:"expires,omitempty"` // the last day on which it stands
}

// Span is some days, the last one included; no last day is one day.
type Span struct {
	First string `json:"since"`
	Last  string `json:"until,omitempty"`
	Note  string `json:"note,omitempty"`
}

func (m *Mutual) mutual() *Mutual { return m }

// ofMutual makes the At of a field that offers and needs share.
func ofMutual(get func(*Mutual) any) func(any) any {
	return func(v any) any { return get(v.(interface{ mutual() *Mutual }).mutual()) }
}

// mutualFields are the fields of an offer or a need: those all have, with the
// kind's own after what it is about.
func mutualFields(own ...Field) []Field {
	fields := []Field{
		titleField, pitchOnWire,
		{Name: "means", Widget: Choice, Required: true, Vocabulary: &Means, Facet: true, Badge: true, Wire: "essaim:resourceKind", At: ofMutual(func(m *Mutual) any { return &m.Means })},
	}
	fields = append(fields, own...)
	return append(fields,
		Field{Name: "basis", Widget: Choice, Vocabulary: &Bases, Facet: true, Wire: "essaim:basis", At: ofMutual(func(m *Mutual) any { return &m.Basis })},
		Field{Name: "quantity", Widget: Amount, Wire: "essaim:quantity", At: ofMutual(func(m *Mutual) any { return &m.Quantity })},
		Field{Name: "unit", Widget: Choice, Vocabulary: &Units, Wire: "essaim:unit", At: ofMutual(func(m *Mutual) any { return &m.Unit })},
		Field{Name: "available", Widget: Table, Max: 50, Wire: "essaim:available", At: ofMutual(func(m *Mutual) any { return &m.Available }), Columns: []Field{
			{Name: "since", Widget: Day, Required: true, At: at(func(s *Span) any { return &s.First })},
			{Name: "until", Widget: Day, At: at(func(s *Span) any { return &s.Last })},
			{Name: "note", Widget: Line, Max: 200, At: at(func(s *Span) any { return &s.Note })},
		}},
		placeField,
		Field{Name: "conditions", Widget: Text, Max: 2000, Wire: "essaim:conditions", At: ofMutual(func(m *Mutual) any { return &m.Conditions })},
		Field{Name: "solidarity", Widget: Tick, Badge: true, Wire: "essaim:solidarity", At: ofMutual(func(m *Mutual) any { return &m.Solidarity })},
		Field{Name: "reservedFor", Widget: Line, Max: 200, Wire: "essaim:reservedFor", At: ofMutual(func(m *Mutual) any { return &m.ReservedFor })},
		Field{Name: "expires", Widget: Day, Wire: "essaim:expires", At: ofMutual(func(m *Mutual) any { return &m.Expires })},
		Field{Name: "contact", Widget: Line, Max: 254, Inner: true, Valid: validEmail, Example: "ana@exemple.fr", At: ofMutual(func(m *Mutual) any { return &m.Contact })},
		bodyField, themesField, publicsField, territoryField, relationsField, imageField, attachmentsField, licenceField, audienceField,
	)
}

// The vocabularies of offers and needs.
var (
	Means = Vocabulary{Name: "means", Slugs: []string{
		"espace", "lieu-polyvalent", "formation", "stagiaire", "competence-jours", "facilitation", "agent-redeployable",
		"outil-methode", "infrastructure-numerique", "machine", "matiere-premiere", "materiel", "fichier-fabrication",
		"financement", "sponsor", "benevolat", "entraide", "donnees",
	}}
	Bases  = Vocabulary{Name: "basis", Slugs: []string{"pret", "don", "partage", "echange", "prix-coutant"}}
	Units  = Vocabulary{Name: "unit", Slugs: []string{"piece", "lot", "personne", "heure", "jour", "semaine", "mois", "m", "m2", "kg", "litre", "euro"}}
	Expiry = Vocabulary{Name: "expiry", Slugs: []string{"expire"}, Tones: map[string]string{"expire": "warn"}}
)

// goods are the means that change hands; all others are done for somebody
// (FEP-0837: transfer and deliverService).
var goods = []string{"machine", "matiere-premiere", "materiel", "fichier-fabrication", "financement", "donnees", "outil-methode"}

// units are ours in the words of OM 2, the ontology of units that FEP-0837 uses.
var units = map[string]string{
	"piece": "one", "lot": "one", "personne": "one", "heure": "hour", "jour": "day", "semaine": "week", "mois": "month",
	"m": "metre", "m2": "squareMetre", "kg": "kilogram", "litre": "litre", "euro": "euro",
}

// Check wants days in their order.
func (m *Mutual) Check() FieldErrors {
	var errs FieldErrors
	for i, s := range m.Available {
		if s.Last != "" && s.Last < s.First && isTime(dayForm, s.Last) {
			errs = append(errs, &FieldError{Field: RowName("available", i) + ".until", Reason: "error.end-before-start"})
		}
	}
	return errs
}

// Stamp says that it stands no more.
func (m *Mutual) Stamp(now time.Time) (*Vocabulary, string) {
	if m.Expires != "" && m.Expires < today(now) {
		return &Expiry, "expire"
	}
	return &Expiry, ""
}

// today is the day in Paris, in the form of fields.
func today(now time.Time) string { return now.In(zoneOf(defaultZone)).Format(dayForm) }

// properties say it as FEP-0837 does, whose proposals may be Notes.
func (m *Mutual) properties(r *Record, purpose string) map[string]any {
	action, unit, quantity := "deliverService", "one", 1.0
	if slices.Contains(goods, m.Means) {
		action = "transfer"
	}
	if u := units[m.Unit]; u != "" {
		unit = u
	}
	if m.Quantity > 0 {
		quantity = m.Quantity
	}
	return map[string]any{
		"purpose": purpose, "unitBased": false,
		"publishes": map[string]any{
			"id": r.IRI + "#primary", "type": "Intent", "action": action, "resourceConformsTo": "essaim:" + m.Means,
			"resourceQuantity": map[string]string{"hasUnit": unit, "hasNumericalValue": strconv.FormatFloat(quantity, 'f', -1, 64)},
		},
	}
}

// Adopt reads a proposal of FEP-0837. Of one of ours everything is known already.
func (m *Mutual) Adopt(get func(string) any) {
	if textOf(get("essaim:kind")) != "" {
		return
	}
	for _, intent := range thingsOf(get("publishes")) {
		for _, q := range thingsOf(intent["resourceQuantity"]) {
			m.Quantity, m.Unit = amountOf(q["hasNumericalValue"]), unitOf(q.text("hasUnit"))
		}
		if means := strings.TrimPrefix(intent.text("resourceConformsTo"), "essaim:"); Means.Has(means) {
			m.Means = means
		}
	}
}

// unitOf is our word for a unit of OM 2, with or without its prefix, or nothing.
func unitOf(name string) string {
	name = name[strings.LastIndexAny(name, ":/")+1:]
	for _, slug := range Units.Slugs {
		if units[slug] == name {
			return slug
		}
	}
	return ""
}

// hasPurpose makes the Knows of a kind that takes the proposals of one purpose.
func hasPurpose(purpose string) func(func(string) any) bool {
	return func(get func(string) any) bool { return textOf(get("purpose")) == purpose }
}

// validEmail checks an address without a name.
func validEmail(s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !strings.Contains(s[strings.LastIndexByte(s, '@'):], ".") {
		return "email"
	}
	return ""
}
