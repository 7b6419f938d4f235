package delivery

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

const (
	slowAfter = time.Second // a request that takes longer gives its slot back
	mediaType = "application/activity+json"
)

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

// ways returns the ways to sign for a host, in the order in which they are tried:
// what worked last, else Ed25519 to nodes that announce it, else draft-cavage,
// which nearly all understand. Some announce RFC 9421 and show an Ed25519 key that
// they use for proofs only, so RSA follows.
func (w *Worker) ways(ctx context.Context, l *lane, in *store.Inbox) []way {
	switch {
	case l.Scheme == rfc9421Way.name:
		return []way{rfc9421Way, cavageWay}
	case l.Scheme == cavageWay.name:
		return []way{cavageWay, rfc9421Way}
	case l.Scheme == ed25519Way.name, w.takesEd25519(ctx, in):
		return []way{ed25519Way, rfc9421Way, cavageWay}
	}
	return []way{cavageWay, rfc9421Way}
}

func (w *Worker) takesEd25519(ctx context.Context, in *store.Inbox) bool {
	return w.receiver(ctx, in).TakesEd25519()
}

// push is what goes with an entry about the catalogue of its actor, to those who
// read catalogues.
func (w *Worker) push(ctx context.Context, e *entry, in *store.Inbox) string {
	if e.Push == "" || !w.receiver(ctx, in).TakesCatalog() {
		return ""
	}
	return e.Push
}

// receiver is the actor that an inbox was first used for; empty when it is not
// known, which means that it can nothing.
func (w *Worker) receiver(ctx context.Context, in *store.Inbox) *store.Actor {
	actor := new(store.Actor)
	_ = w.Store.View(ctx, func(tx *store.Txn) error {
		if a, err := tx.Actor(in.Actor); err == nil {
			actor = a
		}
		return nil
	})
	return actor
}

// letter is what is posted, where to, and how it is signed.
type letter struct {
	body   []byte
	push   string // catalog.PushHeader; empty: none
	to     string
	signer httpsig.Signer
	scheme httpsig.Scheme
}

// post makes one request, signed for this very try. An error is our own.
func (w *Worker) post(ctx context.Context, l *lane, t letter) (failure, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.to, bytes.NewReader(t.body))
	if err != nil {
		return failure{class: "address", dropped: true}, nil //nolint:nilerr // the address is wrong, not we
	}
	req.Header.Set("Content-Type", mediaType)
	if t.push != "" {
		req.Header.Set(catalog.PushHeader, t.push)
	}
	if err := t.signer.Sign(req, t.body, t.scheme, w.Store.Now()); err != nil {
		return failure{}, err
	}
	return judge(w.patiently(ctx, l, req)), nil
}

// patiently waits for the answer; when that takes long, the lane gives its slot
// to another host, so that hosts that hang do not delay those that answer.
func (w *Worker) patiently(ctx context.Context, l *lane, req *http.Request) (*fetch.Response, error) {
	if l.sick || l.handedOn {
		return w.Post.Post(ctx, req)
	}
	done := make(chan struct{})
	timer := time.AfterFunc(slowAfter, func() {
		defer close(done)
		w.handOn(l)
	})
	res, err := w.Post.Post(ctx, req)
	if !timer.Stop() {
		<-done
	}
	return res, err
}

// handOn gives the lane's slot back, unless too many are slow already. The
// goroutine of Run takes from fast until the last lane has come back.
func (w *Worker) handOn(l *lane) {
	select {
	case w.slow <- struct{}{}:
		l.handedOn = true
		w.fast <- struct{}{}
	default:
	}
}
