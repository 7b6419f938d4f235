package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestAudienceOfAContribution(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	soon, past := now.Add(time.Hour), now.Add(-time.Hour)
	for _, c := range []struct {
		state store.ContributionState
		due   time.Time
		was   store.Audience
		want  store.Audience
	}{
		{store.Held, past, store.Public, store.Team},
		{store.Hidden, past, store.Public, store.Team},
		{store.Merged, time.Time{}, store.OnSite, store.Team},
		{store.Fresh, time.Time{}, "", store.OnSite},
		{store.Fresh, time.Time{}, store.Team, store.OnSite},
		{store.Fresh, soon, store.Team, store.OnSite},
		{store.Fresh, now, store.OnSite, store.Public},
		{store.Fresh, past, store.Team, store.Public},
		{store.Fresh, soon, store.Public, store.Public}, // it left the node already
		{store.Verified, soon, store.OnSite, store.Public},
		{store.Verified, time.Time{}, store.Team, store.Public},
	} {
		got := (&store.Contribution{State: c.state, Due: c.due}).Audience(c.was, now)
		if got != c.want {
			t.Errorf("%s, due %v, was %q: got %q, want %q", c.state, c.due, c.was, got, c.want)
		}
	}
}

func TestContributionIsFoundByItsLinksAndItsAuthor(t *testing.T) {
	s, _ := open(t)
	c := &store.Contribution{Record: 7, State: store.Fresh, Email: "Ana@Exemple.test"}
	for i := range 8 {
		c.AddLink(fmt.Sprint("secret ", i))
	}
	update(t, s, func(tx *store.Txn) { tx.PutContribution(c) })
	view(t, s, func(tx *store.Txn) {
		for i, want := range []bool{true, false, false, false, true, true, true, true} { // the first, and the newest
			_, err := tx.ContributionByLink(fmt.Sprint("secret ", i))
			if got := err == nil; got != want {
				t.Errorf("link %d: got %v, want %v", i, got, want)
			}
		}
		for email, want := range map[string]int{" ana@exemple.TEST": 1, "eve@exemple.test": 0, "": 0} {
			if got := len(slices.Collect(tx.WrittenBy(email))); got != want {
				t.Errorf("%q: got %d, want %d", email, got, want)
			}
		}
		if got := len(slices.Collect(tx.ToModerate())); got != 1 {
			t.Errorf("to moderate: got %d, want 1", got)
		}
	})
	c.State, c.Email, c.Links = store.Verified, "", nil
	update(t, s, func(tx *store.Txn) { tx.PutContribution(c) })
	view(t, s, func(tx *store.Txn) {
		if _, err := tx.ContributionByLink("secret 0"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link that was taken away: got %v", err)
		}
		if len(slices.Collect(tx.WrittenBy("ana@exemple.test")))+len(slices.Collect(tx.ToModerate())) != 0 {
			t.Error("indexes keep what is no more")
		}
	})
}

// TestModeratorsActsByState walks from every state by every act.
func TestModeratorsActsByState(t *testing.T) {
	acts := map[store.ContributionState][]store.Deed{
		store.Held:     {store.Verify, store.Release, store.Hide, store.Merge, store.Ask},
		store.Fresh:    {store.Verify, store.Hide, store.Merge, store.Ask},
		store.Verified: {store.Hide, store.Merge, store.Ask},
		store.Hidden:   {store.Ask},
		store.Merged:   {store.Ask},
	}
	for state, may := range acts {
		for _, act := range []store.Deed{store.Verify, store.Release, store.Hide, store.Merge, store.Ask, store.Undo, "bless"} {
			c := &store.Contribution{State: state}
			err := c.Decide(store.Moderation{Act: act, Reason: "faux", Into: 9, Text: "Quand ?"})
			if got, want := err == nil, slices.Contains(may, act); got != want {
				t.Errorf("%s of %s: got %v", act, state, err)
			}
			if err != nil || act == store.Ask {
				continue
			}
			if err := c.Decide(store.Moderation{Act: store.Undo}); err != nil || c.State != state || c.Reason != "" || c.Into != 0 {
				t.Errorf("undo %s of %s: got %s, %v", act, state, c.State, err)
			}
			if err := c.Decide(store.Moderation{Act: store.Undo}); !errors.Is(err, store.ErrNotNow) {
				t.Errorf("undo twice: got %v", err)
			}
		}
	}
	edited := &store.Contribution{State: store.Hidden, Edited: time.Now()}
	if !edited.Waits() || (&store.Contribution{State: store.Hidden}).Waits() || (&store.Contribution{State: store.Verified}).Waits() {
		t.Error("what was changed waits for a moderator, and what was decided does not")
	}
}

func TestSuspicions(t *testing.T) {
	k := store.KindOf("need")
	for _, c := range []struct{ title, pitch, want string }{
		{"Un animateur", "Deux jours par mois. Voir https://estran.example/", ""},
		{"SOS", "Urgent", ""},
		{"Repas à l'EHPAD de Saint-Brieuc", "", ""},
		{"Voir www.exemple.test", "", "address-in-title"},
		{"x", `<a href="https://x.test">x</a>`, "code"},
		{"x", "[URL=https://x.test]x[/URL]", "code"},
		{"GAGNEZ BEAUCOUP D'ARGENT CHEZ VOUS", "", "shouting"},
		{"x", "Купить недорого", "letters"},
		{"x", "Le meilleur Câsino en ligne", "advertisement"},
		{"x", "Prêt rapide sans justificatif", "advertisement"},
	} {
		it := &store.Need{Record: store.Record{Title: c.title, Pitch: c.pitch}}
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if got := k.Suspicions(it); !slices.Equal(got, want) {
			t.Errorf("%q, %q: got %v, want %v", c.title, c.pitch, got, want)
		}
	}
}

func TestOnlyEditorsAndTheFormChangeWhatItAsks(t *testing.T) {
	k := store.KindOf("need")
	same := func(change func(*store.Need)) bool {
		a := &store.Need{Mutual: store.Mutual{Basis: "don"}}
		b := *a
		change(&b)
		return k.SameBeside(&b, a)
	}
	for name, c := range map[string]struct {
		change func(*store.Need)
		want   bool
	}{
		"nothing":       {func(*store.Need) {}, true},
		"what is asked": {func(n *store.Need) { n.Title, n.Means, n.Place.Code = "x", "espace", "com:35238" }, true},
		"the audience":  {func(n *store.Need) { n.Audience = store.Public }, true},
		"no tags":       {func(n *store.Need) { n.Themes = []string{} }, true},
		"another field": {func(n *store.Need) { n.Basis = "pret" }, false},
		"a picture":     {func(n *store.Need) { n.Image = &store.Image{URL: "/x"} }, false},
		"taken away":    {func(n *store.Need) { n.Basis = "" }, false},
	} {
		if got := same(c.change); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestSecretStaysTheSame(t *testing.T) {
	s, _ := open(t)
	first, err := s.Secret(t.Context(), "a")
	if err != nil || len(first) != 32 {
		t.Fatalf("got %d bytes, %v", len(first), err)
	}
	again, _ := s.Secret(t.Context(), "a")
	other, _ := s.Secret(t.Context(), "b")
	if !slices.Equal(first, again) || slices.Equal(first, other) {
		t.Error("a secret is its own, always")
	}
}

func TestJobOfTomorrowWaits(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		tx.AddJobAt("a", 1, c.at.Add(time.Hour))
		tx.AddJob("b", 2)
		tx.AddJob("b", 3)
		if got := tx.CountJobs("b", 9); got != 2 {
			t.Errorf("got %d, want 2", got)
		}
		if got := tx.CountJobs("b", 1); got != 1 {
			t.Errorf("up to one: got %d", got)
		}
		due, next := tx.DueJobs(9)
		if got := kinds(due); !slices.Equal(got, []string{"b", "b"}) || !next.Equal(c.at.Add(time.Hour)) {
			t.Errorf("got %v, next %v", got, next)
		}
	})
}
