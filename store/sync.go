package store

import (
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// SyncPhase is how far the copy of an actor's catalogue got.
type SyncPhase string

// The phases of a copy.
const (
	SyncNew   SyncPhase = ""      // nothing was read yet
	SyncPages SyncPhase = "pages" // its pages are being read
	SyncLive  SyncPhase = "live"  // it is here; changes come by themselves
)

// SyncProblem says what is wrong with a catalogue, for people to read: the message
// "sync.problem.<problem>". Empty: nothing.
type SyncProblem string

// The problems of a copy.
const (
	ProblemUnreachable SyncProblem = "unreachable" // its server does not answer
	ProblemRefused     SyncProblem = "refused"     // its server refuses, or does not have it
	ProblemMalformed   SyncProblem = "malformed"   // not what the protocol says
	ProblemEndless     SyncProblem = "endless"     // more pages than its own count allows
	ProblemTooLarge    SyncProblem = "too-large"   // more than this node copies of one lab
	ProblemDigest      SyncProblem = "digest"      // what it lists is not what it says it has
)

// Sync is how this node copies what an actor that it follows publishes, and when
// it looks again.
type Sync struct {
	Actor  ID        `json:"actor"`
	Phase  SyncPhase `json:"phase,omitempty"`
	Cursor string    `json:"cursor,omitempty"` // pages: address of the next one
	Seq    uint64    `json:"seq,omitempty"`    // changes up to this one are here
	Wants  Selection `json:"wants,omitzero"`

	HeadTag    string `json:"headTag,omitempty"` // ETag of the head when the copy was the same; empty: none
	HeadDigest Digest `json:"headDigest,omitzero"`

	Theirs  map[string]int `json:"theirs,omitempty"`  // objects by kind, as the origin counts them
	Seen    int            `json:"seen,omitempty"`    // objects in the pages so far
	Pages   int            `json:"pages,omitempty"`   // and how many pages that were; live: of the feed, until the copy is the same
	Bytes   int64          `json:"bytes,omitempty"`   // read of it since Began, or since it was last the same
	Foreign int            `json:"foreign,omitempty"` // objects that are not at home there: left out
	Refused int            `json:"refused,omitempty"` // objects that cannot be shown here: left out

	Problem SyncProblem `json:"problem,omitempty"`
	Since   time.Time   `json:"since,omitzero"` // of the problem
	Fails   int         `json:"fails,omitempty"`

	Began   time.Time `json:"began,omitzero"`   // the copy
	Checked time.Time `json:"checked,omitzero"` // last time when it was known to be the same as the origin's
	Full    time.Time `json:"full,omitzero"`    // last time when every bucket was compared
	Next    time.Time `json:"next,omitzero"`    // when to look again; zero: not by itself
}

// Selection narrows what is copied. The zero Selection is everything.
type Selection struct {
	Kinds   []string `json:"kinds,omitempty"`
	Themes  []string `json:"themes,omitempty"`
	Records []string `json:"records,omitempty"` // IRIs
}

// All says whether nothing is left out.
func (s Selection) All() bool { return len(s.Kinds)+len(s.Themes)+len(s.Records) == 0 }

// Equal says whether both choose the same in the same order.
func (s Selection) Equal(other Selection) bool {
	return slices.Equal(s.Kinds, other.Kinds) && slices.Equal(s.Themes, other.Themes) && slices.Equal(s.Records, other.Records)
}

// Has says whether a record is to be copied: one that is named, or one of the
// kinds that are wanted with one of the themes that are wanted.
func (s Selection) Has(r *Record) bool {
	if s.All() || slices.Contains(s.Records, r.IRI) {
		return true
	}
	if len(s.Kinds)+len(s.Themes) == 0 {
		return false
	}
	themed := len(s.Themes) == 0 || slices.ContainsFunc(r.Themes, func(t string) bool { return slices.Contains(s.Themes, t) })
	return themed && (len(s.Kinds) == 0 || slices.Contains(s.Kinds, r.Kind))
}

// Promised is how many objects the origin says there are.
func (s *Sync) Promised() int { return Holdings{Kinds: s.Theirs}.Total() }

// Fail notes a problem; the same again keeps its date.
func (s *Sync) Fail(p SyncProblem, now time.Time) {
	if s.Problem == "" {
		s.Since = now
	}
	s.Problem = p
	s.Fails++
}

const tSync = "ks/" // actor id -> Sync

// SyncJob is the kind of the jobs that copy a catalogue. Each is of the actor
// whose id it bears; PutSync keeps it.
const SyncJob = "sync"

func (s *Sync) job() *Job {
	data, err := json.Marshal(s.Actor)
	if err != nil {
		panic(err)
	}
	return &Job{ID: s.Actor, Kind: SyncJob, Data: data, Due: s.Next}
}

// Sync returns how an actor's catalogue is copied, or nil when it is not.
func (t *Txn) Sync(actor ID) *Sync {
	s := new(Sync)
	if !t.getJSON(key(tSync, actor), s) {
		return nil
	}
	return s
}

// PutSync keeps it, with the job for Next.
func (t *Txn) PutSync(s *Sync) {
	was := t.unschedule(s.Actor)
	if !s.Next.IsZero() {
		s.Next = stamp(s.Next)
		j := s.job()
		t.putJSON(jobKey(j), j)
		t.wake = t.wake || !s.Next.Equal(was) // workers sleep until what they know of
	}
	t.putJSON(key(tSync, s.Actor), s)
}

// DropSync stops copying an actor's catalogue.
func (t *Txn) DropSync(actor ID) {
	t.unschedule(actor)
	t.tx.Delete(key(tSync, actor))
}

// unschedule removes the job of a copy and says for when it was; zero: there was
// none.
func (t *Txn) unschedule(actor ID) time.Time {
	old := t.Sync(actor)
	if old == nil || old.Next.IsZero() {
		return time.Time{}
	}
	t.DeleteJob(old.job())
	return old.Next
}

// Syncs yields all copies.
func (t *Txn) Syncs() iter.Seq[*Sync] {
	return func(yield func(*Sync) bool) {
		for k, v := range t.scan([]byte(tSync), false) {
			s := new(Sync)
			mustDecode(k, v, s)
			if !yield(s) {
				return
			}
		}
	}
}

// Waiting counts the jobs that wait to be done now or failed before, but for those
// that were put aside. What is planned for later is not waiting, nor are later
// looks at what was copied.
func (t *Txn) Waiting() int {
	n := 0
	for kind := range t.jobKinds() {
		for k, v := range t.scan(key(tJob, kind, byte(0)), false) {
			j := new(Job)
			mustDecode(k, v, j)
			planned := j.Due.After(t.now) && (j.Tries == 0 || kind == SyncJob)
			if !j.Stuck && !planned {
				n++
			}
		}
	}
	return n
}
