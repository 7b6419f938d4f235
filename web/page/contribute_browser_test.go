//go:build browser

package page

import (
	"net/http"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/browsertest"
)

// TestOpenFormInABrowser looks at the pages for people without an account, without
// JavaScript.
func TestOpenFormInABrowser(t *testing.T) {
	s := newSite(t)
	withMail(t, s)
	answers := s.needAnswers(t, "Un animateur")
	answers.Set("reach", "1")
	link := s.contribute(t, answers)
	r := &s.needs(t)[0].Record
	for _, m := range []store.Moderation{{Act: store.Hide, Reason: "faux"}, {Act: store.Undo}, {Act: store.Ask, Text: "Quels jours ?"}} {
		m.Record = r.ID
		if err := s.node.Moderate(t.Context(), s.viewer(s.node.Admin), m, nil); err != nil {
			t.Fatal(err)
		}
	}
	b := browsertest.Start(t)
	page := federation.PagePath(r)
	for _, path := range []string{"/contribuer", needForm, "/contribuer/merci", "/contribuer/lien", link, link + "/supprimer", "/moderation", page, page + relayEnd} {
		t.Run(path, func(t *testing.T) {
			p := b.Open(t, s.Server.URL+path, browsertest.View{NoScript: true})
			if p.Status() != http.StatusOK {
				t.Errorf("got %d", p.Status())
			}
			p.CheckLooks(t)
		})
	}
}
