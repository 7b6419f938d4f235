package fedtest

import (
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// TestWhomSomebodyFollowedForgetsThem: a member who leaves is forgotten where nobody
// followed them, too, with what they did there.
func TestWhomSomebodyFollowedForgetsThem(t *testing.T) {
	t.Parallel()
	home, other := Start(t, "estran"), Start(t, "calanques")
	lea, err := home.AddMember(t.Context(), store.Actor{Handle: "lea", Name: "Léa", Lang: "fr"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	by := store.Viewer{Actor: lea.IRI, Local: true}
	does := func(a *federation.Activity) {
		t.Helper()
		a.Actor = lea.IRI
		if err := home.Publish(t.Context(), by, a); err != nil {
			t.Fatal(err)
		}
	}
	does(&federation.Activity{Verb: "Follow", Object: other.Lab.IRI})
	var known store.ID
	eventually(t, other, "Léa follows", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(lea.IRI)
		if err == nil {
			known = a.ID
		}
		return err == nil && a.Name == "Léa" && tx.Follows(a.ID, other.Lab.ID)
	})
	news := &store.News{Record: store.Record{Kind: "news", Body: "Bonjour.", Lang: "fr", Audience: store.Public}}
	publish(t, other, &federation.Activity{Verb: "Create", Actor: other.Lab.IRI, Item: news})
	eventually(t, home, "the news is there", func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(news.IRI)
		return err == nil
	})
	does(&federation.Activity{Verb: "Like", Object: news.IRI})
	liked := func(tx *store.Txn) bool { return tx.Reacted(news.ID, store.Liked, known) }
	eventually(t, other, "Léa likes the news", liked)
	does(&federation.Activity{Verb: "Delete", Object: lea.IRI})
	eventually(t, other, "Léa is forgotten", func(tx *store.Txn) bool {
		a, err := tx.Actor(known)
		return err == nil && !a.Deleted.IsZero() && a.Name == "" && !liked(tx) && !tx.Follows(known, other.Lab.ID)
	})
}
