package federation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Config is what a Node is made of.
type Config struct {
	Store   *store.Store
	BaseURL string // scheme and host, without a slash at the end
	Fetch   *fetch.Client
	Keys    *keyring.Ring
	Log     *slog.Logger
	// Words gives the words for a message key in a language: the node writes
	// short notes itself, such as "new stage".
	Words func(lang, key string, args ...any) string
	// Render makes HTML for other servers of a record's Markdown.
	Render func(markdown string) string
	// Text is all by which a search of this node finds a record of its own. Nil: others
	// are not told what can be found here.
	Text func(it store.Item) string
	// Lang is the language of what the node writes itself.
	Lang string
	// Admits says whether a host may federate at all (allow-list mode); nil
	// admits everybody who is not blocked.
	Admits func(host string) bool
	// FollowedOnly admits only the hosts of actors that somebody here follows, or
	// asked to.
	FollowedOnly bool
	// Refuses is why the store takes nothing new at the moment: store.ErrFull,
	// store.ErrBusy, or nil. A nil func never refuses.
	Refuses func() error
	// OpenForm says what happens to what people write without an account.
	OpenForm OpenForm
	// TellGuests writes to a guest of an event that is moved or called off, in the
	// transaction that does it. Nil: guests are not told.
	TellGuests func(tx *store.Txn, e *store.Event, guest *store.Seat, change store.EventChange) error
	// Jobs do the jobs of other kinds than the node's own.
	Jobs map[string]func(ctx context.Context, j *store.Job) error
	// Discover lets the node look for other labs, and tell them of its own.
	Discover bool
	// WatchLinks lets the node look now and then whether there is something still at
	// the addresses that its records name.
	WatchLinks bool
	// Software is what the node runs, for others to read: "essaim 0.1.0".
	Software string
	// Scale stretches the delays between the tries of a job; 0 means 1.
	Scale float64
}

// Node is the door. It is safe for concurrent use.
type Node struct {
	Config
	keys     keyCache
	catalogs *catalog.Client
	refresh  hostLimit // of actors because a signature did not fit
	forwards hostLimit // of objects that are passed on
	threads  hostLimit // of conversations that are read
	strange  hostLimit // of bytes that come from where nobody is followed
	far      *rate.Limiter
	sketched ownSketch
}

// New returns the door of a node.
func New(c Config) *Node {
	if c.Scale == 0 {
		c.Scale = 1
	}
	return &Node{
		Config: c, keys: newKeyCache(), catalogs: catalog.NewClient(c.Fetch, func() time.Time { return c.Store.Now() }),
		refresh: newHostLimit(refreshEvery, refreshBurst), forwards: newHostLimit(forwardEvery, forwardBurst),
		threads: newHostLimit(threadEvery, threadBurst), strange: newHostLimit(strangeEvery, strangeBurst),
		far: newFarLimit(),
	}
}

// A verb does what an activity says, inside its transaction. The activity is
// authorised as far as all verbs have it in common: its actor is who sent it.
type verb func(n *Node, tx *store.Txn, a *Activity) error

// verbOf is the table of all that the node understands; nil is ignored. It is a
// function because some verbs cause others through apply.
func verbOf(name string) verb {
	switch name {
	case "Create":
		return create
	case "Update":
		return update
	case "Delete":
		return remove
	case "Follow":
		return follow
	case "Accept":
		return accept
	case "Reject":
		return reject
	case "Undo":
		return undo
	case "Announce":
		return announce
	case "Like":
		return like
	case "Block":
		return block
	case "Flag":
		return flag
	case "Move":
		return move
	case "Join":
		return join
	case "Leave":
		return leave
	case "Ignore":
		return ignore
	case "FeatureRequest":
		return featureRequest
	case "Add":
		return pin
	case "Remove":
		return unpin
	}
	return nil
}

// Publish applies an activity of this node on behalf of a member. Afterwards
// a.IRI and a.Object are its ids. Errors: ErrForbidden, store.FieldErrors,
// store.ErrNotFound, ErrUnreachable and ErrNotActor for a Follow.
func (n *Node) Publish(ctx context.Context, by store.Viewer, a *Activity) error {
	a.by, a.local = &by, true
	if err := n.gather(ctx, a); err != nil {
		return err
	}
	err := n.run(ctx, a)
	if errors.Is(err, ErrIgnored) {
		return fmt.Errorf("%w: %w", store.ErrNotFound, err) // what it is about is not here
	}
	return err
}

// publishSelf applies an activity that the node itself decided on.
func (n *Node) publishSelf(ctx context.Context, a *Activity) error {
	a.local = true
	return n.run(ctx, a)
}

// Receive applies an activity of another node. signer is the IRI of the actor
// whose key signed the request. Applying it again changes nothing and is no
// error. What somebody passes on for another is not applied: its object is
// fetched, later. Errors: ErrMalformed, ErrForbidden, ErrBlocked, ErrIgnored,
// store.ErrNotFound for an unknown inbox.
func (n *Node) Receive(ctx context.Context, a *Activity, signer string) error {
	if a.Actor != signer && n.forwardable(a) {
		return n.receiveForwarded(ctx, a, signer)
	}
	if err := n.checkReceived(a, signer); err != nil {
		return err
	}
	if err := n.checkAmount(ctx, a); err != nil {
		return err
	}
	return n.run(ctx, a)
}

func (n *Node) run(ctx context.Context, a *Activity) error {
	if err := n.room(a.Verb); err != nil {
		return err
	}
	var applied Activity // a stays as it came: the transaction may run again
	err := n.update(ctx, a.publisher(), func(tx *store.Txn) error {
		applied = *a
		line := deedOf(tx, a)
		if err := n.apply(tx, &applied); err != nil {
			return err
		}
		if line != nil {
			tx.Note(*line)
		}
		n.heed(tx, &applied)
		if a.Then != nil {
			return a.Then(tx)
		}
		return nil
	})
	if errors.Is(err, errSeen) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("apply %s %s: %w", a.Verb, a.IRI, err)
	}
	*a = applied
	return nil
}

// Ready answers store.ErrFull or store.ErrBusy when nothing new can be taken in
// now. Whoever brings much asks before reading it.
func (n *Node) Ready() error {
	if n.Refuses == nil {
		return nil
	}
	return n.Refuses()
}

// room refuses what would fill the store further when it is full. What takes
// something back goes on, or nobody could make room.
func (n *Node) room(verb string) error {
	err := n.Ready()
	if err == nil || takesBack(verb) {
		return nil
	}
	return fmt.Errorf("%s: %w", verb, err)
}

func takesBack(verb string) bool {
	switch verb {
	case "Delete", "Undo", "Reject", "Block", "Remove", "Leave", "Ignore":
		return true
	}
	return false
}

// apply is the one way into the store for everything that is shared.
func (n *Node) apply(tx *store.Txn, a *Activity) error {
	if !a.local && tx.Seen(a.IRI) {
		return errSeen
	}
	do := verbOf(a.Verb)
	if do == nil {
		return fmt.Errorf("%s: %w", a.Verb, ErrIgnored)
	}
	if err := n.begin(tx, a); err != nil {
		return err
	}
	if err := n.authorize(tx, a); err != nil {
		return err
	}
	if err := do(n, tx, a); err != nil {
		return err
	}
	n.keep(tx, a)
	for _, c := range a.causes {
		c.local = true
		if err := n.apply(tx, c); err != nil {
			return fmt.Errorf("cause %s: %w", c.Verb, err)
		}
	}
	return nil
}

// begin finds the actor, and gives an activity of this node its id and its time.
func (n *Node) begin(tx *store.Txn, a *Activity) (err error) {
	a.record, a.open, a.body, a.embed, a.to, a.causes = 0, false, nil, nil, nil, nil
	if a.actor, err = tx.ActorByIRI(a.Actor); err != nil {
		return fmt.Errorf("actor %s: %w", a.Actor, err)
	}
	if a.local {
		a.IRI = n.BaseURL + "/activities/" + tx.NewID().String()
		a.When, a.To, a.Cc = tx.Now(), nil, nil
		return nil
	}
	if a.When.IsZero() || a.When.After(tx.Now()) {
		a.When = tx.Now()
	}
	return nil
}

// keep records the activity and queues its deliveries.
func (n *Node) keep(tx *store.Txn, a *Activity) {
	if a.local && a.body == nil && (a.open || len(a.to) > 0) {
		a.body = n.encode(a)
	}
	row := &store.Activity{
		IRI: a.IRI, Verb: a.Verb, Actor: a.actor.ID, Object: a.Object, Record: a.record,
		Open: a.open, Local: a.local, To: a.To, Cc: a.Cc, When: a.When,
	}
	switch {
	case a.record != 0 && (a.Verb == "Create" || a.Verb == "Update"): // lies with the record
	case a.Verb == "Update" && a.Object == a.Actor: // what was withdrawn is not kept
	case a.local:
		row.Raw = a.body
	default:
		row.Raw = a.Doc.Raw()
	}
	tx.PutActivity(row)
	tx.CountExchange(store.HostOf(a.actor.IRI))
	n.send(tx, a, a.to)
}

// send queues the body of a for others.
func (n *Node) send(tx *store.Txn, a *Activity, to []store.Recipient) {
	tx.Enqueue(store.Outgoing{
		Actor: a.actor.ID, Verb: a.Verb, Object: a.Object, Push: pushHeader(tx, a.actor), Body: a.body,
	}, n.remote(to))
}

// remote leaves out the recipients of this node: they have it already.
func (n *Node) remote(to []store.Recipient) []store.Recipient {
	var away []store.Recipient
	for _, r := range to {
		if r.Inbox != "" && !n.IsLocal(r.Inbox) {
			away = append(away, r)
		}
	}
	return away
}

// encode writes an activity of this node.
func (n *Node) encode(a *Activity) []byte {
	objects := a.Objects
	if len(objects) == 0 {
		objects = []string{a.Object}
	}
	return vocab.Activity{
		Verb: a.Verb, ID: a.IRI, Actor: a.Actor, Objects: objects, Embed: a.embed,
		Target: a.Target, To: a.To, Cc: a.Cc, Content: a.Text, Published: a.When,
	}.Encode()
}

// cause lets another activity follow from the one at hand, in the same transaction
// and after it on the wire: the Accept of a Follow, the note that tells of a new
// stage.
func (a *Activity) cause(c *Activity) { a.causes = append(a.causes, c) }

// IsLocal says whether an IRI is one of this node's, however its origin is spelt.
func (n *Node) IsLocal(iri string) bool {
	return strings.HasPrefix(iri, n.BaseURL+"/") || store.SameOrigin(iri, n.BaseURL)
}

// Host is the host of this node's handles, with its port if it has one.
func (n *Node) Host() string { return store.HostOf(n.BaseURL) }

// admits says whether a host may take part at all.
func (n *Node) admits(tx *store.Txn, host string) bool {
	if tx.HostBlocked(host) || tx.OffList(host) || n.Admits != nil && !n.Admits(host) {
		return false
	}
	return !n.FollowedOnly && !tx.FollowsOnly() || tx.FollowsOn(host)
}

// scaled is a delay of the schedule in this node's time.
func (n *Node) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * n.Scale)
}
