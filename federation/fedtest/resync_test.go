package fedtest

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// told counts what was posted to a peer, by verb and object.
func told(t *testing.T, p *Peer) map[[2]string]int {
	t.Helper()
	count := map[[2]string]int{}
	for _, body := range p.Posted() {
		var a struct {
			Type   string `json:"type"`
			Object any    `json:"object"`
		}
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatal(err)
		}
		if o, ok := a.Object.(Object); ok {
			a.Object = o["id"]
		}
		iri, _ := a.Object.(string)
		count[[2]string{a.Type, iri}]++
	}
	return count
}

// A host that was lost for a month comes back: it hears of all that it may see, and
// that it may no longer see the rest.
func TestResyncTellsWhatWasNarrowed(t *testing.T) {
	s := newStage(t)
	s.want(s.mail(s.vic, s.vic.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusAccepted)
	narrowed, deleted := experiment("R\u00e9tr\u00e9ci", store.Public), experiment("Effac\u00e9", store.Public)
	for _, item := range []*store.Experiment{narrowed, deleted} {
		publish(t, s.node, &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: item})
	}
	kept, own := s.publish("Gard\u00e9", store.Public), s.publish("\u00c0 nous", store.Team)
	narrowed.Audience = store.LabOnly
	publish(t, s.node, &federation.Activity{Verb: "Update", Actor: s.node.Lab.IRI, Item: narrowed})
	publish(t, s.node, &federation.Activity{Verb: "Delete", Actor: s.node.Lab.IRI, Object: deleted.IRI})
	eventually(t, s.node, "all is delivered", func(*store.Txn) bool { return told(t, s.vic.Peer)[[2]string{"Delete", deleted.IRI}] == 1 })

	if err := s.node.Resync(t.Context(), store.HostOf(s.vic.IRI)); err != nil {
		t.Fatal(err)
	}
	eventually(t, s.node, "the resync is delivered", func(*store.Txn) bool { return told(t, s.vic.Peer)[[2]string{"Delete", deleted.IRI}] == 2 })
	got := told(t, s.vic.Peer)
	for what, want := range map[[2]string]int{
		{"Delete", narrowed.IRI}: 2, {"Create", narrowed.IRI}: 1, {"Create", kept}: 2, {"Delete", kept}: 0, {"Create", own}: 0, {"Delete", own}: 0,
	} {
		if got[what] != want {
			t.Errorf("%s of %s: got %d, want %d", what[0], what[1], got[what], want)
		}
	}
}
