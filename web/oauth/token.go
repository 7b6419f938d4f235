package oauth

import (
	"encoding/json"
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

const maxForm = 64 << 10 // bytes

// token is POST /oauth/token.
func (s *Server) token(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	return s.protocol.HandleTokenRequest(w, r)
}

// readForm reads a form or a JSON document, which some apps send.
func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch media {
	case "application/json":
		var fields map[string]any
		if err = json.NewDecoder(r.Body).Decode(&fields); err == nil {
			r.PostForm, r.Form = url.Values{}, url.Values{}
			for name, v := range fields {
				if text, ok := v.(string); ok {
					r.PostForm.Set(name, text)
					r.Form.Set(name, text)
				}
			}
		}
	case "multipart/form-data":
		err = r.ParseMultipartForm(maxForm) //nolint:gosec // the body is bounded
	default:
		err = r.ParseForm()
	}
	if err == nil {
		return nil
	}
	return &reply.Error{Status: http.StatusBadRequest, Err: err}
}

// credentials are those of the app: in the header, or in the form (RFC 6749
// §2.3.1).
func credentials(r *http.Request) (id, secret string, err error) {
	if user, password, ok := r.BasicAuth(); ok {
		return unescaped(user), unescaped(password), nil
	}
	id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	if id == "" || secret == "" {
		return "", "", oautherrors.ErrInvalidClient
	}
	return id, secret, nil
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// mayHave says whether an app may have the scopes that it asks for.
func (s *Server) mayHave(tgr *oauth2.TokenGenerateRequest) (bool, error) {
	scopes, ok := ParseScopes(tgr.Scope)
	if !ok {
		return false, nil
	}
	tgr.Scope = strings.Join(scopes, " ")
	var app *store.App
	err := s.Store.View(tgr.Request.Context(), func(tx *store.Txn) (err error) {
		app, err = tx.App(tgr.ClientID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, oautherrors.ErrInvalidClient
	}
	return err == nil && within(scopes, app.Scopes), err
}

// internal gives go-oauth2's own refusals their names on the wire; all else is
// the operator's to know.
func (s *Server) internal(err error) *oautherrors.Response {
	for _, refusal := range []error{
		oautherrors.ErrInvalidRedirectURI, oautherrors.ErrInvalidAuthorizeCode, oautherrors.ErrMissingCodeVerifier,
		oautherrors.ErrMissingCodeChallenge, oautherrors.ErrInvalidCodeChallenge,
	} {
		if errors.Is(err, refusal) {
			return oautherrors.NewResponse(oautherrors.ErrInvalidGrant, http.StatusBadRequest)
		}
	}
	s.Log.Error("give out token", "err", err)
	return nil
}

// writeToken writes a token, or why there is none. Tokens do not expire, so that
// they do not say when.
func (s *Server) writeToken(w http.ResponseWriter, data map[string]any, header http.Header, status ...int) error {
	maps.Copy(w.Header(), header)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	delete(data, "expires_in")
	if data["access_token"] != nil {
		data["created_at"] = s.Store.Now().Unix()
	}
	if len(status) > 0 && status[0] > 0 {
		if data["error"] == "invalid_client" {
			h.Set("WWW-Authenticate", `Basic realm="essaim"`)
		}
		w.WriteHeader(status[0])
	}
	return json.NewEncoder(w).Encode(data)
}

// renderError writes a refusal as RFC 6749 §5.2 does.
func renderError(w http.ResponseWriter, _ *http.Request, p reply.Problem) {
	name := "invalid_request"
	switch {
	case p.Status == http.StatusUnauthorized:
		name = "invalid_token"
	case p.Status == http.StatusForbidden:
		name = "insufficient_scope"
	case p.Status >= http.StatusInternalServerError:
		name = "server_error"
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": name, "error_description": p.Detail}) // the caller is gone
}

// revoke is POST /oauth/revoke (RFC 7009): an app gives back its own token.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	id, secret, err := credentials(r)
	if err != nil {
		return &reply.Error{Status: http.StatusForbidden, Detail: "You are not authorized to revoke this token", Err: err}
	}
	token := r.FormValue("token")
	err = s.Store.Update(r.Context(), func(tx *store.Txn) error {
		app, err := tx.App(id)
		if err != nil || !(client{app}).VerifyPassword(secret) {
			return oautherrors.ErrInvalidClient
		}
		k, err := tx.Token(token)
		if errors.Is(err, store.ErrNotFound) {
			return nil // RFC 7009 §2.2: it is not valid, which is what was asked for
		}
		if err != nil || k.App != id {
			return oautherrors.ErrInvalidClient
		}
		tx.DeleteToken(token)
		return nil
	})
	if errors.Is(err, oautherrors.ErrInvalidClient) {
		return &reply.Error{Status: http.StatusForbidden, Detail: "You are not authorized to revoke this token", Err: err}
	}
	if err != nil {
		return err
	}
	return s.writeToken(w, map[string]any{}, nil)
}

// userInfo is GET /oauth/userinfo.
func (s *Server) userInfo(w http.ResponseWriter, r *http.Request) error {
	_, account, token, err := s.Sessions.Bearer(r.Context(), r)
	if err != nil {
		return &reply.Error{Status: http.StatusUnauthorized, Detail: "The access token is invalid", Authenticate: `Bearer error="invalid_token"`, Err: err}
	}
	if !Covers(token.Scopes, "profile") {
		return &reply.Error{Status: http.StatusForbidden, Detail: "This action is outside the authorized scopes"}
	}
	var actor *store.Actor
	err = s.Store.View(r.Context(), func(tx *store.Txn) (err error) {
		actor, err = tx.Actor(account.Actor)
		return err
	})
	if err != nil {
		return err
	}
	info := map[string]any{
		"iss": s.BaseURL + "/", "sub": actor.IRI, "name": actor.DisplayName(), "preferred_username": actor.Handle, "profile": actor.Page(),
	}
	if actor.Icon != nil {
		info["picture"] = actor.Icon.URL
	}
	return s.writeToken(w, info, nil)
}

// metadata is GET /.well-known/oauth-authorization-server (RFC 8414).
func (s *Server) metadata(w http.ResponseWriter, _ *http.Request) error {
	return s.writeToken(w, map[string]any{
		"issuer":                                s.BaseURL + "/",
		"authorization_endpoint":                s.BaseURL + "/oauth/authorize",
		"token_endpoint":                        s.BaseURL + "/oauth/token",
		"revocation_endpoint":                   s.BaseURL + "/oauth/revoke",
		"userinfo_endpoint":                     s.BaseURL + "/oauth/userinfo",
		"app_registration_endpoint":             s.BaseURL + "/api/v1/apps",
		"scopes_supported":                      slices.Sorted(slices.Values(Scopes())),
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code", "client_credentials"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":      []string{"S256"},
	}, nil)
}
