package fedtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

func TestCreateOfWhatIsNotTheActorsIsRefused(t *testing.T) {
	s := newStage(t)
	s.follow(s.eve) // even somebody who is followed
	vics, bobs := s.vic.Note("forged"), s.bob.Note("forged-bob")
	for _, row := range []struct {
		name string
		by   *PeerActor
		send Object
		note Object
	}{
		{"id on another host", s.eve, nil, With(vics, Object{"attributedTo": s.eve.IRI})},                              // O01
		{"by another actor of the same host", s.vic, nil, bobs},                                                        // O02
		{"by an actor of another host", s.eve, nil, With(s.eve.Note("forged-eve"), Object{"attributedTo": s.vic.IRI})}, // O03
		{"by nobody", s.eve, nil, With(s.eve.Note("forged-nobody"), Object{"attributedTo": nil})},                      // O03
		{"an id of ours", s.eve, nil, With(vics, Object{"id": s.node.URL + "/o/1", "attributedTo": s.eve.IRI})},        // O01
		{"activity on another origin", s.eve, Object{"id": s.vic.Peer.URL + "/activities/1"}, s.eve.Note("elsewhere")}, // O04
		{"activity without id", s.eve, Object{"id": nil}, s.eve.Note("no-id")},                                         // P10
		{"note without id", s.eve, nil, With(s.eve.Note("x"), Object{"id": nil})},                                      // P10
		{"nested create of vic's", s.eve, nil, s.vic.Activity("Create", vics)},                                         // O25
		{"embedded actor with another's name", s.eve, Object{"actor": Object{"id": s.vic.IRI, "type": "Person", "publicKey": s.eve.Document()["publicKey"]}}, vics},
		{"two actors", s.eve, Object{"actor": []string{s.eve.IRI, s.vic.IRI}}, vics},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			c.refused(c.mail(row.by, With(row.by.Activity("Create", row.note), row.send)).Send())
			if id, ok := row.note["id"].(string); ok {
				c.absent(id)
			}
			c.absent(vics["id"].(string))
			c.works()
		})
	}
}

// refusedOrIgnored checks an answer to what has no effect.
func (s *stage) refusedOrIgnored(got Answer) {
	s.t.Helper()
	if got.Status != http.StatusAccepted {
		s.refused(got)
	}
}

func TestDuplicateKeysNeverChangeWhoSpeaks(t *testing.T) { // O28
	s := newStage(t)
	s.follow(s.eve)
	note := s.vic.Note("doubled")
	for i, actors := range []string{
		`"actor":"EVE","actor":"VIC"`, `"actor":"VIC","actor":"EVE"`, `"actor":"EVE","Actor":"VIC"`, `"as:actor":"VIC","actor":"EVE"`,
		`"actor":"EVE","https://www.w3.org/ns/activitystreams#actor":"VIC"`, `"\u0061ctor":"VIC","actor":"EVE"`, `"actor":["EVE","VIC"]`,
	} {
		actors = strings.NewReplacer("EVE", s.eve.IRI, "VIC", s.vic.IRI).Replace(actors)
		body := fmt.Sprintf(`{"id":"%s/a/%d","type":"Create",%s,"object":%s}`, s.eve.Peer.URL, i, actors, encode(note))
		s.want(s.mail(s.eve, []byte(body)).Send(), http.StatusBadRequest)
		s.absent(note["id"].(string))
	}
	s.works()
}

func TestOwnerChangesAndDeletes(t *testing.T) { // O11, O12
	s := newStage(t)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	update := s.vic.Activity("Update", With(activity["object"].(Object), Object{"content": "<p>corrigé</p>"}))
	s.want(s.mail(s.vic, update).Send(), http.StatusAccepted)
	if got := s.record(note).HTML; got != "<p>corrigé</p>" {
		t.Errorf("text: got %q", got)
	}
	remove := s.vic.Activity("Delete", Object{"id": note, "type": "Tombstone"})
	s.want(s.mail(s.vic, remove).Send(), http.StatusAccepted)
	s.absent(note)
	s.want(s.mail(s.vic, With(remove, Object{"id": s.vic.Peer.URL + "/again"})).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, With(activity, Object{"id": s.vic.Peer.URL + "/late", "published": "2026-01-01T00:00:00Z"})).Send(), http.StatusAccepted)
	s.absent(note)
	s.works()
}

func TestOthersChangeNothing(t *testing.T) {
	s := newStage(t)
	s.follow(s.eve)
	s.follow(s.bob)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	changed := With(activity["object"].(Object), Object{"content": "<p>faux</p>"})
	person := With(s.vic.Document(), Object{"name": "Le faux vic"})
	for _, row := range []struct {
		name string
		by   *PeerActor
		send Object
	}{
		{"update by a neighbour", s.bob, s.bob.Activity("Update", changed)},                                                                               // O06
		{"update by a neighbour who takes it over", s.bob, s.bob.Activity("Update", With(changed, Object{"attributedTo": s.bob.IRI}))},                    // O06
		{"update by a neighbour with both names", s.bob, s.bob.Activity("Update", With(changed, Object{"attributedTo": []string{s.vic.IRI, s.bob.IRI}}))}, // O06
		{"create again by a neighbour", s.bob, s.bob.Activity("Create", With(changed, Object{"attributedTo": s.bob.IRI}))},                                // O06
		{"update from another host", s.eve, s.eve.Activity("Update", changed)},                                                                            // O07
		{"update with an id of vic's host", s.eve, With(s.eve.Activity("Update", changed), Object{"id": s.vic.Peer.URL + "/a/9"})},                        // O07
		{"update of the profile", s.eve, s.eve.Activity("Update", person)},                                                                                // O08
		{"update of the profile by a neighbour", s.bob, s.bob.Activity("Update", person)},                                                                 // O08
		{"update of herself with vic's document", s.eve, s.eve.Activity("Update", With(person, Object{"id": s.eve.IRI, "inbox": s.vic.IRI + "/inbox"}))},
		{"delete of the note", s.eve, s.eve.Activity("Delete", note)},                                                   // O09
		{"delete of the note by a neighbour", s.bob, s.bob.Activity("Delete", Object{"id": note, "type": "Tombstone"})}, // O09
		{"delete of the actor", s.eve, s.eve.Activity("Delete", s.vic.IRI)},                                             // O10
		{"delete of the actor by a neighbour", s.bob, s.bob.Activity("Delete", s.vic.IRI)},                              // O10
		{"delete of our lab", s.eve, s.eve.Activity("Delete", s.node.Lab.IRI)},                                          // O10
		{"pin", s.eve, With(s.eve.Activity("Add", note), Object{"target": s.vic.IRI + "/featured"})},                    // O35
		{"unpin", s.eve, With(s.eve.Activity("Remove", note), Object{"target": s.vic.IRI + "/featured"})},               // O35
		{"move", s.eve, With(s.eve.Activity("Move", s.vic.IRI), Object{"target": s.eve.IRI})},                           // O23
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			c.refusedOrIgnored(c.mail(row.by, row.send).Send())
			r := c.record(note)
			if r.HTML != activity["object"].(Object)["content"] || r.Lab != c.vic.IRI {
				t.Errorf("note: got %q by %s", r.HTML, r.Lab)
			}
			c.holds("vic and the lab are who they were", func(tx *store.Txn) bool {
				a, err := tx.ActorByIRI(c.vic.IRI)
				lab, labErr := tx.Lab()
				return err == nil && labErr == nil && a.Name == "Le vrai vic" && a.Deleted.IsZero() && lab.Deleted.IsZero()
			})
			c.works()
		})
	}
}

func TestPinsAreForTheOwnCollection(t *testing.T) { // O35
	s := newStage(t)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	for i, target := range []any{s.eve.IRI + "/featured", s.vic.IRI + "/elsewhere", nil, s.vic.IRI + "/featured"} {
		add := With(s.vic.Activity("Add", note), Object{"id": fmt.Sprintf("%s#add/%d", s.vic.IRI, i), "target": target})
		s.want(s.mail(s.vic, add).Send(), http.StatusAccepted)
		s.holds(fmt.Sprintf("pinned only by the last: %d", i), func(tx *store.Txn) bool {
			pinned := 0
			for range tx.Pinned(actorID(tx, s.vic.IRI)) {
				pinned++
			}
			return (pinned == 1) == (i == 3)
		})
	}
	s.works()
}

func TestNeighbourCannotDeleteWhatIsYetToCome(t *testing.T) { // O09
	s := newStage(t)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.bob, s.bob.Activity("Delete", note)).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	s.present(note)
	late, second := s.create(s.vic)
	s.want(s.mail(s.bob, s.bob.Activity("Delete", second)).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, s.vic.Activity("Delete", second)).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, With(late, Object{"published": "2026-01-01T00:00:00Z"})).Send(), http.StatusAccepted)
	s.absent(second)
}

func TestForgedAnswersMakeNoFollow(t *testing.T) { // O13, O14
	s := newStage(t)
	ask := &federation.Activity{Verb: "Follow", Actor: s.node.Lab.IRI, Object: s.bob.IRI}
	publish(t, s.node, ask)
	asked := Object{"type": "Follow", "id": ask.IRI, "actor": s.node.Lab.IRI, "object": s.bob.IRI}
	for _, forged := range []Object{
		s.eve.Activity("Accept", ask.IRI), s.eve.Activity("Accept", asked), s.vic.Activity("Accept", asked),
		s.eve.Activity("Accept", With(asked, Object{"object": s.eve.IRI})),                                                                          // never sent
		s.eve.Activity("Accept", With(asked, Object{"id": s.eve.IRI + "/x", "actor": s.eve.IRI})),                                                   // not ours
		s.eve.Activity("Accept", s.node.URL+"/activities/123"), s.eve.Activity("Reject", ask.IRI), s.eve.Activity("Accept", Object{"type": "Note"}), // never sent
	} {
		by := s.eve
		if forged["actor"] == s.vic.IRI {
			by = s.vic
		}
		s.refusedOrIgnored(s.mail(by, forged).Send())
	}
	s.holds("only vic is followed", func(tx *store.Txn) bool {
		f, err := tx.Follow(s.node.Lab.ID, actorID(tx, s.bob.IRI))
		n := 0
		for range tx.Following(s.node.Lab.ID) {
			n++
		}
		return err == nil && f.State == store.Asked && n == 2
	})
	s.want(s.mail(s.bob, s.bob.Activity("Accept", With(asked, Object{"id": nil}))).Send(), http.StatusAccepted)
	s.holds("bob is followed", func(tx *store.Txn) bool { return tx.Follows(s.node.Lab.ID, actorID(tx, s.bob.IRI)) })
	s.works()
}

func TestForgedFollowsAndUndosChangeNoFollower(t *testing.T) { // O15, O16
	s := newStage(t)
	follow := s.vic.Activity("Follow", s.node.Lab.IRI)
	s.want(s.mail(s.eve, follow).Send(), http.StatusForbidden)
	s.followers(0)
	s.want(s.mail(s.vic, follow).Send(), http.StatusAccepted)
	s.followers(1)
	for _, forged := range []Object{
		s.eve.Activity("Undo", follow["id"]), s.eve.Activity("Undo", follow),
		With(s.eve.Activity("Undo", follow), Object{"actor": s.vic.IRI}),
		With(s.eve.Activity("Undo", With(follow, Object{"actor": s.eve.IRI})), Object{"id": s.eve.IRI + "/u"}),
		s.eve.Activity("Block", s.vic.IRI), s.eve.Activity("Reject", follow),
	} {
		s.refusedOrIgnored(s.mail(s.eve, forged).Send())
		s.followers(1)
	}
	s.want(s.mail(s.vic, s.vic.Activity("Undo", follow["id"])).Send(), http.StatusAccepted)
	s.followers(0)
	embedded := With(follow, Object{"id": s.vic.IRI + "#f2", "object": Object{"id": s.node.Lab.IRI, "type": "Group"}})
	s.want(s.mail(s.vic, embedded).Send(), http.StatusAccepted)
	s.followers(1)
	s.works()
}

func (s *stage) followers(want int) {
	s.t.Helper()
	s.holds(fmt.Sprintf("%d followers", want), func(tx *store.Txn) bool {
		n := 0
		for range tx.Followers(s.node.Lab.ID) {
			n++
		}
		return n == want
	})
}

func TestForgedReactionsAreNotCounted(t *testing.T) { // O32
	s := newStage(t)
	record := s.publish("Aimé", store.Public)
	for _, verb := range []string{"Like", "Announce", "EmojiReact"} {
		s.want(s.mail(s.eve, s.vic.Activity(verb, record)).Send(), http.StatusForbidden)
	}
	s.likes(record, 0)
	s.works()
}

func TestLikeIsCountedOnce(t *testing.T) { // O33
	s := newStage(t)
	record := s.publish("Aimé", store.Public)
	like := s.eve.Activity("Like", record)
	again := With(like, Object{"id": s.eve.IRI + "#like-2", "object": Object{"id": record, "type": "Article"}})
	for range 5 {
		s.want(s.mail(s.eve, like).Send(), http.StatusAccepted)
	}
	s.want(s.mail(s.eve, again).Send(), http.StatusAccepted)
	s.likes(record, 1)
	s.want(s.mail(s.eve, s.eve.Activity("Undo", again)).Send(), http.StatusAccepted)
	s.likes(record, 0)
	hidden := s.publish("Pas pour elle", store.Team)
	s.want(s.mail(s.eve, s.eve.Activity("Like", hidden)).Send(), http.StatusAccepted)
	s.likes(hidden, 0)
	s.works()
}

func TestAnnouncedTextIsFetchedNotBelieved(t *testing.T) { // O17
	s := newStage(t)
	forged, genuine := s.eve.Note("announced"), s.eve.Note("announced")
	forged["content"] = "<p>faux</p>"
	s.eve.Peer.Show("/notes/announced", genuine)
	s.want(s.mail(s.vic, s.vic.Activity("Announce", forged)).Send(), http.StatusAccepted)
	eventually(t, s.node, "what was announced", has(genuine["id"].(string), ""))
	if got := s.record(genuine["id"].(string)).HTML; got != genuine["content"] {
		t.Errorf("text: got %q, want what its origin says", got)
	}
	s.works()
}

func TestFetchedDocuments(t *testing.T) {
	s := newStage(t)
	note := func(name string) Object { return s.eve.Note(name) }
	for i, row := range []struct {
		name string
		page func(o Object) http.HandlerFunc
		want bool
	}{
		{"activity+json", func(o Object) http.HandlerFunc { return As(activityType, encode(o)) }, true},                        // O21
		{"ld+json with profile", func(o Object) http.HandlerFunc { return As(linkedType, encode(o)) }, true},                   // O21
		{"another host's id", func(o Object) http.HandlerFunc { return As(activityType, encode(s.vic.Note("never"))) }, false}, // O18
		{"another host's author", func(o Object) http.HandlerFunc {
			return As(activityType, encode(With(o, Object{"attributedTo": s.vic.IRI})))
		}, false}, // O18
		{"no id", func(o Object) http.HandlerFunc { return As(activityType, encode(With(o, Object{"id": nil}))) }, false},    // O18
		{"text/html", func(o Object) http.HandlerFunc { return As("text/html", encode(o)) }, false},                          // O20
		{"image/png", func(o Object) http.HandlerFunc { return As("image/png", encode(o)) }, false},                          // O20
		{"text/plain", func(o Object) http.HandlerFunc { return As("text/plain", encode(o)) }, false},                        // O20
		{"application/json", func(o Object) http.HandlerFunc { return As("application/json", encode(o)) }, false},            // O20
		{"ld+json without profile", func(o Object) http.HandlerFunc { return As("application/ld+json", encode(o)) }, false},  // O20
		{"redirect to vic's", func(o Object) http.HandlerFunc { return Redirect(s.vic.Peer.URL + "/open-redirect") }, false}, // O18
		{"duplicate ids", func(o Object) http.HandlerFunc {
			return As(activityType, []byte(`{"id":"`+s.vic.Peer.URL+`/n",`+string(encode(o))[1:]))
		}, false}, // O28
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			o := note(fmt.Sprintf("fetched-%d", i))
			c.vic.Peer.Serve("/open-redirect", As(activityType, encode(o)))
			c.eve.Peer.Serve(fmt.Sprintf("/notes/fetched-%d", i), row.page(o))
			err := c.node.Learn(t.Context(), o["id"].(string))
			if (err == nil) != row.want {
				t.Errorf("learn: got %v, want success %v", err, row.want)
			}
			if row.want {
				c.present(o["id"].(string))
				return
			}
			c.absent(o["id"].(string))
			c.absent(c.vic.Note("never")["id"].(string))
			c.works()
		})
	}
}

func TestHandleOfAnotherServerIsNotBelieved(t *testing.T) { // O22
	s := newStage(t)
	vicHost, eveHost := strings.TrimPrefix(s.vic.Peer.URL, "http://"), strings.TrimPrefix(s.eve.Peer.URL, "http://")
	s.eve.Peer.Serve("/.well-known/webfinger", As("application/jrd+json", encode(Object{
		"subject": "acct:vic@" + vicHost, "links": []Object{{"rel": "self", "type": activityType, "href": s.eve.IRI}},
	})))
	s.eve.Show(With(s.eve.Document(), Object{"preferredUsername": "vic", "webfinger": "vic@" + vicHost}))
	if a, err := s.node.Resolve(t.Context(), "@vic@"+eveHost); err == nil && a.IRI == s.eve.IRI && a.Host != eveHost {
		t.Errorf("eve is shown as %s", a.Address())
	}
	s.holds("the handle is vic's", func(tx *store.Txn) bool {
		a, err := tx.ActorByHandle("vic", vicHost)
		return err == nil && a.IRI == s.vic.IRI
	})
	s.works()
}

func TestMoveNeedsTheWordOfBoth(t *testing.T) { // O23
	s := newStage(t)
	s.vic.Show(With(s.vic.Document(), Object{"movedTo": s.eve.IRI}))
	move := With(s.vic.Activity("Move", s.vic.IRI), Object{"target": s.eve.IRI})
	s.want(s.mail(s.vic, move).Send(), http.StatusAccepted)
	eventually(t, s.node, "the move was looked into", func(tx *store.Txn) bool { return tx.Waiting() == 0 })
	s.holds("nobody follows eve", func(tx *store.Txn) bool {
		_, err := tx.Follow(s.node.Lab.ID, actorID(tx, s.eve.IRI))
		return err != nil && tx.Follows(s.node.Lab.ID, actorID(tx, s.vic.IRI))
	})
	s.works()
	s.eve.Show(With(s.eve.Document(), Object{"alsoKnownAs": []string{s.vic.IRI}}))
	s.want(s.mail(s.vic, With(move, Object{"id": s.vic.IRI + "#move-2"})).Send(), http.StatusAccepted)
	eventually(t, s.node, "eve was asked", func(tx *store.Txn) bool {
		_, err := tx.Follow(s.node.Lab.ID, actorID(tx, s.eve.IRI))
		return err == nil
	})
}

func TestForeignURLIsNotTheAuthors(t *testing.T) { // O36
	s := newStage(t)
	activity, note := s.create(s.vic)
	activity["object"] = With(activity["object"].(Object), Object{"url": s.eve.Peer.URL + "/trap"})
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	if got := s.record(note).URL; got != note {
		t.Errorf("address: got %s, want %s", got, note)
	}
	s.want(s.mail(s.vic, s.vic.Activity("Update", With(s.vic.Document(), Object{"url": s.eve.Peer.URL + "/trap"}))).Send(), http.StatusAccepted)
	s.holds("vic's page is vic's", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(s.vic.IRI)
		return err == nil && a.Page() == s.vic.IRI
	})
}

func TestActorThatDeletedItselfIsGone(t *testing.T) { // O10
	s := newStage(t)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, s.vic.Activity("Delete", s.vic.IRI)).Send(), http.StatusAccepted)
	s.absent(note)
	again, second := s.create(s.vic)
	s.want(s.mail(s.vic, again).Send(), http.StatusForbidden)
	s.absent(second)
	s.want(s.mail(s.vic, With(s.vic.Activity("Delete", s.vic.IRI), Object{"id": s.vic.IRI + "#delete-2"})).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, s.vic.Activity("Update", s.vic.Document())).Send(), http.StatusAccepted)
	s.holds("vic stays deleted", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(s.vic.IRI)
		return err == nil && !a.Deleted.IsZero() && !tx.FollowedHere(a.ID)
	})
}

func TestUnknownActorsEndCausesNoFetch(t *testing.T) {
	s := newStage(t)
	s.eve.Peer.Serve(s.eve.Path(), Status(http.StatusGone))
	for _, verb := range []string{"Delete", "Update"} {
		s.want(s.mail(s.eve, s.eve.Activity(verb, s.eve.IRI)).Send(), http.StatusAccepted)
	}
	if got := s.eve.Peer.Hits(s.eve.Path()); got != 0 {
		t.Errorf("fetches: got %d, want 0", got)
	}
	s.unknown(s.eve.IRI)
	s.works()
}
