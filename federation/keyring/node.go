package keyring

import (
	"net/http"
	"sync"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/store"
)

// NodeSigner signs as the node's own actor: what is fetched is fetched in its
// name. It finds the actor when it first signs, for a new node has none.
func (r *Ring) NodeSigner() *NodeSigner { return &NodeSigner{ring: r} }

// NodeSigner is safe for concurrent use.
type NodeSigner struct {
	ring *Ring
	mu   sync.Mutex
	node store.ID
}

// Sign signs with the node's RSA key, which every server understands.
func (s *NodeSigner) Sign(req *http.Request, body []byte, scheme httpsig.Scheme, now time.Time) error {
	id, err := s.id(req)
	if err != nil {
		return err
	}
	pair, err := s.ring.Pair(req.Context(), id)
	if err != nil {
		return err
	}
	return pair.RSA.Sign(req, body, scheme, now)
}

func (s *NodeSigner) id(req *http.Request) (store.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.node != 0 {
		return s.node, nil
	}
	err := s.ring.store.View(req.Context(), func(tx *store.Txn) error {
		a, err := tx.Node()
		if err == nil {
			s.node = a.ID
		}
		return err
	})
	return s.node, err
}
