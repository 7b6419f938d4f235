package fedtest

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// featureAnswer is the answer that a server was sent to a FeatureRequest about an
// account.
type featureAnswer struct {
	Type   string `json:"type"`
	Actor  string `json:"actor"`
	Result string `json:"result"`
	Object struct {
		Type       string `json:"type"`
		Object     string `json:"object"`
		Instrument string `json:"instrument"`
		ID         string `json:"id"`
	} `json:"object"`
}

// asksToShow sends a FeatureRequest and waits for its answer.
func (s *stage) asksToShow(id, account, collection string) (got featureAnswer) {
	s.t.Helper()
	request := With(s.vic.Activity("FeatureRequest", account), Object{"id": s.vic.IRI + "/requests/" + id, "instrument": collection})
	s.want(s.mail(s.vic, request).Send(), http.StatusAccepted)
	eventually(s.t, s.node, "an answer was sent", func(*store.Txn) bool {
		for _, body := range s.vic.Peer.Posted() {
			got = featureAnswer{}
			if json.Unmarshal([]byte(body), &got) == nil && got.Object.ID == request["id"] {
				return true
			}
		}
		return false
	})
	return got
}

// A member who wants to be found agrees to stand in the collections of others, until it
// does not want it any more (FEP-7aa9).
func TestMembersAgreeToBeShownElsewhere(t *testing.T) {
	s := newStage(t)
	fill(t, s.node, 0, 3) // m2 does not want to be found
	open, shy := s.node.URL+"/actors/m0", s.node.URL+"/actors/m2"
	list := s.vic.IRI + "/collections/1"
	yes := s.asksToShow("1", open, list)
	if yes.Type != "Accept" || yes.Actor != open || yes.Object.Type != "FeatureRequest" || yes.Object.Instrument != list || yes.Result == "" {
		t.Errorf("got %+v", yes)
	}
	consent := read[struct{ ID, Type, InteractingObject, InteractionTarget string }](s, yes.Result)
	if consent.ID != yes.Result || consent.Type != "FeatureAuthorization" || consent.InteractingObject != list || consent.InteractionTarget != open {
		t.Errorf("got %+v", consent)
	}
	if no := s.asksToShow("2", shy, list); no.Type != "Reject" || no.Result != "" {
		t.Errorf("who does not want to be found: got %+v", no)
	}
	foreign := With(s.vic.Activity("FeatureRequest", open), Object{"instrument": "http://127.0.0.9:1/collections/1"})
	s.want(s.mail(s.vic, foreign).Send(), http.StatusForbidden)

	for _, path := range []string{federation.ConsentIRI(shy, list), federation.ConsentIRI(open, "x"), federation.ConsentIRI(open, s.node.Lab.IRI+"/directory"), federation.ConsentIRI(s.node.Lab.IRI, list)} {
		if got := s.vic.Get(path).Status; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got)
		}
	}
	var member *store.Actor
	s.holds("the member", func(tx *store.Txn) bool {
		var err error
		member, err = tx.ActorByIRI(open)
		return err == nil
	})
	member.Discoverable = false
	publish(t, s.node, &federation.Activity{Verb: "Update", Actor: open, Profile: member})
	if got := s.vic.Get(yes.Result).Status; got != http.StatusNotFound {
		t.Errorf("taken back: got %d, want 404", got)
	}
}
