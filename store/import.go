package store

import (
	"encoding/binary"
	"encoding/json"
	"iter"
	"time"
)

// ImportState says how far an import is.
type ImportState string

// The states, in their order.
const (
	ImportDraft   ImportState = "draft"   // read, not applied
	ImportRunning ImportState = "running" // being applied
	ImportStopped ImportState = "stopped" // in the middle: Reason says why, and it can go on
	ImportDone    ImportState = "done"
	ImportUndoing ImportState = "undoing"
	ImportUndone  ImportState = "undone"
)

// Import is a file of other software that becomes records of a kind. It keeps what
// it did, line by line, so that it goes on where it was stopped and can be undone.
type Import struct {
	ID      ID              `json:"id"`
	By      string          `json:"by"`     // IRI of who imports
	File    string          `json:"file"`   // its name or address
	Source  string          `json:"source"` // Source.Name of what it brings
	Format  string          `json:"format"`
	Mapping json.RawMessage `json:"mapping,omitempty"` // of package sheet
	State   ImportState     `json:"state"`
	Reason  string          `json:"reason,omitempty"` // ends a message key "import.stopped."
	Created time.Time       `json:"created"`
	Started time.Time       `json:"started,omitzero"`
	Ended   time.Time       `json:"ended,omitzero"`
	Next    int             `json:"next"`  // rows that were looked at; of those undone while it is undone
	Total   int             `json:"total"` // rows
	Count   ImportCount     `json:"count"`
}

// ImportCount says what became of the rows.
type ImportCount struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
	Same    int `json:"same"`  // were here as they are
	Wrong   int `json:"wrong"` // left out
	Undone  int `json:"undone,omitempty"`
	Kept    int `json:"kept,omitempty"` // not undone: somebody changed them since
}

// ImportedRow is what an import did with a row.
type ImportedRow struct {
	Line    int             `json:"line"`
	Record  ID              `json:"record,omitempty"`  // that it made or changed
	Version int             `json:"version,omitempty"` // of the record, then
	Before  json.RawMessage `json:"before,omitempty"`  // the record as it was; nil: it was new
	Wrong   FieldErrors     `json:"wrong,omitempty"`   // why it was left out
}

// UndoFor is how long an import can be undone, and is remembered.
const UndoFor = 30 * 24 * time.Hour

// PutImport keeps an import; a new one gets its ID here.
func (t *Txn) PutImport(i *Import) {
	if i.ID == 0 {
		i.ID = t.NewID()
	}
	t.putJSON(key(tImport, i.ID), i)
}

// Import returns the import with this id, or ErrNotFound.
func (t *Txn) Import(id ID) (*Import, error) {
	i := new(Import)
	if id == 0 || !t.getJSON(key(tImport, id), i) {
		return nil, ErrNotFound
	}
	return i, nil
}

// Imports yields all imports, newest first.
func (t *Txn) Imports() iter.Seq[*Import] {
	return func(yield func(*Import) bool) {
		for k, v := range t.scan([]byte(tImport), true) {
			i := new(Import)
			mustDecode(k, v, i)
			if !yield(i) {
				return
			}
		}
	}
}

// fileChunk is how much of a file lies in one value.
const fileChunk = 128 << 10

// PutImportFile keeps the file of an import.
func (t *Txn) PutImportFile(id ID, data []byte) {
	for n := uint32(0); len(data) > 0; n++ {
		size := min(len(data), fileChunk)
		t.tx.Put(key(tImportFile, id, binary.BigEndian.AppendUint32(nil, n)), data[:size])
		data = data[size:]
	}
}

// ImportFile returns the file of an import; nil when it was thrown away.
func (t *Txn) ImportFile(id ID) []byte {
	var data []byte
	for _, chunk := range t.scan(key(tImportFile, id), false) {
		data = append(data, chunk...)
	}
	return data
}

// PutImportedRow remembers what an import did with its n-th row.
func (t *Txn) PutImportedRow(id ID, n int, row *ImportedRow) {
	t.putJSON(key(tImportRow, id, binary.BigEndian.AppendUint32(nil, uint32(n))), row)
}

// ImportedRows yields what an import did, by row, from the n-th on. Rows that were
// the same are not among them.
func (t *Txn) ImportedRows(id ID, n int) iter.Seq2[int, *ImportedRow] {
	return func(yield func(int, *ImportedRow) bool) {
		prefix := key(tImportRow, id)
		from := key(tImportRow, id, binary.BigEndian.AppendUint32(nil, uint32(n)))
		for k, v := range t.scanRange(prefix, from, prefixEnd(prefix), false) {
			row := new(ImportedRow)
			mustDecode(k, v, row)
			if !yield(int(binary.BigEndian.Uint32(k)), row) {
				return
			}
		}
	}
}

// DropImport forgets an import: its file and what it did, not what it brought.
func (t *Txn) DropImport(id ID) {
	t.dropBelow(key(tImportFile, id))
	t.dropBelow(key(tImportRow, id))
	t.tx.Delete(key(tImport, id))
}

func (t *Txn) dropBelow(prefix []byte) {
	for k := range t.scanRange(nil, prefix, prefixEnd(prefix), false) {
		t.tx.Delete(k)
	}
}

// ForgetImports removes the imports that can no longer be undone, at most limit,
// and says how many.
func (t *Txn) ForgetImports(limit int) int {
	n := 0
	for i := range t.Imports() {
		if n == limit {
			break
		}
		if i.State != ImportRunning && i.State != ImportUndoing && t.now.Sub(i.Created) > UndoFor {
			t.DropImport(i.ID)
			n++
		}
	}
	return n
}

// EncodeItem is a record as the store keeps it; DecodeItem reads it back, and
// panics at what is none.
func EncodeItem(it Item) json.RawMessage {
	b, err := json.Marshal(it)
	if err != nil {
		panic(err) // kinds are made of what encodes
	}
	return b
}

// DecodeItem reads what EncodeItem wrote.
func DecodeItem(b []byte) Item { return decodeItem(nil, b) }
