package opendata

import (
	"bytes"
	"context"
	"regexp"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
)

// Dictionary is the file of a snapshot that says what the columns of the others
// mean.
const Dictionary = "dictionnaire.csv"

// Take keeps what everybody may see of this node's own records as the snapshot of
// today: a table for each kind of which there are any, and the dictionary. Left
// out are columns that name people, addresses of mail and telephone numbers in
// texts, and what nobody has verified yet. It has no clock but that of the store,
// so that the same records make the same bytes.
func Take(ctx context.Context, s *store.Store, words *assets.Catalog) (*store.Snapshot, error) {
	book := dictionary{words: words}
	book.line("file", "field", "label", "hint", "type", "required", "vocabulary", "wire", "schema")
	var files []store.SnapshotData
	for _, k := range store.Kinds {
		table, err := tableOf(ctx, s, k)
		if err != nil {
			return nil, err
		}
		if table.Rows > 0 {
			files = append(files, table)
			book.add(k, table.Name)
		}
	}
	data, rows, err := book.end()
	if err != nil {
		return nil, err
	}
	return s.KeepSnapshot(ctx, append(files, store.SnapshotData{Name: Dictionary, Rows: rows, Data: data}))
}

// lines is a CSV file in the making. Its error is that of the first line that
// could not be written.
type lines struct {
	out  bytes.Buffer
	csv  *sheet.Writer
	rows int // beside the first
	err  error
}

func (l *lines) line(cells ...string) {
	if l.csv == nil {
		l.csv, l.rows = sheet.NewWriter(&l.out, ','), -1
	}
	l.rows++
	if l.err == nil {
		l.err = l.csv.Write(cells)
	}
}

func (l *lines) end() (data []byte, rows int, err error) {
	if l.err == nil {
		l.err = l.csv.Flush()
	}
	return l.out.Bytes(), l.rows, l.err
}

// tableOf writes the public records of a kind, newest first, some in each
// transaction.
func tableOf(ctx context.Context, s *store.Store, k *store.Kind) (store.SnapshotData, error) {
	columns := k.Impersonal()
	var table lines
	cells := make([]string, len(columns))
	for i := range columns {
		cells[i] = columns[i].Name
	}
	table.line(cells...)
	err := eachPublic(ctx, s, k, func(it store.Item) {
		for i := range columns {
			cells[i] = anonymous(columns[i].Cell(it))
		}
		table.line(cells...)
	})
	if err != nil {
		return store.SnapshotData{}, err
	}
	data, rows, err := table.end()
	return store.SnapshotData{Name: k.Path + ".csv", Rows: rows, Data: data}, err
}

func eachPublic(ctx context.Context, s *store.Store, k *store.Kind, each func(store.Item)) error {
	for before, more := store.ID(0), true; more; {
		var stretch []store.Item
		err := s.View(ctx, func(tx *store.Txn) error {
			stretch = stretch[:0]
			for it := range tx.WalkKind(k.Name, store.Query{Viewer: store.Viewer{Away: true}, Home: true}, before) {
				if stretch = append(stretch, it); len(stretch) == batch {
					break
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, it := range stretch {
			if before = it.Envelope().ID; !it.Envelope().Unverified {
				prepare(it)
				each(it)
			}
		}
		more = len(stretch) == batch
	}
	return nil
}

// Ways to reach somebody, as people write them in texts.
var (
	mailAddress = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`)
	telephone   = regexp.MustCompile(`(\+[0-9]{1,3}[ .\x{a0}\x{202f}-]?(\(0\))?[1-9]|\b0[1-9])([ .\x{a0}\x{202f}-]?[0-9]{2}){4}\b`)
)

const blotted = "[…]"

// anonymous blots out the ways to reach somebody. Addresses of pages stay.
func anonymous(cell string) string {
	return telephone.ReplaceAllString(mailAddress.ReplaceAllString(cell, blotted), blotted)
}

// dictionary is the codebook of all files of a snapshot, in French.
type dictionary struct {
	lines
	words *assets.Catalog
}

func (d *dictionary) add(k *store.Kind, file string) {
	b := codebook{kind: k, words: d.words, lang: assets.French}
	for _, c := range k.Impersonal() {
		d.line(append([]string{file}, b.entry(&c).cells()...)...)
	}
}
