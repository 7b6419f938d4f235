package fedtest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"text/tabwriter"
)

// traffic counts requests by what they are for.
type traffic struct {
	mu sync.Mutex
	by map[string]int
}

// meter counts what goes over a wire.
type meter struct {
	wire    http.RoundTripper
	traffic *traffic
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	m.traffic.mu.Lock()
	if m.traffic.by == nil {
		m.traffic.by = map[string]int{}
	}
	m.traffic.by[purpose(r)]++
	m.traffic.mu.Unlock()
	return m.wire.RoundTrip(r)
}

func purpose(r *http.Request) string {
	_, part, catalogue := strings.Cut(r.URL.Path, "/catalog")
	switch {
	case r.Method == http.MethodPost:
		return "pushes"
	case !catalogue:
		return "other"
	case part == "/feed":
		return "feeds"
	case part == "/buckets":
		return "buckets"
	case r.URL.Query().Has("page"):
		return "pages"
	}
	return "heads"
}

// cost is what requests of one sort may amount to.
type cost struct {
	purpose, formula string
	most             float64 // for a node, on average
}

// costs are the formulas of what a network costs. One request in twenty is lost and
// made again.
func costs() []cost {
	const (
		k      = simFollows
		days   = float64(simEnds) / float64(day)
		again  = 1 / 0.95
		change = simChanges * k // followers are as many as followed
		mends  = k * 3          // after the separation, after what was lost on the way, after what was lost here
		hourly = 40             // tries in a day of failures
	)
	return []cost{
		{"heads", "k(4/0.8 a day + 2) + 3 each mending + 10 tries while apart", again * (k*(5*days+2) + 3*mends + 10*k)},
		{"pages", "k(M/100)", again * k * 1.1},
		{"feeds", "1 each mending", again * mends},
		{"buckets", "1 each mending, and 1 each object", again * mends * (1 + simFilled/3)},
		{"pushes", "changes x followers + 2k + 40 tries a day to those apart", again * (change + 2*k + hourly*k)},
		{"other", "k actors, followers' keys, and 1 each object mended", again * (6*k + mends*simFilled/3)},
	}
}

// report prints what the network cost, and holds it against the formulas.
func (s *simulation) report() {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "requests\ta node\tat most\tformula\n")
	for _, c := range costs() {
		total := 0
		for _, n := range s.nodes {
			total += n.traffic.by[c.purpose]
		}
		mean := float64(total) / float64(len(s.nodes))
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%s\n", c.purpose, mean, c.most, c.formula)
		if mean > c.most {
			s.Errorf("%s: got %.1f a node, want at most %.1f", c.purpose, mean, c.most)
		}
	}
	if err := w.Flush(); err != nil {
		s.Error(err)
	}
	s.Logf("%d nodes, k=%d, %s\n%s", len(s.nodes), simFollows, simEnds, table.String())
}
