package fedtest

import (
	"net/http"
	"testing"

	"github.com/essaim/essaim/store"
)

// TestNobodySpeaksForAnotherMember posts to the outbox of a member as those who run
// the node: they speak for the lab, and for nobody else.
func TestNobodySpeaksForAnotherMember(t *testing.T) { // V08
	n := Start(t, "estran")
	victim := n.URL + "/actors/vera"
	tokenOf(t, n, "vera", store.Admin)
	own := tokenOf(t, n, "ana", store.Animator, "read", "write")
	for who, token := range map[string]string{
		"animator": own, "administrator": tokenOf(t, n, "ada", store.Admin, "read", "write"), "moderator": tokenOf(t, n, "mo", store.Moderator, "read", "write"),
	} {
		for _, body := range []string{
			`{"type":"Note","content":"Faux"}`, `{"type":"Follow","object":"` + n.Lab.IRI + `"}`, `{"type":"Block","object":"` + n.Lab.IRI + `"}`,
			`{"type":"Like","object":"` + n.Lab.IRI + `"}`, `{"type":"Delete","object":"` + victim + `"}`, `{"type":"Accept","object":{"type":"Follow","actor":"` + n.Lab.IRI + `"}}`,
		} {
			if got := ask(t, http.MethodPost, victim+"/outbox", token, body); got.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s: got %d, want 403", who, body, got.StatusCode)
			}
		}
	}
	if got := ask(t, http.MethodGet, victim, "", ""); got.StatusCode != http.StatusOK {
		t.Errorf("the member: got %d, want 200", got.StatusCode)
	}
	for _, actor := range []string{n.Lab.IRI, n.URL + "/actors/ana"} {
		if got := ask(t, http.MethodPost, actor+"/outbox", own, `{"type":"Note","content":"Vrai"}`); got.StatusCode != http.StatusCreated {
			t.Errorf("%s: got %d, want 201", actor, got.StatusCode)
		}
	}
}

// TestServersAreKeptAwayByHandAlone: an app that acts for somebody who may block servers
// does not, for that wants a fresh proof of who it is.
func TestServersAreKeptAwayByHandAlone(t *testing.T) { // V08, B01
	n := Start(t, "estran")
	token := tokenOf(t, n, "ada", store.Admin, "read", "write")
	if got := ask(t, http.MethodPost, n.Lab.IRI+"/outbox", token, `{"type":"Block","object":"https://neighbour.example"}`); got.StatusCode != http.StatusForbidden {
		t.Errorf("a block: got %d, want 403", got.StatusCode)
	}
	if err := n.BlockHost(t.Context(), n.Admin(), store.DomainBlock{Host: "evil.example"}); err != nil {
		t.Fatal(err)
	}
	var iri string
	blocked := func(tx *store.Txn) error {
		b, err := tx.DomainBlock("evil.example")
		if err == nil {
			iri = b.IRI
		}
		return err
	}
	if err := n.Store.View(t.Context(), blocked); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, http.MethodPost, n.Lab.IRI+"/outbox", token, `{"type":"Undo","object":"`+iri+`"}`); got.StatusCode != http.StatusForbidden {
		t.Errorf("its end: got %d, want 403", got.StatusCode)
	}
	if err := n.Store.View(t.Context(), blocked); err != nil {
		t.Errorf("it is blocked no more: %v", err)
	}
}
