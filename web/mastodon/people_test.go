package mastodon_test

import (
	"testing"

	"github.com/essaim/essaim/store"
)

func TestListIsReadByItself(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	him := s.Contributor.ID.String()
	me.post("/api/v1/accounts/" + him + "/follow").object()
	list := me.post("/api/v1/lists", "title", "Voisins", "exclusive", "true").object()["id"].(string)
	me.post("/api/v1/lists/"+list+"/accounts", "account_ids[]", him).object()
	id := other.post("/api/v1/statuses", "status", "Salut").object()["id"].(string)
	if got := ids(me.get("/api/v1/timelines/list/" + list).list()); len(got) != 1 || got[0] != id {
		t.Errorf("got %v, want %s", got, id)
	}
	if got := me.get("/api/v1/timelines/home").list(); len(got) != 0 {
		t.Errorf("an exclusive list: got %v at home", ids(got))
	}
	other.get("/api/v1/timelines/list/"+list).refused(404, "Record not found")
	me.form("DELETE", "/api/v1/lists/"+list+"/accounts", "account_ids[]", him).object()
	if got := me.get("/api/v1/timelines/home").list(); len(got) != 1 {
		t.Errorf("taken off: got %v at home", ids(got))
	}
	me.form("DELETE", "/api/v1/lists/"+list).object()
	me.get("/api/v1/lists/"+list).refused(404, "Record not found")
}

func TestPolicySaysOfWhomToHear(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	other.post("/api/v1/statuses/" + e.ID.String() + "/favourite").object()
	got := me.form("PATCH", "/api/v2/notifications/policy", "for_not_following", "filter").object()
	if got["for_not_following"] != "filter" || got["for_not_followers"] != "accept" {
		t.Errorf("got %v", got)
	}
	if got := me.get("/api/v1/notifications").list(); len(got) != 0 {
		t.Errorf("of somebody not followed: got %v", got)
	}
	me.post("/api/v1/accounts/" + s.Contributor.ID.String() + "/follow").object()
	if got := me.get("/api/v1/notifications").list(); len(got) != 1 {
		t.Errorf("of somebody followed: got %v", got)
	}
	me.form("PATCH", "/api/v2/notifications/policy", "for_not_following", "maybe").refused(422, "Validation failed: for_not_following is not known")
}

func TestFollowRequestsWaitForTheMember(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	if got := me.form("PATCH", "/api/v1/accounts/update_credentials", "locked", "true").object(); got["locked"] != true {
		t.Errorf("got %v", got["locked"])
	}
	if r := other.post("/api/v1/accounts/" + s.Admin.ID.String() + "/follow").object(); r["requested"] != true || r["following"] != false {
		t.Errorf("got %v", r)
	}
	if got := me.get("/api/v1/notifications").list(); len(got) != 1 || got[0]["type"] != "follow_request" {
		t.Errorf("got %v", got)
	}
	asking := me.get("/api/v1/follow_requests").list()
	if len(asking) != 1 || asking[0]["acct"] != "yann" {
		t.Fatalf("got %v", asking)
	}
	if r := me.post("/api/v1/follow_requests/" + asking[0]["id"].(string) + "/authorize").object(); r["followed_by"] != true {
		t.Errorf("got %v", r)
	}
	if r := me.post("/api/v1/accounts/" + asking[0]["id"].(string) + "/remove_from_followers").object(); r["followed_by"] != false {
		t.Errorf("got %v", r)
	}
}

func TestNotesAndWishesAreTheMembersOwn(t *testing.T) {
	s := start(t)
	me := s.as(s.Admin)
	him := "/api/v1/accounts/" + s.Contributor.ID.String()
	me.post(him+"/follow", "reblogs", "false", "notify", "true").object()
	me.post(him+"/note", "comment", "Croisé à Brest").object()
	r := me.get("/api/v1/accounts/relationships?id[]=" + s.Contributor.ID.String()).list()[0]
	if r["note"] != "Croisé à Brest" || r["showing_reblogs"] != false || r["notifying"] != true {
		t.Errorf("got %v", r)
	}
	other := s.as(s.Contributor)
	e := s.experiment("Une mairie mobile", store.Public)
	other.post("/api/v1/statuses/" + e.ID.String() + "/reblog").object()
	other.post("/api/v1/statuses", "status", "Nouveau").object()
	if got := me.get("/api/v1/notifications?types[]=status").list(); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	for _, status := range me.get("/api/v1/timelines/home").list() {
		if status["reblog"] != nil {
			t.Error("a boost that is not wanted stands at home")
		}
	}
}

func TestHashtagIsFollowed(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	if got := me.post("/api/v1/tags/Rural/follow").object(); got["following"] != true {
		t.Errorf("got %v", got)
	}
	if got := me.get("/api/v1/followed_tags").list(); len(got) != 1 || got[0]["name"] != "rural" {
		t.Errorf("got %v", got)
	}
	if got := me.post("/api/v1/tags/rural/unfollow").object(); got["following"] != false {
		t.Errorf("got %v", got)
	}
}
