package mastodon

import "github.com/essaim/essaim/store"

// empty is an answer that says nothing: {}.
type empty struct{}

// MarkerEntity is how far a timeline was read.
type MarkerEntity struct {
	LastReadID string `json:"last_read_id"`
	Version    int    `json:"version"`
	UpdatedAt  string `json:"updated_at"`
}

var markedTimelines = []string{"home", "notifications"}

func markerEntity(m *store.Marker) MarkerEntity {
	return MarkerEntity{LastReadID: m.LastRead, Version: m.Version, UpdatedAt: stamp(m.Updated)}
}

// markers is GET /api/v1/markers?timeline[]=.
func markers(c *call) (any, error) {
	found := map[string]MarkerEntity{}
	err := c.view(func(tx *store.Txn) error {
		for _, name := range c.list("timeline") {
			if m := tx.Marker(c.actor.ID, name); len(name) < 20 && m != nil {
				found[name] = markerEntity(m)
			}
		}
		return nil
	})
	return found, err
}

// moveMarkers is POST /api/v1/markers.
func moveMarkers(c *call) (any, error) {
	moved := map[string]MarkerEntity{}
	return moved, c.keep(func(tx *store.Txn) error {
		for _, name := range markedTimelines {
			last := c.str(name + "[last_read_id]")
			if last == "" {
				continue
			}
			if _, err := store.ParseID(last); err != nil {
				return invalid("Last read is invalid")
			}
			moved[name] = markerEntity(tx.Mark(c.actor.ID, name, last))
		}
		return nil
	})
}

// preferences is GET /api/v1/preferences.
func preferences(c *call) (any, error) {
	return map[string]any{
		"posting:default:visibility":   "public",
		"posting:default:sensitive":    false,
		"posting:default:language":     string(c.lang()),
		"posting:default:quote_policy": "nobody",
		"reading:expand:media":         "default",
		"reading:expand:spoilers":      false,
		"reading:autoplay:gifs":        false,
	}, nil
}

// none answers for what Mastodon has and Essaim has not: an empty list.
func none(*call) (any, error) { return []struct{}{}, nil }

// done answers for a setting that does not exist here.
func done(*call) (any, error) { return empty{}, nil }
