package admin_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

func TestWhatIsErasedIsGoneForEver(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	r := s.contribute(t, "Un animateur")
	if a := s.decide(t, c, r, "act", "erase"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: got %d", a.Status)
	}
	if a := s.decide(t, c, r, "act", "erase", "reason", "publicite"); a.Status != http.StatusOK || !a.Has("définitif", "Un animateur", `name="sure" value="1"`) {
		t.Errorf("nobody asks whether that is meant: got %d:\n%s", a.Status, a.Body)
	}
	s.contribution(t, r)
	if a := s.decide(t, c, r, "act", "erase", "reason", "publicite", "sure", "1"); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	s.view(t, func(tx *store.Txn) error {
		if _, err := tx.RecordByIRI(r.IRI); !errors.Is(err, store.ErrGone) {
			t.Errorf("got %v, want ErrGone", err)
		}
		return nil
	})
	page := c.Get("/admin/moderation")
	if !page.Has("Effacée", "Publicité") || page.Has(`name="entry"`) || page.Has("Un animateur") {
		t.Errorf("the log names it, or takes it back:\n%s", page.Body)
	}
}

func TestReadyQuestionsAreInTheLanguageOfTheAuthor(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	r := s.contribute(t, "Un animateur") // its author reads English
	if !c.Get("/admin/moderation").Has("Est-ce toujours d&#39;actualité") {
		t.Error("the ready questions are not offered")
	}
	if a := s.decide(t, c, r, "act", "draft", "ready", "actuel"); a.Status != http.StatusOK || !a.Has("<details open>", ">Is this still so?</textarea>") {
		t.Errorf("the words are not there to be changed: got %d:\n%s", a.Status, a.Body)
	}
	for _, x := range []struct{ ready, typed, want string }{
		{"actuel", "Is this still so in May?", "Is this still so in May?"},
		{"actuel", "", "Is this still so?"},
	} {
		s.decide(t, c, r, "act", "ask", "ready", x.ready, "question", x.typed)
		if got := s.contribution(t, r).Question; got != x.want {
			t.Errorf("%+v: got %q", x, got)
		}
	}
	if a := s.decide(t, c, r, "act", "ask", "ready", "bof"); a.Status != http.StatusUnprocessableEntity || !a.Has("<details open>") {
		t.Errorf("no question: got %d", a.Status)
	}
}

// placed writes a need without an account, somewhere.
func (s *site) placed(t *testing.T, title string, lon, lat float64) {
	t.Helper()
	it := &store.Need{
		Record: store.Record{
			Kind: "need", Title: title, Pitch: "Deux jours par mois.", Lang: "fr", Byline: "Ana",
			Place: store.Place{Name: "Le port", Lon: lon, Lat: lat, Precision: store.Exact},
		},
		Mutual: store.Mutual{Means: "facilitation"},
	}
	err := s.Publish(t.Context(), store.Viewer{Form: true}, &federation.Activity{Verb: "Create", Actor: s.Lab.IRI, Item: it, Contribution: &store.Contribution{}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSimilarNamesNearbyAreTold(t *testing.T) {
	s := serve(t, webtest.New(t))
	s.placed(t, "Atelier réparation du port", -4.48, 48.38)
	s.placed(t, "L'atelier de réparation du Port", -4.47, 48.38)
	s.placed(t, "Bateau à partager", -4.48, 48.38)
	s.placed(t, "Atelier réparation du port !", -1.67, 48.11) // elsewhere
	page := s.As(t, s.Admin).Get("/admin/moderation").Body
	if got := strings.Count(page, "Nom proche, tout près"); got != 2 {
		t.Errorf("got %d pairs told, want 2:\n%s", got, page)
	}
	if !strings.Contains(page, "(à 700 m)") || strings.Contains(page, "Bateau à partager (") {
		t.Errorf("how far away, or something else:\n%s", page)
	}
}

var entryOnPage = regexp.MustCompile(`name="entry" value="(\d+)"`)

func TestDecisionsAreTakenBackFromTheLogForATime(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	r := s.contribute(t, "Un animateur")
	s.decide(t, c, r, "act", "verify")
	by := store.Viewer{Actor: s.Admin.IRI, Local: true, Role: store.Admin}
	for _, do := range []func() error{
		func() error { return s.Node.HideRecord(t.Context(), by, r.IRI) },
		func() error {
			return s.Node.Restrict(t.Context(), by, s.Contributor.IRI, store.SuspendActor)
		},
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
		entry := entryOnPage.FindStringSubmatch(c.Get("/admin/moderation").Body)
		if entry == nil {
			t.Fatal("the newest decision cannot be taken back")
		}
		if a := c.Post("/admin/moderation", form("act", "undo", "entry", entry[1])); a.Status != http.StatusSeeOther {
			t.Errorf("got %d:\n%s", a.Status, a.Body)
		}
		c.Post("/admin/moderation", form("act", "undo", "entry", entry[1]))
		if !c.Get("/admin/moderation").Has("vient de changer") {
			t.Error("it was taken back twice")
		}
	}
	s.view(t, func(tx *store.Txn) error {
		it, err := tx.Record(r.ID)
		if err != nil || it.Envelope().Audience != store.Public {
			t.Errorf("the record is shown to %q, %v", it.Envelope().Audience, err)
		}
		if a, err := tx.AccountOf(s.Contributor.ID); err != nil || a.Suspended {
			t.Errorf("the account is closed: %v", err)
		}
		return nil
	})
	s.decide(t, c, r, "act", "hide", "reason", "faux")
	for days, want := range map[int]bool{29: true, 31: false} {
		later := s.At(t, func() time.Time { return s.Store.Now().AddDate(0, 0, days) })
		err := later.View(t.Context(), func(tx *store.Txn) error {
			for e := range tx.Moderations() {
				if got := tx.CanTakeBack(e); got != want {
					t.Errorf("%s after %d days: got %t, want %t", e.Deed, days, got, want)
				}
				break // the newest
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if a := s.As(t, s.Contributor).Post("/admin/moderation", form("act", "undo", "entry", "1")); a.Status != http.StatusForbidden {
		t.Errorf("by a contributor: got %d", a.Status)
	}
}
