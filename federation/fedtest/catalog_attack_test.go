package fedtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/essaim/essaim/store"
)

// evilLab is a lab on a server of somebody else, with a catalogue that is made to
// harm. The fields are right until a test spoils them.
type evilLab struct {
	*PeerActor
	head  Object
	items func(page int) (items []any, next string)
	pages atomic.Int64
}

const emptyDigest = "0000000000000000000000000000000000000000000000000000000000000000"

func newEvilLab(t *testing.T) *evilLab {
	l := &evilLab{PeerActor: NewPeer(t, "127.0.0.4").Actor("mal")}
	iri := l.IRI + "/catalog"
	l.Show(With(l.Document(), Object{
		"type": "Group", "essaim:catalog": iri,
		"generator": Object{"type": "Application", "implements": []Object{{"href": store.CatalogSpec}}},
	}))
	l.head = Object{
		"id": iri, "type": "OrderedCollection", "attributedTo": l.IRI, "totalItems": 5, "essaim:kinds": Object{"news": 5},
		"essaim:seq": 5, "essaim:minSeq": 1, "essaim:digest": emptyDigest[1:] + "1",
		"essaim:feed": iri + "/feed", "essaim:buckets": iri + "/buckets", "first": iri + "?page=1",
	}
	l.items = func(int) ([]any, string) {
		var notes []any
		for i := range 5 {
			notes = append(notes, l.Note(fmt.Sprint(i)))
		}
		return notes, ""
	}
	path := strings.TrimPrefix(iri, l.Peer.URL)
	l.Peer.Serve(path, func(w http.ResponseWriter, r *http.Request) {
		if !r.URL.Query().Has("page") {
			As(activityType, encode(l.head))(w, r)
			return
		}
		l.pages.Add(1)
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		items, next := l.items(page)
		l.page(w, r, items, next)
	})
	l.Peer.Serve(path+"/feed", func(w http.ResponseWriter, r *http.Request) { l.page(w, r, nil, "") })
	l.Peer.Serve(path+"/buckets", l.buckets)
	return l
}

// buckets are none that anybody could have, and empty.
func (l *evilLab) buckets(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("bucket") {
		l.page(w, r, nil, "")
		return
	}
	sums := make([]string, 256)
	for i := range sums {
		sums[i] = emptyDigest[1:] + "2"
	}
	As(activityType, encode(Object{"id": l.IRI + "/catalog/buckets", "type": "OrderedCollection", "essaim:digests": sums}))(w, r)
}

// page writes a page whose fingerprints are made up.
func (l *evilLab) page(w http.ResponseWriter, r *http.Request, items []any, next string) {
	revs := []string{}
	for i := range items {
		revs = append(revs, fmt.Sprintf("%064x", i+1))
	}
	if items == nil {
		items = []any{}
	}
	doc := Object{"id": l.Peer.URL + r.URL.String(), "type": "OrderedCollectionPage", "orderedItems": items, "essaim:revs": revs}
	if next != "" {
		doc["next"] = next
	}
	As(activityType, encode(doc))(w, r)
}

func (l *evilLab) next(page int) string { return fmt.Sprintf("%s/catalog?page=%d", l.IRI, page+1) }

// goOn makes the feed endless.
func (l *evilLab) goOn() {
	l.head["essaim:seq"] = 1 << 40
	l.Peer.Serve("/users/mal/catalog/feed", func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.Atoi(r.URL.Query().Get("after"))
		item := Object{"id": l.IRI + "/catalog/feed#1", "type": "Update", "actor": l.IRI, "object": l.Note("f")}
		As(activityType, encode(Object{
			"id": l.Peer.URL + r.URL.String(), "type": "OrderedCollectionPage", "orderedItems": []any{item},
			"essaim:revs": []string{fmt.Sprintf("%064x", after)}, "essaim:seq": after + 1,
			"next": fmt.Sprintf("%s/catalog/feed?after=%d", l.IRI, after+1),
		}))(w, r)
	})
}

// copyOf has the stage's lab follow the evil one and waits until the copy was
// given up or is whole.
func (s *stage) copyOf(l *evilLab) *store.Sync {
	s.t.Helper()
	s.follow(l.PeerActor)
	var got *store.Sync
	eventually(s.t, s.node, "the copy came to an end", func(tx *store.Txn) bool {
		got = tx.Sync(actorID(tx, l.IRI))
		return got != nil && (got.Problem != "" || !got.Checked.IsZero())
	})
	return got
}

// A catalogue that is made to harm costs little, is shown as what it is, and
// leaves the node in good health.
func TestHostileCatalogues(t *testing.T) {
	for name, c := range map[string]struct {
		spoil    func(l *evilLab)
		problem  store.SyncProblem
		requests int // at most
		records  int // at most
	}{
		"endless pages": {func(l *evilLab) {
			l.items = func(page int) ([]any, string) {
				var notes []any
				for i := range 100 {
					notes = append(notes, l.Note(fmt.Sprintf("%d-%d", page, i)))
				}
				return notes, l.next(page)
			}
		}, store.ProblemEndless, 20, 1200},
		"endless empty pages": {func(l *evilLab) {
			l.items = func(page int) ([]any, string) { return nil, l.next(page) }
		}, store.ProblemEndless, 40, 0},
		"a loop of pages": {func(l *evilLab) {
			l.items = func(page int) ([]any, string) { return []any{l.Note("a")}, l.next(page % 2) }
		}, store.ProblemEndless, 60, 1},
		"a page that is its own next one": {func(l *evilLab) {
			l.items = func(page int) ([]any, string) { return []any{l.Note("a")}, l.next(page - 1) }
		}, store.ProblemMalformed, 4, 0},
		"pages elsewhere": {func(l *evilLab) {
			l.items = func(int) ([]any, string) { return []any{l.Note("a")}, "http://127.0.0.1:1/catalog" }
		}, store.ProblemMalformed, 4, 0},
		"a digest that never fits": {func(*evilLab) {}, store.ProblemDigest, 270, 5},
		"wrong counts":             {func(l *evilLab) { l.head["totalItems"], l.head["essaim:kinds"] = 3, Object{"news": 1 << 40} }, store.ProblemDigest, 270, 5},
		"a negative count":         {func(l *evilLab) { l.head["totalItems"] = -1 }, store.ProblemMalformed, 3, 0},
		"somebody else's head":     {func(l *evilLab) { l.head["attributedTo"] = l.IRI + "x" }, store.ProblemMalformed, 3, 0},
		"parts elsewhere":          {func(l *evilLab) { l.head["essaim:feed"] = "http://127.0.0.1:1/feed" }, store.ProblemMalformed, 3, 0},
		"foreign objects": {func(l *evilLab) {
			l.items = func(int) ([]any, string) {
				return []any{Object{"id": "http://127.0.0.2:1/o/1", "type": "Note", "attributedTo": "http://127.0.0.2:1/vic", "to": []string{Public}}}, ""
			}
		}, store.ProblemDigest, 270, 0},
		"a feed without end": {(*evilLab).goOn, store.ProblemDigest, 780, 6},
		"more objects in its buckets than it counts": {func(l *evilLab) {
			var named atomic.Int64
			l.Peer.Serve("/users/mal/catalog/buckets", func(w http.ResponseWriter, r *http.Request) {
				if !r.URL.Query().Has("bucket") {
					l.buckets(w, r)
					return
				}
				var items []any
				for range 300 { // of which about one belongs into this bucket
					items = append(items, fmt.Sprintf("%s/notes/%d", l.Peer.URL, named.Add(1)))
				}
				l.page(w, r, items, "")
			})
		}, store.ProblemDigest, 800, 800},
		"a text without end": {func(l *evilLab) {
			l.Peer.Serve("/users/mal/catalog", Endless(func(int) {}))
		}, store.ProblemMalformed, 3, 0},
		"a bomb": {func(l *evilLab) { l.Peer.Serve("/users/mal/catalog", Bomb) }, store.ProblemMalformed, 3, 0},
		"not a catalogue": {func(l *evilLab) {
			l.Peer.Show("/users/mal/catalog", With(l.Note("x"), Object{"id": l.IRI + "/catalog"}))
		}, store.ProblemMalformed, 3, 0},
		"nothing there":       {func(l *evilLab) { l.Peer.Serve("/users/mal/catalog", Status(http.StatusNotFound)) }, store.ProblemRefused, 5, 0},
		"a server that fails": {func(l *evilLab) { l.Peer.Serve("/users/mal/catalog", Status(http.StatusBadGateway)) }, store.ProblemUnreachable, 8, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := newStage(t), newEvilLab(t)
			c.spoil(l)
			got := s.copyOf(l)
			if got.Problem != c.problem || !got.Checked.IsZero() {
				t.Errorf("got %+v, want the problem %q", got, c.problem)
			}
			if n := len(l.Peer.Requests()); n > c.requests {
				t.Errorf("got %d requests, want at most %d", n, c.requests)
			}
			s.holds("no more than was shown", func(tx *store.Txn) bool {
				return tx.ListLab(actorID(tx, l.IRI), store.Query{}).Total <= c.records
			})
			s.works()
		})
	}
}

// A feed that led nowhere is left alone until the copy is the same again.
func TestEndlessFeedIsNotReadAgain(t *testing.T) {
	s, l := newStage(t), newEvilLab(t)
	l.goOn()
	first := s.copyOf(l)
	read := l.Peer.Hits("/users/mal/catalog/feed")
	if err := s.node.CopyNow(t.Context(), first.Actor); err != nil {
		t.Fatal(err)
	}
	eventually(t, s.node, "it was looked at again", func(tx *store.Txn) bool { return tx.Sync(first.Actor).Fails > first.Fails })
	if again := l.Peer.Hits("/users/mal/catalog/feed") - read; again > 0 {
		t.Errorf("the feed was read %d times more, want none", again)
	}
}

// What is not the lab's own never becomes its record, and takes nobody's place.
func TestCatalogueSpeaksForItsLabAlone(t *testing.T) {
	s, l := newStage(t), newEvilLab(t)
	bob := l.Peer.URL + "/users/bob"
	create, note := s.create(s.vic)
	s.want(s.mail(s.vic, create).Send(), http.StatusAccepted)
	l.items = func(int) ([]any, string) {
		return []any{
			With(l.Note("by-bob"), Object{"attributedTo": bob}),
			Object{"id": note, "type": "Note", "attributedTo": l.IRI, "content": "<p>faux</p>", "to": []string{Public}},
			Object{"id": note, "type": "Note", "attributedTo": s.vic.IRI, "content": "<p>faux</p>", "to": []string{Public}},
			With(s.vic.Document(), Object{"name": "Faux"}),
			Object{"id": s.node.Lab.IRI, "type": "Group", "inbox": s.node.Lab.Inbox, "preferredUsername": "estran", "name": "Faux"},
			With(l.Document(), Object{"id": bob, "inbox": bob + "/inbox", "type": "Person", "name": "Sans labo", "essaim:memberOf": s.vic.IRI}),
			l.Note("own"), "http://127.0.0.2:1/o/7", 7, nil,
			Object{},
			[]any{},
		}, ""
	}
	l.Peer.Serve("/users/mal/catalog/buckets", Status(http.StatusNotFound)) // they would say that nothing is there
	got := s.copyOf(l)
	if got.Problem != store.ProblemRefused || got.Foreign == 0 || got.Refused == 0 {
		t.Errorf("got %+v", got)
	}
	s.present(l.Note("own")["id"].(string))
	s.absent(l.Note("by-bob")["id"].(string))
	s.unknown(bob)
	if r := s.record(note); strings.Contains(r.HTML, "faux") || r.Lab != s.vic.IRI {
		t.Errorf("vic's note is %+v", r)
	}
	s.holds("nobody's name changed", func(tx *store.Txn) bool {
		vic, err := tx.ActorByIRI(s.vic.IRI)
		lab, err2 := tx.Lab()
		return err == nil && err2 == nil && vic.Name != "Faux" && lab.Name != "Faux"
	})
}

// Of one lab no more is read than there is room for, however slowly it comes.
func TestCatalogueWithoutMeasureIsCutOff(t *testing.T) {
	s, l := newStage(t), newEvilLab(t)
	l.items = func(page int) ([]any, string) { return []any{l.Note(strconv.Itoa(page))}, l.next(page) }
	l.head["essaim:kinds"] = Object{"news": 1_000_000}
	if err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error {
		lab := &store.Actor{IRI: l.IRI, Type: store.Group, Handle: "mal", Host: store.HostOf(l.IRI), Inbox: l.IRI + "/inbox"}
		if err := tx.PutActor(lab); err != nil {
			return err
		}
		tx.OpenCatalogue(l.IRI)
		tx.PutSync(&store.Sync{ // as it is after hours of reading
			Actor: lab.ID, Phase: store.SyncPages, Cursor: l.next(6), Theirs: map[string]int{"news": 1_000_000}, Bytes: 256 << 20,
		})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.node.Learn(t.Context(), l.IRI); err != nil {
		t.Fatal(err)
	}
	got := s.copyOf(l)
	if got.Problem != store.ProblemTooLarge || got.Phase != store.SyncLive || l.pages.Load() > 2 {
		t.Errorf("got %+v after %d pages, want it cut off", got, l.pages.Load())
	}
	s.works()
}
