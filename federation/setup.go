package federation

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"

	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// handlePattern is what every server takes for a handle.
var handlePattern = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)

// reserved are handles that would be taken for the node's own pages.
var reserved = map[string]bool{"admin": true, "actor": true, "inbox": true, "root": true, "support": true, "moderation": true}

// CheckHandle says what is wrong with the handle of a new actor of this node, as
// a *store.FieldError, or nil.
func CheckHandle(handle string) error {
	switch {
	case handle == "":
		return &store.FieldError{Field: "handle", Reason: "error.required"}
	case !handlePattern.MatchString(handle):
		return &store.FieldError{Field: "handle", Reason: "error.handle"}
	case reserved[handle]:
		return &store.FieldError{Field: "handle", Reason: "error.taken"}
	}
	return nil
}

// SetUp gives a new node its own actor and its lab. Of the lab, Handle, Name,
// Summary, Lang, Territory and Approves are taken. store.ErrExists: the node was
// set up before. It is the birth of actors, which no activity can tell.
func (n *Node) SetUp(ctx context.Context, lab store.Actor) (*store.Actor, error) {
	if err := CheckHandle(lab.Handle); err != nil {
		return nil, err
	}
	node, nodeKeys, err := n.newActor(store.Application, nodeHandle(n.Host()), n.BaseURL+"/actor")
	if err != nil {
		return nil, err
	}
	node.Name, node.Approves, node.Discoverable, node.URL = lab.Name, true, false, n.BaseURL+"/"
	group, groupKeys, err := n.newActor(store.Group, lab.Handle, n.actorIRI(lab.Handle))
	if err != nil {
		return nil, err
	}
	group.Name, group.Summary, group.Lang = lab.Name, lab.Summary, lab.Lang
	group.Territory, group.Approves, group.Fields = lab.Territory, lab.Approves, lab.Fields
	group.Discoverable, group.Indexable = true, true
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		if _, err := tx.Lab(); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("set up: %w", errors.Join(store.ErrExists, err))
		}
		if err := n.put(tx, node, nodeKeys); err != nil {
			return err
		}
		if err := n.put(tx, group, groupKeys); err != nil {
			return err
		}
		n.lookAround(tx)
		tx.Note(store.JournalEntry{Deed: store.SetUpNode})
		return nil
	})
	return group, err
}

// AddMember gives the lab a member and, with account, a login for it. Of the
// member, Handle, Name, Summary, Lang, Role and Discoverable are taken. Errors:
// *store.FieldError, store.ErrExists for a handle or e-mail that is taken.
func (n *Node) AddMember(ctx context.Context, member store.Actor, account *store.Account) (*store.Actor, error) {
	return n.addMember(ctx, member, account, store.AddMember, func(*store.Txn) error { return nil }, nil)
}

// addMember asks may in the transaction before anything else, and does then after it;
// then may be nil. deed is what the journal says: who joins does it.
func (n *Node) addMember(ctx context.Context, member store.Actor, account *store.Account, deed store.Deed, may, then func(*store.Txn) error) (*store.Actor, error) {
	if err := CheckHandle(member.Handle); err != nil {
		return nil, err
	}
	person, keys, err := n.newActor(store.Person, member.Handle, n.actorIRI(member.Handle))
	if err != nil {
		return nil, err
	}
	person.Name, person.Summary, person.Lang = member.Name, member.Summary, member.Lang
	person.Role, person.Discoverable, person.Indexable = member.Role, member.Discoverable, member.Discoverable
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		if err := may(tx); err != nil {
			return err
		}
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		person.Lab = lab.IRI
		if err := n.put(tx, person, keys); err != nil {
			return err
		}
		line := store.JournalEntry{Deed: deed, Actor: person.ID}
		if deed != store.AddMember {
			line.By, line.Reason = person.ID, string(account.Role)
		}
		if tx.Note(line); account == nil {
			return nil
		}
		account.ID, account.Actor, account.Created = 0, person.ID, tx.Now()
		if err := tx.PutAccount(account); err != nil || then == nil {
			return err
		}
		return then(tx)
	})
	return person, err
}

func (n *Node) put(tx *store.Txn, a *store.Actor, keys *store.Keypair) error {
	a.ID, a.Created, a.Updated = 0, tx.Now(), tx.Now()
	if _, err := tx.ActorByIRI(a.IRI); err == nil {
		return fmt.Errorf("handle %s: %w", a.Handle, store.ErrExists)
	}
	if err := tx.PutActor(a); err != nil {
		return err
	}
	tx.PutKeypair(a.ID, keys)
	return nil
}

// newActor makes an actor of this node with its addresses and keys.
func (n *Node) newActor(typ store.ActorType, handle, iri string) (*store.Actor, *store.Keypair, error) {
	keys, public, err := keyring.New(iri)
	if err != nil {
		return nil, nil, err
	}
	return &store.Actor{
		IRI: iri, Type: typ, Local: true, Handle: handle, Host: n.Host(), URL: n.BaseURL + "/@" + handle,
		Inbox: iri + "/inbox", SharedInbox: n.BaseURL + "/inbox", Outbox: iri + "/outbox",
		Followers: iri + "/followers", Following: iri + "/following",
		// GoToSocial logs an error for every actor that has no featured collection.
		Featured: iri + "/featured",
		Keys:     public, Implements: capabilities,
	}, keys, nil
}

// capabilities are what this node announces that it can do (FEP-844e).
var capabilities = []string{store.RFC9421Spec, store.CatalogSpec}

func (n *Node) actorIRI(handle string) string { return n.BaseURL + "/actors/" + handle }

// nodeHandle is the host without its port: what Mastodon calls its own actor.
func nodeHandle(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// collections are those of a lab beside what ActivityPub names. Mobilizon reads
// them in this order and stops at the first that is missing, so the empty ones
// are there, too.
var collections = []string{"members", "resources", "posts", "todos", "discussions", "events", "featuredCollections", "essaim:catalog"}

// ActorDocument is the document of an actor of this node.
func (n *Node) ActorDocument(tx *store.Txn, a *store.Actor) []byte {
	p := vocab.Profile{TagURL: n.TagURL}
	if a.Type == store.Application {
		a = able(a)
	} else if node, err := tx.Node(); err == nil {
		p.Node = able(node)
	}
	switch a.Type {
	case store.Group:
		p.Collections, p.Lines = collections, n.interestLines(a)
		if n.Discover {
			p.Collections = append(slices.Clone(collections), "essaim:descriptor")
		}
	case store.Person:
		p.Lines = n.profileLines(tx, a)
	}
	return vocab.ActorDocument(a, p)
}

// able is the node's own actor with what this version can do, whatever the one
// could that set it up.
func able(node *store.Actor) *store.Actor {
	now := *node
	now.Implements = capabilities
	return &now
}
