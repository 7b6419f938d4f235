package mastodon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// versions are the texts of a status, the oldest first, with what is told of their
// pictures.
func (a app) versions(id string) []string {
	a.t.Helper()
	var all []string
	for _, e := range a.get("/api/v1/statuses/" + id + "/history").list() {
		text := fmt.Sprint(e["spoiler_text"], e["sensitive"], e["content"])
		for _, m := range e["media_attachments"].([]any) {
			text += fmt.Sprint(m.(object)["description"])
		}
		all = append(all, text)
	}
	return all
}

func TestHistoryIsWhatAStatusSaid(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	media := me.upload("/api/v2/media", "file", picture(), "description", "Un bus").object()["id"].(string)
	id := me.post("/api/v1/statuses", "status", "Le bus passe", "media_ids[]", media).object()["id"].(string)
	me.form("PUT", "/api/v1/statuses/"+id, "status", "Le #train passe", "spoiler_text", "Horaires", "media_ids[]", id).object()
	edited := me.json("PUT", "/api/v1/statuses/"+id, object{
		"status": "Il est passé", "spoiler_text": "", "sensitive": false, "language": "br",
		"media_attributes": []object{{"id": id, "description": "Un train", "focus": "0.5,-1"}},
	}).object()
	focus := edited["media_attachments"].([]any)[0].(object)["meta"].(object)["focus"].(object)
	if edited["language"] != "br" || edited["edited_at"] == nil || focus["x"] != 0.5 || focus["y"] != -1.0 {
		t.Errorf("got %v", edited)
	}
	want := []string{"false<p>Le bus passe</p>Un bus", "HorairestrueLe #train passe", "false<p>Il est passé</p>Un train"}
	got := s.anybody().versions(id)
	if len(got) != 3 || got[0] != want[0] || !strings.HasPrefix(got[1], "Horairestrue<p>Le ") || got[2] != want[2] {
		t.Errorf("got %q, want %q", got, want)
	}
	times := []string{}
	for _, e := range s.anybody().get("/api/v1/statuses/" + id + "/history").list() {
		times = append(times, e["created_at"].(string))
	}
	if !slices.IsSorted(times) || times[0] != edited["created_at"] || times[2] != edited["edited_at"] {
		t.Errorf("got %v, want from %v to %v", times, edited["created_at"], edited["edited_at"])
	}
}

func TestHistoryIsForThoseWhoMaySeeTheStatus(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.LabOnly)
	save := func(title string, audience store.Audience) {
		t.Helper()
		e.Title, e.Audience = title, audience
		s.publish(&federation.Activity{Verb: "Update", Actor: s.Lab.IRI, Item: e})
	}
	save("Une mairie qui roule", store.Public)
	save("La mairie roule", store.Public)
	got := s.anybody().versions(e.ID.String())
	if len(got) != 2 || !strings.Contains(got[0], "Une mairie qui roule") || !strings.Contains(got[1], "La mairie roule") {
		t.Errorf("got %q, want nothing of before it was public", got)
	}
	save("La mairie roule pour nous", store.LabOnly)
	s.anybody().get("/api/v1/statuses/"+e.ID.String()+"/history").refused(404, "Record not found")
	if got := s.as(s.Contributor).versions(e.ID.String()); len(got) != 1 || !strings.Contains(got[0], "pour nous") {
		t.Errorf("narrowed: got %q", got)
	}
}

func TestLanguageThatIsNoneIsNotTaken(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	for said, want := range map[string]string{"en": "en", "pt-br": "pt-BR", "": "fr", "<b>": "fr", "nothing": "fr"} {
		if got := me.post("/api/v1/statuses", "status", "x", "language", said).object()["language"]; got != want {
			t.Errorf("%q: got %v, want %s", said, got, want)
		}
	}
}
