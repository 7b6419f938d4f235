// Package inbox is the front of the door on the wire: it takes the POSTs to
// inboxes and outboxes, lets only those through that are well formed, signed and
// within the limits, and hands them over go-fed's pub actor to Node.Receive and
// Node.Publish.
//
// go-fed sees a normalised envelope of the document and decides nothing but the
// order of the steps; every rule is federation's. See wire facts in
// federation/vocab for why its parser is not given the body itself.
//
// Specifications: ActivityPub §6 and §7; draft-cavage-http-signatures-12; RFC 9421.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/go-fed/activity/pub"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

var (
	// ErrMediaType: the body is not announced as a document we read. HTTP 415.
	ErrMediaType = errors.New("unsupported media type")
	// ErrTooMany: the host that signed sends too much. HTTP 429.
	ErrTooMany = errors.New("too many activities")
)

// Config is what a Front needs.
type Config struct {
	Node    *federation.Node
	Policy  httpsig.Policy
	MaxBody int64 // bytes; 0: 1 MiB
	Now     func() time.Time
	// Alive is told every host that sent a valid signature. May be nil.
	Alive func(host string)
	// Allow says whether a host may send one more activity now. May be nil.
	Allow func(host string) bool
	// Rejects counts what is not taken. May be nil.
	Rejects *Rejects
}

// Front takes activities in. It is safe for concurrent use.
type Front struct {
	Config
	actor pub.FederatingActor
}

// New returns a Front.
func New(c Config) *Front {
	if c.MaxBody == 0 {
		c.MaxBody = 1 << 20
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Front{Config: c, actor: pub.NewCustomActor(delegate{c.Node}, true, true, clock(c.Now))}
}

type clock func() time.Time

func (c clock) Now() time.Time { return c() }

// PostInbox takes an activity of another node. inbox is the IRI of the local
// actor whose inbox it was posted to, or empty for the shared one. nil means 202:
// it was applied, had been before, or is of no interest here. While the store
// takes nothing new that is said before anything is read or verified: senders
// come again.
func (f *Front) PostInbox(w http.ResponseWriter, r *http.Request, inbox string) error {
	return f.Refused(r, f.postInbox(w, r, inbox))
}

func (f *Front) postInbox(w http.ResponseWriter, r *http.Request, inbox string) error {
	if err := f.Node.Ready(); err != nil {
		return err
	}
	if err := checkMediaType(r); err != nil {
		return err
	}
	sig, err := f.Policy.Parse(r, f.Now())
	if err != nil {
		return err
	}
	doc, body, err := f.read(w, r)
	if err != nil {
		return err
	}
	if err := sig.VerifyBody(body); err != nil {
		return err
	}
	a := federation.Received(doc, inbox)
	a.Push = catalog.ParsePush(r.Header.Get(catalog.PushHeader))
	if f.moot(r.Context(), a) {
		return nil
	}
	signer, err := f.Node.Verify(r.Context(), sig)
	if err != nil {
		return err
	}
	if err := f.admit(signer); err != nil {
		return err
	}
	err = f.receive(r.Context(), a, signer.IRI)
	if errors.Is(err, federation.ErrIgnored) {
		return nil
	}
	return err
}

// admit tells delivery that the host lives, and keeps a flood out.
func (f *Front) admit(signer *store.Actor) error {
	f.alive(signer)
	if host := store.HostOf(signer.IRI); f.Allow != nil && !f.Allow(host) {
		return fmt.Errorf("host %s: %w", host, ErrTooMany)
	}
	return nil
}

// alive tells delivery that a host lives: any valid signed request says so.
func (f *Front) alive(signer *store.Actor) {
	if f.Alive != nil {
		f.Alive(store.HostOf(signer.IRI))
	}
}

// Viewer says who signed a GET: nobody when it is not signed.
func (f *Front) Viewer(r *http.Request) (store.Viewer, error) {
	if r.Header.Get("Signature") == "" && r.Header.Get("Authorization") == "" {
		return store.Viewer{}, nil
	}
	sig, err := f.Policy.Parse(r, f.Now())
	if errors.Is(err, httpsig.ErrUnsigned) {
		return store.Viewer{}, nil
	}
	if err != nil {
		return store.Viewer{}, err
	}
	actor, err := f.Node.Verify(r.Context(), sig)
	if err != nil {
		return store.Viewer{}, err
	}
	v, err := f.admitViewer(r.Context(), actor)
	if err == nil {
		f.alive(actor)
	}
	return v, err
}

// admitViewer keeps out whom the lab keeps away. Hosts that are blocked do not get
// this far.
func (f *Front) admitViewer(ctx context.Context, actor *store.Actor) (v store.Viewer, err error) {
	err = f.Node.Store.View(ctx, func(tx *store.Txn) error {
		if tx.BlockedHere(actor.ID) {
			return fmt.Errorf("actor %s: %w", actor.IRI, federation.ErrBlocked)
		}
		v = tx.ViewerElsewhere(actor)
		return nil
	})
	return v, err
}

// checkMediaType takes what peers send (ActivityPub §7): either type, with any
// parameters, and plain JSON; never compressed, since nobody does that and bombs
// are made of it.
func checkMediaType(r *http.Request) error {
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return fmt.Errorf("content encoding %q: %w", e, ErrMediaType)
	}
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil {
		switch t {
		case "application/activity+json", "application/ld+json", "application/json":
			return nil
		}
	}
	return fmt.Errorf("content type %q: %w", r.Header.Get("Content-Type"), ErrMediaType)
}

// read reads a body within the limit.
func (f *Front) read(w http.ResponseWriter, r *http.Request) (vocab.Doc, []byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, f.MaxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return vocab.Doc{}, nil, err
		}
		return vocab.Doc{}, nil, fmt.Errorf("%w: read body: %w", federation.ErrMalformed, err)
	}
	doc, err := vocab.Parse(body)
	return doc, body, err
}

// moot says that an actor tells of its own end, or of a change, of whom nothing is
// here: every account that is deleted anywhere reaches every node, and its key can
// no longer be had.
func (f *Front) moot(ctx context.Context, a *federation.Activity) bool {
	if a.Verb != "Delete" && a.Verb != "Update" || a.Object == "" || a.Object != a.Actor {
		return false
	}
	err := f.Node.Store.View(ctx, func(tx *store.Txn) error {
		actor, err := tx.ActorByIRI(a.Actor)
		if err == nil && !actor.Deleted.IsZero() {
			return store.ErrNotFound
		}
		return err
	})
	return errors.Is(err, store.ErrNotFound)
}
