package store

// The fields of the envelope, for the kinds to put where their forms want them.
// The envelope maps them to the wire itself unless Wire says otherwise.
var (
	titleField = Field{
		Name: "title", Widget: Line, Required: true, Max: 150,
		At: func(it Item) any { return &it.Envelope().Title },
	}
	pitchField = Field{
		Name: "pitch", Widget: Text, Required: true, Max: 300,
		At: func(it Item) any { return &it.Envelope().Pitch },
	}
	bodyField = Field{
		Name: "body", Widget: Markdown, Max: 50_000,
		At: func(it Item) any { return &it.Envelope().Body },
	}
	themesField = Field{
		Name: "themes", Widget: Choices, Max: 5, Vocabulary: &Themes, Facet: true, Wire: "essaim:themes",
		At: func(it Item) any { return &it.Envelope().Themes },
	}
	territoryField = Field{
		Name: "territory", Widget: Choices, Max: 18, Vocabulary: &Territories, Facet: true, Wire: "essaim:territory",
		At: func(it Item) any { return &it.Envelope().Territory },
	}
	imageField = Field{
		Name: "image", Widget: Picture,
		At: func(it Item) any { return &it.Envelope().Image },
	}
	licenceField = Field{
		Name: "licence", Widget: Choice, Vocabulary: &Licences, Wire: "essaim:licence",
		At: func(it Item) any { return &it.Envelope().Licence },
	}
	audienceField = Field{
		Name: "audience", Widget: Choice, Required: true, Vocabulary: &Audiences,
		At: func(it Item) any { return (*string)(&it.Envelope().Audience) },
	}
)
