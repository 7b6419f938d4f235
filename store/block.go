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

// BlockedHere says whether the lab of this node keeps the actor away: the lab
// speaks for the node.
func (t *Txn) BlockedHere(actor ID) bool {
	lab, err := t.Lab()
	return err == nil && t.Blocks(lab.ID, actor)
}

// DomainBlock keeps a host and everything below it away from this node.
type DomainBlock struct {
	Host   string    `json:"host"`
	Reason string    `json:"reason,omitempty"`
	IRI    string    `json:"iri,omitempty"` // of the activity that blocked it
	Since  time.Time `json:"since"`
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
func (t *Txn) HostBlocked(host string) bool {
	host = canonicalHost(host)
	if t.tx.Get(key(tDomain, host)) != nil {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for host != "" {
		if t.tx.Get(key(tDomain, host)) != nil {
			return true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
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

// Report is a complaint (Flag) that waits for a moderator.
type Report struct {
	ID       ID        `json:"id"`
	IRI      string    `json:"iri"`
	Reporter string    `json:"reporter"` // IRI
	Target   string    `json:"target"`   // IRI of an actor
	Records  []string  `json:"records,omitempty"`
	Text     string    `json:"text,omitempty"`
	Received time.Time `json:"received"`
}

// PutReport keeps a report; a new one gets its ID here.
func (t *Txn) PutReport(r *Report) {
	if r.ID == 0 {
		r.ID = t.NewID()
	}
	t.putJSON(key(tReport, r.ID), r)
}

// Reports yields the reports, newest first.
func (t *Txn) Reports() iter.Seq[*Report] {
	return func(yield func(*Report) bool) {
		for k, v := range t.scan([]byte(tReport), true) {
			r := new(Report)
			mustDecode(k, v, r)
			if !yield(r) {
				return
			}
		}
	}
}
