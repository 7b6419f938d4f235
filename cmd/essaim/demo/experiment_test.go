package demo

import (
	"slices"
	"strings"
	"testing"
)

func TestExperimentKeepsTheLimitsOfItsFields(t *testing.T) {
	eachExperiment(t, func(t *testing.T, _ Lab, e Experiment) {
		if !keys.MatchString(e.Key) {
			t.Errorf("malformed key %q", e.Key)
		}
		wantLength(t, "title", e.Title, 10, 150)
		wantLength(t, "pitch", e.Pitch, 60, 300)
		if strings.ContainsAny(e.Pitch, "<>*_`\n") {
			t.Error("pitch is not plain text")
		}
		if n := len(strings.Fields(e.Body)); n < 150 || n > 350 {
			t.Errorf("body: got %d words, want 150 to 350", n)
		}
		if !strings.HasPrefix(strings.TrimSpace(e.Body), "## ") || strings.Contains(e.Body, "\n# ") {
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
	eachExperiment(t, func(t *testing.T, lab Lab, e Experiment) {
		wantOneOf(t, "stage", e.Stage, stages)
		wantOneOf(t, "status", e.Status, statuses)
		wantOneOf(t, "outcome", e.Outcome, outcomes)
		wantOneOf(t, "audience", e.Audience, audiences)
		wantOneOf(t, "licence", e.Licence, licences)
		for _, theme := range e.Themes {
			wantOneOf(t, "theme", theme, themes)
		}
		for _, code := range e.Territory {
			wantOneOf(t, "territory", code, append(territories[lab.Territory], lab.Territory))
		}
		if n := len(e.Themes); n < 1 || n > 4 || len(e.Territory) == 0 {
			t.Errorf("got %d themes and territory %v", n, e.Territory)
		}
	})
}

func TestExperimentIsSignedByMembersOfItsLab(t *testing.T) {
	eachExperiment(t, func(t *testing.T, lab Lab, e Experiment) {
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
	eachExperiment(t, func(t *testing.T, _ Lab, e Experiment) {
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
		if n := len(e.History); n == 0 || e.History[n-1].Stage != e.Stage {
			t.Errorf("history does not end at %s", e.Stage)
		}
	})
}

func TestEachLabShowsEveryAudienceAndOneStop(t *testing.T) {
	want := map[string]int{"team": 1, "followed-labs": 1, "unlisted": 1, "public": 5, "arrete": 1}
	for _, lab := range load(t).Labs {
		got := map[string]int{}
		for _, e := range lab.Experiments {
			got[e.Audience]++
			if e.Status == "arrete" {
				got["arrete"]++
				wantOneOf(t, "outcome of what was stopped", e.Outcome, []string{"appris"})
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
		for _, e := range lab.Experiments {
			used[e.Stage], used[e.Outcome], used[e.Status] = true, true, true
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
		for _, e := range lab.Experiments {
			for _, name := range mentions[e.Key] {
				found++
				if !strings.Contains(e.Body, name) {
					t.Errorf("%s does not mention %s", e.Key, name)
				}
			}
		}
	}
	if found != 6 {
		t.Errorf("got %d mentions, want 6", found)
	}
}
