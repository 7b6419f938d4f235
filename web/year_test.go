package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	sheets "github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web"
)

// year is what five labs that follow each other did in a year: 162 workshops, whose
// participants they counted at the end of each.
type year struct {
	labs   []node
	people []browser // who runs each lab
	number int
}

const (
	workshopsHeld = 162
	professionals = 3012
	usersInvolved = 805
)

// TestYearOfFiveLabs is the agenda and the figures of five labs, and what
// researchers take away of them.
func TestYearOfFiveLabs(t *testing.T) {
	t.Parallel()
	y := year{number: time.Now().Year() - 1}
	for _, handle := range []string{"bretagne", "paca", "pdl", "occitanie", "reunion"} {
		n := startWith(t, handle, timeOf(t, handle))
		y.labs, y.people = append(y.labs, n), append(y.people, n.signedIn(t, "jo_"+handle, store.Admin))
	}
	y.work(t)
	for _, n := range y.labs {
		for _, other := range y.labs {
			if other.URL != n.URL {
				n.follow(t, other)
			}
		}
	}
	y.figures(t)
	y.campaign(t)
	y.webinar(t)
	y.network(t)
	y.places(t)
	y.data(t)
	y.snapshots(t)
}

// timeOf lets the pages of a lab show the time of where it is.
func timeOf(t *testing.T, handle string) func(*fedtest.Node, *web.Config) {
	name, matters := map[string]string{"bretagne": "Europe/Paris", "reunion": "Indian/Reunion"}[handle]
	return func(_ *fedtest.Node, c *web.Config) {
		if !matters {
			return
		}
		zone, err := time.LoadLocation(name)
		if err == nil {
			c.Renderer, err = web.NewRenderer(zone)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// work holds the workshops, in turn at each lab. The first of each is counted in the
// form, once it is over.
func (y *year) work(t *testing.T) {
	t.Helper()
	for i := range workshopsHeld {
		n, jo := y.labs[i%len(y.labs)], y.people[i%len(y.labs)]
		came := store.Attendance{Professionals: share(professionals, i), Users: share(usersInvolved, i)}
		start := fmt.Sprintf("%d-%02d-%02dT10:00", y.number, 1+i%12, 1+i%28)
		if i >= len(y.labs) {
			n.add(t, &store.Event{
				Record:    store.Record{Kind: "event", Title: fmt.Sprint("Atelier ", i), Pitch: "Ensemble.", Audience: store.Public},
				EventKind: "atelier", Start: start, Attendance: came,
			})
			continue
		}
		answers := url.Values{"title": {fmt.Sprint("Atelier ", i)}, "pitch": {"Ensemble."}, "eventKind": {"atelier"}, "start": {start}, "audience": {"public"}}
		rec := n.saved(t, jo.send(t, "/agenda/nouvelle", answers)).Envelope()
		answers.Set("attendedProfessionals", strconv.Itoa(came.Professionals))
		answers.Set("attendedUsers", strconv.Itoa(came.Users))
		n.change(t, jo, rec, answers)
	}
}

// share is the part of a total that one of the workshops has.
func share(total, i int) int {
	n := total / workshopsHeld
	if i < total%workshopsHeld {
		n++
	}
	return n
}

// figures counts the table of each lab again: its figures and its annual report say
// the same, and nobody typed them.
func (y *year) figures(t *testing.T) {
	whole := map[string]int{}
	for i, n := range y.labs {
		table := n.table(t, "/agenda.csv?origine=ici")
		held, pros, users := len(table.Rows), sum(t, table, "attendedProfessionals"), sum(t, table, "attendedUsers")
		whole["held"], whole["pros"], whole["users"] = whole["held"]+held, whole["pros"]+pros, whole["users"]+users
		for _, b := range []browser{n.visitor(t), y.people[i]} {
			page, report := b.read(t, "/chiffres"), b.read(t, fmt.Sprint("/bilan/", y.number))
			for figure, want := range map[string]int{"Participations": pros + users, "Événements tenus": held, "Usagers impliqués": users} {
				if said := fmt.Sprintf("%s : %d Comment", figure, want); !strings.Contains(page, said) {
					t.Errorf("%s: the page of figures does not say %q", n.Lab.Handle, said)
				}
				if said := fmt.Sprintf(" %s %d ", figure, want); !strings.Contains(report, said) {
					t.Errorf("%s: the report does not say %q: %s", n.Lab.Handle, said, report)
				}
			}
			if said := fmt.Sprintf("Agenda %d fiches", held); !strings.Contains(report, said) {
				t.Errorf("%s: the report does not say %q", n.Lab.Handle, said)
			}
		}
	}
	if want := map[string]int{"held": workshopsHeld, "pros": professionals, "users": usersInvolved}; fmt.Sprint(whole) != fmt.Sprint(want) {
		t.Errorf("the tables have %v, want %v", whole, want)
	}
}

// table is a list as a table.
func (n node) table(t *testing.T, path string) *sheets.Sheet {
	t.Helper()
	s, err := sheets.Read([]byte(n.visitor(t).get(t, n.URL+path, "*/*")), n.Store.Now())
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

func sum(t *testing.T, s *sheets.Sheet, column string) (total int) {
	t.Helper()
	for _, cell := range cells(t, s, column) {
		n, err := strconv.Atoi(cell)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}

func cells(t *testing.T, s *sheets.Sheet, column string) (all []string) {
	t.Helper()
	at := slices.Index(s.Columns, column)
	if at < 0 {
		t.Fatalf("no column %s in %v", column, s.Columns)
	}
	for _, row := range s.Rows {
		all = append(all, row.Cells[at])
	}
	return all
}

// next is a clock of a day in the next year.
func (y *year) next(day string) string { return fmt.Sprintf("%d-%s", y.number+2, day) }

// event is something to come.
func (y *year) event(title, day string) *store.Event {
	return &store.Event{Record: store.Record{Kind: "event", Title: title, Pitch: "Venez.", Audience: store.Public}, Start: y.next(day + "T14:00")}
}

// campaign is what all labs take part in, each with its own spelling.
func (y *year) campaign(t *testing.T) {
	var want []string
	spellings := []string{
		"Semaine de l'innovation publique", "Semaine de l’innovation publique", "SEMAINE DE L'INNOVATION PUBLIQUE",
		"semaine de l'Innovation  publique", "Semaine de l'innovation publique.",
	}
	for i, n := range y.labs {
		e := y.event("Portes ouvertes "+n.Lab.Handle, "03-10")
		e.EventKind, e.Campaign = "semaine-innovation", spellings[i]
		n.add(t, e)
		want = append(want, e.IRI)
		other := y.event("Fête de la science", "03-11")
		other.Campaign = "Fête de la science"
		n.add(t, other)
		for _, reader := range y.labs {
			reader.await(t, other.IRI)
		}
	}
	slices.Sort(want)
	for i, n := range y.labs {
		asked := "?" + url.Values{"campaign": {spellings[i]}}.Encode()
		calendar := n.table(t, "/agenda.ics"+asked)
		if got := slices.Sorted(slices.Values(cells(t, calendar, "uid"))); calendar.Format != sheets.ICalendar || !slices.Equal(got, want) {
			t.Errorf("%s: the calendar has %v, want %v", n.Lab.Handle, got, want)
		}
		if got := len(n.table(t, "/agenda.csv"+asked).Rows); got != len(want) {
			t.Errorf("%s: the table has %d lines, want %d", n.Lab.Handle, got, len(want))
		}
	}
	visitor := y.labs[0].visitor(t)
	page := visitor.get(t, y.labs[0].URL+federation.PagePath(y.labs[0].await(t, want[0]).Envelope()), "text/html")
	link := `href="/agenda?campaign=`
	if !strings.Contains(page, link) {
		t.Fatal("the page of an event does not lead to its campaign")
	}
	if said := visitor.read(t, "/agenda?campaign=semaine+de+l%27innovation+publique"); !strings.Contains(said, "5 fiches") || strings.Contains(said, "Fête de la science") {
		t.Errorf("the campaign shows %s", said)
	}
}

// webinar takes place everywhere: its page says when that is at the reader's lab,
// two hours later in summer and three in winter.
func (y *year) webinar(t *testing.T) {
	paris, reunion := y.labs[0], y.labs[4]
	for day, later := range map[string]string{"07-06": "16:00", "01-12": "17:00"} {
		e := y.event("Webinaire", day)
		e.EventKind, e.Online = "webinaire", "https://visio.example/lab"
		paris.add(t, e)
		path := federation.PagePath(reunion.await(t, e.IRI).Envelope())
		said := reunion.visitor(t).read(t, path)
		if !strings.Contains(said, "14:00 (heure : Paris) · ") || !strings.Contains(said, later+" (heure : La Réunion)") {
			t.Errorf("%s: at La Réunion the page says %s", day, said)
		}
		if at := paris.visitor(t).read(t, federation.PagePath(&e.Record)); !strings.Contains(at, "14:00 (heure : Paris)") || strings.Contains(at, "La Réunion)") {
			t.Errorf("%s: in Paris the page says %s", day, at)
		}
	}
}

// network meets every three months: that it did not shows at every lab until the
// next meeting is planned.
func (y *year) network(t *testing.T) {
	const list, alert = "/reseaux-et-communautes", "Rencontre à prévoir"
	home, jo := y.labs[1], y.people[1]
	day := func(months int) []string {
		return []string{home.Store.Now().AddDate(0, months, 0).Format(time.DateOnly)}
	}
	answers := url.Values{
		"title": {"Réseau des labos"}, "pitch": {"On se retrouve."}, "networkKind": {"reseau-territorial"}, "cadence": {"trimestriel"},
		"meetings.0.date": day(-5), "audience": {"public"},
	}
	rec := home.saved(t, jo.send(t, list+"/nouvelle", answers)).Envelope()
	for _, n := range y.labs {
		n.await(t, rec.IRI)
		n.says(t, n.visitor(t), list, "Réseau des labos", alert)
	}
	for i, want := range []bool{false, true} {
		if got := strings.Contains(y.people[i].read(t, "/admin"), "1 réseau aurait dû se réunir"); got != want {
			t.Errorf("%s: the alert is on the page of things to do: %v, want %v", y.labs[i].Lab.Handle, got, want)
		}
	}
	answers["meetings.1.date"] = day(1)
	home.change(t, jo, rec, answers)
	for _, n := range y.labs {
		n.eventually(t, "the next meeting is planned", func(*store.Txn) bool {
			return !strings.Contains(n.visitor(t).read(t, list), alert)
		})
	}
	if strings.Contains(jo.read(t, "/admin"), "aurait dû se réunir") {
		t.Error("the alert stays on the page of things to do")
	}
}

// places are given to members of other labs, and no more than there are.
func (y *year) places(t *testing.T) {
	home := y.labs[2]
	e := y.event("Atelier à une place", "04-01")
	e.JoinMode, e.Capacity = "free", 1
	home.add(t, e)
	answer := func(i int, says string) {
		t.Helper()
		n, jo := y.labs[i], y.people[i]
		path := federation.PagePath(n.await(t, e.IRI).Envelope()) + "/participer"
		jo.send(t, path, url.Values{"do": {"join"}})
		n.says(t, jo, path, says)
	}
	answer(4, "Vous avez une place.")
	answer(3, "Il n'y a pas de place pour vous cette fois.")
	said := y.people[2].read(t, federation.PagePath(&e.Record)+"/inscrits")
	if !strings.Contains(said, "1 place prise sur 1") || !strings.Contains(said, "jo_reunion A une place") {
		t.Errorf("the organiser reads %s", said)
	}
	if got := home.visitor(t).status(t, home.URL+federation.PagePath(&e.Record)+"/inscrits", "text/html"); got != http.StatusNotFound {
		t.Errorf("a visitor reads who takes part: got %d", got)
	}
}
