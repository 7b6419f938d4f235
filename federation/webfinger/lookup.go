package webfinger

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/essaim/essaim/federation/fetch"
)

// ErrMismatch: two servers, or a server and itself, disagree about a handle.
var ErrMismatch = errors.New("handle and actor do not belong together")

// client is the *fetch.Client.
type client interface {
	Get(ctx context.Context, address string, accept ...string) (*fetch.Document, error)
	BaseURL(host string) string
}

// Identity is what a server says of one of its handles.
type Identity struct {
	Address        // as the server itself spells it; the account's domain where that is another one
	Actor   string // the actor's id
}

// Lookup asks a host for its user. Where the answer names another subject (an
// account domain apart from its server), that one is asked, once, and must stand
// by itself. What comes back is the host's word alone: the actor may lie on any
// server, so fetch it, then Verify it. Errors are those of package fetch (a user
// who is deleted is fetch.ErrGone), ErrMismatch and ErrInvalid.
func Lookup(ctx context.Context, c client, user, host string) (Identity, error) {
	asked := Address{User: user, Host: host}
	id, err := follow(ctx, c, asked)
	if err != nil {
		return Identity{}, fmt.Errorf("look up %s: %w", asked.Acct(), err)
	}
	return id, nil
}

func follow(ctx context.Context, c client, asked Address) (Identity, error) {
	id, err := ask(ctx, c, asked)
	if err != nil || id.same(asked) {
		return id, err
	}
	again, err := ask(ctx, c, id.Address)
	if err != nil {
		return Identity{}, err
	}
	if !again.same(id.Address) {
		return Identity{}, fmt.Errorf("%w: %s calls itself %s", ErrMismatch, id.Acct(), again.Acct())
	}
	return again, nil
}

// ask is one query about a handle to its own host.
func ask(ctx context.Context, c client, a Address) (Identity, error) {
	j, err := query(ctx, c, a.Host, a.Acct())
	if err != nil {
		return Identity{}, err
	}
	subject, err := parseAcct(j.Subject)
	if err != nil {
		return Identity{}, fmt.Errorf("subject: %w", err)
	}
	actor := j.Actor()
	if actor == "" {
		return Identity{}, fmt.Errorf("%w: %s has no actor", ErrMismatch, a.Acct())
	}
	return Identity{Address: subject, Actor: actor}, nil
}

// LookupURL asks the host of a web address which actor the address stands for
// (FEP-4adb): for the bare address of a server, and for pages that do not answer
// with ActivityStreams themselves. It is the host's word alone, like Lookup's.
func LookupURL(ctx context.Context, c client, address string) (actor string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("look up: %w: %w", ErrInvalid, err)
	}
	j, err := query(ctx, c, u.Host, address)
	if err != nil {
		return "", fmt.Errorf("look up %s: %w", address, err)
	}
	if actor = j.Actor(); actor == "" {
		return "", fmt.Errorf("look up %s: %w: no actor", address, ErrMismatch)
	}
	return actor, nil
}

// Verify asks an actor's own server for the handle of an actor whose document has
// been fetched and whose preferredUsername is user. The handle that comes back,
// which may have another host, may be shown: both sides say the same. A handle
// that was not verified must not be, for anybody can point theirs at any actor.
func Verify(ctx context.Context, c client, actor, user string) (Identity, error) {
	u, err := fetch.ParseURL(actor, true)
	if err != nil {
		return Identity{}, fmt.Errorf("verify %s: %w", actor, err)
	}
	id, err := follow(ctx, c, Address{User: user, Host: u.Host})
	if err != nil {
		return Identity{}, fmt.Errorf("verify %s: %w", actor, err)
	}
	if id.Actor != actor {
		return Identity{}, fmt.Errorf("verify %s: %w: %s is %s", actor, ErrMismatch, id.Acct(), id.Actor)
	}
	return id, nil
}

// query asks a host about a resource, at the usual place or, where nothing is
// there, where its host-meta says.
func query(ctx context.Context, c client, host, resource string) (*JRD, error) {
	usual := c.BaseURL(host) + queryPath + url.QueryEscape(resource)
	doc, err := get(ctx, c, usual)
	if errors.Is(err, fetch.ErrNotFound) {
		if other := delegated(ctx, c, host, resource); other != "" && other != usual {
			doc, err = get(ctx, c, other)
		}
	}
	if err != nil {
		return nil, err
	}
	return ParseJRD(doc.Body)
}

func get(ctx context.Context, c client, address string) (*fetch.Document, error) {
	return c.Get(ctx, address, MediaType, "application/json")
}

// delegated is where a host's host-meta sends the query, "" for nowhere.
func delegated(ctx context.Context, c client, host, resource string) string {
	doc, err := c.Get(ctx, c.BaseURL(host)+"/.well-known/host-meta", HostMetaType, "application/xml", "text/xml")
	if err != nil {
		return ""
	}
	template, err := parseHostMeta(doc.Body)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(template, "{uri}", url.QueryEscape(resource))
}
