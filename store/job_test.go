package store_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func kinds(jobs []*store.Job) []string {
	list := []string{}
	for _, j := range jobs {
		list = append(list, j.Kind)
	}
	return list
}

func TestJobsAreDoneInTheOrderInWhichTheyAreDue(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		for _, kind := range []string{"a", "b", "c"} {
			tx.AddJob(kind, map[string]int{"n": 1})
		}
	})
	update(t, s, func(tx *store.Txn) {
		due, next := tx.DueJobs(9)
		if got := kinds(due); !slices.Equal(got, []string{"a", "b", "c"}) || !next.IsZero() || string(due[0].Data) != `{"n":1}` {
			t.Fatalf("got %v, next %v", got, next)
		}
		tx.RetryJob(due[0], c.at.Add(time.Minute), "no answer", false)
		tx.DeleteJob(due[1])
	})
	update(t, s, func(tx *store.Txn) {
		due, next := tx.DueJobs(9)
		if got := kinds(due); !slices.Equal(got, []string{"c"}) || !next.Equal(c.at.Add(time.Minute)) {
			t.Errorf("got %v, next %v", got, next)
		}
		tx.DeleteJob(due[0])
		if due, next := tx.DueJobs(9); due != nil || !next.Equal(c.at.Add(time.Minute)) {
			t.Errorf("none is due: got %v, next %v", kinds(due), next)
		}
	})
	c.pass(time.Minute)
	view(t, s, func(tx *store.Txn) {
		due, _ := tx.DueJobs(9)
		if len(due) != 1 || due[0].Kind != "a" || due[0].Tries != 1 || due[0].Error != "no answer" {
			t.Errorf("got %+v", due)
		}
	})
}

func TestJobIsNeverEarly(t *testing.T) {
	s, c := open(t)
	due := c.at.Add(time.Minute + 300*time.Microsecond)
	update(t, s, func(tx *store.Txn) { tx.AddJobAt("a", nil, due) })
	c.pass(time.Minute)
	view(t, s, func(tx *store.Txn) {
		if early, next := tx.DueJobs(1); early != nil || next.Before(due) {
			t.Errorf("at %v: got %v, next %v, due %v", tx.Now(), kinds(early), next, due)
		}
	})
	c.pass(time.Millisecond)
	view(t, s, func(tx *store.Txn) {
		if late, _ := tx.DueJobs(1); len(late) != 1 {
			t.Errorf("at %v: got %v", tx.Now(), kinds(late))
		}
	})
}

func TestStuckJobIsKeptAside(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) { tx.AddJob("a", nil) })
	update(t, s, func(tx *store.Txn) {
		due, _ := tx.DueJobs(1)
		tx.RetryJob(due[0], c.at, "given up", true)
	})
	c.pass(100 * 365 * 24 * time.Hour)
	update(t, s, func(tx *store.Txn) {
		tx.AddJob("b", nil)
		due, next := tx.DueJobs(9)
		if got := kinds(due); !slices.Equal(got, []string{"b"}) || !next.IsZero() {
			t.Errorf("got %v, next %v", got, next)
		}
		stuck := slices.Collect(tx.StuckJobs())
		if len(stuck) != 1 || stuck[0].Kind != "a" || stuck[0].Error != "given up" {
			t.Fatalf("stuck: got %+v", stuck)
		}
		tx.DeleteJob(stuck[0])
		for j := range tx.StuckJobs() {
			t.Errorf("still stuck: %+v", j)
		}
	})
}

func TestJobsOfOneKindDoNotHideAnother(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		for range 5 {
			tx.AddJob("many", nil)
		}
		tx.AddJob("rare", nil)
	})
	update(t, s, func(tx *store.Txn) {
		due, next := tx.DueJobs(2)
		if got := kinds(due); !slices.Equal(got, []string{"many", "many", "rare"}) || !next.IsZero() {
			t.Errorf("got %v, next %v", got, next)
		}
		tx.RetryJob(due[2], c.at.Add(time.Minute), "", false)
		if due, next := tx.DueJobs(2); len(due) != 2 || !next.Equal(c.at.Add(time.Minute)) {
			t.Errorf("one put off: got %v, next %v", kinds(due), next)
		}
	})
}

func TestJobsOfTheFirstSchemaAreFound(t *testing.T) {
	db := openBolt(t, filepath.Join(t.TempDir(), "store"))
	defer db.Close()
	must(t, db.Update(t.Context(), func(tx store.Tx) error {
		tx.Put(store.KeySchema, []byte("1"))
		for i, job := range []string{
			`{"id":"1","kind":"fetch","data":null,"due":"2026-03-01T10:00:00Z"}`,
			`{"id":"2","kind":"move","data":null,"due":"2026-03-01T10:00:00Z","stuck":true}`,
		} {
			due := []byte("\x00\x00\x01\x9c\xa8\x00\x00\x00")
			tx.Put(append(append([]byte("j/"), due...), 0, 0, 0, 0, 0, 0, 0, byte(i+1)), []byte(job))
		}
		return nil
	}))
	s, err := store.Open(t.Context(), db, nil)
	must(t, err)
	view(t, s, func(tx *store.Txn) {
		due, _ := tx.DueJobs(9)
		stuck := slices.Collect(tx.StuckJobs())
		if got := kinds(due); !slices.Equal(got, []string{"fetch"}) || !slices.Equal(kinds(stuck), []string{"move"}) {
			t.Errorf("got %v due, %v stuck", got, kinds(stuck))
		}
	})
}
