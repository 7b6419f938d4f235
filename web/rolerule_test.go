package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

const rulesPage, newcomerPage = "/admin/membres/organisations", "/connexion/fournisseur/compte"

// ruled is a node with rules, set by an administrator in a browser: people of
// agents.test moderate, those of an establishment write.
func ruled(t *testing.T) (node, *provider, browser) {
	t.Helper()
	n, p := atProvider(t, new(clock))
	admin := n.signedIn(t, "maelle", store.Admin)
	admin.send(t, rulesPage, url.Values{"of": {"@Agents.test"}, "role": {"moderator"}})
	admin.send(t, rulesPage, url.Values{"of": {"130 025 265 00013"}, "role": {"contributor"}})
	return n, p, admin
}

// claiming says more of somebody than vouch does.
func claiming(pairs map[string]any) func(*said) {
	return func(s *said) {
		maps.Copy(s.info, pairs)
	}
}

func (n node) roleOf(t *testing.T, handle string) (role store.Role) {
	t.Helper()
	err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountByLogin(handle)
		if err == nil {
			role = a.Role
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return role
}

func TestARuleGivesAnAccountOnce(t *testing.T) {
	t.Parallel()
	n, p, admin := ruled(t)
	ana := n.visitor(t)
	form := newcomerPage + "?retour=%2Fagenda"
	ana.leads(t, p.vouch(ana.sentBy(t, "/connexion/fournisseur?retour=/agenda"), "1", "ana@agents.test", nil), form)
	if ana.isIn(t) {
		t.Error("she is in before she said who she is to be here")
	}
	page := ana.get(t, n.URL+form, "text/html")
	for _, want := range []string{"@agents.test", "Modération", `value="Ana"`, `value="/agenda"`} {
		if !strings.Contains(page, want) || strings.Contains(page, `type="password"`) {
			t.Errorf("the form lacks %s, or asks for a password: %s", want, words(page))
		}
	}
	if wrong := ana.refused(t, newcomerPage, url.Values{"name": {"Ana"}, "handle": {"maelle"}, "retour": {"/agenda"}}, http.StatusUnprocessableEntity); !strings.Contains(wrong, "déjà pris") {
		t.Errorf("the handle of another: %s", wrong)
	}
	if res := ana.send(t, newcomerPage, url.Values{"name": {"Ana"}, "handle": {"ana"}, "retour": {"/agenda"}}); res.Header.Get("Location") != "/agenda" || !ana.isIn(t) {
		t.Fatalf("got to %q", res.Header.Get("Location"))
	}
	if got := n.roleOf(t, "ana@agents.test"); got != store.Moderator {
		t.Errorf("got the role %q, want %q", got, store.Moderator)
	}
	if told := words(admin.get(t, n.URL+"/notifications", "text/html")); !strings.Contains(told, "Ana a maintenant un compte au labo") {
		t.Errorf("the lab is not told: %s", told)
	}
	journal := words(admin.get(t, n.URL+"/admin/journal", "text/html"))
	if !strings.Contains(journal, "Compte créé par une règle d'organisation") {
		t.Errorf("nothing in the journal: %s", journal)
	}

	admin.send(t, rulesPage, url.Values{"of": {"agents.test"}, "role": {"animator"}})
	for _, given := range []store.Role{store.Moderator, store.Contributor} {
		n.give(t, admin, "ana", given)
		again := n.visitor(t)
		again.leads(t, p.vouch(again.sentBy(t, "/connexion/fournisseur"), "1", "ana@agents.test", nil), "/")
		if got := n.roleOf(t, "ana"); got != given || !again.isIn(t) {
			t.Errorf("after another sign-in: got the role %q, want the %q that somebody gave", got, given)
		}
	}
	admin.send(t, rulesPage, url.Values{"end": {"agents.test"}})
	if !ana.isIn(t) {
		t.Error("the end of the rule closed an account")
	}
}

// give appoints a member.
func (n node) give(t *testing.T, admin browser, handle string, role store.Role) {
	t.Helper()
	var account store.ID
	_ = n.Store.View(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountByLogin(handle)
		if err == nil {
			account = a.ID
		}
		return err
	})
	admin.send(t, "/admin/membres/role", url.Values{"account": {account.String()}, "role": {string(role)}})
}

func TestTheRuleOfAnEstablishmentGoesFirst(t *testing.T) {
	t.Parallel()
	n, p, _ := ruled(t)
	b := n.visitor(t)
	answer := p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "ana@agents.test", claiming(map[string]any{"siret": "13002526500013"}))
	b.leads(t, answer, newcomerPage+"?retour=%2F")
	b.send(t, newcomerPage, url.Values{"name": {"Ana"}, "handle": {"ana"}})
	if got := n.roleOf(t, "ana"); got != store.Contributor {
		t.Errorf("got the role %q", got)
	}
}

func TestARuleIsForNobodyElse(t *testing.T) {
	t.Parallel()
	n, p, admin := ruled(t)
	n.member(t, "bob") // bob@estran.test
	admin.send(t, rulesPage, url.Values{"of": {"estran.test"}, "role": {"moderator"}})
	closed := n.linked(t, p, "eve", "closed")
	admin.send(t, "/admin/comptes", url.Values{"account": {"@eve"}, "act": {"suspend-actor"}})
	if closed.isIn(t) {
		t.Error("a closed account is open")
	}
	for name, x := range map[string]struct {
		sub, email string
		claims     map[string]any
	}{
		"an address nobody checked":         {"2", "ana@agents.test", map[string]any{"email_verified": false}},
		"a domain below":                    {"2", "ana@sub.agents.test", nil},
		"a domain above":                    {"2", "ana@test", nil},
		"a domain that ends like it":        {"2", "ana@notagents.test", nil},
		"another establishment":             {"2", "", map[string]any{"siret": "13002526500021"}},
		"a domain for a SIRET":              {"2", "", map[string]any{"siret": "agents.test"}},
		"a SIRET for a domain":              {"2", "ana@13002526500013", nil},
		"an address that somebody has here": {"2", "bob@estran.test", nil},
		"an account that was closed":        {"closed", "eve@agents.test", nil},
	} {
		b := n.visitor(t)
		res := b.returns(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), x.sub, x.email, claiming(x.claims)))
		if res.StatusCode != http.StatusForbidden || b.isIn(t) {
			t.Errorf("%s: got %d to %q, want 403", name, res.StatusCode, res.Header.Get("Location"))
		}
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
		b.do(t, http.MethodPost, n.URL+newcomerPage, header, strings.NewReader("name=X&handle=intruder"))
		if b.isIn(t) {
			t.Fatalf("%s: the form lets in", name)
		}
	}
	late := n.visitor(t)
	late.leads(t, p.vouch(late.sentBy(t, "/connexion/fournisseur"), "3", "ana@agents.test", nil), newcomerPage+"?retour=%2F")
	admin.send(t, rulesPage, url.Values{"end": {"agents.test"}})
	late.refused(t, newcomerPage, url.Values{"name": {"Ana"}, "handle": {"ana"}}, http.StatusForbidden)
	if late.isIn(t) {
		t.Error("a rule that ended lets in")
	}
}

func TestRulesNameEachMistake(t *testing.T) {
	t.Parallel()
	n, _, admin := ruled(t)
	for of, want := range map[string]string{
		"13002526500014": "Ce numéro SIRET n'existe pas", "gouv.fr": "tout le monde peut en enregistrer", "gmail.com": "Tout le monde peut avoir une adresse", "": "obligatoire",
	} {
		if page := admin.refused(t, rulesPage, url.Values{"of": {of}, "role": {"animator"}}, http.StatusUnprocessableEntity); !strings.Contains(page, want) {
			t.Errorf("%q: the page lacks %q: %s", of, want, page)
		}
	}
	page := admin.refused(t, rulesPage, url.Values{"of": {"region.bzh"}, "role": {"admin"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(page, "Administration") || n.ruleOf(t, "region.bzh") {
		t.Errorf("a rule makes administrators: %s", page)
	}
}

func (n node) ruleOf(t *testing.T, domain string) (is bool) {
	t.Helper()
	_ = n.Store.View(t.Context(), func(tx *store.Txn) error {
		is = tx.RoleRuleFor("", domain) != nil
		return nil
	})
	return is
}
