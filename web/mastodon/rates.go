package mastodon

import (
	"net/http"
	"strconv"
	"time"

	"github.com/maypok86/otter/v2"
)

const (
	rateWindow = 5 * time.Minute
	maxCallers = 1 << 14 // who are counted at once
)

// rates counts the requests of a token or, without one, of an address.
type rates struct {
	limit   int
	now     func() time.Time
	callers *otter.Cache[string, window]
}

// window is what somebody asked since it began.
type window struct {
	ends  time.Time
	spent int
}

func newRates(perMinute int, now func() time.Time) *rates {
	return &rates{
		limit: perMinute * int(rateWindow/time.Minute), now: now,
		callers: otter.Must(&otter.Options[string, window]{MaximumSize: maxCallers}),
	}
}

// spend counts a request, says in the headers what is left, and refuses it when
// that is nothing.
func (r *rates) spend(h http.Header, c *call) error {
	if r.limit == 0 {
		return nil
	}
	now := r.now()
	w, _ := r.callers.Compute(c.counted(), func(w window, _ bool) (window, otter.ComputeOp) {
		if !now.Before(w.ends) {
			w = window{ends: now.Add(rateWindow)}
		}
		w.spent++
		return w, otter.WriteOp
	})
	h.Set("X-RateLimit-Limit", strconv.Itoa(r.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, r.limit-w.spent)))
	h.Set("X-RateLimit-Reset", stamp(w.ends))
	if w.spent > r.limit {
		return &refusal{http.StatusTooManyRequests, "Too many requests", ""}
	}
	return nil
}

// counted is under what name the caller is counted.
func (c *call) counted() string {
	if c.account != nil {
		return "account " + c.account.ID.String()
	}
	if c.Address != nil {
		return "address " + c.Address(c.r)
	}
	return "address " + c.r.RemoteAddr
}
