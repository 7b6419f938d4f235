package sheet_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store/sheet"
)

// readAt is when the files of the tests are read.
var readAt = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// An event that comes again is a row for each time that is near; a time that was
// moved or called off is not there twice, and summer moves no clock.
func TestSeriesOfACalendarAreTheirTimes(t *testing.T) {
	data, err := os.ReadFile("testdata/series.ics")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sheet.Read(data, readAt)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range s.Rows {
		var cells []string
		for _, column := range []string{"uid", "dtstart", "dtend", "zone", "series"} {
			cells = append(cells, s.Rows[i].Cells[s.Column(column)])
		}
		got = append(got, strings.Join(cells, " "))
	}
	var want []string
	for _, day := range []string{
		"2025-03-06", "2025-04-03", "2025-05-01", "2025-06-05", "2025-07-03", "2025-08-07", "2025-09-04", "2025-10-02", "2025-11-06",
		"2025-12-04", "2026-01-01", "2026-02-05", "2026-03-05", "2026-04-02", "2026-07-02",
	} {
		want = append(want, "cafe@exemple.invalid/"+day+"T10:00 "+day+"T10:00 "+day+"T11:30 Europe/Paris Le café du jeudi")
	}
	want = append(want,
		"cafe@exemple.invalid/2026-06-04T10:00 2026-06-05T14:00 2026-06-05T15:00 Europe/Paris Le café du jeudi",
		"horloge@exemple.invalid 2026-01-01T01:00  Europe/Paris ",
		"paques@exemple.invalid 2026-01-01T01:00  Europe/Paris ",
		"deux@exemple.invalid/2026-04-01T18:00 2026-04-01T18:00 2026-04-01T19:00 Indian/Reunion Deux fois",
		"deux@exemple.invalid/2026-04-02T18:00 2026-04-02T18:00 2026-04-02T19:00 Indian/Reunion Deux fois",
	)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if again, err := sheet.Read(data, readAt.AddDate(-9, 0, 0)); err != nil || len(again.Rows) != 5 {
		t.Errorf("nine years before: %v, %v", again, err)
	}
}
