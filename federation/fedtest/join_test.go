package fedtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// gathering is an event of tomorrow with so many places.
func gathering(mode string, capacity int) *store.Event {
	return &store.Event{
		Record: store.Record{Kind: "event", Title: "Atelier", Pitch: "Venez.", Audience: store.Public},
		Start:  time.Now().AddDate(0, 0, 1).Format("2006-01-02T15:04"), JoinMode: mode, Capacity: capacity,
	}
}

func announceEvent(t *testing.T, n *Node, e *store.Event) *store.Event {
	t.Helper()
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: e})
	return e
}

// seat is the state of an actor's place at an event, and how many are taken.
func seat(tx *store.Txn, event, actor string) (state store.FollowState, taken int) {
	it, err := tx.RecordByIRI(event)
	if err != nil {
		return "", -1
	}
	if s, err := tx.Seat(it.Envelope().ID, store.HolderOf(actor)); err == nil {
		state = s.State
	}
	return state, it.(*store.Event).Participants
}

func TestJoiningAnEventOfAnotherNode(t *testing.T) {
	here, there := Start(t, "estran"), Start(t, "causse")
	connect(t, there, here)
	e := announceEvent(t, here, gathering("free", 1))
	eventually(t, there, "the event arrived", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(e.IRI)
		got, ok := it.(*store.Event)
		return err == nil && ok && got.Joins() == "free" && got.Begins.Equal(e.Begins)
	})
	publish(t, there, &federation.Activity{Verb: "Join", Actor: there.Lab.IRI, Object: e.IRI})
	eventually(t, there, "the place was given", func(tx *store.Txn) bool {
		state, _ := seat(tx, e.IRI, there.Lab.IRI)
		return state == store.Accepted
	})
	eventually(t, here, "the place is counted", func(tx *store.Txn) bool {
		state, taken := seat(tx, e.IRI, there.Lab.IRI)
		return state == store.Accepted && taken == 1
	})
	full := here.Publish(t.Context(), here.Admin(), &federation.Activity{Verb: "Join", Actor: here.Lab.IRI, Object: e.IRI})
	if wrong, ok := errors.AsType[store.FieldErrors](full); !ok || wrong[0].Reason != "error.full" {
		t.Errorf("a second place of one: got %v", full)
	}
	publish(t, there, &federation.Activity{Verb: "Leave", Actor: there.Lab.IRI, Object: e.IRI})
	eventually(t, here, "the place is free again", func(tx *store.Txn) bool {
		state, taken := seat(tx, e.IRI, there.Lab.IRI)
		return state == "" && taken == 0
	})
	publish(t, here, &federation.Activity{Verb: "Join", Actor: here.Lab.IRI, Object: e.IRI})
	publish(t, there, &federation.Activity{Verb: "Join", Actor: there.Lab.IRI, Object: e.IRI})
	eventually(t, there, "there is no place any more", func(tx *store.Txn) bool {
		state, _ := seat(tx, e.IRI, there.Lab.IRI)
		return state == store.Refused
	})
}

// Mobilizon joins with a bare IRI, and reads answers by the whole Join inside.
func TestPeersJoinAndAreAnswered(t *testing.T) {
	s := newStage(t)
	free, chosen, closed := announceEvent(t, s.node, gathering("free", 0)), announceEvent(t, s.node, gathering("restricted", 0)), announceEvent(t, s.node, gathering("none", 0))
	for _, e := range []*store.Event{free, chosen, closed} {
		s.want(s.mail(s.bob, s.bob.Activity("Join", e.IRI)).Send(), http.StatusAccepted)
	}
	s.states(s.bob.IRI, map[*store.Event]store.FollowState{free: store.Accepted, chosen: store.Asked, closed: ""})
	s.answered("Accept", free.IRI)
	s.answered("Ignore", closed.IRI)
	publish(t, s.node, &federation.Activity{Verb: "Accept", Actor: s.node.Lab.IRI, Object: s.bob.IRI, Target: chosen.IRI})
	s.states(s.bob.IRI, map[*store.Event]store.FollowState{chosen: store.Accepted})
	s.answered("Accept", chosen.IRI)
	publish(t, s.node, &federation.Activity{Verb: "Reject", Actor: s.node.Lab.IRI, Object: s.bob.IRI, Target: chosen.IRI})
	s.answered("Reject", chosen.IRI)
	s.want(s.mail(s.bob, s.bob.Activity("Leave", free.IRI)).Send(), http.StatusAccepted)
	s.states(s.bob.IRI, map[*store.Event]store.FollowState{free: "", chosen: store.Refused})

	// Nobody hears who takes part.
	for _, path := range []string{"/o/" + chosen.ID.String(), "/actors/estran/outbox?page=true"} {
		if body := s.bob.Get(s.node.URL + path).Body; strings.Contains(body, s.bob.IRI) {
			t.Errorf("%s names who takes part: %s", path, body)
		}
	}
}

func (s *stage) states(actor string, want map[*store.Event]store.FollowState) {
	s.t.Helper()
	for e, state := range want {
		eventually(s.t, s.node, e.JoinMode+" is "+string(state), func(tx *store.Txn) bool {
			got, _ := seat(tx, e.IRI, actor)
			return got == state
		})
	}
}

// answered waits until bob's server was sent an answer to a Join of an event.
func (s *stage) answered(verb, event string) {
	s.t.Helper()
	eventually(s.t, s.node, verb+" was sent", func(*store.Txn) bool {
		for _, body := range s.bob.Peer.Posted() {
			var got struct {
				Type   string `json:"type"`
				Actor  string `json:"actor"`
				Object struct {
					Type   string `json:"type"`
					Actor  string `json:"actor"`
					Object string `json:"object"`
					ID     string `json:"id"`
				} `json:"object"`
			}
			if json.Unmarshal([]byte(body), &got) == nil && got.Type == verb && got.Actor == s.node.Lab.IRI &&
				got.Object.Type == "Join" && got.Object.Object == event && got.Object.Actor == s.bob.IRI && got.Object.ID != "" {
				return true
			}
		}
		return false
	})
}

func TestOnlyThePublisherAnswersAJoin(t *testing.T) {
	s := newStage(t)
	event := Object{
		"id": s.vic.Peer.URL + "/events/1", "type": "Event", "attributedTo": s.vic.IRI, "name": "Atelier", "to": []string{Public},
		"startTime": "2126-01-01T10:00:00Z", "joinMode": "free",
	}
	s.want(s.mail(s.vic, s.vic.Activity("Create", event)).Send(), http.StatusAccepted)
	join := &federation.Activity{Verb: "Join", Actor: s.node.Lab.IRI, Object: event["id"].(string)}
	publish(t, s.node, join)
	s.refused(s.mail(s.eve, s.eve.Activity("Accept", join.IRI)).Send())
	state := func(want store.FollowState) {
		t.Helper()
		s.holds("the place is "+string(want), func(tx *store.Txn) bool {
			got, _ := seat(tx, join.Object, s.node.Lab.IRI)
			return got == want
		})
	}
	state(store.Asked)
	s.want(s.mail(s.vic, s.vic.Activity("Accept", join.IRI)).Send(), http.StatusAccepted)
	state(store.Accepted)
	s.want(s.mail(s.vic, s.vic.Activity("Ignore", join.IRI)).Send(), http.StatusAccepted)
	state(store.Refused)
}

func TestGuestsTakeAndGiveUpPlaces(t *testing.T) {
	n := Start(t, "estran")
	e := announceEvent(t, n, gathering("free", 1))
	guest := func(token string) federation.Guest {
		return federation.Guest{Name: "Ana", Email: "ana@exemple.fr", Token: token}
	}
	if _, err := n.TakeSeat(t.Context(), store.Viewer{}, e.ID, federation.Guest{Name: " ", Email: "x", Token: "t0"}); len(fields(err)) != 2 {
		t.Errorf("got %v", err)
	}
	if state, err := n.TakeSeat(t.Context(), store.Viewer{}, e.ID, guest("t1")); err != nil || state != store.Accepted {
		t.Fatal(state, err)
	}
	if _, err := n.TakeSeat(t.Context(), store.Viewer{}, e.ID, guest("t2")); len(fields(err)) != 1 || fields(err)[0].Reason != "error.full" {
		t.Errorf("a second place of one: got %v", err)
	}
	eventually(t, n, "its name will be forgotten", func(tx *store.Txn) bool { return tx.CountJobs("guests", 9) == 1 })
	if err := n.LeaveSeat(t.Context(), e.ID, "guess"); err != nil {
		t.Error(err)
	}
	eventually(t, n, "one place is taken", func(tx *store.Txn) bool { _, taken := seat(tx, e.IRI, ""); return taken == 1 })
	if err := n.AnswerGuest(t.Context(), store.Viewer{}, e.ID, store.GuestHolder("t1"), store.Refused); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("a stranger answers: got %v", err)
	}
	if err := n.LeaveSeat(t.Context(), e.ID, "t1"); err != nil {
		t.Error(err)
	}
	eventually(t, n, "no place is taken", func(tx *store.Txn) bool { _, taken := seat(tx, e.IRI, ""); return taken == 0 })

	team := gathering("free", 0)
	team.Audience = store.Team
	announceEvent(t, n, team)
	if _, err := n.TakeSeat(t.Context(), store.Viewer{}, team.ID, guest("t3")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a hidden event: got %v", err)
	}
}

func fields(err error) store.FieldErrors {
	all, _ := errors.AsType[store.FieldErrors](err)
	return all
}
