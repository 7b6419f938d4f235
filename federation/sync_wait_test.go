package federation

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// A lab that was away for days is found again within hours, even if one request
// more gets lost.
func TestPauseOfACopyFollowsHowLongItWasSilent(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	for _, c := range []struct {
		problem store.SyncProblem
		fails   int
		silent  time.Duration
		want    time.Duration
	}{
		{store.ProblemUnreachable, 1, 0, 10 * time.Second},
		{store.ProblemUnreachable, 3, time.Minute, 160 * time.Second},
		{store.ProblemUnreachable, 9, 20 * hour, 6 * hour},
		{store.ProblemUnreachable, 40, 6 * day, 6 * hour},
		{store.ProblemUnreachable, 100, 8 * day, day},
		{store.ProblemUnreachable, 100, 40 * day, 7 * day},
		{store.ProblemDigest, 1, 0, hour},
		{store.ProblemDigest, 2, hour, 4 * hour},
		{store.ProblemDigest, 9, day, 7 * day},
	} {
		if got := pause(c.problem, c.fails, c.silent); got != c.want {
			t.Errorf("%s for the %dth time in %s: got %s, want %s", c.problem, c.fails, c.silent, got, c.want)
		}
	}
}
