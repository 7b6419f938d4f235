package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"essaim": main})
}

// The scripts run the program itself, a process for each command.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: giveAddresses,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": startNode, "stop": stopNode, "get": getPage,
		},
	})
}

// giveAddresses sets ADDR1 to ADDR3 to addresses that nobody listens on. The race
// detector need not wait at every exit.
func giveAddresses(env *testscript.Env) error {
	env.Values[processesKey{}] = map[string]*process{}
	env.Setenv("GORACE", "atexit_sleep_ms=0")
	for i := range 3 {
		addr, err := freeAddress()
		if err != nil {
			return err
		}
		env.Setenv(fmt.Sprintf("ADDR%d", i+1), addr)
	}
	return nil
}

// process is a node that a script started.
type process struct {
	cmd  *exec.Cmd
	rest chan string // what it printed after its first line
}

// startNode is "start NAME ARGUMENT…": it runs essaim until the script stops it,
// and goes on when the node has printed a line: then it listens.
func startNode(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command(lookPath(ts, "essaim"), args[1:]...)
	cmd.Dir, cmd.Env = ts.Getenv("WORK"), os.Environ()
	log, err := os.Create(ts.MkAbs(args[0] + ".log"))
	ts.Check(err)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() })
	reader := bufio.NewReader(out)
	first, err := reader.ReadString('\n')
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		ts.Fatalf("%s did not start: %v\n%s", args[0], err, said)
	}
	p := &process{cmd, make(chan string, 1)}
	go func() {
		rest, _ := io.ReadAll(reader)
		p.rest <- first + string(rest)
	}()
	processes(ts)[args[0]] = p
}

// stopNode is "stop NAME": SIGTERM must end it without error, in time.
// What it printed goes to NAME.out.
func stopNode(ts *testscript.TestScript, _ bool, args []string) {
	p := processes(ts)[args[0]]
	ts.Check(p.cmd.Process.Signal(syscall.SIGTERM))
	late := time.AfterFunc(stopTime, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	out := <-p.rest
	if err := p.cmd.Wait(); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".out"), []byte(out), 0o600))
}

// getPage is "get ADDRESS STATUS": it prints nothing and fails on another status.
func getPage(ts *testscript.TestScript, _ bool, args []string) {
	res, err := http.Get(args[0])
	ts.Check(err)
	ts.Check(res.Body.Close())
	if got := fmt.Sprint(res.StatusCode); got != args[1] {
		ts.Fatalf("GET %s: got %s, want %s", args[0], got, args[1])
	}
}

type processesKey struct{}

func processes(ts *testscript.TestScript) map[string]*process {
	return ts.Value(processesKey{}).(map[string]*process)
}

func lookPath(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	ts.Fatalf("%s is not on the path", name)
	return ""
}
