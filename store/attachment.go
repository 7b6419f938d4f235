package store

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Attachment is a file that belongs to a record. On this node URL lies below
// /media/; of a mirrored record it is a link to another server.
type Attachment struct {
	URL       string `json:"url"`
	Name      string `json:"name"` // what people read
	MediaType string `json:"mediaType,omitempty"`
	Size      int64  `json:"size,omitempty"`   // bytes; 0 if not said
	SHA256    string `json:"sha256,omitempty"` // 64 hexadecimal digits, lower case
	Lang      string `json:"lang,omitempty"`   // of its content: a slug of Languages, or anything of a mirrored one
}

// MaxAttachmentName bounds what people call a file, in characters.
const MaxAttachmentName = 150

// Languages are those that labs write documents in.
var Languages = Vocabulary{Name: "language", Slugs: []string{
	"fr", "en", "de", "es", "it", "nl", "pt", "ar", "br", "ca", "co", "eu", "gcf", "gcr", "gsw", "oc", "rcf", "swb",
}}

// Check says what is wrong with the words for a file of this node, or nil. Field
// is its Name or Lang within the field that holds it.
func (a *Attachment) Check() *FieldError {
	switch n := utf8.RuneCountInString(a.Name); {
	case strings.TrimSpace(a.Name) == "":
		return &FieldError{Field: "name", Reason: "error.required"}
	case n > MaxAttachmentName:
		return &FieldError{Field: "name", Reason: "error.too-long", Args: map[string]any{"max": MaxAttachmentName, "have": n}}
	case a.Lang != "" && !Languages.Has(a.Lang):
		return &FieldError{Field: "lang", Reason: "error.choice", Args: map[string]any{"value": a.Lang}}
	}
	return nil
}

const (
	uploadPath  = "/media/"
	uploadHash  = 64      // hexadecimal digits that begin the name of an upload
	uploadBatch = 4 << 20 // bytes to read in a transaction: a long one would make the store grow
)

// history are the tables of what was said, not of what is: a file that nothing
// else names is not kept for them.
var history = [][]byte{[]byte(tActivity), []byte(tOut), []byte(tChange)}

// Uploads returns the names of the files below /media/ that anything names:
// records of all kinds, actors, settings, drafts. It looks at whatever is stored
// outside the history, so a new table is never forgotten. It reads the store in
// pieces; what was stored meanwhile may lack.
func (s *Store) Uploads(ctx context.Context) (map[string]bool, error) {
	named := map[string]bool{}
	from := []byte{0}
	for from != nil {
		err := s.View(ctx, func(t *Txn) error {
			from = t.addUploads(named, from)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return named, nil
}

// addUploads reads a piece, and returns where the next begins; nil at the end.
func (t *Txn) addUploads(named map[string]bool, from []byte) (next []byte) {
	read := 0
	for k, v := range t.tx.Scan(from, nil, false) {
		for _, table := range history {
			if bytes.HasPrefix(k, table) {
				return prefixEnd(table)
			}
		}
		if read > uploadBatch {
			return bytes.Clone(k)
		}
		read += len(k) + len(v)
		addNames(named, v)
	}
	return nil
}

// UploadsIn are the names of the files that a document names, in their order.
func UploadsIn(document []byte) []string {
	named := map[string]bool{}
	addNames(named, document)
	return slices.Sorted(maps.Keys(named))
}

// addNames finds "/media/<hash>.<extension>" in a value.
func addNames(named map[string]bool, value []byte) {
	for {
		var ok bool
		if _, value, ok = bytes.Cut(value, []byte(uploadPath)); !ok {
			return
		}
		name := value[:len(value)-len(bytes.TrimLeft(value, "0123456789abcdefghijklmnopqrstuvwxyz."))]
		if len(name) > uploadHash && name[uploadHash] == '.' {
			named[string(name)] = true
		}
	}
}
