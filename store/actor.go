package store

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// ActorType is the ActivityStreams type of an actor.
type ActorType string

// The actor types that this node publishes; others publish more.
const (
	Group       ActorType = "Group"       // a lab
	Person      ActorType = "Person"      // a member
	Application ActorType = "Application" // a node
)

// Actor is somebody who acts: a lab, a member, a node; of this node or of any
// other. The zero value of a time or a string means unknown.
type Actor struct {
	ID    ID        `json:"id"`
	IRI   string    `json:"iri"`
	Type  ActorType `json:"type"`
	Local bool      `json:"local,omitempty"`

	Handle  string `json:"handle"`            // preferredUsername, as its owner spells it
	Host    string `json:"host"`              // of the address @handle@host, lower case
	Name    string `json:"name,omitempty"`    // what people read; DisplayName falls back
	Summary string `json:"summary,omitempty"` // HTML as published: sanitise before showing
	Lang    string `json:"lang,omitempty"`
	URL     string `json:"url,omitempty"` // its page, on its own host

	Inbox       string `json:"inbox,omitempty"`
	SharedInbox string `json:"sharedInbox,omitempty"`
	Outbox      string `json:"outbox,omitempty"`
	Followers   string `json:"followers,omitempty"`
	Following   string `json:"following,omitempty"`
	Featured    string `json:"featured,omitempty"`
	Catalog     string `json:"catalog,omitempty"` // a lab's catalogue, where it has one

	// Shelves are the collections of what a Mobilizon group publishes.
	Shelves []string `json:"shelves,omitempty"`

	Icon   *Image      `json:"icon,omitempty"`
	Banner *Image      `json:"banner,omitempty"`
	Fields []NameValue `json:"fields,omitempty"` // values are HTML as published
	Tags   []string    `json:"tags,omitempty"`   // without #

	Interest

	Territory []string `json:"territory,omitempty"` // typed COG codes: "region:53"
	Lab       string   `json:"lab,omitempty"`       // a member's lab
	Role      string   `json:"role,omitempty"`      // a member's role in it
	Profile   *Profile `json:"profile,omitempty"`   // of a person; read it by ProfileFor

	Keys         []PublicKey `json:"keys,omitempty"`
	Approves     bool        `json:"approves,omitempty"` // follows wait for a person
	Discoverable bool        `json:"discoverable,omitempty"`
	Indexable    bool        `json:"indexable,omitempty"`
	AlsoKnownAs  []string    `json:"alsoKnownAs,omitempty"`
	MovedTo      string      `json:"movedTo,omitempty"`
	Implements   []string    `json:"implements,omitempty"` // FEP-844e

	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
	Fetched time.Time `json:"fetched,omitzero"` // remote: when its origin last said this
	Deleted time.Time `json:"deleted,omitzero"` // gone: only IRI and keys are kept
}

// NameValue is a line of an actor's profile.
type NameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PublicKey is one key of an actor. Exactly one of PEM (RSA) and Multibase
// (Ed25519, FEP-521a) is set.
type PublicKey struct {
	ID        string `json:"id"`
	PEM       string `json:"pem,omitempty"`
	Multibase string `json:"multibase,omitempty"`
}

// Keypair is what a local actor signs with: PKCS#8 in PEM, and a 32-byte seed.
type Keypair struct {
	RSA     string `json:"rsa"`
	Ed25519 []byte `json:"ed25519"`
}

// Image is a picture and the words for those who do not see it. An empty Alt
// means that it is decorative.
type Image struct {
	URL       string     `json:"url"`
	Small     string     `json:"small,omitempty"`  // the same SmallWidth wide; empty: there is none
	Medium    string     `json:"medium,omitempty"` // the same MediumWidth wide; empty: there is none
	MediaType string     `json:"mediaType,omitempty"`
	Alt       string     `json:"alt,omitempty"`
	Width     int        `json:"width,omitempty"`
	Height    int        `json:"height,omitempty"`
	Blurhash  string     `json:"blurhash,omitempty"`
	Focus     [2]float64 `json:"focus,omitzero"` // what matters most: right and up of the middle, from -1 to 1
}

// LieAt puts the addresses of a picture that was uploaded here, which are paths, at
// the node of that base URL.
func (i *Image) LieAt(base string) {
	for _, address := range []*string{&i.URL, &i.Small, &i.Medium} {
		if strings.HasPrefix(*address, "/") {
			*address = base + *address
		}
	}
}

// The widths, in pixels, that an uploaded picture is kept in beside its own.
const (
	SmallWidth  = 400
	MediumWidth = 800
)

// Listed says whether an actor itself may be found and shown among others. Our own
// lab always may; everybody else must have said so (FEP-5feb).
func (a *Actor) Listed() bool {
	return a.Deleted.IsZero() && a.Type != Application && (a.Discoverable || a.Local && a.Type == Group)
}

// FoundElsewhere says whether other nodes may be told of what an actor publishes: its
// own site makes no difference there (FEP-5feb).
func (a *Actor) FoundElsewhere() bool { return a.Deleted.IsZero() && a.Indexable }

// DisplayName is the name, or the handle of those who have none.
func (a *Actor) DisplayName() string {
	if s := strings.TrimSpace(a.Name); s != "" {
		return s
	}
	return a.Handle
}

// Address is the handle that people type: @handle@host.
func (a *Actor) Address() string { return "@" + a.Handle + "@" + a.Host }

// DeliverTo is the inbox to post to: the shared one first (ActivityPub §7.1.3).
func (a *Actor) DeliverTo() string {
	if a.SharedInbox != "" {
		return a.SharedInbox
	}
	return a.Inbox
}

// Page is where a person reads about the actor.
func (a *Actor) Page() string {
	if a.URL != "" {
		return a.URL
	}
	return a.IRI
}

// Actor returns the actor with this id, or ErrNotFound.
func (t *Txn) Actor(id ID) (*Actor, error) {
	a := new(Actor)
	if id == 0 || !t.getJSON(key(tActor, id), a) {
		return nil, ErrNotFound
	}
	return a, nil
}

// ActorByIRI returns the actor with exactly this id on the wire, or ErrNotFound.
func (t *Txn) ActorByIRI(iri string) (*Actor, error) {
	return t.Actor(t.getID(key(tActorIRI, hash16(iri))))
}

// ActorByHandle returns the actor of @handle@host, whatever the case.
func (t *Txn) ActorByHandle(handle, host string) (*Actor, error) {
	return t.Actor(t.getID(handleKey(handle, host)))
}

func handleKey(handle, host string) []byte {
	return key(tHandle, strings.ToLower(host), byte(0), strings.ToLower(handle))
}

// PutActor creates or replaces an actor and keeps its indexes. A new one gets
// its ID here. The handle of a remote actor goes to whoever was proved to own
// it last. It answers ErrExists when the handle is an actor's of this node, or
// when a local actor asks for any that is taken.
func (t *Txn) PutActor(a *Actor) error {
	op := Updated
	if a.ID == 0 {
		if a.ID = t.getID(key(tActorIRI, hash16(a.IRI))); a.ID == 0 {
			a.ID, op = t.NewID(), Created
		}
	}
	if err := t.indexActor(a); err != nil {
		return err
	}
	t.putJSON(key(tActor, a.ID), a)
	t.catalogueMember(a)
	t.change(op, "actor", a.ID)
	return nil
}

func (t *Txn) indexActor(a *Actor) error {
	if owner := t.getID(handleKey(a.Handle, a.Host)); owner != 0 && owner != a.ID && (a.Local || t.isLocal(owner)) {
		return ErrExists
	}
	old, err := t.Actor(a.ID)
	if err != nil {
		old = &Actor{}
	}
	if (old.Handle != a.Handle || old.Host != a.Host) && t.getID(handleKey(old.Handle, old.Host)) == a.ID {
		t.tx.Delete(handleKey(old.Handle, old.Host))
	}
	if err == nil && old.DeliverTo() != a.DeliverTo() {
		t.moveInbox(a)
	}
	if a.Handle != "" {
		t.tx.Put(handleKey(a.Handle, a.Host), a.ID.Key())
	}
	t.tx.Put(key(tActorIRI, hash16(a.IRI)), a.ID.Key())
	t.indexKeys(a, old)
	t.indexMember(a)
	if a.Local {
		t.tx.Put(key(tLocal, a.ID), nil)
		t.local = true
	}
	return nil
}

func (t *Txn) isLocal(actor ID) bool { return t.tx.Get(key(tLocal, actor)) != nil }

func (t *Txn) indexKeys(a, old *Actor) {
	for _, k := range old.Keys {
		if kk := key(tKeyID, hash16(k.ID)); t.getID(kk) == a.ID {
			t.tx.Delete(kk)
		}
	}
	for _, k := range a.Keys {
		t.tx.Put(key(tKeyID, hash16(k.ID)), a.ID.Key())
	}
}

// ActorByKey returns the actor that publishes a key under exactly this id, and
// that key, or ErrNotFound.
func (t *Txn) ActorByKey(keyID string) (*Actor, PublicKey, error) {
	a, err := t.Actor(t.getID(key(tKeyID, hash16(keyID))))
	if err != nil {
		return nil, PublicKey{}, err
	}
	for _, k := range a.Keys {
		if k.ID == keyID {
			return a, k, nil
		}
	}
	return nil, PublicKey{}, ErrNotFound
}

// LocalActors yields the actors of this node in the order they were made: the
// node itself, its lab, then its members.
func (t *Txn) LocalActors() iter.Seq[*Actor] {
	return func(yield func(*Actor) bool) {
		for k := range t.scan([]byte(tLocal), false) {
			if a, err := t.Actor(idFromKey(k)); err == nil && !yield(a) {
				return
			}
		}
	}
}

// Members yields the members of this node that were not deleted.
func (t *Txn) Members() iter.Seq[*Actor] {
	return func(yield func(*Actor) bool) {
		for a := range t.LocalActors() {
			if a.Type == Person && a.Deleted.IsZero() && !yield(a) {
				return
			}
		}
	}
}

// Lab returns this node's lab, or ErrNotFound before it was set up.
func (t *Txn) Lab() (*Actor, error) { return t.localOf(Group) }

// Node returns this node's own actor, or ErrNotFound before it was set up.
func (t *Txn) Node() (*Actor, error) { return t.localOf(Application) }

func (t *Txn) localOf(typ ActorType) (*Actor, error) {
	for a := range t.LocalActors() {
		if a.Type == typ {
			return a, nil
		}
	}
	return nil, ErrNotFound
}

// Keypair returns the private keys of a local actor, or ErrNotFound.
func (t *Txn) Keypair(actor ID) (*Keypair, error) {
	k := new(Keypair)
	if !t.getJSON(key(tKeypair, actor), k) {
		return nil, ErrNotFound
	}
	return k, nil
}

// PutKeypair keeps the private keys of a local actor.
func (t *Txn) PutKeypair(actor ID, k *Keypair) { t.putJSON(key(tKeypair, actor), k) }

// TakesEd25519 says whether the actor's server announced that it verifies
// RFC 9421 signatures (FEP-844e) and shows an Ed25519 key of its own (FEP-521a).
func (a *Actor) TakesEd25519() bool {
	return slices.Contains(a.Implements, RFC9421Spec) && slices.ContainsFunc(a.Keys, func(k PublicKey) bool { return k.Multibase != "" })
}

// RFC9421Spec is how FEP-844e names RFC 9421.
const RFC9421Spec = "https://datatracker.ietf.org/doc/html/rfc9421"

// EraseActor forgets an actor: its profile, its follows, its records, its login,
// its circles, its places at events, and what it published, liked and announced.
// Its id and its keys stay, so that nobody takes its place and its last messages
// verify.
func (t *Txn) EraseActor(a *Actor, when time.Time) {
	for f := range t.Following(a.ID) {
		t.DeleteFollow(f.Follower, f.Followed)
	}
	for f := range t.Followers(a.ID) {
		t.DeleteFollow(f.Follower, f.Followed)
	}
	for k := range t.scan(key(tByLab, hash16(a.IRI)), false) {
		it, err := t.Record(idFromKey(k))
		if err != nil {
			continue
		}
		r := it.Envelope()
		t.DeleteRecord(it, &Tombstone{IRI: r.IRI, Type: r.Type, Owner: a.IRI, Deleted: when, Public: r.Audience.Open()})
	}
	if login, err := t.AccountOf(a.ID); err == nil {
		t.deleteAccount(login)
	}
	t.forgetOutbox(a.ID)
	t.forgetReactions(a.ID)
	t.forgetBlocks(a.ID)
	t.giveUpSeats(a.IRI)
	t.leaveCircles(a.IRI)
	t.leaveAll(a.IRI)
	t.forgetPrivate(a.ID)
	t.leave(a.Lab, a.IRI, a.Local)
	t.forgetMember(a.ID)
	t.putJSON(key(tActor, a.ID), &Actor{
		ID: a.ID, IRI: a.IRI, Type: a.Type, Local: a.Local, Handle: a.Handle, Host: a.Host,
		Keys: a.Keys, Created: a.Created, Deleted: when,
	})
	t.local = t.local || a.Local
	t.change(Deleted, "actor", a.ID)
}
