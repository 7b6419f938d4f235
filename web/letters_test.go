package web_test

import (
	"context"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mail/mailtest"
)

var placeInLetter = regexp.MustCompile(`http://\S+/inscription/[A-Z0-9]+`)

// withLetters starts a node that sends letters, and where they arrive.
func withLetters(t *testing.T, handle string, options ...fedtest.Option) (node, *mailtest.Sink) {
	t.Helper()
	sink := mailtest.New(t)
	return startWith(t, handle, func(n *fedtest.Node, c *web.Config) {
		c.Mail = mail.New(mail.Config{
			Host: sink.Host, Port: sink.Port, Protection: mail.Plain, From: "Labo <labo@estran.test>", Log: slog.New(slog.DiscardHandler),
		})
		n.TellGuests = web.GuestLetters(c.Mail, c.Renderer.Catalog)
		c.Search = searching(t, n.Store)
		c.Letters = letters.New(letters.Config{Store: n.Store, Mail: c.Mail, Words: c.Renderer.Catalog, BaseURL: n.URL, Zone: time.UTC, Search: c.Search})
		n.Jobs = map[string]func(context.Context, *store.Job) error{
			mail.Job: c.Mail.Deliver, web.ResetJob: web.ResetLetters(n.Store, c.Mail, c.Renderer.Catalog, n.URL),
		}
		for _, kind := range letters.Jobs {
			n.Jobs[kind] = c.Letters.Do
		}
	}, options...), sink
}

// read is the text of a letter.
func read(t *testing.T, l mailtest.Letter) string {
	t.Helper()
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(l.Body)))
	if err != nil {
		t.Fatal(err)
	}
	return spaces.Replace(string(text))
}

// workshop are the answers to the form of an event at which two can take part.
func workshop(day string) url.Values {
	return url.Values{
		"title": {"Atelier masques"}, "pitch": {"On coud."}, "audience": {"public"}, "start": {day + "T10:00"}, "zone": {"Europe/Paris"},
		"joinMode": {"free"}, "capacity": {"2"},
	}
}

func TestGuestConfirmsAPlaceByLetter(t *testing.T) {
	n, sink := withLetters(t, "estran")
	organizer := n.member(t, "jo")
	event := n.saved(t, organizer.send(t, "/agenda/nouvelle", workshop("2126-06-10"))).Envelope()
	path := federation.PagePath(event)
	ana := url.Values{"name": {"Ana Le Gall"}, "email": {"ana@exemple.test"}}
	visitor := n.visitor(t)
	ask := func(answers url.Values, letters int) (link string) {
		t.Helper()
		if to := visitor.send(t, path+"/participer", answers).Header.Get("Location"); to != path {
			t.Errorf("sent to %s, which says more than the letter's reader may know", to)
		}
		last := sink.Wait(t, letters)[letters-1]
		if last.To != "ana@exemple.test" {
			t.Errorf("a letter to %s", last.To)
		}
		return placeInLetter.FindString(read(t, last))
	}
	first := ask(ana, 1)
	if said := words(visitor.get(t, first, "text/html")); !strings.Contains(said, "Confirmez que vous venez.") || strings.Contains(said, "ana@") {
		t.Errorf("before it is confirmed: %s", said)
	}
	if said := words(organizer.get(t, n.URL+path+"/inscrits", "text/html")); !strings.Contains(said, "N'a pas encore confirmé") {
		t.Error("the organisers do not see that it is not confirmed")
	}
	visitor.send(t, strings.TrimPrefix(first, n.URL), url.Values{"do": {"confirm"}})
	ana.Set("email", "ANA@exemple.test") // the same address
	second := ask(ana, 2)
	if got := visitor.status(t, first, "text/html"); got != http.StatusNotFound {
		t.Errorf("the link of the first letter: got %d, want 404", got)
	}
	if said := words(visitor.get(t, second, "text/html")); !strings.Contains(said, "Vous avez une place.") || !strings.Contains(said, "1 place prise sur 2") {
		t.Errorf("one address has another place: %s", said)
	}
	visitor.send(t, strings.TrimPrefix(second, n.URL), url.Values{"do": {"leave"}})
	if said := words(visitor.get(t, n.URL+path+"/participer", "text/html")); !strings.Contains(said, "0 place prise sur 2") {
		t.Error("the place was not given up")
	}
}

func TestPlaceThatIsNotConfirmedIsReleased(t *testing.T) {
	now := new(clock)
	n, sink := withLetters(t, "estran", fedtest.Clocked(now.now))
	event := n.saved(t, n.member(t, "jo").send(t, "/agenda/nouvelle", workshop("2126-06-10"))).Envelope()
	visitor := n.visitor(t)
	visitor.send(t, federation.PagePath(event)+"/participer", url.Values{"name": {"Ana"}, "email": {"ana@exemple.test"}})
	link := placeInLetter.FindString(read(t, sink.Wait(t, 1)[0]))
	now.pass(federation.ConfirmWithin + time.Minute)
	n.visitor(t).send(t, federation.PagePath(event)+"/participer", url.Values{"name": {"Bob"}, "email": {"bob@exemple.test"}}) // wakes the node
	n.eventually(t, "the place is free again", func(tx *store.Txn) bool {
		_, err := tx.GuestSeat(event.ID, "ana@exemple.test")
		return err != nil
	})
	if got := visitor.status(t, link, "text/html"); got != http.StatusNotFound {
		t.Errorf("the link of the letter: got %d, want 404", got)
	}
}

func TestGuestsHearThatAnEventIsMovedOrCalledOff(t *testing.T) {
	n, sink := withLetters(t, "estran")
	organizer := n.member(t, "jo")
	answers := workshop("2126-06-10")
	answers.Set("capacity", "9")
	event := n.saved(t, organizer.send(t, "/agenda/nouvelle", answers)).Envelope()
	path := federation.PagePath(event)
	for i, lang := range []string{"", "/en", ""} {
		visitor := n.visitor(t)
		email := []string{"ana@exemple.test", "bob@example.test", "eve@exemple.test"}[i]
		visitor.send(t, lang+path+"/participer", url.Values{"name": {"Quelqu'un"}, "email": {email}})
		link := placeInLetter.FindString(read(t, sink.Wait(t, i+1)[i]))
		if i < 2 { // the third never confirms
			visitor.send(t, strings.TrimPrefix(link, n.URL), url.Values{"do": {"confirm"}})
		}
	}
	told := 3
	hears := func(what string, fr, en string) {
		t.Helper()
		told += 2
		came := sink.Wait(t, told)
		if len(came) != told {
			t.Errorf("%s: got %d letters, want %d", what, len(came), told)
		}
		for _, l := range came[told-2:] {
			want, text := map[string]string{"ana@exemple.test": fr, "bob@example.test": en}[l.To], read(t, l)
			if want == "" || !strings.Contains(text, want) || !strings.Contains(text, "Atelier masques") || strings.Contains(text, "<no value>") {
				t.Errorf("%s: to %s: %s", what, l.To, text)
			}
		}
	}
	answers.Set("pitch", "On coud des masques.") // of this nobody is told
	n.change(t, organizer, event, answers)
	answers.Set("start", "2126-06-17T14:00")
	n.change(t, organizer, event, answers)
	hears("moved", "change de date", "has another date")
	answers.Set("state", "annule")
	n.change(t, organizer, event, answers)
	hears("called off", "n'aura pas lieu", "will not take place")
	organizer.send(t, path+"/supprimer", nil) // they were told
	n.eventually(t, "no letter waits", func(tx *store.Txn) bool { return tx.CountJobs(mail.Job, 9) == 0 })
	if got := len(sink.Letters()); got != told {
		t.Errorf("deleted after it was called off: got %d letters, want %d", got, told)
	}
}
