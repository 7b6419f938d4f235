package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
)

// circle is a circle of these tests; it need not be in the store to be a step.
const circle = store.ID(7)

var ladder = []store.Audience{
	store.Named, store.Team, store.CircleAudience(circle), store.LabOnly, store.FollowedLabs, store.Unlisted, store.Public,
}

// The ladder as a table: for every kind of viewer, a letter a step from named to
// public: l may see it and finds it in lists, s may see it, - may not.
func TestLadder(t *testing.T) {
	lab, peer, author := iri(home, "lab"), iri(other, "lab"), iri(home, "author")
	viewers := []struct {
		name        string
		viewer      store.Viewer
		own, mirror string
	}{
		{"visitor", store.Viewer{}, "-----sl", "-----sl"},
		{"author", store.Viewer{Actor: author, Local: true}, "lllllll", "---llsl"},
		{"author of the circle", store.Viewer{Actor: author, Local: true, Circles: []store.ID{circle}}, "lllllll", "---llsl"},
		{"member", store.Viewer{Actor: iri(home, "member"), Local: true}, "---llsl", "---llsl"},
		{"member of the circle", store.Viewer{Actor: iri(home, "member"), Local: true, Circles: []store.ID{circle - 1, circle}}, "--lllsl", "---llsl"},
		{"member of another circle", store.Viewer{Actor: iri(home, "member"), Local: true, Circles: []store.ID{circle + 70}}, "---llsl", "---llsl"},
		{"animator", store.Viewer{Actor: iri(home, "animator"), Local: true, Runs: true}, "-llllll", "---llsl"},
		{"our lab", store.Viewer{Actor: lab, Local: true}, "lllllll", "---llsl"},
		{"lab that was named", store.Viewer{Actor: peer}, "l---lsl", "lllllsl"},
		{"node of a lab that was named", store.Viewer{Actor: iri(other, "node"), Node: true}, "----lsl", "-----sl"},
		{"stranger who claims a circle", store.Viewer{Actor: iri(other, "bob"), Circles: []store.ID{circle}}, "-----sl", "-----sl"},
		{"member there", store.Viewer{Actor: iri(other, "bob")}, "-----sl", "-----sl"},
		{"lab that was not named", store.Viewer{Actor: iri("third.example", "lab")}, "-----sl", "-----sl"},
		{"its node", store.Viewer{Actor: iri("third.example", "node"), Node: true}, "-----sl", "-----sl"},
		{"lab that follows each other with ours by now", store.Viewer{Actor: iri("third.example", "lab"), Mutual: lab}, "----lsl", "-----sl"},
		{"its node now", store.Viewer{Actor: iri("third.example", "node"), Node: true, Mutual: lab}, "----lsl", "-----sl"},
		{"node of a lab that follows each other with another", store.Viewer{Actor: iri("third.example", "node"), Node: true, Mutual: iri(home, "another")}, "-----sl", "-----sl"},
		{"node of a like-named host", store.Viewer{Actor: "https://other.example.evil/node", Node: true}, "-----sl", "-----sl"},
		{"node without an address", store.Viewer{Actor: "other.example", Node: true}, "-----sl", "-----sl"},
	}
	for _, v := range viewers {
		for i, step := range ladder {
			own := store.Record{Lab: lab, Authors: []string{author}, Audience: step}
			if step == store.FollowedLabs || step == store.Named {
				own.Addressed = []string{peer}
			}
			mirror := store.Record{Lab: peer, Remote: true, Audience: step}
			wantSeen(t, v.name+" and our "+string(step), v.viewer, &own, v.own[i])
			wantSeen(t, v.name+" and a mirrored "+string(step), v.viewer, &mirror, v.mirror[i])
		}
	}
}

func wantSeen(t *testing.T, what string, v store.Viewer, r *store.Record, want byte) {
	t.Helper()
	got := byte('-')
	switch {
	case v.CanSee(r) && v.CanList(r):
		got = 'l'
	case v.CanSee(r):
		got = 's'
	case v.CanList(r):
		t.Errorf("%s: listed but may not be seen", what)
	}
	if got != want {
		t.Errorf("%s: got %c, want %c", what, got, want)
	}
	if may, known := v.ListsAll(r.Audience, r.Remote); known && may != v.CanList(r) {
		t.Errorf("%s: the listing says %v", what, may)
	}
}

func TestMirroredRecordForAMember(t *testing.T) {
	ana := store.Viewer{Actor: iri(home, "ana"), Local: true}
	bob := store.Viewer{Actor: iri(home, "bob"), Local: true, Runs: true}
	letter := &store.Record{Lab: iri(other, "eve"), Remote: true, Audience: store.Named, Addressed: []string{ana.Actor}}
	if !ana.CanSee(letter) || bob.CanSee(letter) || ana.CanEdit(letter) || bob.CanEdit(letter) {
		t.Error("a letter is for whom it names, also from those who run the node")
	}
}

func TestOnlyTheTeamEdits(t *testing.T) {
	own := &store.Record{Lab: iri(home, "lab"), Authors: []string{iri(home, "ana")}, Audience: store.Public}
	mirror := &store.Record{Lab: iri(other, "lab"), Authors: []string{iri(home, "ana")}, Audience: store.Public, Remote: true}
	cases := []struct {
		name   string
		viewer store.Viewer
		want   bool
	}{
		{"visitor", store.Viewer{}, false},
		{"author", store.Viewer{Actor: iri(home, "ana"), Local: true}, true},
		{"member", store.Viewer{Actor: iri(home, "bob"), Local: true}, false},
		{"animator", store.Viewer{Actor: iri(home, "bob"), Local: true, Runs: true}, true},
		{"signed request", store.Viewer{Actor: iri(home, "ana")}, false},
	}
	for _, c := range cases {
		if got := c.viewer.CanEdit(own); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if c.viewer.CanEdit(mirror) {
			t.Errorf("%s: edits what is at home elsewhere", c.name)
		}
	}
}

func TestWhatFederates(t *testing.T) {
	for i, step := range ladder {
		if got, want := step.Federates(), i >= 4 || step == store.Named; got != want {
			t.Errorf("%s: federates %v, want %v", step, got, want)
		}
		if got, want := step.Open(), i >= 5; got != want {
			t.Errorf("%s: open %v, want %v", step, got, want)
		}
	}
	if store.Audience("").Federates() || store.Audience("nonsense").Federates() {
		t.Error("an unknown step leaves the node")
	}
}

// Every step is within the wider ones; of two circles neither is within the other.
func TestStepsStandWithinEachOther(t *testing.T) {
	second := store.CircleAudience(circle + 1)
	for i, a := range ladder {
		for j, b := range ladder {
			if got, want := a.Within(b), i <= j; got != want {
				t.Errorf("%s within %s: got %v, want %v", a, b, got, want)
			}
		}
		if got, want := second.Within(a), i >= 3; got != want {
			t.Errorf("%s within %s: got %v, want %v", second, a, got, want)
		}
		if got, want := a.Within(second), i <= 1; got != want {
			t.Errorf("%s within %s: got %v, want %v", a, second, got, want)
		}
		if got := store.Audience("nonsense").Within(a); !got {
			t.Errorf("an unknown step is not within %s", a)
		}
	}
}

func TestSpellingOfCircles(t *testing.T) {
	if got := store.CircleAudience(circle); got != "circle:7" || got.Circle() != circle || got.Step() != "circle" || !store.Audiences.Has(string(got)) {
		t.Errorf("got %q, %v, %v", got, got.Circle(), got.Step())
	}
	for _, odd := range []store.Audience{"", "circle", "circle:", "circle:0", "circle:07", "circle:+7", "circle:7 ", "circle:-1", "circle:99999999999999999999", "Circle:7", store.Team} {
		if odd.Circle() != 0 || odd.Step() != odd || odd != store.Team && store.Audiences.Has(string(odd)) {
			t.Errorf("%q is circle %v, step %q", odd, odd.Circle(), odd.Step())
		}
	}
}
