package activitypub

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
)

// Searcher finds what people look for.
type Searcher interface {
	Find(ctx context.Context, q search.Query) (*search.Found, error)
}

// search answers other nodes, whose people look further: with what this node publishes
// itself for everybody, as far as its authors let it be found.
func (d *dialect) search(w http.ResponseWriter, r *http.Request) error {
	if err := d.publicView(r); err != nil {
		return err
	}
	text := strings.TrimSpace(r.URL.Query().Get("q"))
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 {
		limit = federation.FarLimit
	}
	answer := federation.FarAnswer{
		Context: json.RawMessage(`["https://www.w3.org/ns/activitystreams",{"essaim":"https://w3id.org/essaim/ns#"}]`),
		ID:      d.Node.BaseURL + r.URL.RequestURI(), Type: "OrderedCollection", Items: []federation.FarFind{},
	}
	if text != "" {
		q := search.Query{Text: text, Facets: map[string]string{search.FacetHome: search.Yes}, Limit: min(limit, federation.FarLimit)}
		if answer.Items, err = d.finds(r.Context(), q); err != nil {
			return err
		}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return d.open(body).write(w, r, http.StatusOK)
}

func (d *dialect) finds(ctx context.Context, q search.Query) ([]federation.FarFind, error) {
	found, err := d.Search.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	finds := []federation.FarFind{}
	err = d.Node.Store.View(ctx, func(tx *store.Txn) error {
		best := 0.0
		for _, hit := range found.Show(tx, store.Viewer{}) {
			if hit.Item == nil || hit.Item.Envelope().Remote {
				continue
			}
			rec := hit.Item.Envelope()
			if publisher, err := tx.ActorByIRI(rec.Lab); err != nil || !publisher.FoundElsewhere() {
				continue
			}
			best = max(best, hit.Score)
			finds = append(finds, federation.FarFind{
				Type: rec.Type, ID: rec.IRI, URL: d.Node.BaseURL + federation.PagePath(rec), Name: rec.Title, Summary: rec.Pitch, Score: hit.Score / max(best, 1e-9),
			})
		}
		return nil
	})
	return finds, err
}
