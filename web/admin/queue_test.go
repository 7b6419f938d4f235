package admin_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// stranger puts an actor of another node into the store.
func stranger(t *testing.T, s *site, name string) *store.Actor {
	t.Helper()
	iri := "https://" + name + ".example/actors/" + name
	a := &store.Actor{
		IRI: iri, Type: store.Group, Handle: name, Host: name + ".example", Name: strings.ToUpper(name), URL: "https://" + name + ".example/",
		Summary: "<p>Bonjour <script>alert(1)</script></p>", Inbox: iri + "/inbox",
	}
	s.update(t, func(tx *store.Txn) error { return tx.PutActor(a) })
	return a
}

// asks lets an actor ask to follow the lab.
func asks(t *testing.T, s *site, a *store.Actor) {
	t.Helper()
	id := a.IRI + "/follows/1"
	raw, err := json.Marshal(map[string]string{"id": id, "type": "Follow", "actor": a.IRI, "object": s.Lab.IRI})
	if err != nil {
		t.Fatal(err)
	}
	s.update(t, func(tx *store.Txn) error {
		tx.PutFollow(&store.Follow{Follower: a.ID, Followed: s.Lab.ID, State: store.Asked, IRI: id, Activity: raw, Inbox: a.Inbox, Asked: tx.Now()})
		return nil
	})
}

// busy gives every page of the administration something to show.
func busy(t *testing.T, s *site) {
	t.Helper()
	asks(t, s, stranger(t, s, "argoat"))
	silent := stranger(t, s, "silent")
	s.contribute(t, "Un animateur")
	s.knows(t, store.Peer{
		IRI: "https://calanques.example/actors/calanques", State: store.PeerKnown, Hop: store.HopFollowed, Handle: "calanques", Host: "calanques.example",
		Name: "Labo des Calanques", Page: "https://calanques.example/@calanques", Software: "essaim 1.0", Seen: noon, Next: noon,
	})
	s.knows(t, store.Peer{IRI: "https://estuaire.example/actors/estuaire", Hop: 2, Problem: store.ProblemUnreachable, Fails: 3, Via: []string{"https://calanques.example/actors/calanques"}})
	s.contribute(t, "un Animateur")
	s.contribute(t, "Gagnez au casino")
	s.update(t, func(tx *store.Txn) error {
		now := tx.Now()
		tx.PutLane(&store.Lane{Host: "silent.example", State: store.Failing, Since: now.Add(-2 * time.Hour), NextAt: now.Add(time.Hour), Fails: 7, Error: "timeout"})
		tx.PutLane(&store.Lane{Host: "lost.example", State: store.Lost, Since: now.Add(-31 * 24 * time.Hour), Fails: 60, Error: "status", Status: 502})
		tx.PutLane(&store.Lane{Host: "well.example", LastOK: now, Dropped: 2})
		for range 3 {
			tx.Enqueue(store.Outgoing{Actor: s.Lab.ID, Verb: "Create", Body: []byte("{}")}, []store.Recipient{{Actor: silent.ID, Inbox: silent.Inbox}})
		}
		tx.Enqueue(store.Outgoing{Actor: s.Lab.ID, Verb: "Create", Body: []byte("{}")}, []store.Recipient{{Inbox: "https://fresh.example/inbox"}})
		tx.PutReport(&store.Report{Reporter: silent.IRI, Target: s.Lab.IRI, Text: "Ceci <b>ne va pas</b>", Records: []string{"https://estran.test/o/1"}, Received: now})
		tx.PutDomainBlock(&store.DomainBlock{Host: "spam.example", Reason: "Courrier indésirable", Since: now})
		if err := tx.PutCircle(&store.Circle{Name: "Élus", Purpose: "Décider ensemble.", Managers: []string{s.Admin.IRI}}); err != nil {
			return err
		}
		tx.AddJob("fetch", map[string]string{"iri": "https://argoat.example/o/1"})
		due, _ := tx.DueJobs(1)
		tx.RetryJob(due[0], now, "unreachable", true)
		return nil
	})
}

func TestDashboardSaysWhatThereIsToDo(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin"); !a.Has("Rien ne vous attend") {
		t.Error("a quiet node asks for something")
	}
	busy(t, s)
	a := c.Get("/admin")
	if !a.Has("1 personne ou labo demande", "1 signalement reçu", "1 serveur ne répond plus depuis 30 jours", "1 serveur ne répond pas\u00a0;", "1 travail a échoué") {
		t.Errorf("got:\n%s", a.Body)
	}
}

func TestRequestIsAccepted(t *testing.T) {
	s := serve(t, webtest.New(t))
	argoat := stranger(t, s, "argoat")
	asks(t, s, argoat)
	c := s.As(t, s.Admin)
	page := c.Get("/admin/demandes")
	if !page.Has("ARGOAT", "@argoat@argoat.example", `name="follower" value="`+argoat.ID.String()+`"`) || page.Has("<script>") {
		t.Fatalf("got:\n%s", page.Body)
	}
	if a := c.Post("/admin/demandes", form("follower", argoat.ID.String(), "answer", "accept")); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	s.view(t, func(tx *store.Txn) error {
		if !tx.Follows(argoat.ID, s.Lab.ID) {
			t.Error("the follow was not accepted")
		}
		var sent []string
		for o := range tx.OutLog(0) {
			sent = append(sent, o.Verb)
		}
		if !slices.Equal(sent, []string{"Accept"}) {
			t.Errorf("got %v sent, want one Accept", sent)
		}
		return nil
	})
	if page := c.Get("/admin/demandes"); !page.Has("ARGOAT suit maintenant le labo", "Aucune demande") {
		t.Errorf("got:\n%s", page.Body)
	}
}

func TestRequestIsRefused(t *testing.T) {
	s := serve(t, webtest.New(t))
	argoat := stranger(t, s, "argoat")
	asks(t, s, argoat)
	c := s.As(t, s.Admin)
	if a := c.Post("/admin/demandes", form("follower", argoat.ID.String(), "answer", "maybe")); a.Status != http.StatusBadRequest {
		t.Errorf("an unknown answer: got %d, want 400", a.Status)
	}
	c.Post("/admin/demandes", form("follower", argoat.ID.String(), "answer", "refuse"))
	s.view(t, func(tx *store.Txn) error {
		f, err := tx.Follow(argoat.ID, s.Lab.ID)
		if err == nil && f.State != store.Refused {
			t.Errorf("got %s, want refused", f.State)
		}
		return err
	})
	if a := c.Post("/admin/demandes", form("follower", "12345", "answer", "accept")); a.Status != http.StatusNotFound {
		t.Errorf("nobody: got %d, want 404", a.Status)
	}
}

func TestDeliveriesShowTheQueueByHost(t *testing.T) {
	s := serve(t, webtest.New(t))
	busy(t, s)
	a := s.As(t, s.Admin).Get("/admin/livraisons")
	if !a.Has("silent.example", "pas répondu à temps", "7 essais infructueux", "lost.example", "(réponse 502 Bad Gateway)", "well.example", "2 envois refusés pour de bon", "fresh.example") {
		t.Errorf("got:\n%s", a.Body)
	}
	order := []string{"lost.example", "silent.example", "fresh.example", "well.example"}
	for i := 1; i < len(order); i++ {
		if strings.Index(a.Body, order[i-1]) > strings.Index(a.Body, order[i]) {
			t.Errorf("%s stands below %s", order[i-1], order[i])
		}
	}
	row := regexp.MustCompile(`(?s)silent\.example</a></th>.*?<td class="number">(\d+)</td>`).FindStringSubmatch(a.Body)
	if row == nil || row[1] != "3" {
		t.Errorf("got %v waiting for silent.example, want 3", row)
	}
	if a := s.As(t, s.Admin).Get("/en/admin/livraisons"); !a.Has("did not answer in time", "7 tries without success") {
		t.Error("the English page lacks the error in words")
	}
}

// waiting is how much waits for a host.
func (s *site) waiting(t *testing.T, host string) (n int) {
	t.Helper()
	s.view(t, func(tx *store.Txn) error {
		n = tx.Backlog()[host]
		return nil
	})
	return n
}

func TestRetryAndDropReachTheWorker(t *testing.T) {
	s := serve(t, webtest.New(t))
	busy(t, s)
	c := s.As(t, s.Admin)
	c.Get("/admin/livraisons/reessayer")
	if a := c.Post("/admin/livraisons/reessayer", form("host", "silent.example")); a.Status != http.StatusSeeOther || !slices.Equal(s.worker.retried, []string{"silent.example"}) {
		t.Errorf("got %d and %v", a.Status, s.worker.retried)
	}
	page := c.Get("/admin/livraisons/abandonner?host=silent.example")
	if page.Status != http.StatusOK || !page.Has(`name="host" value="silent.example"`) || s.waiting(t, "silent.example") != 3 {
		t.Errorf("asking: got %d, and %d waiting", page.Status, s.waiting(t, "silent.example"))
	}
	c.Post("/admin/livraisons/abandonner", form("host", "silent.example"))
	if n := s.waiting(t, "silent.example"); n != 0 {
		t.Errorf("%d still wait", n)
	}
	if a := c.Post("/admin/livraisons/abandonner", form("host", "nowhere.example")); a.Status != http.StatusNotFound {
		t.Errorf("an unknown host: got %d, want 404", a.Status)
	}
}

func TestStuckJobIsTriedAgainOrForgotten(t *testing.T) {
	s := serve(t, webtest.New(t))
	busy(t, s)
	c := s.As(t, s.Admin)
	page := c.Get("/admin/taches")
	id := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(page.Body)
	if id == nil || !page.Has("unreachable", "https://argoat.example/o/1") {
		t.Fatalf("got:\n%s", page.Body)
	}
	c.Post("/admin/taches", form("id", id[1], "answer", "retry"))
	s.view(t, func(tx *store.Txn) error {
		due, _ := tx.DueJobs(10)
		if !slices.ContainsFunc(due, func(j *store.Job) bool { return j.ID.String() == id[1] && !j.Stuck }) {
			t.Errorf("got %d due jobs, and this is none of them", len(due))
		}
		return nil
	})
	if a := c.Post("/admin/taches", form("id", id[1], "answer", "forget")); a.Status != http.StatusNotFound {
		t.Errorf("a job that is not stuck: got %d, want 404", a.Status)
	}
}
