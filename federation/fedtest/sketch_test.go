package fedtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/integrity"
	"github.com/essaim/essaim/federation/sketch"
	"github.com/essaim/essaim/store"
)

// sketchOf is the sketch that a node shows.
func sketchOf(t *testing.T, n *Node) (s sketch.Sketch, doc []byte) {
	t.Helper()
	res := n.Get("/actors/" + n.Lab.Handle + federation.SketchPath)
	doc, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", res.StatusCode, err)
	}
	var said struct {
		Filter []byte `json:"essaim:filter"`
	}
	if err := json.Unmarshal(doc, &said); err != nil {
		t.Fatal(err)
	}
	if s, err = sketch.Parse(said.Filter); err != nil {
		t.Fatal(err)
	}
	return s, doc
}

// A sketch has the words of what everybody may find from elsewhere, and no others, and
// those that are withdrawn leave it at once.
func TestSketchKeepsToTheLadder(t *testing.T) {
	n := startLab(t, "estran")
	open := create(t, n, "Navettes fluviales", store.Public)
	for word, audience := range map[string]store.Audience{
		"zqteam": store.Team, "zqlab": store.LabOnly, "zqmutual": store.FollowedLabs, "zqsite": store.OnSite, "zqunlisted": store.Unlisted,
	} {
		create(t, n, word, audience)
	}
	s, doc := sketchOf(t, n)
	proved(t, n, doc)
	if !s.MayHave("navette fluviale récit") {
		t.Error("what is public is not in it")
	}
	for _, word := range []string{"zqteam", "zqlab", "zqmutual", "zqsite", "zqunlisted"} {
		if s.MayHave(word) {
			t.Errorf("%s is in it", word)
		}
	}
	if _, again := sketchOf(t, n); !bytes.Equal(doc, again) {
		t.Error("made anew although nothing changed")
	}

	late := create(t, n, "Péniche", store.Public)
	if s, _ = sketchOf(t, n); !s.MayHave("peniche") {
		t.Error("what is new is not in it")
	}
	narrowed := some(t, n, "Navettes fluviales")
	narrowed.Audience = store.Team
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: narrowed})
	if s, _ = sketchOf(t, n); s.MayHave("navette") || !s.MayHave("peniche") {
		t.Errorf("%s is still in it", open.Object)
	}
	publish(t, n, &federation.Activity{Verb: "Delete", Actor: n.Lab.IRI, Object: late.Object})
	if s, _ = sketchOf(t, n); s.MayHave("peniche") {
		t.Error("what was deleted is still in it")
	}

	create(t, n, "Tramway", store.Public)
	lab := *n.Lab
	lab.Indexable = false
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Profile: &lab})
	if s, _ = sketchOf(t, n); s.MayHave("tramway") {
		t.Error("it has what the lab no longer lets be found")
	}
	lab.Discoverable = false
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Profile: &lab})
	if got := n.Get("/actors/estran" + federation.SketchPath).StatusCode; got != http.StatusNotFound {
		t.Errorf("of a lab that does not want to be found: got %d, want 404", got)
	}
}

// sketched is the sketch of a peer that a node believes.
func sketched(tx *store.Txn, iri string) []byte {
	s, _ := tx.Sketch(peer(tx, iri).ID)
	return s
}

func TestSketchIsReadOfLabsThatAreKnownAndForgottenWithThem(t *testing.T) {
	a, b := startLab(t, "estran"), startLab(t, "calanques")
	create(t, b, "Navettes fluviales", store.Public)
	connect(t, a, b)
	eventually(t, a, "it has the sketch", func(tx *store.Txn) bool {
		s, err := sketch.Parse(sketched(tx, b.Lab.IRI))
		return err == nil && s.MayHave("navette") && !s.MayHave("péniche")
	})
	shy := *b.Lab
	shy.Discoverable = false
	publish(t, b, &federation.Activity{Verb: "Update", Actor: b.Lab.IRI, Profile: &shy})
	eventually(t, a, "it is forgotten", func(tx *store.Txn) bool {
		return peer(tx, b.Lab.IRI).State == store.PeerHidden && sketched(tx, b.Lab.IRI) == nil
	})
}

// A sketch that says too much, or that the lab did not sign, is none.
func TestHostileSketches(t *testing.T) {
	good := bytes.Repeat([]byte{1}, sketch.Least)
	for name, c := range map[string]struct {
		filter  []byte
		changes Object
		forged  bool
		kept    bool
	}{
		"a good one": {filter: good, kept: true}, "all ones": {filter: bytes.Repeat([]byte{0xff}, sketch.Least)},
		"an odd size": {filter: good[1:]}, "huge": {filter: make([]byte, 2*sketch.Most)}, "larger than any document": {filter: make([]byte, 2<<20)},
		"nothing": {}, "of somebody else": {filter: good, changes: Object{"attributedTo": "http://127.0.0.9:1/users/x"}},
		"not a filter": {filter: good, changes: Object{"essaim:filter": 7}}, "signed by nobody": {filter: good, forged: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, Discovering)
			g := newGossip(t, s, func(g *gossip) {
				address := g.IRI + "/sketch"
				doc := With(Object{
					"@context": "https://www.w3.org/ns/activitystreams", "id": address, "type": "Document", "attributedTo": g.IRI, "essaim:filter": c.filter,
				}, c.changes)
				signed := encode(doc)
				if !c.forged {
					var err error
					if signed, err = integrity.Sign(signed, httpsig.Signer{KeyID: g.IRI + "#ed25519", Key: g.Ed}, s.node.Store.Now()); err != nil {
						t.Fatal(err)
					}
				}
				g.Peer.Serve(g.Path()+"/sketch", As(activityType, signed))
				g.Peer.Serve(g.Path()+"/descriptor", As(activityType, describing(g.PeerActor, g.PeerActor, Object{"essaim:sketch": address})))
			})
			s.holds("only a good one is kept", func(tx *store.Txn) bool {
				return peer(tx, g.IRI).State == store.PeerKnown && (sketched(tx, g.IRI) != nil) == c.kept
			})
		})
	}
}

// Between two visits a lab that is far is asked for its sketch alone, unless it is the one
// that is known; what was withdrawn is forgotten.
func TestSketchIsRenewedBetweenVisits(t *testing.T) {
	a, b, c := startLab(t, "estran"), startLab(t, "calanques"), startLab(t, "estuaire")
	create(t, c, "Navettes fluviales", store.Public)
	connect(t, b, c)
	eventually(t, b, "it knows the lab", func(tx *store.Txn) bool { return peer(tx, c.Lab.IRI).State == store.PeerKnown })
	connect(t, a, b)
	eventually(t, a, "it has the sketch of the lab of the lab", func(tx *store.Txn) bool {
		p := peer(tx, c.Lab.IRI)
		return sketched(tx, c.Lab.IRI) != nil && p.Hop == 2 && p.Next.Before(p.Visit) && visited(tx)
	})
	var visit, read time.Time
	var tag string
	renewed := func(what string, holds func(sketch.Sketch) bool) {
		t.Helper()
		err := a.Store.Update(t.Context(), func(tx *store.Txn) error {
			p := peer(tx, c.Lab.IRI)
			visit, tag, p.Next = p.Visit, p.SketchTag, tx.Now()
			_, read = tx.Sketch(p.ID)
			tx.PutPeer(&p)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, a, what, func(tx *store.Txn) bool {
			p := peer(tx, c.Lab.IRI)
			s, at := tx.Sketch(p.ID)
			return p.Next.After(tx.Now()) && p.Visit.Equal(visit) && (s == nil || !at.Before(read)) && holds(sketch.Sketch(s))
		})
	}
	renewed("nothing is new", func(s sketch.Sketch) bool { return s.MayHave("navette") })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Lab.IRI+federation.SketchPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", tag)
	if got := Ask(t, req).Status; got != http.StatusNotModified || tag == "" {
		t.Errorf("under the name %q: got %d, want 304", tag, got)
	}
	create(t, c, "Péniche", store.Public)
	renewed("the word of the day is there", func(s sketch.Sketch) bool { return s.MayHave("peniche") })
	_, doc := sketchOf(t, c)
	create(t, c, "Péniche", store.Team)
	if _, again := sketchOf(t, c); !bytes.Equal(doc, again) {
		t.Error("written anew although its words are the same")
	}
	shy := *c.Lab
	shy.Discoverable = false
	publish(t, c, &federation.Activity{Verb: "Update", Actor: c.Lab.IRI, Profile: &shy})
	renewed("it is forgotten", func(s sketch.Sketch) bool { return s == nil })
}
