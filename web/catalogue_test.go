package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/markup"
)

// startSearching starts a node with an index of its own.
func startSearching(t *testing.T, handle string) node {
	t.Helper()
	var x *search.Index
	dir := t.TempDir()
	return startWith(t, handle, func(n *fedtest.Node, c *web.Config) {
		x = search.New(search.Config{Store: n.Store, Dir: dir, Plain: markup.Plain, Log: n.Log})
		c.Search = x
	}, fedtest.Beside(func(ctx context.Context) error { return errors.Join(x.Run(ctx), x.Close()) }))
}

// region starts the five nodes of the stories, of which others follow the first.
func region(t *testing.T, handles ...string) []node {
	t.Helper()
	nodes := make([]node, len(handles))
	for i, handle := range handles {
		nodes[i] = startSearching(t, handle)
	}
	for _, n := range nodes[1:] {
		n.follow(t, nodes[0])
	}
	return nodes
}

// says waits until a page of the node reads so.
func (n node) says(t *testing.T, b browser, path string, all ...string) {
	t.Helper()
	n.eventually(t, fmt.Sprintf("%s says %q", path, all), func(*store.Txn) bool {
		page := b.read(t, path)
		return !slices.ContainsFunc(all, func(said string) bool { return !strings.Contains(page, said) })
	})
}

// read is what one reads on a page, in one line; for a document it is all of it.
func (b browser) read(t *testing.T, path string) string {
	t.Helper()
	return strings.Join(strings.Fields(words(b.get(t, b.base+path, "*/*"))), " ")
}

// add publishes an item of the node's lab.
func (n node) add(t *testing.T, it store.Item) {
	t.Helper()
	if err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: it}); err != nil {
		t.Fatal(err)
	}
}

// stock gives a lab what the story tells of: experiments, members, events and
// resources.
func (n node) stock(t *testing.T) {
	t.Helper()
	for i := range 40 {
		n.publish(t, fmt.Sprint("Essai ", i))
	}
	for i := range 6 {
		n.add(t, &store.Event{
			Record: store.Record{Kind: "event", Title: fmt.Sprint("Rencontre ", i), Pitch: "Ensemble.", Audience: store.Public},
			Start:  n.Store.Now().AddDate(0, 1, i).Format("2006-01-02T15:04"),
		})
	}
	for i := range 12 {
		n.add(t, &store.Resource{
			Record: store.Record{Kind: "resource", Title: fmt.Sprint("Salle ", i), Pitch: "Au calme.", Audience: store.Public},
			Mutual: store.Mutual{Means: "espace"},
		})
	}
	for i := range 15 {
		handle := fmt.Sprint("membre", i)
		if _, err := n.AddMember(t.Context(), store.Actor{Handle: handle, Name: handle, Discoverable: i < 10}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// A lab follows another one: all that it publishes arrives, is counted, and is said
// to be of that lab, also when the node stops half way.
func TestCatalogueArrivesComplete(t *testing.T) {
	origin, reader := startSearching(t, "paca"), startSearching(t, "bretagne")
	origin.stock(t)
	reader.follow(t, origin)
	reader.Restart()
	visitor := reader.visitor(t)
	lab := "/reseau/" + strings.TrimPrefix(origin.URL, "http://") + "/paca"
	reader.says(t, visitor, lab, "Tout est là", "Expérimentation 40 40", "Événement 6 6", "Ressource 12 12", "Membre 10 10")
	var head struct {
		Total int            `json:"totalItems"`
		Kinds map[string]int `json:"essaim:kinds"`
	}
	if err := json.Unmarshal([]byte(visitor.get(t, origin.Lab.IRI+"/catalog", "application/activity+json")), &head); err != nil {
		t.Fatal(err)
	}
	if err := reader.Store.View(t.Context(), func(tx *store.Txn) error {
		actor, err := tx.ActorByIRI(origin.Lab.IRI)
		if err != nil {
			return err
		}
		seen := map[string]int{}
		for _, it := range tx.ListLab(actor.ID, store.Query{Limit: 1000}).Items {
			seen[it.Envelope().Kind]++
		}
		if head.Total != 68 || seen["experiment"] != 40 || seen["event"] != 6 || seen["resource"] != 12 {
			t.Errorf("got %v of %v", seen, head)
		}
		if _, err := tx.ActorByIRI(origin.URL + "/actors/membre12"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a hidden member: got %v, want ErrNotFound", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	reader.says(t, visitor, "/recherche?q=membre3", "membre3")
	reader.says(t, visitor, "/recherche?q=salle", "12 résultats", "Labo paca")
	today := reader.Store.Now().Format("2006")
	reader.says(t, visitor, "/reseau", "Nous suivons 1 labo", "Labo paca", "Accepté", today, "à jour le")
	origin.says(t, origin.visitor(t), "/reseau", "1 abonné nous suit", "Labo bretagne", today)
}

// Change and withdrawal travel to everywhere where a record can be met, also to a
// node that was stopped meanwhile; who sends sees that it was.
func TestChangeAndWithdrawalTravel(t *testing.T) {
	nodes := region(t, "paca", "bretagne", "pdl", "reunion", "occitanie")
	origin, away := nodes[0], nodes[2]
	member, admin := origin.member(t, "jo"), origin.signedIn(t, "ada", store.Admin)
	form := url.Values{"title": {"Zqcorrige"}, "pitch": {"Une accroche."}, "stage": {"signal"}, "themes": {"mobilite"}, "audience": {"public"}}
	rec := func(title string) *store.Record {
		form.Set("title", title)
		return origin.saved(t, member.send(t, "/experimentations/nouvelle", form)).Envelope()
	}
	edited, deleted, narrowed := rec("Zqavant"), rec("Zqefface"), rec("Zqrestreint")
	for _, n := range nodes[1:] {
		n.says(t, n.visitor(t), "/recherche?q=zqrestreint", "1 résultat")
	}

	form.Set("title", "Zqapres")
	form.Set("stage", "test-usagers")
	origin.change(t, member, edited, form)
	member.send(t, federation.PagePath(deleted)+"/supprimer", nil)
	form.Set("title", "Zqrestreint")
	form.Set("audience", "team")
	origin.change(t, member, narrowed, form)
	for _, n := range nodes[1:] {
		visitor := n.visitor(t)
		n.says(t, visitor, federation.PagePath(n.await(t, edited.IRI).Envelope()), "Zqapres", "Test avec les usagers")
		n.withdrawn(t, visitor, "Zqefface", "Zqrestreint", "Zqavant")
	}
	if got := origin.visitor(t).status(t, deleted.IRI, "application/activity+json"); got != http.StatusGone {
		t.Errorf("what was deleted: got %d, want 410", got)
	}

	away.Stop()
	origin.eventually(t, "nothing waits", func(tx *store.Txn) bool { return len(tx.Backlog()) == 0 })
	form = url.Values{"title": {"Zqdeplus"}, "pitch": {"Une accroche."}, "stage": {"test-usagers"}, "themes": {"mobilite"}, "audience": {"public"}}
	origin.change(t, member, edited, form)
	origin.says(t, admin, "/admin/livraisons", strings.TrimPrefix(away.URL, "http://")+" Ne répond pas", " 1 ")
	away.Restart()
	away.says(t, away.visitor(t), "/recherche?q=zqdeplus", "1 résultat")
}

// withdrawn waits until none of the ways out of a node has one of these words.
func (n node) withdrawn(t *testing.T, b browser, all ...string) {
	t.Helper()
	paths := []string{"/experimentations", "/fil", "/experimentations.atom", "/experimentations.csv", "/api/v1/timelines/public"}
	for _, word := range all {
		paths = append(paths, "/recherche?q="+strings.ToLower(word))
	}
	for _, path := range paths {
		n.eventually(t, fmt.Sprintf("%s tells nothing of %v", path, all), func(*store.Txn) bool {
			said := b.get(t, b.base+path, "*/*")
			return !slices.ContainsFunc(all, func(word string) bool { return strings.Contains(said, word) })
		})
	}
}

// The search finds what is public, everywhere; what is between labs that follow each
// other, only for their members; what is less than that, nowhere and for nobody.
func TestSearchOfTheNetworkKeepsToTheAudience(t *testing.T) {
	nodes := region(t, "occitanie", "pdl", "bretagne", "paca", "reunion")
	home, mutual := nodes[0], nodes[1]
	home.follow(t, mutual)
	member, colleague := home.member(t, "jo"), mutual.member(t, "lea")
	readers := []browser{member, colleague}
	for _, n := range nodes {
		readers = append(readers, n.visitor(t))
	}
	const query = "/recherche?q=zqradar"
	form := url.Values{"title": {"Essai zqradar"}, "pitch": {"Rien."}, "stage": {"signal"}, "themes": {"mobilite"}, "audience": {"team"}}
	rec := home.saved(t, member.send(t, "/experimentations/nouvelle", form)).Envelope()
	hidden := func(when string, readers []browser) {
		t.Helper()
		mark := home.publish(t, "Zqmarque "+when) // once it is found, so is what came before
		for _, n := range nodes {
			n.await(t, mark)
			n.says(t, n.visitor(t), "/recherche?q="+url.QueryEscape("zqmarque "+when), "Zqmarque "+when)
		}
		for _, b := range readers {
			if said := b.read(t, query); strings.Contains(said, "Essai zqradar") {
				t.Errorf("%s: %s finds it", when, b.base)
			}
		}
	}
	hidden("equipe", readers)

	form.Set("audience", "followed-labs")
	home.change(t, member, rec, form)
	mutual.await(t, rec.IRI)
	hidden("mutuels", readers[2:])
	home.says(t, member, query, "1 résultat", "Essai zqradar")
	mutual.says(t, colleague, query, "1 résultat", "Essai zqradar")

	form.Set("audience", "public")
	home.change(t, member, rec, form)
	for _, n := range nodes {
		n.says(t, n.visitor(t), query, "1 résultat", "Essai zqradar")
	}
}

// What did not work is found on other nodes as well as what did, by its words and
// by what it was good for.
func TestFailureIsFoundByOthers(t *testing.T) {
	nodes := region(t, "bretagne", "reunion", "pdl", "paca", "occitanie")
	origin := nodes[0]
	origin.add(t, &store.Experiment{
		Stage: "test-usagers", Status: "arrete", Outcome: "appris",
		Record: store.Record{Kind: "experiment", Title: "LabAccès", Pitch: "Un échec qui sert.", Audience: store.Public},
	})
	origin.publish(t, "Autre chose")
	for _, n := range nodes {
		n.says(t, n.visitor(t), "/recherche?q=echec", "1 résultat", "LabAccès")
		n.says(t, n.visitor(t), "/recherche?outcome=appris", "1 résultat", "LabAccès", "Labo bretagne")
	}
}
