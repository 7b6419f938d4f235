package session

import (
	"crypto/sha256"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	limitWindow = 5 * time.Minute
	maxCounters = 1 << 14 // beyond, the oldest are forgotten
	// crowd is how much more all addresses together may try one account.
	crowd = 10
)

// tries counts wrong passwords by address and by account. Whoever attacks an
// account from elsewhere does not lock its owner out: an address without a wrong
// try of its own is let through until the account had crowd times the limit, and a
// browser in which the account signed in before has a count of its own.
type tries struct {
	mu    sync.Mutex
	limit int
	now   func() time.Time
	count map[counterKey]counter
}

type counterKey [sha256.Size]byte

type counter struct {
	wrong int
	ends  time.Time
}

func newTries(limit int, now func() time.Time) *tries {
	return &tries{limit: limit, now: now, count: map[counterKey]counter{}}
}

// keysOf are the counters of an address and of an account, or the one of a browser
// that the account knows.
func keysOf(c Credentials) []counterKey {
	if c.device != "" {
		return []counterKey{sha256.Sum256([]byte("device " + c.device))}
	}
	login := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(c.Login)), "@")
	return []counterKey{sha256.Sum256([]byte("address " + clientOf(c.Address))), sha256.Sum256([]byte("account " + login))}
}

// clientOf is an address without its port; of IPv6, the network a customer gets.
func clientOf(address string) string {
	if name, _, err := net.SplitHostPort(address); err == nil {
		address = name
	}
	if ip, err := netip.ParseAddr(address); err == nil && ip.Is6() && !ip.Is4In6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return address
}

// begin counts a try as wrong before it is made, so that many at once do not
// slip through. When these credentials may not be tried it says for how long,
// and counts nothing.
func (t *tries) begin(c Credentials) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := keysOf(c)
	if first := t.get(keys[0]); first.wrong >= t.limit {
		return first.ends.Sub(t.now())
	}
	if len(keys) > 1 {
		address, account := t.get(keys[0]), t.get(keys[1])
		if account.wrong >= crowd*t.limit || account.wrong >= t.limit && address.wrong > 0 {
			return account.ends.Sub(t.now())
		}
	}
	t.addAll(keys, max(c.weight, 1))
	return 0
}

// forgive takes back what begin counted: the try was not wrong.
func (t *tries) forgive(c Credentials) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addAll(keysOf(c), -max(c.weight, 1))
}

func (t *tries) addAll(keys []counterKey, d int) {
	for _, k := range keys {
		t.add(k, d)
	}
}

func (t *tries) add(k counterKey, d int) {
	n := t.get(k)
	if n.wrong == 0 && d > 0 {
		t.makeRoom()
		n.ends = t.now().Add(limitWindow)
	}
	if n.wrong += d; n.wrong > 0 {
		t.count[k] = n
		return
	}
	delete(t.count, k)
}

func (t *tries) get(k counterKey) counter {
	n := t.count[k]
	if !t.now().Before(n.ends) {
		return counter{}
	}
	return n
}

// makeRoom forgets what is over and, when that is not enough, the oldest.
func (t *tries) makeRoom() {
	if len(t.count) < maxCounters {
		return
	}
	var oldest counterKey
	var ends time.Time
	for k, n := range t.count {
		switch {
		case !t.now().Before(n.ends):
			delete(t.count, k)
		case ends.IsZero() || n.ends.Before(ends):
			oldest, ends = k, n.ends
		}
	}
	if len(t.count) >= maxCounters {
		delete(t.count, oldest)
	}
}
