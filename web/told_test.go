package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// TestOwnersAreToldHowTheirAccountIsSignedInTo takes every way of changing that,
// and counts the letters.
func TestOwnersAreToldHowTheirAccountIsSignedInTo(t *testing.T) {
	t.Parallel()
	now := new(clock)
	n, sink := withLetters(t, "estran", fedtest.Clocked(now.now))
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	told := func(to string, c session.Change) {
		t.Helper()
		count++
		l := sink.Wait(t, count)[count-1]
		if text := read(t, l); l.To != to || !strings.Contains(text, spaces.Replace(words.T(assets.French, "security.told."+string(c)))) ||
			!strings.Contains(text, n.URL+"/connexion/oubli") || !strings.Contains(text, "@ana@") {
			t.Errorf("%s: to %s:\n%s", c, l.To, text)
		}
	}
	const ana = "ana@estran.test"
	first := n.member(t, "ana")
	_, codes := n.givePhone(t, first, now)
	told(ana, session.TOTPAdded)

	b := n.visitor(t)
	b.send(t, "/connexion", credentials("ana", password))
	b.send(t, "/connexion/code", url.Values{"code": {codes[0]}})
	told(ana, session.RecoveryUsed)
	form := func() http.Header {
		return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	}
	if got := b.do(t, http.MethodPost, n.URL+"/mon-compte/secours", form(), nil).StatusCode; got != http.StatusOK {
		t.Fatalf("recovery codes: got %d", got)
	}
	told(ana, session.RecoveryRenewed)
	for range 2 { // nothing is there to be removed the second time
		b.send(t, "/mon-compte/code/retirer", nil)
	}
	told(ana, session.TOTPRemoved)

	var id store.ID
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountByEmail(ana)
		if err == nil {
			id = a.ID
			tx.PutFactors(id, &store.Factors{Passkeys: []store.Passkey{{Name: "Clé", ID: []byte{7}}, {Name: "Autre", ID: []byte{8}}}})
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.send(t, "/mon-compte/cle/retirer", url.Values{"key": {"07"}})
	}
	told(ana, session.PasskeyRemoved)
	n.signedIn(t, "maelle", store.Admin).send(t, "/admin/membres/secours", url.Values{"account": {id.String()}})
	told(ana, session.FactorsDropped)

	b = n.visitor(t)
	b.send(t, "/connexion", credentials("ana", password))
	b.send(t, "/mon-compte/mot-de-passe", url.Values{"password": {"une phrase toute neuve"}, "password-again": {"une phrase toute neuve"}})
	told(ana, session.PasswordChanged)

	b.send(t, "/mon-compte/adresse", url.Values{"email": {"ana@elsewhere.test"}})
	count++
	n.visitor(t).send(t, linkOf(t, n, sink, count), nil)
	told(ana, session.AddressChanged)
}

// TestNewPasswordEndsWhatTheOldOneOpened: whoever stole it is out, with every app,
// link and change of address.
func TestNewPasswordEndsWhatTheOldOneOpened(t *testing.T) { // T12
	t.Parallel()
	n, sink := withLetters(t, "estran")
	ana := n.member(t, "ana")
	thief := n.visitor(t)
	thief.send(t, "/connexion", credentials("ana", password))
	thief.send(t, "/mon-compte/adresse", url.Values{"email": {"eve@evil.test"}})
	address := linkOf(t, n, sink, 1)
	until := time.Now().Add(time.Hour)
	var id store.ID
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountByEmail("ana@estran.test")
		if err != nil {
			return err
		}
		id = a.ID
		tx.PutToken("of an app", &store.Token{Account: id, App: "app", Scopes: []string{"read"}})
		tx.PutToken("of the command line", &store.Token{Account: id, Scopes: []string{"read"}})
		tx.PutToken("a link", &store.Token{Account: id, Scopes: []string{session.ScopeSignIn}, Once: true, Expires: until})
		tx.PutToken("of another", &store.Token{Account: id + 1, Scopes: []string{"read"}})
		tx.PutCode("a code", &store.Code{Account: id, App: "app", Expires: until})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ana.send(t, "/mon-compte/mot-de-passe", url.Values{"password": {"une phrase toute neuve"}, "password-again": {"une phrase toute neuve"}})

	if got := ana.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusOK {
		t.Errorf("who changed it: got %d", got)
	}
	if got := thief.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusSeeOther {
		t.Errorf("another browser: got %d, want 303 to the sign-in", got)
	}
	n.visitor(t).refused(t, address, nil, http.StatusGone)
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		for _, secret := range []string{"of an app", "of the command line", "a link"} {
			if _, err := tx.Token(secret); err == nil {
				t.Errorf("%s goes on", secret)
			}
		}
		if _, err := tx.Code("a code"); err == nil {
			t.Error("a code goes on")
		}
		if _, err := tx.Token("of another"); err != nil {
			t.Error("another's token ended")
		}
		a, err := tx.Account(id)
		if err == nil && a.Change != nil {
			t.Errorf("the address still changes to %s", a.Change.Address)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
