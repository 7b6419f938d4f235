package demo

import (
	"slices"
	"strings"
	"testing"
)

func TestExperimentKeepsTheLimitsOfItsFields(t *testing.T) {
	eachExperiment(t, func(t *testing.T, _ Lab, e Record) {
		if !keys.MatchString(e.Key) {
			t.Errorf("malformed key %q", e.Key)
		}
		wantLength(t, "title", e.Fields["title"], 10, 150)
		wantLength(t, "pitch", e.Fields["pitch"], 60, 300)
		if strings.ContainsAny(e.Fields["pitch"], "<>*_`\n") {
			t.Error("pitch is not plain text")
		}
		if n := len(strings.Fields(e.Fields["body"])); n < 150 || n > 350 {
			t.Errorf("body: got %d words, want 150 to 350", n)
		}
		if !strings.HasPrefix(strings.TrimSpace(e.Fields["body"]), "## ") || strings.Contains(e.Fields["body"], "\n# ") {
			t.Error("body: headings start at level two")
		}
		if e.Image != nil {
			wantLength(t, "alt text", e.Image.Alt, 30, 250)
			if e.Image.Seed == "" {
				t.Error("image without seed")
			}
		}
	})
}

func TestExperimentSpeaksTheVocabularies(t *testing.T) {
	eachExperiment(t, func(t *testing.T, lab Lab, e Record) {
		wantOneOf(t, "stage", e.Fields["stage"], stages)
		wantOneOf(t, "status", e.Fields["status"], statuses)
		wantOneOf(t, "outcome", e.Fields["outcome"], outcomes)
		wantOneOf(t, "audience", e.Fields["audience"], audiences)
		wantOneOf(t, "licence", e.Fields["licence"], licences)
		for _, theme := range list(e.Fields["themes"]) {
			wantOneOf(t, "theme", theme, themes)
		}
		for _, code := range list(e.Fields["territory"]) {
			wantOneOf(t, "territory", code, []string{lab.Territory})
		}
		if n := len(list(e.Fields["themes"])); n < 1 || n > 4 || e.Fields["territory"] == "" {
			t.Errorf("got %d themes and territory %q", n, e.Fields["territory"])
		}
	})
}

func TestExperimentIsSignedByMembersOfItsLab(t *testing.T) {
	eachExperiment(t, func(t *testing.T, lab Lab, e Record) {
		if len(e.Authors) == 0 {
			t.Error("no author")
		}
		for _, author := range e.Authors {
			if m := member(lab, author); m == nil || m.Editorial {
				t.Errorf("author %q is not a person of the lab", author)
			}
		}
	})
}

func TestHistoriesRunForwardAndEndAtTheStage(t *testing.T) {
	eachExperiment(t, func(t *testing.T, _ Lab, e Record) {
		if n := len(e.Problems); n < 1 || n > 3 {
			t.Errorf("got %d problem versions, want 1 to 3", n)
		}
		before := e.DaysAgo
		for _, p := range e.Problems {
			if p.DaysAgo > before || p.DaysAgo < 0 || p.Statement == "" || p.Why == "" {
				t.Errorf("problem %d days ago is out of order or empty", p.DaysAgo)
			}
			before = p.DaysAgo
		}
		before = e.DaysAgo + 1
		for _, s := range e.History {
			wantOneOf(t, "stage of history", s.Stage, stages)
			if s.DaysAgo >= before || s.DaysAgo < 0 || s.Note == "" {
				t.Errorf("stage %s, %d days ago, is out of order or without note", s.Stage, s.DaysAgo)
			}
			before = s.DaysAgo
		}
		if n := len(e.History); n == 0 || e.History[n-1].Stage != e.Fields["stage"] {
			t.Errorf("history does not end at %s", e.Fields["stage"])
		}
	})
}

func TestEachLabShowsEveryAudienceAndOneStop(t *testing.T) {
	want := map[string]int{"team": 1, "followed-labs": 1, "unlisted": 1, "public": 5, "arrete": 1}
	for _, lab := range load(t).Labs {
		got := map[string]int{}
		for _, e := range of(lab, "experiment") {
			got[e.Fields["audience"]]++
			if e.Fields["status"] == "arrete" {
				got["arrete"]++
				wantOneOf(t, "outcome of what was stopped", e.Fields["outcome"], []string{"appris"})
			}
		}
		for what, n := range want {
			if got[what] != n {
				t.Errorf("%s: got %d experiments %s, want %d", lab.Handle, got[what], what, n)
			}
		}
	}
}

func TestNetworkUsesAllStagesAndOutcomes(t *testing.T) {
	used := map[string]bool{}
	for _, lab := range load(t).Labs {
		for _, e := range of(lab, "experiment") {
			used[e.Fields["stage"]], used[e.Fields["outcome"]], used[e.Fields["status"]] = true, true, true
		}
	}
	for _, slug := range slices.Concat(stages, outcomes, statuses) {
		if !used[slug] {
			t.Errorf("no experiment is %s", slug)
		}
	}
}

func TestLineageOfThreeCrossesThreeLabs(t *testing.T) {
	mentions := map[string][]string{
		"guichet-marees": {"Grand Plateau", "Piton"},
		"guichet-foires": {"Estran", "Piton"},
		"guichet-hauts":  {"Estran", "Grand Plateau"},
	}
	found := 0
	for _, lab := range load(t).Labs {
		for _, e := range of(lab, "experiment") {
			for _, name := range mentions[e.Key] {
				found++
				if !strings.Contains(e.Fields["body"], name) {
					t.Errorf("%s does not mention %s", e.Key, name)
				}
			}
		}
	}
	if found != 6 {
		t.Errorf("got %d mentions, want 6", found)
	}
}
