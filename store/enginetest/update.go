package enginetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/essaim/essaim/store"
)

var errOwn = errors.New("the closure's own")

func testFailedUpdate(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "1", "b", "1") })
	err := e.Update(context.Background(), func(tx store.Tx) error {
		put(tx, "a", "2", "c", "2")
		tx.Delete([]byte("b"))
		return errOwn
	})
	if !errors.Is(err, errOwn) {
		t.Errorf("update: got %v, want %v", err, errOwn)
	}
	if err := e.View(context.Background(), func(store.Tx) error { return errOwn }); !errors.Is(err, errOwn) {
		t.Errorf("view: got %v, want %v", err, errOwn)
	}
	wantAll(t, e, "a=1", "b=1")
}

func testPanic(t *testing.T, e store.Engine) {
	ctx := context.Background()
	calls := map[string]func(context.Context, func(store.Tx) error) error{"update": e.Update, "view": e.View}
	for name, call := range calls {
		func() {
			defer func() {
				r := recover()
				if err, _ := r.(error); !errors.Is(err, errOwn) {
					t.Errorf("%s: got %v, want the closure's panic", name, r)
				}
			}()
			err := call(ctx, func(tx store.Tx) error {
				if name == "update" {
					put(tx, "a", "1")
				}
				panic(errOwn)
			})
			t.Errorf("%s returned %v", name, err)
		}()
	}
	wantAll(t, e)
	update(t, e, func(tx store.Tx) { put(tx, "b", "1") })
	wantAll(t, e, "b=1")
}

func testCancelled(t *testing.T, e store.Engine) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := e.Update(ctx, func(tx store.Tx) error {
		t.Error("the closure ran")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	ctx, cancel = context.WithCancel(context.Background())
	err = e.Update(ctx, func(tx store.Tx) error {
		cancel()
		put(tx, "a", "1")
		return nil
	})
	if err == nil {
		wantAll(t, e, "a=1")
	} else {
		wantAll(t, e) // reported truthfully
	}
}

// parallel runs fn in n goroutines and waits for them.
func parallel(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func testFailingBesideGood(t *testing.T, e store.Engine) {
	const n, rounds = 8, 20
	parallel(n, func(i int) {
		for r := range rounds {
			key := fmt.Appendf(nil, "%d/%02d", i, r)
			func() {
				defer func() { _ = recover() }()
				err := e.Update(context.Background(), func(tx store.Tx) error {
					tx.Put(key, nil)
					tx.Put([]byte("last"), key)
					switch i % 4 {
					case 1:
						return errOwn
					case 2:
						panic(errOwn)
					}
					return nil
				})
				if good := i%4 != 1; (err == nil) != good {
					t.Errorf("%s: got %v, want success %v", key, err, good)
				}
			}()
		}
	})
	view(t, e, func(tx store.Tx) {
		for i := range n {
			want := rounds
			if i%4 == 1 || i%4 == 2 {
				want = 0
			}
			got := scan(tx, fmt.Appendf(nil, "%d/", i), fmt.Appendf(nil, "%d0", i), false)
			if len(got) != want {
				t.Errorf("writer %d left %d keys, want %d", i, len(got), want)
			}
		}
		if last := tx.Get([]byte("last")); last[0] == '1' || last[0] == '2' {
			t.Errorf("a failed update left %s", last)
		}
	})
}

func testSnapshot(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "1", "b", "1") })
	begun, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		<-begun
		for i := range 20 {
			update(t, e, func(tx store.Tx) {
				put(tx, "a", "2", "c", "2", fmt.Sprintf("d/%d", i), "2")
				tx.Delete([]byte("b"))
			})
		}
	}()
	view(t, e, func(tx store.Tx) {
		kept := tx.Get([]byte("a"))
		close(begun)
		<-written
		got := append(all(tx), string(kept), string(tx.Get([]byte("b"))))
		if s := fmt.Sprint(got); s != "[a=1 b=1 1 1]" {
			t.Errorf("the view changed while it was open: %s", s)
		}
	})
}

func count(tx store.Tx, key string) uint64 {
	if v := tx.Get([]byte(key)); v != nil {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

func setCount(tx store.Tx, key string, n uint64) {
	tx.Put([]byte(key), binary.BigEndian.AppendUint64(nil, n))
}

func testCounter(t *testing.T, e store.Engine) {
	const n, rounds = 16, 25
	e = Twice(e)
	parallel(n, func(int) {
		for range rounds {
			update(t, e, func(tx store.Tx) { setCount(tx, "n", count(tx, "n")+1) })
		}
	})
	view(t, e, func(tx store.Tx) {
		if got := count(tx, "n"); got != n*rounds {
			t.Errorf("got %d, want %d", got, n*rounds)
		}
	})
}

// testWriteSkew lets each update read two keys and write one: under anything
// less than serializable two of them both go first.
func testWriteSkew(t *testing.T, e store.Engine) {
	const rounds = 40
	for r := range rounds {
		x, y := fmt.Sprintf("x/%d", r), fmt.Sprintf("y/%d", r)
		parallel(2, func(i int) {
			update(t, e, func(tx store.Tx) {
				if count(tx, x)+count(tx, y) == 0 {
					setCount(tx, []string{x, y}[i], 1)
				}
			})
		})
		view(t, e, func(tx store.Tx) {
			if got := count(tx, x) + count(tx, y); got != 1 {
				t.Errorf("round %d: %d updates went first", r, got)
			}
		})
	}
}

func testCloseWaits(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "1") })
	begun, closing, ended := make(chan struct{}), make(chan struct{}), atomic.Bool{}
	go func() {
		view(t, e, func(tx store.Tx) {
			close(begun)
			<-closing
			for range 1000 {
				if got := tx.Get([]byte("a")); string(got) != "1" {
					t.Errorf("got %q while closing, want 1", got)
				}
			}
			ended.Store(true)
		})
	}()
	<-begun
	close(closing)
	closeEngine(t, e)
	if !ended.Load() {
		t.Error("close did not wait for a view")
	}
}

func testClosed(t *testing.T, e store.Engine) {
	closeEngine(t, e)
	never := func(store.Tx) error {
		t.Error("a closure ran after close")
		return nil
	}
	ctx := context.Background()
	for name, err := range map[string]error{
		"view": e.View(ctx, never), "update": e.Update(ctx, never), "close": e.Close(),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: got %v, want %v", name, err, store.ErrClosed)
		}
	}
}
