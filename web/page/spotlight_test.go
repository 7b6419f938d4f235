package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// now is what the home page shows of the moment; empty: nothing.
func now(home string) string {
	_, rest, _ := strings.Cut(home, `aria-labelledby="home-now"`)
	part, _, _ := strings.Cut(rest, "</section>")
	return part
}

// Those who run the lab put a record into the spotlight by a button on its page, and
// take it out again; nobody else does, and nothing of another lab.
func TestThoseWhoRunTheLabFeatureARecord(t *testing.T) {
	s := newSite(t)
	r := s.publish(t, s.node.Admin, experiment("Une fiche à la une", store.Public))
	path := federation.PagePath(r)
	act := func(name string) url.Values { return url.Values{"act": {name}} }
	for who, as := range map[string]*store.Actor{"a visitor": nil, "a contributor": s.node.Contributor} {
		c := s.Visitor(t)
		if as != nil {
			c = s.As(t, as)
		}
		if c.Get(path).Has("Mettre à la une") {
			t.Errorf("%s has the button", who)
		}
		if got := c.Post(path+"/agir", act("pin")).Status; got != http.StatusForbidden && got != http.StatusUnauthorized {
			t.Errorf("%s features: got %d", who, got)
		}
	}
	member, admin := s.As(t, s.node.Contributor), s.As(t, s.node.Admin) // what visitors are shown is kept for a minute
	if got := now(member.Get("/").Body); got != "" {
		t.Errorf("before: got %s", got)
	}
	if a := admin.Post(path+"/agir", act("pin")); a.Status != http.StatusSeeOther || a.Location != path {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	if got := now(member.Get("/").Body); !strings.Contains(got, "Une fiche à la une</a>") || !strings.Contains(got, "<strong>À la une</strong>") {
		t.Errorf("got %s", got)
	}
	if page := admin.Get(path); !page.Has("la page d", "Retirer de la une") || page.Has("Mettre à la une") {
		t.Error("the page does not offer to take it back")
	}
	if got := admin.Post(path+"/agir", act("unpin")).Status; got != http.StatusSeeOther {
		t.Errorf("take it out: got %d", got)
	}
	if got := now(member.Get("/en/").Body); got != "" {
		t.Errorf("after: got %s", got)
	}
}

// Without a choice of the lab, home says what is timely, and until when.
func TestHomeSaysWhatIsTimely(t *testing.T) {
	s := newSite(t)
	last := s.node.Store.Now().AddDate(0, 0, 9)
	s.publish(t, s.node.Admin, &store.Call{Closes: last.Format("2006-01-02"), Record: store.Record{
		Kind: "call", Title: "Appel à défis", Pitch: "Qu'est-ce qui vous gêne ?", Audience: store.Public, Lang: "fr",
	}})
	got := now(s.Visitor(t).Get("/").Body)
	if want := "Ouvert jusqu&#39;au " + assets.Lang("fr").Date(last); !strings.Contains(got, want) || !strings.Contains(got, "Qu&#39;est-ce qui vous gêne ?") {
		t.Errorf("got %s, want %q in it", got, want)
	}
}
