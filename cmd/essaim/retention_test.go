package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
)

// TestWhatIsKeptIsSaidAndDone sets how long what is about people is kept, reads it on
// the page about personal data, and lets that time pass.
func TestWhatIsKeptIsSaidAndDone(t *testing.T) {
	n := testNode(t, func(o *nodeOptions) {
		o.config.Mail.Host, o.config.Mail.From = "127.0.0.1", "labo@estran.test"
		o.config.Retention = RetentionConfig{
			Reports: Duration{41 * day}, Contacts: Duration{42 * day}, SignIns: Duration{43 * day}, Letters: Duration{4 * day}, Backups: Duration{45 * day},
		}
	})
	if _, err := n.door.SetUp(t.Context(), store.Actor{Handle: "estran", Name: "Labo", Lang: "fr", Territory: []string{"region:53"}}); err != nil {
		t.Fatal(err)
	}
	said := n.page(t, "/donnees-personnelles")
	for _, want := range []string{"gardés 41 jours", "votre adresse 42 jours", "les connexions 43 jours", "plus de 4 j", "effacé 45 jours"} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n.sessions.Idle != 43*day || n.mail.Keep != 4*day {
		t.Errorf("sessions last %v, letters %v", n.sessions.Idle, n.mail.Keep)
	}
	shelf := shelfIn(n.dir)
	if err := shelf.Open(); err != nil {
		t.Fatal(err)
	}
	for _, age := range []time.Duration{0, 44 * day, 46 * day} {
		if err := os.WriteFile(filepath.Join(shelf.Dir, backup.Name(time.Now().Add(-age))), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := shelf.List(); err != nil || len(left) != 2 {
		t.Errorf("got %v, %v, want two archives", left, err)
	}
}

// TestPictureOfWhoLeavesGoes: what nothing names any more is not served for ever.
func TestPictureOfWhoLeavesGoes(t *testing.T) {
	n := testNode(t, nil)
	if _, err := n.door.SetUp(t.Context(), store.Actor{Handle: "estran", Name: "Labo", Lang: "fr", Territory: []string{"region:53"}}); err != nil {
		t.Fatal(err)
	}
	icon := n.upload(t, "1")
	lea, err := n.door.AddMember(t.Context(), store.Actor{Handle: "lea", Name: "Léa"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	does := func(a *federation.Activity) {
		t.Helper()
		a.Actor = lea.IRI
		if err := n.door.Publish(t.Context(), store.Viewer{Actor: lea.IRI, Local: true}, a); err != nil {
			t.Fatal(err)
		}
	}
	profile := *lea
	profile.Icon = &store.Image{URL: n.config.Node.BaseURL + icon}
	does(&federation.Activity{Verb: "Update", Profile: &profile})
	n.age(t)
	if err := n.tidy(t.Context()); err != nil || !n.media.Keep(icon) {
		t.Fatalf("her picture is gone: %v", err)
	}
	does(&federation.Activity{Verb: "Delete", Object: lea.IRI})
	n.age(t)
	if err := n.tidy(t.Context()); err != nil || n.media.Keep(icon) {
		t.Errorf("her picture is there still: %v", err)
	}
}

// page is what a visitor reads at a path.
func (n *node) page(t *testing.T, path string) string {
	t.Helper()
	h, err := n.handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, n.config.Node.BaseURL+path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: got %d", path, w.Code)
	}
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(w.Body.String())
}
