package mastodon_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

func TestPostedNewsIsARecordOfTheMember(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	media := me.upload("/api/v2/media", "file", picture(), "description", "Un carré").object()
	posted := me.json("POST", "/api/v1/statuses", object{
		"status": "Bonjour\nà tous #Rural\n\n#Mobilité #rural", "media_ids": []string{media["id"].(string)}, "language": "fr", "visibility": "unlisted",
	}).object()
	if posted["visibility"] != "unlisted" || posted["account"].(object)["acct"] != "yann" {
		t.Errorf("got %v", posted)
	}
	if c := posted["content"].(string); !strings.Contains(c, "Bonjour<br") || strings.Count(c, "Mobilité") != 1 {
		t.Errorf("got content %s", c)
	}
	var tags []string
	for _, tag := range posted["tags"].([]any) {
		tags = append(tags, tag.(object)["name"].(string))
	}
	if strings.Join(tags, " ") != "Rural Mobilité" {
		t.Errorf("got tags %v", tags)
	}
	pictures := posted["media_attachments"].([]any)
	if len(pictures) != 1 || pictures[0].(object)["description"] != "Un carré" {
		t.Errorf("got %v", pictures)
	}
	id := posted["id"].(string)
	source := me.get("/api/v1/statuses/" + id + "/source").object()
	if source["text"] != "Bonjour\nà tous #Rural\n\n#Mobilité" {
		t.Errorf("got source %q", source["text"])
	}
	edited := me.form("PUT", "/api/v1/statuses/"+id, "status", "Bonsoir", "media_ids[]", id).object()
	if edited["edited_at"] == nil && !strings.Contains(edited["content"].(string), "Bonsoir") {
		t.Errorf("got %v", edited)
	}
	if pictures := edited["media_attachments"].([]any); len(pictures) != 1 {
		t.Errorf("the picture went with the edit: %v", pictures)
	}
	gone := me.form("DELETE", "/api/v1/statuses/"+id).object()
	if gone["text"] != "Bonsoir" {
		t.Errorf("got %v", gone["text"])
	}
	me.get("/api/v1/statuses/"+id).refused(404, "Record not found")
}

func TestReplyStandsInTheThreadOfTheRecord(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	me := s.as(s.Contributor)
	reply := me.post("/api/v1/statuses", "status", "Bravo", "in_reply_to_id", e.ID.String()).object()
	if reply["in_reply_to_id"] != e.ID.String() || reply["in_reply_to_account_id"] != s.Lab.ID.String() {
		t.Errorf("got %v", reply)
	}
	again := me.post("/api/v1/statuses", "status", "Encore", "in_reply_to_id", reply["id"].(string)).object()
	context := s.anybody().get("/api/v1/statuses/" + e.ID.String() + "/context").object()
	var got []string
	for _, d := range context["descendants"].([]any) {
		got = append(got, d.(object)["id"].(string))
	}
	if want := []string{reply["id"].(string), again["id"].(string)}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
	up := s.anybody().get("/api/v1/statuses/" + again["id"].(string) + "/context").object()["ancestors"].([]any)
	if len(up) != 2 || up[0].(object)["id"] != e.ID.String() {
		t.Errorf("got ancestors %v", up)
	}
	if n := s.anybody().get("/api/v1/statuses/" + e.ID.String()).object()["replies_count"]; n != 1.0 {
		t.Errorf("got %v answers, want the direct one", n)
	}
	told := s.as(s.Admin).get("/api/v1/notifications").list()
	if len(told) != 1 || told[0]["type"] != "mention" {
		t.Errorf("those who run the lab were told %v", told)
	}
}

func TestReplyReachesNoFartherThanWhatItAnswers(t *testing.T) {
	s := start(t)
	e := s.experiment("Pour le labo", store.LabOnly)
	reply := s.as(s.Contributor).post("/api/v1/statuses", "status", "Bravo", "in_reply_to_id", e.ID.String(), "visibility", "public").object()
	if reply["visibility"] != "private" {
		t.Errorf("got %v", reply["visibility"])
	}
	s.anybody().get("/api/v1/statuses/"+reply["id"].(string)).refused(404, "Record not found")
}

func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	for _, c := range []struct {
		fields  []string
		message string
	}{
		{[]string{"status", " "}, "Text can't be blank"},
		{[]string{"status", "x", "poll[options][]", "a"}, "Polls are not available"},
		{[]string{"status", "x", "media_ids[]", "1", "media_ids[]", "2", "media_ids[]", "3", "media_ids[]", "4", "media_ids[]", "5"}, "Too many pictures"},
		{[]string{"status", "x", "media_ids[]", "1"}, "Media not found"},
	} {
		me.post("/api/v1/statuses", c.fields...).refused(422, "Validation failed: "+c.message)
	}
	if a := me.post("/api/v1/statuses", "status", strings.Repeat("x", 2001)); a.status != 422 || !strings.Contains(string(a.body), "Validation failed: body: ") {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestOnlyTheAuthorEditsAndDeletes(t *testing.T) {
	s := start(t)
	id := s.as(s.Admin).post("/api/v1/statuses", "status", "À moi").object()["id"].(string)
	other := s.as(s.Contributor)
	other.form("PUT", "/api/v1/statuses/"+id, "status", "À lui").refused(404, "Record not found")
	other.form("DELETE", "/api/v1/statuses/"+id).refused(404, "Record not found")
	other.get("/api/v1/statuses/"+id+"/source").refused(404, "Record not found")
}

func TestSameKeyPostsOnce(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	var ids []string
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1/statuses?status=x", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+me.secret)
		r.Header.Set("Idempotency-Key", "abc")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, readAnswer(t, res).object()["id"].(string))
	}
	if ids[0] != ids[1] {
		t.Errorf("got %v, want one", ids)
	}
}

func TestReactionsAreThereOnceAndGoAgain(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	me := s.as(s.Contributor)
	at := "/api/v1/statuses/" + e.ID.String()
	for _, c := range []struct{ do, undo, flag, count string }{
		{"/favourite", "/unfavourite", "favourited", "favourites_count"},
		{"/reblog", "/unreblog", "reblogged", "reblogs_count"},
		{"/bookmark", "/unbookmark", "bookmarked", ""},
		{"/mute", "/unmute", "muted", ""},
	} {
		me.post(at + c.do).object()
		me.post(at + c.do).object()
		if got := me.get(at).object(); got[c.flag] != true || c.count != "" && got[c.count] != 1.0 {
			t.Errorf("after %s: got %v, %v", c.do, got[c.flag], got[c.count])
		}
		if got := s.anybody().get(at).object(); got[c.flag] != false {
			t.Errorf("anybody is told that it is %s", c.flag)
		}
		if got := me.post(at + c.undo).object(); got[c.flag] != false || c.count != "" && got[c.count] != 0.0 {
			t.Errorf("after %s: got %v", c.undo, got[c.flag])
		}
	}
}

func TestBoostStandsInTimelinesUnderItsOwnId(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	me := s.as(s.Contributor)
	boost := me.post("/api/v1/statuses/" + e.ID.String() + "/reblog").object()
	of := boost["reblog"].(object)
	if boost["id"] == of["id"] || of["id"] != e.ID.String() || boost["account"].(object)["acct"] != "yann" || of["account"].(object)["acct"] != "estran" {
		t.Errorf("got %v", boost)
	}
	if got := s.anybody().get("/api/v1/statuses/" + boost["id"].(string)).object(); got["reblog"] == nil {
		t.Errorf("got %v", got)
	}
	profile := s.anybody().get("/api/v1/accounts/" + s.Contributor.ID.String() + "/statuses").list()
	if len(profile) != 1 || profile[0]["id"] != boost["id"] {
		t.Errorf("profile: got %v", ids(profile))
	}
	if got := s.anybody().get("/api/v1/accounts/" + s.Contributor.ID.String() + "/statuses?exclude_reblogs=true").list(); len(got) != 0 {
		t.Errorf("without boosts: got %v", ids(got))
	}
	me.post("/api/v1/statuses/" + boost["id"].(string) + "/unreblog").object()
	s.anybody().get("/api/v1/statuses/"+boost["id"].(string)).refused(404, "Record not found")
}

func TestPinnedStatusIsOnTheProfile(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	id := me.post("/api/v1/statuses", "status", "Important").object()["id"].(string)
	me.post("/api/v1/statuses/" + id + "/pin").object()
	pinned := s.anybody().get("/api/v1/accounts/" + s.Contributor.ID.String() + "/statuses?pinned=true").list()
	if len(pinned) != 1 || pinned[0]["id"] != id {
		t.Errorf("got %v", ids(pinned))
	}
	s.as(s.Admin).get("/api/v1/statuses/" + id).object()
	if a := s.as(s.Contributor).post("/api/v1/statuses/" + s.experiment("Autre", store.Public).ID.String() + "/pin"); a.status != 422 {
		t.Errorf("somebody else's: got %d", a.status)
	}
}

func TestProfileIsChanged(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	got := me.upload("/api/v1/accounts/update_credentials", "avatar", picture(), "display_name", "Yann", "note", "Un <b>essai</b>\n\nici",
		"fields_attributes[0][name]", "Site", "fields_attributes[0][value]", "https://yann.example").object()
	if got["display_name"] != "Yann" || got["note"] != "<p>Un &lt;b&gt;essai&lt;/b&gt;</p><p>ici</p>" {
		t.Errorf("got %v", got)
	}
	if avatar := got["avatar"].(string); !strings.Contains(avatar, "/media/") {
		t.Errorf("got %s", avatar)
	}
	field := got["fields"].([]any)[0].(object)
	if field["name"] != "Site" || !strings.Contains(field["value"].(string), `href="https://yann.example"`) {
		t.Errorf("got %v", field)
	}
}

func TestMutedAndBlockedAreNotHeard(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	him := "/api/v1/accounts/" + s.Contributor.ID.String()
	me.post(him + "/follow").object()
	other.post("/api/v1/statuses", "status", "Salut").object()
	if got := me.get("/api/v1/timelines/home").list(); len(got) != 1 {
		t.Fatalf("got %v", ids(got))
	}
	for _, c := range [][2]string{{"/mute", "/unmute"}, {"/block", "/unblock"}} {
		me.post(him + c[0]).object()
		if got := me.get("/api/v1/timelines/public").list(); len(got) != 0 {
			t.Errorf("after %s: got %v", c[0], ids(got))
		}
		me.post(him + c[1]).object()
		if got := me.get("/api/v1/timelines/public").list(); len(got) != 1 {
			t.Errorf("after %s: got %v", c[1], ids(got))
		}
	}
	if r := me.post(him + "/unblock").object(); r["blocking"] != false || r["following"] != false {
		t.Errorf("got %v: a block ends a follow", r)
	}
}

func TestReportComesToTheModerators(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	got := s.as(s.Contributor).post("/api/v1/reports", "account_id", s.Lab.ID.String(), "status_ids[]", e.ID.String(), "comment", "Trop fort").object()
	var reports []*store.Report
	err := s.Store.View(t.Context(), func(tx *store.Txn) error {
		for r := range tx.Reports() {
			reports = append(reports, r)
		}
		return nil
	})
	if err != nil || len(reports) != 1 {
		t.Fatalf("got %v, %v", reports, err)
	}
	r := reports[0]
	if r.ID.String() != got["id"] || r.Reporter != s.Contributor.IRI || r.Target != s.Lab.IRI || r.Text != "Trop fort" || len(r.Records) != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestFiltersHideAndWarn(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	other.post("/api/v1/statuses", "status", "Le BUS passe").object()
	other.post("/api/v1/statuses", "status", "Le busard plane").object()
	f := me.json("POST", "/api/v2/filters", object{
		"title": "Bus", "context": []string{"public"}, "filter_action": "warn", "keywords_attributes": []object{{"keyword": "bus", "whole_word": true}},
	}).object()
	filtered := 0
	for _, status := range me.get("/api/v1/timelines/public").list() {
		for _, r := range status["filtered"].([]any) {
			filtered++
			if r.(object)["filter"].(object)["title"] != "Bus" || r.(object)["keyword_matches"].([]any)[0] != "bus" {
				t.Errorf("got %v", r)
			}
		}
	}
	if filtered != 1 {
		t.Errorf("%d are filtered, want the one with the word", filtered)
	}
	me.form("PUT", "/api/v2/filters/"+f["id"].(string), "filter_action", "hide").object()
	if got := me.get("/api/v1/timelines/public").list(); len(got) != 1 {
		t.Errorf("got %v, want one hidden", ids(got))
	}
	if got := other.get("/api/v1/timelines/public").list(); len(got) != 2 {
		t.Errorf("the filter is another's, too: %v", ids(got))
	}
}

func TestFollowedAuthorsComeHomeAndGo(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	him := "/api/v1/accounts/" + s.Contributor.ID.String()
	first := other.post("/api/v1/statuses", "status", "Avant").object()["id"]
	r := me.post(him + "/follow").object()
	if r["following"] != true || r["showing_reblogs"] != true {
		t.Errorf("got %v", r)
	}
	second := other.post("/api/v1/statuses", "status", "Après").object()["id"]
	if got := ids(me.get("/api/v1/timelines/home").list()); len(got) != 2 || got[0] != second || got[1] != first {
		t.Errorf("got %v, want %v %v", got, second, first)
	}
	s.publish(&federation.Activity{Verb: "Update", Actor: s.Lab.IRI, Item: s.experiment("Du labo", store.Public)})
	me.post(him + "/unfollow").object()
	if got := me.get("/api/v1/timelines/home").list(); len(got) != 1 || got[0]["account"].(object)["acct"] != "estran" {
		t.Errorf("got %v, want what the lab published", ids(got))
	}
}
