package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestPlacesAreCountedAndGoWithTheEvent(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		e := putEvent(t, tx, "e", "2126-06-01T09:00", "", store.Public)
		e.JoinMode, e.Capacity = "free", 2
		putRecord(t, tx, e)
		for _, holder := range []string{store.HolderOf(iri(home, "ana")), store.GuestHolder("t1"), store.GuestHolder("t1")} {
			tx.PutSeat(&store.Seat{Event: e.ID, Holder: holder, State: store.Accepted})
		}
		it, err := tx.Record(e.ID)
		must(t, err)
		full := it.(*store.Event)
		if full.Participants != 2 || tx.Admit(full, store.GuestHolder("t2")) != store.Refused || tx.Admit(full, store.GuestHolder("t1")) != store.Accepted {
			t.Errorf("got %d places, want 2 and no more", full.Participants)
		}
		tx.DeleteRecord(it, &store.Tombstone{IRI: e.IRI})
		for _, wrong := range tx.Check() {
			t.Error(wrong)
		}
	})
}

func TestGuestsAreForgottenAMonthAfterTheEvent(t *testing.T) {
	s, c := open(t)
	over := c.now().Add(time.Hour).Truncate(time.Minute)
	var event store.ID
	update(t, s, func(tx *store.Txn) {
		e := putEvent(t, tx, "e", over.Format("2006-01-02T15:04"), "", store.Public)
		e.Zone = "UTC"
		e.Revise(nil, noon)
		putRecord(t, tx, e)
		event = e.ID
		tx.PutSeat(&store.Seat{Event: event, Holder: store.GuestHolder("t"), Name: "Ana", Email: "ana@exemple.fr", State: store.Accepted})
		if again := tx.ForgetGuests(event); !again.Equal(over.AddDate(0, 0, 30)) || !tx.HasGuests(event) {
			t.Errorf("too early: again %s", again)
		}
	})
	c.pass(31 * 24 * time.Hour)
	update(t, s, func(tx *store.Txn) {
		again := tx.ForgetGuests(event)
		seat, err := tx.Seat(event, store.GuestHolder("t"))
		must(t, err)
		it, err := tx.Record(event)
		must(t, err)
		if !again.IsZero() || tx.HasGuests(event) || seat.Name != "" || it.(*store.Event).Participants != 1 {
			t.Errorf("again %s, kept %+v", again, seat)
		}
	})
}

func TestGuestsHearOfChangesThatTouchThem(t *testing.T) {
	old := &store.Event{State: "confirme", Begins: noon, Online: "https://visio.example/a"}
	for _, x := range []struct {
		change func(*store.Event)
		want   store.EventChange
	}{
		{func(e *store.Event) { e.Title = "x" }, ""},
		{func(e *store.Event) { e.Begins = noon.Add(time.Hour) }, store.Moved},
		{func(e *store.Event) { e.Place.Commune = "Rennes" }, store.Moved},
		{func(e *store.Event) { e.Online = "" }, store.Moved},
		{func(e *store.Event) { e.State = "reporte" }, store.Moved},
		{func(e *store.Event) { e.State, e.Begins = "annule", noon.Add(time.Hour) }, store.CalledOff},
	} {
		e := *old
		x.change(&e)
		if got := e.ChangeSince(old); got != x.want {
			t.Errorf("%+v: got %q, want %q", e, got, x.want)
		}
	}
	off := &store.Event{State: "annule"}
	if got := off.ChangeSince(&store.Event{State: "annule", Begins: noon}); got != "" {
		t.Errorf("called off before: got %q", got)
	}
}
