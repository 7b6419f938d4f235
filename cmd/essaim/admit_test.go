package main

import (
	"path/filepath"
	"testing"

	"github.com/essaim/essaim/store"
)

func testNode(t *testing.T, change func(*nodeOptions)) *node {
	t.Helper()
	o := nodeOptions{dir: filepath.Join(t.TempDir(), "data"), config: defaultConfig(), log: newLog(t.Output(), LogConfig{Level: "warn"})}
	if change != nil {
		change(&o)
	}
	n, err := openNode(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func TestWhoIsAdmittedAndWhatIsBlocked(t *testing.T) {
	open := testNode(t, nil)
	listed := testNode(t, func(o *nodeOptions) {
		o.config.Federation.Mode = modeAllowList
		o.config.Federation.AllowedHosts = []string{"lab.example.org", "127.0.0.1:8102"}
	})
	shown := testNode(t, func(o *nodeOptions) { o.demo = true })
	cases := []struct {
		name            string
		node            *node
		host            string
		admits, blocked bool
	}{
		{"open", open, "lab.example.org", true, false},
		{"open", open, "127.0.0.1:8102", true, false},
		{"allow-list", listed, "lab.example.org", true, false},
		{"allow-list, any port of a bare name", listed, "lab.example.org:8443", true, false},
		{"allow-list, another", listed, "example.org", false, true},
		{"allow-list, a name below", listed, "sub.lab.example.org", false, true},
		{"allow-list, the port", listed, "127.0.0.1:8102", true, false},
		{"allow-list, another port", listed, "127.0.0.1:8103", false, true},
		{"allow-list, the name before its port", listed, "127.0.0.1", false, false},
		{"demo", shown, "estran.localhost:8401", true, false},
		{"demo", shown, "127.0.0.1", true, false},
		{"demo", shown, "[::1]:8401", true, false},
		{"demo, the world", shown, "mastodon.social", false, true},
		{"demo, the local network", shown, "192.168.1.2", false, true},
		{"demo, a lookalike", shown, "localhost.example.org", false, true},
	}
	for _, c := range cases {
		if got := c.node.admits(c.host); got != c.admits {
			t.Errorf("%s: admits(%q) = %v, want %v", c.name, c.host, got, c.admits)
		}
		if got := c.node.blocked(c.host); got != c.blocked {
			t.Errorf("%s: blocked(%q) = %v, want %v", c.name, c.host, got, c.blocked)
		}
	}
}

func TestBlockedDomainIsNeverAsked(t *testing.T) {
	n := testNode(t, nil)
	err := n.store.Update(t.Context(), func(tx *store.Txn) error {
		tx.PutDomainBlock(&store.DomainBlock{Host: "spam.invalid"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{"spam.invalid": true, "a.spam.invalid": true, "spam.invalid:8443": true, "ham.invalid": false} {
		if got := n.blocked(host); got != want {
			t.Errorf("blocked(%q) = %v, want %v", host, got, want)
		}
	}
}
