package vocab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
)

// Bounds of what is taken over of an actor; Mastodon's, or above.
const (
	maxName    = 200     // characters
	maxHandle  = 200     // characters
	maxSummary = 1 << 16 // bytes
	maxFields  = 50
	maxAliases = 256
	maxKeys    = 10
)

var actorTypes = []string{"Group", "Person", "Application", "Organization", "Service"}

// ReadActor reads an actor that its own origin gave us. Everything it owns must
// lie on that origin (FEP-fe34): a foreign inbox makes it useless and an error,
// anything else foreign is left out. Host is that of the id; who has verified
// the handle may set another. The scheme is for the caller to judge.
//
// It answers store.ErrGone for a Tombstone, ErrUnknownType for what is no actor,
// and ErrMalformed for one without an id or inbox.
func ReadActor(doc Doc) (*store.Actor, error) {
	if doc.Type() == "Tombstone" {
		return nil, fmt.Errorf("actor %s: %w", doc.ID(), store.ErrGone)
	}
	if !slices.Contains(actorTypes, doc.Type()) {
		return nil, fmt.Errorf("actor %s: %w %q", doc.ID(), ErrUnknownType, doc.Type())
	}
	a := &store.Actor{IRI: doc.ID(), Type: store.ActorType(doc.Type()), Host: store.HostOf(doc.ID())}
	a.Inbox = doc.owned("inbox")
	if a.Host == "" || a.Inbox == "" {
		return nil, fmt.Errorf("%w: actor %q without an inbox of its own", ErrMalformed, a.IRI)
	}
	readEndpoints(a, doc)
	readProfile(a, doc)
	readOwn(a, doc)
	readFlags(a, doc)
	a.Keys = readKeys(doc)
	a.Created, _ = doc.Time("published")
	a.Updated, _ = doc.Time("updated")
	return a, nil
}

// owned returns the IRI of key if it is on the document's own origin.
func (d Doc) owned(key string) string {
	if s := d.IRI(key); store.SameOrigin(s, d.ID()) {
		return s
	}
	return ""
}

func readEndpoints(a *store.Actor, doc Doc) {
	a.Outbox = doc.owned("outbox")
	a.Followers = doc.owned("followers")
	a.Following = doc.owned("following")
	a.Featured = doc.owned("featured")
	a.Catalog = doc.owned("essaim:catalog")
	for _, name := range []string{"events", "posts", "resources"} {
		if shelf := doc.owned(name); shelf != "" {
			a.Shelves = append(a.Shelves, shelf)
		}
	}
	shared := firstOf(doc.Doc("endpoints").IRI("sharedInbox"), doc.IRI("sharedInbox"))
	if store.SameOrigin(shared, a.IRI) {
		a.SharedInbox = shared
	}
}

func readProfile(a *store.Actor, doc Doc) {
	name, nameLang := doc.Lang("name", "fr")
	summary, lang := doc.Lang("summary", "fr")
	a.Handle = handle(doc)
	a.Name = line(name, maxName)
	a.Summary = cutBytes(summary, maxSummary)
	a.Lang = firstOf(lang, nameLang)
	if u := doc.link("url"); store.SameOrigin(u, a.IRI) {
		a.URL = u
	}
	a.Icon = storeImage(doc.Image("icon"))
	a.Banner = storeImage(doc.Image("image"))
	a.Tags = doc.Hashtags()
	for _, f := range doc.Docs("attachment") {
		if f.Type() == "PropertyValue" && !f.Has(lineProperty) && len(a.Fields) < maxFields {
			value := cutBytes(f.Str("value"), maxSummary/16)
			a.Fields = append(a.Fields, store.NameValue{Name: line(f.Str("name"), maxName), Value: value})
		}
	}
}

// handle is the preferredUsername, else the name in webfinger (FEP-2c59), else
// the end of the id.
func handle(doc Doc) string {
	web, _, _ := strings.Cut(strings.TrimPrefix(doc.Str("webfinger"), "@"), "@")
	path := strings.TrimRight(doc.ID(), "/")
	tail := strings.TrimPrefix(path[strings.LastIndexByte(path, '/')+1:], "@")
	for _, h := range []string{doc.Str("preferredUsername"), web, tail} {
		h = line(h, maxHandle)
		if h != "" && !strings.ContainsAny(h, " @/<>\"?#") {
			return h
		}
	}
	return ""
}

func readOwn(a *store.Actor, doc Doc) {
	for _, code := range doc.Strs("essaim:territory") {
		if store.Territories.Has(code) && !slices.Contains(a.Territory, code) {
			a.Territory = append(a.Territory, code)
		}
	}
	readWire(&a.Interest, store.InterestFields, doc)
	a.Lab = doc.IRI("essaim:memberOf")
	if role := doc.Str("essaim:role"); store.MemberRoles.Has(role) {
		a.Role = role
	}
	readMember(a, doc)
	for _, d := range slices.Concat(doc.Docs("implements"), doc.Doc("generator").Docs("implements")) {
		if href := firstOf(d.ID(), validIRI(d.Str("href"))); href != "" && !slices.Contains(a.Implements, href) {
			a.Implements = append(a.Implements, href)
		}
	}
}

// readMember takes over what a person tells of itself.
func readMember(a *store.Actor, doc Doc) {
	if a.Type != store.Person {
		return
	}
	p := new(store.Profile)
	readWire(p, store.ProfileFields, doc)
	if p.Trim(); !p.IsEmpty() {
		a.Profile = p
	}
}

// readFlags takes silence for a no (FEP-5feb).
func readFlags(a *store.Actor, doc Doc) {
	a.Approves = doc.Bool("manuallyApprovesFollowers")
	a.Discoverable = doc.Bool("discoverable")
	a.Indexable = doc.Bool("indexable")
	a.MovedTo = doc.IRI("movedTo")
	a.AlsoKnownAs = doc.IRIs("alsoKnownAs")
	if len(a.AlsoKnownAs) > maxAliases {
		a.AlsoKnownAs = a.AlsoKnownAs[:maxAliases]
	}
}

// readKeys takes over the keys that are the actor's own and on its own origin,
// ids byte for byte. Whether they are strong enough is for who verifies.
func readKeys(doc Doc) []store.PublicKey {
	var keys []store.PublicKey
	add := func(d Doc, owner string, k store.PublicKey) {
		own := d.IRI(owner) == doc.ID() || !d.Has(owner)
		if own && store.SameOrigin(k.ID, doc.ID()) && k.PEM+k.Multibase != "" && len(keys) < maxKeys {
			keys = append(keys, k)
		}
	}
	for _, d := range doc.Docs("publicKey") {
		add(d, "owner", store.PublicKey{ID: d.ID(), PEM: d.Str("publicKeyPem")})
	}
	for _, d := range doc.Docs("assertionMethod") {
		if m := d.Str("publicKeyMultibase"); strings.HasPrefix(m, ed25519Multikey) {
			add(d, "controller", store.PublicKey{ID: d.ID(), Multibase: m})
		}
	}
	return keys
}

// ed25519Multikey begins every Ed25519 key in multibase (FEP-521a).
const ed25519Multikey = "z6Mk"
