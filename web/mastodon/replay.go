package mastodon

import (
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/essaim/essaim/store"
)

// replays remembers for an hour which status an Idempotency-Key made: an app that
// lost the answer sends again what was published already.
type replays struct {
	done *otter.Cache[string, store.ID]
}

func newReplays() *replays {
	return &replays{otter.Must(&otter.Options[string, store.ID]{
		MaximumSize: 1 << 12, ExpiryCalculator: otter.ExpiryWriting[string, store.ID](time.Hour),
	})}
}

func (c *call) replayKey() string {
	k := c.r.Header.Get("Idempotency-Key")
	if k == "" || len(k) > 200 {
		return ""
	}
	return c.account.ID.String() + " " + k
}

// replayed is the status that this very request made before, or zero.
func (c *call) replayed() store.ID {
	id, _ := c.once.done.GetIfPresent(c.replayKey())
	return id
}

func (c *call) remember(id store.ID) {
	if k := c.replayKey(); k != "" {
		c.once.done.Set(k, id)
	}
}
