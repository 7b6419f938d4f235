package fedtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/simnet"
	"github.com/essaim/essaim/store"
)

var (
	simSeeds = flag.Int("sim.seeds", 3, "simulations to run")
	simFirst = flag.Uint64("sim.first", 1, "seed of the first")
	simNodes = flag.Int("sim.nodes", 100, "nodes of the first; the others have a third")
)

const (
	simFollows = 2  // labs that each lab follows
	simFilled  = 10 // records that each has when others begin to follow it
	simChanges = 4  // and how often each changes something afterwards
)

// What happens when. Everybody follows others in the first hours. For a day half of
// them are apart from the others. The rest is for finding each other again: after a
// day of failures deliveries and copies are tried every few hours.
const (
	day      = 24 * time.Hour
	simApart = 30 * time.Hour
	simHeals = simApart + day
	simEnds  = simHeals + 2*day
)

// TestCataloguesConverge runs networks of real nodes for days of virtual time. A
// request in twenty is lost, nodes restart or lose power, and half of the network is
// apart for a day. In the end every catalogue is everywhere what it is at home, for
// no more requests than the protocol promises.
func TestCataloguesConverge(t *testing.T) {
	t.Parallel()
	seeds := *simSeeds
	if simnet.Raced {
		seeds = 1
	}
	for i := range seeds {
		seed := *simFirst + uint64(i)
		nodes := *simNodes
		if i > 0 || simnet.Raced {
			nodes /= 3
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newSimulation(t, seed, nodes).run() })
		})
	}
}

// simulation is a network of labs that copy each other's catalogues. Its rand
// belongs to the goroutine of run.
type simulation struct {
	*testing.T
	rand  *rand.Rand
	nodes []*simNode
}

// simNode is one lab's node.
type simNode struct {
	*Node
	sim     *simulation
	engine  *simnet.Mortal
	follows []*simNode
	records []store.Item
	traffic traffic
}

func newSimulation(t *testing.T, seed uint64, nodes int) *simulation {
	s := &simulation{T: t, rand: rand.New(rand.NewPCG(seed, 1))}
	net := simnet.New(seed, simnet.Faults{Lost: 3, Unanswered: 2})
	for i := range nodes {
		n := &simNode{sim: s}
		n.Node = newNode(t, []Option{In(net.Host(fmt.Sprintf("lab%d.example", i))), Wrapping(n.mortal), Fetching(n.counted)})
		s.nodes = append(s.nodes, n)
	}
	actors := s.nodes[0].born()
	for _, n := range s.nodes {
		n.bear(bytes.ReplaceAll(actors, []byte(s.nodes[0].listen), []byte(n.listen)))
		n.fill()
		for len(n.follows) < simFollows {
			if other := s.nodes[s.rand.IntN(len(s.nodes))]; other != n && !slices.Contains(n.follows, other) {
				n.follows = append(n.follows, other)
			}
		}
	}
	return s
}

func (n *simNode) mortal(e store.Engine) store.Engine {
	n.engine = &simnet.Mortal{Engine: e}
	return n.engine
}

func (n *simNode) counted(c *fetch.Config) { c.Wire = &meter{wire: c.Wire, traffic: &n.traffic} }

// native is an actor of a node with its keys.
type native struct {
	Actor *store.Actor   `json:"actor"`
	Keys  *store.Keypair `json:"keys"`
}

// born sets the node up and returns its actors, to be born elsewhere, too: keys for
// a hundred nodes would take as long to make as all the rest.
func (n *simNode) born() []byte {
	ctx := context.Background()
	_, err := n.SetUp(ctx, store.Actor{Handle: "lab", Name: "Labo", Lang: "fr", Territory: []string{"region:53"}})
	if err != nil {
		n.sim.Fatal(err)
	}
	if _, err := n.AddMember(ctx, store.Actor{Handle: "ana", Name: "Ana", Discoverable: true}, nil); err != nil {
		n.sim.Fatal(err)
	}
	var natives []native
	if err := n.Store.View(ctx, func(tx *store.Txn) error {
		for a := range tx.LocalActors() {
			keys, err := tx.Keypair(a.ID)
			if err != nil {
				return err
			}
			natives = append(natives, native{a, keys})
		}
		return nil
	}); err != nil {
		n.sim.Fatal(err)
	}
	return encode(natives)
}

// bear gives the node its actors, unless it has them.
func (n *simNode) bear(actors []byte) {
	var natives []native
	if err := json.Unmarshal(actors, &natives); err != nil {
		n.sim.Fatal(err)
	}
	if err := n.Store.Update(context.Background(), func(tx *store.Txn) (err error) {
		if _, err := tx.Lab(); err != nil {
			for _, b := range natives {
				b.Actor.ID = 0
				if err := tx.PutActor(b.Actor); err != nil {
					return err
				}
				tx.PutKeypair(b.Actor.ID, b.Keys)
			}
		}
		n.Lab, err = tx.Lab()
		return err
	}); err != nil {
		n.sim.Fatal(err)
	}
}

func (n *simNode) fill() {
	for i := range simFilled {
		n.create(fmt.Sprintf("Fiche %d", i))
	}
}

func (n *simNode) create(title string) {
	e := experiment(title, store.Public)
	n.publish(&federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: e})
	n.records = append(n.records, e)
}

func (n *simNode) publish(a *federation.Activity) {
	if err := n.Publish(context.Background(), n.Admin(), a); err != nil {
		n.sim.Errorf("%s: %s: %v", n.listen, a.Verb, err)
	}
}

// change creates a record, changes one or deletes one.
func (n *simNode) change() {
	if n.engine.Dead() {
		return
	}
	one := n.sim.rand.IntN(len(n.records))
	switch n.sim.rand.IntN(4) {
	case 0:
		n.publish(&federation.Activity{Verb: "Delete", Actor: n.Lab.IRI, Object: n.records[one].Envelope().IRI})
		n.records = slices.Delete(n.records, one, one+1)
	case 1:
		n.records[one].Envelope().Title = fmt.Sprint("Corrigée ", n.sim.rand.Int())
		n.publish(&federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: n.records[one]})
	default:
		n.create(fmt.Sprint("Nouvelle ", n.sim.rand.Int()))
	}
}

// follow follows another lab, as often as it takes to reach it.
func (n *simNode) follow(other *simNode) {
	for {
		err := n.Publish(context.Background(), n.Admin(), &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: other.Lab.IRI})
		if err == nil {
			return
		}
		if !errors.Is(err, federation.ErrUnreachable) {
			n.sim.Fatalf("%s follows %s: %v", n.listen, other.listen, err)
		}
		<-time.After(time.Minute)
	}
}

// crash is a power cut.
func (n *simNode) crash() {
	n.engine.Kill()
	n.host.Serve(nil)
	n.cancel()
	_ = n.work.Wait() // that it could not write any more
	n.Fetch.Close()
	if err := n.db.Close(); err != nil {
		n.sim.Error(err)
	}
}

// drop gives up what waits for another node.
func (n *simNode) drop(other *simNode) {
	if n.engine.Dead() {
		return
	}
	if err := n.Store.Update(context.Background(), func(tx *store.Txn) error {
		tx.SkipDeliveries(other.listen)
		return nil
	}); err != nil {
		n.sim.Error(err)
	}
}

// lose has every third record of another lab vanish from this node.
func (n *simNode) lose(other *simNode) {
	if n.engine.Dead() {
		return
	}
	if err := n.Store.Update(context.Background(), func(tx *store.Txn) error {
		lab, err := tx.ActorByIRI(other.Lab.IRI)
		if err != nil {
			return err
		}
		for i, it := range tx.ListLab(lab.ID, store.Query{Limit: 100}).Items {
			if i%3 == 0 {
				tx.ForgetRecord(it)
			}
		}
		return nil
	}); err != nil {
		n.sim.Error(err)
	}
}

// event is something that happens to a node.
type event struct {
	at time.Duration
	do func()
}

func (s *simulation) run() {
	plan := []event{{simApart, s.part}, {simHeals, s.heal}, {simEnds, func() {}}}
	for _, n := range s.nodes {
		plan = append(plan, s.fortune(n)...)
	}
	slices.SortStableFunc(plan, func(a, b event) int { return int(a.at - b.at) })
	began := time.Now()
	for _, e := range plan {
		<-time.After(e.at - time.Since(began))
		e.do()
	}
	for _, n := range s.nodes {
		for _, other := range n.follows {
			s.compare(n, other)
		}
	}
	s.report()
}

// fortune is what a node does and suffers.
func (s *simulation) fortune(n *simNode) []event {
	var plan []event
	for _, other := range n.follows {
		plan = append(plan, event{s.within(6 * time.Hour), func() { n.follow(other) }})
	}
	for range simChanges {
		plan = append(plan, event{6*time.Hour + s.within(simHeals), n.change})
	}
	for _, other := range n.follows {
		switch s.rand.IntN(4) {
		case 0:
			plan = append(plan, event{simHeals - time.Hour, func() { other.drop(n) }})
		case 1:
			plan = append(plan, event{simHeals + s.within(day), func() { n.lose(other) }})
		}
	}
	down := 7*time.Hour + s.within(simHeals)
	switch s.rand.IntN(3) {
	case 0:
		plan = append(plan, event{down, n.Restart})
	case 1:
		plan = append(plan, event{down, n.crash}, event{down + s.within(6*time.Hour), n.start})
	}
	return plan
}

func (s *simulation) within(d time.Duration) time.Duration {
	return time.Duration(s.rand.Int64N(int64(d)))
}

func (s *simulation) part() {
	for i, n := range s.nodes {
		n.host.Move(i % 2)
	}
}

func (s *simulation) heal() {
	for _, n := range s.nodes {
		n.host.Move(0)
	}
}

// compare holds the copy that a node has of a catalogue against the original.
func (s *simulation) compare(n, origin *simNode) {
	want, got := counted(s, origin.Node, origin.Lab.IRI), counted(s, n.Node, origin.Lab.IRI)
	if got.Digest != want.Digest {
		s.Errorf("%s has %v of %s, want %v", n.listen, got.Kinds, origin.listen, want.Kinds)
	}
	if err := n.Store.View(context.Background(), func(tx *store.Txn) error {
		lab, err := tx.ActorByIRI(origin.Lab.IRI)
		if err != nil {
			return err
		}
		if shown := tx.ListLab(lab.ID, store.Query{}).Total; shown != len(origin.records) {
			s.Errorf("%s shows %d records of %s, want %d", n.listen, shown, origin.listen, len(origin.records))
		}
		if problem := tx.Sync(lab.ID).Problem; problem != "" {
			s.Errorf("%s says of %s: %s", n.listen, origin.listen, problem)
		}
		return nil
	}); err != nil {
		s.Error(err)
	}
}
