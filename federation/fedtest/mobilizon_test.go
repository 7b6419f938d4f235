package fedtest

import (
	"net/http"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// In Mobilizon a person signs for a group: the event is taken over from its
// origin, and the person answers those who join it.
func TestEventOfAMobilizonGroup(t *testing.T) {
	s := newStage(t)
	group := s.vic.Peer.Actor("fabrique")
	group.Show(With(group.Document(), Object{"type": "Group"}))
	s.follow(group)
	event := Object{
		"@context": "https://www.w3.org/ns/activitystreams",
		"id":       s.vic.Peer.URL + "/events/5f2d", "type": "Event", "actor": s.vic.IRI, "attributedTo": group.IRI, "name": "Repair café",
		"startTime": "2126-11-14T13:00:00Z", "timezone": "Europe/Paris", "joinMode": "free", "ical:status": "CONFIRMED",
		"location": Object{"type": "Place", "name": "La Fabrique", "latitude": 48.1, "longitude": -1.6},
		"to":       []string{Public}, "cc": []string{group.IRI + "/followers"},
	}
	s.vic.Peer.Show("/events/5f2d", event)
	forged := With(event, Object{"name": "Autre chose"})
	s.want(s.mail(s.vic, s.vic.Activity("Create", forged)).Send(), http.StatusAccepted)
	eventually(t, s.node, "the event arrived as its origin has it", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(event["id"].(string))
		e, ok := it.(*store.Event)
		return err == nil && ok && e.Title == "Repair café" && e.Lab == group.IRI && e.Speaker == s.vic.IRI && e.Place.Located() && e.Zone == "Europe/Paris"
	})
	join := &federation.Activity{Verb: "Join", Actor: s.node.Lab.IRI, Object: event["id"].(string)}
	publish(t, s.node, join)
	s.want(s.mail(s.vic, s.vic.Activity("Accept", Object{"id": join.IRI, "type": "Join", "actor": s.node.Lab.IRI, "object": join.Object})).Send(), http.StatusAccepted)
	eventually(t, s.node, "the person let us in", func(tx *store.Txn) bool {
		state, _ := seat(tx, join.Object, s.node.Lab.IRI)
		return state == store.Accepted
	})
	// A stranger to the group, and somebody for a group that nobody follows, bring nothing.
	other := With(event, Object{"id": s.vic.Peer.URL + "/events/6", "attributedTo": s.vic.Peer.URL + "/users/nobody"})
	s.refused(s.mail(s.bob, s.bob.Activity("Create", other)).Send())
	s.refused(s.mail(s.eve, s.eve.Activity("Create", With(event, Object{"id": s.eve.Peer.URL + "/events/7"}))).Send())
}
