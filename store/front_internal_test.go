package store

import (
	"slices"
	"testing"
)

func TestFrontHasEveryBlockOnce(t *testing.T) {
	all := FrontBlocks()
	first, second, last := all[0], all[1], all[len(all)-1]
	rest := all[2:]
	for name, x := range map[string]struct{ said, want Front }{
		"nobody chose":             {Front{}, Front{Shown: all}},
		"one is gone":              {Front{Shown: append(slices.Clone(all), "gone"), Hidden: []string{"old"}}, Front{Shown: all}},
		"the first is new":         {Front{Shown: all[1:]}, Front{Shown: all}},
		"one is new":               {Front{Shown: append(slices.Clone(rest), first)}, Front{Shown: append(slices.Clone(rest), first, second)}},
		"new behind a hidden one":  {Front{Shown: rest, Hidden: []string{first}}, Front{Shown: append([]string{second}, rest...), Hidden: []string{first}}},
		"all but one are hidden":   {Front{Shown: []string{last}, Hidden: all[:len(all)-1]}, Front{Shown: []string{last}, Hidden: all[:len(all)-1]}},
		"nothing but what it says": {Front{Hidden: all}, Front{Hidden: all}},
	} {
		if got := x.said.whole(); !slices.Equal(got.Shown, x.want.Shown) || !slices.Equal(got.Hidden, x.want.Hidden) {
			t.Errorf("%s: got %v, want %v", name, got, x.want)
		}
	}
}
