package federation

import (
	"context"
	"net/url"

	"github.com/essaim/essaim/federation/webfinger"
)

// Intents of FEP-3b86 that visitors of this node have.
const (
	IntentFollow = "Follow" // follow an actor
	IntentObject = "Object" // open an object, to answer it or pass it on
)

// Intent is where somebody who has an account elsewhere, which handle names, does
// something there with an object of this node. Errors: webfinger.ErrInvalid for
// what is no handle, webfinger.ErrMismatch when that server offers no such place;
// ErrUnreachable, ErrBlocked, store.ErrNotFound.
func (n *Node) Intent(ctx context.Context, handle, intent, object string) (address string, err error) {
	who, err := webfinger.ParseHandle(handle, n.Fetch.BaseURL)
	if err != nil {
		return "", err
	}
	if who.User == "" {
		return "", webfinger.ErrInvalid
	}
	template, err := webfinger.LookupIntent(ctx, n.Fetch, who, intent)
	if err != nil {
		return "", unreachable(err)
	}
	return webfinger.Fill(template, url.QueryEscape(object)), nil
}
