package mastodon

import (
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/oauth"
)

// Application is software that was registered.
type Application struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Website      *string  `json:"website"`
	Scopes       []string `json:"scopes"`
	RedirectURIs []string `json:"redirect_uris"`
	RedirectURI  string   `json:"redirect_uri"`
	VAPIDKey     string   `json:"vapid_key"`
}

// CredentialApplication is Application for who registered it.
type CredentialApplication struct {
	Application
	ClientID              string `json:"client_id"`
	ClientSecret          string `json:"client_secret"`
	ClientSecretExpiresAt int    `json:"client_secret_expires_at"`
}

func (c *call) application(a *store.App) Application {
	return Application{
		ID: a.Row.String(), Name: a.Name, Website: textOrNil(a.Website), Scopes: a.Scopes,
		RedirectURIs: a.Redirects, RedirectURI: strings.Join(a.Redirects, "\n"), VAPIDKey: c.hub.publicKey(),
	}
}

// createApp is POST /api/v1/apps.
func createApp(c *call) (any, error) {
	redirects := c.list("redirect_uris")
	if len(redirects) == 1 {
		redirects = strings.Fields(redirects[0])
	}
	app, secret, err := oauth.Register(c.r.Context(), c.Node.Store, oauth.Registration{
		Name: c.str("client_name"), Website: c.str("website"), Redirects: redirects, Scopes: strings.Join(c.list("scopes"), " "),
	})
	if err != nil {
		return nil, err
	}
	return CredentialApplication{Application: c.application(app), ClientID: app.ID, ClientSecret: secret}, nil
}

// verifyApp is GET /api/v1/apps/verify_credentials.
func verifyApp(c *call) (any, error) {
	app := &store.App{Name: "essaim token", Scopes: c.token.Scopes, Redirects: []string{oauth.OutOfBand}}
	if c.token.App != "" {
		err := c.view(func(tx *store.Txn) (err error) {
			app, err = tx.App(c.token.App)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return c.application(app), nil
}
