package federation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// Kinds of which there are many at a time (store.Kind.Bulk) go to servers that
// read catalogues alone: hundreds of posts would drive everybody else away. They
// get one short note a day instead.

const (
	jobDigest   = "digest"
	digestEvery = 24 * time.Hour
	digestKey   = "digest" // setting: how many records of each kind were not told yet
)

type digestJob struct{}

// noteForDigest counts a record that has just become public. The first one since
// the last note sets the time of the next.
func noteForDigest(tx *store.Txn, r, old *store.Record) {
	if kind := store.KindOf(r.Kind); !kind.Bulk || r.Audience != store.Public || old != nil && old.Audience == store.Public {
		return
	}
	counts := digestCounts(tx)
	if len(counts) == 0 {
		tx.AddJobAt(jobDigest, digestJob{}, tx.Now().Add(digestEvery))
	}
	counts[r.Kind]++
	b, err := json.Marshal(counts)
	if err != nil {
		panic(err) // names and numbers
	}
	tx.PutSetting(digestKey, b)
}

func digestCounts(tx *store.Txn) map[string]int {
	counts := map[string]int{}
	if b := tx.Setting(digestKey); b != nil {
		if err := json.Unmarshal(b, &counts); err != nil {
			panic(fmt.Errorf("setting %s is damaged: %w", digestKey, err))
		}
	}
	return counts
}

// digest publishes the note of the day, and begins to count anew.
func (n *Node) digest(ctx context.Context) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		counts := digestCounts(tx)
		lab, err := tx.Lab()
		if err != nil || len(counts) == 0 {
			return err
		}
		tx.DeleteSetting(digestKey)
		note := &store.News{Record: store.Record{Kind: "news", Lang: n.Lang, Audience: store.Public, Body: n.digestText(counts)}}
		return n.apply(tx, &Activity{Verb: "Create", Actor: lab.IRI, Item: note, local: true})
	})
}

// digestText names the kinds in their order, each with its number and its list.
func (n *Node) digestText(counts map[string]int) string {
	var parts []string
	for _, k := range store.Kinds {
		if c := counts[k.Name]; c > 0 {
			parts = append(parts, fmt.Sprintf("%s (%d) %s/%s", n.Words(n.Lang, "list."+k.Name+".title"), c, n.BaseURL, k.Path))
		}
	}
	return n.Words(n.Lang, "note.digest", "List", strings.Join(parts, ", "))
}
