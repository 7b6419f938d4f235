package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
)

// clock is that of the machine, as far ahead as a test wants it.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }

// openForm starts a node on which people write without an account, so many in an
// hour, and files are taken in.
func openForm(t *testing.T, handle string, perHour int) (node, *clock) {
	t.Helper()
	c := new(clock)
	return startWith(t, handle, func(n *fedtest.Node, config *web.Config) {
		config.ContributionsPerHour = perHour
		desk := &intake.Desk{Node: n.Node, Langs: []string{"fr"}, Log: n.Log}
		n.Jobs = map[string]func(ctx context.Context, j *store.Job) error{intake.Job: desk.Do}
	}, fedtest.Clocked(c.now)), c
}

var stampIn = regexp.MustCompile(`name="stamp" value="([^"]+)"`)

// stamp is what the open form at path was shown with.
func (b browser) stamp(t *testing.T, path string) string {
	t.Helper()
	found := stampIn.FindStringSubmatch(b.get(t, b.base+path, "text/html"))
	if found == nil {
		t.Fatalf("%s: no form", path)
	}
	return found[1]
}

// initiative are the answers of somebody without an account.
func initiative(title, stamp string) url.Values {
	return url.Values{
		"title": {title}, "pitch": {"Des voisins cousent des masques."}, "initiativeKind": {"entraide"},
		"place.commune": {"35238"}, "stamp": {stamp},
	}
}

// A campaign: 450 initiatives come from a table, 30 from people without an account,
// and all of them are on the list, on the map and, once verified, on two peers.
func TestCampaignOfInitiativesByTableAndOpenForm(t *testing.T) {
	home, now := openForm(t, "bretagne", 30)
	peers := []node{start(t, "pdl"), start(t, "occitanie")}
	for _, peer := range peers {
		peer.follow(t, home)
	}
	admin, visitor := home.signedIn(t, "maelle", store.Admin), home.visitor(t)
	importTable(t, home, admin, 450)

	const form = "/contribuer/initiatives"
	stamp := make([]string, 32)
	for i := range stamp {
		stamp[i] = visitor.stamp(t, form)
	}
	now.pass(5 * time.Second) // nobody fills a form in no time
	robot := initiative("Pas cher", stamp[0])
	robot.Set("website", "https://spam.example/")
	if to := visitor.send(t, form, robot).Header.Get("Location"); to != "/contribuer/merci" {
		t.Errorf("a robot is sent to %s", to)
	}
	var links []string
	for i := range 30 {
		res := visitor.send(t, form, initiative(fmt.Sprintf("Couture numéro %d", i), stamp[i+1]))
		links = append(links, res.Header.Get("Location"))
	}
	if said := visitor.refused(t, form, initiative("Une de trop", stamp[31]), http.StatusTooManyRequests); !strings.Contains(said, "réessayez dans une heure") {
		t.Error("one too many is not told why")
	}
	for _, link := range links {
		if said := visitor.get(t, home.URL+link, "text/html"); !strings.Contains(said, "Couture numéro") {
			t.Fatalf("the link %s does not lead to the form", link)
		}
	}
	if got := onMap(t, visitor, home); got != 480 {
		t.Errorf("got %d on the map, want 480", got)
	}
	if said := words(visitor.get(t, home.URL+"/initiatives", "text/html")); !strings.Contains(said, "480") || strings.Contains(said, "Pas cher") || strings.Contains(said, "Une de trop") {
		t.Error("the list does not count 480")
	}

	written := contributions(t, home)
	moderate(t, home, admin, visitor, written[0])
	for _, rec := range written {
		admin.send(t, "/admin/moderation", url.Values{"act": {"verify"}, "record": {rec.ID.String()}})
	}
	for _, peer := range peers {
		peer.eventually(t, "all 480 have arrived", func(tx *store.Txn) bool {
			return tx.ListKind("initiative", store.Query{}).Total == 480
		})
		if got := onMap(t, peer.visitor(t), peer); got != 480 {
			t.Errorf("got %d on the map of a peer, want 480", got)
		}
	}
}

// importTable takes in so many rows, once they were checked.
func importTable(t *testing.T, n node, admin browser, rows int) {
	t.Helper()
	var file, form bytes.Buffer
	file.WriteString("title;pitch;initiativeKind;place.commune\n")
	for i := range rows {
		fmt.Fprintf(&file, "Initiative numéro %d;Une accroche.;solidarite;35238\n", i)
	}
	w := multipart.NewWriter(&form)
	if err := w.WriteField("kind", "initiative"); err != nil {
		t.Fatal(err)
	}
	upload(t, w, "file", "riposte.csv", file.Bytes())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := admin.post(t, "/admin/imports", w.FormDataContentType(), &form).Header.Get("Location")
	if said := words(admin.get(t, n.URL+path, "text/html")); !strings.Contains(said, strconv.Itoa(rows)) {
		t.Errorf("the check does not count %d: %s", rows, said)
	}
	if got := onMap(t, admin, n); got != 0 {
		t.Errorf("the check left %d records", got)
	}
	began := time.Now()
	admin.send(t, path, url.Values{
		"source": {"Riposte créative"}, "column.title": {"title"}, "column.pitch": {"pitch"}, "column.initiativeKind": {"initiativeKind"},
		"column.place.commune": {"place.commune"}, "value.audience": {"public"}, "do": {"run"},
	})
	n.eventually(t, "the table is taken in", func(tx *store.Txn) bool {
		return len(tx.ListKind("initiative", store.Query{Limit: 1000}).Items) == rows
	})
	t.Logf("%d rows in %s", rows, time.Since(began))
}

// onMap counts what the map of initiatives shows to somebody.
func onMap(t *testing.T, b browser, n node) int {
	t.Helper()
	var m struct {
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal([]byte(b.get(t, n.URL+"/initiatives.geojson", "*/*")), &m); err != nil {
		t.Fatal(err)
	}
	return len(m.Features)
}

// contributions are those of a node's initiatives that nobody verified.
func contributions(t *testing.T, n node) (all []*store.Record) {
	t.Helper()
	n.eventually(t, "they are there", func(tx *store.Txn) bool {
		all = nil
		for _, it := range tx.ListKind("initiative", store.Query{Limit: 1000}).Items {
			if r := it.Envelope(); r.Unverified {
				all = append(all, r)
			}
		}
		return true
	})
	if len(all) != 30 {
		t.Fatalf("got %d contributions, want 30", len(all))
	}
	return all
}

// moderate hides a contribution and brings it back.
func moderate(t *testing.T, n node, admin, visitor browser, rec *store.Record) {
	t.Helper()
	page, id := n.URL+federation.PagePath(rec), rec.ID.String()
	admin.send(t, "/admin/moderation", url.Values{"act": {"hide"}, "record": {id}, "reason": {"hors-sujet"}})
	if got := visitor.status(t, page, "text/html"); got != http.StatusNotFound || onMap(t, visitor, n) != 479 {
		t.Errorf("hidden: its page answers %d", got)
	}
	if log := words(visitor.get(t, n.URL+"/moderation", "text/html")); !strings.Contains(log, "Hors sujet") || strings.Contains(log, rec.Title) {
		t.Errorf("the public log: %s", log)
	}
	admin.send(t, "/admin/moderation", url.Values{"act": {"undo"}, "record": {id}})
	if got := visitor.status(t, page, "text/html"); got != http.StatusOK || onMap(t, visitor, n) != 480 {
		t.Errorf("brought back: its page answers %d", got)
	}
}

// A call takes challenges from everybody until its last day, and retains none that
// is not taken up by two.
func TestCallForChallengesFromFormToAnswer(t *testing.T) {
	home, now := openForm(t, "pdl", 0)
	away := start(t, "bretagne")
	away.follow(t, home)
	team, citizen := home.signedIn(t, "yann", store.Admin), home.visitor(t)
	call := home.saved(t, team.send(t, "/defis/nouvelle", url.Values{
		"title": {"Vivre sans voiture"}, "pitch": {"Que faut-il changer ?"}, "audience": {"public"}, "jointly": {"1"},
		"closes": {now.now().AddDate(0, 0, 10).Format(time.DateOnly)},
	})).Envelope()
	const form = "/contribuer/propositions"
	answers := url.Values{
		"call": {call.IRI}, "title": {"Un car le dimanche"}, "pitch": {"Il n'y en a aucun."}, "body": {"Rien du samedi au lundi."},
		"email": {"citoyenne@exemple.test"}, "stamp": {citizen.stamp(t, form)},
	}
	late := url.Values{"call": {call.IRI}, "title": {"Trop tard"}, "pitch": {"Après."}, "body": {"Après."}}
	now.pass(5 * time.Second)
	receipt := citizen.send(t, form, answers).Header.Get("Location")
	if said := citizen.get(t, home.URL+receipt, "text/html"); !strings.Contains(said, "Un car le dimanche") {
		t.Error("the receipt does not name the challenge")
	}
	rec := only(t, home, "challenge")
	team.send(t, "/admin/moderation", url.Values{"act": {"verify"}, "record": {rec.ID.String()}})
	away.await(t, rec.IRI)

	edited := url.Values{
		"call": {call.IRI}, "title": {rec.Title}, "pitch": {rec.Pitch}, "body": {rec.Body}, "audience": {"public"},
		"challengeState": {"en-examen"},
	}
	home.change(t, team, rec, edited)
	edited.Set("challengeState", "retenu")
	edited.Set("commitments.0.org", "Labo de Bretagne")
	edited.Set("commitments.0.state", "promis")
	edited.Set("version", strconv.Itoa(home.await(t, rec.IRI).Envelope().Version))
	said := team.refused(t, federation.PagePath(rec)+"/modifier", edited, http.StatusUnprocessableEntity)
	if !strings.Contains(said, "il faut 2 organisations engagées, il y en a 1") {
		t.Error("the form does not say that one commitment is too few")
	}
	edited.Set("commitments.1.org", "Labo de La Réunion")
	edited.Set("commitments.1.state", "promis")
	home.change(t, team, rec, edited)
	edited.Set("challengeState", "traite")
	edited.Set("answer", "Un car circulera dès juin.")
	home.change(t, team, rec, edited)
	away.eventually(t, "the answer has arrived", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(rec.IRI)
		c, ok := it.(*store.Challenge)
		return err == nil && ok && c.State == "traite"
	})
	wire := citizen.get(t, rec.IRI, "application/activity+json")
	if got, want := fmt.Sprint(stagesOf(t, wire)), "[recu en-examen retenu traite]"; got != want {
		t.Errorf("states in the document: got %s, want %s", got, want)
	}
	addressStaysInside(t, home, away, rec)

	now.pass(12 * 24 * time.Hour)
	late.Set("stamp", citizen.stamp(t, form))
	now.pass(5 * time.Second)
	if said := citizen.refused(t, form, late, http.StatusUnprocessableEntity); !strings.Contains(said, "Cet appel n'est pas ouvert") {
		t.Error("a challenge after the last day is not told why")
	}
}

// addressStaysInside wants no document, page or list of either node to hold the
// address of who wrote a record without an account.
func addressStaysInside(t *testing.T, home, away node, rec *store.Record) {
	t.Helper()
	page := federation.PagePath(rec)
	there := federation.PagePath(away.await(t, rec.IRI).Envelope())
	for _, list := range []string{
		"/propositions", "/propositions.csv", "/propositions.jsonld", "/propositions.json", "/propositions.atom", "/propositions.rss",
		"/propositions.geojson", "/api/v1/timelines/public", "/moderation",
	} {
		for _, n := range []node{home, away} {
			if said := n.visitor(t).get(t, n.URL+list, "*/*"); strings.Contains(said, "citoyenne@") {
				t.Errorf("%s of %s holds the address", list, n.Lab.Handle)
			}
		}
	}
	visitor := home.visitor(t)
	for _, address := range []string{
		home.URL + page, home.URL + page + ".jsonld", rec.IRI, home.URL + "/actors/pdl/outbox?page=true", home.URL + "/actors/pdl/catalog?page=1",
		away.URL + there, away.URL + there + ".jsonld",
	} {
		accept := "application/activity+json, */*;q=0.1"
		if strings.HasSuffix(address, ".jsonld") || address == away.URL+there {
			accept = "*/*"
		}
		if said := visitor.get(t, address, accept); strings.Contains(said, "citoyenne@") {
			t.Errorf("%s holds the address", address)
		}
	}
}
