package page

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// The words of the lab for a theme stand where it is chosen, and on its page.
func TestThemesAreExplainedInTheWordsOfTheLab(t *testing.T) {
	s := newSite(t)
	s.update(t, func(tx *store.Txn) error { return tx.PutSynonyms(store.Synonyms{"mobilite": {"vélo", "covoiturage"}}) })
	if a := s.As(t, s.node.Contributor).Get("/experimentations/nouvelle"); !a.Has(`<span class="hint">vélo, covoiturage</span>`) {
		t.Errorf("not in the form:\n%s", a.Body)
	}
	if a := s.Visitor(t).Get("/themes/mobilite"); !strings.Contains(text(a.Body), "On dit aussi : vélo, covoiturage") {
		t.Errorf("not on the page of the theme:\n%s", a.Body)
	}
	if s.Visitor(t).Get("/themes/logement").Has("On dit aussi") {
		t.Error("a theme without other words has some")
	}
}
