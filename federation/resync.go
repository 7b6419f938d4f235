package federation

import (
	"context"
	"slices"
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// resyncHorizon is how far back deletions are told again to a host that was lost.
const resyncHorizon = 90 * 24 * time.Hour

// Resync leaves the job to send a host that was lost for a month everything that
// it may have missed.
func (n *Node) Resync(ctx context.Context, host string) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		tx.AddJob(jobResync, resyncJob{Host: host})
		return nil
	})
}

// resync queues, for one host, every record that somebody there may see, and the
// deletions of the last months: of what is no more, and of what was narrowed, so
// that they may see it no longer. A host that reads catalogues compares by itself
// what stands in ours, as soon as it hears of us.
func (n *Node) resync(ctx context.Context, host string) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		told, compares := n.toldTo(tx, lab, host), readsCatalogs(tx, lab, host)
		if compares {
			n.showProfile(tx, lab, onHost(followersOf(tx, lab), host))
		}
		page := tx.ListLab(lab.ID, store.Query{Viewer: store.Viewer{Actor: lab.IRI, Local: true, Runs: true}, Limit: 1 << 20})
		for _, it := range slices.Backward(page.Items) {
			r := it.Envelope()
			if compares && tx.Listed(lab.IRI, r.IRI) != nil {
				continue
			}
			if sent := n.sendAgain(tx, lab, it, host); !sent && told[r.IRI] {
				n.deleteAgain(tx, lab, &store.Tombstone{IRI: r.IRI, Type: r.Type}, host)
			}
		}
		for ts := range tx.Tombstones() {
			if ts.Owner == lab.IRI && told[ts.IRI] && tx.Now().Sub(ts.Deleted) <= resyncHorizon {
				n.deleteAgain(tx, lab, ts, host)
			}
		}
		return nil
	})
}

// readsCatalogs says whether any follower on a host announced that its server
// reads catalogues.
func readsCatalogs(tx *store.Txn, lab *store.Actor, host string) bool {
	return slices.ContainsFunc(onHost(followersOf(tx, lab), host), func(r store.Recipient) bool {
		return readsCatalog(tx, r.Actor)
	})
}

// showProfile sends some the lab's profile, with what always goes with it about the
// catalogue.
func (n *Node) showProfile(tx *store.Txn, lab *store.Actor, to []store.Recipient) {
	a := &Activity{
		Verb: "Update", Actor: lab.IRI, actor: lab, Object: lab.IRI, When: tx.Now(), embed: n.ActorDocument(tx, lab),
		To: []string{vocab.Public}, Cc: []string{lab.Followers},
	}
	a.IRI = n.newActivityIRI(tx)
	a.body = n.encode(a)
	n.send(tx, a, to)
}

// toldTo are the IRIs of the records that somebody on a host was told of, whatever
// became of them.
func (n *Node) toldTo(tx *store.Txn, lab *store.Actor, host string) map[string]bool {
	told, here := map[string]bool{}, map[string]bool{vocab.Public: true}
	for _, r := range onHost(followersOf(tx, lab), host) {
		if a, err := tx.Actor(r.Actor); err == nil {
			here[a.IRI] = true
		}
	}
	for a := range tx.Published(lab.ID) {
		isHere := func(iri string) bool { return here[iri] }
		if a.Record != 0 && (slices.ContainsFunc(a.To, isHere) || slices.ContainsFunc(a.Cc, isHere)) {
			told[a.Object] = true
		}
	}
	return told
}

func followersOf(tx *store.Txn, a *store.Actor) (to []store.Recipient) {
	for f := range tx.Followers(a.ID) {
		to = append(to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
	}
	return to
}

// sendAgain says whether anybody on the host may see the record.
func (n *Node) sendAgain(tx *store.Txn, lab *store.Actor, it store.Item, host string) bool {
	r := it.Envelope()
	a := &Activity{Verb: "Create", Actor: lab.IRI, actor: lab, Object: r.IRI, When: tx.Now(), embed: tx.Raw(r.ID)}
	to := onHost(n.recipients(tx, lab.ID, it), host)
	if len(to) == 0 || a.embed == nil {
		return len(to) > 0
	}
	a.IRI = n.newActivityIRI(tx)
	if doc, err := vocab.Parse(a.embed); err == nil {
		a.To, a.Cc = doc.IRIs("to"), doc.IRIs("cc")
	}
	a.body = n.encode(a)
	n.send(tx, a, to)
	return true
}

// deleteAgain tells the followers on a host, and nobody else, that a record is gone
// for them.
func (n *Node) deleteAgain(tx *store.Txn, lab *store.Actor, ts *store.Tombstone, host string) {
	to := onHost(followersOf(tx, lab), host)
	d := vocab.Delete(lab.IRI, ts.IRI, ts.Type)
	d.ID, d.Published = n.newActivityIRI(tx), tx.Now()
	for _, r := range to {
		if a, err := tx.Actor(r.Actor); err == nil {
			d.To = append(d.To, a.IRI)
		}
	}
	tx.Enqueue(store.Outgoing{Actor: lab.ID, Verb: "Delete", Object: ts.IRI, Body: d.Encode()}, to)
}

func (n *Node) newActivityIRI(tx *store.Txn) string {
	return n.BaseURL + "/activities/" + tx.NewID().String()
}

func onHost(to []store.Recipient, host string) []store.Recipient {
	return slices.DeleteFunc(slices.Clone(to), func(r store.Recipient) bool { return store.HostOf(r.Inbox) != host })
}
