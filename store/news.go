package store

// News is a short note: something new in a lab, alone or in the thread of a
// record. Notes and other posts of servers that are not Essaim are news, too.
type News struct {
	Record
}

var newsKind = newKind(Kind{
	Name: "news", Path: "actualites", Letter: "n", Type: "Note", Schema: "SocialMediaPosting",
	Section: "river", Look: "news", Rank: 100, Reply: true,
	New: func() Item { return new(News) },
	Fields: []Field{
		{Name: "body", Widget: Text, Required: true, Max: 2000, Envelope: true, At: ofRecord(func(r *Record) any { return &r.Body })},
		imageField, audienceField,
	},
})
