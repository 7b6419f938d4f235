package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	patience = 2 * time.Minute  // for what must come about, on a busy machine
	stopTime = 10 * time.Second // in which a node must have stopped
)

// labProcess is a node that runs as a process of its own, on an address of the
// loopback. Its methods are for one goroutine, but where they say otherwise.
type labProcess struct {
	t      testing.TB
	binary string
	dir    string // --data
	said   string // the file of its log
	handle string
	addr   string
	base   string // its address for others; empty: that of addr
	env    []string
	token  string // of the administrator
	client *http.Client
	cmd    *exec.Cmd
	ended  chan error // of the process that runs
}

// newLab creates a node as the command line does. It does not run yet. env goes
// before the configuration.
func newLab(t testing.TB, handle string, env ...string) *labProcess {
	t.Helper()
	return newLabAt(t, labProcess{handle: handle, env: env})
}

// newLabAt is newLab with another program or another directory, if l has them.
func newLabAt(t testing.TB, l labProcess) *labProcess {
	t.Helper()
	made := placeLab(t, l)
	made.essaim("init", "--yes", "--development", "--base-url", cmp.Or(l.base, made.url("")), "--listen", made.addr, "--lab", l.handle, "--name", "Labo "+l.handle,
		"--territory", "region:53", "--admin", l.handle+"_admin", "--email", l.handle+"@exemple.invalid", "--password-stdin")
	made.token = made.essaim("token", "create", "--member", l.handle+"_admin", "--scopes", "read write follow push")
	return made
}

// placeLab is a node with an address and a directory, which nobody set up.
func placeLab(t testing.TB, l labProcess) *labProcess {
	t.Helper()
	var err error
	if l.binary == "" {
		l.binary, err = exec.LookPath("essaim") // TestMain put it there
	}
	if err == nil {
		l.addr, err = freeAddress()
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l.dir, l.said = cmp.Or(l.dir, filepath.Join(dir, "data")), filepath.Join(dir, "log")
	l.t = t
	// Everybody has the same address here; the schedule of a minute takes less
	// than a second; the race detector need not wait at every exit.
	l.env = slices.Concat(os.Environ(), []string{
		"ESSAIM_LIMITS_INBOX=0", "ESSAIM_LIMITS_PAGES=0", "ESSAIM_DEVELOPMENT_RETRY_SCALE=0.01", "GORACE=atexit_sleep_ms=0",
	}, l.env)
	l.client = &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(l.end)
	return &l
}

// end kills the node and looks whether all went well to the last.
func (l *labProcess) end() {
	l.kill()
	if said := l.log(); strings.Contains(said, "DATA RACE") || strings.Contains(said, "panic") || strings.Contains(said, "level=ERROR") {
		l.t.Errorf("%s said:\n%s", l.handle, said)
	}
}

// essaim runs another command on the node's data; it must succeed. It returns
// what was printed.
func (l *labProcess) essaim(args ...string) string {
	l.t.Helper()
	out, said, err := l.try(args...)
	if err != nil {
		l.t.Fatalf("essaim %s: %v\n%s\n%s", args[0], err, said, l.log())
	}
	return out
}

// try is essaim with a command that may fail; said is what it told on the way.
// It may be called at once by several goroutines.
func (l *labProcess) try(args ...string) (out, said string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, l.binary, append(args, "--data", l.dir)...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = l.env, strings.NewReader("quelques mots sans lien\n"), &stdout, &stderr
	err = cmd.Run()
	return strings.TrimSpace(stdout.String()), stderr.String(), err
}

// start runs the node and returns how long it took until it was ready.
func (l *labProcess) start() time.Duration {
	l.t.Helper()
	log, err := os.OpenFile(l.said, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		l.t.Fatal(err)
	}
	defer log.Close()
	l.cmd = exec.Command(l.binary, "serve", "--data", l.dir)
	l.cmd.Env, l.cmd.Stdout, l.cmd.Stderr = l.env, log, log
	began := time.Now()
	if err := l.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	cmd, ended := l.cmd, make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	l.ended = ended
	eventually(l.t, l.handle+" is ready", 2*time.Millisecond, func() bool {
		select {
		case err := <-ended:
			l.t.Fatalf("%s ended: %v\n%s", l.handle, err, l.log())
		default:
		}
		a, err := l.ask("/readyz", "")
		return err == nil && a.Status == http.StatusOK
	})
	return time.Since(began)
}

// kill ends the process as a power cut would. A node that does not run is left
// alone.
func (l *labProcess) kill() {
	if l.ended == nil {
		return
	}
	_ = l.cmd.Process.Kill() // it may have ended by itself
	<-l.ended
	l.over()
}

// over forgets a process that ended.
func (l *labProcess) over() {
	l.ended = nil
	l.client.CloseIdleConnections()
}

// stop ends the process as a supervisor would: it must end well, and in time. It
// returns how long that took.
func (l *labProcess) stop() time.Duration {
	l.t.Helper()
	l.signal(syscall.SIGTERM)
	return l.stopped()
}

func (l *labProcess) signal(s os.Signal) {
	l.t.Helper()
	if err := l.cmd.Process.Signal(s); err != nil {
		l.t.Fatal(err)
	}
}

// stopped waits for the end of a process that was told to end.
func (l *labProcess) stopped() time.Duration {
	l.t.Helper()
	began := time.Now()
	select {
	case err := <-l.ended:
		l.over()
		if err != nil {
			l.t.Fatalf("%s: %v\n%s", l.handle, err, l.log())
		}
	case <-time.After(stopTime):
		l.t.Fatalf("%s runs on, %v after SIGTERM\n%s", l.handle, stopTime, l.log())
	}
	return time.Since(began)
}

// log is what the node said so far.
func (l *labProcess) log() string {
	said, err := os.ReadFile(l.said)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err.Error()
	}
	return string(said)
}

func (l *labProcess) url(path string) string { return "http://" + l.addr + path }

// path is the part of one of its addresses after its host.
func (l *labProcess) path(iri string) string { return strings.TrimPrefix(iri, l.url("")) }

// address is what others follow the lab by.
func (l *labProcess) address() string { return "@" + l.handle + "@" + l.addr }

// iri is the id of the lab.
func (l *labProcess) iri() string { return l.url("/actors/" + l.handle) }

// delivered waits until the node has nothing left to deliver.
func (l *labProcess) delivered() {
	l.t.Helper()
	eventually(l.t, l.handle+" has delivered everything", 20*time.Millisecond, func() bool {
		return strings.HasSuffix(l.essaim("check"), " 0 deliveries waiting")
	})
}

// follow has the labs follow another, and waits for its answer.
func (l *labProcess) follow(other *labProcess) {
	l.t.Helper()
	l.essaim("follow", "--wait", other.address())
}

// eventually looks every so often whether something came about.
func eventually(t testing.TB, what string, every time.Duration, so func() bool) {
	t.Helper()
	tick := time.NewTicker(every)
	defer tick.Stop()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not so after %v: %s", patience, what)
		}
	}
}

// freeAddress is an address of the loopback on which nobody listens, nor will: other
// tests, which run at once, take ports of 127.0.0.1, or another of these addresses.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254)))
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
