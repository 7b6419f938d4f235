package store

import "time"

// Marker is how far an actor has read a timeline.
type Marker struct {
	LastRead string    `json:"lastRead"`
	Version  int       `json:"version"`
	Updated  time.Time `json:"updated"`
}

// Marker returns how far an actor has read a timeline ("home",
// "notifications"), or nil.
func (t *Txn) Marker(actor ID, timeline string) *Marker {
	m := new(Marker)
	if !t.getJSON(key(tMarker, actor, timeline), m) {
		return nil
	}
	return m
}

// Mark moves a marker and returns it.
func (t *Txn) Mark(actor ID, timeline, lastRead string) *Marker {
	m := &Marker{LastRead: lastRead, Version: 1, Updated: stamp(t.now)}
	if old := t.Marker(actor, timeline); old != nil {
		m.Version = old.Version + 1
	}
	t.putJSON(key(tMarker, actor, timeline), m)
	return m
}

// NoticePolicy is of whom an actor does not want to be told; nil: of all.
func (t *Txn) NoticePolicy(actor ID) map[string]string {
	var p map[string]string
	t.getJSON(key(tPolicy, actor), &p)
	return p
}

// PutNoticePolicy keeps it.
func (t *Txn) PutNoticePolicy(actor ID, p map[string]string) { t.putJSON(key(tPolicy, actor), p) }
