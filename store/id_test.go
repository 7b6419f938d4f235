package store_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestIDsSortByTime(t *testing.T) {
	s, c := open(t)
	var ids []store.ID
	update(t, s, func(tx *store.Txn) {
		ids = nil
		for range 70_000 { // more than one millisecond has
			ids = append(ids, tx.NewID())
		}
	})
	c.pass(10 * time.Second)
	update(t, s, func(tx *store.Txn) {
		late := tx.NewID()
		if last := ids[len(ids)-1]; late <= last || !late.Time().Equal(c.at) {
			t.Errorf("got %v of %v after %v", late, late.Time(), last)
		}
	})
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != 70_000 {
		t.Error("ids repeat or go backwards")
	}
	if got := ids[0].Time(); !got.Equal(noon) && got.Sub(noon) > 3*time.Millisecond {
		t.Errorf("time: got %v, want about %v", got, noon)
	}
}

func TestIDsNeverGoBackwards(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	c := &clock{noon}
	s := openStore(t, openBolt(t, path), c)
	var last store.ID
	for _, write := range []func(tx *store.Txn){
		func(tx *store.Txn) { putActor(t, tx, store.Person, "ana", other) },
		func(tx *store.Txn) { tx.PutActivity(&store.Activity{IRI: "https://other.example/1"}) },
		func(tx *store.Txn) { must(t, tx.PutAccount(&store.Account{Email: "ana@home.example"})) },
		func(tx *store.Txn) { tx.PutReport(&store.Report{}) },
		func(tx *store.Txn) {
			tx.Enqueue(store.Outgoing{}, []store.Recipient{{Inbox: "https://other.example/inbox"}})
		},
		func(tx *store.Txn) { tx.DeleteFollow(1, 2) },
	} {
		update(t, s, func(tx *store.Txn) {
			write(tx)
			last = max(last, tx.NewID()-1)
		})
		must(t, s.Close())
		c.pass(-time.Hour) // somebody sets the clock back
		s = openStore(t, openBolt(t, path), c)
		update(t, s, func(tx *store.Txn) {
			if got := tx.NewID(); got <= last {
				t.Errorf("got %v after %v", got, last)
			}
		})
	}
	must(t, s.Close())
}

func TestParseID(t *testing.T) {
	if got, err := store.ParseID("116165304832000007"); err != nil || got != 116165304832000007 {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "0", "-1", "+1", "1.0", "0x1", "1e3", " 1", "1 ", "١", "18446744073709551616", strings.Repeat("9", 1000)} {
		if got, err := store.ParseID(bad); got != 0 || err == nil {
			t.Errorf("%q: got %v, %v", bad, got, err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("1")
	f.Add("+1")
	f.Add("007")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := store.ParseID(s)
		if (err == nil) != (id != 0) {
			t.Errorf("%q: got %v, %v", s, id, err)
		}
		if back, err := store.ParseID(id.String()); id != 0 && (back != id || err != nil) {
			t.Errorf("%q: %v comes back as %v, %v", s, id, back, err)
		}
	})
}

// Many records of one moment, as an import with bare dates brings them.
func TestRecordIDsOfOneMomentDiffer(t *testing.T) {
	s, _ := open(t)
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", other)
		for i := range 300 {
			n := newNews(lab.IRI, "https://other.example/o/"+string(rune('a'+i)))
			n.Created = day
			putRecord(t, tx, n)
			if d := n.ID.Time().Sub(day); d < 0 || d > 10*time.Millisecond {
				t.Fatalf("record %d is of %v", i, n.ID.Time())
			}
		}
		if got := tx.ListLab(lab.ID, store.Query{}).Total; got != 300 {
			t.Errorf("got %d records, want 300", got)
		}
	})
}

func TestRecordIDOfADeletedRecordIsNotGivenOutAgain(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", other)
		n := newNews(lab.IRI, "https://other.example/o/1")
		n.Created = noon.Add(-time.Hour)
		putRecord(t, tx, n)
		tx.DeleteRecord(n, &store.Tombstone{IRI: n.IRI, Owner: lab.IRI, Deleted: tx.Now()})
		if got := tx.RecordID(n.Created); got <= n.ID {
			t.Errorf("got %v after %v", got, n.ID)
		}
	})
}

func TestRecordIDWhenAMomentIsFull(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		moment := store.ID(noon.Add(-time.Hour).UnixMilli()) << 16
		for low := range store.ID(1 << 16) {
			tx.OccupyRecord(moment | low)
		}
		if got := tx.RecordID(noon.Add(-time.Hour)); got>>16 != moment>>16+1 {
			t.Errorf("got one of %v, want one of the next millisecond", got.Time())
		}
	})
}

func TestRecordIDOfOddMoments(t *testing.T) {
	s, _ := open(t)
	view(t, s, func(tx *store.Txn) {
		for _, at := range []time.Time{{}, noon.Add(time.Hour), time.Unix(0, 0), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999999, 1, 1, 0, 0, 0, 0, time.UTC)} {
			if got := tx.RecordID(at).Time(); !got.Equal(noon) {
				t.Errorf("%v: got %v, want now", at, got)
			}
		}
		if a, b := tx.RecordID(noon), tx.RecordID(noon); a != b {
			t.Errorf("the same record gets %v and %v", a, b)
		}
	})
}
