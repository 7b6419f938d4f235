package mastodon_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestRefusalsAreJSON(t *testing.T) {
	s := start(t)
	s.anybody().get("/api/v1/nothing").refused(404, "Record not found")
	s.anybody().get("/api/v9/timelines/home").refused(404, "Record not found")
	s.anybody().post("/api/v1/timelines/home").refused(405, "Method not allowed")
	s.anybody().get("/api/v1/timelines/home").refused(401, "The access token is invalid")
	app{s, "wrong"}.get("/api/v1/timelines/public").refused(401, "The access token is invalid")
	app{s, s.token(s.Contributor, "read:accounts")}.get("/api/v1/timelines/home").refused(403, "This action is outside the authorized scopes")
	app{s, s.token(s.Contributor, "read")}.post("/api/v1/statuses", "status", "x").refused(403, "This action is outside the authorized scopes")
	s.as(s.Contributor).get("/api/v1/statuses/x").refused(404, "Record not found")
	s.as(s.Contributor).get("/api/v1/accounts/0").refused(404, "Record not found")
	s.as(s.Contributor).do("POST", "/api/v1/statuses", "application/json", strings.NewReader("{")).refused(400, "The request body cannot be read")
	s.anybody().post("/api/v1/accounts", "username", "x").refused(403, "This action is not allowed")
}

func TestAppOfItsOwnReadsWhatIsPublic(t *testing.T) {
	s := start(t)
	secret := "jeton-d-application"
	err := s.Store.Update(t.Context(), func(tx *store.Txn) error {
		a := &store.App{ID: "app", Name: "Essai", Redirects: []string{"x:y"}, Scopes: []string{"read"}}
		tx.PutApp(a)
		tx.PutToken(secret, &store.Token{App: "app", Scopes: []string{"read"}, Created: tx.Now()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := (app{s, secret}).get("/api/v1/apps/verify_credentials").object(); got["name"] != "Essai" {
		t.Errorf("got %v", got)
	}
	app{s, secret}.get("/api/v1/timelines/public").list()
	app{s, secret}.get("/api/v1/timelines/home").refused(422, "This method requires an authenticated user")
}

func TestEveryAnswerMayBeReadByWebApps(t *testing.T) {
	s := start(t)
	for _, a := range []answer{
		s.anybody().get("/api/v1/instance"), s.anybody().get("/api/v1/nothing"),
		s.anybody().do(http.MethodOptions, "/api/v1/statuses", "", nil), s.anybody().do(http.MethodOptions, "/api/v1/nothing", "", nil),
	} {
		if a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "Link") {
			t.Errorf("%d: got %v", a.status, a.header)
		}
	}
	if a := s.anybody().do(http.MethodOptions, "/api/v1/statuses", "", nil); a.status != http.StatusNoContent || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "PATCH") {
		t.Errorf("preflight: got %d %v", a.status, a.header)
	}
}

var linkPattern = regexp.MustCompile(`<http://estran\.test([^>]+)>; rel="(next|prev)"`)

// links are the paths that an answer says it goes on with.
func links(a answer) map[string]string {
	found := map[string]string{}
	for _, m := range linkPattern.FindAllStringSubmatch(a.header.Get("Link"), -1) {
		found[m[2]] = m[1]
	}
	return found
}

// follow pages in one direction to the end.
func (a app) follow(path, rel string) (pages [][]string) {
	a.t.Helper()
	for path != "" && len(pages) < 20 {
		got := a.get(path)
		if list := got.list(); len(list) > 0 {
			pages = append(pages, ids(list))
		} else {
			break
		}
		path = links(got)[rel]
	}
	return pages
}

func TestTimelinesArePagedToTheEndBothWays(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	var want []string
	for i := range 11 {
		id := me.post("/api/v1/statuses", "status", fmt.Sprintf("Numéro %d #suite", i)).object()["id"].(string)
		me.post("/api/v1/statuses/" + id + "/favourite").object()
		me.post("/api/v1/statuses/" + id + "/bookmark").object()
		want = append([]string{id}, want...)
	}
	for _, path := range []string{
		"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/suite",
		"/api/v1/accounts/" + s.Contributor.ID.String() + "/statuses", "/api/v1/favourites", "/api/v1/bookmarks",
	} {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		if down := slices.Concat(me.follow(path+sep+"limit=3", "next")...); !slices.Equal(down, want) {
			t.Errorf("%s down: got %v, want %v", path, down, want)
		}
		up := me.follow(path+sep+"limit=3&min_id=1", "prev")
		slices.Reverse(up)
		if all := slices.Concat(up...); !slices.Equal(all, want) {
			t.Errorf("%s up: got %v, want %v", path, all, want)
		}
	}
	if got := ids(me.get("/api/v1/timelines/home?limit=2&since_id=" + want[5]).list()); !slices.Equal(got, want[:2]) {
		t.Errorf("since_id: got %v, want the newest %v", got, want[:2])
	}
	if got := ids(me.get("/api/v1/timelines/home?limit=2&min_id=" + want[5]).list()); !slices.Equal(got, want[3:5]) {
		t.Errorf("min_id: got %v, want those next to it %v", got, want[3:5])
	}
}

func TestNotificationsArePagedAndDrawnTogether(t *testing.T) {
	s := start(t)
	e := s.experiment("Une mairie mobile", store.Public)
	me, other := s.as(s.Admin), s.as(s.Contributor)
	other.post("/api/v1/statuses/" + e.ID.String() + "/favourite").object()
	other.post("/api/v1/statuses/" + e.ID.String() + "/reblog").object()
	for i := range 4 {
		other.post("/api/v1/statuses", "status", fmt.Sprint("Réponse ", i), "in_reply_to_id", e.ID.String()).object()
	}
	all := slices.Concat(me.follow("/api/v1/notifications?limit=2", "next")...)
	if len(all) != 6 {
		t.Errorf("got %v, want 6", all)
	}
	if got := me.get("/api/v1/notifications?types[]=favourite").list(); len(got) != 1 || got[0]["type"] != "favourite" {
		t.Errorf("got %v", got)
	}
	if got := me.get("/api/v1/notifications?exclude_types[]=mention").list(); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	if got := other.get("/api/v1/notifications").list(); len(got) != 0 {
		t.Errorf("who did it is told, too: %v", got)
	}
	groups := me.get("/api/v2/notifications").object()["notification_groups"].([]any)
	if len(groups) != 6 {
		t.Errorf("got %d groups", len(groups))
	}
	key := groups[5].(object)["group_key"].(string)
	me.post("/api/v2/notifications/" + key + "/dismiss").object()
	if got := me.get("/api/v1/notifications").list(); len(got) != 5 {
		t.Errorf("after dismissing %s: got %d", key, len(got))
	}
	if n := me.get("/api/v1/notifications/unread_count").object()["count"]; n != 5.0 {
		t.Errorf("got %v unread", n)
	}
	me.post("/api/v1/markers", "notifications[last_read_id]", all[0]).object()
	if n := me.get("/api/v1/notifications/unread_count").object()["count"]; n != 0.0 {
		t.Errorf("after reading: got %v unread", n)
	}
	other.post("/api/v1/statuses/" + e.ID.String() + "/unreblog").object()
	if got := me.get("/api/v1/notifications?types[]=reblog").list(); len(got) != 0 {
		t.Errorf("what was taken back is still told: %v", got)
	}
}

func TestLookupAndSearch(t *testing.T) {
	s := startSearching(t)
	e := s.experiment("Une mairie mobile", store.Public)
	for _, acct := range []string{"estran", "@estran", "estran@estran.test", "ESTRAN@estran.test"} {
		if got := s.anybody().get("/api/v1/accounts/lookup?acct=" + acct).object(); got["id"] != s.Lab.ID.String() {
			t.Errorf("%s: got %v", acct, got["id"])
		}
	}
	s.anybody().get("/api/v1/accounts/lookup?acct=nobody").refused(404, "Record not found")
	for _, q := range []string{"mairie+mobile", "MAIRIE", e.IRI, strings.ReplaceAll(e.URL, ":", "%3A")} {
		got := s.anybody().get("/api/v2/search?type=statuses&q=" + q).object()["statuses"].([]any)
		if len(got) != 1 {
			t.Errorf("%s: got %d statuses", q, len(got))
		}
	}
	if got := s.anybody().get("/api/v2/search?q=estr&type=accounts").object()["accounts"].([]any); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	if got := s.anybody().get("/api/v2/search?q=%23rur&type=hashtags").object()["hashtags"].([]any); len(got) < 1 {
		t.Errorf("got %v", got)
	}
}

func TestRatesAreBounded(t *testing.T) {
	s := start(t)
	limited := s.limited(t, 1)
	var last answer
	for range 6 {
		last = limited.get("/api/v1/instance")
		if last.status == http.StatusOK && last.header.Get("X-RateLimit-Limit") != "5" {
			t.Errorf("got %v", last.header)
		}
	}
	last.refused(429, "Too many requests")
	if at := last.header.Get("X-RateLimit-Reset"); !plain["moment"](at) || last.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("got %v", last.header)
	}
}
