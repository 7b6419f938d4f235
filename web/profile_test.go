package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// A member says for each field who reads it; what is for nobody is nowhere, on any
// node.
func TestEmployerIsReadByWhomItsMemberChose(t *testing.T) {
	home, away := start(t, "paca"), start(t, "pdl")
	away.follow(t, home)
	ana, visitor := home.member(t, "ana"), home.visitor(t)
	answers := url.Values{"job": {"Designer de service"}, "audience.job": {"public"}, "employer": {"Préfecture de Zedville"}, "audience.employer": {"team"}}
	ana.send(t, "/mon-compte/profil", answers)
	iri := home.URL + "/actors/ana"
	said := func(b browser, address, accept string) string {
		t.Helper()
		return strings.ToValidUTF8(b.get(t, address, accept), "")
	}
	outside := map[string]string{
		home.URL + "/@ana": "text/html", iri: "application/activity+json", home.URL + "/membres": "text/html",
		home.URL + "/membres?q=Zedville": "text/html", home.URL + "/api/v1/accounts/lookup?acct=ana": "*/*",
		home.URL + "/api/v2/search?q=Zedville": "*/*", home.URL + "/api/v1/directory": "*/*", home.URL + "/lab": "text/html",
	}
	for address, accept := range outside {
		if strings.Contains(strings.ReplaceAll(said(visitor, address, accept), "q=Zedville", ""), "Préfecture") {
			t.Errorf("%s names the employer", address)
		}
	}
	for _, address := range []string{home.URL + "/@ana", iri} {
		if !strings.Contains(said(visitor, address, outside[address]), "Designer de service") {
			t.Errorf("%s does not name what is for everybody", address)
		}
	}
	if !strings.Contains(said(ana, home.URL+"/@ana", "text/html"), "Préfecture de Zedville") {
		t.Error("the member does not see her own employer")
	}
	if strings.Contains(said(home.member(t, "eve"), home.URL+"/@ana", "text/html"), "Zedville") {
		t.Error("another member sees the employer")
	}

	answers.Set("audience.employer", string(store.Public))
	ana.send(t, "/mon-compte/profil", answers)
	for _, address := range []string{home.URL + "/@ana", iri} {
		if !strings.Contains(said(visitor, address, outside[address]), "Préfecture de Zedville") {
			t.Errorf("%s does not name the employer, whom everybody may know now", address)
		}
	}
	if err := away.Learn(t.Context(), iri); err != nil {
		t.Fatal(err)
	}
	knows := func(want bool) func(*store.Txn) bool {
		return func(tx *store.Txn) bool {
			a, err := tx.ActorByIRI(iri)
			return err == nil && a.Profile != nil && (a.Profile.Employer != "") == want
		}
	}
	away.eventually(t, "the other node knows the employer", knows(true))
	answers.Set("audience.employer", "lab")
	ana.send(t, "/mon-compte/profil", answers)
	if err := away.Learn(t.Context(), iri); err != nil {
		t.Fatal(err)
	}
	away.eventually(t, "the other node knows it no more", knows(false))
}
