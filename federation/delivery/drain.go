package delivery

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

const (
	drainEntries = 64          // then the cursor is saved and others get their turn
	slowAfter    = time.Second // a request that takes longer gives its slot back
	mediaType    = "application/activity+json"
)

// drain delivers what waits for a host, in order, until nothing waits, the host
// fails, or others shall have their turn.
func (w *Worker) drain(ctx context.Context, l *lane) {
	for l.sent < drainEntries {
		e, err := w.log.next(ctx, l.Cursor, l.Host)
		if err != nil {
			l.left = true
			w.fail(l, failure{class: "internal"})
			return
		}
		if e == nil {
			return
		}
		if !w.deliver(ctx, l, e) {
			l.left = l.State != store.Lost
			return
		}
		l.Cursor = e.Seq
		l.sent++
	}
	l.left = true
}

// deliver posts an entry to the host's inboxes and says whether the host is done
// with it.
func (w *Worker) deliver(ctx context.Context, l *lane, e *entry) bool {
	for _, in := range e.at(l.Host) {
		f := w.attempt(ctx, l, e, in)
		switch {
		case ctx.Err() != nil:
			return false // we stop; the host did nothing wrong
		case f.gone && w.dropInbox(ctx, in):
		case f.dropped:
			l.Dropped++
			l.Error, l.Status = f.class, f.status
		case f.class != "":
			w.fail(l, f)
			return false
		default:
			w.succeed(l)
		}
	}
	return true
}

func (w *Worker) dropInbox(ctx context.Context, in *store.Inbox) bool {
	personal := false
	err := w.Store.Update(ctx, func(tx *store.Txn) error {
		personal = tx.DropInbox(in)
		return nil
	})
	return err == nil && personal
}

// attempt posts one activity to one inbox. A 401 is answered by one more try
// that is signed in another way; what works is remembered.
func (w *Worker) attempt(ctx context.Context, l *lane, e *entry, in *store.Inbox) failure {
	pair, err := w.Keys.Pair(ctx, e.Actor)
	if err != nil {
		return failure{class: "unsigned", dropped: true}
	}
	var f failure
	for _, way := range w.ways(ctx, l, in) {
		f = w.post(ctx, l, e, in, way.of(pair), way.scheme)
		if f.status != http.StatusUnauthorized {
			if f.class == "" {
				l.Scheme = way.name
			}
			return f
		}
	}
	return f
}

// way is a way to sign.
type way struct {
	name   string
	scheme httpsig.Scheme
	of     func(*keyring.Pair) httpsig.Signer
}

var (
	ed25519Way = way{"ed25519", httpsig.RFC9421, func(p *keyring.Pair) httpsig.Signer { return p.Ed25519 }}
	cavageWay  = way{"cavage", httpsig.Cavage, func(p *keyring.Pair) httpsig.Signer { return p.RSA }}
	rfc9421Way = way{"rfc9421", httpsig.RFC9421, func(p *keyring.Pair) httpsig.Signer { return p.RSA }}
)

// ways returns two ways to sign for a host: what worked last, else Ed25519 to
// nodes that announce it, else draft-cavage, which nearly all understand.
func (w *Worker) ways(ctx context.Context, l *lane, in *store.Inbox) []way {
	switch {
	case l.Scheme == rfc9421Way.name:
		return []way{rfc9421Way, cavageWay}
	case l.Scheme == cavageWay.name:
		return []way{cavageWay, rfc9421Way}
	case l.Scheme == ed25519Way.name, w.takesEd25519(ctx, in):
		return []way{ed25519Way, cavageWay}
	}
	return []way{cavageWay, rfc9421Way}
}

func (w *Worker) takesEd25519(ctx context.Context, in *store.Inbox) bool {
	takes := false
	_ = w.Store.View(ctx, func(tx *store.Txn) error { // not to know means no
		a, err := tx.Actor(in.Actor)
		takes = err == nil && a.TakesEd25519()
		return nil
	})
	return takes
}

// post makes one request.
func (w *Worker) post(ctx context.Context, l *lane, e *entry, in *store.Inbox, s httpsig.Signer, scheme httpsig.Scheme) failure {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, in.URL, bytes.NewReader(e.Body))
	if err != nil {
		return failure{class: "address", dropped: true}
	}
	req.Header.Set("Content-Type", mediaType)
	if err := s.Sign(req, e.Body, scheme, w.Store.Now()); err != nil {
		w.Log.Error("sign delivery", "host", l.Host, "err", err)
		return failure{class: "unsigned", dropped: true}
	}
	res, err := w.patiently(ctx, l, req)
	return judge(res, err)
}

// patiently waits for the answer; when that takes long, the lane gives its slot
// to another host, so that hosts that hang do not delay those that answer.
func (w *Worker) patiently(ctx context.Context, l *lane, req *http.Request) (res *fetch.Response, err error) {
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		res, err = w.Post.Post(ctx, req)
	}()
	if !l.sick && !l.handedOn {
		timer := time.NewTimer(slowAfter)
		defer timer.Stop()
		select {
		case <-answered:
			return res, err
		case <-timer.C:
			w.handOn(l)
		}
	}
	<-answered
	return res, err
}

func (w *Worker) handOn(l *lane) {
	select {
	case w.slow <- struct{}{}:
		l.handedOn = true
		w.fast <- struct{}{}
	default: // too many are slow already
	}
}
