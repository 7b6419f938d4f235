package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// model is what the promises R2, R3 and R5 amount to: what every lab published,
// in order; what every host took, in order of first arrival; and who was away
// for so long that it was told everything anew.
type model struct {
	mu     sync.Mutex
	said   map[string][]string          // host -> ids of its activities
	heard  map[[2]string][]string       // from, to -> the same
	anew   map[[2]string]bool           // from, to
	latest map[string]map[string]string // host -> record -> its text; empty: deleted
}

func newModel() *model {
	return &model{said: map[string][]string{}, heard: map[[2]string][]string{}, anew: map[[2]string]bool{}, latest: map[string]map[string]string{}}
}

func (m *model) published(n *simNode, a *federation.Activity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said[n.host] = append(m.said[n.host], a.IRI)
	if m.latest[n.host] == nil {
		m.latest[n.host] = map[string]string{}
	}
	m.latest[n.host][a.Object] = ""
	if a.Item != nil {
		m.latest[n.host][a.Object] = a.Item.Envelope().Body
	}
}

func (m *model) arrived(to string, body []byte) {
	var a struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		panic(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	id := strings.TrimSuffix(a.ID, "/delete")
	if way := [2]string{store.HostOf(id), to}; !slices.Contains(m.heard[way], id) {
		m.heard[way] = append(m.heard[way], id)
	}
}

func (m *model) resynced(from, to string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.anew[[2]string{from, to}] = true
}

// check says what a node heard from those that it exchanges with.
func (m *model) check(t *testing.T, n *simNode) {
	for _, from := range n.links {
		way := [2]string{from.host, n.host}
		if !m.anew[way] && !slices.Equal(m.heard[way], m.said[from.host]) { // R2, R3, R5
			t.Errorf("%v: heard %v, want %v", way, m.heard[way], m.said[from.host])
		}
		err := n.Store.View(context.Background(), func(tx *store.Txn) error { return m.compare(t, tx, from) })
		if err != nil {
			t.Error(err)
		}
	}
}

// compare holds what a node shows of a lab against what the lab published last:
// nothing twice, nothing old, nothing that was deleted.
func (m *model) compare(t *testing.T, tx *store.Txn, from *simNode) error {
	lab, err := tx.ActorByIRI(from.iri())
	if err != nil {
		return err
	}
	live := 0
	for iri, text := range m.latest[from.host] {
		it, err := tx.RecordByIRI(iri)
		switch {
		case text == "" && !errors.Is(err, store.ErrGone) && !errors.Is(err, store.ErrNotFound):
			t.Errorf("%s was deleted: got %v", iri, err)
		case text != "" && err != nil:
			t.Errorf("%s: %v", iri, err)
		case text != "" && !strings.Contains(it.Envelope().HTML, text):
			t.Errorf("%s: got %q, want %q", iri, it.Envelope().HTML, text)
		}
		if text != "" {
			live++
		}
	}
	equal(t, "records of "+from.host, tx.ListLab(lab.ID, store.Query{Viewer: store.Viewer{Local: true}}).Total, live)
	return nil
}
