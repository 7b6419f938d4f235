package delivery

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

func (s *sender) pause(host string) {
	s.t.Helper()
	s.update(func(tx *store.Txn) error { tx.PauseHost(host); return nil })
}

func (s *sender) resume(host string) {
	s.t.Helper()
	s.update(func(tx *store.Txn) error { tx.ResumeHost(host); return nil })
}

func TestPausedHostGetsNothingUntilItGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		near, nearInbox := s.host("estran.example")
		s.run()
		s.publish("1", to, near)
		pass(time.Second)
		s.pause("calanques.example")
		s.publish("2", to, near)
		s.publish("3", to, near)
		pass(time.Minute)
		s.worker.Retry("calanques.example")
		s.worker.Wake("calanques.example")
		pass(time.Minute)
		equalAll(t, "posted", s.bodies(inbox), []string{"1"})
		equalAll(t, "posted to another", s.bodies(nearInbox), []string{"1", "2", "3"})
		for _, end := range []func(){s.stop, s.crash} {
			end()
			s.run()
			pass(time.Hour)
			equalAll(t, "posted after a restart", s.bodies(inbox), []string{"1"})
		}
		s.publish("4", to)
		_, backlog := s.waiting()
		equal(t, "deliveries that wait", backlog, 3)
		s.resume("calanques.example")
		pass(time.Second)
		equalAll(t, "posted in the end", s.bodies(inbox), []string{"1", "2", "3", "4"})
		_, backlog = s.waiting()
		equal(t, "deliveries that still wait", backlog, 0)
	})
}

// A pause of 40 days is no failure of 40 days: the host is judged by what it does
// afterwards.
func TestPauseIsNoTimeOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, refused)
		s.run()
		s.publish("1", to)
		pass(20 * day)
		equal(t, "state", s.lane("calanques.example").State, store.Failing)
		s.pause("calanques.example")
		pass(time.Minute)
		tries := len(s.at(inbox))
		pass(40 * day)
		equal(t, "tries in the pause", len(s.at(inbox))-tries, 0)
		equal(t, "state in the pause", s.lane("calanques.example").State, store.Healthy)
		equal(t, "error in the pause", s.lane("calanques.example").Error, "unreachable")
		s.resume("calanques.example")
		pass(20 * day)
		equal(t, "state afterwards", s.lane("calanques.example").State, store.Failing)
		s.set(inbox, nil)
		pass(2 * day)
		equal(t, "last post", s.bodies(inbox)[len(s.bodies(inbox))-1], "1")
		equal(t, "state in the end", s.lane("calanques.example").State, store.Healthy)
	})
}

// The request that is under way ends; nothing follows it.
func TestPauseWhileARequestIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, func(context.Context, letterIn) (*fetch.Response, error) {
			<-time.After(time.Minute)
			return &fetch.Response{Status: http.StatusAccepted}, nil
		})
		s.publish("1", to)
		s.publish("2", to)
		s.run()
		pass(time.Second)
		s.pause("calanques.example")
		pass(time.Hour)
		equalAll(t, "posted", s.bodies(inbox), []string{"1"})
		s.drop("calanques.example")
		s.resume("calanques.example")
		s.publish("3", to)
		pass(time.Hour)
		equalAll(t, "posted in the end", s.bodies(inbox), []string{"1", "3"})
		s.must(s.store.View(context.Background(), func(tx *store.Txn) error {
			for o := range tx.HostOrders() {
				t.Errorf("%+v is left although it was carried out", o)
			}
			return nil
		}))
	})
}

// What is given up is not sent, although the node stops at once and the host is down.
func TestDropOutlivesACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender(t, Config{})
		to, inbox := s.host("calanques.example")
		s.set(inbox, refused)
		s.run()
		s.publish("1", to)
		pass(time.Hour)
		s.drop("calanques.example")
		s.crash()
		s.set(inbox, nil)
		s.run()
		s.publish("2", to)
		pass(day)
		if sent := s.bodies(inbox); sent[len(sent)-1] != "2" || len(s.at(inbox)) == 0 {
			t.Errorf("got %v", sent)
		}
		equal(t, "state", s.lane("calanques.example").State, store.Healthy)
	})
}
