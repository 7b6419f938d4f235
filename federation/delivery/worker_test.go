package delivery

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

func numbers(from, to int) []string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, strconv.Itoa(i))
	}
	return all
}

func TestEveryInboxGetsEverythingOnceInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{Concurrency: 3})
		shared, inbox := s.host("calanques.example")
		sibling := s.follower("https://calanques.example/actors/y", "https://calanques.example/actors/y/inbox", inbox)
		alone := s.follower("https://piton.example/u/a", "https://piton.example/u/a/inbox", "")
		second := s.follower("https://piton.example/u/b", "https://piton.example/u/b/inbox", "")
		for i := range 20 { // before it runs: as after a restart
			s.publish(strconv.Itoa(i+1), shared, sibling, alone, second)
		}
		s.run()
		for i := range 200 {
			s.publish(strconv.Itoa(i+21), shared, sibling, alone, second)
		}
		pass(time.Minute)
		for _, in := range []string{inbox, alone.Inbox, second.Inbox} {
			equalAll(t, in, s.bodies(in), numbers(1, 220))
		}
		log, backlog := s.waiting()
		equal(t, "entries that are kept", log, 1)
		equal(t, "deliveries that wait", backlog, 0)
	})
}

func TestEachTryIsSignedAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, status(http.StatusBadGateway))
		s.run()
		s.publish("1", to)
		pass(2 * time.Minute)
		tries := s.at(inbox)
		if len(tries) != 3 || tries[0].date == tries[1].date || tries[1].date == tries[2].date {
			t.Errorf("got %+v, want three tries with their own dates", tries)
		}
	})
}

func TestScheduleOfAHostThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, refused)
		s.run()
		began := time.Now()
		s.publish("1", to)
		pass(32 * day)
		tries := s.at(inbox)
		want := []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, time.Hour}
		for i, w := range want {
			between(t, fmt.Sprintf("pause %d", i+1), tries[i+1].at.Sub(tries[i].at), w*8/10, w*12/10)
		}
		for i := 6; i+1 < len(tries); i++ {
			from, to := 48*time.Minute, 72*time.Minute
			if since := tries[i].at.Sub(began); since > 7*day {
				from, to = day*8/10, day*12/10
			} else if since > day {
				from, to = 4*time.Hour*8/10, 4*time.Hour*12/10
			}
			between(t, fmt.Sprintf("pause %d", i+1), tries[i+1].at.Sub(tries[i].at), from, to)
		}
		between(t, "last try", tries[len(tries)-1].at.Sub(began), 30*day, 31*day+day/4)
		equal(t, "state", s.lane("calanques.example").State, store.Lost)
		s.publish("2", to)
		pass(day)
		equal(t, "tries for a host that is lost", len(s.at(inbox)), len(tries))
		_, backlog := s.waiting()
		equal(t, "deliveries that wait for it", backlog, 0)
	})
}

func between(t *testing.T, what string, got, from, to time.Duration) {
	t.Helper()
	if got < from || got > to {
		t.Errorf("%s: got %v, want %v to %v", what, got, from, to)
	}
}

func TestAwayForTwentyNineDaysGetsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		other, otherInbox := s.host("piton.example")
		s.set(inbox, refused)
		s.run()
		for i := range 290 {
			s.publish(strconv.Itoa(i+1), to, other)
			pass(day / 10)
		}
		tried := len(s.at(inbox))
		s.set(inbox, nil)
		s.worker.Wake("calanques.example")
		pass(time.Second)
		equalAll(t, "caught up", s.bodies(inbox)[tried:], numbers(1, 290))
		equalAll(t, "the other host", s.bodies(otherInbox), numbers(1, 290))
		pass(time.Minute)
		log, _ := s.waiting()
		equal(t, "entries that are kept", log, 1)
	})
}

func TestLostHostIsRevivedAndResynced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		fails := fmt.Errorf("disk is full")
		s := newSender(t, Config{Resync: func(_ context.Context, host string) error {
			asked = append(asked, host)
			return fails
		}})
		to, inbox := s.host("calanques.example")
		s.set(inbox, refused)
		s.run()
		s.publish("1", to)
		pass(32 * day)
		s.set(inbox, nil)
		s.worker.Wake("calanques.example")
		pass(time.Minute)
		equal(t, "state while the resync cannot be asked for", s.lane("calanques.example").State, store.Lost)
		s.stop()
		s.run() // the state is kept
		pass(time.Second)
		fails = nil
		s.worker.Wake("calanques.example")
		s.worker.Wake("calanques.example")
		pass(time.Minute)
		equalAll(t, "resyncs", asked, []string{"calanques.example", "calanques.example"})
		equal(t, "state", s.lane("calanques.example").State, store.Healthy)
		before := len(s.at(inbox))
		s.publish("2", to)
		pass(time.Minute)
		equalAll(t, "after the revival", s.bodies(inbox)[before:], []string{"2"})
	})
}

func TestWakeProbesAtOnceButNotOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, refused)
		s.run()
		s.publish("1", to)
		pass(12 * time.Hour)
		tries := len(s.at(inbox))
		for range 100 { // it posts to us while it takes nothing
			s.worker.Wake("calanques.example")
			pass(time.Second)
		}
		if more := len(s.at(inbox)) - tries; more < 8 || more > 11 {
			t.Errorf("tries in 100 s in which it woke us 100 times: got %d, want about 10", more)
		}
		pass(30 * time.Minute)
		s.set(inbox, nil)
		s.worker.Wake("calanques.example")
		pass(time.Millisecond)
		equal(t, "state after a probe at once", last(s.at(inbox)).at, time.Now().Add(-time.Millisecond))
	})
}

func last[T any](list []T) T { return list[len(list)-1] }

func TestWakeDuringAProbeIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, hang)
		s.run()
		s.publish("1", to)
		pass(41 * time.Second) // 30 s, 8 to 12 s of pause: in the second try
		s.set(inbox, nil)
		s.worker.Wake("calanques.example")
		pass(50 * time.Second)
		equal(t, "state", s.lane("calanques.example").State, store.Healthy)
	})
}

func TestAdminRetriesAndDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) {
			return &fetch.Response{Status: http.StatusServiceUnavailable, RetryAfter: 10 * time.Hour}, nil
		})
		s.run()
		for _, body := range numbers(1, 5) {
			s.publish(body, to)
		}
		pass(time.Hour)
		equal(t, "tries", len(s.at(inbox)), 1)
		s.worker.Wake("calanques.example") // Retry-After counts more
		pass(time.Minute)
		equal(t, "tries after a wake", len(s.at(inbox)), 1)
		s.worker.Retry("calanques.example")
		pass(time.Minute)
		equal(t, "tries after a retry", len(s.at(inbox)), 2)
		s.drop("calanques.example")
		pass(time.Minute)
		_, backlog := s.waiting()
		equal(t, "deliveries that wait after a drop", backlog, 0)
		s.set(inbox, nil)
		s.publish("6", to)
		s.worker.Retry("calanques.example")
		pass(time.Minute)
		equalAll(t, "posted", s.bodies(inbox), []string{"1", "1", "6"})
		s.worker.Retry("unknown.example")
	})
}

func TestDropWhileARequestIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, hang)
		s.run()
		s.publish("1", to)
		s.publish("2", to)
		pass(time.Second)
		s.drop("calanques.example")
		pass(time.Second)
		s.publish("3", to)
		s.set(inbox, nil)
		pass(time.Hour)
		equalAll(t, "posted", s.bodies(inbox), []string{"1", "3"})
	})
}

func TestRestartGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) {
			<-time.After(10 * time.Millisecond)
			return &fetch.Response{Status: http.StatusAccepted}, nil
		})
		s.run()
		for _, body := range numbers(1, 1000) {
			s.publish(body, to)
		}
		for range 10 {
			pass(777 * time.Millisecond)
			s.stop()
			s.run()
		}
		pass(time.Minute)
		equalAll(t, "posted with ten restarts", s.bodies(inbox), numbers(1, 1000))
	})
}

func TestCrashRepeatsALittleAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) {
			<-time.After(10 * time.Millisecond)
			return &fetch.Response{Status: http.StatusAccepted}, nil
		})
		s.run()
		for _, body := range numbers(1, 1000) {
			s.publish(body, to)
		}
		for range 4 {
			pass(2 * time.Second)
			s.crash()
			s.run()
		}
		pass(time.Minute)
		got := s.bodies(inbox)
		if len(got) > 1000+4*(flushAfter+drainEntries) {
			t.Errorf("posted %d with four crashes, want at most 1,000 and some", len(got))
		}
		seen := map[string]bool{}
		got = slices.DeleteFunc(got, func(body string) bool { twice := seen[body]; seen[body] = true; return twice })
		equalAll(t, "posted for the first time", got, numbers(1, 1000))
	})
}

func TestRunEndsWithinItsGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{Concurrency: 2, Slow: 1})
		for i := range 5 {
			to, inbox := s.host(fmt.Sprintf("h%d.example", i))
			s.set(inbox, hang)
			s.publish("1", to)
		}
		busy, inbox := s.host("busy.example")
		s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) {
			<-time.After(time.Second / 2)
			return &fetch.Response{Status: http.StatusAccepted}, nil
		})
		s.run()
		for _, body := range numbers(1, 60) {
			s.publish(body, busy)
		}
		for _, d := range []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond, 40 * time.Second} {
			pass(d)
			began := time.Now()
			s.stop()
			between(t, "time to stop", time.Since(began), 0, grace)
			s.run()
		}
		pass(5 * time.Minute)
		equalAll(t, "posted to the host that answers", s.bodies(inbox), numbers(1, 60))
		equal(t, "a host that hung when we stopped", s.lane("h0.example").State, store.Failing)
	})
}

func TestHangingHostsDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		var all []store.Recipient
		for i := range 200 {
			to, inbox := s.host(fmt.Sprintf("bad%d.example", i))
			s.set(inbox, hang)
			all = append(all, to)
		}
		var good []string
		for i := range 20 {
			to, inbox := s.host(fmt.Sprintf("good%d.example", i))
			all, good = append(all, to), append(good, inbox)
		}
		s.run()
		began := time.Now()
		for _, body := range numbers(1, 100) {
			s.publish(body, all...)
			pass(time.Second)
		}
		for _, in := range good {
			equalAll(t, in, s.bodies(in), numbers(1, 100))
			for i, p := range s.at(in) {
				between(t, "delay", p.at.Sub(began)-time.Duration(i)*time.Second, 0, 5*time.Second)
			}
		}
	})
}

func TestUnhealthyHostsHaveFewSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{Unhealthy: 3})
		var all []store.Recipient
		for i := range 50 {
			to, inbox := s.host(fmt.Sprintf("bad%d.example", i))
			s.set(inbox, refused)
			all = append(all, to)
		}
		s.run()
		s.publish("1", all...)
		pass(5 * time.Second)
		under, most := 0, 0
		for i := range 50 {
			s.set(fmt.Sprintf("https://bad%d.example/inbox", i), func(ctx context.Context, _ letterIn) (*fetch.Response, error) {
				s.mu.Lock()
				under++
				most = max(most, under)
				s.mu.Unlock()
				<-time.After(20 * time.Second)
				s.mu.Lock()
				under--
				s.mu.Unlock()
				return &fetch.Response{Status: http.StatusAccepted}, nil
			})
		}
		pass(10 * time.Minute)
		equal(t, "failing hosts asked at once", most, 3)
		_, backlog := s.waiting()
		equal(t, "deliveries that wait", backlog, 0)
	})
}

func TestLogBeyondTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		away, awayInbox := s.host("calanques.example")
		here, hereInbox := s.host("piton.example")
		s.set(awayInbox, refused)
		s.run()
		large := strings.Repeat("x", 100_000)
		var want []string
		for i := range 300 { // 30 MB: more than the window holds
			body := strconv.Itoa(i) + large
			if to := []store.Recipient{here, away}; i%20 == 0 {
				want = append(want, body)
				s.publish(body, to...)
			} else {
				s.publish(body, here)
			}
		}
		pass(time.Minute)
		equal(t, "posted to who is here", len(s.bodies(hereInbox)), 300)
		if s.worker.log.size > windowSize+200_000 || s.worker.log.from == 0 {
			t.Errorf("window of %d bytes from %d", s.worker.log.size, s.worker.log.from)
		}
		tried := len(s.bodies(awayInbox))
		s.set(awayInbox, nil)
		pass(time.Hour)
		if got := s.bodies(awayInbox)[tried:]; !slices.Equal(got, want) {
			t.Errorf("posted to who was away: got %d, want %d in order", len(got), len(want))
		}
	})
}
