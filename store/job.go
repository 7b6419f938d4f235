package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"iter"
	"time"
)

// Job is work that a change leaves behind because it needs the network: to
// fetch what was announced, to read a followed lab's posts, to verify a move.
// It is written in the transaction of that change and done at least once.
type Job struct {
	ID     ID              `json:"id"`
	Kind   string          `json:"kind"`
	Data   json.RawMessage `json:"data"`
	Due    time.Time       `json:"due"`
	Tries  int             `json:"tries,omitempty"`
	Panics int             `json:"panics,omitempty"` // tries that ended in a panic
	Error  string          `json:"error,omitempty"`  // of the last try
	Stuck  bool            `json:"stuck,omitempty"`  // given up; kept for the admin to see
}

func jobKey(j *Job) []byte {
	due := j.Due
	if j.Stuck {
		due = time.UnixMilli(1<<62 - 1)
	}
	return key(tJob, j.Kind, byte(0), binary.BigEndian.AppendUint64(nil, uint64(due.UnixMilli())), j.ID)
}

// AddJob leaves work for as soon as possible. data is what the worker of this
// kind of job reads; it must encode as JSON.
func (t *Txn) AddJob(kind string, data any) { t.AddJobAt(kind, data, t.now) }

// AddJobAt is AddJob for work that is not to be done before a moment, not even by
// the part of a millisecond that is not kept.
func (t *Txn) AddJobAt(kind string, data any, due time.Time) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	if due.After(t.now) {
		due = due.Add(time.Millisecond - 1)
	}
	j := &Job{ID: t.NewID(), Kind: kind, Data: b, Due: stamp(due)}
	t.putJSON(jobKey(j), j)
	t.wake = true
}

// DueJobs returns, of every kind, up to limit jobs that are due, the longest
// waiting first, and when the next one will be of those kinds that have less
// (zero: never). No kind keeps another from being seen.
func (t *Txn) DueJobs(limit int) (due []*Job, next time.Time) {
	for kind := range t.jobKinds() {
		of := 0
		for k, v := range t.scan(key(tJob, kind, byte(0)), false) {
			j := new(Job)
			mustDecode(k, v, j)
			if j.Stuck || of == limit {
				break
			}
			if j.Due.After(t.now) {
				if next.IsZero() || j.Due.Before(next) {
					next = j.Due
				}
				break
			}
			due = append(due, j)
			of++
		}
	}
	return due, next
}

// JobsOf yields the jobs of a kind, whether they are due or not, those that were put
// aside last.
func (t *Txn) JobsOf(kind string) iter.Seq[*Job] {
	return func(yield func(*Job) bool) {
		for k, v := range t.scan(key(tJob, kind, byte(0)), false) {
			j := new(Job)
			mustDecode(k, v, j)
			if !yield(j) {
				return
			}
		}
	}
}

// CountJobs counts the jobs of a kind, up to a limit.
func (t *Txn) CountJobs(kind string, limit int) int {
	n := 0
	for range t.scan(key(tJob, kind, byte(0)), false) {
		if n++; n == limit {
			break
		}
	}
	return n
}

// jobKinds yields the kinds of which there are jobs.
func (t *Txn) jobKinds() iter.Seq[string] {
	return func(yield func(string) bool) {
		prefix := []byte(tJob)
		for from := prefix; from != nil; {
			kind, found := "", false
			for k := range t.scanRange(prefix, from, prefixEnd(prefix), false) {
				name, _, _ := bytes.Cut(k, []byte{0})
				kind, found = string(name), true
				break
			}
			if !found || !yield(kind) {
				return
			}
			from = key(tJob, kind, byte(1))
		}
	}
}

// StuckJobs yields the jobs that were put aside for the admin to see.
func (t *Txn) StuckJobs() iter.Seq[*Job] {
	return func(yield func(*Job) bool) {
		for kind := range t.jobKinds() {
			of := key(tJob, kind, byte(0))
			for k, v := range t.scanRange(of, jobKey(&Job{Kind: kind, Stuck: true}), prefixEnd(of), false) {
				j := new(Job)
				mustDecode(k, v, j)
				if !yield(j) {
					return
				}
			}
		}
	}
}

// DeleteJob removes a job that is done.
func (t *Txn) DeleteJob(j *Job) { t.tx.Delete(jobKey(j)) }

// RetryJob puts a job off, or aside for good when stuck.
func (t *Txn) RetryJob(j *Job, due time.Time, reason string, stuck bool) {
	t.DeleteJob(j)
	again := *j // the transaction may run again
	again.Due, again.Error, again.Stuck = stamp(due), reason, stuck
	again.Tries++
	t.putJSON(jobKey(&again), &again)
	t.wake = t.wake || !stuck && !due.After(t.now)
}

// jobsByKind moves the jobs to keys that begin with their kind (schema 2).
func jobsByKind(t *Txn) error {
	var jobs []*Job
	for k, v := range t.scan([]byte(tJob), false) {
		j := new(Job)
		mustDecode(k, v, j)
		jobs = append(jobs, j)
		t.tx.Delete(key(tJob, k))
	}
	for _, j := range jobs {
		t.putJSON(jobKey(j), j)
	}
	return nil
}
