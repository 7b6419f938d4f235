package fedtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestBodyOverTheLimitIsRefused(t *testing.T) { // P01
	s := newStage(t)
	activity, note := s.create(s.vic)
	activity["object"] = With(activity["object"].(Object), Object{"content": strings.Repeat("a", 4<<20)})
	m := s.mail(s.vic, activity)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s.want(m.Send(), http.StatusRequestEntityTooLarge)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("allocated %d MiB", grown>>20)
	}
	s.absent(note)
	s.works()
}

// TestStrangersFillNoDisk: who is followed by nobody here leaves only so much, and
// takes back what he likes.
func TestStrangersFillNoDisk(t *testing.T) { // P01
	s := newStage(t)
	record := s.publish("Aimé", store.Public)
	padding := strings.Repeat("a", 900<<10)
	like := func(by *PeerActor, n int) Object {
		return With(by.Activity("Like", record), Object{"id": fmt.Sprintf("%s#like-%d", by.IRI, n), "content": padding})
	}
	kept := func(o Object) (is bool) {
		s.holds("the log can be read", func(tx *store.Txn) bool {
			_, err := tx.ActivityByIRI(o["id"].(string))
			is = err == nil
			return true
		})
		return is
	}
	many := 0
	for n := range 24 {
		got := s.mail(s.eve, like(s.eve, n)).Send()
		if kept(like(s.eve, n)) != (got.Status == http.StatusAccepted) {
			t.Errorf("%d was answered, and it is not so", got.Status)
		}
		if got.Status == http.StatusAccepted {
			many++
			continue
		}
		s.want(got, http.StatusTooManyRequests)
	}
	if many == 0 || many > 19 {
		t.Errorf("%d of 24 were kept, want some 18", many)
	}
	s.want(s.mail(s.bob, like(s.bob, 1)).Send(), http.StatusAccepted)
	if !kept(like(s.bob, 1)) {
		t.Error("whose neighbour is followed is not heard")
	}
	s.want(s.mail(s.eve, s.eve.Activity("Undo", s.eve.Activity("Like", record))).Send(), http.StatusAccepted)
	s.likes(record, 1)
	s.works()
}

func TestWhatIsNoActivityIsRefused(t *testing.T) { // P02, P03
	s := newStage(t)
	deep := func(n int, opening, closing string) string {
		return `{"id":"` + s.vic.IRI + `#deep","type":"Create","actor":"` + s.vic.IRI + `","object":` +
			strings.Repeat(opening, n) + "1" + strings.Repeat(closing, n) + "}"
	}
	for name, body := range map[string]string{
		"empty": "", "blank": "  \n", "cut off": `{"type":"Create"`, "list": `[{"type":"Create"}]`, "text": `"Create"`, "number": "1", "null": "null",
		"true": "true", "two values": "{}{}", "html": "<html>", "trailing comma": `{"type":"Create",}`, "bare key": `{type:"Create"}`,
		"single quotes": `{'type':'Create'}`, "not UTF-8": "{\"type\":\"\xff\xfe\"}", "UTF-16": "{\x00\"\x00t\x00", "byte order mark": "\xef\xbb\xbf{}",
		"control character": "{\"type\":\"a\x01b\"}", "NaN": `{"type":NaN}`, "empty object": "{}", "comment": `{"type":"Create"/**/}`,
		"10 000 lists deep": deep(10_000, "[", "]"), "10 000 objects deep": deep(10_000, `{"a":`, "}"),
		"200 000 lists deep": deep(200_000, "[", "]"), "deep and never closed": deep(200_000, "[", ""),
		"many values": `{"type":"Create","x":[` + strings.Repeat("1,", 200_000) + "1]}",
	} {
		t.Run(name, func(t *testing.T) {
			c := s.on(t)
			began := time.Now()
			c.want(c.mail(c.vic, []byte(body)).Send(), http.StatusBadRequest)
			if took := time.Since(began); took > late {
				t.Errorf("took %v", took)
			}
			c.works()
		})
	}
}

func TestMediaTypesOfAnInbox(t *testing.T) { // P07, P08
	s := newStage(t)
	for mediaType, want := range map[string]int{
		activityType: 202, "Application/Activity+JSON": 202, "application/activity+json; charset=utf-8": 202, linkedType: 202,
		`application/ld+json;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"`:                          202,
		`application/ld+json; profile="http://example.org/x https://www.w3.org/ns/activitystreams"; charset="utf-8"`: 202,
		"application/ld+json": 202, "application/json": 202,
		"": 415, "text/html": 415, "text/plain": 415, "multipart/form-data; boundary=x": 415, "application/x-www-form-urlencoded": 415,
		"application/activity+jsonx": 415, "application/xml": 415, ";;;": 415, "application/activity+json, text/html": 415,
	} {
		activity, note := s.create(s.vic)
		m := s.mail(s.vic, activity)
		m.Header.Set("Content-Type", mediaType)
		s.want(m.Send(), want)
		if want == http.StatusAccepted {
			s.present(note)
			continue
		}
		s.absent(note)
	}
	s.works()
}

func TestOddNumbersAreNoFault(t *testing.T) { // P05
	s := newStage(t)
	for _, number := range []string{"1e999999", "-1e999999", strings.Repeat("9", 100_000), "-0", "0.1e-400", "9223372036854775808", "1E+2"} {
		n := json.RawMessage(number)
		activity, note := s.create(s.vic)
		activity["object"] = With(activity["object"].(Object), Object{
			"width": n, "likes": Object{"type": "Collection", "totalItems": n}, "x": n, "latitude": n, "published": n,
			"attachment": []Object{{"type": "Image", "url": s.vic.Peer.URL + "/i.png", "width": n, "height": n}},
		})
		activity["totalItems"] = n
		s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
		s.present(note)
	}
	s.works()
}

func TestOddCharactersAreNoFault(t *testing.T) { // P06
	s := newStage(t)
	for _, text := range []string{`\u0000`, `\ud800`, `\udc00\ud800`, `\ud83d\ude00`, `\u202e\u2066`, `\u200b\u200d\ufeff`, `\uffff`, `\u0007\u001b[31m`, `e\u0301`} {
		raw := json.RawMessage(`"avant ` + text + ` après"`)
		activity, note := s.create(s.vic)
		activity["object"] = With(activity["object"].(Object), Object{"content": raw, "name": raw, "summary": raw, "tag": []Object{{"type": "Hashtag", "name": raw}}})
		s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
		r := s.record(note)
		if !strings.HasPrefix(r.HTML, "avant ") || !strings.HasSuffix(r.HTML, " après") || strings.ContainsRune(r.HTML+r.Title+r.Pitch, 0) {
			t.Errorf("%s: got %q", text, r.HTML)
		}
		profile := s.vic.Activity("Update", With(s.vic.Document(), Object{"name": raw, "summary": raw}))
		s.want(s.mail(s.vic, With(profile, Object{"id": s.vic.IRI + "#" + fmt.Sprintf("%x", text)})).Send(), http.StatusAccepted)
	}
	s.works()
}

// oddValues stand where something else should.
var oddValues = []any{
	nil, "", " ", "x", 0, -1, 1.5, true, false,
	[]any{},
	Object{},
	[]any{nil},
	[]any{[]any{[]any{}}},
	Object{"id": Object{}},
	Object{"id": 1},
	Object{"type": []any{1, nil}},
	"http://", "https://[::1", "http://a b", "javascript:alert(1)", "%zz", "urn:x:1", strings.Repeat("é", 3000),
	[]any{"a", "b"},
	Object{"@id": "x", "@type": "Note"},
	"9999999-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "2026-13-45T99:99:99Z", "PT", "-P1D",
}

func TestOddPropertiesAreNoFault(t *testing.T) { // P10
	s := newStage(t)
	s.follow(s.eve)
	record := s.publish("Visé", store.Public)
	properties := []string{"id", "actor", "object", "target", "published", "to"}
	for v, verb := range []string{
		"Create", "Update", "Delete", "Follow", "Accept", "Reject", "Undo", "Announce", "Like", "Block", "Flag", "Move", "Add", "Remove",
	} {
		for i, value := range oddValues {
			for _, property := range []string{properties[(i+v)%3], properties[3+(i+v)%3]} {
				a := With(s.eve.Activity(verb, record), Object{"id": fmt.Sprintf("%s#%s-%d", s.eve.IRI, property, i)})
				a[property] = value
				m := s.mail(s.eve, a)
				m.KeyID, m.Sign, m.Algorithm = s.eve.IRI+"#ed25519", signEd25519(s.eve.Ed), "hs2019"
				if got := m.Send(); got.Status >= 500 {
					t.Errorf("%s with %s %v: got %d", verb, property, value, got.Status)
				}
			}
		}
	}
	s.holds("the record is still here", has(record, "Visé"))
	s.works()
}

// oddFields are properties of notes and actors that a node reads.
var oddFields = []string{
	"published", "updated", "name", "summary", "content", "contentMap", "attachment", "tag", "icon", "image", "url", "inReplyTo", "context", "source",
	"language", "duration", "startTime", "location", "replies", "likes", "cc", "bto", "audience", "sensitive", "oneOf", "endTime", "mediaType",
	"essaim:kind", "essaim:stage", "essaim:themes", "essaim:audience", "endpoints", "alsoKnownAs", "movedTo", "generator",
}

func TestOddFieldsOfObjectsAreNoFault(t *testing.T) { // P11
	s := newStage(t)
	sent := 0
	send := func(a Object) {
		sent++
		m := s.mail(s.vic, With(a, Object{"id": fmt.Sprintf("%s#odd-%d", s.vic.IRI, sent)}))
		m.KeyID, m.Sign, m.Algorithm = s.vic.IRI+"#ed25519", signEd25519(s.vic.Ed), "hs2019"
		if got := m.Send(); got.Status >= 500 {
			t.Errorf("got %d for %.200s", got.Status, m.Body)
		}
	}
	for i := range oddValues {
		for fields := range slices.Chunk(oddFields, 6) { // each field meets each value
			odd := Object{}
			for k, field := range fields {
				odd[field] = oddValues[(i+k)%len(oddValues)]
			}
			note := s.vic.Note(fmt.Sprintf("odd-%d", sent))
			maps.Copy(note, odd)
			profile := s.vic.Document()
			maps.Copy(profile, odd)
			send(s.vic.Activity("Create", note))
			send(s.vic.Activity("Update", profile))
		}
		send(s.vic.Activity("Update", s.vic.Document()))
	}
	for _, value := range oddValues {
		s.eve.Show(With(s.eve.Document(), Object{"publicKey": value, "assertionMethod": value}))
		if err := s.node.Learn(t.Context(), s.eve.IRI); err != nil {
			t.Errorf("actor with key %.40v: %v", value, err)
		}
	}
	long := strings.Repeat("n", 900<<10)
	for _, field := range []string{"name", "summary", "content", "preferredUsername", "url"} {
		send(s.vic.Activity("Create", With(s.vic.Note("long-"+field), Object{field: long})))
		send(s.vic.Activity("Update", With(s.vic.Document(), Object{field: long})))
	}
	send(s.vic.Activity("Update", s.vic.Document()))
	s.works()
}

func TestMutatedActivitiesAreNoFault(t *testing.T) { // P12
	s := newStage(t)
	s.follow(s.eve)
	record := s.publish("Visé", store.Public)
	random := rand.New(rand.NewPCG(1, 2))
	var seeds []string
	for _, verb := range []string{"Create", "Update", "Like", "Announce", "Follow", "Undo", "Flag", "Delete", "Accept", "Move", "Add"} {
		object := any(s.eve.Note("mutant"))
		if verb != "Create" && verb != "Update" && verb != "Delete" {
			object = record
		}
		seeds = append(seeds, string(encode(With(s.eve.Activity(verb, object), Object{"target": s.eve.IRI + "/featured", "published": "2026-11-20T10:00:00Z"}))))
	}
	for i := range 400 {
		body := mutate(random, seeds[i%len(seeds)], seeds)
		m := s.mail(s.eve, []byte(body))
		m.KeyID, m.Sign, m.Algorithm = s.eve.IRI+"#ed25519", signEd25519(s.eve.Ed), "hs2019"
		if got := m.Send(); got.Status >= 500 {
			t.Errorf("mutation %d: got %d: %s", i, got.Status, body)
		}
		if i%50 == 0 {
			s.works()
		}
	}
	s.works()
}

// mutate changes a document in a few places: bytes, or parts of other documents
// and odd values where values begin.
func mutate(random *rand.Rand, doc string, others []string) string {
	for range 1 + random.IntN(3) {
		if doc == "" {
			return doc
		}
		at := random.IntN(len(doc))
		switch random.IntN(5) {
		case 0:
			doc = doc[:at] + string([]byte{byte(random.IntN(256))}) + doc[at+1:]
		case 1:
			doc = doc[:at] + doc[min(len(doc), at+1+random.IntN(20)):]
		case 2:
			other := others[random.IntN(len(others))]
			doc = doc[:at] + other[random.IntN(len(other)):]
		default:
			colon := strings.IndexByte(doc[at:], ':')
			end := strings.IndexAny(doc[at+colon+1:], ",}")
			if colon < 0 || end < 0 {
				continue
			}
			value := encode(oddValues[random.IntN(len(oddValues))])
			doc = doc[:at+colon+1] + string(value) + doc[at+colon+1+end:]
		}
	}
	return doc
}

func TestUnknownTypesHaveNoEffect(t *testing.T) { // P13
	s := newStage(t)
	for _, typ := range []any{
		"Activity", "IntransitiveActivity", "Arrive", "Dislike", "Ignore", "Invite", "Join", "Leave", "Listen", "Offer", "Question", "Read", "TentativeAccept",
		"TentativeReject", "Travel", "View", "Bite", "QuoteRequest", "essaim:Unknown", "https://example.org/ns#Odd", "Note", "Person", "Collection", "Tombstone",
		"", 1,
		[]string{"Bite", "Odd"},
		"create", "CREATE", "Create ",
	} {
		activity, note := s.create(s.vic)
		activity["type"] = typ
		got := s.mail(s.vic, activity).Send()
		if got.Status != http.StatusAccepted && got.Status != http.StatusBadRequest {
			t.Errorf("type %v: got %d, want 202 or 400", typ, got.Status)
		}
		s.absent(note)
	}
	s.works()
}

func TestOddWebFingerQueriesAreTheAskersFault(t *testing.T) { // P14
	s := newStage(t)
	vicHost, host := strings.TrimPrefix(s.vic.Peer.URL, "http://"), s.node.Host()
	for _, query := range []string{
		"", "resource", "resource=", "resource=x", "resource=acct:", "resource=acct:@" + host, "resource=acct:estran", "resource=acct:estran@", "resource=acct:nobody@" + host,
		"resource=acct:vic@" + vicHost, "resource=" + s.vic.IRI, "resource=acct:estran@evil.example", "resource=acct:estran@" + host + "@evil.example",
		"resource=acct:estran%00@" + host, "resource=acct:estran%0d%0aX: y@" + host, "resource=acct:../../etc/passwd@" + host, "resource=mailto:estran@" + host,
		"resource=http://" + host + "@evil.example/actors/estran", "resource=javascript:alert(1)", "resource=%ff%fe", "resource=" + strings.Repeat("a", 9000),
		"resource=http://[::1", "rel=self", "resource=acct:estran@" + host + "/../x", "resource=https://" + host + "/actors/nobody",
	} {
		r, err := http.NewRequest(http.MethodGet, s.node.URL+"/.well-known/webfinger?"+strings.ReplaceAll(query, " ", "%20"), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := Ask(t, r)
		s.refused(got)
		if strings.Contains(got.Body, vicHost) {
			t.Errorf("%q: got another host's data: %s", query, got.Body)
		}
	}
	s.works()
}
