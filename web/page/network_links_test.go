package page

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestLinksOfTheNetworkAreSortedAndTakenAway(t *testing.T) {
	s := newSite(t)
	if a := s.Visitor(t).Get("/reseau"); a.Has(`id="links"`) {
		t.Error("there is a table of nothing")
	}
	loud, quiet := s.neighbour(t, "abers"), s.neighbour(t, "zostere")
	s.follow(t, s.node.Lab, loud, store.Accepted)
	s.follow(t, s.node.Lab, quiet, store.Accepted)
	s.follow(t, quiet, s.node.Lab, store.Accepted)
	s.follow(t, s.node.Lab, s.neighbour(t, "attente"), store.Asked)
	s.update(t, func(tx *store.Txn) error {
		for range 7 {
			tx.CountExchange(quiet.Host)
		}
		return nil
	})
	s.publish(t, s.node.Admin, experiment("Une", store.Public)) // what we say counts once, whoever hears it
	visitor := s.Visitor(t)
	for order, want := range map[string]string{
		"vers": "Labo zostere;Estran;1;", "echanges": "Estran;Labo zostere;7;", "dernier": ";20", "nonsense": "Estran;Labo",
	} {
		csv := visitor.Get("/reseau.csv?tri=" + order)
		lines := strings.Split(csv.Body, "\n")
		if len(lines) != 5 || !strings.Contains(lines[1], want) {
			t.Errorf("by %s: %q", order, csv.Body)
		}
		if a := visitor.Get("/reseau?tri=" + order); strings.Count(a.Body, "aria-sort") != 1 || !a.Has("/reseau.csv?tri=") {
			t.Errorf("by %s the page says %d times how it is sorted", order, strings.Count(a.Body, "aria-sort"))
		}
	}
}
