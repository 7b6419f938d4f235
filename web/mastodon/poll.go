package mastodon

import (
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Poll is a question with answers to choose from. They come from other servers and
// are for reading: nobody votes here.
type Poll struct {
	ID          string        `json:"id"`
	ExpiresAt   *string       `json:"expires_at"`
	Expired     bool          `json:"expired"`
	Multiple    bool          `json:"multiple"`
	VotesCount  int           `json:"votes_count"`
	VotersCount *int          `json:"voters_count"`
	Options     []PollOption  `json:"options"`
	Emojis      []CustomEmoji `json:"emojis"`
	Voted       bool          `json:"voted"`
	OwnVotes    []int         `json:"own_votes"`

	ends time.Time
}

// PollOption is one of the answers.
type PollOption struct {
	Title      string `json:"title"`
	VotesCount int    `json:"votes_count"`
}

// pollOf is the poll of a document, or nil.
func pollOf(id store.ID, doc vocab.Doc) *Poll {
	p, ok := doc.Poll()
	if !ok {
		return nil
	}
	e := &Poll{
		ID: id.String(), Multiple: p.Multiple, Expired: p.Closed, ExpiresAt: stampOf(p.Ends), ends: p.Ends,
		Options: []PollOption{}, Emojis: []CustomEmoji{}, OwnVotes: []int{},
	}
	for _, o := range p.Options {
		e.VotesCount += int(o.Votes)
		e.Options = append(e.Options, PollOption{o.Title, int(o.Votes)})
	}
	if p.Voters >= 0 {
		n := int(p.Voters)
		e.VotersCount = &n
	}
	return e
}

// at is the poll as it stands at a moment.
func (p *Poll) at(now time.Time) *Poll {
	if p == nil {
		return nil
	}
	e := *p
	e.Expired = p.Expired || !p.ends.IsZero() && !now.Before(p.ends)
	return &e
}

// poll is GET /api/v1/polls/:id.
func poll(c *call) (any, error) {
	e, err := status(c)
	if err != nil {
		return nil, err
	}
	if p := e.(*Status).Poll; p != nil {
		return p, nil
	}
	return nil, errNotFound
}

// vote is POST /api/v1/polls/:id/votes.
func vote(c *call) (any, error) {
	if _, err := poll(c); err != nil {
		return nil, err
	}
	return nil, invalid("Polls are for reading here")
}

// emojisOf are the pictures for words that a document brings.
func emojisOf(doc vocab.Doc) []CustomEmoji {
	list := []CustomEmoji{}
	for _, e := range doc.Emojis() {
		list = append(list, CustomEmoji{Shortcode: e.Shortcode, URL: e.URL, StaticURL: e.URL})
	}
	return list
}
