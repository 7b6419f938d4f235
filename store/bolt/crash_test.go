package bolt

import (
	"bufio"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/essaim/essaim/store"
)

var crashRounds = flag.Int("crash.rounds", 5, "how often TestKilledProcessLosesNothing kills")

// crashDir, in the environment, makes the test binary the process to be killed.
const crashDir = "ESSAIM_BOLT_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashWriter(dir, os.Stdout)
		return
	}
	m.Run()
}

// crashWriter writes until it is killed, and tells every key to out once it is
// durable.
func crashWriter(dir string, out io.Writer) {
	db, err := Open(filepath.Join(dir, "node.db"), Options{})
	if err != nil {
		panic(err)
	}
	round := rand.Uint64()
	inParallel(8, func(writer int) {
		for i := 0; ; i++ {
			key := fmt.Sprintf("%d/%x/%d", writer, round, i)
			err := db.Update(context.Background(), func(tx store.Tx) error {
				tx.Put([]byte("a/"+key), pattern(key))
				tx.Put([]byte("b/"+key), pattern(key))
				tx.Delete(fmt.Appendf(nil, "a/%d/%x/%d", writer, round, i-50))
				tx.Delete(fmt.Appendf(nil, "b/%d/%x/%d", writer, round, i-50))
				return nil
			})
			if err != nil {
				panic(err)
			}
			fmt.Fprintln(out, key) // one write, so a line is whole or not there
		}
	})
}

// pattern is a value that only its key has, of 8 bytes up to three pages.
func pattern(key string) []byte {
	r := rand.NewPCG(0, 0)
	for _, c := range key {
		r.Seed(r.Uint64(), uint64(c))
	}
	b := make([]byte, 0, 12_000)
	for range 1 + r.Uint64()%1500 {
		b = binary.BigEndian.AppendUint64(b, r.Uint64())
	}
	return b
}

func TestKilledProcessLosesNothing(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(3, 4))
	for range *crashRounds {
		acknowledged := killAfter(t, dir, 1+r.IntN(2000))
		db := openAt(t, dir, Options{})
		if !db.Unclean() {
			t.Error("a killed process counts as a clean stop")
		}
		must(t, db.Check(t.Context()))
		got := contents(t, db)
		for key := range acknowledged {
			if string(pattern(key)) != got["a/"+key] {
				t.Errorf("%s was acknowledged and is lost", key)
			}
		}
		for key, value := range got {
			if key, ok := strings.CutPrefix(key, "a/"); ok && got["b/"+key] != value {
				t.Errorf("half of the update of %s is there", key)
			}
		}
		must(t, db.Close())
	}
}

// killAfter runs a crashWriter, kills it when it has printed n keys, and answers
// those that must be there: of each writer the last fifty, but for the oldest,
// which the update under way may have deleted.
func killAfter(t *testing.T, dir string, n int) map[string]bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	live := map[byte][]string{}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		line := lines.Text()
		live[line[0]] = append(live[line[0]], line)
		if i == n {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // says that it was killed
	if cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the process ended by itself: %v", live)
	}
	want := map[string]bool{}
	for _, keys := range live {
		for _, key := range keys[max(0, len(keys)-49):] {
			want[key] = true
		}
	}
	return want
}
