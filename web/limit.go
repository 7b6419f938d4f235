package web

import (
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// maxHosts bounds how many hosts are counted at once; who has been silent longest
// is forgotten first.
const maxHosts = 4096

// perHost says of each host whether it may send one more activity now, so many a
// minute on average: many addresses can sign for one host. nil: no limit.
func perHost(perMinute int) func(host string) bool {
	if perMinute == 0 {
		return nil
	}
	hosts := otter.Must(&otter.Options[string, *rate.Limiter]{MaximumSize: maxHosts})
	return func(host string) bool {
		l, _ := hosts.ComputeIfAbsent(host, func() (*rate.Limiter, bool) {
			return rate.NewLimiter(rate.Limit(float64(perMinute)/time.Minute.Seconds()), perMinute), false
		})
		return l.Allow()
	}
}
