package store

import (
	"slices"
	"time"
)

// Adoption says that somebody took up what another lab had tried: of what, how
// much was kept, what was changed, and what came of it. The record that it names
// shows it once its node has fetched it from here.
type Adoption struct {
	Record
	Of      string `json:"of,omitempty"` // IRI
	Degree  string `json:"degree,omitempty"`
	By      string `json:"by,omitempty"` // the organisation, when it is not the lab
	Date    string `json:"date,omitempty"`
	Changes string `json:"changes,omitempty"`
	Result  string `json:"result,omitempty"`
}

var _ = newKind(Kind{
	Name: "adoption", Path: "reprises", Letter: "y", Type: "Article", Schema: "Article",
	Section: "experiments", Look: "experiment", Rank: 80,
	New: func() Item { return new(Adoption) },
	Fields: []Field{
		{Name: "of", Widget: Link, Required: true, Max: 500, Wire: "essaim:replicates", Schema: "isBasedOn", Relation: replicates, On: []string{"experiment", "method", "initiative"}, At: at(func(a *Adoption) any { return &a.Of })},
		{Name: "degree", Widget: Choice, Required: true, Vocabulary: &Degrees, Facet: true, Badge: true, Wire: "essaim:degree", At: at(func(a *Adoption) any { return &a.Degree })},
		titleField, pitchField,
		placeField,
		{Name: "by", Widget: Line, Max: 200, Wire: "essaim:by", At: at(func(a *Adoption) any { return &a.By })},
		{Name: "date", Widget: Day, Wire: "essaim:date", At: at(func(a *Adoption) any { return &a.Date })},
		{Name: "changes", Widget: Text, Max: 300, Wire: "essaim:changes", At: at(func(a *Adoption) any { return &a.Changes })},
		{Name: "result", Widget: Text, Max: 3000, Wire: "essaim:result", At: at(func(a *Adoption) any { return &a.Result })},
		bodyField,

		themesField, publicsField, territoryField, relationsField,
		imageField, attachmentsField, licenceField, audienceField,
	},
})

// replicates is the relation of an adoption to what was taken up.
const replicates = "replique"

// Revise puts the adoption among the relations, with its degree and what changed.
func (a *Adoption) Revise(old Item, _ time.Time) {
	a.dropAdopted(a.Of)
	if o, ok := old.(*Adoption); ok {
		a.dropAdopted(o.Of)
	}
	a.Relations = slices.Insert(a.Relations, 0, Relation{Type: replicates, Target: a.Of, Degree: a.Degree, Note: a.Changes})
}

// Open leaves to the fields of the form what they ask for.
func (a *Adoption) Open() { a.dropAdopted(a.Of) }

func (a *Adoption) dropAdopted(of string) {
	a.Relations = slices.DeleteFunc(slices.Clone(a.Relations), func(r Relation) bool { return r.Type == replicates && r.Target == of })
}
