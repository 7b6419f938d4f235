package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

const (
	ines = "https://" + home + "/actors/ines"
	jean = "https://" + home + "/actors/jean"
)

// lesson is a synthesis to which two members and a user contributed.
func lesson() *store.Lesson {
	l := kindtest.Fill(store.KindOf("lesson")).(*store.Lesson)
	l.State = "synthese"
	l.Contributors = store.Entries[store.LessonVoice]{{Name: "Inès", Member: ines}, {Name: "Jean", Member: jean}, {Name: "une usagère", Validated: "2026-03-02"}}
	return l
}

// does lets a member do something to a copy of the lesson, and returns it as saved.
func does(t *testing.T, l *store.Lesson, member, act string) *store.Lesson {
	t.Helper()
	next := *l
	next.Contributors = slices.Clone(l.Contributors)
	v := store.Viewer{Actor: member, Local: true}
	if got := next.Acts(v); !slices.Equal(got, []string{act}) {
		t.Fatalf("%s may %v, want %s", member, got, act)
	}
	next.Act(act, v, noon)
	next.Revise(l, noon)
	return &next
}

func TestLessonIsValidatedWhenAllWhoContributedAgree(t *testing.T) {
	first := lesson()
	first.Revise(nil, noon)
	second := does(t, first, ines, store.Validate)
	if first.State != "synthese" || second.State != "synthese" || second.Contributors[0].Validated != noon.Format(time.DateOnly) {
		t.Fatalf("after one of two: %s, %+v", second.State, second.Contributors)
	}
	third := does(t, second, jean, store.Validate)
	if third.State != "validee" || third.Journey().Current != 2 {
		t.Fatalf("after all: %s, %+v", third.State, third.Journey())
	}
	fourth := does(t, third, ines, store.Withdraw)
	if fourth.State != "synthese" {
		t.Errorf("after one changed her mind: %s", fourth.State)
	}
	var got []string
	for _, c := range fourth.Stages {
		got = append(got, c.Stage)
	}
	if want := []string{"synthese", "validee", "synthese"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNobodyValidatesForAMember(t *testing.T) {
	l := lesson()
	l.State = "validee"
	for i := range l.Contributors {
		l.Contributors[i].Validated = "2026-03-01"
	}
	l.Revise(nil, noon)
	if l.State != "synthese" || l.Contributors[0].Validated != "" || l.Contributors[2].Validated == "" {
		t.Errorf("its author wrote them down as agreed: %s, %+v", l.State, l.Contributors)
	}
	agreed := does(t, l, ines, store.Validate)
	again := lesson()
	again.Contributors[1].Validated = "2026-03-01"
	again.Revise(agreed, noon)
	if again.Contributors[0].Validated == "" || again.Contributors[1].Validated != "" {
		t.Errorf("an edit by its author: %+v", again.Contributors)
	}
}

func TestOnlyContributorsOfASynthesisAct(t *testing.T) {
	l := lesson()
	for _, v := range []store.Viewer{{}, {Local: true}, {Actor: iri(home, "yann"), Local: true, Runs: true}, {Actor: ines}} {
		if got := l.Acts(v); got != nil {
			t.Errorf("%+v may %v", v, got)
		}
	}
	l.State = "collecte"
	if got := l.Acts(store.Viewer{Actor: ines, Local: true}); got != nil {
		t.Errorf("while it is collected a contributor may %v", got)
	}
}

func TestLessonWithoutContributorsIsNotValidated(t *testing.T) {
	l := lesson()
	l.State, l.Contributors = "validee", nil
	if l.Revise(nil, noon); l.State != "synthese" {
		t.Errorf("got %s", l.State)
	}
}

func TestLessonIsAnnouncedWhenItIsOut(t *testing.T) {
	at := func(state string, audience store.Audience) *store.Lesson {
		l := lesson()
		l.State, l.Audience = state, audience
		return l
	}
	for _, x := range []struct {
		old, now *store.Lesson
		want     string
	}{
		{nil, at("collecte", store.Public), ""},
		{nil, at("synthese", store.Public), "lesson-state.synthese"},
		{at("collecte", store.Public), at("synthese", store.Public), "lesson-state.synthese"},
		{at("synthese", store.Public), at("synthese", store.Public), ""},
		{at("validee", store.Team), at("validee", store.Public), "lesson-state.validee"},
	} {
		var old store.Item
		if x.old != nil {
			old = x.old
		}
		got := ""
		if a := x.now.Announce(old); a != nil {
			got = a.Words["State"]
		}
		if got != x.want {
			t.Errorf("%+v to %s: got %q, want %q", x.old, x.now.State, got, x.want)
		}
	}
}
