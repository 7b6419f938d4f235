package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const maxReply = 64 << 10 // bytes kept of the answer to a POST

// Response is the answer to a POST.
type Response struct {
	Status     int
	RetryAfter time.Duration // 0: the server did not say
	Body       []byte        // the first 64 KiB, for the admin's eyes; never to be logged
}

// Post sends a request that is ready and signed, over the same guard as the
// GETs. Any answer is a Response, a redirect too: it is never followed. An error
// means that there was no answer. Order and limits per host are the caller's.
func (c *Client) Post(ctx context.Context, req *http.Request) (*Response, error) {
	res, err := c.post(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("post %s: %w", req.URL.Redacted(), err)
	}
	return res, nil
}

func (c *Client) post(ctx context.Context, req *http.Request) (*Response, error) {
	u, err := ParseURL(req.URL.String(), c.AllowHTTP)
	if err != nil {
		return nil, err
	}
	if c.blocked(u) {
		return nil, fmt.Errorf("%w: %s", ErrBlocked, u.Host)
	}
	ctx, cancel := context.WithTimeout(ctx, c.PostTimeout)
	defer cancel()
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", c.UserAgent)
	res, err := c.send(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	// The status has come: what happens to the rest of the body changes nothing.
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxReply))
	return &Response{Status: res.StatusCode, RetryAfter: retryAfter(res.Header, c.Now()), Body: body}, nil
}
