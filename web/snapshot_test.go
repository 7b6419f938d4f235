package web_test

import (
	"github.com/essaim/essaim/web"
)

// snapshot is where the experiments lie in the snapshot of now.
func (w *world) snapshot() string {
	w.t.Helper()
	words, err := catalog()
	if err != nil {
		w.t.Fatal(err)
	}
	taken, err := web.TakeSnapshot(w.t.Context(), w.node.Store, words)
	if err != nil {
		w.t.Fatal(err)
	}
	return "/donnees/instantanes/" + taken.Name + "/experimentations.csv"
}
