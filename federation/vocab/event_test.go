package vocab

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// readFile reads a document as another server sends it, as its author's.
func readFile(t *testing.T, name string) (store.Item, error) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	d := mustParse(t, string(raw))
	return ReadRecord(d, &store.Actor{IRI: d.AttributedTo("")}, noon.AddDate(1, 0, 0))
}

func TestMobilizonsEventIsOurs(t *testing.T) {
	it, err := readFile(t, "mobilizon/event.json")
	if err != nil {
		t.Fatal(err)
	}
	e, ok := it.(*store.Event)
	if !ok {
		t.Fatalf("got a %s", it.Envelope().Kind)
	}
	from, to := e.When()
	for what, pair := range map[string][2]any{
		"title":     {e.Title, "Repair café des agents"},
		"from":      {from.Format(time.RFC3339), "2026-11-14T14:00:00+01:00"},
		"to":        {to.Format(time.RFC3339), "2026-11-14T17:00:00+01:00"},
		"place":     {e.Place.Label(), "La Fabrique, 3 rue du Puits, 35000 Rennes"},
		"position":  {e.Place.Lat, 48.1119},
		"lab":       {e.Lab, "https://mobilizon.example/@fabrique"},
		"speaker":   {e.Speaker, "https://mobilizon.example/@armelle"},
		"join mode": {e.JoinMode, "restricted"},
		"joins":     {e.Joins(), "restricted"},
		"capacity":  {e.Capacity, 30},
		"taken":     {e.Participants, 12},
		"state":     {e.State, "provisoire"},
		"website":   {e.Online, "https://www.fabrique.example/repair"},
		"tags":      {e.Tags, []string{"repair"}},
		"picture":   {e.Image != nil, true},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: got %v, want %v", what, pair[0], pair[1])
		}
	}
}

func TestGanciosEventIsOurs(t *testing.T) {
	it, err := readFile(t, "gancio/event.json")
	if err != nil {
		t.Fatal(err)
	}
	e := it.(*store.Event)
	from, _ := e.When()
	if from.Format(time.RFC3339) != "2026-11-14T19:30:00+01:00" || e.Place.Name != "Colosseo" || e.Joins() != "" {
		t.Errorf("got %+v", e)
	}
}

func ourEvent() *store.Event {
	e := &store.Event{
		Record: store.Record{
			IRI: "https://labs.example/o/5", URL: "https://labs.example/a/atelier-5", Kind: "event", Type: "Event", Lang: "fr",
			Title: "Atelier", Pitch: "Venez.", Audience: store.Public, Lab: lab.IRI, Created: noon, Updated: noon,
			Place: store.Place{Name: "La Fabrique", Commune: "Rennes", PostalCode: "35000", Lat: 48.1, Lon: -1.6, Precision: store.Exact},
		},
		Start: "2026-03-14T14:30", End: "2026-03-14T16:00", Zone: "Indian/Reunion", JoinMode: "free", Capacity: 20, EventKind: "atelier",
		Organizers: store.Entries[store.Organizer]{{Name: "La mairie", URL: "https://mairie.example/"}},
	}
	e.Revise(nil, noon)
	return e
}

// What Mobilizon, FEP-8a8e and Mastodon need to show an event.
func TestEventDocumentIsAsPeersWantIt(t *testing.T) {
	d := mustParse(t, string(RecordDocument(ourEvent(), publication())))
	for key, want := range map[string]any{
		"type": "Event", "name": "Atelier", "attributedTo": lab.IRI, "actor": lab.IRI, "url": "https://labs.example/a/atelier-5",
		"summary":   "14 mars 2026, 14:30 (Reunion) – La Fabrique, 35000 Rennes – Venez.",
		"startTime": "2026-03-14T14:30:00+04:00", "endTime": "2026-03-14T16:00:00+04:00", "timezone": "Indian/Reunion", "displayEndTime": true,
		"joinMode": "free", "ical:status": "CONFIRMED", "eventStatus": "EventScheduled", "category": "WORKSHOPS_SKILL_SHARING",
		"maximumAttendeeCapacity": json.Number("20"), "participantCount": json.Number("0"), "commentsEnabled": true,
		"repliesModerationOption": "allow_all", "anonymousParticipationEnabled": true, "isOnline": false, "draft": false, "inLanguage": "fr",
	} {
		if got := d.get(key); got != want {
			t.Errorf("%s: got %v, want %v", key, got, want)
		}
	}
	if l := d.Doc("location"); l.Type() != "Place" || l.Doc("address").Str("addressLocality") != "Rennes" || !l.Has("latitude") {
		t.Errorf("location: got %s", l.Raw())
	}
	if got := d.list("organizers"); len(got) != 2 || got[0] != lab.IRI {
		t.Errorf("organizers: got %v", got)
	}
}

func TestEventNobodySignsUpForIsExternal(t *testing.T) {
	e := ourEvent()
	e.JoinMode, e.Place, e.Online = "none", store.Place{}, "https://visio.example/x"
	d := mustParse(t, string(RecordDocument(e, publication())))
	if d.Str("joinMode") != "external" || d.Str("externalParticipationUrl") != e.URL || d.Doc("location").Type() != "VirtualLocation" {
		t.Errorf("got %s", d.Raw())
	}
	back := there(t, e).(*store.Event)
	if back.JoinMode != "none" || back.JoinURL != "" || back.Online != e.Online || !back.Place.IsZero() {
		t.Errorf("came back as %+v", back)
	}
}

// there is a record as another Essaim reads it.
func there(t *testing.T, it store.Item) store.Item {
	t.Helper()
	back, err := ReadRecord(mustParse(t, string(RecordDocument(it, publication()))), lab, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// Every field of a kind that leaves this node stands on the other one as it was,
// and no inner field does.
func TestEveryFieldComesThroughTheWire(t *testing.T) {
	for _, k := range store.Kinds {
		it := filled(k)
		back := there(t, it)
		if back.Envelope().Kind != k.Name {
			t.Errorf("%s came back as %s", k.Name, back.Envelope().Kind)
			continue
		}
		for i := range k.Fields {
			f := &k.Fields[i]
			want := f.Text(it)
			switch {
			case f.Inner:
				want = ""
			case f.Wire == "" && f.Name != "title" && k.Name != "event", k.Reply, f.Widget == store.Shown, f.Name == "body", f.Name == "image", f.Name == "attachments":
				continue // mapped by the envelope, or kept by the kind itself
			}
			if got := f.Text(back); got != want {
				t.Errorf("%s.%s: got %q, want %q", k.Name, f.Name, got, want)
			}
		}
	}
}
