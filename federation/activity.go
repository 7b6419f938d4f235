package federation

import (
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Activity is who does what to what, as it comes to the door. A caller of Publish
// fills in Verb, Actor and what the verb needs; the door adds the rest.
type Activity struct {
	IRI     string
	Verb    string
	Actor   string       // IRI
	Object  string       // IRI of what it is about
	Objects []string     // Flag: the actor, then its records
	Target  string       // Add, Remove: a collection. Move: the new actor
	Item    store.Item   // Create, Update of a record of this node
	Profile *store.Actor // Update of an actor of this node
	Text    string       // Flag: the complaint
	Act     string       // Update of the record Object: by one of its kind's acts (store.Actable)
	To, Cc  []string
	When    time.Time

	// Host says how a Block of a whole host is meant. Neither it nor its Undo counts
	// without: both are decided where a fresh proof is asked for, and by no app.
	Host *store.DomainBlock
	// Contribution comes with a record through the open form: its author's address
	// and edit links. With an Update by an edit link, it brings the answer to a question.
	Contribution *store.Contribution
	// Then is done in the transaction of the activity, once it was applied. May be
	// nil. It may run again, and changes nothing but its transaction.
	Then func(tx *store.Txn) error

	// Doc is the activity as it was received; zero for one of this node.
	Doc vocab.Doc
	// Push is what came with it about the catalogue of its actor; may be nil.
	Push *catalog.Push
	// Wants narrows what is copied of who is followed by a Follow of this node.
	Wants store.Selection
	// Inbox is the IRI of the local actor whose own inbox it came to; empty for
	// the shared one.
	Inbox string

	by     *store.Viewer // who publishes; nil: the node itself, or another node
	local  bool
	flag   bool // it answers a complaint
	shows  bool // it answers a FeatureRequest; Target is then where the consent is
	actor  *store.Actor
	record store.ID // the record that it is about
	open   bool     // everybody may see it
	body   []byte   // as it goes out
	embed  []byte   // the object, written out
	to     []store.Recipient
	causes []*Activity // what follows from it
}

// Received reads an activity of another node. inbox is the IRI of the local actor
// whose own inbox it came to, or empty.
func Received(doc vocab.Doc, inbox string) *Activity {
	a := &Activity{
		IRI: doc.ID(), Verb: doc.Verb(), Actor: doc.IRI("actor"),
		Object: doc.IRI("object"), Objects: doc.IRIs("object"), Target: doc.IRI("target"),
		Text: doc.Str("content"), To: doc.IRIs("to"), Cc: doc.IRIs("cc"),
		Doc: doc, Inbox: inbox,
	}
	a.When, _ = doc.Time("published")
	return a
}

// object is the object as it is embedded in a received activity; zero when only
// its IRI was given.
func (a *Activity) object() vocab.Doc { return a.Doc.Doc("object") }
