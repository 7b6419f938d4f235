package web

import (
	"cmp"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"github.com/essaim/essaim/web/page"
	"github.com/essaim/essaim/web/session"
)

// maxHosts bounds how many hosts are counted at once; who has been silent longest
// is forgotten first.
const maxHosts = 4096

// maxVisitor is the most bytes of what somebody sends who is not signed in: no form for
// visitors takes files.
const maxVisitor = 1 << 20

// bounded keeps visitors from sending more, whether a handler has a limit or not. What
// members may send is for each form to say.
func bounded(sessions *session.Manager) mux.MiddlewareFunc {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if viewer, _, _ := sessions.Viewer(r.Context()); !viewer.Local {
				r.Body = http.MaxBytesReader(w, r.Body, maxVisitor)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// perHost says of each host whether it may send one more activity now, so many a
// minute on average: many addresses can sign for one host. nil: no limit.
func perHost(perMinute int) func(host string) bool { return perKey(perMinute, time.Minute) }

// perKey says of each key whether it may do one thing more now, so many in a time on
// average. nil: no limit.
func perKey(many int, in time.Duration) func(key string) bool {
	if many == 0 {
		return nil
	}
	keys := otter.Must(&otter.Options[string, *rate.Limiter]{MaximumSize: maxHosts})
	return func(key string) bool {
		l, _ := keys.ComputeIfAbsent(key, func() (*rate.Limiter, bool) {
			return rate.NewLimiter(rate.Limit(float64(many)/in.Seconds()), many), false
		})
		return l.Allow()
	}
}

// What one network may do in an hour without an account, beside contributing.
const (
	lettersPerHour = 10 // messages to contacts
	resendsPerHour = 5  // edit links by mail
	forgotPerHour  = 10 // letters to choose a new password
	asksPerHour    = 60 // other servers asked for visitors who have an account there
	placesPerHour  = 30 // places at events
	newsPerHour    = 10 // subscriptions, which are confirmed by mail

	searchesPerMinute = 5 // at other nodes, of which this one does not many at once
)

// perNetwork says whether the network that a request comes from may do one thing
// more without an account. Networks are known in memory alone, for a while.
func perNetwork(c Config) func(r *http.Request, act page.Act) bool {
	allow := map[page.Act]func(string) bool{
		page.Contribute: perKey(c.ContributionsPerHour, time.Hour),
		page.Write:      perKey(lettersPerHour, time.Hour),
		page.Resend:     perKey(resendsPerHour, time.Hour),
		page.TakePlace:  perKey(placesPerHour, time.Hour),
		page.Subscribe:  perKey(newsPerHour, time.Hour),

		page.AskElsewhere: perKey(asksPerHour, time.Hour),
		page.AskFar:       perKey(searchesPerMinute, time.Minute),
	}
	return func(r *http.Request, act page.Act) bool {
		may := allow[act]
		return may == nil || may(networkOf(clientAddress(r, c.TrustedProxies)))
	}
}

// allowReset says whether the network that a request comes from may ask for one more
// letter to choose a new password.
func allowReset(c Config) func(r *http.Request) bool {
	may := perKey(forgotPerHour, time.Hour)
	return func(r *http.Request) bool { return may(networkOf(clientAddress(r, c.TrustedProxies))) }
}

// networkOf is the network that an address of clientAddress belongs to, as one
// household, office or village has it; what is no address is its own.
func networkOf(address string) string { return cmp.Or(session.NetworkOf(address), address) }
