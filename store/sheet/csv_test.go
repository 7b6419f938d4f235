package sheet

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

func TestFormulasAreNeutralisedAndComeBack(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+33": "+33", "-1.5": "-1.5", "-1+1": "'-1+1", "'=1": "''=1", "'a'": "'a'",
		"\t=1": "'\t=1", "＝1": "'＝1", "a=1": "a=1", "": "", "'": "'", "-": "'-", "+33 2": "'+33 2",
	} {
		got := neutralise(cell)
		if got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
		if back := restore(got); back != cell {
			t.Errorf("%q came back as %q", cell, back)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, cell := range []string{"=1", "'=1", "-1", "''@", "'", "\t"} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		safe := neutralise(cell)
		if isFormula(safe) {
			t.Errorf("%q is still a formula: %q", cell, safe)
		}
		if back := restore(safe); back != cell {
			t.Errorf("%q came back as %q", cell, back)
		}
	})
}

func TestSeparatorAndEncodingAreFound(t *testing.T) {
	text := "Titre;Commune, quartier;Prix\nÉpicerie « œuf »;Saint-Malo, Paramé;1,5\nAtelier;\"Dol;de\nBretagne\";2\n"
	windows, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	var wide bytes.Buffer
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		wide.Write([]byte{byte(u), byte(u >> 8)})
	}
	for name, data := range map[string]string{
		"UTF-8": text, "with its mark": mark + text, "Windows-1252": windows, "UTF-16": wide.String(),
		"line ends of Windows": strings.ReplaceAll(text, "\n", "\r\n"), "named": "sep=;\r\n" + text,
	} {
		s, err := Read([]byte(data), time.Time{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := []string{"Titre", "Commune, quartier", "Prix"}; !slices.Equal(s.Columns, want) {
			t.Errorf("%s: columns %q, want %q", name, s.Columns, want)
			continue
		}
		if len(s.Rows) != 2 || s.Rows[0].Cells[0] != "Épicerie « œuf »" || s.Rows[1].Cells[1] != "Dol;de\nBretagne" {
			t.Errorf("%s: rows %v", name, s.Rows)
		}
	}
	for _, separator := range []string{",", "\t"} {
		s, err := Read([]byte(strings.Join([]string{"a", "b;c", "d\n1", "2;3;4", "5\n"}, separator)), time.Time{})
		if err != nil || len(s.Columns) != 3 {
			t.Errorf("%q: %v, %v", separator, s, err)
		}
	}
}

func TestMistakesOfAFileSayWhere(t *testing.T) {
	for text, want := range map[string]Malformed{
		"":                           {Reason: "empty"},
		" ; \n;;\n":                  {Reason: "empty"},
		"a;b\n1;\"2\n3;4\n":          {Reason: "quote", Line: 2},
		"a;b\n1;2\n3;4\"5\"\n":       {Reason: "quote", Line: 3},
		"sep=;\na;b\n1;2\n3;4\"5\"":  {Reason: "quote", Line: 4},
		mark + "a;b\n\xff;1":         {Reason: "encoding"},
		strings.Repeat("a;", 600):    {Reason: "too-many-columns", Line: 1},
		strings.Repeat("a\n", 60000): {Reason: "too-many-rows", Line: MaxRows + 2},
	} {
		_, err := Read([]byte(text), time.Time{})
		if got := IsMalformed(err); got == nil || got.Reason != want.Reason || got.Line != want.Line {
			t.Errorf("%.20q: got %v, want %v", text, err, &want)
		}
	}
}

func TestLinesAndNamesAreKept(t *testing.T) {
	s, err := Read([]byte("a;;a;b\n\n1;2;3;4;\n;;;\n\"x\ny\";2\n1;2;3;4;5\n"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "(2)", "a (2)", "b"}; !slices.Equal(s.Columns, want) {
		t.Errorf("columns %q, want %q", s.Columns, want)
	}
	var got []Row
	for _, r := range s.Rows {
		got = append(got, Row{Line: r.Line, Long: r.Long})
	}
	if want := []Row{{Line: 3}, {Line: 5}, {Line: 7, Long: true}}; !slices.EqualFunc(got, want, func(a, b Row) bool { return a.Line == b.Line && a.Long == b.Long }) {
		t.Errorf("rows %v, want %v", got, want)
	}
	if len(s.Rows[1].Cells) != 4 {
		t.Errorf("a short row has %d cells", len(s.Rows[1].Cells))
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a;b\n1;2\n", "sep=,\na,b\n", mark + "a\tb\n1\t2", "\xff\xfea\x00", "a;a;\n'=1;2;3;4\n", "\"", "é;à"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(data, time.Time{})
		if err != nil {
			if IsMalformed(err) == nil {
				t.Errorf("%v is no mistake of the file", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, c := range s.Columns {
			if c == "" || seen[c] {
				t.Errorf("columns %q", s.Columns)
			}
			seen[c] = true
		}
		for _, r := range s.Rows {
			if len(r.Cells) != len(s.Columns) {
				t.Errorf("row %d has %d cells of %d", r.Line, len(r.Cells), len(s.Columns))
			}
		}
	})
}
