package opendata

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/webtest"
)

// workshops publishes events over two years, some of them for members alone.
func (s *site) workshops(t testing.TB) {
	t.Helper()
	now := s.node.Store.Now()
	for i := range 40 {
		e := &store.Event{Record: experiment(fmt.Sprintf("atelier-%d", i), store.Public).Record, EventKind: "atelier", Start: now.AddDate(0, -i, -1).Format("2006-01-02T15:04")}
		e.Kind = "event"
		e.Attendance = store.Attendance{Professionals: 3 * i, Users: i, Elected: i % 3}
		switch i % 8 {
		case 3:
			e.State = "annule"
		case 5:
			e.Audience = store.LabOnly
		case 7:
			e.Start = now.AddDate(0, i, 0).Format("2006-01-02T15:04")
		}
		s.publish(t, e)
	}
}

// What the page and the files of figures say is what anybody counts in the table of
// the list.
func TestFiguresAreWhatARecountOfTheTableGives(t *testing.T) {
	s := newSite(t)
	s.workshops(t)
	now := s.node.Store.Now()
	since := store.FiguresSince(now).Format("2006-01")
	visitor, member := s.Visitor(t), s.As(t, s.node.Contributor)
	totals := map[string]map[string]int{}
	for name, get := range map[string]func(string) string{
		"visitor": func(path string) string { return visitor.Get(path).Body },
		"member":  func(path string) string { return member.Get(path).Body },
	} {
		table, err := sheet.Read([]byte(get("/agenda.csv?origine=ici")), now)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		for _, row := range table.Rows {
			start := row.Cells[table.Column("start")]
			begins, err := time.ParseInLocation("2006-01-02T15:04", start, paris(t))
			if err != nil {
				t.Fatal(err)
			}
			if begins.After(now) || start[:7] < since || row.Cells[table.Column("state")] == "annule" {
				continue
			}
			want["workshops"]++
			for column := range table.Columns {
				if n, err := strconv.Atoi(row.Cells[column]); err == nil && len(table.Columns[column]) > 8 && table.Columns[column][:8] == "attended" {
					want["participations"] += n
				}
			}
			n, _ := strconv.Atoi(row.Cells[table.Column("attendedUsers")])
			want["users"] += n
		}
		totals[name] = want
		figures, err := sheet.Read([]byte(get("/chiffres.csv")), now)
		if err != nil {
			t.Fatal(err)
		}
		months := map[string]int{}
		for _, row := range figures.Rows {
			n, err := strconv.Atoi(row.Cells[3])
			if err != nil {
				t.Fatal(err)
			}
			if figure := row.Cells[0]; row.Cells[1]+row.Cells[2] == "" && want[figure] != 0 && n != want[figure] {
				t.Errorf("%s: %s is %d, a recount gives %d", name, figure, n, want[figure])
			}
			if row.Cells[2] != "" {
				months[row.Cells[0]] += n
			}
		}
		if months["participations"] != want["participations"] || want["participations"] == 0 {
			t.Errorf("%s: the months have %d participations, a recount gives %d", name, months["participations"], want["participations"])
		}
	}
	if totals["member"]["workshops"] <= totals["visitor"]["workshops"] {
		t.Errorf("members count no more than visitors: %v", totals)
	}
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// What is packed for the way is whole, whoever asks.
func TestFiguresAndCatalogueComePacked(t *testing.T) {
	s := newSite(t)
	s.workshops(t)
	for name, c := range map[string]*webtest.Client{"visitor": s.Visitor(t), "member": s.As(t, s.node.Contributor)} {
		for _, path := range []string{"/chiffres.csv", "/indicators.json", "/catalogue.jsonld", "/catalogue.ttl"} {
			plain := c.Do(http.MethodGet, path, nil, http.Header{"Accept-Encoding": {"identity"}})
			packed := c.Do(http.MethodGet, path, nil, http.Header{"Accept-Encoding": {"gzip"}})
			z, err := gzip.NewReader(strings.NewReader(packed.Body))
			if err != nil {
				t.Fatalf("%s: %s: %v", name, path, err)
			}
			if whole, err := io.ReadAll(z); err != nil || string(whole) != plain.Body || plain.Body == "" {
				t.Errorf("%s: %s: %v, %d bytes of %d", name, path, err, len(whole), len(plain.Body))
			}
			if a := c.Do(http.MethodHead, path, nil, http.Header{"Accept-Encoding": {"gzip"}}); a.Status != http.StatusOK {
				t.Errorf("%s: HEAD %s: %d", name, path, a.Status)
			}
		}
	}
}

func TestIndicatorsForMachinesSayHowTheyAreCounted(t *testing.T) {
	s := newSite(t)
	s.workshops(t)
	a := s.Visitor(t).Get("/indicators.json")
	var doc struct {
		Indicators []indicator `json:"indicators"`
	}
	if err := json.Unmarshal([]byte(a.Body), &doc); err != nil || a.Status != http.StatusOK || len(doc.Indicators) != 6 {
		t.Fatalf("%d, %v: %s", a.Status, err, a.Body)
	}
	for _, i := range doc.Indicators {
		sum := 0
		for _, n := range i.Breakdown {
			sum += n
		}
		if i.Label == "" || len(i.Formula) < 20 || i.Period.Start == "" || sum != i.Value {
			t.Errorf("got %+v", i)
		}
	}
	if a := s.Visitor(t).Get("/chiffres.csv?sep=x"); a.Status != http.StatusBadRequest {
		t.Errorf("unknown separator: %d", a.Status)
	}
}
