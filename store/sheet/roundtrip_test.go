package sheet_test

import (
	"bytes"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
	"github.com/essaim/essaim/store/sheet"
)

// export writes the fields of records as a list does.
func export(t *testing.T, k *store.Kind, items ...store.Item) []byte {
	t.Helper()
	var out bytes.Buffer
	w := sheet.NewWriter(&out, ';')
	columns := k.Columns()
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.Name
	}
	lines := [][]string{cells}
	for _, it := range items {
		cells := make([]string, len(columns))
		for i := range columns {
			cells[i] = columns[i].Cell(it)
		}
		lines = append(lines, cells)
	}
	for _, line := range lines {
		if err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bring reads records back, each mistake being one of the test.
func bring(t *testing.T, k *store.Kind, data []byte) []store.Item {
	t.Helper()
	s, err := sheet.Read(data, readAt)
	if err != nil {
		t.Fatal(err)
	}
	f := sheet.NewFiller(sheet.Whole(k, s), s, nil)
	var items []store.Item
	for i := range s.Rows {
		it := k.New()
		if wrong := f.Fill(&s.Rows[i], it); wrong != nil {
			t.Errorf("line %d: %v", s.Rows[i].Line, wrong)
		}
		items = append(items, it)
	}
	return items
}

// hostile are texts that break tables and spreadsheets.
var hostile = []string{
	`=HYPERLINK("https://evil.example")`, "@SUM(A1)", "+33 2 99", "-2+3|cmd", "'quoted'", "'=1", "''=1", "-5", "＝1",
	"a;b,c\td", "\"'\"", "line\nline", "| a | b \\n \\p", "\\.", "é\u202f: «x»", "]]>", "<script>",
}

// A list that is exported, imported and exported again is the same file.
func TestEveryKindSurvivesCSV(t *testing.T) {
	for _, k := range store.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			plain, wild := kindtest.Fill(k), kindtest.Fill(k)
			n := 0
			for i := range k.Fields {
				n = enrage(&k.Fields[i], wild, n)
			}
			first := export(t, k, plain, wild)
			again := export(t, k, bring(t, k, first)...)
			if !bytes.Equal(first, again) {
				t.Errorf("exported:\n%s\nafter import:\n%s", first, again)
			}
		})
	}
}

// enrage puts a hostile text wherever any text may stand.
func enrage(f *store.Field, v any, n int) int {
	switch p := f.At(v).(type) {
	case *string:
		free := f.Widget == store.Text || f.Widget == store.Markdown
		if free && f.Vocabulary == nil && f.Example == "" && f.Valid == nil {
			*p = hostile[n%len(hostile)]
			return n + 1
		}
	case **store.Image:
		(*p).Alt = hostile[0]
	case *store.Place:
		p.Name = hostile[1]
	case store.Rows:
		for i := range f.Columns {
			for row := range p.Len() {
				n = enrage(&f.Columns[i], p.Row(row), n)
			}
		}
	}
	return n
}
