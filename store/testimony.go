package store

// Testimony is what somebody says in their own words: what no figure shows. It
// goes no further than the lab unless they agreed.
type Testimony struct {
	Record
	Role         string `json:"role,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	About        string `json:"about,omitempty"` // IRI
	Consent      bool   `json:"consent,omitempty"`
	ConsentNote  string `json:"consentNote,omitempty"`
}

var _ = newKind(Kind{
	Name: "testimony", Path: "temoignages", Letter: "t", Type: "Note", Schema: "Quotation",
	Section: "experiments", Look: "news", Rank: 94,
	New: func() Item { return new(Testimony) },
	Fields: []Field{
		titleField,
		{Name: "body", Widget: Text, Required: true, Max: 3000, Envelope: true, At: ofRecord(func(r *Record) any { return &r.Body })},
		{Name: "role", Widget: Line, Required: true, Max: 200, Wire: "essaim:role", At: at(func(x *Testimony) any { return &x.Role })},
		{Name: "organisation", Widget: Line, Personal: true, Max: 200, Wire: "essaim:organisation", At: at(func(x *Testimony) any { return &x.Organisation })},
		{Name: "about", Widget: Link, Max: 500, Wire: "essaim:about", Schema: "about", Relation: "a-propos", On: []string{"experiment", "event", "initiative"}, At: at(func(x *Testimony) any { return &x.About })},

		{Name: "consent", Widget: Tick, Inner: true, At: at(func(x *Testimony) any { return &x.Consent })},
		{Name: "consentNote", Widget: Line, Max: 300, Inner: true, At: at(func(x *Testimony) any { return &x.ConsentNote })},

		themesField, publicsField, territoryField, imageField, licenceField, audienceField,
	},
})

// Check keeps the words of somebody who did not agree within the lab.
func (x *Testimony) Check() FieldErrors {
	if x.Consent || x.Audience.Within(LabOnly) {
		return nil
	}
	return FieldErrors{{Field: "consent", Reason: "error.consent"}}
}
