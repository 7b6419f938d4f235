package nodeinfo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// ErrUnknown: the server does not say, in a way we can read, what it runs.
var ErrUnknown = errors.New("no readable nodeinfo")

// maxWord bounds the name and the version, in runes: they are shown.
const maxWord = 64

// client is the *fetch.Client.
type client interface {
	JSON(ctx context.Context, address string) ([]byte, error)
	BaseURL(host string) string
}

// Peer is what another server says of itself. Every field may be empty, and
// nothing of it is proven.
type Peer struct {
	Software string // lower case: "mastodon", "essaim", …
	Version  string
	Name     string // of the node
	Essaim   Essaim // of a node like ours
}

// Software asks a host what it runs. Errors are those of package fetch, or
// ErrUnknown.
func Software(ctx context.Context, c client, host string) (Peer, error) {
	body, err := c.JSON(ctx, c.BaseURL(host)+"/.well-known/nodeinfo")
	if err != nil {
		return Peer{}, fmt.Errorf("nodeinfo of %s: %w", host, err)
	}
	address, err := documentAddress(body, c.BaseURL(host))
	if err != nil {
		return Peer{}, fmt.Errorf("nodeinfo of %s: %w", host, err)
	}
	if body, err = c.JSON(ctx, address); err != nil {
		return Peer{}, fmt.Errorf("nodeinfo of %s: %w", host, err)
	}
	peer, err := ParseDocument(body)
	if err != nil {
		return Peer{}, fmt.Errorf("nodeinfo of %s: %w", host, err)
	}
	return peer, nil
}

// documentAddress picks the newest version of the schema that is offered; they
// hardly differ. The address may be relative to base.
func documentAddress(wellKnown []byte, base string) (string, error) {
	var list struct {
		Links []json.RawMessage `json:"links"`
	}
	if err := json.Unmarshal(wellKnown, &list); err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	newest := link{}
	for _, raw := range list.Links {
		var l link
		if json.Unmarshal(raw, &l) != nil || !strings.HasPrefix(l.Rel, relSchema) || l.Href == "" {
			continue
		}
		if l.Rel > newest.Rel {
			newest = l
		}
	}
	root, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	address, err := root.Parse(newest.Href)
	if err != nil || newest.Href == "" {
		return "", fmt.Errorf("%w: no address of a document", ErrUnknown)
	}
	return address.String(), nil
}

// ParseDocument reads a document of any version. Only the software's name must be
// there; whatever else is not as it should be is left empty.
func ParseDocument(body []byte) (Peer, error) {
	doc := members(body)
	of := members(doc["software"])
	peer := Peer{Software: strings.ToLower(word(of["name"])), Version: word(of["version"])}
	if peer.Software == "" {
		return Peer{}, ErrUnknown
	}
	meta := members(doc["metadata"])
	peer.Name = word(meta["nodeName"])
	var essaim Essaim
	if json.Unmarshal(meta["essaim"], &essaim) == nil {
		peer.Essaim = essaim
	}
	return peer, nil
}

// members of a JSON object; none of anything else. PHP writes an empty object as
// an array.
func members(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// word is a string, or a number as it is written, made fit to be shown.
func word(raw json.RawMessage) string {
	var s string
	var n json.Number
	if json.Unmarshal(raw, &s) != nil && json.Unmarshal(raw, &n) == nil {
		s = n.String()
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if r := []rune(s); len(r) > maxWord {
		s = string(r[:maxWord])
	}
	return s
}
