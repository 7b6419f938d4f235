package store

import "slices"

// The fields of the envelope, for the kinds to put where their forms want them.
// The envelope maps them to the wire itself unless Wire says otherwise.
var (
	titleField = Field{
		Name: "title", Widget: Line, Required: true, Max: 150, Envelope: true, Schema: "name",
		At: ofRecord(func(r *Record) any { return &r.Title }),
	}
	pitchField = Field{
		Name: "pitch", Widget: Text, Required: true, Max: 300, Envelope: true, Schema: "description",
		At: ofRecord(func(r *Record) any { return &r.Pitch }),
	}
	// pitchOnWire is the pitch of kinds whose summary on the wire is another or none.
	pitchOnWire = onWire(pitchField, "essaim:pitch")
	bodyField   = Field{
		Name: "body", Widget: Markdown, Max: 50_000, Envelope: true,
		At: ofRecord(func(r *Record) any { return &r.Body }),
	}
	themesField = Field{
		Name: "themes", Widget: Choices, Max: 5, Vocabulary: &Themes, Facet: true, Envelope: true, Wire: "essaim:themes", Schema: "keywords",
		At: ofRecord(func(r *Record) any { return &r.Themes }),
	}
	publicsField = Field{
		Name: "publics", Widget: Choices, Max: 8, Vocabulary: &Publics, Facet: true, Wire: "essaim:publics", Schema: "audience",
		At: ofRecord(func(r *Record) any { return &r.Publics }),
	}
	situationsField = Field{
		Name: "situations", Widget: Choices, Max: 5, Vocabulary: &Situations, Facet: true, Wire: "essaim:situations",
		At: ofRecord(func(r *Record) any { return &r.Situations }),
	}
	territoryField = Field{
		Name: "territory", Widget: Choices, Max: 18, Vocabulary: &Territories, Facet: true, Envelope: true, Wire: "essaim:territory", Schema: "spatialCoverage",
		At: ofRecord(func(r *Record) any { return &r.Territory }),
	}
	placeField = Field{
		Name: "place", Widget: Where, Wire: "location", Schema: "location",
		At: ofRecord(func(r *Record) any { return &r.Place }),
	}
	imageField = Field{
		Name: "image", Widget: Picture, Envelope: true, Schema: "image",
		At: ofRecord(func(r *Record) any { return &r.Image }),
	}
	attachmentsField = Field{
		Name: "attachments", Widget: Files, Max: 20,
		At: ofRecord(func(r *Record) any { return &r.Attachments }),
	}
	relationsField = Field{
		Name: "relations", Widget: Table, Max: 20, Envelope: true, Wire: "essaim:relations",
		At: ofRecord(func(r *Record) any { return &r.Relations }),
		Columns: []Field{
			{Name: "relationship", Widget: Choice, Required: true, Vocabulary: &RelationTypes, At: at(func(r *Relation) any { return &r.Type })},
			{Name: "object", Widget: Link, Required: true, Max: 500, At: at(func(r *Relation) any { return &r.Target })},
			{Name: "note", Widget: Line, Max: 300, At: at(func(r *Relation) any { return &r.Note })},
		},
	}
	licenceField = Field{
		Name: "licence", Widget: Choice, Vocabulary: &Licences, Facet: true, Envelope: true, Wire: "essaim:licence", Schema: "license",
		At: ofRecord(func(r *Record) any { return &r.Licence }),
	}
	unverifiedField = Field{
		Name: "unverified", Widget: Shown, Badge: true, Wire: "essaim:unverified",
		At: ofRecord(func(r *Record) any { return &r.Unverified }),
	}
	audienceField = Field{
		Name: "audience", Widget: Choice, Required: true, Vocabulary: &Audiences, Envelope: true,
		At: ofRecord(func(r *Record) any { return (*string)(&r.Audience) }),
	}
)

// onWire is a field of the envelope that stands on the wire under a name of ours.
func onWire(f Field, name string) Field {
	f.Wire = name
	return f
}

// asked are fields of which the open form asks for those with these names.
func asked(fields []Field, names ...string) []Field {
	for i := range fields {
		fields[i].Open = slices.Contains(names, fields[i].Name)
	}
	return fields
}

// ofRecord makes the At of a field of the envelope.
func ofRecord(get func(*Record) any) func(any) any {
	return func(v any) any { return get(v.(Item).Envelope()) }
}
