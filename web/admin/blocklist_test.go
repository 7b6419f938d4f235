package admin_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// sendList sends a file to the import of blocks.
func sendList(t *testing.T, c *webtest.Client, list string, more url.Values) webtest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if list != "" {
		f, err := w.CreateFormFile("file", "domain_blocks.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(list)); err != nil {
			t.Fatal(err)
		}
	}
	for key, values := range more {
		if err := w.WriteField(key, values[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Do(http.MethodPost, "/admin/blocages/importer", &body, http.Header{"Content-Type": {w.FormDataContentType()}, "Sec-Fetch-Site": {"same-origin"}})
}

func TestListOfBlocksIsShownBeforeItIsApplied(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin/blocages/importer"); a.Status != http.StatusOK || !a.Has(`type="file"`) {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	list := "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n" +
		"spam.example,suspend,true,true,Publicité,false\nSPAM.example.,suspend,,,,\nbruit.example,silence,,,,true\nestran.test,suspend,,,,\nsp**.example,suspend,,,,\nx.example,noop,,,,\n"
	shown := sendList(t, c, list, nil)
	if !shown.Has("spam.example", "Publicité", "Appliquer 2 lignes", "Déjà plus haut dans la liste", "notre propre nom", "Le nom est masqué dans la liste") {
		t.Errorf("got %d:\n%s", shown.Status, shown.Body)
	}
	if got := hosts(t, s.Node); got != "" {
		t.Fatalf("applied before it was shown: %s", got)
	}
	if a := sendList(t, c, "", url.Values{"list": {list}, "apply": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if got := hosts(t, s.Node); got != "bruit.example silence, spam.example suspend" {
		t.Errorf("got %s", got)
	}
	again := sendList(t, c, c.Get("/admin/blocages.csv").Body, nil)
	if !again.Has("est déjà le cas") || again.Has("Appliquer") {
		t.Errorf("its own export:\n%s", again.Body)
	}
	if a := sendList(t, c, "\x00\x01", nil); a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusOK {
		t.Errorf("no list: got %d", a.Status)
	}
	if a := sendList(t, s.As(t, s.Contributor), list, nil); a.Status != http.StatusForbidden {
		t.Errorf("a contributor: got %d", a.Status)
	}
	if a := s.Visitor(t).Get("/moderation"); a.Status == http.StatusOK && !a.Has("Publicité") {
		t.Errorf("the public log:\n%s", a.Body)
	}
}

func hosts(t *testing.T, n *webtest.Node) string {
	t.Helper()
	var all []string
	err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		for b := range tx.DomainBlocks() {
			all = append(all, b.Host+" "+string(b.Level()))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

func TestMemberReportsAndModeratorsDecide(t *testing.T) {
	s := serve(t, webtest.New(t))
	member, admin := s.As(t, s.Contributor), s.As(t, s.Admin)
	uri := s.Lab.IRI
	if a := member.Get("/signaler?" + url.Values{"uri": {uri}}.Encode()); a.Status != http.StatusOK || !a.Has("Estran", `name="text"`) {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if a := member.Post("/signaler", form("uri", uri, "text", "")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a text: got %d", a.Status)
	}
	if a := member.Post("/signaler", form("uri", uri, "text", "zqreportqz")); a.Location != "/mon-compte/signalements" {
		t.Fatalf("got %d to %s", a.Status, a.Location)
	}
	if a := member.Get("/mon-compte/signalements"); !a.Has("zqreportqz", "En attente") {
		t.Errorf("got:\n%s", a.Body)
	}
	var id store.ID
	err := s.Store.View(t.Context(), func(tx *store.Txn) error {
		for r := range tx.Reports() {
			id = r.ID
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := admin.Get("/admin/signalements"); !a.Has("zqreportqz", `value="dismiss"`) {
		t.Errorf("got:\n%s", a.Body)
	}
	for range 2 { // somebody else was quicker the second time
		if a := admin.Post("/admin/signalements", form("report", id.String(), "act", "dismiss")); a.Status != http.StatusSeeOther {
			t.Errorf("got %d:\n%s", a.Status, a.Body)
		}
	}
	if a := member.Get("/mon-compte/signalements"); !a.Has("Classé sans suite") {
		t.Errorf("got:\n%s", a.Body)
	}
	if a := member.Get("/signaler?uri=https://nowhere.example/x"); a.Status != http.StatusNotFound {
		t.Errorf("about nothing: got %d", a.Status)
	}
}

func TestSuspendedMemberNeitherSignsInNorActs(t *testing.T) {
	s := serve(t, webtest.New(t))
	member, admin := s.As(t, s.Contributor), s.As(t, s.Admin)
	if a := admin.Post("/admin/comptes", form("account", "@yann", "act", "suspend-actor")); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if a := member.Get("/mon-compte"); a.Status != http.StatusSeeOther {
		t.Errorf("the session of the suspended: got %d", a.Status)
	}
	signIn := form("login", "yann", "password", webtest.Password)
	if a := s.Visitor(t).Post("/connexion", signIn); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("signing in: got %d", a.Status)
	}
	if a := admin.Post("/admin/comptes", form("account", "@maelle", "act", "suspend-actor")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("oneself: got %d", a.Status)
	}
	if a := admin.Post("/admin/comptes", form("account", "@nobody@nowhere.example", "act", "limit-actor")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("nobody: got %d", a.Status)
	}
	if a := admin.Get("/admin/comptes"); !a.Has("Yann Le Goff", "Rétablir") {
		t.Errorf("got:\n%s", a.Body)
	}
	if a := admin.Post("/admin/comptes", form("account", "@yann", "act", "lift-actor")); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	if a := s.Visitor(t).Post("/connexion", signIn); a.Status != http.StatusSeeOther {
		t.Errorf("restored: got %d", a.Status)
	}
}
