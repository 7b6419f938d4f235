package mastodon

import (
	"encoding/json"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// painter writes events for listeners in one transaction: what is the same for
// several of them is written once.
type painter struct {
	tx       *store.Txn
	viewers  map[string]*call // by token; of none, anybody
	readings map[string]*reading
	painted  map[string]string // payloads
}

func newPainter(tx *store.Txn) *painter {
	return &painter{tx: tx, viewers: map[string]*call{}, readings: map[string]*reading{}, painted: map[string]string{}}
}

// viewer is who listens as things stand now, or nil when the token was revoked.
func (p *painter) viewer(l *listener) *call {
	c, known := p.viewers[l.secret]
	if known {
		return c
	}
	c = &call{API: l.api, secret: l.secret, viewer: anybody}
	if l.secret != "" && c.recognise(p.tx) != nil {
		c = nil
	}
	p.viewers[l.secret] = c
	return c
}

func (p *painter) reading(c *call, context string) *reading {
	k := c.whose() + context
	if p.readings[k] == nil {
		p.readings[k] = c.reading(p.tx, context)
	}
	return p.readings[k]
}

// whose names the member in caches.
func (c *call) whose() string {
	if c.actor == nil {
		return "-"
	}
	return c.actor.ID.String()
}

// message is an event as a listener gets it, or nil when it is none of his.
func (p *painter) message(c *call, l *listener, e event) *message {
	if e.Table == store.ChangeNotice {
		return p.notice(c, l, e)
	}
	if e.Op == store.Deleted && c.actor == nil && p.wasNarrow(c, e.Row) {
		return nil
	}
	if e.Op == store.Deleted {
		return &message{Stream: l.any(), Event: "delete", Payload: e.Row.String()}
	}
	if m := p.direct(c, l, e); m != nil {
		return m
	}
	stream, context := p.stream(c, l, e)
	if stream == nil {
		return nil
	}
	rd := p.reading(c, context)
	if !c.viewer.CanSee(e.entry.Item.Envelope()) || rd.hides(e.entry) {
		return nil
	}
	payload := p.paint(e.Row.String()+" "+c.whose()+context, func() any {
		if s := rd.entry(e.entry); s != nil {
			return s
		}
		return nil
	})
	if payload == "" {
		return nil
	}
	name := "update"
	if e.Op == store.Updated {
		name = "status.update"
	}
	return &message{Stream: stream, Event: name, Payload: payload}
}

// wasNarrow says whether a record of this node that is no more was not for everybody.
func (p *painter) wasNarrow(c *call, row store.ID) bool {
	ts := p.tx.Tombstone(c.Node.BaseURL + "/o/" + row.String())
	return ts != nil && !ts.Public
}

// direct is an event in a conversation, for who listens to these.
func (p *painter) direct(c *call, l *listener, e event) *message {
	stream := l.first("direct")
	if stream == nil || e.entry.By != 0 || e.entry.Item.Envelope().Audience != store.Named {
		return nil
	}
	talk, err := p.tx.Talk(c.actor.ID, rootID(e.entry.Item.Envelope()))
	if err != nil {
		return nil
	}
	payload := p.paint("talk "+talk.Root.String()+" "+c.whose(), func() any {
		if e := p.reading(c, "").conversation(talk); e != nil {
			return e
		}
		return nil
	})
	if payload == "" {
		return nil
	}
	return &message{Stream: stream, Event: "conversation", Payload: payload}
}

func (p *painter) notice(c *call, l *listener, e event) *message {
	stream := l.first("user", "user:notification")
	if stream == nil || c.actor == nil {
		return nil
	}
	n, err := p.tx.Notice(c.told(p.tx), e.Row)
	if err != nil {
		return nil
	}
	payload := p.paint("notice "+e.Row.String()+" "+c.whose(), func() any {
		if n := p.reading(c, "notifications").notification(n); n != nil {
			return n
		}
		return nil
	})
	if payload == "" {
		return nil
	}
	return &message{Stream: stream, Event: "notification", Payload: payload}
}

func (p *painter) paint(key string, write func() any) string {
	if s, ok := p.painted[key]; ok {
		return s
	}
	var s string
	if v := write(); v != nil {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // an entity of our own
		}
		s = string(b)
	}
	p.painted[key] = s
	return s
}

// stream is the first of a listener's streams that an event belongs to, and the
// context of its filters; nil: none.
func (p *painter) stream(c *call, l *listener, e event) (stream []string, context string) {
	if s := l.first("user"); s != nil && p.isHome(c, e.entry) {
		return s, "home"
	}
	r := e.entry.Item.Envelope()
	if e.entry.By == 0 && p.tx.InPublic(r) {
		if s := l.first(publicStreams(r)...); s != nil {
			return s, "public"
		}
	}
	if e.entry.By == 0 && r.Audience == store.Public {
		for _, tag := range r.Hashtags() {
			if s := l.first(tagStreams(vocab.FoldHashtag(tag), r.Remote)...); s != nil {
				return s, "public"
			}
		}
	}
	return p.list(c, l, e.entry), "home"
}

func (p *painter) isHome(c *call, e store.Entry) bool {
	if c.actor == nil {
		return false
	}
	for _, actor := range c.homes(p.tx) {
		if p.tx.InHome(actor, e.ID) {
			return p.reading(c, "home").notApart()(e)
		}
	}
	return false
}

// publicStreams are those that a public record belongs to.
func publicStreams(r *store.Record) []string {
	names := []string{"public", "public:local"}
	if r.Remote {
		names[1] = "public:remote"
	}
	if r.Image != nil {
		names = append(names, "public:media", names[1]+":media")
	}
	return names
}

func tagStreams(tag string, remote bool) []string {
	names := []string{"hashtag " + tag}
	if !remote {
		names = append(names, "hashtag:local "+tag)
	}
	return names
}

// list is the stream of a list that holds who published the entry.
func (p *painter) list(c *call, l *listener, e store.Entry) []string {
	if c.actor == nil {
		return nil
	}
	author := e.By
	if author == 0 {
		a, err := p.tx.ActorByIRI(e.Item.Envelope().Lab)
		if err != nil {
			return nil
		}
		author = a.ID
	}
	for _, id := range l.lists() {
		if list, err := p.tx.List(c.actor.ID, id); err == nil && list.Has(author) && p.reading(c, "home").listed(list)(e) {
			return []string{"list", id.String()}
		}
	}
	return nil
}
