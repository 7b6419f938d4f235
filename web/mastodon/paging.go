package mastodon

import (
	"strings"

	"github.com/essaim/essaim/store"
)

// stretch reads max_id, since_id, min_id and limit.
func (c *call) stretch(usual, most int) store.Stretch {
	s := store.Stretch{Limit: c.number("limit", usual, most)}
	s.Before, _ = store.ParseID(c.str("max_id"))
	s.After, _ = store.ParseID(c.str("since_id"))
	if low, err := store.ParseID(c.str("min_id")); err == nil {
		s.After, s.Up = low, true
	}
	return s
}

// links tells where the list goes on: clients page by this header. first and last
// are the newest and the oldest entry of the page, older says that there may be
// more.
func (c *call) links(first, last store.ID, older bool) {
	var links []string
	if older && last != 0 {
		links = append(links, c.link("next", "max_id", last))
	}
	if first != 0 {
		links = append(links, c.link("prev", "min_id", first))
	}
	if len(links) > 0 {
		c.w.Header().Set("Link", strings.Join(links, ", "))
	}
}

// link is one entry of the header (RFC 8288), with the other parameters as asked.
func (c *call) link(rel, name string, id store.ID) string {
	q := c.r.URL.Query()
	for _, p := range []string{"max_id", "min_id", "since_id", "access_token"} {
		q.Del(p)
	}
	q.Set(name, id.String())
	return "<" + c.Node.BaseURL + c.r.URL.Path + "?" + q.Encode() + `>; rel="` + rel + `"`
}

// stripLinks are the links of a strip of a timeline.
func (c *call) stripLinks(s store.Stretch, strip store.Strip) {
	var first, last store.ID
	if n := len(strip.Entries); n > 0 {
		first, last = strip.Entries[0].ID, strip.Entries[n-1].ID
	}
	if !s.Up {
		if strip.Next != 0 {
			last = strip.Next
		}
		c.links(first, last, strip.Next != 0)
		return
	}
	if strip.Next != 0 {
		first = strip.Next
	}
	c.links(first, last, true)
}

// pageOf cuts a page out of a list whose entries have ids that fall, for lists
// that are short enough to be read whole.
func pageOf[T any](c *call, all []T, usual, most int, id func(T) store.ID) []T {
	s := c.stretch(usual, most)
	var in []T
	for _, v := range all {
		if i := id(v); (s.Before == 0 || i < s.Before) && i > s.After {
			in = append(in, v)
		}
	}
	more := len(in) > s.Limit
	switch {
	case more && s.Up:
		in = in[len(in)-s.Limit:]
	case more:
		in = in[:s.Limit]
	}
	if len(in) > 0 {
		c.links(id(in[0]), id(in[len(in)-1]), more || s.Up)
	}
	return in
}
