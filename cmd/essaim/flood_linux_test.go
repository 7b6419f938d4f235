package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
)

const (
	slowClients  = 200
	floodSenders = 16
	floodPace    = 5000 // forged messages a second
)

// BenchmarkPageUnderFlood reads pages of a node, as it is released and on one core,
// while 200 clients send their headers byte by byte and others post 5,000 messages a
// second whose signatures are forged. No limit by address is set: everybody has the
// same one here. Beside the time of a page there is p99-ms, that of the slowest
// hundredth; forged/s, how many messages were answered, and turned-away/s, those of
// them that were not even looked at; and rss-MB, what the process holds at its most.
func BenchmarkPageUnderFlood(b *testing.B) {
	l := newLabAt(b, labProcess{handle: "estran", binary: buildRelease(b), env: []string{"GOMAXPROCS=1"}})
	l.start()
	for range 20 {
		l.publish(experimentDraft("essai"))
	}
	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	for range slowClients {
		work.Go(func() { l.drip(ctx) })
	}
	var answered, away atomic.Int64
	forged := l.forged(b)
	for range floodSenders {
		work.Go(func() { l.flood(ctx, forged, &answered, &away) })
	}
	var took []time.Duration
	var held float64
	began := time.Now()
	for b.Loop() {
		asked := time.Now()
		l.get("/experimentations", "text/html", http.StatusOK)
		took = append(took, time.Since(asked))
		held = max(held, l.memory("VmRSS"))
	}
	seconds := time.Since(began).Seconds()
	stop()
	work.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
	b.ReportMetric(float64(answered.Load())/seconds, "forged/s")
	b.ReportMetric(float64(away.Load())/seconds, "turned-away/s")
	b.ReportMetric(held, "rss-MB")
}

// drip sends headers byte by byte, and again when it is cut off.
func (l *labProcess) drip(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.addr)
		if err != nil {
			continue
		}
		head := strings.NewReader("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + strings.Repeat("a", 1000))
		for err == nil {
			select {
			case <-ctx.Done():
				err = ctx.Err()
			case <-tick.C:
				_, err = io.CopyN(conn, head, 1)
			}
		}
		conn.Close()
	}
}

// forged is a message in the name of an actor whose key the node has, and whose
// signature is wrong.
func (l *labProcess) forged(b *testing.B) []byte {
	b.Helper()
	actor := fedtest.NewPeer(b, "127.0.0.2").Actor("vic")
	m := actor.Mail(l.url("/inbox"), actor.Activity("Create", actor.Note("forged")))
	right := m.Sign
	m.Sign = func(base string) []byte { return right(base + "x") }
	if got := m.Send(); got.Status != http.StatusUnauthorized {
		b.Fatalf("a forged message: got %d: %s", got.Status, got.Body)
	}
	var raw bytes.Buffer
	if err := m.Request().Write(&raw); err != nil {
		b.Fatal(err)
	}
	return raw.Bytes()
}

// flood posts its part of the messages, as fast as they are due, and counts the
// answers.
func (l *labProcess) flood(ctx context.Context, forged []byte, answered, away *atomic.Int64) {
	due := time.NewTicker(floodSenders * time.Second / floodPace)
	defer due.Stop()
	for ctx.Err() == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.addr)
		if err != nil {
			continue
		}
		from := bufio.NewReader(conn)
		for err == nil && ctx.Err() == nil {
			<-due.C
			if _, err = conn.Write(forged); err != nil {
				break
			}
			var res *http.Response
			if res, err = http.ReadResponse(from, nil); err != nil {
				break
			}
			_, err = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			answered.Add(1)
			if res.StatusCode == http.StatusServiceUnavailable {
				away.Add(1)
			}
			if res.Close {
				break
			}
		}
		conn.Close()
	}
}
