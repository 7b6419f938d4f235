package store

import (
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Circle is a named group of members of this node, and a step of the ladder of
// audiences: a record can be for those who belong to it. Who belongs to a circle
// is this node's own business and never told to another.
type Circle struct {
	ID       ID        `json:"id"`
	Name     string    `json:"name"`
	Purpose  string    `json:"purpose,omitempty"`  // plain
	Members  []string  `json:"members,omitempty"`  // IRIs of members of this node
	Managers []string  `json:"managers,omitempty"` // those of them who say who belongs to it
	Created  time.Time `json:"created"`
}

// The longest name and purpose, in characters.
const (
	MaxCircleName    = 60
	MaxCirclePurpose = 300
)

// Audience is the step of those who belong to the circle.
func (c *Circle) Audience() Audience { return CircleAudience(c.ID) }

// Has says whether somebody belongs to the circle.
func (c *Circle) Has(member string) bool { return slices.Contains(c.Members, member) }

// ManagedBy says whether v may change the circle and who belongs to it: its
// managers and those who run the node.
func (c *Circle) ManagedBy(v Viewer) bool {
	return v.Local && (v.Runs || slices.Contains(c.Managers, v.Actor))
}

// PutCircle creates or replaces a circle; a new one gets its ID here. Whoever
// manages it belongs to it. FieldErrors say what is wrong with it.
func (t *Txn) PutCircle(c *Circle) error {
	c.Name, c.Purpose = strings.TrimSpace(c.Name), strings.TrimSpace(c.Purpose)
	for _, m := range c.Managers {
		if !c.Has(m) {
			c.Members = append(c.Members, m)
		}
	}
	if errs := t.checkCircle(c); len(errs) > 0 {
		return errs
	}
	if c.ID == 0 {
		c.ID, c.Created = t.NewID(), stamp(t.now)
	}
	t.unlistCircle(c.ID)
	t.putJSON(key(tCircle, c.ID), c)
	for _, m := range c.Members {
		t.tx.Put(key(tInCircle, hash16(m), c.ID), nil)
	}
	return nil
}

func (t *Txn) checkCircle(c *Circle) (errs FieldErrors) {
	wrong := func(field, reason string, limit int) {
		errs = append(errs, &FieldError{Field: field, Reason: reason, Args: map[string]any{"max": limit}})
	}
	switch {
	case c.Name == "":
		wrong("name", "error.required", MaxCircleName)
	case utf8.RuneCountInString(c.Name) > MaxCircleName:
		wrong("name", "error.too-long", MaxCircleName)
	case t.circleNamed(c.Name, c.ID):
		wrong("name", "error.circle-taken", MaxCircleName)
	}
	if utf8.RuneCountInString(c.Purpose) > MaxCirclePurpose {
		wrong("purpose", "error.too-long", MaxCirclePurpose)
	}
	for _, m := range c.Members {
		if a, err := t.ActorByIRI(m); err != nil || !a.Local || a.Type != Person || !a.Deleted.IsZero() {
			wrong("members", "error.choice", 0)
			break
		}
	}
	return errs
}

// circleNamed says whether a circle other than id has this name: people could not
// tell the two apart.
func (t *Txn) circleNamed(name string, id ID) bool {
	for c := range t.Circles() {
		if c.ID != id && strings.EqualFold(c.Name, name) {
			return true
		}
	}
	return false
}

// unlistCircle removes the entries of a circle's members.
func (t *Txn) unlistCircle(id ID) {
	old, err := t.Circle(id)
	if err != nil {
		return
	}
	for _, m := range old.Members {
		t.tx.Delete(key(tInCircle, hash16(m), id))
	}
}

// Circle returns the circle with this id, or ErrNotFound.
func (t *Txn) Circle(id ID) (*Circle, error) {
	c := new(Circle)
	if id == 0 || !t.getJSON(key(tCircle, id), c) {
		return nil, ErrNotFound
	}
	return c, nil
}

// Circles yields all circles, the oldest first.
func (t *Txn) Circles() iter.Seq[*Circle] {
	return func(yield func(*Circle) bool) {
		for k, v := range t.scan([]byte(tCircle), false) {
			c := new(Circle)
			mustDecode(k, v, c)
			if !yield(c) {
				return
			}
		}
	}
}

// CirclesOf are the circles that a member belongs to, the oldest first.
func (t *Txn) CirclesOf(member string) []Circle {
	var all []Circle
	for k := range t.scan(key(tInCircle, hash16(member)), false) {
		if c, err := t.Circle(idFromKey(k)); err == nil {
			all = append(all, *c)
		}
	}
	return all
}

// DeleteCircle removes a circle, if there is one. Records that were for it mean
// the team from now on; federation.Node.DissolveCircle makes them say so.
func (t *Txn) DeleteCircle(id ID) {
	t.unlistCircle(id)
	t.tx.Delete(key(tCircle, id))
}

// leaveCircles takes somebody out of all circles.
func (t *Txn) leaveCircles(member string) {
	for _, c := range t.CirclesOf(member) {
		c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == member })
		c.Managers = slices.DeleteFunc(c.Managers, func(m string) bool { return m == member })
		t.tx.Delete(key(tInCircle, hash16(member), c.ID))
		t.putJSON(key(tCircle, c.ID), c)
	}
}

// ListCircle lists the records of this node that are for a circle and that the
// viewer of q may see, whoever publishes them: actor by actor, newest first.
func (t *Txn) ListCircle(id ID, q Query) Page {
	var all Page
	q.Home, q.Facets = true, map[string]string{audienceFacet: string(CircleAudience(id))}
	for a := range t.LocalActors() {
		p := t.ListLab(a.ID, q)
		all.Items, all.Total = append(all.Items, p.Items...), all.Total+p.Total
	}
	return all
}

// CheckAudience says what is wrong with a record that is saved for an audience by
// a member, or nil: a circle must be there, and be the member's own unless he runs
// the node or the record was for it before.
func (t *Txn) CheckAudience(by Viewer, a, was Audience) *FieldError {
	id := a.Circle()
	if id == 0 {
		return nil
	}
	c, err := t.Circle(id)
	if err != nil || !by.Runs && a != was && !c.Has(by.Actor) {
		return &FieldError{Field: "audience", Reason: "error.choice", Args: map[string]any{"value": string(a)}}
	}
	return nil
}
