package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
)

// A node that is told to stop as soon as it listens has greeted nobody yet.
func TestStopBeforeTheGreetingIsNoFailure(t *testing.T) {
	l := newLab(t, "estran")
	l.within(func(n *node) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := n.listens(ctx, io.Discard); err != nil {
			t.Errorf("got %v, want nil", err)
		}
	})
}

// BenchmarkStart starts a node, as it is released, on a store that exists. Beside
// the time of the whole there is ready-ms, from exec to the first answer of
// /readyz; rss-MB, what the process then holds after the first page, and anon-MB,
// that without what it has mapped of the store and of itself; stop-ms; and
// binary-MB.
func BenchmarkStart(b *testing.B) {
	binary := buildRelease(b)
	for _, size := range []int{0, 1 << 30} {
		b.Run(fmt.Sprintf("%dMiB", size>>20), func(b *testing.B) {
			l := newLabAt(b, labProcess{handle: "estran", binary: binary})
			l.start()
			for i := range 200 {
				l.publish(experimentDraft(fmt.Sprint("essai-", i)))
			}
			l.stop()
			l.grow(size)
			l.startAgain(b)
		})
	}
}

// grow adds small values to the store until they take so many bytes.
func (l *labProcess) grow(size int) {
	l.t.Helper()
	db, err := bolt.Open(filepath.Join(l.dir, storeName), bolt.Options{})
	if err != nil {
		l.t.Fatal(err)
	}
	value := make([]byte, 3<<10)
	for from := 0; from < size && err == nil; from += 16 << 20 {
		err = db.Update(l.t.Context(), func(tx store.Tx) error {
			for at := from; at < from+16<<20; at += len(value) {
				tx.Put(fmt.Appendf(nil, "zz-bench/%012d", at), value)
			}
			return nil
		})
	}
	if err = errors.Join(err, db.Close()); err != nil {
		l.t.Fatal(err)
	}
}

// startAgain starts the node, shows a page and stops it, over and over.
func (l *labProcess) startAgain(b *testing.B) {
	b.Helper()
	var ready, stopped time.Duration
	var resident, own float64
	for b.Loop() {
		ready += l.start()
		l.get("/", "", http.StatusOK)
		resident = max(resident, l.memory("VmRSS"))
		own = max(own, l.memory("RssAnon"))
		stopped += l.stop()
	}
	b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ready-ms")
	b.ReportMetric(float64(stopped.Milliseconds())/float64(b.N), "stop-ms")
	b.ReportMetric(resident, "rss-MB")
	b.ReportMetric(own, "anon-MB")
	if info, err := os.Stat(l.binary); err == nil {
		b.ReportMetric(float64(info.Size())/1e6, "binary-MB")
	}
}

// buildRelease makes the program as it is given out.
func buildRelease(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "essaim")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// memory is a line of what Linux says about the process, in 10⁶ bytes. Other
// systems do not tell.
func (l *labProcess) memory(name string) float64 {
	l.t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))
	if err != nil {
		l.t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(status), name+":")
	var kB float64
	if _, err := fmt.Sscanf(line, "%g kB", &kB); err != nil {
		l.t.Fatalf("%s: %v", name, err)
	}
	return kB * 1024 / 1e6
}
