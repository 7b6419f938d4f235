package store

import (
	"encoding/binary"
	"encoding/json"
	"iter"
	"time"
)

// Job is work that a change leaves behind because it needs the network: to
// fetch what was announced, to read a followed lab's posts, to verify a move.
// It is written in the transaction of that change and done at least once.
type Job struct {
	ID    ID              `json:"id"`
	Kind  string          `json:"kind"`
	Data  json.RawMessage `json:"data"`
	Due   time.Time       `json:"due"`
	Tries int             `json:"tries,omitempty"`
	Error string          `json:"error,omitempty"` // of the last try
	Stuck bool            `json:"stuck,omitempty"` // given up; kept for the admin to see
}

func jobKey(j *Job) []byte {
	due := j.Due
	if j.Stuck {
		due = time.UnixMilli(1<<62 - 1)
	}
	return key(tJob, binary.BigEndian.AppendUint64(nil, uint64(due.UnixMilli())), j.ID)
}

// AddJob leaves work for as soon as possible. data is what the worker of this
// kind of job reads; it must encode as JSON.
func (t *Txn) AddJob(kind string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	j := &Job{ID: t.NewID(), Kind: kind, Data: b, Due: stamp(t.now)}
	t.putJSON(jobKey(j), j)
	t.wake = true
}

// DueJobs returns up to limit jobs that are due, the longest waiting first, and
// when the next one will be if none is (zero: never).
func (t *Txn) DueJobs(limit int) (due []*Job, next time.Time) {
	for k, v := range t.scan([]byte(tJob), false) {
		j := new(Job)
		mustDecode(k, v, j)
		if j.Stuck {
			break
		}
		if j.Due.After(t.now) || len(due) == limit {
			return due, j.Due
		}
		due = append(due, j)
	}
	return due, time.Time{}
}

// StuckJobs yields the jobs that were put aside for the admin to see.
func (t *Txn) StuckJobs() iter.Seq[*Job] {
	return func(yield func(*Job) bool) {
		for k, v := range t.scanRange([]byte(tJob), jobKey(&Job{Stuck: true}), prefixEnd([]byte(tJob)), false) {
			j := new(Job)
			mustDecode(k, v, j)
			if !yield(j) {
				return
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
