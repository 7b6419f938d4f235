package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/mail/mailtest"
	"github.com/essaim/essaim/web/session"
)

func credentials(login, secret string) url.Values {
	return url.Values{"login": {login}, "password": {secret}}
}

func TestOwnersBrowserIsNotLockedOutByGuesses(t *testing.T) { // T10
	t.Parallel()
	n := startWith(t, "estran", func(f *fedtest.Node, c *web.Config) {
		behindProxy(f, c)
		c.Sessions = session.New(f.Store, session.Config{BaseURL: f.URL, Limit: 4}) // each try takes long by design
	})
	owner := n.signedIn(t, "ana", store.Contributor)
	for host := 1; ; host++ { // a robot with as many addresses as it takes
		robot, address := n.visitor(t), fmt.Sprint("192.0.2.", host)
		if robot.try(t, address, "ana", "faux").StatusCode == http.StatusTooManyRequests {
			break
		}
		for robot.try(t, address, "ana", "faux").StatusCode != http.StatusTooManyRequests {
		}
	}
	if got := n.visitor(t).try(t, "198.51.100.1", "ana", password).StatusCode; got != http.StatusTooManyRequests {
		t.Errorf("a browser that nobody knows: got %d, want 429", got)
	}
	owner.send(t, "/deconnexion", nil)
	if got := owner.try(t, "203.0.113.1", "ana", password).StatusCode; got != http.StatusSeeOther {
		t.Errorf("the owner's own browser: got %d, want 303", got)
	}
}

// TestRolesAndActs is who may do what, over HTTP: 303 and 200 are yes.
func TestRolesAndActs(t *testing.T) {
	t.Parallel()
	n := start(t, "estran")
	acts := []struct {
		method, path, answers string
		roles                 string // first letters: (m)ember, mo(d)erator, (a)nimator, administrator(r)
	}{
		{http.MethodGet, "/mon-compte", "", "mdar"},
		{http.MethodGet, "/experimentations/nouvelle", "", "mdar"},
		{http.MethodGet, "/admin", "", "dar"},
		{http.MethodGet, "/admin/signalements", "", "dar"},
		{http.MethodGet, "/admin/moderation", "", "dar"},
		{http.MethodGet, "/admin/blocages", "", "dar"},
		{http.MethodPost, "/admin/blocages", "host=spam.example", "dar"},
		{http.MethodGet, "/admin/demandes", "", "ar"},
		{http.MethodGet, "/admin/livraisons", "", "ar"},
		{http.MethodGet, "/admin/taches", "", "ar"},
		{http.MethodGet, "/admin/cercles", "", "ar"},
		{http.MethodGet, "/admin/lab", "", "ar"},
		{http.MethodGet, "/admin/mentions", "", "ar"},
		{http.MethodGet, "/admin/imports", "", "ar"},
		{http.MethodGet, "/admin/membres", "", "ar"},
		{http.MethodPost, "/admin/membres/nouveau", "role=contributor&days=7", "ar"},
		{http.MethodPost, "/admin/membres/role", "role=contributor&account=1", "r"}, // no such account: 404 is yes
		{http.MethodPost, "/admin/membres/lien", "account=1", "ar"},
		{http.MethodPost, "/admin/membres/organisations", "of=region.bzh&role=animator", "r"},
	}
	for letter, role := range map[string]store.Role{"m": store.Contributor, "d": store.Moderator, "a": store.Animator, "r": store.Admin} {
		b := n.signedIn(t, "member_"+letter, role)
		for _, x := range acts {
			header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
			got := b.do(t, x.method, n.URL+x.path, header, strings.NewReader(x.answers)).StatusCode
			want := strings.Contains(x.roles, letter)
			if want == (got == http.StatusForbidden) || got >= http.StatusInternalServerError {
				t.Errorf("%s %s by a %s: got %d", x.method, x.path, role, got)
			}
		}
	}
	visitor := n.visitor(t)
	for _, x := range acts {
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		res := visitor.do(t, x.method, n.URL+x.path, header, strings.NewReader(x.answers))
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusUnauthorized && !strings.HasPrefix(to, "/connexion?") {
			t.Errorf("%s %s by a visitor: got %d to %q", x.method, x.path, res.StatusCode, to)
		}
	}
}

var linkInLetter = regexp.MustCompile(`http://\S+/(?:connexion|adresse|invitation)/[A-Z2-7]+`)

// linkOf is the path that a letter leads to, once so many letters came.
func linkOf(t *testing.T, n node, sink *mailtest.Sink, letters int) string {
	t.Helper()
	link := linkInLetter.FindString(read(t, sink.Wait(t, letters)[letters-1]))
	if link == "" {
		t.Fatalf("no link in letter %d", letters)
	}
	return strings.TrimPrefix(link, n.URL)
}

func TestAddressIsConfirmedAtBoth(t *testing.T) {
	t.Parallel()
	n, sink := withLetters(t, "estran")
	ana := n.member(t, "ana")
	account := func() (a *store.Account) {
		n.eventually(t, "there is the account", func(tx *store.Txn) (ok bool) {
			actor, err := tx.ActorByIRI(n.URL + "/actors/ana")
			if err == nil {
				a, err = tx.AccountOf(actor.ID)
			}
			return err == nil
		})
		return a
	}
	ana.send(t, "/mon-compte/adresse", url.Values{"email": {"ana@estran.test"}})
	visitor := n.visitor(t)
	link := linkOf(t, n, sink, 1)
	visitor.get(t, n.URL+link, "text/html") // looking is not confirming
	if !account().Verified.IsZero() {
		t.Fatal("confirmed by looking")
	}
	visitor.send(t, link, nil)
	if a := account(); a.Verified.IsZero() || a.Email != "ana@estran.test" {
		t.Fatalf("got %+v", a)
	}

	ana.send(t, "/mon-compte/adresse", url.Values{"email": {"ana@elsewhere.test"}})
	letters := map[string]string{}
	for _, l := range sink.Wait(t, 3)[1:] {
		letters[l.To] = strings.TrimPrefix(linkInLetter.FindString(read(t, l)), n.URL)
	}
	visitor.send(t, letters["ana@elsewhere.test"], nil)
	if a := account(); a.Email != "ana@estran.test" {
		t.Fatalf("changed without the old address: %s", a.Email)
	}
	visitor.send(t, letters["ana@estran.test"], nil)
	if a := account(); a.Email != "ana@elsewhere.test" || a.Verified.IsZero() || a.Change != nil {
		t.Fatalf("got %+v", a)
	}
	visitor.refused(t, letters["ana@estran.test"], nil, http.StatusGone)
}

func TestChangeOfAddressTellsNobodyWhoIsHere(t *testing.T) {
	t.Parallel()
	n, sink := withLetters(t, "estran")
	n.member(t, "bob")
	ana := n.member(t, "ana")
	page := func(email string) string {
		ana.send(t, "/mon-compte/adresse", url.Values{"email": {email}})
		text := words(ana.get(t, n.URL+"/mon-compte/securite", "text/html"))
		return strings.ReplaceAll(text, email, "")
	}
	free, taken := page("free@estran.test"), page("bob@estran.test")
	if free != taken {
		t.Errorf("got %q and %q", free, taken)
	}
	letters := sink.Wait(t, 2)
	if l := letters[1]; l.To != "bob@estran.test" || linkInLetter.MatchString(read(t, l)) {
		t.Errorf("to %s: %s", l.To, read(t, l))
	}
}

func TestPasswordIsResetByLetterAndTellsNobodyWhoIsHere(t *testing.T) {
	t.Parallel()
	n, sink := withLetters(t, "estran")
	ana := n.member(t, "ana")
	n.member(t, "bob") // whose address was never confirmed
	ana.send(t, "/mon-compte/adresse", url.Values{"email": {"ana@estran.test"}})
	n.visitor(t).send(t, linkOf(t, n, sink, 1), nil)
	ask := func(email string) string {
		b := n.visitor(t)
		res := b.send(t, "/connexion/oubli", url.Values{"email": {email}})
		return res.Header.Get("Location") + words(b.get(t, n.URL+"/connexion", "text/html"))
	}
	unknown, unconfirmed, known := ask("eve@estran.test"), ask("bob@estran.test"), ask("ana@estran.test")
	if unknown != known || unconfirmed != known {
		t.Errorf("got %q, %q and %q", unknown, unconfirmed, known)
	}
	link := linkOf(t, n, sink, 2)
	ask("ana@estran.test") // too soon for another letter
	n.eventually(t, "all was done", func(tx *store.Txn) bool {
		return tx.CountJobs(web.ResetJob, 1)+tx.CountJobs("mail", 1) == 0
	})
	if letters := sink.Letters(); len(letters) != 2 || letters[1].To != "ana@estran.test" {
		t.Fatalf("got %d letters", len(letters))
	}
	thief := n.visitor(t)
	owner := n.visitor(t)
	if to := owner.send(t, link, nil).Header.Get("Location"); to != "/mon-compte/mot-de-passe" {
		t.Errorf("the link leads to %q", to)
	}
	owner.send(t, "/mon-compte/mot-de-passe", url.Values{"password": {"une phrase toute neuve"}, "password-again": {"une phrase toute neuve"}})
	thief.refused(t, link, nil, http.StatusGone)
	if res := ana.do(t, http.MethodGet, n.URL+"/mon-compte", http.Header{}, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the session of before: got %d, want 303 to the sign-in", res.StatusCode)
	}
	thief.refused(t, "/connexion", credentials("ana", password), http.StatusUnprocessableEntity)
	thief.send(t, "/connexion", credentials("ana", "une phrase toute neuve"))
}

func TestInvitationByLetter(t *testing.T) {
	t.Parallel()
	n, sink := withLetters(t, "estran")
	admin := n.signedIn(t, "maelle", store.Admin)
	res := admin.send(t, "/admin/membres/nouveau", url.Values{"email": {"nolwenn@estran.test"}, "role": {"moderator"}, "days": {"1"}})
	if page, _ := io.ReadAll(res.Body); strings.Contains(string(page), "/invitation/") {
		t.Error("the link of a letter is shown to who wrote it")
	}
	guest := n.visitor(t)
	guest.send(t, linkOf(t, n, sink, 1), url.Values{
		"name": {"Nolwenn"}, "handle": {"nolwenn"}, "email": {"other@estran.test"},
		"password": {"une phrase à elle"}, "password-again": {"une phrase à elle"},
	})
	n.eventually(t, "she is a moderator with a confirmed address", func(tx *store.Txn) bool {
		a, err := tx.AccountByEmail("nolwenn@estran.test")
		return err == nil && a.Role == store.Moderator && !a.Verified.IsZero()
	})
	if got := guest.status(t, n.URL+"/admin/signalements", "text/html"); got != http.StatusOK {
		t.Errorf("her reports: got %d", got)
	}
}

func TestGraveActsWantAFreshProof(t *testing.T) { // V08
	t.Parallel()
	now := new(clock)
	n := startWith(t, "estran", func(*fedtest.Node, *web.Config) {}, fedtest.Clocked(now.now))
	admin := n.signedIn(t, "maelle", store.Admin)
	now.pass(20 * time.Minute)
	for _, path := range []string{
		"/mon-compte/mot-de-passe", "/mon-compte/adresse", "/admin/blocages", "/admin/membres/role", "/admin/membres/lien", "/admin/membres/nouveau",
	} {
		res := admin.do(t, http.MethodPost, n.URL+path, http.Header{"Sec-Fetch-Site": {"same-origin"}}, nil)
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/mon-compte/confirmer?") {
			t.Errorf("%s: got %d to %q", path, res.StatusCode, to)
		}
	}
	admin.refused(t, "/mon-compte/confirmer", url.Values{"password": {"wrong"}, "retour": {"/admin/blocages"}}, http.StatusUnprocessableEntity)
	res := admin.send(t, "/mon-compte/confirmer", url.Values{"password": {password}, "retour": {"/admin/blocages"}})
	if to := res.Header.Get("Location"); to != "/admin/blocages" {
		t.Errorf("got %q", to)
	}
	admin.send(t, "/admin/blocages", url.Values{"host": {"spam.example"}})
}

func TestInvitationsAreTakenBackByThoseWhoMayGiveThem(t *testing.T) { // V08
	t.Parallel()
	n := start(t, "estran")
	admin, animator := n.signedIn(t, "maelle", store.Admin), n.signedIn(t, "loic", store.Animator)
	var id string
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		by, err := tx.AccountByEmail("maelle@estran.test")
		if err == nil {
			tx.PutInvitation("secret", &store.Invitation{Role: store.Admin, By: by.ID, Expires: tx.Now().Add(time.Hour)})
		}
		for i := range tx.Invitations() {
			id = i.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	animator.refused(t, "/admin/membres/invitation", url.Values{"invitation": {id}}, http.StatusForbidden)
	if got := n.visitor(t).status(t, n.URL+"/invitation/secret", "text/html"); got != http.StatusOK {
		t.Errorf("the invitation to be an administrator: got %d, want 200", got)
	}
	admin.send(t, "/admin/membres/invitation", url.Values{"invitation": {id}})
	if got := n.visitor(t).status(t, n.URL+"/invitation/secret", "text/html"); got != http.StatusGone {
		t.Errorf("taken back: got %d, want 410", got)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	n := start(t, "estran")
	admin := n.signedIn(t, "maelle", store.Admin)
	n.member(t, "bob")
	ids := map[string]string{}
	n.eventually(t, "both have accounts", func(tx *store.Txn) bool {
		for a := range tx.Accounts() {
			ids[string(a.Role)] = a.ID.String()
		}
		return len(ids) == 2
	})
	give := func(account, role string) string {
		admin.send(t, "/admin/membres/role", url.Values{"account": {account}, "role": {role}})
		return words(admin.get(t, n.URL+"/admin/membres", "text/html"))
	}
	if page := give(ids["admin"], "contributor"); !strings.Contains(page, "Il faut au moins une personne pour administrer") {
		t.Errorf("got %q", page)
	}
	give(ids["contributor"], "admin")
	admin.send(t, "/admin/membres/role", url.Values{"account": {ids["admin"]}, "role": {"contributor"}})
	if got := admin.status(t, n.URL+"/admin", "text/html"); got != http.StatusForbidden {
		t.Errorf("a role that was given up: got %d, want 403", got)
	}
}
