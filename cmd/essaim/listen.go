package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"syscall"

	"golang.org/x/net/netutil"
)

// listen opens the node's address, with a limit of connections that leaves file
// handles for the store and for what goes out.
func (n *node) listen(ctx context.Context) (net.Listener, error) {
	l := n.listener
	if l == nil {
		var err error
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", n.config.Node.Listen); err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
	}
	limit, err := n.connections()
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return netutil.LimitListener(l, limit), nil
}

// connections is how many there are at once.
func (n *node) connections() (int, error) {
	limit, err := openFiles()
	return max(16, limit/10*7/max(1, n.shared)), err
}

// openFiles is how many files this process may have open.
func openFiles() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("read limit of open files: %w", err)
	}
	return int(min(limit.Cur, math.MaxInt32)), nil
}

// serveHTTP answers requests until ctx ends, and then those under way.
func (n *node) serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	c := n.config.HTTP
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: c.ReadHeaderTimeout.Duration,
		ReadTimeout:       c.ReadTimeout.Duration,
		WriteTimeout:      c.WriteTimeout.Duration,
		IdleTimeout:       c.IdleTimeout.Duration,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
	}
	drained := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { drained <- n.drain(server) })
	err := server.Serve(l)
	if stop() {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return <-drained
}

// drain closes the listener at once, and the connections when their requests are
// answered or the time is over.
func (n *node) drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), n.config.HTTP.ShutdownTimeout.Duration)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		n.log.Warn("requests were cut off", "took", n.config.HTTP.ShutdownTimeout)
		return server.Close()
	}
	return err
}
