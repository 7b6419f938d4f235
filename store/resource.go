package store

// Resource is something that a lab can lend, give or share: a room, days of a
// designer, a machine. One that nobody uses is dormant.
type Resource struct {
	Record
	Mutual
	State string `json:"state,omitempty"`
}

var _ = newKind(Kind{
	Name: "resource", Path: "ressources", Letter: "r", Type: "Note", Schema: "Offer",
	Section: "mutual-aid", Look: "resource", Rank: 40, Front: true, Bulk: true, Adopts: []string{"Note"}, Knows: hasPurpose("offer"),
	New: func() Item { return new(Resource) },
	Fields: append(mutualFields(
		Field{Name: "resourceState", Widget: Choice, Vocabulary: &ResourceStates, Facet: true, Badge: true, Wire: "essaim:state", At: at(func(r *Resource) any { return &r.State })},
	), recordInterest()...),
})

// ResourceStates say whether a resource can be had.
var ResourceStates = Vocabulary{
	Name:  "resource-state",
	Slugs: []string{"disponible", "endormie", "affectee", "indisponible"},
	Tones: map[string]string{"disponible": "ok", "endormie": "info"},
}

// Properties are those of an offer.
func (r *Resource) Properties() map[string]any { return r.properties(&r.Record, "offer") }
