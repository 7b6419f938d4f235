package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// filled is a profile that says something in every field, with one audience for
// all that take one.
func filled(audience store.Audience) *store.Profile {
	p := &store.Profile{
		Job: "Chargée de mission", Employer: "Ville de Zed", Skills: []string{"Enquête", "facilitation graphique"},
		Expertise: []string{"terrain"}, Themes: []string{"mobilite"}, Languages: []string{"fr", "br"},
		Offers: "Une relecture.", Seeks: "Un terrain.", Facilitates: true, Days: 1.5, Availability: []string{"a-distance"}, Relay: true,
		Mandate: "personnel", Audiences: map[string]store.Audience{},
		Roles: store.Entries[store.Post]{{Lab: "Labo des marais", Role: "designer", Since: "2024-01-01", Until: "2025-01-01"}},
	}
	for _, f := range store.ProfileFields {
		if !f.Inner && audience != "" {
			p.Audiences[f.Name] = audience
		}
	}
	return p
}

// readers are who may look at ana's profile, and from which audience on.
func readers() map[string]struct {
	v     store.Viewer
	reads []store.Audience
} {
	ana, eve := iri(home, "ana"), iri(home, "eve")
	type reader = struct {
		v     store.Viewer
		reads []store.Audience
	}
	return map[string]reader{
		"a visitor":         {store.Viewer{}, []store.Audience{store.Public}},
		"a document":        {store.Viewer{Away: true}, []store.Audience{store.Public}},
		"another node":      {store.Viewer{Actor: iri(other, "node"), Node: true}, []store.Audience{store.Public}},
		"a foreign actor":   {store.Viewer{Actor: iri(other, "eve")}, []store.Audience{store.Public}},
		"her own, unsigned": {store.Viewer{Actor: ana}, []store.Audience{store.Public}},
		"a member":          {store.Viewer{Actor: eve, Local: true}, []store.Audience{store.Public, store.LabOnly}},
		"herself":           {store.Viewer{Actor: ana, Local: true}, []store.Audience{store.Public, store.LabOnly, store.Team}},
		"an animator":       {store.Viewer{Actor: eve, Local: true, Runs: true}, []store.Audience{store.Public, store.LabOnly, store.Team}},
	}
}

func TestFieldOfAProfileIsReadByWhomItsMemberChose(t *testing.T) {
	for name, r := range readers() {
		for _, chosen := range []store.Audience{"", store.Team, store.LabOnly, store.Public, "nonsense"} {
			ana := newActor(store.Person, "ana", home)
			ana.Profile = filled(chosen)
			read := ana.ProfileFor(r.v)
			if read.Audiences != nil {
				t.Errorf("%s, %q: told who else may read", name, chosen)
			}
			for _, f := range store.ProfileFields {
				want := slices.Contains(r.reads, expected(f, chosen))
				if got := r.v.Reads(ana, &f); got != want {
					t.Errorf("%s, %s for %q: got %v, want %v", name, f.Name, chosen, got, want)
				}
				if got := !f.IsEmpty(read); got != want {
					t.Errorf("%s, %s for %q: shown %v, want %v", name, f.Name, chosen, got, want)
				}
			}
			if again := filled(chosen); ana.Profile.Job != again.Job || len(ana.Profile.Roles) != 1 {
				t.Fatal("the profile itself was changed")
			}
		}
	}
}

// expected is the audience of a field, as the rules have it.
func expected(f store.Field, chosen store.Audience) store.Audience {
	switch {
	case f.Name == "mandate":
		return store.Team
	case chosen != "" && chosen != "nonsense":
		return chosen
	case f.Name == "employer":
		return store.Team
	}
	return store.LabOnly
}

func TestMandateIsNobodysBusinessWhateverWasChosen(t *testing.T) {
	ana := newActor(store.Person, "ana", home)
	ana.Profile = filled(store.Public)
	ana.Profile.Audiences["mandate"] = store.Public
	if got := ana.PublicProfile().Mandate; got != "" {
		t.Errorf("everybody reads %q", got)
	}
	if err := ana.Profile.Check(); err == nil {
		t.Error("such a choice was let in")
	}
}

func TestProfileSaysWhatIsWrong(t *testing.T) {
	long := string(make([]rune, 61))
	for want, spoil := range map[string]func(*store.Profile){
		"":                               func(*store.Profile) {},
		"job: error.too-long":            func(p *store.Profile) { p.Job = long + long },
		"skills: error.skill":            func(p *store.Profile) { p.Skills = []string{long} },
		"skills: error.too-many-choices": func(p *store.Profile) { p.Skills = make([]string, 21) },
		"expertise: error.choice":        func(p *store.Profile) { p.Expertise = []string{"science"} },
		"days: error.days":               func(p *store.Profile) { p.Days = 31.5 },
		"days: error.negative":           func(p *store.Profile) { p.Days = -1 },
		"roles.0.lab: error.required":    func(p *store.Profile) { p.Roles[0].Lab = "" },
		"roles.0.until: error.until":     func(p *store.Profile) { p.Roles[0].Until = "2023-12-31" },
		"roles.0.since: error.day":       func(p *store.Profile) { p.Roles[0].Since = "hier" },
		"mandate: error.choice":          func(p *store.Profile) { p.Mandate = "peut-être" },
		"audience.job: error.choice":     func(p *store.Profile) { p.Audiences["job"] = store.FollowedLabs },
	} {
		p := filled(store.Public)
		spoil(p)
		got := ""
		if e, ok := errors.AsType[*store.FieldError](p.Check()); ok {
			got = e.Field + ": " + e.Reason
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestProfileFromElsewhereIsTrimmedToWhatOursMayBe(t *testing.T) {
	p := filled("")
	p.Skills = append(p.Skills, string(make([]rune, 61)))
	p.Days = 1e9
	p.Roles = append(p.Roles, store.Post{Role: "designer"}, store.Post{Lab: "x", Since: "2025-02-01", Until: "2025-01-01"})
	p.Trim()
	if err := p.Check(); err != nil || len(p.Skills) != 2 || len(p.Roles) != 1 {
		t.Errorf("got %+v, %v", p, err)
	}
}

// Whoever compares fingerprints learns nothing about what is not for everybody.
func TestCatalogueDoesNotTellWhatIsHiddenOfAMember(t *testing.T) {
	s, c := open(t)
	lab := iri(home, "lab")
	rev := func(change func(*store.Profile)) (r store.Rev) {
		update(t, s, func(tx *store.Txn) {
			ana := newActor(store.Person, "ana", home)
			ana.Lab, ana.Discoverable, ana.Profile = lab, true, filled("")
			ana.Updated = c.at
			change(ana.Profile)
			must(t, tx.PutActor(ana))
			r = tx.Listed(lab, ana.IRI).Rev
		})
		return r
	}
	before := rev(func(*store.Profile) {})
	for _, f := range store.ProfileFields {
		hidden := rev(func(p *store.Profile) { *p = store.Profile{Mandate: "mandate", Employer: "Autre", Audiences: nil} })
		if hidden != before {
			t.Error("what is hidden changes the fingerprint")
		}
		if f.Inner {
			continue
		}
		if shown := rev(func(p *store.Profile) { p.Audiences = map[string]store.Audience{f.Name: store.Public} }); shown == before {
			t.Errorf("%s is for everybody now, and the fingerprint is the same", f.Name)
		}
	}
}

func TestDirectoryFindsNobodyByWhatIsNotForTheViewer(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		for _, audience := range []store.Audience{store.Team, store.LabOnly, store.Public} {
			a := newActor(store.Person, "ana-"+string(audience), home)
			a.Lab, a.Discoverable, a.Profile = iri(home, "lab"), true, filled(audience)
			must(t, tx.PutActor(a))
		}
	})
	viewers := map[string]struct {
		v     store.Viewer
		finds int
	}{
		"a visitor":   {store.Viewer{}, 1},
		"a member":    {store.Viewer{Actor: iri(home, "eve"), Local: true}, 2},
		"an animator": {store.Viewer{Actor: iri(home, "eve"), Local: true, Runs: true}, 3},
	}
	asked := map[string]string{"skills": "enquête", "expertise": "terrain", "themes": "mobilite", "facilitates": "1"}
	for name, x := range viewers {
		for facet, value := range asked {
			view(t, s, func(tx *store.Txn) {
				list := tx.ListMembers(store.MemberQuery{Viewer: x.v, Narrow: map[string]string{facet: value}})
				if list.Total != x.finds || list.Counts[facet][value] != x.finds {
					t.Errorf("%s, %s: got %d, counted %v, want %d", name, facet, list.Total, list.Counts[facet], x.finds)
				}
				if all := tx.ListMembers(store.MemberQuery{Viewer: x.v}); all.Total != 3 {
					t.Errorf("%s: got %d, want all three", name, all.Total)
				}
			})
		}
	}
}

func TestDirectoryIsForThoseWhoWantToBeFoundAndWhomTheirLabKnows(t *testing.T) {
	s, c := open(t)
	visitor, member := store.Viewer{}, store.Viewer{Local: true, Actor: iri(home, "eve")}
	var lab, theirs *store.Actor
	put := func(tx *store.Txn, name, host string, discoverable bool) *store.Actor {
		a := newActor(store.Person, name, host)
		a.Lab, a.Discoverable, a.Role = iri(host, "lab"), discoverable, "designer"
		must(t, tx.PutActor(a))
		return a
	}
	count := func(v store.Viewer, want int, why string) {
		t.Helper()
		view(t, s, func(tx *store.Txn) {
			if got := tx.ListMembers(store.MemberQuery{Viewer: v, Narrow: map[string]string{"role": "designer"}}).Total; got != want {
				t.Errorf("%s: got %d, want %d", why, got, want)
			}
		})
	}
	var zoe *store.Actor
	update(t, s, func(tx *store.Txn) {
		lab, theirs = putActor(t, tx, store.Group, "lab", home), putActor(t, tx, store.Group, "lab", other)
		put(tx, "ana", home, true)
		put(tx, "shy", home, false)
		zoe = put(tx, "zoe", other, true)
	})
	count(visitor, 1, "the discoverable one")
	count(member, 2, "and the shy one among her own")
	update(t, s, func(tx *store.Txn) {
		if !tx.AskLab(zoe) || tx.IsMember(zoe) {
			t.Error("nobody confirmed zoe")
		}
		tx.LabSaid(zoe, true)
		if tx.AskLab(zoe) || !tx.IsMember(zoe) {
			t.Error("her lab confirmed zoe")
		}
	})
	count(visitor, 1, "her lab is not followed")
	update(t, s, func(tx *store.Txn) {
		tx.PutFollow(&store.Follow{Follower: lab.ID, Followed: theirs.ID, State: store.Accepted, IRI: "https://" + home + "/f"})
	})
	count(visitor, 2, "her lab is followed")
	c.pass(25 * time.Hour)
	update(t, s, func(tx *store.Txn) {
		if !tx.AskLab(zoe) {
			t.Error("the answer is older than a day")
		}
		tx.LabSaid(zoe, false)
	})
	count(visitor, 1, "her lab denies it")
	update(t, s, func(tx *store.Txn) {
		tx.LabSaid(zoe, true)
		zoe.Lab = iri(other, "lab2")
		must(t, tx.PutActor(zoe))
		if tx.IsMember(zoe) {
			t.Error("another lab's answer counts")
		}
		zoe.Lab, zoe.Discoverable = theirs.IRI, false
		must(t, tx.PutActor(zoe))
	})
	count(member, 2, "she does not want to be found any more")
	update(t, s, func(tx *store.Txn) { tx.EraseActor(zoe, c.at) })
	view(t, s, func(tx *store.Txn) {
		if tx.IsMember(zoe) {
			t.Error("what her lab said outlived her")
		}
	})
}

func TestDirectoryBegins(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		for _, name := range []string{"zoe", "Ana", "bob"} {
			a := newActor(store.Person, name, home)
			a.Lab, a.Discoverable = iri(home, "lab"), true
			must(t, tx.PutActor(a))
		}
	})
	view(t, s, func(tx *store.Txn) {
		for _, x := range []struct {
			offset, limit int
			want          []string
		}{{0, 0, []string{"Ana", "bob", "zoe"}}, {1, 1, []string{"bob"}}, {2, 5, []string{"zoe"}}, {9, 1, nil}} {
			var got []string
			list := tx.ListMembers(store.MemberQuery{Offset: x.offset, Limit: x.limit})
			for _, a := range list.Members {
				got = append(got, a.Handle)
			}
			if !slices.Equal(got, x.want) || list.Total != 3 {
				t.Errorf("from %d, %d: got %v of %d", x.offset, x.limit, got, list.Total)
			}
		}
	})
}

func TestOlderStoreGetsItsDirectory(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		a := newActor(store.Person, "ana", home)
		a.Lab, a.Discoverable = iri(home, "lab"), true
		must(t, tx.PutActor(a))
		tx.LoseMembers()
		if got := tx.ListMembers(store.MemberQuery{}).Total; got != 0 {
			t.Fatalf("got %d", got)
		}
		must(t, store.MembersIndexed(tx))
		if got := tx.ListMembers(store.MemberQuery{}).Total; got != 1 {
			t.Errorf("got %d, want 1", got)
		}
	})
}
