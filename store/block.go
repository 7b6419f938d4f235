package store

import (
	"iter"
	"net"
	"strings"
	"time"
)

// Block keeps an actor away from another: neither hears of the other.
type Block struct {
	Blocker ID        `json:"blocker"`
	Blocked ID        `json:"blocked"`
	IRI     string    `json:"iri,omitempty"`
	Since   time.Time `json:"since"`
}

// PutBlock keeps a block.
func (t *Txn) PutBlock(b *Block) { t.putJSON(key(tBlock, b.Blocker, b.Blocked), b) }

// DeleteBlock lifts a block, if there is one.
func (t *Txn) DeleteBlock(blocker, blocked ID) { t.tx.Delete(key(tBlock, blocker, blocked)) }

// Blocks says whether blocker keeps blocked away.
func (t *Txn) Blocks(blocker, blocked ID) bool {
	return t.tx.Get(key(tBlock, blocker, blocked)) != nil
}

// BlocksOf yields the blocks of an actor.
func (t *Txn) BlocksOf(blocker ID) iter.Seq[*Block] { return rows[Block](t, key(tBlock, blocker)) }

// forgetBlocks lifts the blocks of an actor that goes for ever.
func (t *Txn) forgetBlocks(blocker ID) {
	for b := range t.BlocksOf(blocker) {
		t.DeleteBlock(blocker, b.Blocked)
	}
}

// BlockedHere says whether the lab of this node keeps the actor away: the lab
// speaks for the node.
func (t *Txn) BlockedHere(actor ID) bool {
	if t.lab == 0 { // once for all who are asked about in one transaction
		lab, err := t.Lab()
		if err != nil {
			return false
		}
		t.lab = lab.ID
	}
	return t.Blocks(t.lab, actor)
}

// Severity is how far a block of a host goes.
type Severity string

// The severities, in the words of Mastodon's lists. What is neither is Suspend.
const (
	Suspend Severity = "suspend" // nothing comes in, nothing goes out
	Silence Severity = "silence" // what it publishes stands in no list: whoever has the address sees it
)

// DomainBlock keeps a host and everything below it away from this node, or out of
// its lists.
type DomainBlock struct {
	Host          string    `json:"host"`
	Severity      Severity  `json:"severity,omitempty"`
	Reason        string    `json:"reason,omitempty"`        // for those who moderate
	Comment       string    `json:"comment,omitempty"`       // for everybody, in the log of moderation
	Obfuscate     bool      `json:"obfuscate,omitempty"`     // the log does not spell its name out
	RejectReports bool      `json:"rejectReports,omitempty"` // its complaints are not kept
	RejectMedia   bool      `json:"rejectMedia,omitempty"`   // as a list said; no pictures of others are kept anyway
	IRI           string    `json:"iri,omitempty"`           // of the activity that blocked it
	Since         time.Time `json:"since"`
}

// Level is its severity, spelt out.
func (b *DomainBlock) Level() Severity {
	if b.Severity == Silence {
		return Silence
	}
	return Suspend
}

// Shown is the host as the public log names it.
func (b *DomainBlock) Shown() string {
	if !b.Obfuscate {
		return b.Host
	}
	shown := []rune(b.Host)
	for i := range shown {
		if i >= 2 && i < len(shown)-2 && shown[i] != '.' {
			shown[i] = '*'
		}
	}
	return string(shown)
}

// Covers says whether a host, with or without a port, is kept away by this block.
func (b *DomainBlock) Covers(host string) bool {
	blocked := canonicalHost(b.Host)
	host = canonicalHost(host)
	if host == blocked {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == blocked || strings.HasSuffix(host, "."+blocked)
}

// PutDomainBlock keeps a host away.
func (t *Txn) PutDomainBlock(b *DomainBlock) {
	b.Host = canonicalHost(b.Host)
	t.putJSON(key(tDomain, b.Host), b)
}

// DeleteDomainBlock lets a host in again.
func (t *Txn) DeleteDomainBlock(host string) { t.tx.Delete(key(tDomain, canonicalHost(host))) }

// DomainBlock returns the block of exactly this host, or ErrNotFound.
func (t *Txn) DomainBlock(host string) (*DomainBlock, error) {
	b := new(DomainBlock)
	if !t.getJSON(key(tDomain, canonicalHost(host)), b) {
		return nil, ErrNotFound
	}
	return b, nil
}

// ActorsOn yields the actors of other nodes whom a block concerns. It reads all
// actors.
func (t *Txn) ActorsOn(b *DomainBlock) iter.Seq[*Actor] {
	return func(yield func(*Actor) bool) {
		for k, v := range t.scan([]byte(tActor), false) {
			a := new(Actor)
			mustDecode(k, v, a)
			if !a.Local && (b.Covers(a.Host) || b.Covers(HostOf(a.IRI))) && !yield(a) {
				return
			}
		}
	}
}

// DomainBlocks yields the hosts that are kept away.
func (t *Txn) DomainBlocks() iter.Seq[*DomainBlock] {
	return func(yield func(*DomainBlock) bool) {
		for k, v := range t.scan([]byte(tDomain), false) {
			b := new(DomainBlock)
			mustDecode(k, v, b)
			if !yield(b) {
				return
			}
		}
	}
}

// HostBlocked says whether a host, with or without a port, or a domain above it
// is kept away.
func (t *Txn) HostBlocked(host string) bool { return t.hostRule(host, Suspend) != nil }

// HostSilenced says whether what a host publishes is kept out of lists.
func (t *Txn) HostSilenced(host string) bool { return t.hostRule(host, Silence) != nil }

// RejectsReports says whether complaints of a host are not kept.
func (t *Txn) RejectsReports(host string) bool {
	b := t.hostRule(host, Silence)
	return b != nil && b.RejectReports
}

// hostRule is the nearest block with a severity that covers a host, or nil.
func (t *Txn) hostRule(host string, level Severity) *DomainBlock {
	host = canonicalHost(host)
	if b, err := t.DomainBlock(host); err == nil && b.Level() == level {
		return b
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for host != "" {
		if b, err := t.DomainBlock(host); err == nil && b.Level() == level {
			return b
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return nil
}

// canonicalHost is a host as it is compared: lower case, no dot at the end of its
// name, an IPv6 address in brackets only before a port.
func canonicalHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return strings.TrimRight(strings.Trim(host, "[]"), ".")
	}
	return net.JoinHostPort(strings.TrimRight(name, "."), port)
}
