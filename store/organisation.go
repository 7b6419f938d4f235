package store

import "strings"

// Organisation is one that takes part without a node of its own. Its name is the
// record's title, its category and intent are the record's Interest.
type Organisation struct {
	Record
	SIREN   string `json:"siren,omitempty"`
	SIRET   string `json:"siret,omitempty"` // of its seat, or of the establishment that is meant
	Website string `json:"website,omitempty"`
	Status  string `json:"status,omitempty"`
}

var _ = newKind(Kind{
	Name: "organisation", Path: "organisations", Letter: "g", Type: "Page", Schema: "Organization",
	Section: "network", Look: "lab", Rank: 92,
	New: func() Item { return new(Organisation) },
	Fields: []Field{
		titleField, pitchField,
		{Name: "category", Widget: Choice, Required: true, Vocabulary: &OrgCategories, Facet: true, Badge: true, Wire: "essaim:category", At: ofRecord(func(r *Record) any { return &r.Category })},
		{Name: "commercialIntent", Widget: Choice, Required: true, Vocabulary: &CommercialIntents, Facet: true, Badge: true, Wire: "essaim:commercialIntent", At: ofRecord(func(r *Record) any { return &r.CommercialIntent })},
		{Name: "status", Widget: Choice, Vocabulary: &OrgStatuses, Wire: "essaim:status", At: at(func(o *Organisation) any { return &o.Status })},

		{Name: "siren", Widget: Digits, Wire: "essaim:siren", Schema: "identifier", Example: "130025265", Valid: validSIREN, At: at(func(o *Organisation) any { return &o.SIREN })},
		{Name: "siret", Widget: Digits, Wire: "essaim:siret", Example: "13002526500013", Valid: validSIRET, At: at(func(o *Organisation) any { return &o.SIRET })},
		{Name: "website", Widget: Web, Max: 500, Wire: "essaim:website", Schema: "url", At: at(func(o *Organisation) any { return &o.Website })},
		placeField,
		bodyField,

		themesField, territoryField, relationsField,
		imageField, licenceField, audienceField,
	},
})

// OrgStatuses say whether an organisation still works.
var OrgStatuses = Vocabulary{Name: "org-status", Slugs: []string{"active", "en-creation", "fermee"}}

// Check wants the establishment to be one of the organisation's.
func (o *Organisation) Check() FieldErrors {
	if o.SIREN == "" || validSIREN(o.SIREN) != "" || validSIRET(o.SIRET) != "" || strings.HasPrefix(o.SIRET, o.SIREN) {
		return nil
	}
	return FieldErrors{{Field: "siret", Reason: "error.siret-other", Args: map[string]any{"siren": o.SIREN}}}
}
