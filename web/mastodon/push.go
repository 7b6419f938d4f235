package mastodon

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// PushSubscription is where an app gets what its member is told.
type PushSubscription struct {
	ID        string          `json:"id"`
	Standard  bool            `json:"standard"`
	Endpoint  string          `json:"endpoint"`
	ServerKey string          `json:"server_key"`
	Alerts    map[string]bool `json:"alerts"`
	Policy    string          `json:"policy"`
}

var alertTypes = []string{
	"mention", "quote", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quoted_update",
	"admin.sign_up", "admin.report",
}

var pushPolicies = []string{"all", "followed", "follower", "none"}

func (c *call) pushEntity(p *store.Push, serverKey string) PushSubscription {
	alerts := map[string]bool{}
	for _, name := range alertTypes {
		alerts[name] = p.Alerts[name]
	}
	return PushSubscription{ID: p.ID.String(), Standard: true, Endpoint: p.Endpoint, ServerKey: serverKey, Alerts: alerts, Policy: p.Policy}
}

// subscription is GET /api/v1/push/subscription.
func subscription(c *call) (any, error) {
	var p *store.Push
	err := c.view(func(tx *store.Txn) (err error) {
		p, err = tx.Push(c.actor.ID, store.HashSecret(c.secret))
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.pushEntity(p, c.hub.publicKey()), nil
}

// subscribe is POST /api/v1/push/subscription.
func subscribe(c *call) (any, error) {
	p := &store.Push{
		Actor: c.actor.ID, Token: store.HashSecret(c.secret), Endpoint: c.str("subscription[endpoint]"),
		Key: c.str("subscription[keys][p256dh]"), Auth: c.str("subscription[keys][auth]"),
	}
	c.fillPush(p)
	if err := c.checkPush(p); err != nil {
		return nil, err
	}
	err := c.keep(func(tx *store.Txn) error {
		p.ID = 0
		tx.PutPush(p)
		return nil
	})
	return c.pushEntity(p, c.hub.publicKey()), err
}

func (c *call) checkPush(p *store.Push) error {
	if origin := store.Origin(p.Endpoint); origin == "" || len(p.Endpoint) > 2000 {
		return invalid("Endpoint is not an address")
	}
	if _, err := seal(p, []byte("{}")); err != nil {
		return invalid("Keys are not valid")
	}
	return nil
}

// changeSubscription is PUT /api/v1/push/subscription.
func changeSubscription(c *call) (any, error) {
	var p *store.Push
	err := c.keep(func(tx *store.Txn) (err error) {
		if p, err = tx.Push(c.actor.ID, store.HashSecret(c.secret)); err != nil {
			return err
		}
		c.fillPush(p)
		tx.PutPush(p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.pushEntity(p, c.hub.publicKey()), nil
}

func (c *call) fillPush(p *store.Push) {
	p.Alerts = map[string]bool{}
	for _, name := range alertTypes {
		p.Alerts[name] = c.flag("data[alerts][" + name + "]")
	}
	p.Policy = c.str("data[policy]")
	if p.Policy == "" {
		p.Policy = c.str("policy")
	}
	if !slices.Contains(pushPolicies, p.Policy) {
		p.Policy = "all"
	}
}

// unsubscribe is DELETE /api/v1/push/subscription.
func unsubscribe(c *call) (any, error) {
	return empty{}, c.keep(func(tx *store.Txn) error {
		tx.DeletePush(c.actor.ID, store.HashSecret(c.secret))
		return nil
	})
}

// pusher sends notices to apps, a few at once, without holding up the streams.
type pusher struct {
	api   *API
	group errgroup.Group
}

const (
	pushesAtOnce = 8
	pushTime     = 20 * time.Second
	pushLife     = 48 * time.Hour // how long a push service keeps what it cannot deliver
	pushText     = 160            // characters of a body
)

func newPusher(d *API) *pusher {
	p := &pusher{api: d}
	p.group.SetLimit(pushesAtOnce)
	return p
}

func (p *pusher) wait() { _ = p.group.Wait() } // its functions return no errors

// parcel is one notice for one app.
type parcel struct {
	to   *store.Push
	body []byte
}

// dispatch sends what members are told to those of their apps that want it.
func (p *pusher) dispatch(ctx context.Context, events []event) {
	var parcels []parcel
	err := p.api.Node.Store.View(ctx, func(tx *store.Txn) error {
		parcels = parcels[:0]
		for _, e := range events {
			if e.Table == store.ChangeNotice {
				parcels = append(parcels, p.parcels(tx, e.Row)...)
			}
		}
		return nil
	})
	if err != nil {
		return // the hub meets the same error, and says so
	}
	for _, parcel := range parcels {
		p.group.Go(func() error {
			p.send(context.WithoutCancel(ctx), parcel)
			return nil
		})
	}
}

// pushed is what an app gets. Mastodon's access_token is not in it: the store knows
// tokens by their hashes alone.
type pushed struct {
	PreferredLocale  string `json:"preferred_locale"`
	NotificationID   string `json:"notification_id"`
	NotificationType string `json:"notification_type"`
	Icon             string `json:"icon"`
	Title            string `json:"title"`
	Body             string `json:"body"`
}

// parcels are the apps that a notice goes to.
func (p *pusher) parcels(tx *store.Txn, id store.ID) []parcel {
	var all []parcel
	for account := range tx.Accounts() {
		for to := range tx.Pushes(account.Actor) {
			c := &call{API: p.api, account: account}
			var err error
			if c.actor, err = tx.Actor(account.Actor); err != nil {
				continue
			}
			c.viewer = tx.ViewerOf(c.actor, account.Role)
			if body := c.pushedAs(tx, to, id); body != nil {
				all = append(all, parcel{to, body})
			}
		}
	}
	return all
}

// pushedAs is a notice as an app gets it, or nil when it does not want it.
func (c *call) pushedAs(tx *store.Txn, to *store.Push, id store.ID) []byte {
	n, err := tx.Notice(c.told(tx), id)
	if err != nil || !to.Alerts[noticeTypes[n.Kind]] || !pushWanted(tx, to, n) {
		return nil
	}
	e := c.reading(tx, "notifications").notification(n)
	if e == nil {
		return nil
	}
	out := pushed{
		PreferredLocale: string(c.lang()), NotificationID: e.ID, NotificationType: e.Type, Icon: e.Account.Avatar,
		Title: c.t("client.push."+e.Type, "Name", e.Account.DisplayName), Body: markup.Excerpt(markup.Plain(e.Account.Note), pushText),
	}
	if e.Status != nil {
		out.Body = markup.Excerpt(markup.Plain(e.Status.Content), pushText)
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // a text of our own
	}
	return b
}

func pushWanted(tx *store.Txn, to *store.Push, n *store.Notice) bool {
	switch to.Policy {
	case "followed":
		return tx.Follows(to.Actor, n.Actor)
	case "follower":
		return tx.Follows(n.Actor, to.Actor)
	case "none":
		return false
	}
	return true
}

// send posts one message (RFC 8030 §5). A subscription that is gone is forgotten.
func (p *pusher) send(ctx context.Context, m parcel) {
	ctx, cancel := context.WithTimeout(ctx, pushTime)
	defer cancel()
	sealed, err := seal(m.to, m.body)
	if err != nil {
		return // checked when it was made
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.to.Endpoint, bytes.NewReader(sealed))
	if err != nil {
		return // so was this
	}
	h := req.Header
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Encoding", "aes128gcm")
	h.Set("TTL", strconv.Itoa(int(pushLife/time.Second)))
	h.Set("Urgency", "normal")
	h.Set("Authorization", p.api.hub.vapid().authorization(p.api.Node.BaseURL, m.to.Endpoint, p.api.Node.Store.Now()))
	res, err := p.api.Node.Fetch.Post(ctx, req)
	if err != nil {
		p.api.Log.Debug("push", "host", store.HostOf(m.to.Endpoint), "err", err)
		return
	}
	if res.Status == http.StatusNotFound || res.Status == http.StatusGone {
		err = p.api.Node.Store.Update(ctx, func(tx *store.Txn) error {
			tx.DeletePush(m.to.Actor, m.to.Token)
			return nil
		})
	}
	if err != nil {
		p.api.Log.Warn("forget push subscription", "err", err)
	}
}

// decode64 reads base64url with or without padding: apps send both, and some the
// other alphabet.
func decode64(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "="))
	return base64.RawURLEncoding.DecodeString(s)
}
