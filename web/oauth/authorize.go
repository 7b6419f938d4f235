package oauth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/server"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// asking is an app that asks a member.
type asking struct {
	app    *store.App
	scopes []string
	req    *server.AuthorizeRequest
}

// authorize is /oauth/authorize: the member is asked, and answers. Until app and
// redirect are known to belong together nobody is sent anywhere.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cross-Origin-Opener-Policy", "unsafe-none") // web apps open it as a window of theirs
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return &reply.Error{Status: http.StatusBadRequest, Err: err}
	}
	app, err := s.asks(r)
	if err != nil {
		return err
	}
	if app == nil {
		return s.Frame.Fail(w, r, http.StatusBadRequest, "app-redirect")
	}
	ask, err := s.read(r, app)
	if err != nil {
		return s.sendError(w, r, err)
	}
	if path := s.before(r); path != "" {
		return s.Frame.Redirect(w, r, path)
	}
	if r.Method != http.MethodPost {
		return s.askMember(w, r, ask)
	}
	return s.answered(w, r, ask)
}

// asks finds the app whose redirect this is; nil: there is none.
func (s *Server) asks(r *http.Request) (*store.App, error) {
	var app *store.App
	err := s.Store.View(r.Context(), func(tx *store.Txn) (err error) {
		app, err = tx.App(r.Form.Get("client_id"))
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !slices.Contains(app.Redirects, r.Form.Get("redirect_uri")) {
		return nil, nil // none is nil
	}
	return app, err
}

// read checks what the app asks for.
func (s *Server) read(r *http.Request, app *store.App) (*asking, error) {
	if len(r.Form["client_id"]) > 1 || len(r.Form["redirect_uri"]) > 1 || len(r.Form["scope"]) > 1 || len(r.Form["code_challenge"]) > 1 {
		return nil, oautherrors.ErrInvalidRequest // RFC 6749 §3.1
	}
	if r.Form.Get("code_challenge") == "" {
		r.Form.Set("code_challenge_method", string(oauth2.CodeChallengeS256)) // none is not plain
	}
	req, err := s.protocol.ValidationAuthorizeRequest(r)
	if err != nil {
		return nil, err
	}
	scopes, ok := ParseScopes(req.Scope)
	if !ok || !within(scopes, app.Scopes) {
		return nil, oautherrors.ErrInvalidScope
	}
	req.Scope = strings.Join(scopes, " ")
	return &asking{app, scopes, req}, nil
}

// before is where to go first: to the language that is asked for, or to sign in.
// Empty: nowhere.
func (s *Server) before(r *http.Request) string {
	if r.Method == http.MethodPost {
		return ""
	}
	q := r.URL.Query()
	again := q.Get("force_login") == "true" || q.Get("force_login") == "1"
	q.Del("force_login")
	here := "/oauth/authorize?" + q.Encode()
	_, account, _ := s.Sessions.Viewer(r.Context())
	if account != nil && !again {
		return ""
	}
	if account != nil {
		if err := s.Sessions.SignOut(r.Context()); err != nil {
			s.Log.Warn("sign out", "err", err)
		}
	}
	return "/connexion?" + url.Values{"retour": {here}}.Encode()
}

const (
	consentKey = "consent" // of the session: the answer belongs to the question
	allow      = "allow"
)

// consentPage is the page "oauth-consent.html".
type consentPage struct {
	assets.Page
	App     string
	Lead    string
	Website string
	Back    string // where the answer goes, for people to read
	Points  []string
	Hidden  []assets.Hidden
	Allow   string
	Deny    string
}

// askMember shows who asks for what, in plain words.
func (s *Server) askMember(w http.ResponseWriter, r *http.Request, ask *asking) error {
	_, _, actor := s.Sessions.Viewer(r.Context())
	t := func(key string, args ...any) string { return s.Frame.Renderer.T(r, key, args...) }
	page := consentPage{
		Page: s.Frame.Page(r, t("consent.title", "App", ask.app.Name)), App: ask.app.Name, Website: ask.app.Website,
		Lead: t("consent.lead", "App", ask.app.Name, "Address", actor.Address()), Back: s.destination(r, ask.req.RedirectURI),
		Allow: t("consent.allow"), Deny: t("consent.deny"),
	}
	page.NoIndex, page.Section = true, "account"
	for _, key := range pointsOf(ask.scopes) {
		page.Points = append(page.Points, t("consent.point."+key))
	}
	nonce := rand.Text()
	s.Sessions.Put(r.Context(), consentKey, nonce+question(r.Form))
	for _, name := range asked {
		if v := r.Form.Get(name); v != "" {
			page.Hidden = append(page.Hidden, assets.Hidden{Name: name, Value: v})
		}
	}
	page.Hidden = append(page.Hidden, assets.Hidden{Name: consentKey, Value: nonce})
	letGo(w.Header(), ask.req.RedirectURI)
	w.Header().Set("Cache-Control", "no-store")
	return s.Frame.Render(w, r, http.StatusOK, "oauth-consent.html", page)
}

// asked are the parameters of a question.
var asked = []string{"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"}

// question is a fingerprint of what is asked: the answer is to what was shown.
func question(form url.Values) string {
	q := url.Values{}
	for _, name := range asked {
		q.Set(name, form.Get(name))
	}
	h := sha256.Sum256([]byte(q.Encode()))
	return hex.EncodeToString(h[:])
}

// destination is where the answer goes, as people read it.
func (s *Server) destination(r *http.Request, redirect string) string {
	if redirect == OutOfBand {
		return s.Frame.Renderer.T(r, "consent.by-hand")
	}
	u, err := url.Parse(redirect)
	if err != nil {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return s.Frame.Renderer.T(r, "consent.app-here")
	}
	return u.Host
}

// letGo lets the browser follow the answer to the app: the policy of our pages
// keeps forms here.
func letGo(h http.Header, redirect string) {
	u, err := url.Parse(redirect)
	if err != nil || redirect == OutOfBand {
		return
	}
	to := u.Scheme + ":"
	if u.Scheme == "http" || u.Scheme == "https" {
		to = u.Scheme + "://" + u.Host
	}
	const own = "form-action 'self'"
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), own, own+" "+to, 1))
}

// pointsOf are what scopes mean to people: message keys, each once, reading before
// writing.
func pointsOf(scopes []string) []string {
	var keys []string
	for _, p := range []struct{ key, scope string }{
		{"profile", "profile"},
		{"read", "read:statuses"},
		{"read-private", "read:bookmarks"},
		{"notifications", "read:notifications"},
		{"write", "write:statuses"},
		{"profile-write", "write:accounts"},
		{"follow", "write:follows"},
		{"push", "push"},
	} {
		if Covers(scopes, p.scope) {
			keys = append(keys, p.key)
		}
	}
	for _, scope := range scopes {
		if strings.HasPrefix(scope, "write:") && !slices.Contains(keys, "write") {
			keys = append(keys, "write-part")
			break
		}
	}
	if len(keys) == 0 {
		keys = []string{"read-part"}
	}
	return keys
}

// answered carries out what the member decided.
func (s *Server) answered(w http.ResponseWriter, r *http.Request, ask *asking) error {
	_, account, _ := s.Sessions.Viewer(r.Context())
	kept := s.Sessions.Pop(r.Context(), consentKey)
	same := subtle.ConstantTimeCompare([]byte(kept), []byte(r.PostForm.Get(consentKey)+question(r.PostForm))) == 1
	if account == nil || kept == "" || !same {
		return &reply.Error{Status: http.StatusForbidden, Detail: "answer without its question"}
	}
	if r.PostForm.Get("answer") != allow {
		return s.sendError(w, r, oautherrors.ErrAccessDenied)
	}
	ask.req.UserID = account.ID.String()
	info, err := s.protocol.GetAuthorizeToken(r.Context(), ask.req)
	if err != nil {
		return s.sendError(w, r, err)
	}
	if ask.req.RedirectURI == OutOfBand {
		return s.showCode(w, r, ask, info.GetCode())
	}
	return s.send(w, ask.req.RedirectURI, r.Form.Get("state"), url.Values{"code": {info.GetCode()}, "iss": {s.BaseURL + "/"}})
}

// sendError tells the app why there is no code. Its redirect was checked before.
func (s *Server) sendError(w http.ResponseWriter, r *http.Request, err error) error {
	data, status, _ := s.protocol.GetErrorData(err)
	if status >= http.StatusInternalServerError {
		return err
	}
	if r.Form.Get("redirect_uri") == OutOfBand {
		return s.Frame.Fail(w, r, http.StatusBadRequest, "app-refused")
	}
	q := url.Values{"iss": {s.BaseURL + "/"}}
	for name, v := range data {
		if text, ok := v.(string); ok {
			q.Set(name, text)
		}
	}
	return s.send(w, r.Form.Get("redirect_uri"), r.Form.Get("state"), q)
}

// send goes to an app's redirect with more in its query (RFC 6749 §4.1.2).
func (s *Server) send(w http.ResponseWriter, redirect, state string, more url.Values) error {
	u, err := url.Parse(redirect)
	if err != nil {
		return err // it was checked when the app was registered
	}
	q := u.Query()
	maps.Copy(q, more)
	if state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Location", u.String())
	w.WriteHeader(http.StatusFound)
	return nil
}

// codePage is the page "oauth-code.html".
type codePage struct {
	assets.Page
	Lead string
	Code string
}

// showCode is the out-of-band redirect.
func (s *Server) showCode(w http.ResponseWriter, r *http.Request, ask *asking, code string) error {
	t := func(key string, args ...any) string { return s.Frame.Renderer.T(r, key, args...) }
	page := codePage{Page: s.Frame.Page(r, t("consent.code-title")), Lead: t("consent.code-lead", "App", ask.app.Name), Code: code}
	page.NoIndex, page.Section = true, "account"
	w.Header().Set("Cache-Control", "no-store")
	return s.Frame.Render(w, r, http.StatusOK, "oauth-code.html", page)
}
