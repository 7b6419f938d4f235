package store

// Kinds are all kinds of record, in the order in which people meet them.
var Kinds = []*Kind{&experimentKind, &newsKind}

// KindOf returns the kind of this name, or nil.
func KindOf(name string) *Kind {
	for _, k := range Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}
