package store

import "time"

// Reject is why something that came to an inbox was not taken. It ends message keys
// "reject." and labels of metrics.
type Reject string

// The reasons.
const (
	RejectUnsigned  Reject = "unsigned"    // nobody signed it
	RejectSignature Reject = "signature"   // the signature does not fit
	RejectNoKey     Reject = "no-key"      // the key to verify it could not be had
	RejectOrigin    Reject = "origin"      // said for somebody else, or without the right to
	RejectBlocked   Reject = "blocked"     // kept away here
	RejectMalformed Reject = "malformed"   // cannot be read
	RejectType      Reject = "media-type"  // not announced as a document we read
	RejectTooLarge  Reject = "too-large"   // more than an inbox takes at once
	RejectTooMany   Reject = "too-many"    // more than an inbox takes in a while
	RejectGone      Reject = "gone"        // the inbox is of nobody, or of somebody who left
	RejectBusy      Reject = "unavailable" // this node takes nothing new at the moment
	RejectOther     Reject = "mistake"     // a mistake of this node
)

// RejectReasons are all reasons, in the order in which they are shown.
var RejectReasons = []Reject{
	RejectSignature, RejectUnsigned, RejectNoKey, RejectOrigin, RejectMalformed, RejectType, RejectTooLarge, RejectTooMany,
	RejectBlocked, RejectGone, RejectBusy, RejectOther,
}

// Rejects counts what was not taken, by reason and by the host that it says it comes
// from, which nobody proved. The host "" stands for those that gave none, and for those
// for which there is no room.
type Rejects map[Reject]map[string]int

// How many hosts are counted by name for one reason, and how many of those may be hosts
// that are not known: strangers cannot fill the store with names, nor hide a neighbour.
const (
	rejectHosts    = 40
	rejectStranger = 20
)

// Add counts n. known says whether a host is one that the node exchanges with; it is
// asked only where room is scarce.
func (r Rejects) Add(why Reject, host string, n int, known func(host string) bool) {
	hosts := r[why]
	if hosts == nil {
		hosts = map[string]int{}
		r[why] = hosts
	}
	_, counted := hosts[host]
	if !counted && (len(hosts) >= rejectHosts || len(hosts) >= rejectStranger && !known(host)) {
		host = ""
	}
	hosts[host] += n
}

// Merge adds what others counted.
func (r Rejects) Merge(others Rejects, known func(host string) bool) {
	for why, hosts := range others {
		for host, n := range hosts {
			r.Add(why, host, n, known)
		}
	}
}

// Total is how many were not taken for a reason.
func (r Rejects) Total(why Reject) (n int) {
	for _, count := range r[why] {
		n += count
	}
	return n
}

// RejectDays is for how many days it is kept what was not taken.
const RejectDays = 7

// AddRejects adds to what was not taken today: one row for a day.
func (t *Txn) AddRejects(r Rejects) {
	k := key(tRejects, t.now.UTC().Format(time.DateOnly))
	today := Rejects{}
	t.getJSON(k, &today)
	today.Merge(r, t.DeliversTo)
	t.putJSON(k, today)
}

// Rejects sums up what was not taken in the last RejectDays, today among them.
func (t *Txn) Rejects() Rejects {
	sum := Rejects{}
	for k, v := range t.scanRange([]byte(tRejects), key(tRejects, t.firstRejects()), prefixEnd([]byte(tRejects)), false) {
		var day Rejects
		mustDecode(k, v, &day)
		sum.Merge(day, t.DeliversTo)
	}
	return sum
}

// TrimRejects removes the days that are not counted any more, at most limit, and says
// how many.
func (t *Txn) TrimRejects(limit int) (n int) {
	for k := range t.scanRange([]byte(tRejects), []byte(tRejects), key(tRejects, t.firstRejects()), false) {
		if n == limit {
			break
		}
		t.tx.Delete(key(tRejects, k))
		n++
	}
	return n
}

func (t *Txn) firstRejects() string {
	return t.now.UTC().Add(-(RejectDays - 1) * dayLength).Format(time.DateOnly)
}

// DeliversTo says whether anything was ever delivered to a host, or tried to be.
func (t *Txn) DeliversTo(host string) bool { return t.tx.Get(key(tLane, host)) != nil }
