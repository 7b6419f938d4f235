package fedtest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// need is what somebody without an account writes.
func need(title string) *store.Need {
	return &store.Need{
		Record: store.Record{Kind: "need", Title: title, Pitch: "Deux jours par mois.", Lang: "fr"},
		Mutual: store.Mutual{Means: "facilitation"},
	}
}

// contribute sends a record through the open form, with an edit link of this
// secret.
func contribute(t *testing.T, n *Node, it store.Item, secret string) (*store.Record, error) {
	t.Helper()
	c := &store.Contribution{Email: "ana@exemple.test"}
	c.AddLink(secret)
	err := n.Publish(t.Context(), store.Viewer{Form: true}, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: it, Contribution: c})
	return it.Envelope(), err
}

// contributed is contribute for what must be taken.
func contributed(t *testing.T, n *Node, it store.Item, secret string) *store.Record {
	t.Helper()
	r, err := contribute(t, n, it, secret)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func moderate(t *testing.T, n *Node, m store.Moderation) {
	t.Helper()
	if err := n.Moderate(t.Context(), n.Admin(), m, nil); err != nil {
		t.Fatalf("%s: %v", m.Act, err)
	}
}

func byLink(r *store.Record) store.Viewer { return store.Viewer{Claim: r.ID} }

func audienceOf(t *testing.T, n *Node, r *store.Record) store.Audience {
	t.Helper()
	return recordAt(t, n, r.IRI).Audience
}

// neighbours are two labs, of which the second follows the first.
func neighbours(t *testing.T, options ...Option) (home, away *Node) {
	t.Helper()
	home, away = Start(t, "estran", options...), Start(t, "calanques")
	connect(t, away, home)
	return home, away
}

func TestContributionIsForThisSiteUntilItIsVerified(t *testing.T) {
	home, away := neighbours(t)
	r := contributed(t, home, need("Un animateur"), "secret")
	if r.Audience != store.OnSite || !r.Unverified || len(r.Authors) != 0 || r.Lab != home.Lab.IRI {
		t.Errorf("got %+v", r)
	}
	if !(store.Viewer{}).CanList(r) {
		t.Error("a visitor does not find it")
	}
	path := strings.TrimPrefix(r.IRI, home.URL)
	if got := home.Get(path).StatusCode; got != http.StatusNotFound {
		t.Errorf("its document before: got %d, want 404", got)
	}
	marker := contributed(t, home, need("Une salle"), "other")
	moderate(t, home, store.Moderation{Act: store.Verify, Record: marker.ID})
	eventually(t, away, "the verified one", has(marker.IRI, "Une salle"))
	if err := away.Store.View(t.Context(), func(tx *store.Txn) error {
		_, err := tx.RecordByIRI(r.IRI)
		return err
	}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the other left the node: %v", err)
	}
	if got := home.Get(strings.TrimPrefix(marker.IRI, home.URL)).StatusCode; got != http.StatusOK {
		t.Errorf("the document of the verified one: got %d, want 200", got)
	}
}

func TestContributionLeavesWhenItIsDueWhateverHappenedMeanwhile(t *testing.T) {
	home, away := neighbours(t, Durable)
	home.OpenForm.After = 300 * time.Millisecond
	r := contributed(t, home, need("Un animateur"), "secret")
	hidden := contributed(t, home, need("Une salle"), "other")
	moderate(t, home, store.Moderation{Act: store.Hide, Record: hidden.ID, Reason: "faux"})
	home.Restart()
	eventually(t, away, "it came", has(r.IRI, "Un animateur"))
	if got := recordAt(t, away, r.IRI); !got.Unverified {
		t.Error("the other node does not know that nobody verified it")
	}
	eventually(t, home, "both were decided", func(tx *store.Txn) bool { due, next := tx.DueJobs(9); return len(due) == 0 && next.IsZero() })
	if got := audienceOf(t, home, hidden); got != store.Team {
		t.Errorf("the hidden one: got %s", got)
	}
	moderate(t, home, store.Moderation{Act: store.Undo, Record: hidden.ID})
	eventually(t, away, "what was restored after its time", has(hidden.IRI, "Une salle"))
}

func TestHiddenIsGoneEverywhereAndComesBack(t *testing.T) {
	home, away := neighbours(t, twice)
	r := contributed(t, home, need("Un animateur"), "secret")
	moderate(t, home, store.Moderation{Act: store.Verify, Record: r.ID})
	eventually(t, away, "it came", has(r.IRI, "Un animateur"))
	moderate(t, home, store.Moderation{Act: store.Hide, Record: r.ID, Reason: "publicite"})
	eventually(t, away, "it went", gone(r.IRI))
	if got := home.Get(strings.TrimPrefix(r.IRI, home.URL)).StatusCode; got != http.StatusNotFound {
		t.Errorf("its document: got %d, want 404", got)
	}
	moderate(t, home, store.Moderation{Act: store.Undo, Record: r.ID})
	eventually(t, away, "it is back", has(r.IRI, "Un animateur"))
	if got := recordAt(t, home, r.IRI); got.Unverified || got.Audience != store.Public {
		t.Errorf("restored as %s, unverified %v", got.Audience, got.Unverified)
	}
}

func TestDeletedBeforeItLeftIsSaidToNobody(t *testing.T) {
	home, away := neighbours(t)
	home.OpenForm.After = time.Hour
	r := contributed(t, home, need("Un animateur"), "secret")
	var before int
	eventually(t, home, "nothing waits", func(tx *store.Txn) bool {
		before = 0
		for range tx.OutLog(0) {
			before++
		}
		return len(tx.Backlog()) == 0
	})
	err := home.Publish(t.Context(), byLink(r), &federation.Activity{Verb: "Delete", Actor: r.Lab, Object: r.IRI})
	if err != nil {
		t.Fatal(err)
	}
	if err := home.Store.View(t.Context(), func(tx *store.Txn) error {
		for o := range tx.OutLog(0) {
			if strings.Contains(string(o.Body), r.IRI) {
				t.Errorf("%s was sent: %s", o.Verb, o.Body)
			}
		}
		if _, err := tx.ContributionByLink("secret"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("its edit link: got %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	eventually(t, away, "nothing of it", func(tx *store.Txn) bool { return tx.Tombstone(r.IRI) == nil })
}

func TestOpenFormWritesOnlyWhatItAsks(t *testing.T) {
	n := Start(t, "estran")
	member, err := n.AddMember(t.Context(), store.Actor{Handle: "ana"}, &store.Account{Email: "ana@estran.test", Role: store.Contributor})
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*store.Need)) *store.Need {
		it := need("Un animateur")
		change(it)
		return it
	}
	for name, it := range map[string]store.Item{
		"another kind":           experiment("Une fiche", store.Public),
		"a field of the lab":     with(func(n *store.Need) { n.State = "pourvu" }),
		"an author":              with(func(n *store.Need) { n.Authors = []string{member.IRI} }),
		"a thread":               with(func(it *store.Need) { it.InReplyTo = n.URL + "/o/1" }),
		"an origin of an import": with(func(n *store.Need) { n.Source.ID = "7" }),
	} {
		if _, err := contribute(t, n, it, name); !errors.Is(err, federation.ErrForbidden) {
			t.Errorf("%s: got %v, want ErrForbidden", name, err)
		}
	}
	for verb, a := range map[string]*federation.Activity{
		"Follow": {Verb: "Follow", Actor: n.Lab.IRI, Object: member.IRI},
		"Delete": {Verb: "Delete", Actor: n.Lab.IRI, Object: contributed(t, n, need("Une salle"), "x").IRI},
		"Create": {Verb: "Create", Actor: member.IRI, Item: need("Au nom d'ana"), Contribution: new(store.Contribution)},
	} {
		if err := n.Publish(t.Context(), store.Viewer{Form: true}, a); !errors.Is(err, federation.ErrForbidden) {
			t.Errorf("%s: got %v, want ErrForbidden", verb, err)
		}
	}
	wide := need("Une autre")
	wide.Audience = store.Public
	if r := contributed(t, n, wide, "y"); r.Audience != store.OnSite {
		t.Errorf("the form chose its audience: %s", r.Audience)
	}
}

func TestEditLinkOpensOneRecordAndNoMore(t *testing.T) {
	n := Start(t, "estran")
	mine, other := contributed(t, n, need("Un animateur"), "mine"), contributed(t, n, need("Une salle"), "other")
	change := func(r *store.Record, edit func(*store.Need)) error {
		it := recordItem(t, n, r).(*store.Need)
		edit(it)
		return n.Publish(t.Context(), byLink(mine), &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: it})
	}
	if err := change(mine, func(it *store.Need) { it.Title, it.Audience = "Une animatrice", store.Public }); err != nil {
		t.Fatal(err)
	}
	if got := recordAt(t, n, mine.IRI); got.Title != "Une animatrice" || got.Audience != store.OnSite {
		t.Errorf("got %q for %s", got.Title, got.Audience)
	}
	for name, err := range map[string]error{
		"another record":  change(other, func(it *store.Need) { it.Title = "Pris" }),
		"another's field": change(mine, func(it *store.Need) { it.State = "pourvu" }),
	} {
		if !errors.Is(err, federation.ErrForbidden) {
			t.Errorf("%s: got %v, want ErrForbidden", name, err)
		}
	}
}

func TestSuspectContributionWaits(t *testing.T) {
	n := Start(t, "estran")
	for _, title := range []string{"Best online casino bonus", "Voir https://exemple.test/", "<a href=x>ici</a>", "GAGNEZ BEAUCOUP D'ARGENT VITE", "Дешёвые товары для дома"} {
		r := contributed(t, n, need(title), title)
		if r.Audience != store.Team {
			t.Errorf("%s: got %s, want it held", title, r.Audience)
		}
	}
	r := contributed(t, n, need("Un animateur"), "fine")
	moderate(t, n, store.Moderation{Act: store.Verify, Record: r.ID})
	it := recordItem(t, n, r)
	it.Envelope().Pitch = "Visitez notre casino."
	if err := n.Publish(t.Context(), byLink(r), &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: it}); err != nil {
		t.Fatal(err)
	}
	if got := audienceOf(t, n, r); got != store.Team {
		t.Errorf("changed into an advertisement: got %s, want it held", got)
	}
}

func TestManyAddressesAreRefused(t *testing.T) {
	n := Start(t, "estran")
	it := need("Un animateur")
	it.Pitch = strings.Repeat("http://exemple.test/ ", 4)
	_, err := contribute(t, n, it, "x")
	wrong, _ := errors.AsType[store.FieldErrors](err)
	if len(wrong) != 1 || wrong[0].Field != "pitch" || wrong[0].Reason != "error.too-many-links" {
		t.Errorf("got %v", err)
	}
}

func TestSentTwiceIsOneContribution(t *testing.T) {
	n := Start(t, "estran")
	contributed(t, n, need("Un animateur"), "same")
	contributed(t, n, need("Un animateur"), "same")
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		if got := tx.ListKind("need", store.Query{}).Total; got != 1 {
			t.Errorf("got %d, want 1", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestClosedFormTakesNothing(t *testing.T) {
	n := Start(t, "estran")
	r := contributed(t, n, need("Un animateur"), "before")
	closed := func(on bool) {
		if err := n.Store.Update(t.Context(), func(tx *store.Txn) error { tx.CloseForm(on); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	closed(true)
	if _, err := contribute(t, n, need("Une salle"), "x"); !errors.Is(err, federation.ErrFormClosed) {
		t.Errorf("got %v, want ErrFormClosed", err)
	}
	it := recordItem(t, n, r)
	it.Envelope().Title = "Une animatrice"
	if err := n.Publish(t.Context(), byLink(r), &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: it}); err != nil {
		t.Errorf("its author's change: %v", err)
	}
	closed(false)
	contributed(t, n, need("Une salle"), "x")
}

func TestOnlyThoseWhoRunTheNodeModerate(t *testing.T) {
	n := Start(t, "estran")
	r := contributed(t, n, need("Un animateur"), "x")
	for name, by := range map[string]store.Viewer{"a visitor": {}, "its author": byLink(r), "a member": {Actor: n.Lab.IRI, Local: true}, "another node": {Actor: "https://x.test/a", Runs: true}} {
		if err := n.Moderate(t.Context(), by, store.Moderation{Act: store.Verify, Record: r.ID}, nil); !errors.Is(err, federation.ErrForbidden) {
			t.Errorf("%s: got %v, want ErrForbidden", name, err)
		}
	}
}

func TestAnswersLeaveWithWhatTheyAnswer(t *testing.T) {
	home, away := neighbours(t)
	r := contributed(t, home, need("Un animateur"), "x")
	note := &store.News{Record: store.Record{Kind: "news", Body: "Nous en avons un.", Audience: store.OnSite, InReplyTo: r.IRI, Lang: "fr"}}
	publish(t, home, &federation.Activity{Verb: "Create", Actor: home.Lab.IRI, Item: note})
	moderate(t, home, store.Moderation{Act: store.Verify, Record: r.ID})
	eventually(t, away, "the answer came", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(note.IRI); return err == nil })
}

func TestMergedIsHiddenAndPointsToTheOther(t *testing.T) {
	n := Start(t, "estran")
	first, second := contributed(t, n, need("L'Établi  partagé"), "1"), contributed(t, n, need("l’etabli partage"), "2")
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		if same := tx.SameName(second); len(same) != 1 || same[0].Envelope().ID != first.ID {
			t.Errorf("of the same name: got %v", same)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, into := range []store.ID{0, second.ID, 77} {
		if err := n.Moderate(t.Context(), n.Admin(), store.Moderation{Act: store.Merge, Record: second.ID, Into: into}, nil); fieldOf(err) != "into" {
			t.Errorf("into %v: got %v", into, err)
		}
	}
	moderate(t, n, store.Moderation{Act: store.Merge, Record: second.ID, Into: first.ID})
	if got := audienceOf(t, n, second); got != store.Team {
		t.Errorf("got %s", got)
	}
	moderate(t, n, store.Moderation{Act: store.Undo, Record: second.ID})
	if got := audienceOf(t, n, second); got != store.OnSite {
		t.Errorf("after undo: got %s", got)
	}
}

func fieldOf(err error) string {
	if wrong, ok := errors.AsType[*store.FieldError](err); ok {
		return wrong.Field
	}
	return ""
}

func recordItem(t *testing.T, n *Node, r *store.Record) (it store.Item) {
	t.Helper()
	err := n.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		it, err = tx.Record(r.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return it
}
