package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

func TestGroupOfAMethodCanBe(t *testing.T) {
	m := kindtest.Fill(store.KindOf("method")).(*store.Method)
	for _, x := range [][2]int{{0, 0}, {5, 0}, {0, 8}, {8, 8}} {
		m.GroupMin, m.GroupMax = x[0], x[1]
		wantMistakes(t, m)
	}
	m.GroupMin, m.GroupMax = 9, 8
	wantMistakes(t, m, "groupMax: group-size")
}
