package admin_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/webtest"
)

func TestMemberTakesEverythingAlong(t *testing.T) {
	picture := strings.Repeat("a1", 32) + ".png"
	files := fstest.MapFS{picture: {Data: []byte("zqpictureqz")}}
	s := serve(t, webtest.New(t), func(c *admin.Config) { c.OpenFile = files.Open })
	by := store.Viewer{Actor: s.Contributor.IRI, Local: true}
	sheet := &store.Experiment{Stage: "idees", Record: store.Record{Kind: "experiment", Title: "zqsheetqz", Pitch: "x", Lang: "fr", Audience: store.Team}}
	if err := s.Publish(t.Context(), by, &federation.Activity{Verb: "Create", Actor: s.Lab.IRI, Item: sheet}); err != nil {
		t.Fatal(err)
	}
	err := s.Store.Update(t.Context(), func(tx *store.Txn) error {
		tx.PutDisclosure(s.Contributor.ID, &store.Disclosure{To: "zqcontactqz", Path: "/lab"})
		tx.PutReport(&store.Report{Reporter: s.Contributor.IRI, Target: s.Lab.IRI, Text: "zqreportqz"})
		tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: sheet.ID, Actor: s.Contributor.ID, IRI: "zqlikeqz"})
		tx.PutBlock(&store.Block{Blocker: s.Contributor.ID, Blocked: s.Lab.ID})
		account, err := tx.AccountOf(s.Contributor.ID)
		if err != nil {
			return err
		}
		tx.PutFactors(account.ID, &store.Factors{
			TOTP: &store.TOTP{Secret: []byte("zqtotpqz"), Since: tx.Now()}, Recovery: [][]byte{store.HashSecret("zqcodeqz")},
			Passkeys: []store.Passkey{{Name: "zqpasskeyqz", ID: []byte("x"), Credential: []byte(`"zqcredentialqz"`)}},
		})
		tx.PutApp(&store.App{ID: "app", Name: "zqappqz"})
		tx.PutToken("zqtokenqz", &store.Token{Account: account.ID, App: "app", Scopes: []string{"read"}})
		tx.PutLogin(&store.Login{Account: account.ID, Device: "zqdeviceqz", Expires: tx.Now().Add(time.Hour)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	own := &store.News{Record: store.Record{Kind: "news", Body: "zqownqz", Lang: "fr", Audience: store.Unlisted}}
	own.Pictures = []store.Image{{URL: webtest.BaseURL + "/media/" + picture}, {URL: webtest.BaseURL + "/media/" + strings.Repeat("0", 64) + ".png"}}
	if err := s.Publish(t.Context(), by, &federation.Activity{Verb: "Create", Actor: s.Contributor.IRI, Item: own}); err != nil {
		t.Fatal(err)
	}
	c := s.As(t, s.Contributor)
	if a := c.Get("/mon-compte/donnees"); a.Status != http.StatusOK || !a.Has("zqcontactqz", "/mon-compte/donnees.zip", "/mon-compte/supprimer") {
		t.Errorf("got %d:\n%s", a.Status, a.Body)
	}
	a := c.Get("/mon-compte/donnees.zip")
	z, err := zip.NewReader(strings.NewReader(a.Body), int64(len(a.Body)))
	if err != nil {
		t.Fatalf("got %d, %v", a.Status, err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f.Name + "\n")
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"zqsheetqz", "zqcontactqz", "zqreportqz", "zqownqz", "images/" + picture, "zqpictureqz", "zqlikeqz", "zqpasskeyqz", "zqappqz", "zqdeviceqz", "codes", "blocks", "yann@estran.test", "index.html", "profil.json", "abonnements.csv", "Yann Le Goff"} {
		if !strings.Contains(all.String(), text) {
			t.Errorf("%s is missing", text)
		}
	}
	for _, secret := range []string{"argon2id", "PRIVATE", "zqtotpqz", "zqcodeqz", "zqcredentialqz", "zqtokenqz", base64.StdEncoding.EncodeToString([]byte("zqtotpqz"))} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("it holds %s", secret)
		}
	}
	if a := s.Visitor(t).Get("/mon-compte/donnees.zip"); a.Status != http.StatusSeeOther {
		t.Errorf("a visitor: got %d", a.Status)
	}
}

func TestMemberLeavesAndIsForgotten(t *testing.T) {
	s := serve(t, webtest.New(t))
	by := store.Viewer{Actor: s.Contributor.IRI, Local: true}
	own := &store.News{Record: store.Record{Kind: "news", Body: "zqownqz", Lang: "fr", Audience: store.Public}}
	profile := *s.Contributor
	profile.Summary, profile.Icon = "zqsummaryqz", &store.Image{URL: webtest.BaseURL + "/media/zqiconqz.png"}
	for _, a := range []*federation.Activity{{Verb: "Create", Item: own}, {Verb: "Update", Profile: &profile}} {
		a.Actor = s.Contributor.IRI
		if err := s.Publish(t.Context(), by, a); err != nil {
			t.Fatal(err)
		}
	}
	c := s.As(t, s.Contributor)
	if a := c.Get("/mon-compte/supprimer"); a.Status != http.StatusOK || !a.Has("sauvegardes") {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if a := c.Post("/mon-compte/supprimer", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	err := s.Store.View(t.Context(), func(tx *store.Txn) error {
		if _, err := tx.AccountOf(s.Contributor.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the account: got %v, want ErrNotFound", err)
		}
		a, err := tx.Actor(s.Contributor.ID)
		if err == nil && (a.Deleted.IsZero() || a.Name != "") {
			t.Errorf("the profile: got %+v", a)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Get("/mon-compte"); a.Status != http.StatusSeeOther {
		t.Errorf("the session: got %d", a.Status)
	}
	for _, text := range []string{"yann@estran.test", "zqownqz", "zqsummaryqz", "zqiconqz", "Yann Le Goff"} {
		if s.Holds(t, text) {
			t.Errorf("%s is still in the store", text)
		}
	}
}
