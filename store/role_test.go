package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
)

func TestRights(t *testing.T) {
	const admin, animator, moderator, contributor = "admin", "animator", "moderator", "contributor"
	want := map[store.Act][]store.Role{
		store.RunLab:     {admin, animator},
		store.Moderate:   {admin, animator, moderator},
		store.BlockHosts: {admin, animator, moderator},
		store.Invite:     {admin, animator},
		store.Appoint:    {admin},
		store.Dispose:    {admin},

		store.ReadJournal: {admin, animator},
	}
	if got := store.Acts(); len(got) != len(want) {
		t.Errorf("got the acts %v, want %d", got, len(want))
	}
	for act, roles := range want {
		may := map[store.Role]bool{}
		for _, role := range roles {
			may[role] = true
		}
		for _, role := range append(store.Roles(), "", "root") {
			if got := role.May(act); got != may[role] {
				t.Errorf("%s by %q: got %v", act, role, got)
			}
			away := store.Viewer{Actor: "https://far.example/a", Role: role, Runs: true}
			if away.May(act) {
				t.Errorf("%s by %q of another node", act, role)
			}
		}
	}
}

func TestWhoManagesWhom(t *testing.T) {
	for _, c := range []struct {
		by, other store.Role
		want      bool
	}{
		{store.Admin, store.Admin, true},
		{store.Admin, store.Contributor, true},
		{store.Animator, store.Contributor, true},
		{store.Animator, store.Moderator, false},
		{store.Animator, store.Admin, false},
		{store.Moderator, store.Contributor, false},
		{store.Contributor, store.Contributor, false},
	} {
		if got := c.by.Manages(c.other); got != c.want {
			t.Errorf("%s, %s: got %v", c.by, c.other, got)
		}
	}
}

func TestModeratorSeesWhatWaitsForModerators(t *testing.T) {
	moderator := store.Viewer{Actor: "https://lab.example/actors/mo", Local: true, Role: store.Moderator}
	for _, c := range []struct {
		name string
		r    store.Record
		want bool
	}{
		{"a contribution that is held", store.Record{Audience: store.Team, Unverified: true}, true},
		{"what the team works on", store.Record{Audience: store.Team}, false},
		{"another node's", store.Record{Audience: store.Team, Unverified: true, Remote: true}, false},
	} {
		if got := moderator.CanSee(&c.r); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
		if moderator.CanEdit(&c.r) {
			t.Errorf("%s: a moderator may change it", c.name)
		}
	}
}
