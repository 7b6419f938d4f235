package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

func TestJudge(t *testing.T) {
	answer := func(status int) *fetch.Response { return &fetch.Response{Status: status, RetryAfter: 30 * time.Hour} }
	tests := []struct {
		status int
		err    error
		want   failure
	}{
		{err: fmt.Errorf("post: %w", fetch.ErrBlocked), want: failure{class: "blocked", dropped: true}},
		{err: fetch.ErrForbiddenAddress, want: failure{class: "address"}},
		{err: fetch.ErrTimeout, want: failure{class: "timeout"}},
		{err: fetch.ErrTemporary, want: failure{class: "unreachable"}},
		{err: errors.New("something else"), want: failure{class: "unreachable"}},
		{status: 200},
		{status: 202},
		{status: 204},
		{status: 404, want: failure{class: "gone", gone: true}},
		{status: 410, want: failure{class: "gone", gone: true}},
		{status: 401, want: failure{class: "unauthorised"}},
		{status: 429, want: failure{class: "busy"}},
		{status: 408, want: failure{class: "status"}},
		{status: 409, want: failure{class: "status"}},
		{status: 421, want: failure{class: "status"}},
		{status: 425, want: failure{class: "status"}},
		{status: 400, want: failure{class: "refused", dropped: true}},
		{status: 403, want: failure{class: "refused", dropped: true}},
		{status: 413, want: failure{class: "refused", dropped: true}},
		{status: 501, want: failure{class: "refused", dropped: true}},
		{status: 301, want: failure{class: "redirect"}},
		{status: 308, want: failure{class: "redirect"}},
		{status: 500, want: failure{class: "status"}},
		{status: 503, want: failure{class: "status"}},
		{status: 102, want: failure{class: "status"}},
	}
	for _, test := range tests {
		if test.err == nil && test.want.class != "" {
			test.want.status, test.want.after = test.status, day
		}
		equal(t, fmt.Sprintf("%d %v", test.status, test.err), judge(answer(test.status), test.err), test.want)
	}
}

func TestDelay(t *testing.T) {
	unscaled := func(d time.Duration) time.Duration { return d }
	tests := []struct {
		fails  int
		silent time.Duration
		want   time.Duration
	}{
		{1, 0, 10 * time.Second},
		{2, 10 * time.Second, time.Minute},
		{3, 2 * time.Minute, 5 * time.Minute},
		{4, 8 * time.Minute, 15 * time.Minute},
		{5, time.Hour, time.Hour},
		{20, day - 1, time.Hour},
		{21, day, 4 * time.Hour},
		{99, 7*day - 1, 4 * time.Hour},
		{99, 7 * day, day},
		{99, 29 * day, day},
		{2, 20 * day, time.Minute}, // woken often is another matter
	}
	for _, test := range tests {
		equal(t, fmt.Sprintf("after %d failures in %v", test.fails, test.silent), delay(test.fails, test.silent, unscaled), test.want)
	}
}

func TestJitterIsAFifth(t *testing.T) {
	low, high := time.Hour, time.Hour
	for range 10_000 {
		d := jitter(time.Hour)
		low, high = min(low, d), max(high, d)
	}
	between(t, "shortest", low, 48*time.Minute, 49*time.Minute)
	between(t, "longest", high, 71*time.Minute, 72*time.Minute)
}

func TestWays(t *testing.T) {
	s := newSender(t, Config{})
	s.worker = New(Config{Store: s.store})
	announces := store.Actor{
		IRI: "https://essaim.example/actors/x", Type: store.Group, Implements: []string{store.RFC9421Spec},
		Keys: []store.PublicKey{{ID: "https://essaim.example/actors/x#ed25519-1", Multibase: "z6Mk"}},
	}
	s.update(func(tx *store.Txn) error { return tx.PutActor(&announces) })
	for _, test := range []struct {
		known string
		actor store.ID
		want  []string
	}{
		{"", 0, []string{"cavage", "rfc9421"}},
		{"", announces.ID, []string{"ed25519", "rfc9421", "cavage"}},
		{"ed25519", 0, []string{"ed25519", "rfc9421", "cavage"}},
		{"cavage", announces.ID, []string{"cavage", "rfc9421"}},
		{"rfc9421", 0, []string{"rfc9421", "cavage"}},
	} {
		l := &lane{Lane: store.Lane{Scheme: test.known}}
		var names []string
		for _, way := range s.worker.ways(t.Context(), l, &store.Inbox{Actor: test.actor}) {
			names = append(names, way.name)
		}
		equalAll(t, "ways for "+test.known, names, test.want)
	}
	s.worker = nil
}

func TestUnauthorisedIsSignedTheOtherWayOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, func(_ context.Context, p letterIn) (*fetch.Response, error) {
			if p.scheme == "cavage" {
				return &fetch.Response{Status: http.StatusUnauthorized}, nil
			}
			return &fetch.Response{Status: http.StatusAccepted}, nil
		})
		s.run()
		s.publish("1", to)
		s.publish("2", to)
		pass(time.Minute)
		var schemes []string
		for _, p := range s.at(inbox) {
			schemes = append(schemes, p.body+p.scheme)
		}
		equalAll(t, "posted", schemes, []string{"1cavage", "1rsa-v1_5-sha256", "2rsa-v1_5-sha256"})
		s.stop()
		s.run()
		s.publish("3", to)
		pass(time.Minute)
		equal(t, "after a restart", last(s.at(inbox)).scheme, "rsa-v1_5-sha256")
		equal(t, "requests", len(s.at(inbox)), 4)
	})
}

func TestUnauthorisedBothWaysIsTriedHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, status(http.StatusUnauthorized))
		s.run()
		s.publish("1", to)
		pass(59 * time.Minute)
		equal(t, "requests in the first hour", len(s.at(inbox)), 2)
		pass(day)
		if n := len(s.at(inbox)) / 2; n < 20 || n > 26 {
			t.Errorf("tries in a day: got %d, want hourly", n)
		}
		equal(t, "last error", s.lane("calanques.example").Error, "unauthorised")
	})
}

func TestRefusedActivityIsDroppedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, refused)
		s.run()
		s.publish("1", to)
		pass(20 * day)
		s.set(inbox, func(_ context.Context, p letterIn) (*fetch.Response, error) {
			if p.body != "3" {
				return &fetch.Response{Status: http.StatusForbidden}, nil
			}
			return nil, fetch.ErrTemporary
		})
		s.publish("2", to)
		s.publish("3", to)
		pass(12 * day)
		l := s.lane("calanques.example")
		equal(t, "dropped", l.Dropped, 2)
		equal(t, "state of a host that answered 12 days ago", l.State, store.Failing)
		s.set(inbox, nil)
		pass(2 * day)
		equal(t, "delivered in the end", last(s.bodies(inbox)), "3")
		equal(t, "state", s.lane("calanques.example").State, store.Healthy)
	})
}

func TestGoneInboxOfAnActorEndsItsFollows(t *testing.T) {
	for _, code := range []int{http.StatusNotFound, http.StatusGone} {
		synctest.Test(t, func(t *testing.T) {
			s := newSender(t, Config{})
			gone := s.follower("https://piton.example/u/a", "https://piton.example/u/a/inbox", "")
			stays := s.follower("https://piton.example/u/b", "https://piton.example/u/b/inbox", "")
			s.set(gone.Inbox, status(code))
			s.run()
			s.publish("1", gone, stays)
			pass(time.Minute)
			equalAll(t, "posted to the other", s.bodies(stays.Inbox), []string{"1"})
			equal(t, "requests to the inbox that is gone", len(s.at(gone.Inbox)), 1)
			equal(t, "state of the host", s.lane("piton.example").State, store.Healthy)
			equalAll(t, "followers", s.followers(), []store.ID{stays.Actor})
		})
	}
}

func (s *sender) followers() (ids []store.ID) {
	s.t.Helper()
	s.must(s.store.View(context.Background(), func(tx *store.Txn) error {
		ids = nil
		for f := range tx.Followers(s.actor.ID) {
			ids = append(ids, f.Follower)
		}
		return nil
	}))
	return ids
}

func TestGoneInboxThatAnActorLeftEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		old := s.follower("https://piton.example/u/a", "https://piton.example/u/a/inbox", "")
		s.publish("1", old)
		s.follower("https://piton.example/u/a", "https://piton.example/u/a/inbox2", "")
		s.set(old.Inbox, status(http.StatusGone))
		s.run()
		pass(time.Minute)
		equalAll(t, "followers", s.followers(), []store.ID{old.Actor})
	})
}

func TestGoneSharedInboxIsLostAfterThreeDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, status(http.StatusGone))
		s.run()
		s.publish("1", to)
		pass(day + 23*time.Hour)
		equal(t, "state on the second day", s.lane("calanques.example").State, store.Failing)
		pass(6 * time.Hour)
		equal(t, "state on the third day", s.lane("calanques.example").State, store.Lost)
		equal(t, "followers", len(s.followers()), 1)
	})
}

func TestRetryAfterIsHonouredUpToADay(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for asked, want := range map[time.Duration]time.Duration{
			3 * time.Hour: 3 * time.Hour, time.Second: 10 * time.Second, 1000 * time.Hour: day,
		} {
			synctest.Test(t, func(t *testing.T) {
				s := newSender(t, Config{})
				to, inbox := s.host("calanques.example")
				s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) {
					return &fetch.Response{Status: code, RetryAfter: asked}, nil
				})
				s.run()
				s.publish("1", to)
				pass(26 * time.Hour)
				tries := s.at(inbox)
				between(t, fmt.Sprintf("pause after %d and %v", code, asked), tries[1].at.Sub(tries[0].at), want*8/10, want*12/10)
			})
		}
	}
}

func TestBlockedHostIsNotAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) { return nil, fetch.ErrBlocked })
		s.run()
		s.publish("1", to)
		pass(day)
		equal(t, "tries", len(s.at(inbox)), 1)
		equal(t, "dropped", s.lane("calanques.example").Dropped, 1)
	})
}

func TestActorWithoutKeysBlocksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.update(func(tx *store.Txn) error {
			tx.Enqueue(store.Outgoing{Actor: 42, Verb: "Create", Body: []byte("1")}, []store.Recipient{to})
			return nil
		})
		s.publish("2", to)
		s.run()
		pass(time.Minute)
		equalAll(t, "posted", s.bodies(inbox), []string{"2"})
	})
}

func TestOneInboxThatFailsRepeatsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		good := s.follower("https://piton.example/u/a", "https://piton.example/u/a/inbox", "")
		bad := s.follower("https://piton.example/u/b", "https://piton.example/u/b/inbox", "")
		s.set(bad.Inbox, status(http.StatusInternalServerError))
		s.run()
		s.publish("1", good, bad)
		s.publish("2", good, bad)
		pass(32 * day)
		equalAll(t, "posted to the one that works", s.bodies(good.Inbox), []string{"1"})
		equal(t, "state", s.lane("piton.example").State, store.Lost)
	})
}

func TestStoreThatFailsForAWhileLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.run()
		s.publish("1", to)
		pass(time.Minute)
		s.publish("2", to)
		s.engine.Kill()
		pass(time.Minute)
		s.engine.Revive()
		s.publish("3", to)
		pass(time.Hour)
		equalAll(t, "posted", s.bodies(inbox), []string{"1", "2", "3"})
	})
}

func TestSignaturesVerify(t *testing.T) {
	s := newSender(t, Config{})
	to, _ := s.host("calanques.example")
	heard := make(chan *http.Request, 1)
	s.config.Post = posterFunc(func(_ context.Context, req *http.Request) (*fetch.Response, error) {
		heard <- req
		return &fetch.Response{Status: http.StatusAccepted}, nil
	})
	s.publish("1", to)
	s.run()
	req := <-heard
	req.RequestURI = req.URL.RequestURI()
	sig, err := httpsig.Policy{Origin: "https://calanques.example"}.Parse(req, time.Now())
	s.must(err)
	keys, err := sharedKeys()
	s.must(err)
	pair, err := keyring.Parse(s.actor.IRI, keys)
	s.must(err)
	s.must(sig.VerifyBody([]byte("1")))
	if err := sig.Verify(pair.RSA.Key.Public()); err != nil || sig.KeyID != s.actor.IRI+"#main-key" {
		t.Errorf("signature by %s: %v", sig.KeyID, err)
	}
}

type posterFunc func(context.Context, *http.Request) (*fetch.Response, error)

func (f posterFunc) Post(ctx context.Context, req *http.Request) (*fetch.Response, error) {
	return f(ctx, req)
}
