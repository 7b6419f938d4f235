package fedtest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/enginetest"
)

// recordAt is a record as a node has it, or nil.
func recordAt(t *testing.T, n *Node, iri string) (r *store.Record) {
	t.Helper()
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		if it, err := tx.RecordByIRI(iri); err == nil {
			r = it.Envelope()
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

var twice = Wrapping(enginetest.Twice)

// An engine may run a transaction again: nothing of the run in vain may show.
func TestTransactionsThatRunTwiceHaveTheirEffectOnce(t *testing.T) {
	a, b := Start(t, "estran", twice), Start(t, "calanques", twice)
	publish(t, a, &federation.Activity{Verb: "Update", Actor: a.Lab.IRI, Profile: approving(a.Lab)})
	follow := &federation.Activity{Verb: "Follow", Actor: b.Lab.IRI, Object: a.Lab.IRI}
	publish(t, b, follow)
	eventually(t, a, "asked", func(tx *store.Txn) bool {
		f, err := tx.Follow(actorID(tx, b.Lab.IRI), a.Lab.ID)
		return err == nil && f.State == store.Asked
	})
	publish(t, a, &federation.Activity{Verb: "Accept", Actor: a.Lab.IRI, Object: b.Lab.IRI})
	eventually(t, b, "accepted", func(tx *store.Txn) bool { return tx.Follows(b.Lab.ID, actorID(tx, a.Lab.IRI)) })
	connect(t, a, b)

	e := experiment("Deux fois", store.Team)
	create := &federation.Activity{Verb: "Create", Actor: a.Lab.IRI, Item: e}
	publish(t, a, create)
	e.Audience, e.Stage = store.Public, "test-usagers" // goes out as a Create
	update := &federation.Activity{Verb: "Update", Actor: a.Lab.IRI, Item: e}
	publish(t, a, update)
	if update.Object != create.Object {
		t.Fatalf("updated record: got %s, want %s", update.Object, create.Object)
	}
	eventually(t, b, "widened", has(create.Object, "Deux fois"))
	if r := recordAt(t, a, create.Object); r.Version != 2 {
		t.Errorf("version: got %d, want 2", r.Version)
	}
	eventually(t, b, "one note about the stage", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(create.Object)
		return err == nil && tx.ListThread(it.Envelope().ID, store.Query{}).Total == 1
	})
	publish(t, a, &federation.Activity{Verb: "Delete", Actor: a.Lab.IRI, Object: create.Object})
	eventually(t, b, "deleted", gone(create.Object))
	publish(t, b, &federation.Activity{Verb: "Undo", Actor: b.Lab.IRI, Object: follow.IRI})
	eventually(t, a, "no follower", func(tx *store.Txn) bool { return !tx.Follows(actorID(tx, b.Lab.IRI), a.Lab.ID) })
}

func approving(lab *store.Actor) *store.Actor {
	p := *lab
	p.Approves = true
	return &p
}

func TestJobPutOffTwiceIsOneJob(t *testing.T) {
	n := Start(t, "estran", twice)
	var later *store.Job
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		tx.RetryJob(&store.Job{ID: 1, Kind: "none", Due: tx.Now()}, tx.Now().Add(time.Hour), "", true)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	stuck := func(tx *store.Txn) (jobs []*store.Job) {
		for j := range tx.StuckJobs() {
			jobs = append(jobs, j)
		}
		return jobs
	}
	n.Store.View(t.Context(), func(tx *store.Txn) error { later = stuck(tx)[0]; return nil })
	if later.Tries != 1 {
		t.Errorf("tries: got %d, want 1", later.Tries)
	}
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		tx.RetryJob(later, tx.Now().Add(time.Hour), "", false)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	n.Store.View(t.Context(), func(tx *store.Txn) error {
		if got := stuck(tx); len(got) != 0 {
			t.Errorf("stuck jobs: got %d, want none", len(got))
		}
		return nil
	})
}

// The activities about a record are as visible as the record is today.
func TestActivitiesOfANarrowedRecordAreNotServed(t *testing.T) {
	n := Start(t, "estran")
	e := experiment("Public d'abord", store.Public)
	create := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: e}
	publish(t, n, create)
	e.Title, e.Stage = "Secret", "test-usagers"
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: e})
	note := newsIn(t, n, e.ID)
	e.Audience = store.Team
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: e})
	for _, iri := range []string{create.IRI, create.Object, note} {
		if got := n.Get(iri[len(n.URL):]); got.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: got %d, want 404", iri, got.StatusCode)
		}
	}
}

func TestNewsOfADeletedRecordGoesWithIt(t *testing.T) {
	a, b := Start(t, "estran"), Start(t, "calanques")
	connect(t, b, a)
	e := experiment("Éphémère", store.Public)
	create := &federation.Activity{Verb: "Create", Actor: a.Lab.IRI, Item: e}
	publish(t, a, create)
	e.Stage = "test-usagers"
	publish(t, a, &federation.Activity{Verb: "Update", Actor: a.Lab.IRI, Item: e})
	note := newsIn(t, a, e.ID)
	eventually(t, b, "the note", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(note); return err == nil })
	publish(t, a, &federation.Activity{Verb: "Delete", Actor: a.Lab.IRI, Object: create.Object})
	eventually(t, b, "no note", gone(note))
}

// newsIn is the IRI of the one note in the thread of a record.
func newsIn(t *testing.T, n *Node, root store.ID) (iri string) {
	t.Helper()
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		items := tx.ListThread(root, store.Query{Limit: 2}).Items
		if len(items) != 1 {
			t.Fatalf("notes: got %d, want 1", len(items))
		}
		iri = items[0].Envelope().IRI
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return iri
}

// A member speaks for the lab by its records, not in its profile; and a token does
// what its scopes say.
func TestMembersAndTokensDoNoMoreThanTheyMay(t *testing.T) {
	n := Start(t, "estran")
	lea, noe := tokenOf(t, n, "lea", store.Contributor, "read", "write"), tokenOf(t, n, "noe", store.Contributor, "follow")
	team := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("Équipe", store.Team)}
	publish(t, n, team)
	for _, row := range []struct {
		name, outbox, token, body string
		status                    int
	}{
		{"profile of the lab", n.Lab.IRI, lea, `{"type":"Update","object":{"id":"` + n.Lab.IRI + `","type":"Group","name":"Pris"}}`, http.StatusForbidden},
		{"own profile", n.URL + "/actors/lea", lea, `{"type":"Update","object":{"id":"` + n.URL + `/actors/lea","type":"Person","name":"Léa"}}`, http.StatusCreated},
		{"token that may only follow", n.URL + "/actors/noe", noe, `{"type":"Note","content":"x"}`, http.StatusUnauthorized},
		{"like of what one may not see", n.URL + "/actors/lea", lea, `{"type":"Like","object":"` + team.Object + `"}`, http.StatusNotFound},
		{"announcement of what is for the team", n.Lab.IRI, tokenOf(t, n, "ana", store.Admin, "write"), `{"type":"Announce","object":"` + team.Object + `"}`, http.StatusNotFound},
		{"like of nothing", n.URL + "/actors/lea", lea, `{"type":"Like","object":"` + n.URL + `/o/1"}`, http.StatusNotFound},
		{"follow of nobody here", n.URL + "/actors/lea", lea, `{"type":"Follow","object":"` + n.URL + `/actors/nemo"}`, http.StatusNotFound},
	} {
		if got := ask(t, http.MethodPost, row.outbox+"/outbox", row.token, row.body); got.StatusCode != row.status {
			t.Errorf("%s: got %d, want %d", row.name, got.StatusCode, row.status)
		}
	}
}

func TestNobodyKeepsTheProfileOfAMemberWhoLeft(t *testing.T) {
	n := Start(t, "estran")
	lea := tokenOf(t, n, "lea", store.Contributor, "read", "write")
	outbox := n.URL + "/actors/lea/outbox"
	update := ask(t, http.MethodPost, outbox, lea, `{"type":"Update","object":{"id":"`+n.URL+`/actors/lea","type":"Person","name":"Léa Ker"}}`)
	iri := update.Header.Get("Location")
	if got := n.Get(iri[len(n.URL):]); got.StatusCode != http.StatusOK {
		t.Errorf("before: got %d, want 200", got.StatusCode)
	}
	ask(t, http.MethodPost, outbox, lea, `{"type":"Delete","object":"`+n.URL+`/actors/lea"}`)
	if got := n.Get(iri[len(n.URL):]); got.StatusCode != http.StatusNotFound {
		t.Errorf("after: got %d, want 404", got.StatusCode)
	}
}

func TestUndoneAnnouncementLeavesTheOutbox(t *testing.T) {
	n := Start(t, "estran")
	create := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("À relayer", store.Public)}
	publish(t, n, create)
	announce := &federation.Activity{Verb: "Announce", Actor: n.Lab.IRI, Object: create.Object}
	publish(t, n, announce)
	publish(t, n, &federation.Activity{Verb: "Undo", Actor: n.Lab.IRI, Object: announce.IRI})
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		if got := tx.CountOutbox(n.Lab.ID); got != 1 {
			t.Errorf("outbox: got %d activities, want 1", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestDeleteGoesOutUnderItsOwnID(t *testing.T) {
	s := newStage(t)
	iri := s.publish("À supprimer", store.Public)
	remove := &federation.Activity{Verb: "Delete", Actor: s.node.Lab.IRI, Object: iri}
	publish(t, s.node, remove)
	s.holds("its document has its id", func(tx *store.Txn) bool {
		row, err := tx.ActivityByIRI(remove.IRI)
		return err == nil && strings.Contains(string(row.Raw), `"id":"`+remove.IRI+`"`)
	})
}

// A lab that was blocked no longer reads what was shared with it before.
func TestBlockedLabReadsNothingMore(t *testing.T) {
	a, b := Start(t, "estran"), Start(t, "calanques")
	connect(t, a, b)
	connect(t, b, a)
	create := &federation.Activity{Verb: "Create", Actor: a.Lab.IRI, Item: experiment("Entre nous", store.FollowedLabs)}
	publish(t, a, create)
	if err := b.Learn(t.Context(), create.Object); err != nil {
		t.Errorf("before the block: %v", err)
	}
	publish(t, a, &federation.Activity{Verb: "Block", Actor: a.Lab.IRI, Object: b.Lab.IRI})
	b.Restart() // forgets what it fetched
	if err := b.Learn(t.Context(), create.Object); err == nil {
		t.Error("after the block: got the record")
	}
}

// A Create that comes after the Delete of its record, without a time of its own, is
// an old one.
func TestLateCreateWithoutTimeBringsNothingBack(t *testing.T) {
	s := newStage(t)
	activity, note := s.create(s.vic)
	activity["object"] = With(activity["object"].(Object), Object{"published": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)})
	s.want(s.mail(s.vic, s.vic.Activity("Delete", note)).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	s.absent(note)
}

func TestWhatIsAtHomeHereIsNotFetched(t *testing.T) {
	n := Start(t, "estran")
	if err := n.Learn(t.Context(), n.Lab.IRI); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("learn our own lab: got %v, want ErrNotFound", err)
	}
	peer := NewPeer(t, "127.0.0.2")
	peer.Show("/thing", Object{"id": peer.URL + "/thing", "type": "Note", "attributedTo": peer.URL + "/thing", "content": "x"})
	err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: peer.URL + "/thing"})
	if !errors.Is(err, federation.ErrNotActor) || errors.Is(err, federation.ErrUnreachable) {
		t.Errorf("follow of a note: got %v, want ErrNotActor alone", err)
	}
}

// A fetch that an Update overtook does not bring the old text back.
func TestOldCopyDoesNotReplaceANewerOne(t *testing.T) {
	s := newStage(t)
	activity, note := s.create(s.vic)
	fresh := With(activity["object"].(Object), Object{
		"content": "nouveau", "published": "2026-01-01T00:00:00Z", "updated": "2026-01-03T00:00:00Z",
	})
	activity["object"] = fresh
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	s.vic.Peer.Show(note[len(s.vic.Peer.URL):], With(fresh, Object{"content": "ancien", "updated": "2026-01-02T00:00:00Z"}))
	if err := s.node.Learn(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	if r := s.record(note); r.HTML != "nouveau" {
		t.Errorf("text: got %q, want the newer one", r.HTML)
	}
}

// The clock of the other server is ahead: its second change is no older than its
// first.
func TestChangeFromTheFutureIsNotAnOldOne(t *testing.T) {
	s := newStage(t)
	activity, note := s.create(s.vic)
	first := With(activity["object"].(Object), Object{"published": "2026-01-01T00:00:00Z"})
	for i, ahead := range []time.Duration{-time.Hour, -time.Minute, time.Minute} {
		verb := []string{"Create", "Update", "Update"}[i]
		o := With(first, Object{"content": verb, "updated": time.Now().Add(ahead).UTC().Format(time.RFC3339)})
		if i == 2 {
			o["content"] = "dernier"
		}
		s.want(s.mail(s.vic, With(s.vic.Activity(verb, o), Object{"id": fmt.Sprintf("%s#%d", note, i)})).Send(), http.StatusAccepted)
	}
	if r := s.record(note); r.HTML != "dernier" {
		t.Errorf("text: got %q, want the last one", r.HTML)
	}
}
