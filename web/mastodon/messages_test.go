package mastodon_test

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestMessageIsForWhomItNames(t *testing.T) {
	s := start(t)
	s.live()
	me, other := s.as(s.Contributor), s.as(s.Admin)
	next := other.events("/api/v1/streaming/direct")
	said := me.post("/api/v1/statuses", "status", "Entre nous @maelle", "visibility", "direct").object()
	id := said["id"].(string)
	if said["visibility"] != "direct" || said["mentions"].([]any)[0].(object)["acct"] != "maelle" {
		t.Errorf("got %v", said)
	}
	if !strings.Contains(said["content"].(string), `/@maelle"`) {
		t.Errorf("got content %v", said["content"])
	}
	if e := next(); e.Event != "conversation" || e.id() != id {
		t.Errorf("got %+v", e)
	}
	s.anybody().get("/api/v1/statuses/"+id).refused(404, "Record not found")
	if got := other.get("/api/v1/notifications?types[]=mention").list(); len(got) != 1 || got[0]["status"].(object)["id"] != id {
		t.Errorf("got %v", got)
	}
	reply := other.post("/api/v1/statuses", "status", "Compris", "visibility", "public", "in_reply_to_id", id).object()
	if reply["visibility"] != "direct" || reply["mentions"].([]any)[0].(object)["acct"] != "yann" {
		t.Errorf("got %v", reply)
	}
	mine := me.get("/api/v1/conversations").list()
	if len(mine) != 1 || mine[0]["unread"] != true || mine[0]["last_status"].(object)["id"] != reply["id"] || len(mine[0]["accounts"].([]any)) != 1 {
		t.Fatalf("got %v", mine)
	}
	if got := me.post("/api/v1/conversations/" + mine[0]["id"].(string) + "/read").object(); got["unread"] != false {
		t.Errorf("got %v", got)
	}
	me.form("DELETE", "/api/v1/conversations/"+mine[0]["id"].(string)).object()
	me.post("/api/v1/conversations/"+mine[0]["id"].(string)+"/read").refused(404, "Record not found")
	if got := me.get("/api/v1/conversations").list(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := other.get("/api/v1/conversations").list(); len(got) != 1 {
		t.Errorf("the other one's went, too: %v", got)
	}
}

func TestMessageIsNotForThoseWhoRunTheNode(t *testing.T) {
	s := start(t)
	me, admin := s.as(s.Contributor), s.as(s.Admin)
	id := me.post("/api/v1/statuses", "status", "Note pour moi", "visibility", "direct").object()["id"].(string)
	admin.get("/api/v1/statuses/"+id).refused(404, "Record not found")
	admin.form("DELETE", "/api/v1/statuses/"+id).refused(404, "Record not found")
	me.get("/api/v1/statuses/" + id).object()
}

func TestMentionInATextIsTold(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Contributor), s.as(s.Admin)
	id := me.post("/api/v1/statuses", "status", "Merci @maelle et @personne").object()["id"].(string)
	told := other.get("/api/v1/notifications").list()
	if len(told) != 1 || told[0]["type"] != "mention" || told[0]["status"].(object)["id"] != id {
		t.Errorf("got %v", told)
	}
	me.form("PUT", "/api/v1/statuses/"+id, "status", "Merci @maelle !").object()
	if got := other.get("/api/v1/notifications").list(); len(got) != 1 {
		t.Errorf("told again: %v", got)
	}
	if got := me.get("/api/v1/statuses/" + id + "/source").object(); got["text"] != "Merci @maelle !" {
		t.Errorf("got %v", got)
	}
}

func TestWarningStandsBeforeTheText(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	posted := me.post("/api/v1/statuses", "status", "La fin", "spoiler_text", "Divulgâche").object()
	if posted["spoiler_text"] != "Divulgâche" || posted["sensitive"] != true || strings.Contains(posted["content"].(string), "Divulgâche") {
		t.Errorf("got %v", posted)
	}
	at := "/api/v1/statuses/" + posted["id"].(string)
	if got := me.get(at + "/source").object(); got["text"] != "La fin" || got["spoiler_text"] != "Divulgâche" {
		t.Errorf("got %v", got)
	}
	if got := me.form("PUT", at, "status", "La fin", "spoiler_text", "", "sensitive", "false").object(); got["spoiler_text"] != "" || got["sensitive"] != false {
		t.Errorf("got %v", got)
	}
}

func TestSeveralPictures(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	var sent []string
	for _, alt := range []string{"Un", "Deux", "Trois"} {
		sent = append(sent, me.upload("/api/v2/media", "file", picture(), "description", alt, "focus", "0.5,-0.25").object()["id"].(string))
	}
	alts := func(status object) string {
		var all []string
		for _, m := range status["media_attachments"].([]any) {
			all = append(all, m.(object)["description"].(string))
		}
		return strings.Join(all, " ")
	}
	posted := me.json("POST", "/api/v1/statuses", object{"status": "Trois images", "media_ids": sent}).object()
	if got := alts(posted); got != "Un Deux Trois" {
		t.Fatalf("got %s", got)
	}
	if focus := posted["media_attachments"].([]any)[0].(object)["meta"].(object)["focus"].(object); focus["x"] != 0.5 || focus["y"] != -0.25 {
		t.Errorf("got %v", focus)
	}
	var kept []string
	for _, m := range posted["media_attachments"].([]any) {
		kept = append(kept, m.(object)["id"].(string))
	}
	edited := me.json("PUT", "/api/v1/statuses/"+posted["id"].(string), object{
		"status": "Deux images", "media_ids": []string{kept[2], kept[0]}, "media_attributes": []object{{"id": kept[2], "description": "Troisième"}},
	}).object()
	if got := alts(edited); got != "Troisième Un" {
		t.Errorf("got %s", got)
	}
	gone := me.form("DELETE", "/api/v1/statuses/"+posted["id"].(string)).object()
	again := me.json("POST", "/api/v1/statuses", object{"status": "Encore", "media_ids": []string{
		gone["media_attachments"].([]any)[0].(object)["id"].(string), gone["media_attachments"].([]any)[1].(object)["id"].(string),
	}}).object()
	if got := alts(again); got != "Troisième Un" {
		t.Errorf("posted anew: got %s", got)
	}
}

func TestStatusWaitsForItsTime(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Contributor), s.as(s.Admin)
	me.post("/api/v1/statuses", "status", "x", "scheduled_at", "demain").refused(422, "Validation failed: Scheduled at is not a moment")
	me.post("/api/v1/statuses", "status", "x", "scheduled_at", "2020-01-01T00:00:00Z").
		refused(422, "Validation failed: Scheduled at must be at least 5 minutes in the future")
	due := stampIn(s, 24)
	e := me.post("/api/v1/statuses", "status", "Plus tard #bus", "scheduled_at", due, "visibility", "unlisted", "spoiler_text", "Attention").object()
	params := e["params"].(object)
	if e["scheduled_at"] != due || params["text"] != "Plus tard #bus" || params["visibility"] != "unlisted" || params["spoiler_text"] != "Attention" {
		t.Errorf("got %v", e)
	}
	at := "/api/v1/scheduled_statuses/" + e["id"].(string)
	if got := me.get("/api/v1/scheduled_statuses").list(); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	if got := me.get("/api/v1/accounts/" + s.Contributor.ID.String() + "/statuses").list(); len(got) != 0 {
		t.Errorf("it is there already: %v", ids(got))
	}
	other.get(at).refused(404, "Record not found")
	later := stampIn(s, 48)
	if got := me.form("PUT", at, "scheduled_at", later).object(); got["scheduled_at"] != later {
		t.Errorf("got %v", got)
	}
	me.form("DELETE", at).object()
	me.get(at).refused(404, "Record not found")
}

func TestKeptBackNoticesAreRequests(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	me.form("PATCH", "/api/v2/notifications/policy", "for_not_following", "filter").object()
	other.post("/api/v1/statuses/" + e.ID.String() + "/favourite").object()
	id := other.post("/api/v1/statuses", "status", "Bonjour @maelle").object()["id"].(string)
	if got := me.get("/api/v1/notifications").list(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := me.get("/api/v1/notifications?include_filtered=true").list(); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	if got := me.get("/api/v2/notifications/policy").object()["summary"].(object); got["pending_requests_count"] != 1.0 || got["pending_notifications_count"] != 2.0 {
		t.Errorf("got %v", got)
	}
	waiting := me.get("/api/v1/notifications/requests").list()
	if len(waiting) != 1 || waiting[0]["account"].(object)["acct"] != "yann" || waiting[0]["last_status"].(object)["id"] != id || waiting[0]["notifications_count"] != "2" {
		t.Fatalf("got %v", waiting)
	}
	at := "/api/v1/notifications/requests/" + waiting[0]["id"].(string)
	me.get(at).object()
	me.post(at + "/accept").object()
	if got := me.get("/api/v1/notifications").list(); len(got) != 2 {
		t.Errorf("accepted: got %v", got)
	}
	me.get(at).refused(404, "Record not found")
	if got := me.get("/api/v1/notifications/requests/merged").object(); got["merged"] != true {
		t.Errorf("got %v", got)
	}
	third := s.as(s.Contributor)
	third.form("PATCH", "/api/v2/notifications/policy", "for_not_followers", "filter").object()
	me.post("/api/v1/statuses", "status", "Bonjour @yann").object()
	waiting = third.get("/api/v1/notifications/requests").list()
	if len(waiting) != 1 {
		t.Fatalf("got %v", waiting)
	}
	third.post("/api/v1/notifications/requests/dismiss", "id[]", waiting[0]["id"].(string)).object()
	if got := third.get("/api/v1/notifications?include_filtered=true").list(); len(got) != 0 {
		t.Errorf("dismissed: got %v", got)
	}
}

func TestFeaturedTagIsOnTheProfile(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	me.post("/api/v1/statuses", "status", "Le #bus et le #train").object()
	if got := me.get("/api/v1/featured_tags/suggestions").list(); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	featured := me.post("/api/v1/featured_tags", "name", "Bus").object()
	if featured["statuses_count"] != "1" {
		t.Errorf("got %v", featured)
	}
	if got := me.post("/api/v1/tags/train/feature").object(); got["featuring"] != true {
		t.Errorf("got %v", got)
	}
	of := "/api/v1/accounts/" + s.Contributor.ID.String() + "/featured_tags"
	if got := s.anybody().get(of).list(); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	me.form("DELETE", "/api/v1/featured_tags/"+featured["id"].(string)).object()
	me.post("/api/v1/tags/train/unfeature").object()
	if got := s.anybody().get(of).list(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestFollowedHashtagComesHome(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	before := other.post("/api/v1/statuses", "status", "Avant #bus").object()["id"].(string)
	me.post("/api/v1/tags/Bus/follow").object()
	after := other.post("/api/v1/statuses", "status", "Après #BUS").object()["id"].(string)
	other.post("/api/v1/statuses", "status", "Sans").object()
	hidden := other.post("/api/v1/statuses", "status", "Discret #bus", "visibility", "unlisted").object()["id"].(string)
	if got := ids(me.get("/api/v1/timelines/home").list()); len(got) != 2 || got[0] != after || got[1] != before {
		t.Errorf("got %v, want %s %s and not %s", got, after, before, hidden)
	}
	other.form("PUT", "/api/v1/statuses/"+after, "status", "Sans mot-dièse").object()
	if got := ids(me.get("/api/v1/timelines/home").list()); len(got) != 1 || got[0] != before {
		t.Errorf("its hashtag went: got %v", got)
	}
	me.post("/api/v1/tags/bus/unfollow").object()
	if got := me.get("/api/v1/timelines/home").list(); len(got) != 0 {
		t.Errorf("not followed any more: got %v", ids(got))
	}
}
