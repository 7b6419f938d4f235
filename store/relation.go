package store

// Relation is a typed edge from a record to another record, or to an actor, of
// any node.
type Relation struct {
	Type   string `json:"relationship"`     // of RelationTypes; the words of ActivityStreams §3.6
	Target string `json:"object"`           // IRI
	Degree string `json:"degree,omitempty"` // of Degrees, for an adoption
	Note   string `json:"note,omitempty"`   // what changed, or why
}
