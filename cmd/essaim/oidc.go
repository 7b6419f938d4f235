package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/web/openid"
)

func (o OIDCConfig) validate(allowHTTP bool) error {
	if o.Issuer == "" {
		return nil
	}
	u, err := url.Parse(o.Issuer)
	whole := err == nil && (u.Scheme == "https" || u.Scheme == "http" && allowHTTP) && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
	preset := openid.Preset(o.Preset)
	return errors.Join(
		check(whole, "oidc.issuer", "%q is no https address", o.Issuer),
		check(preset == openid.Generic || preset == openid.ProConnect, "oidc.preset", "%q is neither %s nor %s", o.Preset, openid.Generic, openid.ProConnect),
		check(o.ClientID != "", "oidc.client_id", "is empty"),
		check(o.ClientSecret != "" || o.ClientSecretFile != "", "oidc.client_secret", "is empty"),
		check(o.ClientSecret == "" || o.ClientSecretFile == "", "oidc.client_secret_file", "has no effect beside client_secret"),
		check(o.Name != "" || preset == openid.ProConnect, "oidc.name", "is empty"),
	)
}

// openProvider gets the OpenID provider ready; nothing is asked of it yet.
func (n *node) openProvider() error {
	o, development := n.config.OIDC, n.config.Development
	if o.Issuer == "" {
		return nil
	}
	secret, err := secretOr(o.ClientSecret, o.ClientSecretFile)
	if err != nil {
		return fmt.Errorf("oidc.client_secret_file: %w", err)
	}
	n.provider = openid.New(openid.Config{
		Preset: openid.Preset(o.Preset), Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: secret, Name: o.Name,
		BaseURL: n.config.Node.BaseURL, Now: n.store.Now,
		Transport: fetch.Transport(fetch.Config{AllowHTTP: development.AllowHTTP, AllowNets: slices.Concat(development.AllowNets, o.AllowNets)}),
	})
	return nil
}
