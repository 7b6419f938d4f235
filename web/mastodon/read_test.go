package mastodon_test

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestRecordReadsAsStatus(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie <mobile>", store.Public)
	got := s.anybody().get("/api/v1/statuses/" + e.ID.String()).object()
	content := got["content"].(string)
	for _, want := range []string{
		"<strong>Une mairie &lt;mobile&gt;</strong>", "Une phrase &amp; demie.", e.URL, `class="mention hashtag"`, "#<span>Mobilite</span>", "#<span>Rural</span>",
	} {
		if !strings.Contains(content, want) {
			t.Errorf("content lacks %q: %s", want, content)
		}
	}
	if got["spoiler_text"] != "" || got["visibility"] != "public" || got["url"] != e.URL || got["language"] != "fr" {
		t.Errorf("got %v", got)
	}
	card := got["card"].(object)
	if card["title"] != e.Title || card["url"] != e.URL || card["description"] != e.Pitch || card["type"] != "link" {
		t.Errorf("got card %v", card)
	}
	account := got["account"].(object)
	if account["group"] != true || account["acct"] != "estran" || account["statuses_count"] != 1.0 {
		t.Errorf("got account %v", account)
	}
}

func TestNarrowRecordsAreNotThere(t *testing.T) {
	s := start(t)
	e := s.experiment("Pour l'équipe", store.Team)
	s.anybody().get("/api/v1/statuses/"+e.ID.String()).refused(404, "Record not found")
	s.as(s.Contributor).get("/api/v1/statuses/"+e.ID.String()).refused(404, "Record not found")
	if got := s.as(s.Admin).get("/api/v1/statuses/" + e.ID.String()).object(); got["visibility"] != "private" {
		t.Errorf("got %v", got["visibility"])
	}
	for _, path := range []string{"/api/v1/timelines/public", "/api/v1/timelines/tag/rural", "/api/v1/accounts/" + s.Lab.ID.String() + "/statuses"} {
		if got := s.anybody().get(path).list(); len(got) != 0 {
			t.Errorf("%s: got %v, want nothing", path, ids(got))
		}
	}
	if got := s.as(s.Admin).get("/api/v1/timelines/home").list(); len(got) != 1 {
		t.Errorf("home of the admin: got %v, want the record", ids(got))
	}
	if got := s.as(s.Contributor).get("/api/v1/timelines/home").list(); len(got) != 0 {
		t.Errorf("home of a contributor: got %v, want nothing", ids(got))
	}
}
