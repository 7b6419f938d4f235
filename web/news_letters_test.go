package web_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mail/mailtest"
)

// letterBox is a node that writes letters, its clock and where they arrive.
type letterBox struct {
	node
	sink *mailtest.Sink
	now  *clock
}

// startLetters starts such a node. It is noon there on a Monday.
func startLetters(t *testing.T) *letterBox {
	t.Helper()
	now := new(clock)
	day := time.Now().UTC().Truncate(24 * time.Hour).Add(7*24*time.Hour + 12*time.Hour)
	for day.Weekday() != time.Monday {
		day = day.Add(24 * time.Hour)
	}
	now.pass(time.Until(day))
	n, sink := withLetters(t, "estran", fedtest.Clocked(now.now))
	return &letterBox{n, sink, now}
}

// pass lets time go by, and has the node notice.
func (b *letterBox) pass(t *testing.T, d time.Duration) {
	t.Helper()
	b.now.pass(d)
	b.update(t, func(tx *store.Txn) { tx.AddJob(store.LettersJob, store.LettersTask{}) })
}

func (b *letterBox) update(t *testing.T, fn func(tx *store.Txn)) {
	t.Helper()
	err := b.Store.Update(t.Context(), func(tx *store.Txn) error {
		fn(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// confirmed is a member who is signed in and whose address is confirmed.
func (b *letterBox) confirmed(t *testing.T, handle string, role store.Role) (browser, *store.Actor) {
	t.Helper()
	c := b.signedIn(t, handle, role)
	var actor *store.Actor
	b.update(t, func(tx *store.Txn) {
		account, err := tx.AccountByLogin(handle)
		if err != nil {
			t.Fatal(err)
		}
		account.Verified = tx.Now()
		if err := tx.PutAccount(account); err != nil {
			t.Fatal(err)
		}
		if actor, err = tx.Actor(account.Actor); err != nil {
			t.Fatal(err)
		}
	})
	return c, actor
}

// publish saves a record of the lab in the name of a member.
func (b *letterBox) publish(t *testing.T, by *store.Actor, it store.Item) *store.Record {
	t.Helper()
	var viewer store.Viewer
	b.update(t, func(tx *store.Txn) {
		account, err := tx.AccountOf(by.ID)
		if err != nil {
			t.Fatal(err)
		}
		viewer = tx.ViewerOf(by, account.Role)
	})
	if err := b.Publish(t.Context(), viewer, &federation.Activity{Verb: "Create", Actor: b.Lab.IRI, Item: it}); err != nil {
		t.Fatal(err)
	}
	return it.Envelope()
}

func sheet(title string, audience store.Audience) *store.Experiment {
	return &store.Experiment{Stage: "signal", Record: store.Record{
		Kind: "experiment", Title: title, Pitch: "Une accroche.", Audience: audience, Lang: "fr", Themes: []string{"mobilite"},
	}}
}

// letter is the newest of so many letters, of which there are no more when nothing
// waits to be sent.
func (b *letterBox) letter(t *testing.T, n int) (l mailtest.Letter, text string) {
	t.Helper()
	b.sink.Wait(t, n)
	b.eventually(t, "no letter waits", func(tx *store.Txn) bool { return tx.CountJobs(mail.Job, 9) == 0 })
	all := b.sink.Letters()
	if len(all) != n {
		t.Fatalf("got %d letters, want %d: %s", len(all), n, all[len(all)-1].Raw)
	}
	text, html := all[n-1].Parts(t)
	if strings.Contains(text+html, "<no value>") || strings.Contains(text+html, "letter.") {
		t.Errorf("words lack: %s%s", text, html)
	}
	return all[n-1], spaces.Replace(text)
}

var confirmLink = regexp.MustCompile(`http://\S+/abonnements/confirmer/\S+`)

// subscribed confirms a subscription of an address, of which one letter came, and
// returns the path of its page.
func (b *letterBox) subscribed(t *testing.T, visitor browser, list, pace string, came int) (page string) {
	t.Helper()
	visitor.send(t, "/abonnements", url.Values{"email": {"ana@exemple.test"}, "liste": {list}, "rythme": {pace}})
	_, text := b.letter(t, came)
	link := strings.TrimPrefix(confirmLink.FindString(text), b.URL)
	if said := words(visitor.get(t, b.URL+link, "text/html")); !strings.Contains(said, "Confirmer") || strings.Contains(said, "ana@") {
		t.Errorf("before it is confirmed: %s", said)
	}
	return visitor.send(t, link, nil).Header.Get("Location")
}

// oneClick is what a mail program does (RFC 8058 §3.2).
func (b *letterBox) oneClick(t *testing.T, l mailtest.Letter) int {
	t.Helper()
	if got := l.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("got List-Unsubscribe-Post %q", got)
	}
	address := strings.Trim(l.Header.Get("List-Unsubscribe"), "<>")
	res, err := http.PostForm(address, url.Values{"List-Unsubscribe": {"One-Click"}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

func TestSubscriberIsToldWhatEverybodyMaySeeUntilItIsEnough(t *testing.T) {
	b := startLetters(t)
	_, author := b.confirmed(t, "jo", store.Contributor)
	visitor := b.visitor(t)
	page := b.subscribed(t, visitor, "/experimentations?stage=signal&inconnu=1", "daily", 1)
	if said := words(visitor.get(t, b.URL+page, "text/html")); !strings.Contains(said, "ana@exemple.test") || !strings.Contains(said, "Expérimentations, Signal") {
		t.Errorf("the page of the subscriber: %s", said)
	}
	for _, step := range []store.Audience{store.Team, store.LabOnly, store.FollowedLabs, store.OnSite, store.Unlisted, store.Public} {
		b.publish(t, author, sheet("Fiche "+string(step), step))
	}
	other := sheet("Autre stade", store.Public)
	other.Stage = "mandat"
	b.publish(t, author, other)
	b.pass(t, 24*time.Hour)
	_, text := b.letter(t, 2)
	if !strings.Contains(text, "Fiche public") || strings.Count(text, "Fiche ") != 1 || strings.Contains(text, "Autre") {
		t.Errorf("got %s", text)
	}
	if !strings.Contains(text, "parce que cette adresse est abonnée à : Expérimentations, Signal") {
		t.Errorf("it does not say why it came: %s", text)
	}
	b.pass(t, 24*time.Hour) // there is nothing to say
	b.publish(t, author, sheet("Fiche du lendemain", store.Public))
	b.pass(t, 24*time.Hour)
	letter, text := b.letter(t, 3)
	if strings.Contains(text, "Fiche public") {
		t.Errorf("told twice: %s", text)
	}
	if got := b.oneClick(t, letter); got != http.StatusOK {
		t.Errorf("one click: got %d", got)
	}
	b.update(t, func(tx *store.Txn) {
		for range tx.Subscribers() {
			t.Error("the address was kept")
		}
	})
	if got := visitor.status(t, b.URL+page, "text/html"); got != http.StatusGone {
		t.Errorf("the page of nobody: got %d, want 410", got)
	}
	if got := b.oneClick(t, letter); got != http.StatusGone {
		t.Errorf("a second click: got %d, want 410", got)
	}
}

func TestSubscriberChangesEverythingWithoutAnAccount(t *testing.T) {
	b := startLetters(t)
	_, author := b.confirmed(t, "jo", store.Contributor)
	visitor := b.visitor(t)
	event := b.publish(t, author, &store.Event{Start: "2126-06-10T10:00", JoinMode: "none", Record: store.Record{
		Kind: "event", Title: "Rencontre", Pitch: "Un café.", Audience: store.Public, Lang: "fr",
	}})
	b.subscribed(t, visitor, "/recherche?q=cale", "weekly", 1)
	page := b.subscribed(t, visitor, store.EventPath(event.ID), "", 2)
	visitor.send(t, page, url.Values{"numero": {"1"}, "rythme-1": {"daily"}})
	b.publish(t, author, sheet("La cale du port", store.Public))
	b.publish(t, author, sheet("Autre chose", store.Public))
	b.pass(t, 24*time.Hour)
	if _, text := b.letter(t, 3); !strings.Contains(text, "La cale du port") || strings.Contains(text, "Autre chose") {
		t.Errorf("of the search: got %s", text)
	}
	var moved store.Item
	b.update(t, func(tx *store.Txn) { moved, _ = tx.Record(event.ID) })
	moved.(*store.Event).Start = "2126-06-17T10:00"
	viewer := store.Viewer{Actor: author.IRI, Local: true, Role: store.Contributor}
	if err := b.Publish(t.Context(), viewer, &federation.Activity{Verb: "Update", Actor: b.Lab.IRI, Item: moved}); err != nil {
		t.Fatal(err)
	}
	if letter, text := b.letter(t, 4); !strings.Contains(text, "17 juin 2126") || !strings.Contains(letter.Header.Get("Subject"), "Changement") {
		t.Errorf("of the event: got %s", text)
	}
	visitor.send(t, page, url.Values{"numero": {"2"}, "do": {"end"}})
	if to := visitor.send(t, page, url.Values{"numero": {"0"}, "do": {"end"}}).Header.Get("Location"); to != "/abonnements" {
		t.Errorf("after the last one: sent to %s", to)
	}
}

func TestFormOfSubscriptionsTellsNothing(t *testing.T) {
	b := startLetters(t)
	visitor := b.visitor(t)
	for i, email := range []string{"", "pas une adresse", "ana@exemple.test\r\nBcc: x@y.test"} {
		if said := visitor.refused(t, "/abonnements", url.Values{"email": {email}, "liste": {"/lab"}}, http.StatusUnprocessableEntity); said == "" {
			t.Errorf("%d: no words", i)
		}
	}
	visitor.refused(t, "/abonnements", url.Values{"email": {"ana@exemple.test"}, "liste": {"/admin"}}, http.StatusUnprocessableEntity)
	for range 5 { // three letters go out, and nobody sees which
		if to := visitor.send(t, "/abonnements", url.Values{"email": {"ana@exemple.test"}, "liste": {"/lab"}}).Header.Get("Location"); to != "/abonnements" {
			t.Errorf("sent to %s", to)
		}
	}
	b.letter(t, 3)
	visitor.send(t, "/abonnements", url.Values{"email": {"robot@exemple.test"}, "liste": {"/lab"}, "website": {"x"}})
	b.letter(t, 3)
	for _, token := range []string{"x", "s.1.1.AAAA", "g.1..", "...", "m.1.reply."} {
		if got := visitor.status(t, b.URL+letters.StopPath+token, "text/html"); got != http.StatusGone {
			t.Errorf("%s: got %d, want 410", token, got)
		}
	}
	for i := range 20 { // the network as a whole has a bound, too
		res := visitor.do(t, http.MethodPost, b.URL+"/abonnements", http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"},
		}, strings.NewReader(url.Values{"email": {"a" + string(rune('a'+i)) + "@exemple.test"}, "liste": {"/lab"}}.Encode()))
		if res.StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("there is no bound")
}

func TestMemberIsWrittenToAndStopsIt(t *testing.T) {
	b := startLetters(t)
	reader, author := b.confirmed(t, "jo", store.Contributor)
	_, other := b.confirmed(t, "eve", store.Contributor)
	own := b.publish(t, author, sheet("La cale", store.Public))
	answer := func(text string, audience store.Audience) {
		b.publish(t, other, &store.News{Record: store.Record{Kind: "news", Body: text, Audience: audience, InReplyTo: own.IRI, Lang: "fr"}})
	}
	answer("Pour l'équipe seule", store.Team)
	answer("Bravo pour la cale", store.Public)
	letter, text := b.letter(t, 1)
	if letter.To != "jo@estran.test" || !strings.Contains(text, "Bravo pour la cale") || strings.Contains(text, "équipe") || !strings.Contains(text, "(Tout de suite) : Réponses") {
		t.Errorf("to %s: %s", letter.To, text)
	}
	said := words(reader.get(t, b.URL+"/notifications", "text/html"))
	if !strings.Contains(said, "Notifications (1)") || !strings.Contains(said, "Bravo pour la cale") || !strings.Contains(said, "Nouveau") || strings.Contains(said, "équipe") {
		t.Errorf("the page: %s", said)
	}
	if got := b.oneClick(t, letter); got != http.StatusOK {
		t.Errorf("one click: got %d", got)
	}
	answer("Encore bravo", store.Public) // of this there is no letter
	upTo := regexp.MustCompile(`name="jusque" value="(\d+)"`).FindStringSubmatch(reader.get(t, b.URL+"/notifications", "text/html"))
	reader.send(t, "/notifications", url.Values{"jusque": {upTo[1]}})
	if said := words(reader.get(t, b.URL+"/notifications", "text/html")); strings.Contains(said, "Nouveau") || !strings.Contains(said, "Encore bravo") {
		t.Errorf("after all was read: %s", said)
	}
	b.letter(t, 1)
	choices := words(reader.get(t, b.URL+letters.ChoicesPath, "text/html"))
	if strings.Contains(choices, "Signalements") || strings.Contains(choices, "n'est pas confirmée") {
		t.Errorf("the choices of a contributor: %s", choices)
	}
	reader.refused(t, letters.ChoicesPath, url.Values{"reply": {"daily"}, "from": {"22"}}, http.StatusUnprocessableEntity)
	answers := url.Values{"from": {"22"}, "until": {"7"}, "zone": {"Indian/Reunion"}, "digest": {"1"}}
	for _, rule := range store.Topics {
		answers.Set(string(rule.Topic), "daily")
	}
	reader.send(t, letters.ChoicesPath, answers)
	b.update(t, func(tx *store.Txn) {
		l := tx.Letters(author.ID)
		if l.QuietFrom != 22 || l.QuietUntil != 7 || l.Zone != "Indian/Reunion" || !l.Digest || l.PaceOf(store.AboutReply) != store.Daily {
			t.Errorf("kept %+v", l)
		}
	})
}

func TestWhatMembersAreToldBesideAnswers(t *testing.T) {
	b := startLetters(t)
	admin, _ := b.confirmed(t, "maelle", store.Admin)
	owner, author := b.confirmed(t, "jo", store.Contributor)
	_, other := b.confirmed(t, "eve", store.Contributor)
	need := &store.Need{Record: store.Record{Kind: "need", Title: "Une presse", Pitch: "Pour un mois.", Audience: store.Public, Lang: "fr", Themes: []string{"mobilite"}}}
	need.Means, need.Place = "machine", store.Place{Code: "com:35238"}
	b.publish(t, author, need)
	resource := &store.Resource{Record: store.Record{Kind: "resource", Title: "Presse à prêter", Pitch: "Elle dort.", Audience: store.Public, Lang: "fr", Themes: []string{"mobilite"}}}
	resource.Means = "machine"
	b.publish(t, other, resource)
	own := b.publish(t, author, sheet("La cale", store.Public))
	b.publish(t, other, &store.Adoption{Of: own.IRI, Degree: "adapte", Record: store.Record{Kind: "adoption", Title: "Notre cale", Pitch: "Reprise.", Audience: store.Public, Lang: "fr"}})
	if said := words(owner.get(t, b.URL+"/notifications", "text/html")); !strings.Contains(said, "Une ressource pour « Une presse » : « Presse à prêter »") || !strings.Contains(said, "a repris « La cale »") {
		t.Errorf("the owner: %s", said)
	}
	b.update(t, func(tx *store.Txn) {
		tx.PutReport(&store.Report{Reporter: author.IRI, Target: other.IRI, Received: tx.Now()})
		tx.PutLane(&store.Lane{Host: "perdu.example", State: store.Failing, Since: tx.Now().Add(-100 * time.Hour)})
		tx.PutLane(&store.Lane{Host: "hier.example", State: store.Failing, Since: tx.Now().Add(-10 * time.Hour)})
		l := tx.Lane("perdu.example")
		tx.PutLane(l) // told once
	})
	said := words(admin.get(t, b.URL+"/notifications", "text/html"))
	if !strings.Contains(said, "signale") || strings.Count(said, "perdu.example") != 1 || strings.Contains(said, "hier.example") {
		t.Errorf("the administrator: %s", said)
	}
	b.pass(t, 8*24*time.Hour)
	b.eventually(t, "a letter on the match", func(*store.Txn) bool {
		for _, l := range b.sink.Letters() {
			if text, _ := l.Parts(t); l.To == "jo@estran.test" && strings.Contains(text, "Presse à prêter") && strings.Contains(spaces.Replace(text), "en commun : mobilité") {
				return true
			}
		}
		return false
	})
}

func TestLetterOfTheWeekIsWrittenOnceAndOnlyWhenThereIsSomethingToSay(t *testing.T) {
	b := startLetters(t)
	_, reader := b.confirmed(t, "jo", store.Admin)
	_, author := b.confirmed(t, "eve", store.Contributor)
	desk := letters.New(letters.Config{Store: b.Store, BaseURL: b.URL, Zone: time.UTC})
	b.update(t, func(tx *store.Txn) { tx.PutLetters(&store.Letters{Actor: reader.ID, Digest: true}) })
	for range 2 { // a node that starts again plans nothing twice
		if err := desk.PlanWeek(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []store.Audience{store.Team, store.LabOnly, store.Unlisted, store.Public} {
		b.publish(t, author, sheet("Fiche "+string(step), step))
	}
	b.pass(t, 7*24*time.Hour)
	letter, text := b.letter(t, 1)
	if letter.To != "jo@estran.test" || !strings.Contains(text, "Fiche public") || strings.Count(text, "Fiche ") != 1 || !strings.Contains(text, "1 fiche publiée") {
		t.Errorf("to %s: %s", letter.To, text)
	}
	planned := func(tx *store.Txn) string { return string(tx.Setting("week-letter")) }
	var before string
	b.update(t, func(tx *store.Txn) {
		before = planned(tx)
		tx.AddJob("week", struct{}{}) // the process was killed before it noted that the job was done
	})
	b.pass(t, 7*24*time.Hour)
	b.eventually(t, "the week after was looked at", func(tx *store.Txn) bool { return planned(tx) > before })
	b.letter(t, 1)
	b.publish(t, author, sheet("La suite", store.Public))
	b.pass(t, 7*24*time.Hour)
	if _, text := b.letter(t, 2); !strings.Contains(text, "La suite") || strings.Contains(text, "Fiche ") {
		t.Errorf("got %s", text)
	}
}
