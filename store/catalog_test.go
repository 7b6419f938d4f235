package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// document is what stands for a record on the wire, as far as catalogues care.
func document(r *store.Record) []byte {
	return fmt.Appendf(nil, `{"@context":"x","id":%q,"name":%q}`, r.IRI, r.Title)
}

func putCatalogued(t testing.TB, tx *store.Txn, it store.Item) {
	t.Helper()
	must(t, tx.PutRecord(it, document(it.Envelope())))
}

// recount derives what a catalogue should hold from the records themselves.
func recount(tx *store.Txn, lab string) (public, restricted store.Holdings) {
	public.Kinds, restricted.Kinds = map[string]int{}, map[string]int{}
	for id := range tx.Catalogued(lab, 0) {
		it, err := tx.Record(id)
		if err != nil {
			continue
		}
		r := it.Envelope()
		rev, _ := store.RevOf(tx.Raw(r.ID), r.IRI)
		switch r.Audience {
		case store.Public:
			public.Kinds[r.Kind]++
			public.Digest.Toggle(r.IRI, rev)
		case store.FollowedLabs:
			restricted.Kinds[r.Kind]++
			restricted.Digest.Toggle(r.IRI, rev)
		}
	}
	return public, restricted
}

func sameHoldings(a, b store.Holdings) bool {
	return a.Digest == b.Digest && maps.Equal(a.Kinds, b.Kinds)
}

// Whatever happens to the records, the catalogue counts them, and its feed
// leads a reader who copies every change to the same fingerprint.
func TestCatalogueFollowsTheRecords(t *testing.T) {
	s, c := open(t)
	lab := iri(home, "lab")
	random := rand.New(rand.NewPCG(1, 2))
	steps := []store.Audience{store.Public, store.Public, store.FollowedLabs, store.Unlisted, store.Team}
	copied, read := map[string]store.Rev{}, uint64(0)
	for range 300 {
		c.pass(time.Second)
		update(t, s, func(tx *store.Txn) {
			n := newNews(lab, fmt.Sprintf("https://%s/o/%d", home, random.IntN(20)))
			n.Title, n.Audience = fmt.Sprint(random.IntN(3)), steps[random.IntN(len(steps))]
			if it, err := tx.RecordByIRI(n.IRI); err == nil && random.IntN(4) == 0 {
				tx.DeleteRecord(it, &store.Tombstone{IRI: n.IRI})
				return
			}
			tx.DropTombstone(n.IRI)
			putCatalogued(t, tx, n)
		})
		view(t, s, func(tx *store.Txn) {
			public, restricted := recount(tx, lab)
			got := tx.Catalogue(lab)
			if got == nil && public.Total()+restricted.Total() == 0 {
				return
			}
			if !sameHoldings(got.Public, public) || !sameHoldings(got.Restricted, restricted) {
				t.Fatalf("got %+v, want %+v and %+v", got, public, restricted)
			}
			for row := range tx.Feed(lab, read) {
				if delete(copied, row.IRI); row.Listed != nil && !row.Listed.Restricted {
					copied[row.IRI] = row.Listed.Rev
				}
				read = row.Seq
			}
			var theirs store.Digest
			for iri, rev := range copied {
				theirs.Toggle(iri, rev)
			}
			if theirs != public.Digest || read != got.Seq {
				t.Fatalf("a reader of the feed has %d objects at %d, want %d at %d", len(copied), read, public.Total(), got.Seq)
			}
		})
	}
}

func TestBucketsHoldEveryEntryOnce(t *testing.T) {
	s, _ := open(t)
	lab := iri(home, "lab")
	update(t, s, func(tx *store.Txn) {
		for i := range 300 {
			putCatalogued(t, tx, newNews(lab, fmt.Sprintf("https://%s/o/%d", home, i)))
		}
		var sum store.Digest
		n := 0
		for b := range 256 {
			for e := range tx.Bucket(lab, byte(b)) {
				if n++; store.BucketOf(e.IRI) != byte(b) || e.Kind != "news" || e.Record == 0 {
					t.Fatalf("bucket %d: got %+v", b, e)
				}
				sum.Toggle(e.IRI, e.Rev)
			}
		}
		if n != 300 || sum != tx.Catalogue(lab).Public.Digest {
			t.Errorf("got %d entries, want 300 with the same digest", n)
		}
	})
}

func TestRestrictedRecordsAreCountedForThoseWhoMaySeeThem(t *testing.T) {
	s, _ := open(t)
	lab, friend := iri(home, "lab"), store.Viewer{Actor: "https://" + other + "/actor", Node: true}
	update(t, s, func(tx *store.Txn) {
		putCatalogued(t, tx, newNews(lab, "https://"+home+"/o/1"))
		hidden := newNews(lab, "https://"+home+"/o/2")
		hidden.Audience, hidden.Addressed = store.FollowedLabs, []string{iri(other, "lab")}
		putCatalogued(t, tx, hidden)
	})
	view(t, s, func(tx *store.Txn) {
		for want, v := range map[int]store.Viewer{
			1: {}, 2: friend,
		} {
			if got := tx.HoldingsFor(v, lab).Total(); got != want {
				t.Errorf("%+v: got %d, want %d", v, got, want)
			}
		}
		stranger := store.Viewer{Actor: "https://third.example/actor", Node: true}
		if got := tx.HoldingsFor(stranger, lab).Total(); got != 1 {
			t.Errorf("a stranger: got %d, want 1", got)
		}
	})
}

func TestOldDeletionsAreForgottenAndSaidSo(t *testing.T) {
	s, c := open(t)
	lab := iri(home, "lab")
	update(t, s, func(tx *store.Txn) {
		for i := range 3 {
			putCatalogued(t, tx, newNews(lab, fmt.Sprintf("https://%s/o/%d", home, i)))
		}
		it, err := tx.RecordByIRI("https://" + home + "/o/1")
		must(t, err)
		tx.DeleteRecord(it, &store.Tombstone{IRI: it.Envelope().IRI})
	})
	c.pass(100 * 24 * time.Hour)
	update(t, s, func(tx *store.Txn) {
		if got := tx.TrimFeed(lab, tx.Now().Add(-90*24*time.Hour), 100); got != 1 {
			t.Errorf("got %d, want 1", got)
		}
		if got := tx.Catalogue(lab).MinSeq; got != 5 {
			t.Errorf("MinSeq: got %d, want 5", got)
		}
		rows := 0
		for row := range tx.Feed(lab, 0) {
			if rows++; row.Listed == nil {
				t.Errorf("still tells of %s", row.IRI)
			}
		}
		if rows != 2 {
			t.Errorf("got %d rows, want 2", rows)
		}
	})
}

func TestForgottenCopyMayComeAgain(t *testing.T) {
	s, _ := open(t)
	lab := iri(other, "lab")
	update(t, s, func(tx *store.Txn) {
		tx.OpenCatalogue(lab)
		n := newNews(lab, "https://"+other+"/o/1")
		n.Remote = true
		putCatalogued(t, tx, n)
		tx.PutListed(lab, &store.Listed{IRI: "https://" + other + "/o/2", Kind: "news"}, false)
		if got := tx.Catalogue(lab).Public.Kinds["news"]; got != 2 {
			t.Errorf("got %d, want 2", got)
		}
		tx.ForgetRecord(n)
		tx.DropCatalogue(lab)
		if tx.Catalogue(lab) != nil || tx.Listed(lab, n.IRI) != nil {
			t.Error("the catalogue is still there")
		}
		n.ID = 0
		putCatalogued(t, tx, n)
	})
}

func TestRevIgnoresContextProofAndSpelling(t *testing.T) {
	want, ok := store.RevOf([]byte(`{"id":"a","n":1}`), "a")
	if !ok {
		t.Fatal("no rev")
	}
	for _, doc := range []string{
		`{"n":1.0,"id":"a"}`, `{"@context":"c","id":"a","n":1,"proof":{}}`,
		`{"id":"b","object":{"id":"a","n":1}}`, `{"object":["c",{"id":"a","n":1}]}`,
	} {
		if got, ok := store.RevOf([]byte(doc), "a"); got != want || !ok {
			t.Errorf("%s: got %s, %v, want %s", doc, got, ok, want)
		}
	}
	for _, doc := range []string{`{"id":"b"}`, `x`, `[]`, `{"object":"a"}`} {
		if _, ok := store.RevOf([]byte(doc), "a"); ok {
			t.Errorf("%s: has a rev", doc)
		}
	}
}

func TestFingerprintsReadWhatTheyWrite(t *testing.T) {
	var d, back store.Digest
	d.Toggle("a", store.Rev{})
	text, err := d.MarshalText()
	must(t, err)
	if err := back.UnmarshalText(text); err != nil || back != d || d.String() != string(text) {
		t.Errorf("got %s, %v, want %s", back, err, d)
	}
	for _, bad := range []string{"", "ab", d.String() + "00", "zz" + d.String()[2:]} {
		if back.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is a fingerprint", bad)
		}
	}
}

func TestMembersWhoWantToBeFoundAreInTheCatalogue(t *testing.T) {
	s, _ := open(t)
	lab := iri(home, "lab")
	update(t, s, func(tx *store.Txn) {
		ana, away := newActor(store.Person, "ana", home), newActor(store.Person, "eve", other)
		ana.Lab, away.Lab = lab, lab
		ana.Discoverable, away.Discoverable = true, true
		count := func() int {
			c := tx.Catalogue(lab)
			if c == nil {
				return 0
			}
			return c.Public.Kinds[store.MemberKind]
		}
		must(t, tx.PutActor(away))
		if got := count(); got != 0 {
			t.Errorf("of another node: got %d, want 0", got)
		}
		must(t, tx.PutActor(ana))
		before := tx.Catalogue(lab).Public.Digest
		ana.Name = "Ana"
		must(t, tx.PutActor(ana))
		if got := count(); got != 1 || tx.Catalogue(lab).Public.Digest == before {
			t.Errorf("a new name: got %d members and the same digest", got)
		}
		ana.Discoverable = false
		must(t, tx.PutActor(ana))
		if got := count(); got != 0 {
			t.Errorf("hidden: got %d, want 0", got)
		}
		ana.Discoverable = true
		must(t, tx.PutActor(ana))
		tx.EraseActor(ana, noon)
		if got := count(); got != 0 {
			t.Errorf("gone: got %d, want 0", got)
		}
	})
}
