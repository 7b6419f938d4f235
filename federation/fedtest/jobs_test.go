package fedtest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestSlowKindOfJobHoldsUpNoOther(t *testing.T) {
	s := newStage(t)
	over := make(chan struct{})
	defer close(over)
	for i := range 10 { // more than twice the places
		a := NewPeer(t, fmt.Sprint("127.0.0.", 10+i)).Actor("lent")
		a.Peer.Serve("/users/lent/outbox", func(http.ResponseWriter, *http.Request) { <-over })
		s.follow(a)
	}
	note := s.vic.Note("by-name")
	s.vic.Peer.Show("/notes/by-name", note)
	s.want(s.mail(s.vic, s.vic.Activity("Create", note["id"])).Send(), http.StatusAccepted)
	eventually(t, s.node, "another kind of job is done", func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(note["id"].(string))
		return err == nil
	})
}
