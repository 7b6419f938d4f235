package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

const (
	liveActions = 200
	livePause   = 5 * time.Second // at least; at most twice that
)

// liveNotes are what a lab says of one of its sheets while a visitor watches.
var liveNotes = []string{
	"Atelier de ce matin : onze personnes, deux désaccords utiles, un prototype à reprendre.",
	"Nous cherchons trois volontaires pour relire la notice avant vendredi.",
	"Premier retour du terrain : l'affichage se lit mal debout. On recommence plus grand.",
	"Merci au labo voisin pour le prêt du matériel, il repart demain avec nos annotations.",
	"La fiche est à jour : coûts réels, temps passé, et ce que nous ne referions pas.",
	"Visite d'une équipe voisine aujourd'hui. Leur question nous a fait changer l'étape suivante.",
}

// live lets the labs publish, relay and approve of each other for a while, then
// waits for the end. What happens follows from seed.
func (d *demoNetwork) live(ctx context.Context, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // a show, to be repeated
	timer := time.NewTimer(0)
	defer timer.Stop()
	for range liveActions {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		n := d.nodes[rng.IntN(len(d.nodes))]
		if err := n.act(ctx, rng); err != nil {
			return quiet(ctx, err)
		}
		timer.Reset(livePause + time.Duration(rng.Int64N(int64(livePause))))
	}
	<-ctx.Done()
	return nil
}

// act does one thing: a note on an own sheet, or a relay or a like of one of a
// followed lab.
func (n *demoNode) act(ctx context.Context, rng *rand.Rand) error {
	verb := []string{"Create", "Announce", "Like"}[rng.IntN(3)]
	sheet, err := n.sheet(ctx, rng, verb == "Create")
	if err != nil {
		return err
	}
	if sheet != "" && verb != "Create" {
		return n.door.Publish(ctx, asItself(n.group), &federation.Activity{Verb: verb, Actor: n.group.IRI, Object: sheet})
	}
	author := n.content.Members[rng.IntN(len(n.content.Members))].Handle
	return n.publish(ctx, []string{author}, &store.News{Record: store.Record{
		Kind: "news", Lang: "fr", Body: liveNotes[rng.IntN(len(liveNotes))], Audience: store.Public, InReplyTo: sheet,
	}})
}

// sheet picks a public experiment, of this lab or of another; empty when there
// is none.
func (n *demoNode) sheet(ctx context.Context, rng *rand.Rand, own bool) (iri string, err error) {
	err = n.store.View(ctx, func(tx *store.Txn) error {
		var choice []string
		for _, it := range tx.ListKind("experiment", store.Query{Home: own, Limit: 100}).Items {
			if r := it.Envelope(); r.Remote != own {
				choice = append(choice, r.IRI)
			}
		}
		if len(choice) > 0 {
			iri = choice[rng.IntN(len(choice))]
		}
		return nil
	})
	return iri, err
}
