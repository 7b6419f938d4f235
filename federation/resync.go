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
// deletions of the last months.
func (n *Node) resync(ctx context.Context, host string) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		page := tx.ListLab(lab.ID, store.Query{Viewer: store.Viewer{Actor: lab.IRI, Local: true, Runs: true}, Limit: 1 << 20})
		for _, it := range slices.Backward(page.Items) {
			n.sendAgain(tx, lab, it, host)
		}
		return n.deleteAgain(tx, lab, host)
	})
}

func (n *Node) sendAgain(tx *store.Txn, lab *store.Actor, it store.Item, host string) {
	r := it.Envelope()
	a := &Activity{Verb: "Create", Actor: lab.IRI, actor: lab, Object: r.IRI, When: tx.Now(), embed: tx.Raw(r.ID)}
	to := onHost(n.recipients(tx, lab.ID, it), host)
	if len(to) == 0 || a.embed == nil {
		return
	}
	a.IRI = n.BaseURL + "/activities/" + tx.NewID().String()
	if doc, err := vocab.Parse(a.embed); err == nil {
		a.To, a.Cc = doc.IRIs("to"), doc.IRIs("cc")
	}
	a.body = n.encode(a)
	n.send(tx, a, to)
}

func (n *Node) deleteAgain(tx *store.Txn, lab *store.Actor, host string) error {
	var to []store.Recipient
	for f := range tx.Followers(lab.ID) {
		to = append(to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
	}
	to = onHost(to, host)
	for ts := range tx.Tombstones() {
		if ts.Owner != lab.IRI || !ts.Public || tx.Now().Sub(ts.Deleted) > resyncHorizon {
			continue
		}
		d := vocab.Delete(lab.IRI, ts.IRI, ts.Type)
		d.To, d.Cc, d.Published = []string{vocab.Public}, []string{lab.Followers}, tx.Now()
		tx.Enqueue(store.Outgoing{Actor: lab.ID, Verb: "Delete", Object: ts.IRI, Body: d.Encode()}, to)
	}
	return nil
}

func onHost(to []store.Recipient, host string) []store.Recipient {
	return slices.DeleteFunc(slices.Clone(to), func(r store.Recipient) bool { return store.HostOf(r.Inbox) != host })
}
