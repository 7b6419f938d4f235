package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/reply"
)

// maxLogout is the most bytes of what the provider says of sessions that ended there.
const maxLogout = 64 << 10

// endElsewhere hears from the OpenID provider which sessions ended there, and ends
// those that began with them here (OpenID Connect Back-Channel Logout 1.0 §2.5).
func endElsewhere(c Config) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxLogout)
		if err := r.ParseForm(); err != nil || len(r.PostForm["logout_token"]) != 1 {
			return &reply.Error{Status: http.StatusBadRequest, Detail: "one logout_token is expected"}
		}
		ended, err := c.Provider.Logout(r.Context(), r.PostForm.Get("logout_token"))
		switch {
		case errors.Is(err, openid.ErrUnreachable):
			return &reply.Error{Status: http.StatusServiceUnavailable, RetryAfter: 10 * time.Second, Err: err}
		case err != nil:
			return &reply.Error{Status: http.StatusBadRequest, Detail: "this logout token does not hold", Err: err}
		}
		those := store.Elsewhere{Issuer: c.Provider.Issuer, Subject: ended.Subject, Session: ended.Session}
		return c.Sessions.EndElsewhere(r.Context(), those, ended.Before)
	}
}
