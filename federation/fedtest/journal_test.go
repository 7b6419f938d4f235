package fedtest

import (
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// TestJournalTellsWhatIsDoneForTheLabAndToOthers: what members do with their own things
// is their own business.
func TestJournalTellsWhatIsDoneForTheLabAndToOthers(t *testing.T) {
	a, b := Start(t, "estran"), Start(t, "calanques")
	mona, err := a.AddMember(t.Context(), store.Actor{Handle: "mona", Name: "Mona", Lang: "fr"}, &store.Account{Email: "mona@estran.test", Role: store.Admin})
	if err != nil {
		t.Fatal(err)
	}
	yann, err := a.AddMember(t.Context(), store.Actor{Handle: "yann", Name: "Yann", Lang: "fr"}, &store.Account{Email: "yann@estran.test", Role: store.Contributor})
	if err != nil {
		t.Fatal(err)
	}
	of := func(member *store.Actor, role store.Role) store.Viewer {
		return store.Viewer{Actor: member.IRI, Local: true, Role: role, Runs: role.Runs()}
	}
	admin, contributor := of(mona, store.Admin), of(yann, store.Contributor)
	ctx := t.Context()
	do := func(by store.Viewer, activity *federation.Activity, want store.Deed) *federation.Activity {
		t.Helper()
		before := newestDeed(t, a)
		if err := a.Publish(ctx, by, activity); err != nil {
			t.Fatal(err)
		}
		got := newestDeed(t, a)
		if got.ID == before.ID {
			got.Deed, got.By = "", mona.ID
		}
		if got.Deed != want || got.By != mona.ID || got.Terminal {
			t.Errorf("%s: got %+v, want %q by mona", activity.Verb, got, want)
		}
		return activity
	}
	follow := do(admin, &federation.Activity{Verb: "Follow", Actor: a.Lab.IRI, Object: b.Lab.IRI}, store.FollowActor)
	do(admin, &federation.Activity{Verb: "Undo", Actor: a.Lab.IRI, Object: follow.IRI}, store.UnfollowActor)
	do(admin, &federation.Activity{Verb: "Follow", Actor: mona.IRI, Object: b.Lab.IRI}, "")
	profile := *a.Lab
	profile.Name = "Labo de l'Estran"
	do(admin, &federation.Activity{Verb: "Update", Actor: a.Lab.IRI, Profile: &profile}, store.EditLab)
	profile = *yann
	profile.Summary = "<p>Marin</p>"
	do(admin, &federation.Activity{Verb: "Update", Actor: yann.IRI, Profile: &profile}, store.EditMember)
	sheet := experiment("Secret de Yann", store.Team)
	do(contributor, &federation.Activity{Verb: "Create", Actor: a.Lab.IRI, Item: sheet}, "")
	do(contributor, &federation.Activity{Verb: "Update", Actor: a.Lab.IRI, Item: sheet}, "")
	do(admin, &federation.Activity{Verb: "Update", Actor: a.Lab.IRI, Item: sheet}, store.EditRecord)
	do(admin, &federation.Activity{Verb: "Delete", Actor: a.Lab.IRI, Object: sheet.IRI}, store.DeleteRecord)
	if err := a.Publish(store.AtTerminal(ctx), a.Admin(), &federation.Activity{Verb: "Follow", Actor: a.Lab.IRI, Object: b.Lab.IRI}); err != nil {
		t.Fatal(err)
	}
	if got := newestDeed(t, a); got.Deed != store.FollowActor || !got.Terminal || got.By != 0 {
		t.Errorf("at the terminal: got %+v", got)
	}
}

func newestDeed(t *testing.T, n *Node) (last store.JournalEntry) {
	t.Helper()
	err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		for e := range tx.Journal(store.JournalQuery{}) {
			last = *e
			break
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}
