package fedtest

import (
	"net/http"
	"testing"

	"github.com/essaim/essaim/store"
)

// forward has vic, who is followed, pass an activity of somebody else on.
func (s *stage) forward(activity Object, status int) {
	s.t.Helper()
	s.want(s.mail(s.vic, activity).Send(), status)
	eventually(s.t, s.node, "nothing is left to do", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
}

// answer is a note of eve's, whom nobody follows, below something of vic's.
func (s *stage) answer(name string) Object {
	s.t.Helper()
	create, note := s.create(s.vic)
	s.want(s.mail(s.vic, create).Send(), http.StatusAccepted)
	return With(s.eve.Note(name), Object{"inReplyTo": note})
}

func TestForwardedActivityIsFetchedNotBelieved(t *testing.T) { // wire/signatures §2.6
	s := newStage(t)
	shown := s.answer("passed-on")
	id := shown["id"].(string)
	s.eve.Peer.Show("/notes/passed-on", shown)
	s.forward(s.eve.Activity("Create", With(shown, Object{"content": "<p>faux</p>"})), http.StatusAccepted)
	if got := s.record(id).HTML; got != shown["content"] {
		t.Errorf("text: got %q, want that of its origin", got)
	}
	s.eve.Peer.Show("/notes/passed-on", With(shown, Object{"content": "<p>corrig\u00e9</p>", "updated": "2026-06-01T00:00:00Z"}))
	s.forward(s.eve.Activity("Update", id), http.StatusAccepted)
	if got := s.record(id).HTML; got != "<p>corrig\u00e9</p>" {
		t.Errorf("text: got %q, want what its origin says now", got)
	}
	s.want(s.mail(s.eve, With(s.eve.Activity("Create", shown), Object{"to": s.node.Lab.IRI})).Send(), http.StatusAccepted) // it may still come by itself
	s.works()
}

func TestForwardedDeletionIsLookedUp(t *testing.T) { // wire/signatures §2.6
	s := newStage(t)
	note := s.answer("to-go")
	id := note["id"].(string)
	s.eve.Peer.Show("/notes/to-go", note)
	s.forward(s.eve.Activity("Create", note), http.StatusAccepted)
	s.forward(s.eve.Activity("Delete", id), http.StatusAccepted)
	s.present(id) // its origin still shows it
	s.eve.Peer.Serve("/notes/to-go", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	s.forward(With(s.eve.Activity("Delete", id), Object{"id": s.eve.IRI + "/again"}), http.StatusAccepted)
	s.absent(id)
	s.works()
}

func TestForwardingIsBounded(t *testing.T) { // rule 4
	s := newStage(t)
	apart := s.eve.Note("apart")
	s.eve.Peer.Show("/notes/apart", apart)
	s.forward(s.eve.Activity("Create", apart), http.StatusAccepted)
	s.absent(apart["id"].(string)) // nobody here has to do with it
	s.forward(s.eve.Activity("Delete", s.eve.Peer.URL+"/notes/never-here"), http.StatusAccepted)
	if got := s.eve.Peer.Hits("/notes/never-here"); got != 0 {
		t.Errorf("requests for what is not here: got %d, want 0", got)
	}
	s.want(s.mail(s.bob, s.eve.Activity("Create", apart)).Send(), http.StatusForbidden) // bob is a stranger
	for _, verb := range []string{"Follow", "Like", "Undo", "Accept", "Move", "Block", "Flag"} {
		s.forward(s.eve.Activity(verb, apart["id"]), http.StatusForbidden)
	}
	s.forward(s.bob.Activity("Update", s.bob.Document()), http.StatusForbidden)
	before := s.eve.Peer.Hits("/notes/apart")
	for range 100 {
		s.want(s.mail(s.vic, s.eve.Activity("Create", apart)).Send(), http.StatusAccepted)
	}
	s.forward(s.eve.Activity("Create", apart), http.StatusAccepted)
	if got := s.eve.Peer.Hits("/notes/apart") - before; got > 30 {
		t.Errorf("fetches for 100 forwards: got %d, want at most 30", got)
	}
	s.works()
}
