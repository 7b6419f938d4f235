package fedtest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestStrangersDeletionsAreNotKept(t *testing.T) { // rule 4
	s := newStage(t)
	never := func(a *PeerActor, i int) string { return fmt.Sprintf("%s/notes/never-%d", a.Peer.URL, i) }
	for i := range 5 {
		s.want(s.mail(s.eve, s.eve.Activity("Delete", never(s.eve, i))).Send(), http.StatusAccepted)
	}
	s.want(s.mail(s.vic, s.vic.Activity("Delete", never(s.vic, 0))).Send(), http.StatusAccepted) // who is followed is remembered
	s.holds("one deletion is kept, and no activity of eve's", func(tx *store.Txn) bool {
		kept := 0
		for ts := range tx.Tombstones() {
			if kept++; ts.Owner != s.vic.IRI {
				return false
			}
		}
		return kept == 1 && !tx.Seen(s.eve.Activity("Delete", never(s.eve, 0))["id"].(string))
	})
	s.works()
}
