package doctor

import (
	"context"
	"slices"
	"time"
)

// Signatures are refused by clocks that differ by more; people notice less.
const (
	clockOff   = 5 * time.Minute
	clockDrift = 30 * time.Second
)

// Clock compares the clock of this machine with those of other servers, which every
// answer of theirs tells.
type Clock struct {
	Hosts []string // to be asked, at once
	Date  func(ctx context.Context, host string) (time.Time, error)
	Now   func() time.Time
}

// Check is the check of the clock. The middle answer counts: one server may be wrong.
func (c *Clock) Check() Check { return Check{"clock", c.examine} }

func (c *Clock) examine(ctx context.Context) Finding {
	answers := make(chan *time.Duration, len(c.Hosts))
	for _, host := range c.Hosts {
		go func() { answers <- c.compare(ctx, host) }()
	}
	var ahead []time.Duration
	for range c.Hosts {
		if d := <-answers; d != nil {
			ahead = append(ahead, *d)
		}
	}
	if len(ahead) == 0 {
		return Finding{State: Unknown, Class: "nobody"}
	}
	slices.Sort(ahead)
	off := ahead[len(ahead)/2].Abs()
	args := map[string]any{"seconds": int(off / time.Second), "servers": len(ahead)}
	switch {
	case off >= clockOff:
		return Finding{State: Bad, Class: "wrong", Args: args}
	case off >= clockDrift:
		return Finding{State: Warning, Class: "drifts", Args: args}
	}
	return Finding{State: Fine, Class: "right", Args: args}
}

// compare is by how much the other clock is ahead; nil: it is not known. The answer
// tells whole seconds, cut off, of a moment between question and answer.
func (c *Clock) compare(ctx context.Context, host string) *time.Duration {
	asked := c.Now()
	date, err := c.Date(ctx, host)
	if err != nil || date.IsZero() {
		return nil
	}
	middle := asked.Add(c.Now().Sub(asked) / 2)
	ahead := date.Add(time.Second / 2).Sub(middle)
	return &ahead
}
