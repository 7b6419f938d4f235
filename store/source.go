package store

// Source is where a record of this node was brought from. The zero Source: it was
// written here.
type Source struct {
	Name string `json:"name,omitempty"` // of the site, or the file
	ID   string `json:"id,omitempty"`   // of the record there
	URL  string `json:"url,omitempty"`  // of its page there
}

// RecordFrom returns the record of a kind that was brought from a source before,
// or ErrNotFound. The URL of s means nothing.
func (t *Txn) RecordFrom(kind string, s Source) (Item, error) {
	return t.Record(t.getID(sourceKey(kind, s)))
}

func sourceKey(kind string, s Source) []byte {
	return key(tSource, hash16(kind+"\x00"+s.Name+"\x00"+s.ID))
}

// rememberSource and forgetSource keep the index by which an import finds again
// what it brought.
func (t *Txn) rememberSource(r *Record) {
	if r.Source.ID != "" && !r.Remote {
		t.tx.Put(sourceKey(r.Kind, r.Source), r.ID.Key())
	}
}

func (t *Txn) forgetSource(r *Record) {
	if k := sourceKey(r.Kind, r.Source); r.Source.ID != "" && t.getID(k) == r.ID {
		t.tx.Delete(k)
	}
}
