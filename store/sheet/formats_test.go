package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/sheet"
)

// said is what matters of a record that was brought.
func said(it store.Item) string {
	r := it.Envelope()
	s := fmt.Sprintf("%s | %s | %s | %s %s %.4f %.4f %s", r.Title, r.Pitch, strings.ReplaceAll(r.Body, "\n", "/"),
		r.Place.Commune, r.Place.Code, r.Place.Lon, r.Place.Lat, r.Place.Precision)
	if e, ok := it.(*store.Event); ok {
		s += fmt.Sprintf(" | %s %s %s %s", e.Start, e.End, e.Zone, e.State)
	}
	return s
}

func TestFilesOfOtherSoftware(t *testing.T) {
	labels := func(f *store.Field) []string { return []string{f.Name} }
	words := func(v *store.Vocabulary, word string) string {
		for _, slug := range v.Slugs {
			if geo.Fold(slug) == geo.Fold(word) {
				return slug
			}
		}
		return ""
	}
	for _, c := range []struct {
		file, kind string
		format     sheet.Format
		ids        string
		want       []string
	}{
		{"yeswiki.json", "initiative", sheet.YesWiki, "LeCafeNumeriqueExemple RepairFictif", []string{
			"Café numérique de l'exemple | Un café, des écrans & des gens. | Un café,//des écrans & des gens. | Rennes  -1.6800 48.1113 exact",
			"Atelier fictif | On répare. | On répare. | Quimper com:29232 -4.1024 47.9960 exact",
		}},
		{"yeswiki.csv", "initiative", sheet.CSV, "CafeFictif", []string{
			"Café fictif | Un café, des écrans | Un café, des écrans | Rennes  -1.6800 48.1113 exact",
		}},
		{"gogocarto.json", "initiative", sheet.GoGoCarto, "ab1", []string{
			"Jardin fictif | Un jardin pour l'exemple. | Un jardin pour l'exemple. | Brest  -4.4861 48.3904 exact",
		}},
		{"carte.umap", "initiative", sheet.UMap, "x1 ", []string{
			"Tiers lieu fictif | Un lieu. | Un lieu. | Vannes com:56260 -2.7599 47.6582 exact",
			"Zone fictive |  |  | Rennes com:35238 -1.6800 48.1100 exact",
		}},
		{"carte.geojson", "initiative", sheet.GeoJSON, "7 ", []string{
			"Fablab fictif | Des machines. | Des machines. | Saint-Denis com:97411 55.4481 -20.8789 exact",
			"Sans lieu | Nulle part. | Nulle part. |   0.0000 0.0000 ",
		}},
		{"tableur-windows.csv", "initiative", sheet.CSV, "", []string{
			"Épicerie « l'œuf » | À côté de la mairie | À côté de la mairie | Saint-Malo com:35288 -2.0088 48.6474 bourg",
		}},
		{"agenda.ics", "event", sheet.ICalendar, "1@exemple.invalid 2@exemple.invalid", []string{
			"Atelier fictif, au port | Une longue description qui se replie sur la ligne suivante parcequ'elle est longue. Et une autre ligne. | " +
				"Une longue description qui se replie sur la ligne suivante parcequ'elle est longue./Et une autre ligne. | " +
				"Brest com:29019 -4.4861 48.3904 exact | 2026-03-14T14:30 2026-03-14T16:00 Europe/Paris confirme",
			"Rencontre fictive | Entre nous. | Entre nous. |   0.0000 0.0000  | 2026-06-21T18:00 2026-06-21T20:00 Indian/Reunion annule",
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			s, err := sheet.Read(data, readAt)
			if err != nil {
				t.Fatal(err)
			}
			if s.Format != c.format || len(s.Rows) != len(c.want) {
				t.Fatalf("%s with %d rows: %v", s.Format, len(s.Rows), s)
			}
			k := store.KindOf(c.kind)
			f := sheet.NewFiller(sheet.Guess(k, s, labels), s, words)
			var ids []string
			for i := range s.Rows {
				it := k.New()
				f.Fill(&s.Rows[i], it)
				ids = append(ids, f.ID(&s.Rows[i]))
				if got := said(it); got != c.want[i] {
					t.Errorf("row %d: got\n%s\nwant\n%s", i, got, c.want[i])
				}
			}
			if got := strings.Join(ids, " "); got != c.ids {
				t.Errorf("ids: got %q, want %q", got, c.ids)
			}
		})
	}
}

func TestBrokenFilesOfOtherSoftware(t *testing.T) {
	for data, want := range map[string]string{
		"{":          "json",
		"[1, 2":      "json",
		`{"a": 1}`:   "unknown",
		`[]`:         "unknown",
		`[{"a": 1}]`: "unknown",
		`{"ontology": "gogocompact", "mapping": ["id"], "data": [["x", ["Nom"]]]}`:                      "unknown",
		`{"type": "FeatureCollection", "features": []}`:                                                 "empty",
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY\r\n":                                                "ics",
		`{"type": "FeatureCollection", "features": [` + strings.Repeat("{},", sheet.MaxRows+1) + `{}]}`: "too-many-rows",
	} {
		_, err := sheet.Read([]byte(data), readAt)
		if m := sheet.IsMalformed(err); m == nil || m.Reason != want {
			t.Errorf("%.40q: got %v, want %s", data, err, want)
		}
	}
}

func FuzzFill(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	k := store.KindOf("event")
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := sheet.Read(data, readAt)
		if err != nil {
			if sheet.IsMalformed(err) == nil {
				t.Errorf("%v is no mistake of the file", err)
			}
			return
		}
		filler := sheet.NewFiller(sheet.Guess(k, s, func(f *store.Field) []string { return []string{f.Name} }), s, nil)
		for i := range s.Rows[:min(len(s.Rows), 9)] {
			if len(s.Rows[i].Cells) != len(s.Columns) {
				t.Fatalf("row %d has %d cells of %d", i, len(s.Rows[i].Cells), len(s.Columns))
			}
			it := k.New()
			if wrong := filler.Fill(&s.Rows[i], it); wrong == nil && k.Check(it) != nil {
				t.Errorf("row %d passes and breaks a rule", i)
			}
		}
	})
}
