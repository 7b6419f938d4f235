package store

// Need is something that a lab, or somebody whom it helps, looks for.
type Need struct {
	Record
	Mutual
	State string `json:"state,omitempty"`
}

var _ = newKind(Kind{
	Name: "need", Path: "besoins", Letter: "b", Type: "Note", Schema: "Demand",
	Section: "mutual-aid", Look: "need", Rank: 50, Front: true, Precedents: true, Adopts: []string{"Note"}, Knows: hasPurpose("request"),
	New: func() Item { return new(Need) },
	Fields: asked(mutualFields(
		Field{Name: "needState", Widget: Choice, Vocabulary: &NeedStates, Facet: true, Badge: true, Wire: "essaim:state", At: at(func(n *Need) any { return &n.State })},
	), "title", "pitch", "means", "place"),
})

// NeedStates say whether a need was met.
var NeedStates = Vocabulary{
	Name:  "need-state",
	Slugs: []string{"ouvert", "pourvu", "abandonne"},
	Tones: map[string]string{"ouvert": "info", "pourvu": "ok"},
}

// Properties are those of a request.
func (n *Need) Properties() map[string]any { return n.properties(&n.Record, "request") }
