package store

// Interest is in whose interest somebody speaks: what kind of organisation that is,
// and whether it may have something to sell. It stands beside all that they publish.
// The zero Interest says nothing.
type Interest struct {
	Category         string `json:"category,omitempty"`
	CommercialIntent string `json:"commercialIntent,omitempty"`
}

// InterestFields describe the fields of an *Interest, in the order of a form.
var InterestFields = []Field{
	{Name: "category", Widget: Choice, Vocabulary: &OrgCategories, Badge: true, Wire: "essaim:category", At: at(func(i *Interest) any { return &i.Category })},
	{Name: "commercialIntent", Widget: Choice, Vocabulary: &CommercialIntents, Badge: true, Wire: "essaim:commercialIntent", At: at(func(i *Interest) any { return &i.CommercialIntent })},
}

// recordInterest are the same fields of a record that may be another's than who
// publishes it.
func recordInterest() []Field {
	fields := make([]Field, len(InterestFields))
	for i, f := range InterestFields {
		ofInterest := f.At
		f.At = ofRecord(func(r *Record) any { return ofInterest(&r.Interest) })
		fields[i] = f
	}
	return fields
}

// CheckInterest says what is wrong with what an actor declares, or nil.
func (a *Actor) CheckInterest() error {
	if errs := checkFields(InterestFields, &a.Interest, ""); len(errs) > 0 {
		return errs
	}
	return nil
}

// IsCommercial says whether there may be something to sell: who reads it is told
// wherever it stands.
func (i Interest) IsCommercial() bool {
	return i.CommercialIntent != "" && i.CommercialIntent != CommercialIntents.Slugs[0]
}

// SpokenFor are the interests that stand beside a record wherever it is shown: what it
// declares of itself, and what who publishes it does who may have something to sell.
func (r *Record) SpokenFor(publisher *Actor) []Interest {
	var list []Interest
	if r.Interest != (Interest{}) {
		list = append(list, r.Interest)
	}
	if publisher.IsCommercial() && publisher.Interest != r.Interest {
		list = append(list, publisher.Interest)
	}
	return list
}
