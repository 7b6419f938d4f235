package page

import (
	"bytes"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/essaim/essaim/store"
)

// TestVisitorsNeverSeeAMembersPage: what a member was shown is not given to a
// visitor, nor the other way round.
func TestVisitorsNeverSeeAMembersPage(t *testing.T) {
	s := newSite(t)
	s.publish(t, s.node.Admin, experiment("Entre nous", store.LabOnly))
	member, visitor := s.As(t, s.node.Contributor), s.Visitor(t)
	for range 2 {
		if !member.Get("/experimentations").Has("Entre nous", "Se déconnecter") {
			t.Error("the member sees a visitor's page")
		}
		if a := visitor.Get("/experimentations"); a.Has("Entre nous") || a.Has("Se déconnecter") {
			t.Error("the visitor sees a member's page")
		}
	}
}

func TestKeptPageIsPerLanguageThemeAndQuery(t *testing.T) {
	s := newSite(t)
	s.publish(t, s.node.Admin, experiment("Une fiche", store.Public))
	for range 2 {
		fr, en := s.Visitor(t).Get("/lab"), s.Visitor(t).Get("/en/lab")
		if !fr.Has(`<html lang="fr">`) || !en.Has(`<html lang="en">`) {
			t.Error("the languages are mixed")
		}
		if fr.Header.Get("Content-Type") != "text/html; charset=utf-8" || !slices.Contains(fr.Header.Values("Vary"), "Accept, Accept-Encoding, Cookie") || fr.Header.Get("Content-Language") != "fr" {
			t.Errorf("headers are %v", fr.Header)
		}
		dark := s.Visitor(t).Do(http.MethodGet, "/lab", nil, http.Header{"Cookie": {"theme=dark"}})
		if !dark.Has(`data-theme="dark"`) || fr.Has("data-theme") {
			t.Error("the themes are mixed")
		}
		if s.Visitor(t).Get("/experimentations?stage=mandat").Has("Une fiche") || !s.Visitor(t).Get("/experimentations?stage=signal").Has("Une fiche") {
			t.Error("the queries are mixed")
		}
	}
}

// TestEveryChangeShowsAtOnce publishes while visitors read: as soon as a change
// was answered, every later page has it.
func TestEveryChangeShowsAtOnce(t *testing.T) {
	s := newSite(t)
	h := s.handler()
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					answerTo(h, "/experimentations")
				}
			}
		})
	}
	for i := range 30 {
		r := s.publish(t, s.node.Admin, experiment("Fiche", store.Public))
		if a := answerTo(h, "/experimentations"); !bytes.Contains(a.Body.Bytes(), []byte(r.ID.String())) {
			t.Errorf("the %dth record is not in the list", i)
		}
	}
	close(done)
	readers.Wait()
}

func TestKeptPagesAreBounded(t *testing.T) {
	s := newSite(t)
	c := newKept(s.node.Node)
	big := &keptPage{status: http.StatusOK, body: make([]byte, maxKept/4)}
	for _, uri := range []string{"/1", "/2", "/2", "/3", "/4", "/5", "/6"} {
		c.put(keptKey{uri: uri}, big, c.newest())
		if c.size > maxKept || c.size != len(c.pages)*len(big.body) {
			t.Fatalf("%d bytes in %d pages", c.size, len(c.pages))
		}
	}
}
