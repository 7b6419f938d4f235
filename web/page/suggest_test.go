package page

import (
	"testing"

	"github.com/essaim/essaim/store"
)

func TestSuggestionsSayWhy(t *testing.T) {
	s := newSite(t)
	s.update(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		tx.PutPeer(&store.Peer{IRI: lab.IRI, State: store.PeerKnown, Themes: []string{"mobilite"}})
		followed := &store.Actor{IRI: "https://b.example/actors/b", Type: store.Group, Handle: "b", Host: "b.example", Name: "Labo B", Inbox: "https://b.example/inbox"}
		if err := tx.PutActor(followed); err != nil {
			return err
		}
		tx.PutFollow(&store.Follow{Follower: lab.ID, Followed: followed.ID, State: store.Accepted})
		b := &store.Peer{IRI: followed.IRI, State: store.PeerKnown, Hop: 1, Handle: "b", Host: "b.example", Name: "Labo <B>", Seen: tx.Now()}
		tx.PutPeer(b)
		tx.SetPeerFollows(b.ID, []string{"https://c.example/actors/c"})
		tx.PutPeer(&store.Peer{
			IRI: "https://c.example/actors/c", State: store.PeerKnown, Hop: 2, Handle: "c", Host: "c.example", Name: "Labo C",
			Page: "https://c.example/@c", Territory: lab.Territory, Themes: []string{"mobilite"}, Seen: tx.Now(),
		})
		return nil
	})
	visitor := s.Visitor(t).Get("/reseau")
	if !visitor.Has("Labos à découvrir", "Labo C", "@c@c.example", `href="https://c.example/@c"`, "Suivi par Labo &lt;B&gt;, que nous suivons", "Même territoire", "Même thème") ||
		visitor.Has("Voir et suivre") {
		t.Errorf("a visitor: got\n%s", visitor.Body)
	}
	admin := s.As(t, s.node.Admin).Get("/reseau")
	if !admin.Has("Voir et suivre", "/reseau/suivre?adresse=https%3A%2F%2Fc.example%2Factors%2Fc", "/admin/reseau/liste") {
		t.Errorf("who runs the node: got\n%s", admin.Body)
	}
	if en := s.Visitor(t).Get("/en/reseau"); !en.Has("Followed by Labo &lt;B&gt;, which we follow") {
		t.Errorf("in English: got\n%s", en.Body)
	}
}
