package page

import (
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// TestAudienceLadder holds every way out of the pages against the ladder: page,
// list, home, thread, theme, author.
func TestAudienceLadder(t *testing.T) {
	s := newSite(t)
	third := s.member(t, "soizic", store.Contributor)
	root := s.publish(t, s.node.Admin, experiment("Racine", store.Public))
	clients := map[string]*webtest.Client{
		"visitor": s.Visitor(t), "author": s.As(t, s.node.Contributor), "colleague": s.As(t, third), "admin": s.As(t, s.node.Admin),
	}
	for _, x := range []struct {
		audience    store.Audience
		sees, lists string
	}{
		{store.Team, "author admin", "author admin"},
		{store.LabOnly, "author colleague admin", "author colleague admin"},
		{store.FollowedLabs, "author colleague admin", "author colleague admin"},
		{store.Unlisted, "visitor author colleague admin", "author admin"},
		{store.Public, "visitor author colleague admin", "visitor author colleague admin"},
	} {
		title := "Secret " + string(x.audience)
		r := s.publish(t, s.node.Contributor, experiment(title, x.audience))
		note := s.answer(t, s.node.Contributor, root, "Mot "+string(x.audience)+".", x.audience)
		for who, c := range clients {
			want := http.StatusNotFound
			if strings.Contains(x.sees, who) {
				want = http.StatusOK
			}
			for _, path := range []string{federation.PagePath(r), federation.PagePath(note)} {
				if got := c.Get(path).Status; got != want {
					t.Errorf("%s: %s of %s: got %d, want %d", x.audience, path, who, got, want)
				}
			}
			listed := strings.Contains(x.lists, who)
			for _, path := range []string{"/experimentations", "/experimentations?origine=ici&stage=signal", "/", "/lab", "/themes/mobilite", "/@yann"} {
				if got := c.Get(path).Has(title); got != listed {
					t.Errorf("%s: in %s of %s: %v, want %v", x.audience, path, who, got, listed)
				}
			}
			if got := c.Get(federation.PagePath(root)).Has("Mot " + string(x.audience) + "."); got != listed {
				t.Errorf("%s: in the thread of %s: %v, want %v", x.audience, who, got, listed)
			}
		}
	}
}

// TestMirroredAudience: what a followed lab showed to labs only is for members.
func TestMirroredAudience(t *testing.T) {
	s := newSite(t)
	other := s.neighbour(t, "calanques")
	s.follow(t, s.node.Lab, other, store.Accepted)
	e := experiment("Entre labos", store.FollowedLabs)
	e.Addressed = []string{s.node.Lab.IRI}
	r := s.mirror(t, other, e)
	for _, path := range []string{"/fil", "/experimentations", "/reseau/calanques.example/calanques"} {
		if s.Visitor(t).Get(path).Has("Entre labos") {
			t.Errorf("%s shows a visitor what is between labs", path)
		}
		if !s.As(t, s.node.Contributor).Get(path).Has("Entre labos") {
			t.Errorf("%s hides from a member what is between labs", path)
		}
	}
	if got := s.Visitor(t).Get(federation.PagePath(r)).Status; got != http.StatusNotFound {
		t.Errorf("its page for a visitor: got %d, want 404", got)
	}
}

// TestHiddenAnswersLikeMissing: nobody can tell a record that he may not see from
// one that does not exist.
func TestHiddenAnswersLikeMissing(t *testing.T) {
	s := newSite(t)
	hidden := s.publish(t, s.node.Admin, experiment("Caché", store.Team))
	c := s.As(t, s.member(t, "soizic", store.Contributor))
	for _, end := range []string{"", "/modifier", "/supprimer"} {
		for _, c := range []*webtest.Client{s.Visitor(t), c} {
			a, b := c.Get("/e/x-"+hidden.ID.String()+end), c.Get("/e/x-1"+end)
			if a.Status != http.StatusNotFound || b.Status != a.Status || strings.ReplaceAll(a.Body, hidden.ID.String(), "1") != b.Body {
				t.Errorf("%q: got %d and %d, want the same 404", end, a.Status, b.Status)
			}
		}
	}
	if a := c.Get("/actualites/nouvelle?sur=" + hidden.ID.String()); a.Status != http.StatusNotFound {
		t.Errorf("answering it: got %d, want 404", a.Status)
	}
}

func TestDeletedIsGoneOnlyIfItWasOpen(t *testing.T) {
	s := newSite(t)
	statuses := map[store.Audience]int{
		store.Team: http.StatusNotFound, store.LabOnly: http.StatusNotFound, store.FollowedLabs: http.StatusNotFound,
		store.Unlisted: http.StatusGone, store.Public: http.StatusGone,
	}
	records := map[store.Audience]*store.Record{}
	for audience := range statuses {
		records[audience] = s.publish(t, s.node.Admin, experiment("Adieu", audience))
	}
	for audience, want := range statuses {
		s.delete(t, records[audience])
		if got := s.Visitor(t).Get(federation.PagePath(records[audience])).Status; got != want {
			t.Errorf("%s: got %d, want %d", audience, got, want)
		}
	}
}

// TestNarrowingHidesAtOnce: a record that was public is out of sight with the
// save that narrows it.
func TestNarrowingHidesAtOnce(t *testing.T) {
	s := newSite(t)
	r := s.publish(t, s.node.Admin, experiment("Trop tôt", store.Public))
	if !s.Visitor(t).Get("/experimentations").Has("Trop tôt") || s.Visitor(t).Get(federation.PagePath(r)).Status != http.StatusOK {
		t.Fatal("it was not public")
	}
	form := formOf(t, s.As(t, s.node.Admin), federation.PagePath(r)+"/modifier")
	form.Set("audience", "team")
	a := s.As(t, s.node.Admin).Post(federation.PagePath(r)+"/modifier", form)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303", a.Status)
	}
	if got := s.Visitor(t).Get(federation.PagePath(r)).Status; got != http.StatusNotFound {
		t.Errorf("its page: got %d, want 404", got)
	}
	if s.Visitor(t).Get("/experimentations").Has("Trop tôt") {
		t.Error("it is still in the list")
	}
}
