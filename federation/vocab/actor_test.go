package vocab

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func localLab() *store.Actor {
	return &store.Actor{
		IRI: "https://labs.example/actors/tilab", Type: store.Group, Handle: "tilab", Host: "labs.example", Name: "Ti Lab",
		Summary: "<p>Laboratoire d’innovation</p>", URL: "https://labs.example/@tilab",
		Inbox: "https://labs.example/actors/tilab/inbox", SharedInbox: "https://labs.example/inbox",
		Outbox: "https://labs.example/actors/tilab/outbox", Followers: "https://labs.example/actors/tilab/followers",
		Following: "https://labs.example/actors/tilab/following", Featured: "https://labs.example/actors/tilab/featured",
		Icon:   &store.Image{URL: "https://labs.example/m/i.png", MediaType: "image/png", Alt: "Logo", Width: 400, Height: 400},
		Fields: []store.NameValue{{Name: "Site", Value: `<a href="https://labs.example/" rel="me nofollow">labs.example</a>`}},
		Tags:   []string{"bretagne"}, Territory: []string{"region:53"}, Discoverable: true, Indexable: true,
		AlsoKnownAs: []string{"https://old.example/u/ü"}, Implements: []string{"https://datatracker.ietf.org/doc/html/rfc9421"},
		Keys: []store.PublicKey{
			{ID: "https://labs.example/actors/tilab#main-key", PEM: "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n"},
			{ID: "https://labs.example/actors/tilab#ed25519-1", Multibase: "z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"},
		},
		Created: noon, Updated: noon,
	}
}

func TestActorDocumentIsAsPeersWantIt(t *testing.T) {
	node := &store.Actor{IRI: "https://labs.example/actor", Implements: []string{"https://datatracker.ietf.org/doc/html/rfc9421"}}
	d := mustParse(t, string(ActorDocument(localLab(), Profile{Node: node, TagURL: tagURL, Collections: []string{"members", "events"}})))
	for key, want := range map[string]string{
		"type": "Group", "preferredUsername": "tilab", "webfinger": "tilab@labs.example", "name": "Ti Lab",
		"url": "https://labs.example/@tilab", "members": "https://labs.example/actors/tilab/members",
		"featured": "https://labs.example/actors/tilab/featured", "essaim:kind": "lab", "published": "2026-03-01T12:00:00.25Z",
	} {
		if got := d.Str(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	m := d.o.members
	for _, key := range []string{"attachment", "tag", "alsoKnownAs", "assertionMethod"} {
		if _, ok := m[key].([]any); !ok {
			t.Errorf("%s: got %v, want a list", key, m[key])
		}
	}
	if key, ok := m["publicKey"].(*object); !ok || key.members["owner"] != "https://labs.example/actors/tilab" {
		t.Errorf("publicKey: got %v, want one object of the actor", m["publicKey"])
	}
	if e := d.Doc("endpoints"); e.Str("sharedInbox") != "https://labs.example/inbox" || e.Str("events") == "" {
		t.Errorf("endpoints: got %s", e.Raw())
	}
	if m["discoverable"] != true || m["manuallyApprovesFollowers"] != false || m["postingRestrictedToMods"] != true {
		t.Errorf("flags: got %v %v %v", m["discoverable"], m["manuallyApprovesFollowers"], m["postingRestrictedToMods"])
	}
	if !strings.HasPrefix(string(d.Raw()), `{"@context":["https://www.w3.org/ns/activitystreams",`) {
		t.Errorf("context: got %.80s", d.Raw())
	}
}

func TestActorComesBackAsItWas(t *testing.T) {
	for _, typ := range []store.ActorType{store.Group, store.Person, store.Application} {
		want := localLab()
		want.Type = typ
		p := Profile{TagURL: tagURL}
		if typ == store.Person {
			want.Lab, want.Role = "https://labs.example/actors/tilab", "designer"
			p.Node = localLab()
		}
		got, err := ReadActor(mustParse(t, string(ActorDocument(want, p))))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestDeletedActorIsATombstone(t *testing.T) {
	a := localLab()
	a.Deleted = noon
	d := mustParse(t, string(ActorDocument(a, Profile{})))
	if d.Type() != "Tombstone" || d.Str("formerType") != "Group" || d.Str("deleted") == "" || d.Has("publicKey") {
		t.Errorf("got %s", d.Raw())
	}
	if _, err := ReadActor(d); !errors.Is(err, store.ErrGone) {
		t.Errorf("got %v, want ErrGone", err)
	}
}

const bareActor = `"id":"https://a.example/u/ada","type":"Person","inbox":"https://a.example/u/ada/inbox"`

func TestReadOddActors(t *testing.T) {
	tests := []struct {
		name, props string
		get         func(*store.Actor) any
		want        any
	}{
		{"nothing but an inbox", ``, func(a *store.Actor) any { return a.Handle + a.DisplayName() + a.Page() }, "adaadahttps://a.example/u/ada"},
		{"collections null", `,"followers":null,"outbox":null,"streams":null`, func(a *store.Actor) any { return a.Followers + a.Outbox }, ""},
		{"no key", ``, func(a *store.Actor) any { return len(a.Keys) }, 0},
		{"name blank", `,"name":" ","preferredUsername":"ada"`, displayName, "ada"},
		{"name null", `,"name":null,"preferredUsername":"relay"`, displayName, "relay"},
		{"name with controls", `,"name":"A\u0000\u0007 d\na"`, displayName, "A\uFFFD d a"},
		{"handle with dots", `,"preferredUsername":"jk.bridge.example"`, handleOf, "jk.bridge.example"},
		{"handle in another case", `,"preferredUsername":"Ada"`, handleOf, "Ada"},
		{"handle that is none", `,"preferredUsername":"a@b <x>"`, handleOf, "ada"},
		{"handle of webfinger", `,"webfinger":"ada.l@a.example"`, handleOf, "ada.l"},
		{"group attributed to moderators", `,"attributedTo":"https://a.example/mods"`, handleOf, "ada"},
		{"endpoints a string", `,"endpoints":"https://a.example/#endpoints"`, shared, ""},
		{"endpoints with an empty type", `,"endpoints":{"type":[],"sharedInbox":"https://a.example/inbox"}`, shared, "https://a.example/inbox"},
		{"sharedInbox at the top", `,"sharedInbox":"https://a.example/inbox"`, shared, "https://a.example/inbox"},
		{"sharedInbox elsewhere", `,"endpoints":{"sharedInbox":"https://victim.example/inbox"}`, shared, ""},
		{"outbox elsewhere", `,"outbox":"https://victim.example/o"`, func(a *store.Actor) any { return a.Outbox }, ""},
		{"url elsewhere", `,"url":"https://victim.example/"`, func(a *store.Actor) any { return a.URL }, ""},
		{"url a list of links", `,"url":[{"type":"Link","href":"https://a.example/@ada","mediaType":"text/html"}]`, func(a *store.Actor) any { return a.URL }, "https://a.example/@ada"},
		{
			"icons of several sizes", `,"icon":[{"type":"Image","url":"https://a.example/48","width":48},{"type":"Image","url":"https://a.example/120","width":120}]`,
			func(a *store.Actor) any { return a.Icon.URL }, "https://a.example/120",
		},
		{"PKCS#1 key", `,"publicKey":{"id":"https://a.example/u/ada#k","owner":"https://a.example/u/ada","publicKeyPem":"-----BEGIN RSA PUBLIC KEY-----"}`, keyIDs, "https://a.example/u/ada#k "},
		{"key id with a double slash", `,"publicKey":{"id":"https://a.example//u/ada#k","publicKeyPem":"x","type":[]}`, keyIDs, "https://a.example//u/ada#k "},
		{"key id no address", `,"publicKey":{"id":"a.example","publicKeyPem":"x"}`, keyIDs, ""},
		{"key of another actor", `,"publicKey":{"id":"https://a.example/u/eve#k","owner":"https://a.example/u/eve","publicKeyPem":"x"}`, keyIDs, ""},
		{"key on another host", `,"publicKey":{"id":"https://victim.example/k","owner":"https://a.example/u/ada","publicKeyPem":"x"}`, keyIDs, ""},
		{
			"several keys", `,"publicKey":[{"id":"https://a.example/1","publicKeyPem":"x"},{"id":"https://a.example/2","publicKeyPem":"y"}],
			"assertionMethod":[{"id":"https://a.example/3","type":"Multikey","controller":"https://a.example/u/ada","publicKeyMultibase":"z6Mkx"},
			{"id":"https://a.example/4","controller":"https://a.example/u/ada","publicKeyMultibase":"z4MXx"},"https://a.example/5"]`,
			keyIDs, "https://a.example/1 https://a.example/2 https://a.example/3 ",
		},
		{
			"eleven keys", `,"publicKey":[` + strings.Repeat(`{"id":"https://a.example/1","publicKeyPem":"x"},`, 10) + `{"id":"https://a.example/2","publicKeyPem":"x"}]`,
			func(a *store.Actor) any { return len(a.Keys) }, maxKeys,
		},
		{"silence is a no", ``, func(a *store.Actor) any { return a.Discoverable || a.Indexable || a.Approves }, false},
		{
			"fields and others", `,"attachment":[{"type":"PropertyValue","name":"Site","value":"v"},{"type":"Link","href":"x"},"y",null]`,
			func(a *store.Actor) any { return a.Fields },
			[]store.NameValue{{Name: "Site", Value: "v"}},
		},
		{"fields of one", `,"attachment":{"type":"PropertyValue","name":"Site","value":null}`, func(a *store.Actor) any { return a.Fields }, []store.NameValue{{Name: "Site"}}},
		{"territories that are none", `,"essaim:territory":["region:53","region:53","lune",5]`, func(a *store.Actor) any { return a.Territory }, []string{"region:53"}},
		{"a name of a megabyte", `,"name":"` + strings.Repeat("é", 1<<20) + `"`, func(a *store.Actor) any { return len(a.Name) }, 2 * maxName},
		{"a summary of a megabyte", `,"summary":"` + strings.Repeat("é", 1<<20) + `"`, func(a *store.Actor) any { return len(a.Summary) <= maxSummary }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := ReadActor(mustParse(t, "{"+bareActor+tt.props+"}"))
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.get(a); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func handleOf(a *store.Actor) any { return a.Handle }
func shared(a *store.Actor) any   { return a.SharedInbox }

func keyIDs(a *store.Actor) any {
	s := ""
	for _, k := range a.Keys {
		s += k.ID + " "
	}
	return s
}

func TestReadActorRefuses(t *testing.T) {
	for doc, want := range map[string]error{
		`{"id":"https://a.example/n","type":"Note","inbox":"https://a.example/i"}`:             ErrUnknownType,
		`{"id":"https://a.example/u","type":"Person"}`:                                         ErrMalformed,
		`{"id":"https://a.example/u","type":"Person","inbox":"https://victim.example/i"}`:      ErrMalformed,
		`{"id":null,"type":"Person","inbox":"https://a.example/i"}`:                            ErrMalformed,
		`{"id":"did:key:z6Mk","type":"Person","inbox":"did:key:z6Mk/i"}`:                       ErrMalformed,
		`{"id":"https://a@b.example/u","type":"Person","inbox":"https://a@b.example/u/inbox"}`: ErrMalformed,
		`{"id":"https://a.example/u","type":"Tombstone"}`:                                      store.ErrGone,
	} {
		if _, err := ReadActor(mustParse(t, doc)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", doc, err, want)
		}
	}
}

func BenchmarkActorDocument(b *testing.B) {
	a := localLab()
	b.ReportAllocs()
	for b.Loop() {
		ActorDocument(a, Profile{TagURL: tagURL})
	}
}

func displayName(a *store.Actor) any { return a.DisplayName() }
