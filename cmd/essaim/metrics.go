package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"

	"github.com/essaim/essaim/store"
)

// serveMetrics answers /metrics on its own listener until ctx ends, if the
// configuration has one.
func (n *node) serveMetrics(ctx context.Context) error {
	if n.config.Metrics.Listen == "" {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", n.config.Metrics.Listen)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	m := http.NewServeMux()
	m.HandleFunc("GET /metrics", n.metrics)
	return n.serveHTTP(ctx, l, m)
}

// metrics writes the text format of Prometheus.
func (n *node) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	figures, err := n.figures(r.Context())
	if err != nil {
		http.Error(w, "store cannot be read", http.StatusServiceUnavailable)
		return
	}
	for _, f := range figures {
		f.write(w)
	}
	n.writeRejects(w)
}

// writeRejects writes what inboxes did not take, a line for each reason.
func (n *node) writeRejects(w io.Writer) {
	const name = "essaim_inbox_rejected_total"
	fmt.Fprintf(w, "# HELP %s Requests to inboxes that were refused.\n# TYPE %s counter\n", name, name)
	counts := n.rejects.SinceStart()
	for _, why := range store.RejectReasons {
		fmt.Fprintf(w, "%s{reason=%q} %d\n", name, why, counts[why])
	}
}

// figure is one number for the operator.
type figure struct {
	name, kind, help string
	value            float64
}

func (f figure) write(w io.Writer) {
	fmt.Fprintf(w, "# HELP essaim_%s %s\n# TYPE essaim_%s %s\nessaim_%s %v\n", f.name, f.help, f.name, f.kind, f.name, f.value)
}

func (n *node) figures(ctx context.Context) ([]figure, error) {
	var waiting, failing, lost int
	err := n.store.View(ctx, func(tx *store.Txn) error {
		for _, count := range tx.Backlog() {
			waiting += count
		}
		for l := range tx.Lanes() {
			switch l.State {
			case store.Failing:
				failing++
			case store.Lost:
				lost++
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	s := n.engine.Stats()
	return []figure{
		{"deliveries_waiting", "gauge", "Activities that wait to be delivered, summed over hosts.", float64(waiting)},
		{"hosts_failing", "gauge", "Hosts that do not take deliveries now.", float64(failing)},
		{"hosts_lost", "gauge", "Hosts that were given up after 30 days.", float64(lost)},
		{"store_bytes", "gauge", "Size of the store file.", float64(s.Size)},
		{"store_free_bytes", "gauge", "What of it holds nothing now.", float64(s.Free)},
		{"store_commits_total", "counter", "Transactions written since the start.", float64(s.Commits)},
		{"store_updates_total", "counter", "Updates that took part in them.", float64(s.Updates)},
		{"store_updates_waiting", "gauge", "Updates that have not begun.", float64(s.Waiting)},
		{"goroutines", "gauge", "Goroutines.", float64(runtime.NumGoroutine())},
		{"heap_bytes", "gauge", "Memory in use by objects.", float64(memory.HeapAlloc)},
	}, nil
}
