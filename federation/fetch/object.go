package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

const as2Profile = "https://www.w3.org/ns/activitystreams"

var as2 = want{
	accept: `application/activity+json, application/ld+json; profile="` + as2Profile + `"`,
	signed: true,
	takes:  isAS2,
}

// isAS2: ActivityPub §3.2 and the ActivityStreams media type. Nothing else will
// do, or a file that somebody uploaded to a server could speak for that server.
func isAS2(mediaType string, params map[string]string) bool {
	switch mediaType {
	case "application/activity+json":
		return true
	case "application/ld+json":
		return slices.Contains(strings.Fields(params["profile"]), as2Profile)
	}
	return false
}

// Object dereferences an ActivityStreams document, signed. FEP-fe34: its id must
// lie on the origin that served it; where the id is neither what was asked for
// nor where it was found, the id itself is fetched, once, and must say the same
// of itself. Document.IRI is then that id, which may differ from iri.
func (c *Client) Object(ctx context.Context, iri string) (*Document, error) {
	return c.ObjectUnless(ctx, iri, "")
}

// ObjectUnless is Object for who has a version of the document, by its ETag:
// ErrUnchanged when it is still that one (RFC 9110 §13.1.2).
func (c *Client) ObjectUnless(ctx context.Context, iri, etag string) (*Document, error) {
	w := as2
	w.unless = etag
	return c.dereference(ctx, "as2 "+iri+" "+etag, iri, w)
}

// Key is Object for who must know whose signature something bears: it asks a host that is
// paused, too, since what comes from there is still taken.
func (c *Client) Key(ctx context.Context, iri string) (*Document, error) {
	w := as2
	w.paused = true
	return c.dereference(ctx, "key "+iri, iri, w)
}

func (c *Client) dereference(ctx context.Context, flight, iri string, w want) (*Document, error) {
	doc, err := c.once(ctx, flight, func(ctx context.Context) (*Document, error) {
		u, err := ParseURL(iri, c.AllowHTTP)
		if err != nil {
			return nil, err
		}
		return c.object(ctx, u, w)
	})
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", iri, err)
	}
	return doc, nil
}

func (c *Client) object(ctx context.Context, asked *url.URL, w want) (*Document, error) {
	doc, id, err := c.claimed(ctx, asked, w)
	if err != nil {
		return nil, err
	}
	if id.String() == asked.String() || id.String() == doc.URL {
		return doc, nil
	}
	w.unless = ""
	doc, again, err := c.claimed(ctx, id, w)
	if err != nil {
		return nil, err
	}
	if again.String() != id.String() {
		return nil, fmt.Errorf("%w: %s calls itself %s", ErrOrigin, id, again)
	}
	return doc, nil
}

// claimed fetches a document and the id it claims, which is on its origin.
func (c *Client) claimed(ctx context.Context, u *url.URL, w want) (*Document, *url.URL, error) {
	doc, err := c.follow(ctx, u, w)
	if err != nil {
		return nil, nil, err
	}
	if doc.IRI, err = documentID(doc.Body); err != nil {
		return nil, nil, err
	}
	id, err := ParseURL(doc.IRI, c.AllowHTTP)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrOrigin, err)
	}
	if !strings.HasPrefix(doc.URL, id.Scheme+"://"+id.Host+"/") { // both are in ParseURL's spelling
		return nil, nil, fmt.Errorf("%w: %s served as %s", ErrOrigin, doc.URL, id)
	}
	return doc, id, nil
}

// documentID is the id of a JSON object. It must stand there once, in one
// spelling: parsers differ in which of two they believe.
func documentID(body []byte) (string, error) {
	id := ""
	err := eachMember(body, func(name string, value json.RawMessage) error {
		if !strings.EqualFold(strings.TrimPrefix(name, "@"), "id") {
			return nil
		}
		if id != "" || name != "id" || json.Unmarshal(value, &id) != nil || id == "" {
			return fmt.Errorf("%w: ambiguous id", ErrOrigin)
		}
		return nil
	})
	if err == nil && id == "" {
		err = fmt.Errorf("%w: no id", ErrOrigin)
	}
	return id, err
}

// eachMember calls fn for the members of the one JSON object that body is.
func eachMember(body []byte, fn func(name string, value json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("%w: not an object", ErrMalformed)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		if err := fn(name.(string), value); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("%w: more than one value", ErrMalformed)
	}
	return nil
}
