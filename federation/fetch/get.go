package fetch

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
)

// Document is what a server sent. It may be shared between callers: do not
// change it.
type Document struct {
	IRI         string // Object: the document's id, verbatim, proven by its origin; Get: the same as URL
	URL         string // where it was found, after redirects
	ContentType string // media type without parameters, lower case
	ETag        string // the server's name for this version of it; empty: it gives none
	Body        []byte // decoded, at most 1 MiB

	Date time.Time // the server's clock, to the second; zero: it does not tell
}

// want is what is asked for and what is taken.
type want struct {
	accept string // the header
	signed bool
	takes  func(mediaType string, params map[string]string) bool
	limit  int64  // bytes of the body; 0: maxBody
	head   bool   // only whether it is there
	unless string // the entity tag of what the caller has; empty: nothing
	paused bool   // of a host that is paused, too
}

// Get reads a document that is not ActivityStreams (JRD, host-meta, NodeInfo),
// unsigned. The answer's media type must be one of accept, or application/json
// when none is given.
func (c *Client) Get(ctx context.Context, address string, accept ...string) (*Document, error) {
	if len(accept) == 0 {
		accept = []string{"application/json"}
	}
	w := want{accept: strings.Join(accept, ", "), takes: func(mediaType string, _ map[string]string) bool {
		return containsFold(accept, mediaType)
	}}
	doc, err := c.once(ctx, w.accept+" "+address, func(ctx context.Context) (*Document, error) {
		u, err := ParseURL(address, c.AllowHTTP)
		if err != nil {
			return nil, err
		}
		return c.follow(ctx, u, w)
	})
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", address, err)
	}
	return doc, nil
}

// File reads a file of any type that somebody here asked for, unsigned and of at
// most limit bytes.
func (c *Client) File(ctx context.Context, address string, limit int64) (*Document, error) {
	u, err := ParseURL(address, c.AllowHTTP)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", address, err)
	}
	doc, err := c.follow(ctx, u, want{accept: "*/*", limit: limit, takes: func(string, map[string]string) bool { return true }})
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", address, err)
	}
	return doc, nil
}

// JSON reads a document of the type application/json.
func (c *Client) JSON(ctx context.Context, address string) ([]byte, error) {
	doc, err := c.Get(ctx, address)
	if err != nil {
		return nil, err
	}
	return doc.Body, nil
}

// follow gets u and what it redirects to.
func (c *Client) follow(ctx context.Context, u *url.URL, w want) (*Document, error) {
	for range maxRedirects + 1 {
		doc, next, err := c.hop(ctx, u, w)
		if err != nil || next == nil {
			return doc, err
		}
		u = next
	}
	return nil, ErrRedirects
}

// hop asks one server once: a document, or the address it redirects to.
func (c *Client) hop(ctx context.Context, u *url.URL, w want) (*Document, *url.URL, error) {
	if c.blocked(u) {
		return nil, nil, fmt.Errorf("%w: %s", ErrBlocked, u.Host)
	}
	if !w.paused && c.Paused(u.Host) {
		return nil, nil, fmt.Errorf("%w: %s", ErrPaused, u.Host)
	}
	leave, err := c.lanes.enter(ctx, u.Host)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	res, err := c.knock(ctx, u, w)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	if next, err := c.redirect(u, res); next != nil || err != nil {
		return nil, next, err
	}
	doc, err := c.read(ctx, u, res, w)
	return doc, nil, err
}

func (c *Client) blocked(u *url.URL) bool {
	return c.Blocked(u.Hostname()) || (u.Port() != "" && c.Blocked(u.Host))
}

// redirect is where res leads to, nil if nowhere. The address is checked like
// the first one, and https never leads to http.
func (c *Client) redirect(from *url.URL, res *http.Response) (*url.URL, error) {
	location := res.Header.Get("Location")
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := from.Parse(location)
	if err != nil || location == "" {
		return nil, fmt.Errorf("%w: redirect to %q", ErrForbiddenAddress, location)
	}
	return ParseURL(to.String(), c.AllowHTTP && from.Scheme == "http")
}

// knock sends the GET, signed in the way that this host is known to understand,
// or in all ways in turn.
func (c *Client) knock(ctx context.Context, u *url.URL, w want) (*http.Response, error) {
	if !w.signed || c.Signer == nil {
		return c.send(c.request(ctx, u, w))
	}
	var res *http.Response
	for _, scheme := range c.knocks(u) {
		if res != nil {
			res.Body.Close()
		}
		req := c.request(ctx, u, w)
		if err := c.Signer.Sign(req, nil, scheme, c.Now()); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
		var err error
		if res, err = c.send(req); err != nil {
			return nil, err
		}
		if !refused(res.StatusCode) {
			c.schemes.Set(u.Host, scheme)
			return res, nil
		}
	}
	return res, nil
}

// send makes one request and gives network errors their sentinels.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, networkError(req.Context(), err)
	}
	return res, nil
}

// knocks are the schemes to try: the one that worked last, then draft-cavage with
// the query, without it, and RFC 9421.
func (c *Client) knocks(u *url.URL) []httpsig.Scheme {
	order := []httpsig.Scheme{httpsig.Cavage}
	if u.RawQuery != "" {
		order = append(order, httpsig.CavageNoQuery)
	}
	order = append(order, httpsig.RFC9421)
	for i, s := range order {
		if known, ok := c.schemes.GetIfPresent(u.Host); ok && known == s {
			copy(order[1:i+1], order[:i])
			order[0] = s
		}
	}
	return order
}

// refused: the status says that a signature was not understood, or not enough.
func refused(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden
}

func (c *Client) request(ctx context.Context, u *url.URL, w want) *http.Request {
	req := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}}
	if w.head {
		req.Method = http.MethodHead
	}
	req.Header.Set("Accept", w.accept)
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("User-Agent", c.UserAgent)
	if w.unless != "" {
		req.Header.Set("If-None-Match", w.unless)
	}
	return req.WithContext(ctx)
}

func (c *Client) read(ctx context.Context, u *url.URL, res *http.Response, w want) (*Document, error) {
	if res.StatusCode == http.StatusNotModified && w.unless != "" {
		return nil, ErrUnchanged
	}
	if res.StatusCode != http.StatusOK {
		return nil, &BadResponse{Status: res.StatusCode, RetryAfter: retryAfter(res.Header, c.Now())}
	}
	if w.head {
		return &Document{IRI: u.String(), URL: u.String()}, nil
	}
	mediaType, params, err := contentType(res.Header)
	if err != nil || !w.takes(mediaType, params) {
		return nil, fmt.Errorf("%w: %q", ErrContentType, res.Header.Get("Content-Type"))
	}
	body, err := readBody(res, cmp.Or(w.limit, maxBody))
	if err != nil {
		return nil, bodyError(ctx, err)
	}
	date, _ := http.ParseTime(res.Header.Get("Date"))
	return &Document{IRI: u.String(), URL: u.String(), ContentType: mediaType, ETag: entityTag(res.Header), Body: body, Date: date}, nil
}

const maxTag = 128 // bytes of an entity tag that are worth keeping

func entityTag(h http.Header) string {
	if tag := h.Get("ETag"); len(tag) <= maxTag {
		return tag
	}
	return ""
}

func contentType(h http.Header) (string, map[string]string, error) {
	if len(h.Values("Content-Type")) != 1 {
		return "", nil, ErrContentType
	}
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if errors.Is(err, mime.ErrInvalidMediaParameter) {
		return mediaType, nil, nil // a careless charset does no harm, a lost profile is missed
	}
	return mediaType, params, err
}

// readBody reads and decodes at most limit bytes, counted before and after.
func readBody(res *http.Response, limit int64) ([]byte, error) {
	body := http.MaxBytesReader(nil, res.Body, limit)
	switch strings.ToLower(res.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip", "x-gzip":
		plain, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = http.MaxBytesReader(nil, plain, limit)
	default:
		return nil, fmt.Errorf("%w: encoding %q", ErrContentType, res.Header.Get("Content-Encoding"))
	}
	return io.ReadAll(body)
}

func bodyError(ctx context.Context, err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return ErrTooLarge
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	case errors.Is(err, ErrContentType):
		return err
	}
	return networkError(ctx, err)
}

// retryAfter reads the header in both its forms; 0 if it is missing or past.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

func containsFold(list []string, s string) bool {
	for _, v := range list {
		if strings.EqualFold(v, s) {
			return true
		}
	}
	return false
}
