package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A visitor of one lab has an account at another: the first leads there, and the
// second knows what to do with whom was named.
func TestVisitorsFollowFromTheirOwnNode(t *testing.T) {
	visited, own := start(t, "estran"), start(t, "calanques")
	member := own.member(t, "maelle")
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	answers := url.Values{"compte": {"@maelle@" + own.Host()}}
	res := visited.visitor(t).do(t, http.MethodPost, visited.URL+"/suivre", header, strings.NewReader(answers.Encode()))
	said, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := string(said)
	_, rest, found := strings.Cut(a, `href="`+own.URL+"/authorize_interaction?uri=")
	if !found {
		t.Fatalf("no way on:\n%s", a)
	}
	object, _, _ := strings.Cut(rest, `"`)
	if want := url.QueryEscape(visited.Lab.IRI); object != want {
		t.Errorf("leads to %s, want %s", object, want)
	}
	to, err := member.do(t, http.MethodGet, own.URL+"/authorize_interaction?uri="+object, http.Header{}, nil).Location()
	if err != nil {
		t.Fatal(err)
	}
	page := member.get(t, to.String(), "text/html")
	if !strings.Contains(page, visited.Lab.DisplayName()) {
		t.Errorf("the member meets\n%s", page)
	}
}
