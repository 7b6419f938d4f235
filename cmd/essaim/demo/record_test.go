package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEachLabHasItsShareOfEveryKind(t *testing.T) {
	want := map[string]int{
		"experiment": 8, "event": 6, "resource": 5, "need": 5, "method": 2, "lesson": 1, "network": 1,
		"organisation": 2, "testimony": 2, "adoption": 1,
	}
	calls, challenges := 0, 0
	for _, lab := range load(t).Labs {
		for kind, n := range want {
			if got := len(of(lab, kind)); got != n {
				t.Errorf("%s: got %d of kind %s, want %d", lab.Handle, got, kind, n)
			}
		}
		if len(lab.Initiatives) != 25 || len(lab.Circles) != 1 {
			t.Errorf("%s: got %d initiatives and %d circles, want 25 and 1", lab.Handle, len(lab.Initiatives), len(lab.Circles))
		}
		calls, challenges = calls+len(of(lab, "call")), challenges+len(of(lab, "challenge"))
	}
	if calls != 1 || challenges != 3 {
		t.Errorf("got %d calls and %d challenges, want 1 and 3", calls, challenges)
	}
}

func TestEachLabLendsASleepingRoomAndKeepsASponsorHidden(t *testing.T) {
	for _, lab := range load(t).Labs {
		asleep := slices.ContainsFunc(of(lab, "resource"), func(r Record) bool { return r.Fields["resourceState"] == "endormie" })
		hidden := slices.ContainsFunc(of(lab, "experiment"), func(r Record) bool {
			return r.Fields["mandated"] == "oui" && r.Fields["sponsors"] != "" && r.Fields["kickoff"] != ""
		})
		stopped := slices.ContainsFunc(of(lab, "lesson"), func(r Record) bool {
			about := record(lab, strings.Trim(strings.TrimPrefix(r.Fields["about"], "{record:"), "}"))
			return about != nil && about.Fields["status"] == "arrete" && strings.Count(r.Fields["contributors"], "\n") == 3
		})
		if !asleep || !hidden || !stopped {
			t.Errorf("%s: asleep %v, hidden sponsor %v, lesson of three about what was stopped %v; want all", lab.Handle, asleep, hidden, stopped)
		}
	}
}

func record(lab Lab, key string) *Record {
	for i := range lab.Records {
		if lab.Records[i].Key == key {
			return &lab.Records[i]
		}
	}
	return nil
}

func TestRecordsAreSignedAndNameOnlyWhatIsThere(t *testing.T) {
	n := load(t)
	known := map[string]bool{}
	for i := range n.Labs {
		for name := range n.Labs[i].names() {
			known[name] = true
		}
	}
	for _, lab := range n.Labs {
		for _, r := range append(slices.Clone(lab.Records), lab.Initiatives...) {
			if !r.namesOnly(known) {
				t.Errorf("%s names %v, not all of them are there", r.Key, r.Names())
			}
			if len(r.Authors) == 0 {
				t.Errorf("%s has no author", r.Key)
			}
			for _, author := range r.Authors {
				if m := member(lab, author); m == nil || m.Editorial {
					t.Errorf("%s: author %q is not a person of %s", r.Key, author, lab.Handle)
				}
			}
		}
	}
}

func TestFewerLabsLoseOnlyWhatNamesTheOthers(t *testing.T) {
	whole := load(t)
	for labs := 1; labs <= len(whole.Labs); labs++ {
		part := whole.First(labs)
		for i := range part.Labs {
			lost := len(whole.Labs[i].Records) - len(part.Labs[i].Records)
			if most := map[bool]int{true: 1, false: 0}[labs == 1]; lost > most {
				t.Errorf("of %d labs %s lost %d records, want at most %d", labs, part.Labs[i].Handle, lost, most)
			}
		}
	}
	if len(whole.Labs[0].Records) != len(load(t).Labs[0].Records) {
		t.Error("taking a part changed the whole")
	}
}

func TestBracesBecomeDaysTimesAndAddresses(t *testing.T) {
	r := Record{Fields: map[string]string{
		"day": "{-30} | x", "clock": "{+9 14:30}", "link": "{record:a} and {lab:b}", "plain": "{peut-être} {x:y}",
	}}
	v := Values{
		Now:     time.Date(2026, 3, 1, 23, 30, 0, 0, time.FixedZone("", 4*3600)),
		Address: func(name string) string { return "<" + name + ">" },
	}
	want := map[string]string{
		"day": "2026-01-30 | x", "clock": "2026-03-10T14:30", "link": "<record:a> and <lab:b>", "plain": "{peut-être} {x:y}",
	}
	if got := fmt.Sprint(r.Texts(v)); got != fmt.Sprint(want) {
		t.Errorf("got %s, want %s", got, fmt.Sprint(want))
	}
	if got := r.Names(); !slices.Equal(got, []string{"record:a", "lab:b"}) {
		t.Errorf("got names %v", got)
	}
}
