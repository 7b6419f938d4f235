package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
)

// A node that publishes and receives is killed at random moments, its follower
// now and then too. Nothing that it answered 2xx is missing afterwards, nothing
// published is undelivered, nothing is listed twice.
//
// ESSAIM_CRASH_ROUNDS says how often it is killed.
func TestKilledNodeKeepsItsPromises(t *testing.T) {
	t.Parallel()
	s := newCrashStage(t)
	rng := rand.New(rand.NewPCG(20, 26))
	var slowest time.Duration
	for round := range crashRounds(t) {
		both := rng.IntN(3) == 0
		s.load(1+rng.IntN(60), func() {
			_ = s.lab.cmd.Process.Kill() // the stage waits for its end
			if both {
				_ = s.follower.cmd.Process.Kill()
			}
		})
		slowest = max(slowest, s.recover(both))
		s.check()
		if t.Failed() {
			t.Fatalf("in round %d", round+1)
		}
	}
	t.Logf("%d published and %d received were acknowledged; ready after %v at most", len(s.published), len(s.received), slowest)
	s.lab.stop()
	s.follower.stop()
}

// crashRounds is 5, or 25 where a chance more matters.
func crashRounds(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("ESSAIM_CRASH_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if os.Getenv("CI") != "" {
		return 25
	}
	return 5
}

// A node that is told to stop while it is busy does so in time, and what it
// answered 2xx is there afterwards.
func TestStopUnderLoadLosesNothing(t *testing.T) {
	t.Parallel()
	s := newCrashStage(t)
	s.load(100, func() { _ = s.lab.cmd.Process.Signal(syscall.SIGTERM) })
	t.Logf("stopped after %v", s.lab.stopped())
	s.lab.start()
	s.check()
	if said := s.lab.log(); strings.Contains(said, "not closed cleanly") {
		t.Errorf("the store was not closed:\n%s", said)
	}
}

// A second SIGTERM does not wait for a client that takes its time.
func TestSecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := newCrashStage(t)
	s.load(20, func() {})
	slow, err := net.Dial("tcp", s.lab.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := fmt.Fprintf(slow, "POST /inbox HTTP/1.1\r\nHost: "); err != nil {
		t.Fatal(err)
	}
	s.lab.get("/livez", "", http.StatusOK) // which it accepted after the slow one
	s.lab.signal(syscall.SIGTERM)
	eventually(t, "the node accepts nothing new", 5*time.Millisecond, func() bool {
		conn, err := net.Dial("tcp", s.lab.addr)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-s.lab.ended:
		t.Fatalf("it did not wait for its client: %v", err)
	default:
	}
	s.lab.signal(syscall.SIGTERM)
	<-s.lab.ended
	s.lab.over()
	if said := s.lab.log(); strings.Contains(said, "msg=stopped") {
		t.Errorf("it took its time to stop in good order:\n%s", said)
	}
	s.lab.start()
	s.check()
}

// crashStage is a lab under load: it publishes for a follower, and receives from
// a server of somebody else.
type crashStage struct {
	t             *testing.T
	lab, follower *labProcess
	peer          *fedtest.PeerActor

	mu                  sync.Mutex
	sent                int
	published, received []string // and acknowledged
}

func newCrashStage(t *testing.T) *crashStage {
	t.Helper()
	labs := startLabs(t, "estran", "calanques")
	s := &crashStage{t: t, lab: labs[0], follower: labs[1], peer: fedtest.NewPeer(t, "127.0.0.1").Actor("fablab")}
	s.follower.follow(s.lab)
	s.lab.followPeer(s.peer)
	return s
}

// followPeer has the lab follow somebody on another server, who accepts.
func (l *labProcess) followPeer(a *fedtest.PeerActor) {
	l.t.Helper()
	address := "@" + a.Handle + "@" + strings.TrimPrefix(a.Peer.URL, "http://")
	l.essaim("follow", address)
	follow := fedtest.Object{"type": "Follow", "actor": l.iri(), "object": a.IRI}
	if got := a.Mail(l.url("/inbox"), a.Activity("Accept", follow)).Send(); got.Status != http.StatusAccepted {
		l.t.Fatalf("accept: got %d\n%s", got.Status, got.Body)
	}
	if got := l.essaim("follow", address); !strings.HasSuffix(got, ": accepted") {
		l.t.Fatalf("follow of %s: got %q", address, got)
	}
}

// load keeps the lab busy until it answers no more. end is called once, as soon
// as it has acknowledged so many activities; when that does not end it, it gets
// no more than a few others.
func (s *crashStage) load(acknowledged int, end func()) {
	s.t.Helper()
	left := acknowledged
	done := func(list *[]string, name string) (goOn bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		*list = append(*list, name)
		left--
		if left == 0 {
			end()
		}
		return left > -100
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for name := s.name(); s.publish(name) && done(&s.published, name); name = s.name() {
			}
		})
		all.Go(func() {
			for name := s.name(); s.send(name) && done(&s.received, name); name = s.name() {
			}
		})
	}
	all.Wait()
	if left > 0 {
		s.t.Fatalf("the lab ended by itself, %d activities early\n%s", left, s.lab.log())
	}
}

func (s *crashStage) name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	return fmt.Sprint("note-", s.sent)
}

// publish says whether the lab acknowledged an experiment or a note.
func (s *crashStage) publish(name string) bool {
	draft := noteDraft(name)
	if name[len(name)-1]%2 == 0 {
		draft = experimentDraft(name)
	}
	a, err := s.lab.post(draft)
	return s.acknowledged(a, err, http.StatusCreated)
}

// send says whether the lab acknowledged a note of the peer.
func (s *crashStage) send(name string) bool {
	note := s.peer.Activity("Create", s.peer.Note(name))
	a, err := s.lab.deliver(s.peer.Mail(s.lab.url("/inbox"), note).Request())
	return s.acknowledged(a, err, http.StatusAccepted)
}

// acknowledged says whether a request was answered as it should be. A node that
// stops may say so; one that is gone says nothing.
func (s *crashStage) acknowledged(a fedtest.Answer, err error, want int) bool {
	if err == nil && a.Status != want && a.Status != http.StatusServiceUnavailable {
		s.t.Errorf("got %d, want %d\n%s", a.Status, want, a.Body)
	}
	return err == nil && a.Status == want
}

// recover starts what was killed and returns how long the lab took.
func (s *crashStage) recover(both bool) time.Duration {
	s.t.Helper()
	if both {
		s.follower.kill()
		s.follower.start()
	}
	s.lab.kill()
	return s.lab.start()
}

// check compares what is there with what was acknowledged. What was not
// acknowledged may be there all the same, but then at the follower too.
func (s *crashStage) check() {
	s.t.Helper()
	s.lab.delivered() // which includes essaim check
	s.follower.essaim("check")
	published := s.lab.outbox()
	wantAll(s.t, "outbox", published, s.published)
	wantSame(s.t, "what the follower got", s.follower.listed("/fil"), published)
	wantAll(s.t, "what the lab received", s.lab.listed("/fil"), s.received)
}
