package inbox

import (
	"fmt"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// PostOutbox takes an activity, or a bare object, that a member's software posts
// to the outbox of an actor (ActivityPub §6). It returns the id of the activity,
// for the Location header of a 201.
func (f *Front) PostOutbox(w http.ResponseWriter, r *http.Request, actor string, by store.Viewer) (string, error) {
	if err := checkMediaType(r); err != nil {
		return "", err
	}
	doc, _, err := f.read(w, r)
	if err != nil {
		return "", err
	}
	a, err := f.Node.FromClient(r.Context(), doc, actor)
	if err != nil {
		return "", err
	}
	c := &call{activity: a, by: &by}
	if err := f.through(r.Context(), c, doc.Envelope(), f.actor.PostOutbox); err != nil {
		return "", err
	}
	if !c.reached {
		return "", fmt.Errorf("type %q: %w", doc.Type(), federation.ErrMalformed)
	}
	return a.IRI, nil
}
