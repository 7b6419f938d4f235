package store

import (
	"iter"
	"time"
)

// Report is a complaint (Flag): about an actor or records, from somebody here or
// elsewhere.
type Report struct {
	ID       ID          `json:"id"`
	IRI      string      `json:"iri"`
	Reporter string      `json:"reporter"` // IRI
	Target   string      `json:"target"`   // IRI of an actor
	Records  []string    `json:"records,omitempty"`
	Text     string      `json:"text,omitempty"`
	Received time.Time   `json:"received"`
	State    ReportState `json:"state,omitempty"`
	Closed   time.Time   `json:"closed,omitzero"`
	By       ID          `json:"by,omitempty"`     // the member who closed it
	Sent     string      `json:"sent,omitempty"`   // IRI of the complaint that went to the node it concerns
	Answer   ReportState `json:"answer,omitempty"` // what that node said of it
}

// ReportState is how far a complaint is. Empty: it waits for a moderator.
type ReportState string

// The states of a complaint that was read.
const (
	ReportUpheld    ReportState = "upheld"    // something was done about it
	ReportDismissed ReportState = "dismissed" // there is nothing to do
)

// PutReport keeps a report; a new one gets its ID here.
func (t *Txn) PutReport(r *Report) {
	fresh := r.ID == 0
	if fresh {
		r.ID = t.NewID()
	}
	t.putJSON(key(tReport, r.ID), r)
	if fresh {
		t.tellStaff(Moderate, Notice{Kind: Complained, Actor: t.getID(key(tActorIRI, hash16(r.Reporter))), Cause: r.ID})
	}
}

// Report returns a report, or ErrNotFound.
func (t *Txn) Report(id ID) (*Report, error) {
	r := new(Report)
	if id == 0 || !t.getJSON(key(tReport, id), r) {
		return nil, ErrNotFound
	}
	return r, nil
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

// ReportsBy yields what an actor complained of, newest first.
func (t *Txn) ReportsBy(reporter string) iter.Seq[*Report] {
	return func(yield func(*Report) bool) {
		for r := range t.Reports() {
			if r.Reporter == reporter && !yield(r) {
				return
			}
		}
	}
}
