package fedtest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/essaim/essaim/store"
)

// Who has no catalogue is read as far as it shows what it published, in the shapes
// of the software that it runs.
func TestPastOfWhoHasNoCatalogue(t *testing.T) {
	everybody := []string{Public}
	for name, c := range map[string]struct {
		show    func(a *PeerActor) // its collections
		titles  []string
		problem store.SyncProblem
	}{
		"a Mobilizon group": {func(a *PeerActor) {
			event := Object{
				"id": a.Peer.URL + "/events/1", "type": "Event", "actor": a.Peer.URL + "/@ana", "attributedTo": a.IRI, "name": "Repair café",
				"startTime": "2126-11-14T13:00:00Z", "to": everybody, "published": "2026-01-01T00:00:00Z",
			}
			post := Object{
				"id": a.Peer.URL + "/p/1", "type": "Article", "actor": a.Peer.URL + "/@ana", "attributedTo": a.IRI, "name": "Le bilan", "content": "<p>Dix.</p>", "to": everybody,
			}
			for path, items := range map[string][]Object{"/events": {event}, "/posts": {post}, "/resources": {}} {
				a.Peer.Show(a.Path()+path, Object{
					"id": a.IRI + path, "type": "OrderedCollection", "totalItems": len(items),
					"first": Object{"id": a.IRI + path + "?page=1", "type": "OrderedCollectionPage", "orderedItems": items},
				})
			}
			a.Show(With(a.Document(), Object{
				"type": "Group", "events": a.IRI + "/events", "posts": a.IRI + "/posts", "resources": a.IRI + "/resources", "outbox": a.IRI + "/outbox",
			}))
		}, []string{"Repair café", "Le bilan"}, ""},
		"a PeerTube channel": {func(a *PeerActor) {
			video := a.Peer.URL + "/videos/watch/1"
			a.Peer.Show("/videos/watch/1", Object{
				"id": video, "type": "Video", "name": "Le film", "to": everybody, "content": "Une vidéo.", "mediaType": "text/markdown",
				"attributedTo": []Object{{"type": "Person", "id": a.Peer.URL + "/accounts/ana"}, {"type": "Group", "id": a.IRI}},
			})
			a.Peer.Show(a.Path()+"/outbox", Object{"id": a.IRI + "/outbox", "type": "OrderedCollection", "orderedItems": []Object{
				a.Activity("Announce", video), a.Activity("Announce", "http://127.0.0.2:1/elsewhere"),
			}})
			a.Show(With(a.Document(), Object{"type": "Group"}))
		}, []string{"Le film"}, ""},
		"a WordPress site": {func(a *PeerActor) {
			a.Peer.Serve(a.Path()+"/outbox", func(w http.ResponseWriter, r *http.Request) {
				page := r.URL.Query().Get("page")
				doc := Object{"id": a.IRI + "/outbox", "type": "OrderedCollection", "totalItems": 3, "first": a.IRI + "/outbox?page=1"}
				if page != "" {
					article := With(a.Note("billet-"+page), Object{"type": "Article", "name": "Billet " + page})
					doc = Object{
						"id": a.IRI + "/outbox?page=" + page, "type": "OrderedCollectionPage", "partOf": a.IRI + "/outbox",
						"orderedItems": []Object{a.Activity("Create", article)},
					}
					if page == "1" || page == "2" {
						doc["next"] = a.IRI + "/outbox?page=" + map[string]string{"1": "2", "2": "3"}[page]
					}
				}
				As(activityType, encode(doc))(w, r)
			})
		}, []string{"Billet 1", "Billet 2", "Billet 3"}, ""},
		"a Mastodon account that shows what it pinned": {func(a *PeerActor) {
			a.Peer.Serve(a.Path()+"/outbox", Status(http.StatusForbidden))
			a.Peer.Show(a.Path()+"/featured", Object{
				"id": a.IRI + "/featured", "type": "OrderedCollection", "totalItems": 1,
				"orderedItems": []Object{With(a.Note("pinned"), Object{"type": "Question", "name": "Épinglé"})},
			})
		}, []string{"Épinglé"}, ""},
		"an account that shows nothing": {func(*PeerActor) {}, nil, store.ProblemRefused},
		"an account whose server fails": {func(a *PeerActor) { a.Peer.Serve(a.Path()+"/outbox", Status(http.StatusBadGateway)) }, nil, store.ProblemUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			a := NewPeer(t, "127.0.0.5").Actor("dehors")
			c.show(a)
			s.follow(a)
			eventually(t, s.node, fmt.Sprintf("%v are here", c.titles), func(tx *store.Txn) bool {
				lab := actorID(tx, a.IRI)
				got := tx.Sync(lab)
				if got == nil || got.Problem != c.problem || got.Problem == "" && got.Checked.IsZero() {
					return false
				}
				found := map[string]bool{}
				for _, it := range tx.ListLab(lab, store.Query{Limit: 100}).Items {
					found[it.Envelope().Title] = true
				}
				for _, title := range c.titles {
					if !found[title] {
						return false
					}
				}
				return len(found) == len(c.titles)
			})
		})
	}
}
