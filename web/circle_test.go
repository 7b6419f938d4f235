package web_test

import (
	"net/http"
	"testing"

	"github.com/essaim/essaim/store"
)

// TestLeavingACircleTakesSightAtOnce: with the next request, in every session and
// app, and coming back gives it back. A circle that is no more is the team's.
func TestLeavingACircleTakesSightAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.tell("circle", "")
	inside := w.circles["inside"]
	for _, x := range []struct {
		name   string
		change func(tx *store.Txn, c *store.Circle) error
		want   int
	}{
		{"of the circle", nil, http.StatusOK},
		{"taken out", func(tx *store.Txn, c *store.Circle) error {
			c.Members = nil
			return tx.PutCircle(c)
		}, http.StatusNotFound},
		{"back", func(tx *store.Txn, c *store.Circle) error {
			c.Members = []string{w.members["insider"].IRI}
			return tx.PutCircle(c)
		}, http.StatusOK},
		{"the circle is no more", func(tx *store.Txn, c *store.Circle) error {
			tx.DeleteCircle(c.ID)
			return nil
		}, http.StatusNotFound},
	} {
		if x.change != nil {
			w.update(func(tx *store.Txn) error {
				c, err := tx.Circle(inside.ID)
				if err != nil {
					return err
				}
				return x.change(tx, c)
			})
		}
		for viewer, path := range map[string]string{"insider in a browser": pageOf(w, s), "insider in an app": s.id()} {
			accept := asPage
			if path == s.id() {
				accept = asDocument
			}
			if got, _ := w.viewers[viewer](http.MethodGet, path, accept); got != x.want {
				t.Errorf("%s, %s: got %d, want %d", x.name, viewer, got, x.want)
			}
		}
		for _, viewer := range []string{"author in a browser", "animator in a browser"} {
			if got, _ := w.viewers[viewer](http.MethodGet, pageOf(w, s), asPage); got != http.StatusOK {
				t.Errorf("%s, %s: got %d, want 200", x.name, viewer, got)
			}
		}
	}
}
