package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func moment(t *testing.T, zone, clock string) time.Time {
	t.Helper()
	where, err := time.LoadLocation(zone)
	must(t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, where)
	must(t, err)
	return at
}

func TestLettersAreDueInTheMorningAndNeverInQuietHours(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	quiet := store.Letters{QuietFrom: 20, QuietUntil: 9}
	away := store.Letters{Zone: "Indian/Reunion"}
	for name, x := range map[string]struct {
		letters     store.Letters
		pace        store.Pace
		since, want time.Time
	}{
		"at once":                      {store.Letters{}, store.AtOnce, moment(t, "Europe/Paris", "2026-03-04 23:30"), moment(t, "Europe/Paris", "2026-03-04 23:30")},
		"the next morning":             {store.Letters{}, store.Daily, moment(t, "Europe/Paris", "2026-03-04 08:00"), moment(t, "Europe/Paris", "2026-03-05 08:00")},
		"before morning":               {store.Letters{}, store.Daily, moment(t, "Europe/Paris", "2026-03-04 03:00"), moment(t, "Europe/Paris", "2026-03-04 08:00")},
		"the next Monday":              {store.Letters{}, store.Weekly, moment(t, "Europe/Paris", "2026-03-04 12:00"), moment(t, "Europe/Paris", "2026-03-09 08:00")},
		"over the change of clocks":    {store.Letters{}, store.Weekly, moment(t, "Europe/Paris", "2026-03-25 12:00"), moment(t, "Europe/Paris", "2026-03-30 08:00")},
		"after quiet hours":            {quiet, store.AtOnce, moment(t, "Europe/Paris", "2026-03-04 23:30"), moment(t, "Europe/Paris", "2026-03-05 09:00")},
		"after quiet hours at night":   {quiet, store.AtOnce, moment(t, "Europe/Paris", "2026-03-05 02:00"), moment(t, "Europe/Paris", "2026-03-05 09:00")},
		"after quiet hours by day":     {store.Letters{QuietFrom: 12, QuietUntil: 14}, store.AtOnce, moment(t, "Europe/Paris", "2026-03-05 12:10"), moment(t, "Europe/Paris", "2026-03-05 14:00")},
		"in no quiet hours":            {quiet, store.AtOnce, moment(t, "Europe/Paris", "2026-03-05 19:59"), moment(t, "Europe/Paris", "2026-03-05 19:59")},
		"a quiet morning":              {quiet, store.Daily, moment(t, "Europe/Paris", "2026-03-04 12:00"), moment(t, "Europe/Paris", "2026-03-05 09:00")},
		"on the clocks of the member":  {away, store.Daily, moment(t, "Europe/Paris", "2026-03-04 12:00"), moment(t, "Indian/Reunion", "2026-03-05 08:00")},
		"on Monday over there already": {away, store.Weekly, moment(t, "Europe/Paris", "2026-03-08 23:00"), moment(t, "Indian/Reunion", "2026-03-09 08:00")},
	} {
		if got := x.letters.Due(x.pace, x.since.UTC(), paris); !got.Equal(x.want) {
			t.Errorf("%s: got %v, want %v", name, got, x.want)
		}
	}
}

// reader is a member who confirmed the address, and somebody who acts.
func reader(t *testing.T, s *store.Store) (member, other *store.Actor) {
	t.Helper()
	member = &store.Actor{IRI: "https://estran.example/actors/ana", Type: store.Person, Handle: "ana", Host: "estran.example", Local: true}
	other = &store.Actor{IRI: "https://a.example/actors/bo", Type: store.Person, Handle: "bo", Host: "a.example"}
	update(t, s, func(tx *store.Txn) {
		must(t, tx.PutActor(member))
		must(t, tx.PutActor(other))
		must(t, tx.PutAccount(&store.Account{Actor: member.ID, Email: "ana@estran.example", Verified: tx.Now(), Role: store.Contributor}))
	})
	return member, other
}

func TestNoticesWaitForTheirLetterAndAreTakenOnce(t *testing.T) {
	s, c := open(t)
	c.at = moment(t, "Europe/Paris", "2026-03-04 12:00")
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	member, other := reader(t, s)
	tell := func(kind store.NoticeKind) {
		t.Helper()
		update(t, s, func(tx *store.Txn) {
			tx.Tell(store.Notice{Kind: kind, Actor: other.ID}, member.ID)
		})
	}
	take := func() (due map[store.Pace]*store.Batch) {
		t.Helper()
		update(t, s, func(tx *store.Txn) {
			due = tx.TakeLetters(member.ID, paris)
		})
		return due
	}
	tell(store.FollowedBy) // every day
	tell(store.LikedBy)    // on the page only
	if due := take(); len(due) != 0 {
		t.Errorf("on the same day: got %v", due)
	}
	tell(store.EventChanged) // at once
	if due := take(); len(due) != 1 || len(due[store.AtOnce].IDs) != 1 {
		t.Errorf("at once: got %v", due)
	}
	if due := take(); len(due) != 0 {
		t.Errorf("taken twice: got %v", due)
	}
	c.at = moment(t, "Europe/Paris", "2026-03-05 08:00")
	if due := take(); len(due) != 1 || len(due[store.Daily].IDs) != 1 {
		t.Errorf("the next morning: got %v", due)
	}
	c.pass(7 * 24 * time.Hour)
	if due := take(); len(due) != 0 {
		t.Errorf("a week later: got %v", due)
	}
}

func TestNobodyIsWrittenToAtAnAddressThatIsNotConfirmed(t *testing.T) {
	s, _ := open(t)
	member, other := reader(t, s)
	update(t, s, func(tx *store.Txn) {
		account, err := tx.AccountOf(member.ID)
		must(t, err)
		account.Verified = time.Time{}
		must(t, tx.PutAccount(account))
		tx.Tell(store.Notice{Kind: store.EventChanged, Actor: other.ID}, member.ID)
		if n := tx.CountJobs(store.LettersJob, 9); n != 0 {
			t.Errorf("got %d jobs", n)
		}
	})
}

func TestFewUnconfirmedLettersGoToAnAddress(t *testing.T) {
	s, c := open(t)
	ask := func(email string) (secret string) {
		t.Helper()
		update(t, s, func(tx *store.Txn) {
			secret = tx.AskSubscription(email, store.PendingSubscription{Path: "/lab", Pace: store.Daily, Lang: "fr"})
		})
		return secret
	}
	var last string
	for range 3 {
		if last = ask("Ana@exemple.test"); last == "" {
			t.Fatal("one of the first three letters was not written")
		}
	}
	if ask("ana@exemple.test ") != "" {
		t.Error("a fourth letter to the same address")
	}
	if ask("bo@exemple.test") == "" {
		t.Error("no letter to another address")
	}
	var subscriber *store.Subscriber
	update(t, s, func(tx *store.Txn) {
		var err error
		subscriber, err = tx.ConfirmSubscription(last, time.UTC)
		must(t, err)
	})
	if subscriber.Email != "Ana@exemple.test" || len(subscriber.Subscriptions) != 1 {
		t.Errorf("got %+v", subscriber)
	}
	update(t, s, func(tx *store.Txn) {
		if _, err := tx.ConfirmSubscription(last, time.UTC); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("confirmed twice: got %v", err)
		}
	})
	c.pass(49 * time.Hour)
	update(t, s, func(tx *store.Txn) {
		if n := tx.ForgetExpired(100); n != 6 { // three that wait, each with its entry
			t.Errorf("forgot %d rows, want 6", n)
		}
		tx.EndSubscription(subscriber, 0)
		for range tx.Subscribers() {
			t.Error("the address is still there")
		}
	})
}
