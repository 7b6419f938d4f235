package fedtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// tokenOf is a token of a new member with this handle.
func tokenOf(t *testing.T, n *Node, handle string, role store.Role, scopes ...string) string {
	t.Helper()
	account := &store.Account{Email: handle + "@example.org", Role: role}
	if _, err := n.AddMember(t.Context(), store.Actor{Handle: handle, Name: handle}, account); err != nil {
		t.Fatal(err)
	}
	secret := "jeton-" + handle
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		tx.PutToken(secret, &store.Token{Account: account.ID, Scopes: scopes, Created: tx.Now()})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return secret
}

// ask sends a request with a token; empty: without one.
func ask(t *testing.T, method, url, token, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/activity+json")
	req.Header.Set("Content-Type", "application/activity+json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// What a client posts for its team alone, it reads back by the Location it was
// given (ActivityPub §6); nobody else does.
func TestClientReadsBackWhatItPosted(t *testing.T) {
	n := Start(t, "estran")
	author := tokenOf(t, n, "lea", store.Contributor, "read", "write")
	for who, want := range map[string]struct {
		token  string
		status int
	}{
		"author":        {author, http.StatusOK},
		"administrator": {tokenOf(t, n, "ana", store.Admin, "read"), http.StatusOK},
		"other member":  {tokenOf(t, n, "noe", store.Contributor, "read"), http.StatusNotFound},
		"without scope": {tokenOf(t, n, "zoe", store.Admin, "push"), http.StatusNotFound},
		"unknown token": {"autre", http.StatusNotFound},
		"without token": {"", http.StatusNotFound},
	} {
		posted := ask(t, http.MethodPost, n.URL+"/actors/lea/outbox", author, `{"type":"Note","content":"Entre nous"}`)
		activity := posted.Header.Get("Location")
		if posted.StatusCode != http.StatusCreated || activity == "" {
			t.Fatalf("post: got %d, Location %q", posted.StatusCode, activity)
		}
		var object string
		if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
			a, err := tx.ActivityByIRI(activity)
			if err == nil {
				object = a.Object
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, url := range []string{activity, object} {
			got := ask(t, http.MethodGet, url, want.token, "")
			if got.StatusCode != want.status {
				t.Errorf("%s: GET %s: got %d, want %d", who, url, got.StatusCode, want.status)
			}
			if kept := got.Header.Get("Cache-Control"); !strings.Contains(kept, "no-store") {
				t.Errorf("%s: GET %s: Cache-Control %q, want no-store", who, url, kept)
			}
		}
	}
}
