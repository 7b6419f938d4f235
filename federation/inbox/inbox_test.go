package inbox_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/store"
)

// unread fails the test when somebody reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("read")
}

func TestStoreThatTakesNothingIsSaidBeforeTheBodyIsRead(t *testing.T) {
	for _, why := range []error{store.ErrBusy, store.ErrFull} {
		node := federation.New(federation.Config{
			BaseURL: "https://labo.example", Refuses: func() error { return why },
		})
		front := inbox.New(inbox.Config{Node: node})
		r := httptest.NewRequest(http.MethodPost, "https://labo.example/inbox", unread{t})
		r.Header.Set("Content-Type", "application/activity+json")
		r.Header.Set("Signature", `keyId="https://pair.example/actor#main-key",headers="(request-target) host date digest",signature="AAAA"`)
		if err := front.PostInbox(httptest.NewRecorder(), r, ""); !errors.Is(err, why) {
			t.Errorf("got %v, want %v", err, why)
		}
	}
}
