package page

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mail/mailtest"
)

const needForm = "/contribuer/besoins"

// withMail gives the site a mail server.
func withMail(t *testing.T, s *site) *mailtest.Sink {
	t.Helper()
	sink := mailtest.New(t)
	s.pages.Mail = mail.New(mail.Config{
		Host: sink.Host, Port: sink.Port, Protection: mail.Plain, From: "Labo <labo@estran.test>", Log: slog.New(slog.DiscardHandler),
	})
	return sink
}

// post sends the letters that wait.
func (s *site) post(t *testing.T) {
	t.Helper()
	var due []*store.Job
	s.update(t, func(tx *store.Txn) error {
		due, _ = tx.DueJobs(100)
		for _, j := range due {
			tx.DeleteJob(j)
		}
		return nil
	})
	for _, j := range due {
		if err := s.pages.Mail.Deliver(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
}

// stamp is one that a form got a minute ago.
func (s *site) stamp(t *testing.T, form string) string {
	t.Helper()
	return s.stampAt(t, form, time.Now().Add(-time.Minute))
}

func (s *site) stampAt(t *testing.T, form string, at time.Time) string {
	t.Helper()
	key, err := s.node.Store.Secret(t.Context(), secretName)
	if err != nil {
		t.Fatal(err)
	}
	return makeStamp(key, form, at)
}

// needAnswers are those of somebody who looks for something.
func (s *site) needAnswers(t *testing.T, title string) url.Values {
	t.Helper()
	return url.Values{
		"title": {title}, "pitch": {"Deux jours par mois."}, "means": {"facilitation"}, "place.commune": {"Rennes"},
		"byline": {"Collectif des Marées"}, "email": {"ana@exemple.test"}, stampName: {s.stamp(t, "need")},
	}
}

// contribute sends a contribution and returns the path of its edit link.
func (s *site) contribute(t *testing.T, answers url.Values) (link string) {
	t.Helper()
	a := s.Visitor(t).Post(needForm, answers)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/contribuer/fiche/") {
		t.Fatalf("got %d to %q: %s", a.Status, a.Location, a.Body)
	}
	return a.Location
}

func (s *site) needs(t *testing.T) (all []*store.Need) {
	t.Helper()
	s.update(t, func(tx *store.Txn) error {
		all = nil
		for _, it := range tx.ListKind("need", store.Query{Viewer: s.viewer(s.node.Admin), Limit: 99}).Items {
			all = append(all, it.(*store.Need))
		}
		return nil
	})
	return all
}

var linkInLetter = regexp.MustCompile(`/contribuer/fiche/[A-Z2-7]+`)

func TestThirtyContributeWithoutAnAccount(t *testing.T) {
	s := newSite(t)
	sink := withMail(t, s)
	accepted := 0
	s.pages.Allow = func(_ *http.Request, act Act) bool {
		if act == Contribute {
			accepted++
		}
		return accepted <= 30
	}
	var links []string
	for i := range 30 {
		answers := s.needAnswers(t, fmt.Sprintf("Besoin numéro %d", i))
		answers.Set("email", fmt.Sprintf("ana%d@exemple.test", i))
		links = append(links, s.contribute(t, answers))
	}
	v := s.Visitor(t)
	if a := v.Get("/besoins?page=2"); !a.Has("Besoin numéro 0") || !a.Has("Non vérifiée") {
		t.Error("the first is not in the list, or has no mark")
	}
	for i, link := range links {
		title := fmt.Sprintf("Besoin numéro %d", i)
		form := formOf(t, v, link)
		if form.Get("title") != title || form.Get("place.commune") != "Rennes" {
			t.Fatalf("%s: got %v", link, form)
		}
		form.Set("title", title+" bis")
		if a := v.Post(link, form); a.Status != http.StatusSeeOther {
			t.Fatalf("change by %s: got %d: %s", link, a.Status, a.Body)
		}
		if a := v.Post(link+"/envoyer", nil); a.Status != http.StatusSeeOther || !v.Get(link).Has("nouveau lien part") {
			t.Errorf("send %s again: got %d", link, a.Status)
		}
	}
	s.post(t)
	letters := sink.Wait(t, 60)
	seen := map[string]bool{}
	for _, l := range letters {
		link := linkInLetter.FindString(strings.ReplaceAll(l.Body, "=\n", ""))
		if link == "" || v.Get(link).Status != http.StatusOK {
			t.Errorf("the link %q of a letter to %s does not work", link, l.To)
		}
		seen[link] = true
	}
	if len(seen) != 60 {
		t.Errorf("got %d different links, want 60", len(seen))
	}
	for _, n := range s.needs(t) {
		if !strings.HasSuffix(n.Title, " bis") || n.Byline != "Collectif des Marées" || n.Place.Code == "" {
			t.Errorf("got %+v", n)
		}
	}
	late := s.needAnswers(t, "Le trente et unième")
	a := v.Post(needForm, late)
	if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || fieldsIn(t, a.Body).Get("title") != "Le trente et unième" || !a.Has("Collectif des Marées", "réessayez dans une heure") {
		t.Errorf("one too many: got %d: %s", a.Status, a.Body)
	}
}

func TestRobotIsThankedAndNotBelieved(t *testing.T) {
	s := newSite(t)
	answers := s.needAnswers(t, "Pas cher")
	answers.Set(trapName, "https://spam.example/")
	a := s.Visitor(t).Post(needForm, answers)
	if a.Status != http.StatusSeeOther || a.Location != "/contribuer/merci" || s.Visitor(t).Get(a.Location).Status != http.StatusOK {
		t.Errorf("got %d to %q", a.Status, a.Location)
	}
	if got := len(s.needs(t)); got != 0 {
		t.Errorf("got %d records, want none", got)
	}
}

func TestFormComesBackWithAllThatWasTyped(t *testing.T) {
	s := newSite(t)
	withMail(t, s)
	now := time.Now()
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
		stamp  bool // it is shown with the same stamp
	}{
		"without a stamp":       {func(f url.Values) { f.Del(stampName) }, "a expiré", false},
		"a stamp of yesterday":  {func(f url.Values) { f.Set(stampName, s.stampAt(t, "need", now.Add(-25*time.Hour))) }, "a expiré", false},
		"a stamp of tomorrow":   {func(f url.Values) { f.Set(stampName, s.stampAt(t, "need", now.Add(time.Hour))) }, "a expiré", false},
		"another form's stamp":  {func(f url.Values) { f.Set(stampName, s.stamp(t, "lesson")) }, "a expiré", false},
		"in no time":            {func(f url.Values) { f.Set(stampName, s.stampAt(t, "need", time.Now())) }, "trois secondes", true},
		"no title":              {func(f url.Values) { f.Set("title", "") }, "", true},
		"not an address":        {func(f url.Values) { f.Set("email", "ana@x\r\nBcc: eve@evil.example") }, "", true},
		"reached without mail":  {func(f url.Values) { f.Set("email", ""); f.Set("reach", "1") }, "décochez la case", true},
		"an unknown commune":    {func(f url.Values) { f.Set("place.commune", "Nullepartville") }, "Nullepartville", true},
		"many addresses":        {func(f url.Values) { f.Set("pitch", strings.Repeat("http://x.example ", 4)) }, "gardez-en 3", true},
		"a name without an end": {func(f url.Values) { f.Set("byline", strings.Repeat("x", 81)) }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			answers := s.needAnswers(t, "Un animateur")
			c.change(answers)
			a := s.Visitor(t).Post(needForm, answers)
			back := fieldsIn(t, a.Body)
			if a.Status != http.StatusUnprocessableEntity || !a.Has(c.says) || !a.Has(`class="mistakes"`) {
				t.Errorf("got %d: %s", a.Status, a.Body)
			}
			if back.Get("title") != answers.Get("title") || back.Get("byline") != answers.Get("byline") || back.Get("means") != "facilitation" {
				t.Errorf("not kept: %v", back)
			}
			if same := back.Get(stampName) == answers.Get(stampName); same != c.stamp {
				t.Errorf("the same stamp: got %v, want %v", same, c.stamp)
			}
		})
	}
	if got := len(s.needs(t)); got != 0 {
		t.Errorf("got %d records, want none", got)
	}
}

func TestSentTwiceIsOneContribution(t *testing.T) {
	s := newSite(t)
	answers := s.needAnswers(t, "Un animateur")
	if first, second := s.contribute(t, answers), s.contribute(t, answers); first != second || len(s.needs(t)) != 1 {
		t.Errorf("got %s and %s, %d records", first, second, len(s.needs(t)))
	}
}

func TestPagesOfTheOpenFormFitASlowPhone(t *testing.T) {
	s := newSite(t)
	withMail(t, s)
	v := s.Visitor(t)
	for _, k := range openKinds() {
		for _, lang := range []string{"", "/en"} {
			a := v.Get(lang + contributePath(k))
			if a.Status != http.StatusOK || len(a.Body) > 30<<10 || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s%s: got %d, %d bytes, cache %q", lang, contributePath(k), a.Status, len(a.Body), a.Header.Get("Cache-Control"))
			}
			if n := len(questions(t, s, k)); n > 6 {
				t.Errorf("%s asks %d questions, want at most six", k.Name, n)
			}
		}
	}
}

// questions are those of the open form: what belongs to one field counts once.
func questions(t *testing.T, s *site, k *store.Kind) map[string]bool {
	t.Helper()
	asked := map[string]bool{}
	for name := range formOf(t, s.Visitor(t), contributePath(k)) {
		name, _, _ = strings.Cut(name, ".")
		if name != stampName && name != trapName && !isInterest(name) {
			asked[name] = true
		}
	}
	for _, f := range k.Opened().Fields {
		if !isInterest(f.Name) { // folded
			asked[f.Name] = true
		}
	}
	return asked
}

func TestEveryOpenKindCanBeWritten(t *testing.T) {
	for _, k := range openKinds() {
		for i := range k.Fields {
			f := &k.Fields[i]
			if f.Required && !f.Open && f.Name != "audience" && f.IsEmpty(k.New()) {
				t.Errorf("%s: %s must be said, and the open form does not ask", k.Name, f.Name)
			}
		}
	}
}

func TestContactIsReachedAndNotSeen(t *testing.T) {
	s := newSite(t)
	sink := withMail(t, s)
	answers := s.needAnswers(t, "Un animateur")
	answers.Set("reach", "1")
	answers.Set("email", "secrete@exemple.test")
	s.contribute(t, answers)
	s.post(t)
	page := federation.PagePath(&s.needs(t)[0].Record)
	for i, from := range []string{"bo@exemple.test", "cy@exemple.test"} {
		v := s.Visitor(t)
		if a := v.Get(page); !a.Has(page+relayEnd) || a.Has("secrete@") {
			t.Error("no way to the contact, or its address shows")
		}
		if v.Get(page + relayEnd).Has("secrete@") {
			t.Error("the form shows the address of the contact")
		}
		form := url.Values{"email": {from}, "message": {"Je peux aider."}, stampName: {s.stamp(t, "relay "+s.needs(t)[0].ID.String())}}
		if a := v.Post(page+relayEnd, form); a.Status != http.StatusSeeOther || a.Has("secrete@") {
			t.Errorf("got %d: %s", a.Status, a.Body)
		}
		s.post(t)
		l := sink.Wait(t, i+2)[i+1]
		if l.To != "secrete@exemple.test" || l.Header.Get("Reply-To") != "<"+from+">" || !strings.Contains(l.Body, "Je peux aider.") {
			t.Errorf("got %q", l.Raw)
		}
	}
	for name, form := range map[string]url.Values{
		"headers in the address": {"email": {"bo@x.test\r\nBcc: eve@evil.example"}, "message": {"x"}},
		"two addresses":          {"email": {"bo@x.test, eve@evil.example"}, "message": {"x"}},
		"no message":             {"email": {"bo@x.test"}, "message": {" "}},
		"a long message":         {"email": {"bo@x.test"}, "message": {strings.Repeat("x", 2001)}},
	} {
		form.Set(stampName, s.stamp(t, "relay "+s.needs(t)[0].ID.String()))
		if a := s.Visitor(t).Post(page+relayEnd, form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d", name, a.Status)
		}
	}
}

func TestWhoIsNotListedIsNotReached(t *testing.T) {
	s := newSite(t)
	withMail(t, s)
	s.contribute(t, s.needAnswers(t, "Un animateur"))
	page := federation.PagePath(&s.needs(t)[0].Record)
	if v := s.Visitor(t); v.Get(page).Has(relayEnd) || v.Get(page+relayEnd).Status != http.StatusNotFound {
		t.Error("somebody who did not want to be reached can be")
	}
}

func TestLostLinkIsSentToItsOwnerAlone(t *testing.T) {
	s := newSite(t)
	sink := withMail(t, s)
	s.contribute(t, s.needAnswers(t, "Un animateur"))
	s.contribute(t, s.needAnswers(t, "Une salle"))
	s.post(t)
	said := map[string]string{}
	for _, email := range []string{"ANA@exemple.test", "eve@exemple.test"} {
		v := s.Visitor(t)
		a := v.Post("/contribuer/lien", url.Values{"email": {email}, stampName: {s.stamp(t, lostForm)}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("got %d: %s", a.Status, a.Body)
		}
		said[email] = v.Get("/contribuer").Body
	}
	if said["ANA@exemple.test"] != said["eve@exemple.test"] {
		t.Error("the answer tells whose address is known")
	}
	s.post(t)
	letters := sink.Wait(t, 3)
	last := letters[len(letters)-1]
	links := linkInLetter.FindAllString(strings.ReplaceAll(last.Body, "=\n", ""), -1)
	if len(letters) != 3 || last.To != "ana@exemple.test" || len(links) != 2 {
		t.Fatalf("got %d letters, the last to %s with %v", len(letters), last.To, links)
	}
	for _, link := range links {
		if s.Visitor(t).Get(link).Status != http.StatusOK {
			t.Errorf("%s does not work", link)
		}
	}
}

func TestModerationIsPublicAndNamesNobody(t *testing.T) {
	s := newSite(t)
	link := s.contribute(t, s.needAnswers(t, "Un animateur"))
	r := &s.needs(t)[0].Record
	page := federation.PagePath(r)
	v := s.Visitor(t)
	decide := func(m store.Moderation) {
		t.Helper()
		m.Record = r.ID
		if err := s.node.Moderate(t.Context(), s.viewer(s.node.Admin), m, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !v.Get("/moderation").Has("Aucune décision") {
		t.Error("a log of nothing")
	}
	decide(store.Moderation{Act: store.Hide, Reason: "publicite"})
	if v.Get(page).Status != http.StatusNotFound || v.Get("/besoins").Has("Un animateur") || v.Get("/entraide").Has("Un animateur") {
		t.Error("it shows after it was hidden")
	}
	if a := v.Get("/moderation"); !a.Has("Masquée", "Publicité") || a.Has("Un animateur") || a.Has("Marées") || a.Has(s.node.Admin.Name) || a.Has("ana@") {
		t.Errorf("got %s", a.Body)
	}
	if !v.Get(link).Has("Masquée", "Publicité") {
		t.Error("its author is not told")
	}
	decide(store.Moderation{Act: store.Undo})
	if !v.Get(page).Has("Un animateur", "Non vérifiée", "Collectif des Marées") || !v.Get("/besoins").Has("Un animateur") {
		t.Error("it does not show after the decision was undone")
	}
	if !v.Get("/en/moderation").Has("Decision undone", page) {
		t.Error("the log does not tell of it")
	}
}

func TestEditLinkErasesAndAnswers(t *testing.T) {
	s := newSite(t)
	link := s.contribute(t, s.needAnswers(t, "Un animateur"))
	r := &s.needs(t)[0].Record
	ask := store.Moderation{Act: store.Ask, Record: r.ID, Text: "Quels jours ?"}
	if err := s.node.Moderate(t.Context(), s.viewer(s.node.Admin), ask, nil); err != nil {
		t.Fatal(err)
	}
	v := s.Visitor(t)
	if !v.Get(link).Has("Quels jours ?") {
		t.Error("the question does not show")
	}
	form := formOf(t, v, link)
	form.Set("answer", "Le mardi.")
	if a := v.Post(link, form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	s.update(t, func(tx *store.Txn) error {
		c, err := tx.Contribution(r.ID)
		if err == nil && (c.Answer != "Le mardi." || c.Edited.IsZero()) {
			t.Errorf("got %+v", c)
		}
		return err
	})
	if a := v.Post(link, form); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an old version: got %d, want 422", a.Status)
	}
	if a := v.Get(link + "/supprimer"); a.Status != http.StatusOK {
		t.Errorf("got %d", a.Status)
	}
	if a := v.Post(link+"/supprimer", nil); a.Status != http.StatusSeeOther || v.Get(link).Status != http.StatusNotFound || len(s.needs(t)) != 0 {
		t.Errorf("erase: got %d", a.Status)
	}
	for _, path := range []string{"/contribuer/fiche/x", "/contribuer/fiche/" + strings.Repeat("A", 32)} {
		if got := v.Get(path).Status; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got)
		}
	}
}

func TestClosedFormSaysSoAndKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	answers := s.needAnswers(t, "Un animateur")
	s.update(t, func(tx *store.Txn) error { tx.CloseForm(true); return nil })
	v := s.Visitor(t)
	for _, path := range []string{"/contribuer", needForm} {
		if a := v.Get(path); a.Status != http.StatusOK || !a.Has("ne reçoit pas de contribution") {
			t.Errorf("%s: got %d", path, a.Status)
		}
	}
	if a := v.Post(needForm, answers); a.Status != http.StatusForbidden || fieldsIn(t, a.Body).Get("title") != "Un animateur" {
		t.Errorf("got %d: %s", a.Status, a.Body)
	}
}

func FuzzStamp(f *testing.F) {
	key := []byte("0123456789abcdef0123456789abcdef")
	now := time.Unix(1_800_000_000, 0)
	f.Add(makeStamp(key, "need", now.Add(-time.Minute)))
	f.Add(makeStamp(key, "lesson", now.Add(-time.Minute)))
	f.Add("")
	f.Add(strings.Repeat("_", 54))
	good := makeStamp(key, "need", now.Add(-time.Minute))
	f.Fuzz(func(t *testing.T, stamp string) {
		if checkStamp(key, "need", stamp, now) != nil {
			return
		}
		if again := checkStamp([]byte("another key"), "need", stamp, now); again == nil {
			t.Errorf("%q is good whoever made it (%q)", stamp, good)
		}
	})
}

// A citizen answers a call from its page, without knowing any address.
func TestCallIsAnsweredFromItsPage(t *testing.T) {
	s := newSite(t)
	call := &store.Call{Record: store.Record{Kind: "call", Title: "Accueillir mieux", Pitch: "Vos défis.", Audience: store.Public, Lang: "fr"}}
	r := s.publish(t, s.node.Admin, call)
	v := s.Visitor(t)
	path := "/contribuer/propositions?" + url.Values{"call": {r.IRI}}.Encode()
	if a := v.Get(federation.PagePath(r)); !a.Has(strings.ReplaceAll(path, "&", "&amp;")) {
		t.Errorf("the call does not lead to %s", path)
	}
	form := formOf(t, v, path)
	if form.Get("call") != r.IRI {
		t.Errorf("chosen: got %q, want %q", form.Get("call"), r.IRI)
	}
	form.Set("title", "Un banc devant la mairie")
	form.Set("pitch", "Pour attendre assis.")
	form.Set(stampName, s.stamp(t, "challenge"))
	if a := v.Post("/contribuer/propositions", form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	form.Set("call", "https://elsewhere.example/o/1")
	form.Set(stampName, s.stamp(t, "challenge"))
	if a := v.Post("/contribuer/propositions", form); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a call of nowhere: got %d, want 422", a.Status)
	}
}

func TestMergedLeadsToTheOther(t *testing.T) {
	s := newSite(t)
	s.contribute(t, s.needAnswers(t, "Un animateur"))
	first := s.needs(t)[0]
	s.contribute(t, s.needAnswers(t, "un Animateur"))
	second := s.needs(t)[0]
	if second.ID == first.ID {
		second = s.needs(t)[1]
	}
	merge := store.Moderation{Act: store.Merge, Record: second.ID, Into: first.ID}
	if err := s.node.Moderate(t.Context(), s.viewer(s.node.Admin), merge, nil); err != nil {
		t.Fatal(err)
	}
	if a := s.Visitor(t).Get(federation.PagePath(&second.Record)); a.Status != http.StatusSeeOther || a.Location != federation.PagePath(&first.Record) {
		t.Errorf("got %d to %q", a.Status, a.Location)
	}
}
