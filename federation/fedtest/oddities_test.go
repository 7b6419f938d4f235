package fedtest

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// An oddity is something that real servers send. What the check wants of the
// record is nil where the record is not to be kept.
type oddity struct {
	name     string
	note     Object // changes to a note of vic
	activity Object // changes to the Create around it
	check    func(r *store.Record) (got, want any)
}

func (s *stage) oddities(rows []oddity) {
	for _, row := range rows {
		s.t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			activity, id := c.create(c.vic)
			note := With(activity["object"].(Object), row.note)
			if changed, ok := note["id"].(string); ok {
				id = changed
			}
			c.want(c.mail(c.vic, With(With(activity, Object{"object": note}), row.activity)).Send(), http.StatusAccepted)
			if row.check == nil {
				c.absent(id)
				return
			}
			if got, want := row.check(c.record(id)); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func here(*store.Record) (any, any) { return nil, nil }

func audience(want store.Audience) func(*store.Record) (any, any) {
	return func(r *store.Record) (any, any) { return r.Audience, want }
}

func text(want string) func(*store.Record) (any, any) {
	return func(r *store.Record) (any, any) { return r.HTML, want }
}

func picture(want string) func(*store.Record) (any, any) {
	return func(r *store.Record) (any, any) {
		if r.Image == nil {
			return "", want
		}
		return strings.TrimSpace(r.Image.URL + " " + r.Image.Alt), want
	}
}

func tags(want ...string) func(*store.Record) (any, any) {
	return func(r *store.Record) (any, any) { return r.Tags, want }
}

func published(want string) func(*store.Record) (any, any) {
	return func(r *store.Record) (any, any) { return r.Created.Format(time.RFC3339Nano), want }
}

func TestOdditiesOfAddressing(t *testing.T) { // wire/oddities 1 to 9
	s := newStage(t)
	followers := s.vic.IRI + "/followers"
	s.oddities([]oddity{
		{"1 plain strings", Object{"to": Public, "cc": followers}, nil, audience(store.Public)},
		{"2 as:Public", Object{"to": "as:Public"}, nil, audience(store.Public)},
		{"3 as:Public in a list", Object{"to": []string{"as:Public"}}, nil, audience(store.Public)},
		{"4 bare Public", Object{"to": "Public", "cc": nil}, nil, audience(store.Public)},
		{"5 collection written out", Object{"to": Object{"id": followers, "type": "Collection", "items": []string{Public}}, "cc": nil}, nil, audience(store.FollowedLabs)},
		{"5 collection without id", Object{"to": Object{"type": "Collection", "items": []string{Public, s.node.Lab.IRI}}, "cc": nil}, nil, nil},
		{"6 Public in cc", Object{"to": followers, "cc": Public}, nil, audience(store.Unlisted)},
		{"6 followers only", Object{"to": followers, "cc": nil}, nil, audience(store.FollowedLabs)},
		{"6 nobody", Object{"to": nil, "cc": nil}, Object{"to": nil}, nil},
		{"8 audience beside to", Object{"audience": s.eve.IRI}, nil, audience(store.Public)},
		{"9 directMessage", Object{"directMessage": true, "to": []string{Public, s.node.Lab.IRI}}, nil, audience(store.Named)},
		{"9 no directMessage", Object{"directMessage": false}, nil, audience(store.Public)},
	})
	s.works()
}

func TestOdditiesOfAttribution(t *testing.T) { // wire/oddities 10 to 14
	s := newStage(t)
	group := Object{"type": "Group", "id": s.bob.IRI}
	s.oddities([]oddity{
		{"10 actor with only an id", nil, Object{"actor": Object{"id": s.vic.IRI}}, here},
		{"11 actor written out", nil, Object{"actor": With(s.eve.Document(), Object{"id": s.vic.IRI})}, here},
		{"12 actor in a list", nil, Object{"actor": []Object{{"type": "Person", "id": s.vic.IRI}}}, here},
		{"13 person and group", Object{"attributedTo": []Object{{"type": "Person", "id": s.vic.IRI}, group}}, nil, here},
		{"13 group and person", Object{"attributedTo": []any{group, s.vic.IRI}}, nil, here},
		{"14 author written out", Object{"attributedTo": s.vic.Document()}, nil, here},
	})
	s.holds("vic is not eve", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(s.vic.IRI)
		return err == nil && a.Name == "Le vrai vic"
	})
	s.works()
}

func TestOdditiesOfAddressesAndMedia(t *testing.T) { // wire/oddities 28 to 39
	s := newStage(t)
	at := func(path string) string { return s.vic.Peer.URL + path }
	page := func(want string) func(*store.Record) (any, any) {
		return func(r *store.Record) (any, any) { return r.URL, want }
	}
	itself := func(r *store.Record) (any, any) { return r.URL, r.IRI }
	s.oddities([]oddity{
		{"28 Link with mimeType", Object{"url": Object{"type": "Link", "mimeType": "text/html", "href": at("/p")}}, nil, page(at("/p"))},
		{"29 Links, trackers, torrents", Object{"url": []any{
			Object{"type": "Link", "mediaType": "application/x-mpegURL", "href": at("/v.m3u8"), "tag": []Object{{"type": "Infohash", "name": "x"}}},
			Object{"type": "Link", "mediaType": "text/html", "href": at("/page")},
			"magnet:?xt=urn:btih:x",
		}}, nil, page(at("/page"))},
		{"30 no url", Object{"url": nil}, nil, itself},
		{"31 url of another host", Object{"url": "https://www.youtube.com/watch?v=1"}, nil, itself},
		{"32 bare domain", Object{"url": "https://bridge.example/r/https://x"}, nil, itself},
		{"33 attachment alone, words in content", Object{"attachment": Object{"type": "Image", "url": at("/i.png"), "content": "une photo"}}, nil, picture(at("/i.png") + " une photo")},
		{"34 attachment without id", Object{"attachment": []any{Object{"id": nil, "type": "Document", "mediaType": "image/png", "url": at("/i.png"), "name": "n"}, nil}}, nil, picture(at("/i.png") + " n")},
		{"35 attachment is a Link", Object{"attachment": []Object{{"type": "Link", "href": at("/i.jpg"), "mediaType": "image/jpeg"}}}, nil, picture(at("/i.jpg"))},
		{"36 several sizes", Object{"image": []Object{{"type": "Image", "url": at("/48"), "width": 48}, {"type": "Image", "url": at("/120"), "width": 120}}}, nil, picture(at("/120"))},
		{"37 null", Object{"image": []any{nil}, "icon": []any{nil}, "attachment": []Object{{"type": "Image", "mediaType": nil, "url": at("/i")}}}, nil, picture(at("/i"))},
		{"38 image in an image", Object{"image": Object{"type": "Image", "image": Object{"url": at("/in")}, "cropRegion": []int{0, 1}}}, nil, picture(at("/in"))},
		{"39 bare string", Object{"image": at("/bare")}, nil, picture(at("/bare"))},
	})
	s.works()
}

func TestOdditiesOfTagsAndText(t *testing.T) { // wire/oddities 40 to 55
	s := newStage(t)
	lang := func(want string) func(*store.Record) (any, any) {
		return func(r *store.Record) (any, any) { return r.Lang + ": " + r.HTML, want }
	}
	s.oddities([]oddity{
		{"40 one tag", Object{"tag": Object{"type": "Hashtag", "name": "#test"}}, nil, tags("test")},
		{"41 tags", Object{"tags": []Object{{"type": "Hashtag", "name": "#test"}}}, nil, tags("test")},
		{"42 no mark, no href", Object{"tag": []Object{{"type": "Hashtag", "name": "France3"}}}, nil, tags("france3")},
		{"43 relative href", Object{"tag": []Object{{"type": "Hashtag", "name": "#a", "href": "/tags/a"}}}, nil, tags("a")},
		{"44 mention without name", Object{"tag": []Object{{"type": "Mention", "href": s.node.Lab.IRI}, {"type": "Mention", "name": "@Trinity"}}}, nil, tags()},
		{"45 foreign types", Object{"tag": []Object{{"type": "Tag", "name": "Tech"}, {"type": "Book", "name": "B"}}}, nil, tags()},
		{"46 broken tags", Object{"tag": []any{Object{"type": "Mention"}, Object{"type": "Hashtag"}, Object{"type": "Hashtag", "name": "# "}, Object{"type": "Emoji", "name": ":x:"}, "x", nil, Object{"type": "Hashtag", "name": "ok"}}}, nil, tags("ok")},
		{"47 no content", Object{"content": nil, "summary": "test"}, nil, text("")},
		{"48 empty summary", Object{"summary": ""}, nil, func(r *store.Record) (any, any) { return r.Pitch, "" }},
		{"49 markdown", Object{"content": "*a* <b>", "mediaType": "text/markdown"}, nil, text("<p>*a* &lt;b&gt;</p>")},
		{"50 source", Object{"source": Object{"content": "[b]x[/b]", "mediaType": "text/bbcode"}, "content": "<p>x</p>"}, nil, text("<p>x</p>")},
		{"51 several languages", Object{"content": "hello", "contentMap": Object{"en": "hello", "fr": "bonjour"}}, nil, lang("en: hello")},
		{"52 contentMap only", Object{"content": nil, "contentMap": Object{"es": "hola"}}, nil, lang("es: hola")},
		{"53 contentMap of null", Object{"contentMap": Object{"en": nil}, "content": "x"}, nil, text("x")},
		{"54 language is an object", Object{"language": Object{"identifier": "ko", "name": "한국어"}, "content": "x"}, nil, lang("ko: x")},
		{"55 sensitive", Object{"as:sensitive": true, "sensitive": nil}, nil, func(r *store.Record) (any, any) { return r.Sensitive, true }},
	})
	s.works()
}

func TestOdditiesOfTime(t *testing.T) { // wire/oddities 56 to 61
	s := newStage(t)
	now := func(r *store.Record) (any, any) { return time.Since(r.Created) < time.Minute, true }
	s.oddities([]oddity{
		{"56 nine digits", Object{"published": "2026-01-02T03:04:05.123456789Z"}, nil, published("2026-01-02T03:04:05.123456789Z")},
		{"57 offset", Object{"published": "2026-01-02T03:04:05+02:00"}, nil, published("2026-01-02T01:04:05Z")},
		{"58 no zone", Object{"published": "2026-01-02T03:04:05"}, nil, published("2026-01-02T03:04:05Z")},
		{"59 null", Object{"published": []any{nil}, "updated": nil, "endTime": []any{nil}}, nil, now},
		{"60 before the range", Object{"published": "-0977-01-02T03:04:05Z"}, nil, now},
		{"60 after the range", Object{"published": "10000-01-02T03:04:05Z"}, nil, now},
		{"60 to come", Object{"published": "2199-01-02T03:04:05Z"}, nil, now},
		{"61 duration in seconds", Object{"type": "Video", "duration": "PT1145S"}, nil, here},
		{"61 empty duration", Object{"type": "Video", "duration": ""}, Object{"duration": "", "endTime": ""}, here},
	})
	s.works()
}

func TestOdditiesOfCollectionsAndEnvelopes(t *testing.T) { // wire/oddities 62 to 70, 82 to 86
	s := newStage(t)
	at := func(path string) string { return s.vic.Peer.URL + path }
	s.oddities([]oddity{
		{"62 counts", Object{"likes": Object{"type": "Collection", "totalItems": 39}, "shares": at("/shares"), "replies": Object{"orderedItems": []any{}}}, nil, here},
		{"63 first page inside", Object{"replies": Object{"first": Object{"type": "CollectionPage", "next": at("/next"), "items": []any{}}}}, nil, here},
		{"65 no context", nil, Object{"@context": nil}, here},
		{"66 other context", nil, Object{"@context": []any{"https://fedia.io/contexts", Object{"@language": "und", "actor": "https://evil.example/actor"}}}, here},
		{"67 two fragments", nil, Object{"id": at("/lemmy/#activity#activity")}, here},
		{"68 odd path", Object{"id": at("//notes//x/@a/b%2Fc#delete")}, nil, here},
		{"69 LD signature and proof", nil, Object{"signature": Object{"type": "RsaSignature2017", "signatureValue": "x"}, "proof": Object{"cryptosuite": "eddsa-jcs-2022"}}, here},
		{"70 noise", Object{"nickname": "x", "context_id": 3, "conversation": "tag:x,2023-05-26:objectId=61", "diaspora:guid": "1", "vcard:hasAddress": Object{"@type": "x"}}, nil, here},
		{"78 vote", Object{"name": "suya", "content": nil, "inReplyTo": at("/poll")}, nil, nil},
		{"79 poll", Object{"type": "Question", "content": "<p>?</p>", "oneOf": []Object{{"type": "Note", "name": "Oui & non", "replies": Object{"totalItems": 2}}, {"type": "Note", "name": "Non"}}}, nil, text("<p>?</p><ul><li>Oui &amp; non</li><li>Non</li></ul>")},
		{"82 ChatMessage", Object{"type": "ChatMessage"}, nil, nil},
		{"82 GeneratedNote", Object{"type": "GeneratedNote"}, nil, nil},
		{"82 Edition", Object{"type": "Edition"}, nil, nil},
		{"82 list of types", Object{"type": []string{"Note", "Odd"}}, nil, here},
		{"84 place in parts", Object{"type": "Event", "location": Object{"name": "Colosseo", "address": Object{"addressCountry": nil}}}, nil, here},
		{"85 event keys", Object{"type": "Event", "ical:status": "CONFIRMED", "remainingAttendeeCapacity": []any{nil}, "maximumAttendeeCapacity": 0}, nil, here},
		{"86 preview Note", Object{"preview": Object{"type": "Note", "content": "x"}}, nil, here},
		{"86 storyboards", Object{"preview": []Object{{"type": "Image", "rel": []string{"storyboard"}}}}, nil, here},
	})
	activity, _ := s.create(s.vic)
	s.want(s.mail(s.vic, With(activity, Object{"object": "bear:?u=" + at("/x") + "&t=secret"})).Send(), http.StatusAccepted) // 83
	s.works()
}

func TestSeveralObjectsInOneCreate(t *testing.T) { // wire/oddities 80
	s := newStage(t)
	one, two := s.vic.Note("one"), s.vic.Note("two")
	vote := With(s.vic.Note("vote"), Object{"name": "oui", "content": nil, "inReplyTo": s.node.URL + "/o/1"})
	s.want(s.mail(s.vic, s.vic.Activity("Create", []Object{one, vote, two})).Send(), http.StatusAccepted)
	s.present(one["id"].(string))
	s.present(two["id"].(string))
	s.absent(vote["id"].(string))
	s.want(s.mail(s.vic, With(s.vic.Activity("Create", []Object{vote, vote}), Object{"id": s.vic.IRI + "#votes"})).Send(), http.StatusAccepted)
	three := s.vic.Note("three")
	s.want(s.mail(s.vic, With(s.vic.Activity("Create", []Object{three, s.bob.Note("x")}), Object{"id": s.vic.IRI + "#mixed"})).Send(), http.StatusForbidden)
	s.absent(three["id"].(string))
	s.want(s.mail(s.vic, With(s.vic.Activity("Create", slices.Repeat([]Object{three}, 200)), Object{"id": s.vic.IRI + "#many"})).Send(), http.StatusBadRequest)
	s.absent(three["id"].(string))
	s.works()
}

func TestOdditiesOfFollows(t *testing.T) { // wire/oddities 7, 10, 71, 72, 75
	s := newStage(t)
	for i, change := range []Object{
		{"to": nil}, {"actor": Object{"id": s.eve.IRI}}, {"state": "pending", "cc": []any{}}, {"object": []string{s.node.Lab.IRI}}, {"object": Object{"id": s.node.Lab.IRI}},
	} {
		follow := With(With(s.eve.Activity("Follow", s.node.Lab.IRI), Object{"id": fmt.Sprintf("%s#follow/%d", s.eve.IRI, i)}), change)
		s.want(s.mail(s.eve, follow).Send(), http.StatusAccepted)
		s.followers(1)
		undo := s.eve.Activity("Undo", follow["id"])
		if i%2 == 0 {
			undo = s.eve.Activity("Undo", With(follow, Object{"id": nil}))
		}
		s.want(s.mail(s.eve, With(undo, Object{"id": fmt.Sprintf("%s#undo/%d", s.eve.IRI, i)})).Send(), http.StatusAccepted)
		s.followers(0)
	}
	for i, answer := range []func(follow string) any{
		func(f string) any { return f },
		func(f string) any { return Object{"type": "Follow", "id": f} },
		func(f string) any { return Object{"type": "Follow", "actor": s.node.Lab.IRI, "object": s.bob.IRI} },
		func(f string) any { return []any{f} },
	} {
		ask := &federation.Activity{Verb: "Follow", Actor: s.node.Lab.IRI, Object: s.bob.IRI}
		publish(t, s.node, ask)
		accept := With(s.bob.Activity("Accept", answer(ask.IRI)), Object{"id": fmt.Sprintf("%s#accept/%d", s.bob.IRI, i)})
		s.want(s.mail(s.bob, accept).Send(), http.StatusAccepted)
		s.holds(fmt.Sprintf("answer %d is understood", i), func(tx *store.Txn) bool { return tx.Follows(s.node.Lab.ID, actorID(tx, s.bob.IRI)) })
		publish(t, s.node, &federation.Activity{Verb: "Undo", Actor: s.node.Lab.IRI, Object: ask.IRI})
	}
	s.works()
}

func TestOdditiesOfDeletions(t *testing.T) { // wire/oddities 73
	s := newStage(t)
	for i, object := range []func(note string) any{
		func(note string) any { return note },
		func(note string) any { return Object{"id": note, "type": "Tombstone", "formerType": "Note"} },
		func(note string) any { return []string{note} },
		func(note string) any { return Object{"@id": note, "@type": "as:Tombstone"} },
	} {
		activity, note := s.create(s.vic)
		s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
		s.present(note)
		s.want(s.mail(s.vic, With(s.vic.Activity("Delete", object(note)), Object{"id": fmt.Sprintf("%s#delete/%d", s.vic.IRI, i)})).Send(), http.StatusAccepted)
		s.absent(note)
	}
	s.want(s.mail(s.vic, With(s.vic.Activity("Delete", s.vic.IRI), Object{"id": nil})).Send(), http.StatusBadRequest)
	s.works()
	s.want(s.mail(s.vic, s.vic.Activity("Delete", Object{"type": "Person", "id": s.vic.IRI})).Send(), http.StatusAccepted)
	s.holds("vic is gone", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(s.vic.IRI)
		return err == nil && !a.Deleted.IsZero()
	})
}

func TestOdditiesOfComplaints(t *testing.T) { // wire/oddities 74
	s := newStage(t)
	record := s.publish("Signalé", store.Public)
	for i, object := range []any{[]string{s.node.Lab.IRI, record}, record, s.node.Lab.IRI, []any{Object{"id": record}, s.vic.IRI}} {
		flag := With(s.eve.Activity("Flag", object), Object{"id": fmt.Sprintf("%s#flag/%d", s.eve.IRI, i), "to": s.node.Lab.IRI, "summary": "x", "content": "x"})
		s.want(s.mail(s.eve, flag).Send(), http.StatusAccepted)
		s.reports(i + 1)
	}
	s.want(s.mail(s.eve, s.eve.Activity("Flag", s.vic.IRI)).Send(), http.StatusAccepted)
	s.reports(4)
	s.works()
}

func (s *stage) reports(want int) {
	s.t.Helper()
	s.holds(fmt.Sprintf("%d reports", want), func(tx *store.Txn) bool {
		n := 0
		for r := range tx.Reports() {
			n++
			if r.Target != s.node.Lab.IRI {
				return false
			}
		}
		return n == want
	})
}

func TestAnnouncedActivities(t *testing.T) { // wire/oddities 76
	s := newStage(t)
	page := With(s.eve.Note("page"), Object{"type": "Page", "name": "Une page"})
	s.eve.Peer.Show("/notes/page", page)
	stray := s.eve.Note("stray")
	s.eve.Peer.Show("/notes/stray", stray)
	announce := func(inner Object, id string) Object {
		return With(s.vic.Activity("Announce", inner), Object{"id": s.vic.IRI + id})
	}
	inner := With(s.eve.Activity("Update", page), Object{"audience": s.vic.IRI})
	s.want(s.mail(s.vic, announce(s.eve.Activity("Create", stray), "#stray")).Send(), http.StatusAccepted) // not for the group
	s.want(s.mail(s.vic, announce(With(s.eve.Activity("Like", stray["id"]), Object{"audience": s.vic.IRI}), "#like")).Send(), http.StatusAccepted)
	s.want(s.mail(s.vic, announce(inner, "#passed-on")).Send(), http.StatusAccepted)
	eventually(t, s.node, "what was passed on", has(page["id"].(string), "Une page"))
	s.absent(stray["id"].(string))
	if got := s.eve.Peer.Hits("/notes/stray"); got != 0 {
		t.Errorf("fetches of what was not for the group: got %d, want 0", got)
	}
	s.works()
}

func TestOdditiesOfReactions(t *testing.T) { // wire/oddities 72, 77, 81
	s := newStage(t)
	record := s.publish("Aimé", store.Public)
	for i, change := range []Object{
		{"type": "EmojiReact", "content": "👌"}, {"type": "Like", "_misskey_reaction": "pudding", "content": "🍮"}, {"type": "Like", "object": Object{"id": record}},
	} {
		like := With(With(s.eve.Activity("Like", record), Object{"id": fmt.Sprintf("%s#likes/%d", s.eve.IRI, i)}), change)
		s.want(s.mail(s.eve, like).Send(), http.StatusAccepted)
		s.likes(record, 1)
		s.want(s.mail(s.eve, With(s.eve.Activity("Undo", like["id"]), Object{"id": fmt.Sprintf("%s#undo/%d", s.eve.IRI, i)})).Send(), http.StatusAccepted)
		s.likes(record, 0)
	}
	for _, verb := range []string{"Invite", "Join", "Leave"} {
		s.want(s.mail(s.eve, With(s.eve.Activity(verb, s.node.Lab.IRI), Object{"target": s.vic.IRI})).Send(), http.StatusAccepted)
	}
	s.works()
}

func TestOdditiesOfActors(t *testing.T) { // wire/oddities 15 to 21, 26, 27
	s := newStage(t)
	for i, row := range []struct {
		name  string
		doc   Object
		wrong func(a *store.Actor) bool
	}{
		{"15 group of persons", Object{"type": "Group", "attributedTo": []Object{{"type": "Person", "id": s.bob.IRI}}}, func(a *store.Actor) bool { return a.Type != store.Group }},
		{"15 group of moderators", Object{"type": "Group", "attributedTo": s.vic.IRI + "/moderators"}, func(a *store.Actor) bool { return a.Type != store.Group }},
		{"16 no collections", Object{"followers": nil, "following": nil}, func(a *store.Actor) bool { return a.Followers != "" }},
		{"17 no outbox", Object{"outbox": nil}, func(a *store.Actor) bool { return a.Outbox != "" }},
		{"19 null", Object{"followers": []any{nil}, "liked": []any{nil}, "streams": []any{nil}}, func(a *store.Actor) bool { return a.Followers != "" }},
		{"20 no name", Object{"name": nil}, func(a *store.Actor) bool { return a.DisplayName() != "vic" }},
		{"20 blank name", Object{"name": " "}, func(a *store.Actor) bool { return a.DisplayName() != "vic" }},
		{"21 host as handle", Object{"preferredUsername": "jk.nipponalba.scot"}, func(a *store.Actor) bool { return a.Handle != "jk.nipponalba.scot" }},
		{"21 other case", Object{"preferredUsername": "VIC"}, func(a *store.Actor) bool { return a.Handle != "VIC" }},
		{"26 empty types", Object{"endpoints": Object{"sharedInbox": s.vic.Peer.URL + "/inbox", "type": []any{}}}, func(a *store.Actor) bool { return a.SharedInbox == "" }},
		{"27 endpoints is a string", Object{"endpoints": s.vic.IRI + "#endpoints"}, func(a *store.Actor) bool { return a.SharedInbox != "" }},
		{"27 sharedInbox at the top", Object{"sharedInbox": s.vic.Peer.URL + "/top"}, func(a *store.Actor) bool { return !strings.HasSuffix(a.SharedInbox, "/top") }},
		{"27 sharedInbox elsewhere", Object{"sharedInbox": s.eve.Peer.URL + "/top"}, func(a *store.Actor) bool { return a.SharedInbox != "" }},
		{"several types", Object{"type": []string{"Person", "Odd"}}, func(a *store.Actor) bool { return a.Type != store.Person }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			update := With(c.vic.Activity("Update", With(c.vic.Document(), row.doc)), Object{"id": fmt.Sprintf("%s#update/%d", c.vic.IRI, i)})
			c.want(c.mail(c.vic, update).Send(), http.StatusAccepted)
			c.holds(row.name, func(tx *store.Txn) bool {
				a, err := tx.ActorByIRI(c.vic.IRI)
				return err == nil && !row.wrong(a)
			})
			c.works()
		})
	}
}

func TestOdditiesOfKeys(t *testing.T) { // wire/oddities 18, 22 to 26, 87, 88
	pkcs1 := func(a *PeerActor) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&a.RSA.PublicKey)}))
	}
	key := func(a *PeerActor, changes Object) Object {
		return With(a.Document(), Object{"assertionMethod": nil, "publicKey": With(a.Document()["publicKey"].(Object), changes)})
	}
	for _, row := range []struct {
		name string
		show func(a *PeerActor, m *Message)
		want int
	}{
		{"18 no key", func(a *PeerActor, _ *Message) {
			a.Show(With(a.Document(), Object{"publicKey": nil, "assertionMethod": nil}))
		}, 401},
		{"22 PKCS#1", func(a *PeerActor, _ *Message) { a.Show(key(a, Object{"publicKeyPem": pkcs1(a)})) }, 202},
		{"23 key id is no address", func(a *PeerActor, m *Message) {
			m.KeyID = "jk.nipponalba.scot"
			a.Show(key(a, Object{"id": m.KeyID, "owner": nil}))
		}, 401},
		{"23 no owner", func(a *PeerActor, _ *Message) { a.Show(key(a, Object{"owner": nil})) }, 202},
		{"24 double slash", func(a *PeerActor, m *Message) {
			m.KeyID = a.Peer.URL + "//users/odd#main-key"
			a.Show(key(a, Object{"id": m.KeyID}))
			a.Peer.Show("//users/odd", key(a, Object{"id": m.KeyID}))
		}, 202},
		{"25 key of another actor", func(a *PeerActor, m *Message) {
			other := a.Peer.Actor("other")
			a.Show(With(a.Document(), Object{"publicKey": other.Document()["publicKey"]}))
			m.KeyID, m.Sign = other.KeyID, signRSA(other.RSA)
		}, 403},
		{"26 empty type", func(a *PeerActor, _ *Message) { a.Show(key(a, Object{"type": []any{}})) }, 202},
		{"several keys", func(a *PeerActor, _ *Message) {
			k := a.Document()["publicKey"].(Object)
			a.Show(With(a.Document(), Object{"publicKey": []any{nil, "x", With(k, Object{"id": a.IRI + "#old", "publicKeyPem": "x"}), k}}))
		}, 202},
		{"87 stub at the key's address", func(a *PeerActor, m *Message) {
			m.KeyID = a.IRI + "/main-key"
			a.Show(key(a, Object{"id": m.KeyID}))
			a.Peer.Show(a.Path()+"/main-key", Object{"id": a.IRI, "type": "Person", "publicKey": key(a, Object{"id": m.KeyID})["publicKey"]})
		}, 202},
		{"87 key document", func(a *PeerActor, m *Message) {
			m.KeyID = a.IRI + "/main-key"
			a.Show(key(a, Object{"id": m.KeyID}))
			a.Peer.Show(a.Path()+"/main-key", With(key(a, Object{"id": m.KeyID, "type": "Key"})["publicKey"].(Object), nil))
		}, 202},
		{"87 key document of an owner who does not show it", func(a *PeerActor, m *Message) {
			m.KeyID = a.IRI + "/main-key"
			a.Peer.Show(a.Path()+"/main-key", key(a, Object{"id": m.KeyID, "type": "Key"})["publicKey"].(Object))
		}, 401},
		{"88 target without its query", func(_ *PeerActor, m *Message) {
			m.Signed["(request-target)"] = "post " + m.path()
			m.URL += "?shared=true"
		}, 202},
		{"88 target with its query", func(_ *PeerActor, m *Message) { m.URL += "?shared=true" }, 202},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			odd := NewPeer(t, "127.0.0.8").Actor("odd")
			record := s.publish("Aimé", store.Public)
			m := s.mail(odd, odd.Activity("Like", record))
			row.show(odd, m)
			s.want(m.Send(), row.want)
			s.likes(record, map[int]int{202: 1}[row.want])
			s.works()
		})
	}
}
