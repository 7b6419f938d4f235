package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// TestAnswersBelongToOneBrowserAndOneQuestion is what somebody tries who wants others
// to be signed in as himself, or himself as others.
func TestAnswersBelongToOneBrowserAndOneQuestion(t *testing.T) { // T12, T13, T20
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	n.linked(t, p, "eve", "evil")
	eve, victim := n.visitor(t), n.visitor(t)
	hers := p.vouch(eve.sentBy(t, "/connexion/fournisseur"), "evil", "", nil)
	if res := victim.returns(t, hers); res.StatusCode != http.StatusBadRequest || victim.isIn(t) {
		t.Errorf("in a browser that asked nothing: got %d", res.StatusCode)
	}
	asked := victim.sentBy(t, "/connexion/fournisseur?retour=/agenda")
	if res := victim.returns(t, hers); res.StatusCode != http.StatusBadRequest || victim.isIn(t) {
		t.Errorf("in a browser that asked something else: got %d", res.StatusCode)
	}
	swapped := p.vouch(asked, "1", "", nil)
	swapped.Set("code", hers.Get("code")) // her code with the victim's state: the proof key is another
	if res := victim.returns(t, swapped); res.StatusCode != http.StatusBadGateway || victim.isIn(t) {
		t.Errorf("with her code: got %d", res.StatusCode)
	}

	mine := n.linked(t, p, "ana", "1")
	mine.send(t, "/deconnexion", nil) // by password: nothing is to be ended elsewhere
	answer := p.vouch(mine.sentBy(t, "/connexion/fournisseur"), "1", "", nil)
	mine.returns(t, hers) // a link of hers meanwhile changes nothing
	mine.leads(t, answer, "/")
	again := n.visitor(t)
	again.Jar = mine.Jar
	if res := again.returns(t, answer); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a second time: got %d, want 400", res.StatusCode)
	}

	late := n.visitor(t)
	answer = p.vouch(late.sentBy(t, "/connexion/fournisseur"), "1", "", nil)
	c.pass(11 * time.Minute)
	if res := late.returns(t, answer); res.StatusCode != http.StatusBadRequest {
		t.Errorf("eleven minutes later: got %d, want 400", res.StatusCode)
	}
	lured := n.visitor(t)
	res := lured.do(t, http.MethodGet, n.URL+"/connexion/fournisseur", http.Header{"Sec-Fetch-Site": {"cross-site"}}, nil)
	if to := res.Header.Get("Location"); to != "/connexion" {
		t.Errorf("a link on another site leads to %q", to)
	}
}

func TestNobodyIsSentElsewhereAfterSigningIn(t *testing.T) {
	t.Parallel()
	n, p := atProvider(t, new(clock))
	n.linked(t, p, "ana", "1")
	for _, back := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", ""} {
		b := n.visitor(t)
		b.leads(t, p.vouch(b.sentBy(t, "/connexion/fournisseur?"+url.Values{"retour": {back}}.Encode()), "1", "", nil), "/")
	}
}

func TestAnAddressIsNoAccount(t *testing.T) { // T20
	t.Parallel()
	n, p := atProvider(t, new(clock))
	ana := n.member(t, "ana")
	arrive := func(sub, email string, verified any) (browser, string) {
		b := n.visitor(t)
		res := b.returns(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), sub, email, func(s *said) { s.info["email_verified"] = verified }))
		page := body(t, res)
		if res.StatusCode != http.StatusForbidden || b.isIn(t) {
			t.Fatalf("%s: got %d", email, res.StatusCode)
		}
		return b, page
	}
	const known, unknown = "Un compte a déjà votre adresse", "Vous n'avez pas encore de compte ici"
	hers, page := arrive("1", "ANA@estran.test", true)
	if !strings.Contains(words(page), known) || !strings.Contains(page, "/connexion?retour=%2Fmon-compte%2Ffournisseur") {
		t.Errorf("her own address: %s", words(page))
	}
	for _, verified := range []any{false, nil, "false", 1} {
		if _, page := arrive("2", "ana@estran.test", verified); !strings.Contains(words(page), unknown) {
			t.Errorf("not verified (%v): %s", verified, words(page))
		}
	}
	if _, page := arrive("3", "nobody@estran.test", true); !strings.Contains(words(page), unknown) {
		t.Errorf("an address of nobody: %s", words(page))
	}
	hers.send(t, "/connexion", credentials("ana", password))
	hers.leads(t, p.vouch(hers.sentBy(t, "/mon-compte/fournisseur/lier"), "1", "ana@estran.test", nil), "/mon-compte/fournisseur")
	hers.send(t, "/mon-compte/fournisseur", nil)
	if ana.isIn(t) {
		t.Error("her other browsers are signed in still")
	}
	bob := n.member(t, "bob")
	bob.leads(t, p.vouch(bob.sentBy(t, "/mon-compte/fournisseur/lier"), "1", "", nil), "/mon-compte/fournisseur")
	bob.refused(t, "/mon-compte/fournisseur", nil, http.StatusConflict)
}

// TestTwoProvidersMayCallDifferentPeopleTheSame changes the provider of a node.
func TestTwoProvidersMayCallDifferentPeopleTheSame(t *testing.T) { // T20
	t.Parallel()
	n, p := atProvider(t, new(clock))
	n.member(t, "ana")
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		ana, err := tx.AccountByLogin("ana")
		if err != nil {
			return err
		}
		return tx.LinkIdentity(ana.ID, &store.Identity{Issuer: "https://before.example", Subject: "1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	b := n.visitor(t)
	if res := b.returns(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "", nil)); res.StatusCode != http.StatusForbidden || b.isIn(t) {
		t.Errorf("got %d", res.StatusCode)
	}
}

func TestSecondFactorHoldsUnlessTheProviderAskedForOne(t *testing.T) {
	t.Parallel()
	n, p := atProvider(t, new(clock))
	ana := n.linked(t, p, "ana", "1")
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountByLogin("ana")
		if err == nil {
			tx.PutFactors(a.ID, &store.Factors{TOTP: &store.TOTP{Secret: []byte("12345678901234567890")}, Recovery: [][]byte{store.HashSecret("AAAAABBBBB")}})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := n.visitor(t)
	b.leads(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "", func(s *said) { s.token["amr"] = []string{"pwd", "otp"} }), "/connexion/code?retour=%2F")
	if b.isIn(t) {
		t.Error("one factor is enough")
	}
	b.send(t, "/connexion/code", url.Values{"code": {"AAAAA-BBBBB"}})
	header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	if page := body(t, b.do(t, http.MethodPost, n.URL+"/deconnexion", header, nil)); !strings.Contains(page, p.URL+"/end?") {
		t.Error("after two steps, signing out does not offer to sign out there")
	}
	b.leads(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "", func(s *said) { s.token["amr"] = []string{"pwd", "mfa"} }), "/")
	if !b.isIn(t) || !ana.isIn(t) {
		t.Error("two factors there are not enough")
	}
}

var invitationOnPage = regexp.MustCompile(`/invitation/[A-Z2-7]+`)

// joined is a member who came with an invitation and by the provider, and has no
// password.
func (n node) joined(t *testing.T, p *provider, sub string) browser {
	t.Helper()
	admin := n.signedIn(t, "maelle", store.Admin)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	page := body(t, admin.do(t, http.MethodPost, n.URL+"/admin/membres/nouveau", header, strings.NewReader("role=moderator&days=7")))
	link := invitationOnPage.FindString(page)
	b := n.visitor(t)
	b.leads(t, p.vouch(b.sentBy(t, link+"/fournisseur"), sub, "ana@agents.test", nil), link)
	if form := b.get(t, n.URL+link, "text/html"); strings.Contains(form, `type="password"`) || !strings.Contains(form, `value="Ana"`) {
		t.Errorf("the form asks for a password, or her name: %s", words(form))
	}
	b.send(t, link, url.Values{"name": {"Ana"}, "handle": {"ana"}})
	return b
}

func TestWhoIsInvitedEntersByAnotherService(t *testing.T) {
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	ana := n.joined(t, p, "1")
	n.eventually(t, "she is a moderator with a confirmed address and no password", func(tx *store.Txn) bool {
		a, err := tx.AccountByEmail("ana@agents.test")
		return err == nil && a.Role == store.Moderator && !a.Verified.IsZero() && a.Password == ""
	})
	ana.send(t, "/mon-compte/fournisseur/retirer", url.Values{"issuer": {p.URL}, "subject": {"1"}})
	if page := words(ana.get(t, n.URL+"/mon-compte/securite", "text/html")); !strings.Contains(page, "C'est votre seul moyen d'entrer") || !strings.Contains(page, "ana@agents.test") {
		t.Errorf("the last way in was removed: %s", page)
	}

	c.pass(20 * time.Minute)
	const grave = "/admin/blocages"
	res := ana.do(t, http.MethodGet, n.URL+grave, http.Header{}, nil)
	confirm := res.Header.Get("Location")
	if page := ana.get(t, n.URL+confirm, "text/html"); strings.Contains(page, `type="password"`) || !strings.Contains(page, "/mon-compte/confirmer/fournisseur?") {
		t.Fatalf("%s asks for a password, or not for the provider", confirm)
	}
	prove := "/mon-compte/confirmer/fournisseur?" + url.Values{"retour": {grave}}.Encode()
	asked := ana.sentBy(t, prove)
	if asked.Get("prompt") != "login" || asked.Get("max_age") != "0" {
		t.Errorf("the provider may answer without asking: %v", asked)
	}
	old := c.now().Add(-time.Hour).Unix()
	for name, change := range map[string]func(*said){
		"a proof of before":    func(s *said) { s.token["auth_time"] = old },
		"a proof without time": func(s *said) { delete(s.token, "auth_time") },
	} {
		if res := ana.returns(t, p.vouch(ana.sentBy(t, prove), "1", "", change)); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, res.StatusCode)
		}
	}
	if res := ana.returns(t, p.vouch(ana.sentBy(t, prove), "2", "", nil)); res.StatusCode != http.StatusForbidden {
		t.Errorf("somebody else's proof: got %d, want 403", res.StatusCode)
	}
	if got := ana.status(t, n.URL+grave, "text/html"); got != http.StatusSeeOther {
		t.Errorf("without a proof: got %d, want 303", got)
	}
	ana.leads(t, p.vouch(ana.sentBy(t, prove), "1", "", nil), grave)
	if got := ana.status(t, n.URL+grave, "text/html"); got != http.StatusOK {
		t.Errorf("with a proof: got %d", got)
	}

	silent := n.visitor(t)
	silent.leads(t, p.vouch(silent.sentBy(t, "/connexion/fournisseur"), "1", "", func(s *said) { s.token["auth_time"] = old }), "/")
	if got := silent.status(t, n.URL+grave, "text/html"); !silent.isIn(t) || got != http.StatusSeeOther {
		t.Errorf("whom the provider knew from before: got %d, want 303 to the proof", got)
	}
}

func TestProviderThatIsDownIsSaidSo(t *testing.T) {
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	p.fails(true)
	b := n.visitor(t)
	for range 2 {
		res := b.do(t, http.MethodGet, n.URL+"/en/connexion/fournisseur", http.Header{}, nil)
		if page := words(body(t, res)); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, "The other service does not answer") {
			t.Errorf("got %d: %s", res.StatusCode, page)
		}
	}
	p.fails(false)
	c.pass(time.Minute)
	answer := p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "", nil)
	p.fails(true)
	if res := b.returns(t, answer); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("while its owner was there: got %d, want 503", res.StatusCode)
	}
	c.pass(2 * time.Hour)
	b.sentBy(t, "/connexion/fournisseur") // what it said before holds on
}

func TestForgedAnswersAreLimited(t *testing.T) { // T10
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	n.linked(t, p, "ana", "1")
	forged := func(from string) int {
		b := n.visitor(t)
		return b.returnsFrom(t, from, url.Values{"state": b.sentBy(t, "/connexion/fournisseur")["state"], "code": {"x"}}).StatusCode
	}
	tries := 0
	for forged("192.0.2.7") == http.StatusBadGateway {
		tries++
	}
	if tries > 30 {
		t.Errorf("%d forged answers were asked about", tries)
	}
	b := n.visitor(t)
	b.leads(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "", nil), "/") // from elsewhere
	c.pass(6 * time.Minute)
	if got := forged("192.0.2.7"); got != http.StatusBadGateway {
		t.Errorf("later: got %d", got)
	}
}
