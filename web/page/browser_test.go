//go:build browser

package page

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/webtest"
)

// TestPagesInABrowser looks at every kind of page in Chromium, without JavaScript, as
// an administrator, who sees the most.
func TestPagesInABrowser(t *testing.T) {
	s, own, mirrored, note := full(t)
	s.everything(t, own)
	base, err := url.Parse(webtest.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	cookies := s.As(t, s.node.Admin).HTTP.Jar.Cookies(base)
	path := federation.PagePath(own)
	for _, page := range []string{
		"/", "/experimentations", "/experimentations?stage=mandat&origine=ici", path, federation.PagePath(mirrored), federation.PagePath(note),
		"/lab", "/membres", "/@yann", "/reseau", "/reseau/calanques.example/calanques", "/fil", "/themes/mobilite", "/accessibilite", "/mentions-legales", "/donnees-personnelles", "/plan-du-site", "/charte", "/besoins/nouvelle",
		newExperiment, path + "/modifier", path + "/supprimer", "/actualites/nouvelle?sur=" + own.ID.String(), "/reseau/suivre",
		"/chiffres", "/bilan/" + s.node.Store.Now().Format("2006"), "/abonnements", "/suivre", "/integrer?liste=agenda", "/embed/experimentations", path + "/affiche",
	} {
		t.Run(page, func(t *testing.T) {
			p := b.Open(t, s.Server.URL+page, browsertest.View{NoScript: true, Cookies: cookies})
			if p.Status() != http.StatusOK {
				t.Errorf("got %d", p.Status())
			}
			p.CheckLooks(t)
		})
	}
}

// everything gives the site one of each thing that a page can show.
func (s *site) everything(t *testing.T, own *store.Record) {
	t.Helper()
	c := s.As(t, s.node.Admin)
	form := formOf(t, c, federation.PagePath(own)+"/modifier")
	form.Set("stage", "evaluation")
	form.Set("problem", "Le samedi, personne ne vient.")
	form.Set("status", "arrete")
	form.Set("outcome", "appris")
	form.Set("body", "## Ce qui clochait\n\nUn *mot*.\n\n| a | b |\n|---|---|\n| 1 | 2 |")
	s.saved(t, send(t, c, federation.PagePath(own)+"/modifier", form, nil))
	form = formOf(t, c, federation.PagePath(own)+"/modifier")
	form.Set("problem", "Les horaires ne suivent pas la marée.")
	form.Set("problemWhy", "Trente conversations.")
	form.Set("image-alt", "Une cale")
	s.saved(t, send(t, c, federation.PagePath(own)+"/modifier", form, pixels(t)))
	for i, state := range []store.FollowState{store.Asked, store.Refused, store.Accepted} {
		other := s.neighbour(t, []string{"demande", "refus", "perdu"}[i])
		s.follow(t, s.node.Lab, other, state)
	}
	s.update(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		lab.Interest = store.Interest{Category: "labo-prive", CommercialIntent: "oui"}
		return errors.Join(tx.PutActor(lab), tx.PutCharter("Ici, on **ose**.\n\n## Nos règles\n\n- Écouter\n\n#### Et après", "fr"), tx.PutStatements(&store.Statements{
			Publisher: "Région Exemple", PublisherAddress: "1 place de la Région\n35000 Rennes", PublisherMail: "contact@region.test", Host: "Hébergeur Exemple",
			Officer: "Nolwenn Exemple", OfficerMail: "dpd@region.test", AuditDate: tx.Now().AddDate(0, -1, 0).Format(time.DateOnly), Auditor: "Cabinet Exemple",
			Rate: 72.5, Average: 80, Failures: "- Une carte sans alternative\n- Un contraste", Burdens: "Des vidéos", Exempt: "Des fonds de carte", Sample: "L'accueil\nUne fiche",
			Tools: "axe", Environments: "Firefox et NVDA", Declared: tx.Now().Format(time.DateOnly), Scheme: "https://region.test/schema", ContactMail: "aide@region.test",
			ContactForm: "https://region.test/aide", Defender: "Rennes, 02 00 00 00 00",
		}))
	})
	s.update(t, func(tx *store.Txn) error {
		tx.PutLane(&store.Lane{Host: "perdu.example", State: store.Lost, Since: tx.Now()})
		return nil
	})
}

// TestSubscriptionPagesInABrowser looks at the pages of those who want letters.
func TestSubscriptionPagesInABrowser(t *testing.T) {
	s := newSite(t)
	s.pages.Mail = mail.New(mail.Config{Host: "127.0.0.1", Port: 25, Protection: mail.Plain, From: "labo@estran.test"})
	s.pages.Letters = letters.New(letters.Config{Store: s.node.Store, Mail: s.pages.Mail, Words: s.frame.Renderer.Catalog, BaseURL: webtest.BaseURL, Zone: time.UTC})
	var subscriber *store.Subscriber
	var waiting string
	s.update(t, func(tx *store.Txn) (err error) {
		want := store.PendingSubscription{Lang: "fr", Path: "/besoins?means=machine", Pace: store.Weekly}
		waiting = tx.AskSubscription("ana@exemple.test", want)
		subscriber, err = tx.ConfirmSubscription(tx.AskSubscription("ana@exemple.test", want), time.UTC)
		return err
	})
	token, err := s.pages.Letters.ManageToken(t.Context(), subscriber)
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	for _, page := range []string{"/abonnements?liste=/besoins?means=machine", letters.ManagePath + token, letters.ConfirmPath + waiting} {
		t.Run(page, func(t *testing.T) {
			p := b.Open(t, s.Server.URL+page, browsertest.View{NoScript: true})
			if p.Status() != http.StatusOK {
				t.Errorf("got %d", p.Status())
			}
			p.CheckLooks(t)
		})
	}
}
