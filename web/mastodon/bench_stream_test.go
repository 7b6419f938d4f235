package mastodon_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// readersOf says to a process of this test where it is to read streams.
const readersOf = "ESSAIM_TEST_READERS_OF"

const readers = 1000

func TestMain(m *testing.M) {
	if url := os.Getenv(readersOf); url != "" {
		readStreams(os.Stdout, url)
		return
	}
	m.Run()
}

// readStreams opens the streams, says when all are open, and whenever one more event
// has reached all of them. It ends with its input.
func readStreams(out io.Writer, url string) {
	var open, heard atomic.Int64
	for range readers {
		go func() {
			res, err := http.Get(url)
			if err != nil {
				fmt.Fprintln(out, err)
				return
			}
			defer res.Body.Close()
			for lines := bufio.NewScanner(res.Body); lines.Scan(); {
				switch lines.Text() {
				case ":)":
					if open.Add(1) == readers {
						fmt.Fprintln(out, "open")
					}
				case "event: update":
					if heard.Add(1)%readers == 0 {
						fmt.Fprintln(out, "heard")
					}
				}
			}
		}()
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until who started it ends it
}

// BenchmarkPublishToStreams publishes with 1,000 open streams, whose readers are
// another process, and waits until all have it. It says what the streams take here,
// and how long the last of all waited.
func BenchmarkPublishToStreams(b *testing.B) {
	s := start(b)
	s.live()
	before := memory()
	next := s.crowd(b, s.url+"/api/v1/streaming/public")
	next("open")
	taken := memory() - before
	var slowest time.Duration
	for b.Loop() {
		began := time.Now()
		s.experiment("Une mairie mobile", store.Public)
		next("heard")
		slowest = max(slowest, time.Since(began))
	}
	b.ReportMetric(float64(taken)/(1<<20), "MiB")
	b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
}

// crowd starts the process that reads streams. The function waits for its next line.
func (s *site) crowd(b *testing.B, url string) (next func(want string)) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), readersOf+"="+url)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := in.Close(); err != nil {
			b.Error(err)
		}
		_ = cmd.Wait() // it was told to end, or is ended with the benchmark
	})
	lines := bufio.NewScanner(out)
	return func(want string) {
		b.Helper()
		if !lines.Scan() || lines.Text() != want {
			b.Fatalf("got %q, want %q", lines.Text(), want)
		}
	}
}

// memory is what the program holds, after a collection.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
