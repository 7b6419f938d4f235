package federation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/sketch"
	"github.com/essaim/essaim/store"
)

// Bounds of a search at other nodes.
const (
	FarLimit   = 20              // finds of one node
	farPeers   = 8               // nodes that are asked
	farAmong   = 1000            // nodes of which it is looked up whether they may have it
	farSure    = 6 * time.Hour   // for how long a sketch that has no such words is not doubted
	farBudget  = 2 * time.Second // for all together
	farText    = 300             // characters of a text that are taken over
	farAddress = 2000            // bytes of an address
)

// Searches at other nodes that people may set off: each is up to farPeers requests.
const (
	furtherEvery = time.Second
	furtherBurst = 10
)

// Far is what other nodes found.
type Far struct {
	Hits   []FarHit
	Asked  []FarPeer // those that answered in time
	Silent []FarPeer // those that did not, or said what cannot be used
	Spared int       // those whose sketches say that they do not have these words
}

// FarPeer is a node that was asked: a lab and where it is at home.
type FarPeer struct{ Name, Host string }

// FarHit is a find of another node: plain texts, and an address of that node.
type FarHit struct {
	Title, Summary, URL string
	By                  FarPeer
	score               float64
}

// FarFind is a find as nodes tell it each other.
type FarFind struct {
	Type    string  `json:"type"`
	ID      string  `json:"id"`
	URL     string  `json:"url,omitempty"`
	Name    string  `json:"name"`
	Summary string  `json:"summary,omitempty"`
	Score   float64 `json:"essaim:score"` // of the best find: 1
}

// FarAnswer is the answer to a search: what the node itself publishes, for everybody
// and to be found. Only who publishes something says that it is there.
type FarAnswer struct {
	Context json.RawMessage `json:"@context"`
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Items   []FarFind       `json:"orderedItems"`
}

// FarIRI is where a node answers a search.
func FarIRI(origin, text string) string {
	return origin + "/search?" + url.Values{"q": {text}, "limit": {strconv.Itoa(FarLimit)}}.Encode()
}

// SearchFar asks other nodes for what is not copied here: the nearest of those that may
// have all of the words, which are those of the text that say something. It takes no
// longer than two seconds, whatever they do. ErrEnough: later.
func (n *Node) SearchFar(ctx context.Context, text string, words []string) (*Far, error) {
	if !n.far.Allow() {
		return nil, ErrEnough
	}
	var c farChoice
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		c, err = n.farNodes(tx, strings.Join(words, " "))
		return err
	})
	if err != nil {
		return nil, err
	}
	far := askFar(ctx, n.Fetch, c.whom(), text)
	far.Spared = c.spared
	return far, nil
}

// farNode is a node that can be asked.
type farNode struct {
	FarPeer
	origin string
}

// farChoice are the nodes of which some are asked, the nearest first.
type farChoice struct {
	seen    map[string]bool // by origin
	likely  []farNode       // their sketches have the words
	unknown []farNode       // they have none
	doubted []farNode       // they had no such words, some hours ago
	spared  int             // they have no such words
}

func (c *farChoice) whom() []farNode {
	all := slices.Concat(c.likely, c.unknown, c.doubted)
	return all[:min(farPeers, len(all))]
}

// farNodes are the nodes of the nearest labs that may take part: those that were heard
// of, then whom our lab follows and who follows it. What is copied whole is searched
// here.
func (n *Node) farNodes(tx *store.Txn, words string) (farChoice, error) {
	c := farChoice{seen: map[string]bool{}}
	lab, err := tx.Lab()
	if err != nil {
		return c, err
	}
	add := func(iri, name string, has sketch.Sketch, read time.Time) {
		origin, host := store.Origin(iri), store.HostOf(iri)
		if c.seen[origin] || origin == "" || n.IsLocal(iri) || !n.admits(tx, host) || tx.Paused(host) || copiedWhole(tx, iri) {
			return
		}
		c.seen[origin] = true
		node := farNode{FarPeer{clip(name), host}, origin}
		switch {
		case has == nil:
			c.unknown = append(c.unknown, node)
		case has.MayHave(words):
			c.likely = append(c.likely, node)
		case tx.Now().Sub(read) > farSure:
			c.doubted = append(c.doubted, node)
		default:
			c.spared++
		}
	}
	for p := range tx.KnownPeers() {
		if len(c.likely) == farPeers || len(c.seen) == farAmong {
			break
		}
		has, read := tx.Sketch(p.ID)
		add(p.IRI, p.DisplayName(), has, read)
	}
	for _, follows := range []struct {
		all  func(func(*store.Follow) bool)
		whom func(*store.Follow) store.ID
	}{
		{tx.Following(lab.ID), func(f *store.Follow) store.ID { return f.Followed }},
		{tx.Followers(lab.ID), func(f *store.Follow) store.ID { return f.Follower }},
	} {
		for _, iri := range neighbours(tx, follows.all, follows.whom) {
			if a, err := tx.ActorByIRI(iri); err == nil {
				add(iri, a.DisplayName(), nil, time.Time{})
			}
		}
	}
	return c, nil
}

// copiedWhole says whether everything that a lab publishes for everybody is here.
func copiedWhole(tx *store.Txn, lab string) bool {
	a, err := tx.ActorByIRI(lab)
	if err != nil || !speaksCatalog(a) {
		return false
	}
	s := tx.Sync(a.ID)
	return s != nil && s.Phase == store.SyncLive && s.Problem == "" && s.Wants.All()
}

// documents reads documents, guarded and signed.
type documents interface {
	Object(ctx context.Context, iri string) (*fetch.Document, error)
}

// askFar asks all at once and takes what comes in time.
func askFar(ctx context.Context, f documents, whom []farNode, text string) *Far {
	ctx, cancel := context.WithTimeout(ctx, farBudget)
	defer cancel()
	type answer struct {
		from farNode
		hits []FarHit
		err  error
	}
	answers := make(chan answer, len(whom))
	for _, node := range whom {
		go func() {
			hits, err := askOne(ctx, f, node, text)
			answers <- answer{node, hits, err}
		}()
	}
	far := new(Far)
	for range whom {
		a := <-answers // fetching ends with ctx
		if a.err != nil {
			far.Silent = append(far.Silent, a.from.FarPeer)
			continue
		}
		far.Asked, far.Hits = append(far.Asked, a.from.FarPeer), append(far.Hits, a.hits...)
	}
	byHost := func(a, b FarPeer) int { return strings.Compare(a.Host, b.Host) }
	slices.SortFunc(far.Asked, byHost)
	slices.SortFunc(far.Silent, byHost)
	slices.SortStableFunc(far.Hits, func(a, b FarHit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), byHost(a.By, b.By))
	})
	return far
}

func askOne(ctx context.Context, f documents, node farNode, text string) ([]FarHit, error) {
	address := FarIRI(node.origin, text)
	doc, err := f.Object(ctx, address)
	if err != nil {
		return nil, err
	}
	var a FarAnswer
	if err := json.Unmarshal(doc.Body, &a); err != nil {
		return nil, fmt.Errorf("search %s: %w: %w", node.Host, ErrMalformed, err)
	}
	var hits []FarHit
	for _, found := range a.Items[:min(FarLimit, len(a.Items))] {
		if hit, ok := found.hit(node); ok {
			hits = append(hits, hit)
		}
	}
	return hits, nil
}

// hit takes over what may be: short plain texts, an address of the node itself, and no
// score above that of the best.
func (f *FarFind) hit(node farNode) (FarHit, bool) {
	address := cmp.Or(f.URL, f.ID)
	title := clip(f.Name)
	if len(address) > farAddress || !store.SameOrigin(address, node.origin) || title == "" {
		return FarHit{}, false
	}
	score := f.Score
	if !(score >= 0 && score <= 1) { // no number at all is neither
		score = 0
	}
	return FarHit{Title: title, Summary: clip(f.Summary), URL: address, By: node.FarPeer, score: score}, true
}

// clip is a text of others on one line, within bounds.
func clip(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text[:min(len(text), 4*farText)], "")), " ")
	if runes := []rune(text); len(runes) > farText {
		return string(runes[:farText-1]) + "…"
	}
	return text
}

func newFarLimit() *rate.Limiter { return rate.NewLimiter(rate.Every(furtherEvery), furtherBurst) }
