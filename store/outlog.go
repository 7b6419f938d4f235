package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"
)

// Outgoing is an entry of the out-log: one activity, kept once, and the inboxes
// that shall have it. Entries are appended by the transaction that publishes
// and never rewritten; a host's Lane knows how far that host is.
type Outgoing struct {
	Seq     ID       // orders the log
	Actor   ID       // who signs
	Verb    string   // for people to read
	Object  string   // IRI, for people to read
	Push    string   // what goes with it about the actor's catalogue; empty: nothing
	Inboxes []uint32 // numbers of Inbox, ascending, none twice
	Body    []byte   // what is posted
}

// Inbox is an address that deliveries go to. Numbers keep the out-log small.
type Inbox struct {
	Number uint32 `json:"-"`
	URL    string `json:"url"`
	Host   string `json:"host"`
	Actor  ID     `json:"actor"`            // the first whose deliveries went there
	Shared bool   `json:"shared,omitempty"` // it was not that actor's own
}

// Recipient is an actor that shall have an activity, and where.
type Recipient struct {
	Actor ID
	Inbox string
}

type outgoingHead struct {
	Actor   ID     `json:"a"`
	Verb    string `json:"v"`
	Object  string `json:"o,omitempty"`
	Push    string `json:"p,omitempty"`
	Inboxes []byte `json:"i"` // differences as varints
}

// Enqueue appends an activity to the out-log; recipients with the same inbox
// are one delivery. Seq and Inboxes are set here. Nothing is written when there
// are none.
func (t *Txn) Enqueue(o Outgoing, to []Recipient) {
	o.Inboxes = make([]uint32, 0, len(to))
	for _, r := range to {
		if n := t.inboxNumber(r); n != 0 {
			o.Inboxes = append(o.Inboxes, n)
		}
	}
	slices.Sort(o.Inboxes)
	o.Inboxes = slices.Compact(o.Inboxes)
	if len(o.Inboxes) == 0 {
		return
	}
	o.Seq = t.NewID()
	t.tx.Put(key(tOut, o.Seq), o.encode())
	t.wake = true
}

func (o *Outgoing) encode() []byte {
	h := outgoingHead{Actor: o.Actor, Verb: o.Verb, Object: o.Object, Push: o.Push}
	last := uint32(0)
	for _, n := range o.Inboxes {
		h.Inboxes = binary.AppendUvarint(h.Inboxes, uint64(n-last))
		last = n
	}
	head, err := json.Marshal(h)
	if err != nil {
		panic(err)
	}
	b := binary.AppendUvarint(make([]byte, 0, len(head)+len(o.Body)+4), uint64(len(head)))
	return append(append(b, head...), o.Body...)
}

// decodeOutgoing reads what encode wrote. The body is a part of b.
func decodeOutgoing(seq ID, b []byte) *Outgoing {
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		panic(fmt.Errorf("store: out-log entry %s is damaged", seq))
	}
	var h outgoingHead
	mustDecode(key(tOut, seq), b[n:n+int(size)], &h)
	o := &Outgoing{Seq: seq, Actor: h.Actor, Verb: h.Verb, Object: h.Object, Push: h.Push, Body: b[n+int(size):]}
	last := uint64(0)
	for len(h.Inboxes) > 0 {
		d, n := binary.Uvarint(h.Inboxes)
		if last += d; n <= 0 || last > math.MaxUint32 {
			panic(fmt.Errorf("store: inboxes of out-log entry %s are damaged", seq))
		}
		o.Inboxes = append(o.Inboxes, uint32(last))
		h.Inboxes = h.Inboxes[n:]
	}
	return o
}

// OutLog yields the entries after an id, in order.
func (t *Txn) OutLog(after ID) iter.Seq[*Outgoing] {
	return func(yield func(*Outgoing) bool) {
		for k, v := range t.scanRange([]byte(tOut), key(tOut, after+1), prefixEnd([]byte(tOut)), false) {
			o := decodeOutgoing(idFromKey(k), v)
			o.Body = slices.Clone(o.Body)
			if !yield(o) {
				return
			}
		}
	}
}

// TrimOutLog removes the entries before an id, at most limit at a time, and says
// how many.
func (t *Txn) TrimOutLog(before ID, limit int) int {
	n := 0
	for k := range t.scanRange([]byte(tOut), []byte(tOut), key(tOut, before), false) {
		t.tx.Delete(key(tOut, k))
		if n++; n == limit {
			break
		}
	}
	return n
}

// inboxNumber returns the number of an inbox address and gives out the next one
// to a new address. Zero: the address is none.
func (t *Txn) inboxNumber(r Recipient) uint32 {
	host := HostOf(r.Inbox)
	if host == "" {
		return 0
	}
	k := key(tInURL, hash16(r.Inbox))
	if b := t.tx.Get(k); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	n := uint32(1)
	for last := range t.scan([]byte(tInbox), true) {
		n = binary.BigEndian.Uint32(last) + 1
		break
	}
	num := numberKey(n)
	t.tx.Put(k, num)
	a, err := t.Actor(r.Actor)
	shared := err == nil && a.SharedInbox == r.Inbox
	t.putJSON(key(tInbox, num), Inbox{URL: r.Inbox, Host: host, Actor: r.Actor, Shared: shared})
	return n
}

// Inbox returns the address with this number, or ErrNotFound.
func (t *Txn) Inbox(number uint32) (*Inbox, error) {
	in := &Inbox{Number: number}
	if !t.getJSON(key(tInbox, numberKey(number)), in) {
		return nil, ErrNotFound
	}
	return in, nil
}

// LaneState says how a host is doing as a receiver.
type LaneState string

// The states of a lane.
const (
	Healthy LaneState = ""        // answers, or was never tried
	Failing LaneState = "failing" // tried again at NextAt
	Lost    LaneState = "lost"    // silent for 30 days: its backlog was dropped, it needs a resync
)

// Lane is how far a host is in the out-log, and how it is doing.
type Lane struct {
	Host     string    `json:"host"`
	Cursor   ID        `json:"cursor"` // entries up to this one are done
	State    LaneState `json:"state,omitempty"`
	Since    time.Time `json:"since,omitzero"`   // failing since
	NextAt   time.Time `json:"nextAt,omitzero"`  // next try
	Fails    int       `json:"fails,omitempty"`  // in a row
	Error    string    `json:"error,omitempty"`  // class of the last failure: "refused", "timeout", "status", …
	Status   int       `json:"status,omitempty"` // HTTP status of the last answer, if there was one
	LastOK   time.Time `json:"lastOK,omitzero"`
	Dropped  int       `json:"dropped,omitempty"`  // activities that the host refused for good
	GoneDays []string  `json:"goneDays,omitempty"` // days on which its shared inbox was gone
	Told     bool      `json:"told,omitempty"`     // those who run the node were told of the trouble
	Scheme   string    `json:"scheme,omitempty"`   // way of signing that it understood last
}

// Lane returns the lane of a host; one that was never used is zero but for its
// name.
func (t *Txn) Lane(host string) *Lane {
	l := &Lane{Host: host}
	t.getJSON(key(tLane, host), l)
	return l
}

// PutLane keeps a lane.
func (t *Txn) PutLane(l *Lane) {
	t.tellOfTrouble(l)
	t.skipped(l)
	t.putJSON(key(tLane, l.Host), l)
}

// Backlog counts, by host, the activities that wait for it. Nothing waits for a
// host that is lost.
func (t *Txn) Backlog() map[string]int {
	counts, cursors, hosts := map[string]int{}, map[string]ID{}, map[uint32]string{}
	for l := range t.Lanes() {
		if cursors[l.Host] = l.Cursor; l.State == Lost {
			cursors[l.Host] = math.MaxUint64
		}
	}
	for o := range t.HostOrders() {
		cursors[o.Host] = max(cursors[o.Host], o.Skip)
	}
	for k, v := range t.scan([]byte(tOut), false) {
		o := decodeOutgoing(idFromKey(k), v)
		for _, host := range t.hostsOf(o, hosts) {
			if o.Seq > cursors[host] {
				counts[host]++
			}
		}
	}
	return counts
}

// hostsOf returns the hosts of an entry, each once; known remembers what it
// looked up.
func (t *Txn) hostsOf(o *Outgoing, known map[uint32]string) []string {
	var hosts []string
	for _, n := range o.Inboxes {
		if _, ok := known[n]; !ok {
			if in, err := t.Inbox(n); err == nil {
				known[n] = in.Host
			}
		}
		hosts = append(hosts, known[n])
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// DropInbox ends the follows of the actor whose own inbox is gone. Follows that
// are answered elsewhere by now stay.
func (t *Txn) DropInbox(in *Inbox) {
	for f := range t.Following(in.Actor) {
		if f.Inbox == in.URL {
			t.DeleteFollow(f.Follower, f.Followed)
		}
	}
}

// Lanes yields all lanes by host.
func (t *Txn) Lanes() iter.Seq[*Lane] {
	return func(yield func(*Lane) bool) {
		for k, v := range t.scan([]byte(tLane), false) {
			l := new(Lane)
			mustDecode(k, v, l)
			if !yield(l) {
				return
			}
		}
	}
}

func numberKey(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
