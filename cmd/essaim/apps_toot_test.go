//go:build peers

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// tooter is the command toot, signed in, with a home of its own.
type tooter struct {
	*world
	home string
}

func (w *world) newTooter() *tooter {
	t := &tooter{w, w.t.TempDir()}
	t.signIn()
	return t
}

func (t *tooter) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, append(args, "--no-color")...)
	cmd.Env = []string{
		"HOME=" + t.home, "XDG_CONFIG_HOME=" + t.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "PYTHONUNBUFFERED=1",
	}
	return cmd
}

// signIn is done as people do it: toot prints an address, and waits for the code.
func (t *tooter) signIn() {
	t.t.Helper()
	cmd := t.command(t.t.Context(), "/usr/bin/toot", "login", "--disable-https", "-i", t.estran.addr)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), t.estran.url("/oauth/authorize")) {
			fmt.Fprintf(in, "n\n%s\n", t.agree(lines.Text()))
		}
	}
	if err := cmd.Wait(); err != nil {
		t.t.Fatalf("toot login: %v\n%s", err, said.String())
	}
}

// run runs toot and returns what it says.
func (t *tooter) run(args ...string) string {
	t.t.Helper()
	ctx, cancel := context.WithTimeout(t.t.Context(), time.Minute)
	defer cancel()
	out, err := t.command(ctx, "/usr/bin/toot", args...).CombinedOutput()
	if err != nil {
		t.t.Fatalf("toot %s: %v\n%s", args, err, out)
	}
	return string(out)
}

var tootedID = regexp.MustCompile(`(?m)^ID (\d+)`)

// readOn reads a timeline page by page to its end, as on a terminal, where toot
// asks whether to go on, and returns the ids.
func (t *tooter) readOn(args ...string) (ids []string) {
	t.t.Helper()
	ctx, cancel := context.WithTimeout(t.t.Context(), time.Minute)
	defer cancel()
	terminal := []string{"-c", "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))", "/usr/bin/toot", "timeline", "--count", "1"}
	cmd := t.command(ctx, "/usr/bin/python3", append(terminal, args...)...)
	cmd.Stdin = strings.NewReader(strings.Repeat("y\n", 50))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "That's all folks.") {
		t.t.Fatalf("toot timeline %s: %v\n%s", args, err, out)
	}
	for _, m := range tootedID.FindAllStringSubmatch(string(out), -1) {
		ids = append(ids, m[1])
	}
	return ids
}

func TestToot(t *testing.T) {
	w := newWorld(t)
	toot := w.newTooter()
	say := func(want string, args ...string) string {
		t.Helper()
		got := toot.run(args...)
		if !strings.Contains(got, want) {
			t.Errorf("toot %s: got\n%s\nwant %q", args, got, want)
		}
		return got
	}
	say("@estran_admin", "whoami")
	say("calanques", "search", w.calanques.address(), "--resolve")
	say("You are now following", "follow", strings.TrimPrefix(w.calanques.address(), "@"))
	var record string
	eventually(t, "the record comes home", 200*time.Millisecond, func() bool {
		home := toot.run("timeline", "--once")
		if id := tootedID.FindStringSubmatch(home); id != nil && strings.Contains(home, w.title) {
			record = id[1]
		}
		return record != ""
	})
	say("Toot posted", "post", "Bonjour #essai", "--media", w.picture, "--description", "Un carré")
	say("Bonjour #essai", "timeline", "--once")
	say("Bonjour #essai", "timeline", "--once", "--public")
	say("Bonjour #essai", "timeline", "--once", "--tag", "essai")
	say("essai", "search", "essai")
	say("Toot posted", "post", "Bravo", "--reply-to", record)
	say("Bravo", "thread", record)
	say("favourited", "favourite", record)
	say("reblogged", "reblog", record)
	say("now follows you", "notifications")
	say("You are now following #essai", "tags_follow", "essai")
	say("essai", "tags_followed")
	if down := toot.readOn(); len(down) < 3 || !slices.Contains(down, record) || !slices.IsSortedFunc(down, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("paged through %v, want the post, the answer and the record %s", down, record)
	}
}
