package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneFlightPerDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights
		var runs atomic.Int64
		release := make(chan struct{})
		want := &Document{IRI: "https://lab.example/"}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				doc, err := g.do(t.Context(), "k", func(context.Context) (*Document, error) {
					runs.Add(1)
					<-release
					return want, nil
				})
				if doc != want || err != nil {
					t.Errorf("got %v, %v", doc, err)
				}
			})
		}
		synctest.Wait()
		close(release)
		wg.Wait()
		if runs.Load() != 1 || len(g.m) != 0 {
			t.Errorf("got %d runs and %d flights left, want 1 and 0", runs.Load(), len(g.m))
		}
	})
}

func TestFlightOutlivesItsFirstCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights
		release := make(chan struct{})
		slow := func(ctx context.Context) (*Document, error) {
			select {
			case <-release:
				return &Document{}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		hasty, leave := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { _, err := g.do(hasty, "k", slow); first <- err }()
		synctest.Wait()
		second := make(chan error, 1)
		go func() { _, err := g.do(t.Context(), "k", slow); second <- err }()
		synctest.Wait()
		leave()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want Canceled", err)
		}
		close(release)
		if err := <-second; err != nil {
			t.Errorf("got %v, want the document", err)
		}
	})
}

func TestFlightEndsWithItsLastCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flights
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ended := false
		_, err := g.do(ctx, "k", func(ctx context.Context) (*Document, error) {
			<-ctx.Done()
			ended = true
			return nil, ctx.Err()
		})
		wantError(t, err, ErrTimeout)
		if !ended || len(g.m) != 0 {
			t.Errorf("got ended %v and %d flights left, want true and 0", ended, len(g.m))
		}
	})
}

func TestLanesLetTwoPerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		var inside, most, done atomic.Int64
		for range 10 {
			go func() {
				leave, err := l.enter(t.Context(), "busy.example")
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				most.Store(max(most.Load(), inside.Add(1)))
				<-time.After(time.Second)
				inside.Add(-1)
				done.Add(1)
			}()
		}
		synctest.Wait()
		if leave, err := l.enter(t.Context(), "other.example"); err != nil {
			t.Error(err)
		} else {
			leave()
		}
		<-time.After(6 * time.Second)
		synctest.Wait()
		if most.Load() != maxPerHost || done.Load() != 10 || len(l.hosts) != 0 {
			t.Errorf("got %d at once, %d done, %d lanes left, want %d, 10, 0", most.Load(), done.Load(), len(l.hosts), maxPerHost)
		}
	})
}

func TestWaitingForALaneEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		for range maxPerHost {
			leave, err := l.enter(t.Context(), "busy.example")
			if err != nil {
				t.Fatal(err)
			}
			defer leave()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := l.enter(ctx, "busy.example")
		wantError(t, err, ErrTimeout)
		if users := l.hosts["busy.example"].users; users != maxPerHost {
			t.Errorf("got %d users, want %d", users, maxPerHost)
		}
	})
}

func TestLanesBoundAllHostsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		for i := range maxInAll {
			leave, err := l.enter(t.Context(), fmt.Sprintf("%d.example", i))
			if err != nil {
				t.Fatal(err)
			}
			defer leave()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := l.enter(ctx, "one-more.example")
		wantError(t, err, ErrTimeout)
		if len(l.hosts) != maxInAll {
			t.Errorf("got %d lanes, want %d", len(l.hosts), maxInAll)
		}
	})
}

func TestFailureIsRememberedForAWhile(t *testing.T) {
	for status, ttl := range map[int]time.Duration{404: time.Minute, 503: 10 * time.Second} {
		s, n := newServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		c := newClient(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
		for range 3 {
			_, err := c.Object(t.Context(), s.URL)
			if bad, ok := errors.AsType[*BadResponse](err); !ok || bad.Status != status {
				t.Errorf("got %v, want status %d", err, status)
			}
			now = now.Add(ttl / 4)
		}
		if n.Load() != 1 {
			t.Errorf("status %d: got %d requests, want 1", status, n.Load())
		}
		now = now.Add(ttl / 4)
		c.Object(t.Context(), s.URL)
		if n.Load() != 2 {
			t.Errorf("status %d: got %d requests after %v, want 2", status, n.Load(), ttl)
		}
	}
}

func TestBlockIsNotRemembered(t *testing.T) {
	s, _ := newServer(t, itself)
	blocked := true
	c := newClient(t, func(cfg *Config) { cfg.Blocked = func(string) bool { return blocked } })
	_, err := c.Object(t.Context(), s.URL)
	wantError(t, err, ErrBlocked)
	blocked = false
	if _, err := c.Object(t.Context(), s.URL); err != nil {
		t.Errorf("after the block was lifted: %v", err)
	}
}
