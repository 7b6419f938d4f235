//go:build peers

package fedtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// peersDir holds software written by others. "npm ci" in its folders comes first;
// without it these tests fail.
const peersDir = "../../.ci/peers"

// A fedify is the Fedify server of peersDir, driven over its standard input. IRI and
// Handle are those of its one person.
type fedify struct {
	IRI, Handle string

	t      *testing.T
	in     io.Writer
	out    chan message
	events []message // not waited for yet
}

// A message is a line of the peer: an answer, an error, or an event.
type message struct {
	Answer json.RawMessage `json:"answer"`
	Error  string          `json:"error"`

	Event  string `json:"event"`
	ID     string `json:"id"`
	Handle string `json:"handle"`
	Actor  string `json:"actor"`
	Scheme string `json:"scheme"`
	Object *seen  `json:"object"`
}

// A seen is what Fedify read of a document.
type seen struct {
	Type         string   `json:"type"`
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Summary      string   `json:"summary"`
	Content      string   `json:"content"`
	URL          string   `json:"url"`
	AttributedTo string   `json:"attributedTo"`
	InReplyTo    string   `json:"inReplyTo"`
	To           []string `json:"to"`
	Cc           []string `json:"cc"`
	Published    string   `json:"published"`
	Updated      string   `json:"updated"`
	Deleted      string   `json:"deleted"`
	TotalItems   *int     `json:"totalItems"`

	Handle      string    `json:"handle"`
	Inbox       string    `json:"inbox"`
	Outbox      string    `json:"outbox"`
	Followers   string    `json:"followers"`
	Following   string    `json:"following"`
	Featured    string    `json:"featured"`
	SharedInbox string    `json:"sharedInbox"`
	Keys        []seenKey `json:"keys"`
}

type seenKey struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	Owner     string `json:"owner"`
	Algorithm string `json:"algorithm"`
}

// startFedify runs a Fedify server until the test ends.
func startFedify(t *testing.T) *fedify {
	t.Helper()
	cmd := exec.Command("node", "server.mjs")
	cmd.Dir, cmd.Stderr = peersDir+"/fedify", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &fedify{t: t, in: in, out: make(chan message)}
	go p.listen(out)
	t.Cleanup(func() {
		_ = in.Close() // the end of its input ends it
		for range p.out {
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("node server.mjs: %v", err)
		}
	})
	ready := p.wait("ready", func(m message) bool { return m.Event == "ready" })
	p.IRI, p.Handle = ready.ID, ready.Handle
	return p
}

// listen reads the peer's lines until it ends.
func (p *fedify) listen(out io.Reader) {
	defer close(p.out)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			m.Error = fmt.Sprintf("%v: %s", err, lines.Text())
		}
		p.out <- m
	}
}

// next is the peer's next line.
func (p *fedify) next(what string) message {
	p.t.Helper()
	select {
	case m, ok := <-p.out:
		if !ok {
			p.t.Fatalf("%s: the peer has ended", what)
		}
		if m.Error != "" {
			p.t.Fatalf("%s: %s", what, m.Error)
		}
		return m
	case <-time.After(time.Minute):
		p.t.Fatalf("%s: nothing after a minute", what)
	}
	panic("unreachable")
}

// wait returns the first event that matches, and takes it off the list.
func (p *fedify) wait(what string, matches func(message) bool) message {
	p.t.Helper()
	for i, m := range p.events {
		if matches(m) {
			p.events = append(p.events[:i], p.events[i+1:]...)
			return m
		}
	}
	for {
		m := p.next(what)
		if matches(m) {
			return m
		}
		p.events = append(p.events, m)
	}
}

// about waits for an activity of a kind about an object.
func (p *fedify) about(verb, iri string) message {
	p.t.Helper()
	return p.wait(verb+" of "+iri, func(m message) bool {
		return m.Event == verb && m.Object != nil && m.Object.ID == iri
	})
}

// A command has the field "do" and those that it needs.
type command map[string]string

// do runs a command and returns its answer as an A. A failure ends the test.
func do[A any](p *fedify, c command) (answer A) {
	p.t.Helper()
	if err := json.NewEncoder(p.in).Encode(c); err != nil {
		p.t.Fatal(err)
	}
	what := fmt.Sprint(map[string]string(c))
	m := p.next(what)
	for ; m.Answer == nil; m = p.next(what) {
		p.events = append(p.events, m)
	}
	if err := json.Unmarshal(m.Answer, &answer); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return answer
}

// sent is the answer to a command that sends something.
type sent struct{ ID, IRI string }
