package fedtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/integrity"
)

// proving is an object with the proof of an actor.
func proving(t *testing.T, o Object, by *PeerActor) Object {
	t.Helper()
	raw, err := integrity.Sign(encode(o), httpsig.Signer{KeyID: by.IRI + "#ed25519", Key: by.Ed}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var out Object
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// What comes second-hand is taken with its author's proof, also when its origin
// does not answer, and not at all without.
func TestSecondHandNeedsAProof(t *testing.T) {
	s := newStage(t)
	note := func(name string) Object {
		o := s.answer(name)
		s.eve.Peer.Serve(strings.TrimPrefix(o["id"].(string), s.eve.Peer.URL), Status(http.StatusNotFound))
		return o
	}
	good := note("good")
	s.forward(s.eve.Activity("Create", proving(t, good, s.eve)), http.StatusAccepted)
	s.present(good["id"].(string))

	newer := With(good, Object{"content": "<p>autre</p>", "updated": "2026-06-01T00:00:00Z"})
	s.forward(With(s.eve.Activity("Update", proving(t, newer, s.eve)), Object{"id": s.eve.IRI + "/update"}), http.StatusAccepted)
	if got := s.record(good["id"].(string)).HTML; got != "<p>autre</p>" {
		t.Errorf("text: got %q, want the newer one", got)
	}

	changed := note("changed")
	hidden := With(note("hidden"), Object{"to": []string{s.eve.IRI + "/followers"}, "cc": []string{}})
	for _, forged := range []Object{
		note("bare"),
		With(proving(t, changed, s.eve), Object{"content": "<p>faux</p>"}),
		proving(t, note("by-vic"), s.vic),
		proving(t, hidden, s.eve),
	} {
		s.forward(s.eve.Activity("Create", forged), http.StatusAccepted)
		s.absent(forged["id"].(string))
	}
	s.works()
}

// Our own records can be handed on by anybody.
func TestOurRecordsBearProofs(t *testing.T) {
	n := Start(t, "estran")
	a := create(t, n, "Signée", "public")
	var doc json.RawMessage
	if err := json.NewDecoder(n.Get(strings.TrimPrefix(a.Object, n.URL)).Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	proved(t, n, doc)
}
