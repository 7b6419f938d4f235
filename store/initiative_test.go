package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

func TestInitiativeEndsAfterItBegan(t *testing.T) {
	i := kindtest.Fill(store.KindOf("initiative")).(*store.Initiative)
	for _, x := range [][2]string{{"", ""}, {"2026-03-01", ""}, {"", "2026-03-01"}, {"2026-03-01", "2026-03-01"}, {"2026-03-01", "2027-01-01"}} {
		i.Since, i.Until = x[0], x[1]
		wantMistakes(t, i)
	}
	i.Since, i.Until = "2026-03-01", "2026-02-28"
	wantMistakes(t, i, "until: until")
	i.Since, i.Until = "le printemps", "2026-02-28"
	wantMistakes(t, i, "since: day")
}

func TestContactIsAnAddressAndInner(t *testing.T) {
	k := store.KindOf("initiative")
	i := kindtest.Fill(k).(*store.Initiative)
	i.Contact = "Les couturières"
	wantMistakes(t, i, "contact: email")
	if f := k.Field("contact"); !f.Inner || f.Wire != "" {
		t.Error("the address can leave the node")
	}
}
