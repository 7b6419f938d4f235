package web

import (
	"context"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/opendata"
)

// TakeSnapshot keeps what everybody may see of a node today for ever: see
// opendata.Take.
func TakeSnapshot(ctx context.Context, s *store.Store, words *assets.Catalog) (*store.Snapshot, error) {
	return opendata.Take(ctx, s, words)
}
