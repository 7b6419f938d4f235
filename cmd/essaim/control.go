package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
)

// socketName is where a running node takes the orders of other commands, in the
// data directory: the store has one process.
const socketName = "essaim.sock"

// maxOrder bounds the bytes of an order: the file of an import, in base64, is the
// largest.
const maxOrder = 32 << 20

// A task is something that a command has a node do, in this process or in the
// one that runs the node.
type task[In, Out any] struct {
	name string
	do   func(ctx context.Context, n *node, in In) (Out, error)
}

// outcome is a task's answer on the socket: one of the two.
type outcome[Out any] struct {
	Out   *Out   `json:"out,omitempty"`
	Error string `json:"error,omitempty"`
}

// orders are the tasks that a running node takes.
func (n *node) orders() http.Handler {
	m := http.NewServeMux()
	addMember.handle(m, n)
	createToken.handle(m, n)
	startFollow.handle(m, n)
	followState.handle(m, n)
	checkStore.handle(m, n)
	examineNode.handle(m, n)
	whatToBackUp.handle(m, n)
	copyStore.handle(m, n)
	noteBackup.handle(m, n)
	takeSnapshot.handle(m, n)
	withdrawSnapshot.handle(m, n)
	rebuildIndex.handle(m, n)
	indexState.handle(m, n)
	openImport.handle(m, n)
	startImport.handle(m, n)
	forgetImport.handle(m, n)
	importState.handle(m, n)
	return m
}

func (t task[In, Out]) handle(m *http.ServeMux, n *node) {
	m.HandleFunc("POST /"+t.name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		var answer outcome[Out]
		err := json.NewDecoder(io.LimitReader(r.Body, maxOrder)).Decode(&in)
		if err == nil {
			err = unhurried(w)
		}
		if err == nil {
			var out Out
			out, err = t.do(store.AtTerminal(r.Context()), n, in)
			answer.Out = &out
		}
		if err != nil {
			answer = outcome[Out]{Error: err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			n.log.Debug("answer a command", "err", err)
		}
	})
}

// unhurried gives an order all the time that it takes: the limits of a connection
// are for strangers.
func unhurried(w http.ResponseWriter) error {
	c := http.NewResponseController(w)
	return errors.Join(c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{}))
}

// listenControl opens the socket on which commands give orders. Only the owner of
// the data directory may give them. Without a socket (its path may be too long
// for the system) the node runs all the same: nil.
func (n *node) listenControl(ctx context.Context) (net.Listener, error) {
	path := filepath.Join(n.dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remove old socket: %w", err) // the store's lock says that it is nobody's
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		n.log.Warn("other commands cannot reach this node while it runs", "err", err)
		return nil, nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// serveControl takes orders until ctx ends.
func (n *node) serveControl(ctx context.Context, l net.Listener) error {
	if l == nil {
		return nil
	}
	return n.serveHTTP(ctx, l, n.orders())
}

// A line is how a command reaches its node: through the socket of the process
// that runs it, or, when none does, opened in this process.
type line struct {
	remote *http.Client // nil: none runs
	node   *node        // nil: one runs
}

// open connects a command to its node; close the line at the end.
func (p *place) open(c *cobra.Command) (*line, error) {
	path := filepath.Join(p.dir, socketName)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	conn, err := dial(c.Context(), "", "")
	if err == nil {
		return &line{remote: &http.Client{Transport: &http.Transport{DialContext: dial}}}, conn.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.EINVAL) {
		return nil, fmt.Errorf("reach the running node: %w", err)
	}
	return p.openHere(c)
}

func (p *place) openHere(c *cobra.Command) (*line, error) {
	if ok, err := exists(p.dir); err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("there is no node in %s: create it with essaim init", p.dir), err)
	}
	cfg, err := p.config()
	if err != nil {
		return nil, err
	}
	n, err := openNode(c.Context(), nodeOptions{dir: p.dir, file: p.file, config: cfg, log: newLog(c.ErrOrStderr(), cfg.Log)})
	return &line{node: n}, err
}

// with gives do a line to the node of a command, for as long as it runs. The journal
// says of what it does that it was done at the terminal.
func (p *place) with(c *cobra.Command, do func(ctx context.Context, l *line) error) error {
	c.SetContext(store.AtTerminal(c.Context()))
	l, err := p.open(c)
	if err != nil {
		return err
	}
	return errors.Join(do(c.Context(), l), l.close())
}

func (l *line) close() error {
	if l.node != nil {
		return l.node.close()
	}
	l.remote.CloseIdleConnections()
	return nil
}

// call does a task at the end of the line.
func (t task[In, Out]) call(ctx context.Context, l *line, in In) (Out, error) {
	if l.node != nil {
		return t.do(ctx, l.node, in)
	}
	answer, err := t.post(ctx, l.remote, in)
	if err != nil {
		return *new(Out), fmt.Errorf("ask the running node: %w", err)
	}
	if answer.Error != "" {
		return *new(Out), errors.New(answer.Error)
	}
	return *answer.Out, nil
}

func (t task[In, Out]) post(ctx context.Context, client *http.Client, in In) (answer outcome[Out], err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return answer, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://essaim/"+t.name, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	res, err := client.Do(req)
	if err != nil {
		return answer, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("it runs another version: %s", res.Status)
	}
	err = json.NewDecoder(res.Body).Decode(&answer)
	return answer, err
}
