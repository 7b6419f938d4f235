package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestBlockedHostInEverySpelling(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		for _, host := range []string{" Evil.Example. ", "xn--caf-dma.example", "ports.example:8443", "192.0.2.7", "[2001:DB8::1]"} {
			tx.PutDomainBlock(&store.DomainBlock{Host: host, Reason: "spam"})
		}
	})
	cases := map[string]bool{
		"evil.example": true, "EVIL.EXAMPLE": true, "evil.example.": true, "evil.example..": true,
		"evil.example:443": true, "evil.example.:443": true, "evil.example.:8443": true,
		"sub.evil.example": true, "a.b.evil.example:80": true, "A.Evil.Example.": true,
		"notevil.example": false, "evil.example.org": false, "example": false, "evil": false, "evil.example.evil.org": false,
		"XN--CAF-DMA.example": true, "www.xn--caf-dma.example": true, "caf.example": false,
		"ports.example:8443": true, "Ports.Example.:8443": true, "ports.example": false, "ports.example:443": false,
		"192.0.2.7": true, "192.0.2.7:8101": true, "192.0.2.70": false,
		"2001:db8::1": true, "[2001:db8::1]": true, "[2001:db8::1]:443": true, "[2001:db8::11]": false,
		"": false, ".": false, ":": false, ":443": false, "..": false,
	}
	view(t, s, func(tx *store.Txn) {
		for host, want := range cases {
			if got := tx.HostBlocked(host); got != want {
				t.Errorf("%q: got %v, want %v", host, got, want)
			}
			covers := func(b *store.DomainBlock) bool { return b.Covers(host) }
			if got := slices.ContainsFunc(slices.Collect(tx.DomainBlocks()), covers); got != want {
				t.Errorf("%q: one block covers it: got %v, want %v", host, got, want)
			}
		}
	})
}

func TestBlockIsLiftedInEverySpelling(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		tx.PutDomainBlock(&store.DomainBlock{Host: "evil.example"})
		tx.PutDomainBlock(&store.DomainBlock{Host: "EVIL.example.", Reason: "again"})
		count := 0
		for b := range tx.DomainBlocks() {
			count++
			if b.Host != "evil.example" || b.Reason != "again" {
				t.Errorf("got %+v", b)
			}
		}
		tx.DeleteDomainBlock("Evil.Example.")
		if count != 1 || tx.HostBlocked("evil.example") {
			t.Errorf("got %d blocks, or it was not lifted", count)
		}
	})
}

func FuzzHostBlocked(f *testing.F) {
	s, _ := open(f)
	update(f, s, func(tx *store.Txn) { tx.PutDomainBlock(&store.DomainBlock{Host: "evil.example"}) })
	f.Add("a.b")
	f.Add(":")
	f.Add("[::1]:80")
	f.Fuzz(func(t *testing.T, label string) {
		label, _, _ = strings.Cut(label, ":")
		view(t, s, func(tx *store.Txn) {
			for _, host := range []string{label + ".evil.example", label + ".EVIL.example.:443"} {
				if !strings.ContainsAny(label, "[]") && !tx.HostBlocked(host) {
					t.Errorf("%q passes", host)
				}
			}
			tx.HostBlocked(label)
		})
	})
}

func TestActorBlocksGoOneWay(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		if tx.BlockedHere(7) {
			t.Error("blocked before there is a lab")
		}
		lab := putActor(t, tx, store.Group, "lab", home)
		ana := putActor(t, tx, store.Person, "ana", home)
		tx.PutBlock(&store.Block{Blocker: ana.ID, Blocked: 7})
		if !tx.Blocks(ana.ID, 7) || tx.Blocks(7, ana.ID) || tx.BlockedHere(7) {
			t.Error("a member's block is hers alone")
		}
		tx.PutBlock(&store.Block{Blocker: lab.ID, Blocked: 7})
		if !tx.BlockedHere(7) {
			t.Error("the lab speaks for the node")
		}
		tx.DeleteBlock(lab.ID, 7)
		if tx.BlockedHere(7) {
			t.Error("the block was lifted")
		}
	})
}

func TestReportsAreNewestFirst(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		first, second := &store.Report{Text: "first"}, &store.Report{Text: "second"}
		tx.PutReport(first)
		tx.PutReport(second)
		first.Text = "first, handled"
		tx.PutReport(first)
		var got []string
		for r := range tx.Reports() {
			got = append(got, r.Text)
		}
		if strings.Join(got, "; ") != "second; first, handled" {
			t.Errorf("got %v", got)
		}
	})
}

func TestOrigins(t *testing.T) {
	cases := map[string]string{
		"https://Other.Example/a":        "https://other.example",
		"https://other.example:443/a":    "https://other.example",
		"http://other.example:80":        "http://other.example",
		"http://other.example:443/a":     "http://other.example:443",
		"https://other.example:/a":       "https://other.example",
		"https://[2001:DB8::443]/a":      "https://[2001:db8::443]",
		"https://[2001:db8::443]:443/a":  "https://[2001:db8::443]",
		"https://:443/a":                 "",
		"http://other.example:8101/a#b":  "http://other.example:8101",
		"https://user@other.example/":    "",
		"https://other.example@evil.org": "",
		"ftp://other.example/":           "",
		"other.example/a":                "",
		"//other.example/a":              "",
		"https:///a":                     "",
		"javascript:alert(1)":            "",
		"https://other.example\x00/":     "",
		"":                               "",
	}
	for iri, want := range cases {
		if got := store.Origin(iri); got != want {
			t.Errorf("%q: got %q, want %q", iri, got, want)
		}
	}
	for other, want := range map[string]bool{
		"https://LAB.example:443/b": true, "http://lab.example/": false, "https://lab.example:8443/": false,
		"https://sub.lab.example/": false, "": false, "https://lab.example@evil.example/": false, "https://lab.example./": false,
	} {
		if got := store.SameOrigin("https://lab.example/a", other); got != want {
			t.Errorf("%s: the same origin: got %v, want %v", other, got, want)
		}
	}
	if store.SameOrigin("nonsense", "nonsense") {
		t.Error("what has no origin has the same as nothing")
	}
	if got := store.HostOf("https://A.example:8443/x"); got != "a.example:8443" || store.HostOf("x") != "" {
		t.Errorf("host: got %q", got)
	}
}
