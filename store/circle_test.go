package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// putCircle keeps a circle of these members.
func putCircle(t testing.TB, tx *store.Txn, name string, members ...*store.Actor) *store.Circle {
	t.Helper()
	c := &store.Circle{Name: name}
	for _, m := range members {
		c.Members = append(c.Members, m.IRI)
	}
	must(t, tx.PutCircle(c))
	return c
}

func namesOf(circles []store.Circle) string {
	var names []string
	for _, c := range circles {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func TestWhoBelongsToWhichCircle(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		ana, bob := putActor(t, tx, store.Person, "ana", home), putActor(t, tx, store.Person, "bob", home)
		c.pass(1)
		first := putCircle(t, tx, "Élus", ana, bob)
		second := putCircle(t, tx, "Contributeurs", bob)
		if got := namesOf(tx.CirclesOf(ana.IRI)); got != "Élus" {
			t.Errorf("ana: got %q", got)
		}
		if got := namesOf(tx.CirclesOf(bob.IRI)); got != "Élus, Contributeurs" {
			t.Errorf("bob: got %q", got)
		}
		if v := tx.ViewerOf(bob, store.Contributor); !slices.Equal(v.Circles, []store.ID{first.ID, second.ID}) || !v.Local || v.Runs || v.Actor != bob.IRI {
			t.Errorf("bob sees as %+v", v)
		}
		first.Members = []string{ana.IRI}
		must(t, tx.PutCircle(first))
		if got := namesOf(tx.CirclesOf(bob.IRI)); got != "Contributeurs" {
			t.Errorf("bob was taken out: got %q", got)
		}
		tx.DeleteCircle(second.ID)
		tx.DeleteCircle(second.ID)
		if _, err := tx.Circle(second.ID); !errors.Is(err, store.ErrNotFound) || len(tx.CirclesOf(bob.IRI)) != 0 {
			t.Errorf("deleted: got %v, %v", err, tx.CirclesOf(bob.IRI))
		}
		tx.EraseActor(ana, tx.Now())
		if kept, err := tx.Circle(first.ID); err != nil || len(kept.Members) != 0 || len(tx.CirclesOf(ana.IRI)) != 0 {
			t.Errorf("ana left: got %v, %v", kept, err)
		}
	})
}

func TestCircleIsChecked(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		ana, bob := putActor(t, tx, store.Person, "ana", home), putActor(t, tx, store.Person, "bob", home)
		lab, far := putActor(t, tx, store.Group, "lab", home), putActor(t, tx, store.Person, "eve", other)
		taken := putCircle(t, tx, "Élus", ana)
		for _, c := range []struct {
			circle        store.Circle
			field, reason string
		}{
			{store.Circle{Name: " \n"}, "name", "error.required"},
			{store.Circle{Name: strings.Repeat("é", store.MaxCircleName+1)}, "name", "error.too-long"},
			{store.Circle{Name: " élus "}, "name", "error.circle-taken"},
			{store.Circle{Name: "x", Purpose: strings.Repeat("é", store.MaxCirclePurpose+1)}, "purpose", "error.too-long"},
			{store.Circle{Name: "x", Members: []string{ana.IRI, lab.IRI}}, "members", "error.choice"},
			{store.Circle{Name: "x", Members: []string{far.IRI}}, "members", "error.choice"},
			{store.Circle{Name: "x", Managers: []string{iri(home, "nobody")}}, "members", "error.choice"},
		} {
			err, ok := errors.AsType[store.FieldErrors](tx.PutCircle(&c.circle))
			if !ok || len(err) != 1 || err[0].Field != c.field || err[0].Reason != c.reason {
				t.Errorf("%+v: got %v, want %s of %s", c.circle, err, c.reason, c.field)
			}
		}
		taken.Purpose, taken.Managers = " Décider. ", []string{bob.IRI}
		must(t, tx.PutCircle(taken))
		if c, err := tx.Circle(taken.ID); err != nil || !c.Has(bob.IRI) || c.Purpose != "Décider." || c.Created.IsZero() {
			t.Errorf("got %+v, %v: who manages a circle belongs to it", c, err)
		}
		for who, want := range map[*store.Viewer]bool{
			{Actor: bob.IRI, Local: true}: true, {Actor: ana.IRI, Local: true}: false, {Actor: bob.IRI}: false, {Actor: ana.IRI, Local: true, Runs: true}: true, {}: false,
		} {
			if got := taken.ManagedBy(*who); got != want {
				t.Errorf("managed by %+v: got %v, want %v", who, got, want)
			}
		}
	})
}

func TestRecordsOfACircle(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab, ana := putActor(t, tx, store.Group, "lab", home), putActor(t, tx, store.Person, "ana", home)
		elus, others := putCircle(t, tx, "Élus", ana), putCircle(t, tx, "Autres")
		for i, x := range []struct {
			lab  *store.Actor
			want store.Audience
		}{{lab, elus.Audience()}, {ana, elus.Audience()}, {lab, others.Audience()}, {lab, store.Team}} {
			n := newNews(x.lab.IRI, fmt.Sprintf("https://home.example/o/%d", i))
			n.Audience = x.want
			putRecord(t, tx, n)
		}
		far := newNews(iri(other, "lab"), "https://other.example/o/0")
		far.Audience = elus.Audience() // what another node cannot say
		putRecord(t, tx, far)
		viewer := tx.ViewerOf(ana, store.Contributor)
		if p := tx.ListCircle(elus.ID, store.Query{Viewer: viewer, Limit: 9}); p.Total != 2 || len(p.Items) != 2 {
			t.Errorf("for her: got %d of %d, want 2", len(p.Items), p.Total)
		}
		if got := tx.ListCircle(elus.ID, store.Query{Viewer: store.Viewer{Actor: iri(home, "bob"), Local: true, Circles: []store.ID{others.ID}}}).Total; got != 0 {
			t.Errorf("for a member of the other circle: got %d, want 0", got)
		}
		if p := tx.ListKind("news", store.Query{Viewer: viewer, Limit: 9}); p.Total != 2 {
			t.Errorf("among all news: got %v, want 2", iris(p))
		}
	})
}

func TestWhoMayChooseACircle(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		ana, bob := putActor(t, tx, store.Person, "ana", home), putActor(t, tx, store.Person, "bob", home)
		c := putCircle(t, tx, "Élus", ana)
		gone := putCircle(t, tx, "Ancien", ana, bob)
		tx.DeleteCircle(gone.ID)
		for _, x := range []struct {
			name string
			by   store.Viewer
			now  store.Audience
			was  store.Audience
			ok   bool
		}{
			{"member", store.Viewer{Actor: ana.IRI, Local: true}, c.Audience(), store.Team, true},
			{"colleague", store.Viewer{Actor: bob.IRI, Local: true}, c.Audience(), store.Team, false},
			{"colleague whose memory is old", store.Viewer{Actor: bob.IRI, Local: true, Circles: []store.ID{c.ID}}, c.Audience(), "", false},
			{"colleague who leaves it", store.Viewer{Actor: bob.IRI, Local: true}, c.Audience(), c.Audience(), true},
			{"animator", store.Viewer{Actor: bob.IRI, Local: true, Runs: true}, c.Audience(), store.Team, true},
			{"no circle", store.Viewer{Actor: bob.IRI, Local: true}, store.LabOnly, c.Audience(), true},
			{"circle that is no more", store.Viewer{Actor: ana.IRI, Local: true, Runs: true}, gone.Audience(), gone.Audience(), false},
			{"circle that never was", store.Viewer{Actor: ana.IRI, Local: true, Runs: true}, store.CircleAudience(1), "", false},
		} {
			if got := tx.CheckAudience(x.by, x.now, x.was); (got == nil) != x.ok {
				t.Errorf("%s: got %v, want %v", x.name, got, x.ok)
			}
		}
	})
}

// BenchmarkListWithCircles lists among 20,000 records, a tenth of which are for
// circles, for members with and without a circle.
func BenchmarkListWithCircles(b *testing.B) {
	s, _ := open(b)
	lab := iri(home, "lab")
	for from := 0; from < 20_000; from += 1000 {
		update(b, s, func(tx *store.Txn) {
			for i := from; i < from+1000; i++ {
				n := newNews(lab, fmt.Sprintf("https://home.example/o/%d", i))
				if n.Audience = store.LabOnly; i%10 == 0 {
					n.Audience = store.CircleAudience(store.ID(1 + i%7))
				}
				putRecord(b, tx, n)
			}
		})
	}
	for name, circles := range map[string][]store.ID{"none": nil, "three": {2, 4, 6}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				view(b, s, func(tx *store.Txn) {
					tx.ListKind("news", store.Query{Viewer: store.Viewer{Actor: iri(home, "ana"), Local: true, Circles: circles}, Limit: 20})
				})
			}
		})
	}
}
