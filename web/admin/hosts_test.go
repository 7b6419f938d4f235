package admin_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/webtest"
)

// followed lets the lab follow a stranger.
func followed(t *testing.T, s *site, name string, state store.FollowState) *store.Actor {
	t.Helper()
	a := stranger(t, s, name)
	s.update(t, func(tx *store.Txn) error {
		tx.PutFollow(&store.Follow{Follower: s.Lab.ID, Followed: a.ID, State: state, IRI: s.Lab.IRI + "/follows/" + name, Asked: tx.Now()})
		tx.CountExchange(name + ".example")
		return nil
	})
	return a
}

func TestNetworkShowsHowExchangesGo(t *testing.T) {
	s := serve(t, webtest.New(t), func(c *admin.Config) {
		c.Software = func(_ context.Context, host string) string { return "essaim-sur-" + host }
	})
	followed(t, s, "calme", store.Accepted)
	refusing := followed(t, s, "fier", store.Refused)
	silent := followed(t, s, "silent", store.Accepted)
	s.update(t, func(tx *store.Txn) error {
		tx.PutLane(&store.Lane{Host: "calme.example", LastOK: tx.Now(), Scheme: "ed25519"})
		tx.PutLane(&store.Lane{Host: "silent.example", State: store.Failing, Since: tx.Now(), NextAt: tx.Now(), Fails: 7, Error: "timeout"})
		tx.PutSync(&store.Sync{Actor: silent.ID, Problem: store.ProblemUnreachable})
		tx.Enqueue(store.Outgoing{Actor: s.Lab.ID, Verb: "Create", Body: []byte("{}")}, []store.Recipient{{Actor: silent.ID, Inbox: silent.Inbox}})
		return nil
	})
	c := s.As(t, s.Admin)
	page := c.Get("/admin/reseau")
	order := []string{`serveurs/fier.example"`, `serveurs/silent.example"`, `serveurs/calme.example"`}
	at := -1
	for _, link := range order {
		if i := strings.Index(page.Body, link); i <= at {
			t.Errorf("%s stands at %d, after %d", link, i, at)
		} else {
			at = i
		}
	}
	if !page.Has("CALME", "Ed25519 (RFC 9421)", "Abonnement refusé", "pas répondu à temps", "0,1") {
		t.Errorf("got:\n%s", page.Body)
	}
	one := c.Get("/admin/reseau/serveurs/silent.example")
	if !one.Has("SILENT", "Dernier problème", "essaim-sur-silent.example", "Abandonner 1 envoi", "Le site de ce labo ne répond pas", "Reçu jour par jour") {
		t.Errorf("got:\n%s", one.Body)
	}
	if a := c.Get("/en/admin/reseau/serveurs/fier.example"); !a.Has("Follow refused", "Ask again to follow", `value="`+refusing.ID.String()+`"`) {
		t.Errorf("got:\n%s", a.Body)
	}
	for _, path := range []string{"", "/oublier"} {
		if a := c.Get("/admin/reseau/serveurs/nowhere.example" + path); a.Status != http.StatusNotFound {
			t.Errorf("%q of a host that nobody knows: got %d", path, a.Status)
		}
	}
}

func TestHostIsPausedResumedAndForgotten(t *testing.T) {
	s := serve(t, webtest.New(t))
	silent := followed(t, s, "silent", store.Accepted)
	asks(t, s, silent)
	c, path := s.As(t, s.Admin), "/admin/reseau/serveurs/silent.example"
	do := func(pairs ...string) {
		t.Helper()
		if a := c.Post(path, form(pairs...)); a.Status != http.StatusSeeOther || a.Location != path {
			t.Errorf("%v: got %d to %s", pairs, a.Status, a.Location)
		}
	}
	do("do", "pause")
	if a := c.Get(path); !a.Has("En pause", `value="resume"`) || a.Has(`value="retry"`) {
		t.Errorf("paused: got:\n%s", a.Body)
	}
	if a := c.Get("/admin"); !a.Has("Les échanges avec 1 serveur sont en pause") {
		t.Error("the dashboard does not tell of the pause")
	}
	do("do", "follow", "actor", silent.ID.String())
	if a := c.Get("/admin/livraisons"); !a.Has("En pause", path) || s.waiting(t, "silent.example") != 1 {
		t.Errorf("deliveries: got:\n%s", a.Body)
	}
	do("do", "resume")
	do("do", "retry")
	if !slices.Equal(s.worker.retried, []string{"silent.example", "silent.example"}) {
		t.Errorf("the worker was asked for %v", s.worker.retried)
	}
	if a := c.Post(path, form("do", "explode")); a.Status != http.StatusBadRequest {
		t.Errorf("an unknown act: got %d", a.Status)
	}
	if a := c.Get(path + "/oublier"); !a.Has("1 abonnement du labo est arrêté", "1 envoi en attente est abandonné", "Un blocage de ce serveur reste") {
		t.Errorf("asking: got:\n%s", a.Body)
	}
	if a := c.Post(path+"/oublier", form("refuse", "1")); a.Status != http.StatusSeeOther || a.Location != "/admin/reseau" {
		t.Errorf("forget: got %d to %s", a.Status, a.Location)
	}
	s.view(t, func(tx *store.Txn) error {
		if f, err := tx.Follow(silent.ID, s.Lab.ID); err != nil || f.State != store.Refused || tx.Follows(s.Lab.ID, silent.ID) {
			t.Errorf("follows are left: %+v, %v", f, err)
		}
		return nil
	})
}

// counted is what an inbox refused.
type counted store.Rejects

func (c counted) Recent(context.Context) (store.Rejects, error) { return store.Rejects(c), nil }

func TestRejectsAreShownWithWhatToDo(t *testing.T) {
	rejects := counted{
		store.RejectSignature: {"calme.example": 3, "": 2, "a.example": 1, "b.example": 1, "c.example": 1, "d.example": 1},
		store.RejectTooLarge:  {"calme.example": 1},
	}
	s := serve(t, webtest.New(t), func(c *admin.Config) { c.Rejects = rejects })
	page := s.As(t, s.Admin).Get("/admin/livraisons")
	if !page.Has("Signature fausse", "calme.example (3), sans nom (2), a.example (1)", "…", "vérifier l&#39;heure de sa machine", "federation.max_body") || page.Has("d.example") {
		t.Errorf("got:\n%s", page.Body)
	}
	rejects[store.RejectSignature], rejects[store.RejectTooLarge] = nil, nil
	if a := s.As(t, s.Admin).Get("/en/admin/livraisons"); !a.Has("Nothing was refused") {
		t.Errorf("got:\n%s", a.Body)
	}
}

// Every reason has its words and its advice.
func TestRejectReasonsHaveWords(t *testing.T) {
	s := serve(t, webtest.New(t))
	for _, why := range store.RejectReasons {
		for _, key := range []string{"reject.why.", "reject.do."} {
			if !s.config.Frame.Renderer.Catalog.Has("fr", key+string(why)) || !s.config.Frame.Renderer.Catalog.Has("en", key+string(why)) {
				t.Errorf("%s%s is not translated", key, why)
			}
		}
	}
}
