package store

// News is a short note: something new in a lab, alone or in the thread of a
// record. Notes and other posts of servers that are not Essaim are news, too.
type News struct {
	Record
}

var newsKind = Kind{
	Name: "news", Letter: "n", Type: "Note",
	New: func() Item { return new(News) },
	Fields: []Field{
		{Name: "body", Widget: Text, Required: true, Max: 2000, At: func(it Item) any { return &it.Envelope().Body }},
		imageField, audienceField,
	},
}
