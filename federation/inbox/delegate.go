package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-fed/activity/pub"
	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// call carries an activity around go-fed, which only has room for its own types,
// and brings back what became of it.
type call struct {
	activity *federation.Activity
	signer   string        // of a POST to an inbox
	by       *store.Viewer // of a POST to an outbox
	reached  bool          // go-fed handed it on
}

type callKey struct{}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// receive runs go-fed's inbox algorithm on the envelope of an activity. What
// go-fed has no type for is nothing that this node understands.
func (f *Front) receive(ctx context.Context, a *federation.Activity, signer string) error {
	c := &call{activity: a, signer: signer}
	err := f.through(ctx, c, a.Doc.Envelope(), f.actor.PostInbox)
	switch {
	case err == nil && a.IRI == "":
		return fmt.Errorf("activity without a usable id: %w", federation.ErrMalformed)
	case err == nil && !c.reached:
		return fmt.Errorf("activity %s of type %q: %w", a.IRI, a.Verb, federation.ErrIgnored)
	}
	return err
}

type step func(context.Context, http.ResponseWriter, *http.Request) (bool, error)

// through calls a step of go-fed with a request of our making. Its parser panics
// on some values that the envelope should not have; one that gets through is the
// sender's mistake.
func (f *Front) through(ctx context.Context, c *call, body []byte, do step) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if c.reached {
				panic(p) // ours, not go-fed's
			}
			err = fmt.Errorf("go-fed: %v: %w", p, federation.ErrMalformed)
		}
	}()
	ctx = context.WithValue(ctx, callKey{}, c)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.Node.BaseURL+"/inbox", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/activity+json")
	_, err = do(ctx, discard{http.Header{}}, r)
	if err != nil && !c.reached {
		return fmt.Errorf("go-fed: %w: %w", err, federation.ErrMalformed)
	}
	return err
}

// discard takes go-fed's answers: the caller writes the real one.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// delegate is go-fed's DelegateActor on our door. Who sent the request was
// established before go-fed was called; the steps below only pass it on.
type delegate struct{ node *federation.Node }

var _ pub.DelegateActor = delegate{}

func (d delegate) PostInboxRequestBodyHook(ctx context.Context, _ *http.Request, _ pub.Activity) (context.Context, error) {
	return ctx, nil
}

func (d delegate) AuthenticatePostInbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, callOf(ctx).signer != "", nil
}

func (d delegate) AuthorizePostInbox(context.Context, http.ResponseWriter, pub.Activity) (bool, error) {
	return true, nil // blocks are judged by apply, in the transaction
}

// PostInbox brings the activity to the door.
func (d delegate) PostInbox(ctx context.Context, _ *url.URL, _ pub.Activity) error {
	c := callOf(ctx)
	c.reached = true
	return d.node.Receive(ctx, c.activity, c.signer)
}

// InboxForwarding does nothing (ActivityPub §7.1.2): others read the replies
// collection of what they are interested in.
func (d delegate) InboxForwarding(context.Context, *url.URL, pub.Activity) error { return nil }

func (d delegate) AuthenticatePostOutbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, callOf(ctx).by != nil, nil
}

func (d delegate) PostOutboxRequestBodyHook(ctx context.Context, _ *http.Request, _ vocab.Type) (context.Context, error) {
	return ctx, nil
}

// WrapInCreate: a bare object is a Create (ActivityPub §6.2.1). FromClient made
// one already; go-fed needs to see it.
func (d delegate) WrapInCreate(context.Context, vocab.Type, *url.URL) (vocab.ActivityStreamsCreate, error) {
	return streams.NewActivityStreamsCreate(), nil
}

func (d delegate) AddNewIDs(context.Context, pub.Activity) error { return nil } // the door gives ids

// PostOutbox brings a member's activity to the door. Delivery is the door's, too.
func (d delegate) PostOutbox(ctx context.Context, a pub.Activity, _ *url.URL, _ map[string]any) (bool, error) {
	c := callOf(ctx)
	c.reached = true
	if err := d.node.Publish(ctx, *c.by, c.activity); err != nil {
		return false, err
	}
	iri, err := url.Parse(c.activity.IRI)
	if err != nil {
		return false, err
	}
	id := streams.NewJSONLDIdProperty()
	id.Set(iri)
	a.SetJSONLDId(id)
	return false, nil
}

func (d delegate) Deliver(context.Context, *url.URL, pub.Activity) error { return nil }

// Collections are served by web/activitypub: go-fed's page type cannot express
// their root.
var errNotServed = errors.New("collections are not served through go-fed")

func (d delegate) AuthenticateGetInbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, nil
}

func (d delegate) AuthenticateGetOutbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, nil
}

func (d delegate) GetOutbox(context.Context, *http.Request) (vocab.ActivityStreamsOrderedCollectionPage, error) {
	return nil, errNotServed
}

func (d delegate) GetInbox(context.Context, *http.Request) (vocab.ActivityStreamsOrderedCollectionPage, error) {
	return nil, errNotServed
}
