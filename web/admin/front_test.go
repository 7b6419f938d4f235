package admin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// TestHomeIsArrangedByPlaces: a block goes to the place that was chosen for it, and the
// others make room.
func TestHomeIsArrangedByPlaces(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	all := store.FrontBlocks()
	last := strconv.Itoa(len(all))
	arrange := func(moves ...string) webtest.Answer {
		places := url.Values{}
		var now *store.Front
		s.view(t, func(tx *store.Txn) error {
			now = tx.Front()
			return nil
		})
		for i, name := range now.Shown {
			places.Set(name, strconv.Itoa(i+1))
		}
		for _, name := range now.Hidden {
			places.Set(name, "0")
		}
		for i := 0; i < len(moves); i += 2 {
			places.Set(moves[i], moves[i+1])
		}
		return c.Post("/admin/accueil", places)
	}
	for _, x := range []struct {
		moves         []string
		shown, hidden []string
	}{
		{[]string{all[0], last}, append(slices.Clone(all[1:]), all[0]), nil},
		{[]string{all[0], "1"}, all, nil},
		{[]string{all[0], "2"}, append([]string{all[1], all[0]}, all[2:]...), nil},
		{[]string{all[1], "2"}, all, nil},
		{[]string{all[1], "0"}, append([]string{all[0]}, all[2:]...), all[1:2]},
		{[]string{all[1], "2"}, all, nil},
		{[]string{all[0], last, all[len(all)-1], "1"}, slices.Concat(all[len(all)-1:], all[1:len(all)-1], all[:1]), nil},
		{[]string{"default", "1"}, all, nil},
	} {
		if a := arrange(x.moves...); a.Status != http.StatusSeeOther {
			t.Fatalf("%v: got %d:\n%s", x.moves, a.Status, a.Body)
		}
		s.view(t, func(tx *store.Txn) error {
			if f := tx.Front(); !slices.Equal(f.Shown, x.shown) || !slices.Equal(f.Hidden, x.hidden) {
				t.Errorf("%v: got %v, want %v without %v", x.moves, f, x.shown, x.hidden)
			}
			return nil
		})
	}
	for _, wrong := range []string{"", "-1", "99", "deux"} {
		if a := arrange(all[0], wrong); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+all[0]+`-error"`) {
			t.Errorf("place %q: got %d", wrong, a.Status)
		}
	}
}
