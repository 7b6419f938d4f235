package page

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// copiedLab is a lab that is followed and copied as change says.
func (s *site) copiedLab(t *testing.T, change func(*store.Sync)) *store.Actor {
	t.Helper()
	other := s.neighbour(t, "calanques")
	s.follow(t, s.node.Lab, other, store.Accepted)
	s.update(t, func(tx *store.Txn) error {
		tx.OpenCatalogue(other.IRI)
		for _, id := range []string{"1", "2"} {
			tx.PutListed(other.IRI, &store.Listed{IRI: "https://calanques.example/o/" + id, Kind: "experiment"}, false)
		}
		c := &store.Sync{Actor: other.ID, Phase: store.SyncPages, Theirs: map[string]int{"experiment": 1234, store.MemberKind: 5}}
		change(c)
		tx.PutSync(c)
		return nil
	})
	return other
}

const copiedPage = "/reseau/calanques.example/calanques"

func TestCopyShowsHowFarItIs(t *testing.T) {
	s := newSite(t)
	s.copiedLab(t, func(*store.Sync) {})
	words := s.frame.Renderer.Catalog.T("fr", "copy.done", "done", 2, "total", 1239)
	for _, path := range []string{copiedPage, "/reseau"} {
		if a := s.Visitor(t).Get(path); !strings.Contains(words, "sur") || !a.Has(words) {
			t.Errorf("%s: does not say how much is here: %s", path, a.Body)
		}
	}
	a := s.Visitor(t).Get(copiedPage)
	if !a.Has(`<progress`, `max="1239"`, "Expérimentation", "Membre") || a.Has("Enregistrer et comparer") {
		t.Errorf("a visitor sees: %s", a.Body)
	}
}

func TestCopySaysWhatIsWrong(t *testing.T) {
	for _, p := range []store.SyncProblem{
		store.ProblemUnreachable, store.ProblemRefused, store.ProblemMalformed, store.ProblemEndless, store.ProblemTooLarge, store.ProblemDigest,
	} {
		s := newSite(t)
		s.copiedLab(t, func(c *store.Sync) {
			c.Phase, c.Foreign, c.Refused = store.SyncLive, 2, 1
			c.Fail(p, time.Now())
		})
		words := s.frame.Renderer.Catalog.T("fr", "copy.problem."+string(p))
		a := s.Visitor(t).Get(copiedPage)
		if words == "" || strings.HasPrefix(words, "copy.") || !a.Has(template.HTMLEscapeString(words), "3 fiches laissées de côté") {
			t.Errorf("%s: %q is not on the page", p, words)
		}
	}
}

func TestCompleteCopySaysWhenItWasCompared(t *testing.T) {
	s := newSite(t)
	s.copiedLab(t, func(c *store.Sync) {
		c.Phase, c.Checked, c.Wants = store.SyncLive, time.Now(), store.Selection{Kinds: []string{"news"}, Themes: []string{"mobilite"}}
	})
	if a := s.Visitor(t).Get(copiedPage); !a.Has("Tout est là", "Nous ne gardons que") || a.Has("<progress") {
		t.Errorf("got %s", a.Body)
	}
	if a := s.Visitor(t).Get("/reseau"); !a.Has("à jour le") {
		t.Errorf("the network page does not say how fresh it is")
	}
}

// Who does not count what it publishes cannot be compared with.
func TestCopyOfWhoDoesNotCountSaysThatItWasRead(t *testing.T) {
	s := newSite(t)
	s.copiedLab(t, func(c *store.Sync) { c.Phase, c.Checked, c.Theirs = store.SyncLive, time.Now(), nil })
	if a := s.Visitor(t).Get(copiedPage); !a.Has("a été lu le") || a.Has("Tout est là") {
		t.Errorf("got %s", a.Body)
	}
}

func TestChoosingWhatIsCopied(t *testing.T) {
	s := newSite(t)
	other := s.copiedLab(t, func(c *store.Sync) { c.Phase = store.SyncLive })
	form := url.Values{"genres": {"news", "no such kind"}, "themes": {"mobilite", "x"}}
	if a := s.Visitor(t).Post(copiedPage+"/choix", form); a.Status != http.StatusUnauthorized {
		t.Errorf("a visitor: got %d, want 401", a.Status)
	}
	runner := s.As(t, s.node.Admin)
	if a := runner.Post(copiedPage+"/choix", form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	s.update(t, func(tx *store.Txn) error {
		got := tx.Sync(other.ID)
		if want := (store.Selection{Kinds: []string{"news"}, Themes: []string{"mobilite"}}); !got.Wants.Equal(want) || got.Phase != store.SyncNew || got.Next.IsZero() {
			t.Errorf("got %+v, want %+v, to be copied now", got, want)
		}
		return nil
	})
	if a := runner.Get(copiedPage); !a.Has(`value="news" checked`, `value="mobilite" checked`) {
		t.Errorf("the form does not show what was chosen")
	}
}
