package oauth

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
)

// OutOfBand is the redirect of apps that have no address: the code is shown to
// the member, who copies it.
const OutOfBand = "urn:ietf:wg:oauth:2.0:oob"

// Registration is what an app says of itself.
type Registration struct {
	Name      string
	Website   string
	Redirects []string
	Scopes    string
}

const (
	maxAppName   = 60 // characters
	maxRedirects = 10
	maxRedirect  = 2000 // bytes
)

// Register keeps a new app and returns it with its client secret, of which the
// store keeps the hash. What is wrong is a *store.FieldError of "client_name",
// "website", "redirect_uris" or "scopes".
func Register(ctx context.Context, s *store.Store, in Registration) (*store.App, string, error) {
	scopes, err := in.check()
	if err != nil {
		return nil, "", err
	}
	secret := NewSecret()
	app := &store.App{
		ID: NewSecret(), Secret: store.HashSecret(secret), Name: in.Name, Website: in.Website,
		Redirects: in.Redirects, Scopes: scopes,
	}
	err = s.Update(ctx, func(tx *store.Txn) error {
		app.Row, app.Created = 0, tx.Now()
		tx.PutApp(app)
		return nil
	})
	return app, secret, err
}

func (in *Registration) check() ([]string, error) {
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	if in.Name == "" || utf8.RuneCountInString(in.Name) > maxAppName {
		return nil, &store.FieldError{Field: "client_name", Reason: "error.app-name", Args: map[string]any{"max": maxAppName}}
	}
	if in.Website != "" && store.Origin(in.Website) == "" {
		return nil, &store.FieldError{Field: "website", Reason: "error.web"}
	}
	if len(in.Redirects) == 0 || len(in.Redirects) > maxRedirects || slices.ContainsFunc(in.Redirects, func(r string) bool { return !validRedirect(r) }) {
		return nil, &store.FieldError{Field: "redirect_uris", Reason: "error.app-redirect"}
	}
	scopes, ok := ParseScopes(in.Scopes)
	if !ok {
		return nil, &store.FieldError{Field: "scopes", Reason: "error.app-scopes"}
	}
	return scopes, nil
}

// unsafe are schemes that a browser runs or opens by itself.
var unsafe = []string{"javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source", "intent", "ws", "wss", "ftp", "mailto"}

// validRedirect says whether codes may be sent to an address: absolute, without a
// fragment (RFC 6749 §3.1.2), and not one that a browser would run.
func validRedirect(s string) bool {
	if s == OutOfBand {
		return true
	}
	u, err := url.Parse(s)
	if err != nil || len(s) > maxRedirect || u.Scheme == "" || strings.Contains(s, "#") || u.User != nil || slices.Contains(unsafe, strings.ToLower(u.Scheme)) {
		return false
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' || r == ';' || r == '"' || r == '\'' }) {
		return false
	}
	return u.Scheme != "http" && u.Scheme != "https" || u.Hostname() != ""
}

// newCode is short enough to be copied by hand.
func newCode() string { return rand.Text() + rand.Text()[:10] }
