//go:build peers

package web_test

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/openid"
)

// peersDir holds software written by others. "npm ci" in its folders comes first;
// without it these tests fail.
const peersDir = "../.ci/peers"

// withPeer is a node whose members may sign in by a provider that somebody else wrote:
// a command that is told the node's address and says where it is.
func withPeer(t *testing.T, preset openid.Preset, command func(address string) *exec.Cmd) (n node, issuer string) {
	t.Helper()
	n = startWith(t, "estran", func(n *fedtest.Node, wc *web.Config) {
		issuer = runPeer(t, command(n.URL))
		wc.Provider = openid.New(openid.Config{
			Preset: preset, Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, Name: "Agents",
			BaseURL: n.URL, Transport: http.DefaultTransport, Now: n.Store.Now,
		})
	})
	return n, issuer
}

// runPeer runs a command until the test ends, and returns its first line.
func runPeer(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // the end of its input ends it
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", cmd, err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	return strings.TrimSpace(line)
}

// travel follows a link of ours through the provider until it leads back, and returns
// where that leads, or the status of a refusal. answer sends what a page of the provider asks for.
func (b browser) travel(t *testing.T, path string, answer func(page string) (to string, form url.Values)) string {
	t.Helper()
	to := b.base + path
	res := b.do(t, http.MethodGet, to, http.Header{"Sec-Fetch-Site": {"same-origin"}}, nil)
	for range 12 {
		next, err := res.Location()
		switch {
		case err == nil && strings.HasPrefix(next.String(), b.base+openid.ReturnPath):
			res = b.do(t, http.MethodGet, next.String(), http.Header{"Sec-Fetch-Site": {"cross-site"}}, nil)
			if res.StatusCode != http.StatusSeeOther {
				return res.Status
			}
			return res.Header.Get("Location")
		case err == nil && strings.HasPrefix(next.String(), b.base):
			return strings.TrimPrefix(next.String(), b.base)
		case err == nil:
			to = next.String()
			res = b.do(t, http.MethodGet, to, http.Header{}, nil)
		case res.StatusCode == http.StatusOK:
			action, form := answer(body(t, res))
			base, _ := url.Parse(to)
			ref, err := base.Parse(action)
			if err != nil {
				t.Fatal(err)
			}
			to = ref.String()
			res = b.do(t, http.MethodPost, to, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, strings.NewReader(form.Encode()))
		default:
			t.Fatalf("%s: got %d: %s", to, res.StatusCode, body(t, res))
		}
	}
	t.Fatalf("%s leads nowhere", path)
	return ""
}

func TestGoProviderOfOthers(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	source, err := txtar.ParseFile(peersDir + "/zitadel.txtar")
	if err == nil {
		err = txtar.Write(source, folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "zitadel")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n, _ := withPeer(t, openid.Generic, func(address string) *exec.Cmd { return exec.Command(program, address) })
	requestID := regexp.MustCompile(`name="id" value="([^"]+)"`)
	signIn := func(page string) (string, url.Values) {
		id := requestID.FindStringSubmatch(page)
		if id == nil {
			t.Fatalf("no form: %s", page)
		}
		return "/login/username", url.Values{"username": {"test-user2"}, "password": {"verysecure"}, "id": {id[1]}}
	}
	ana := n.signedIn(t, "ana", store.Admin)
	if to := ana.travel(t, "/mon-compte/fournisseur/lier", signIn); to != "/mon-compte/fournisseur" {
		t.Fatalf("linking leads to %s", to)
	}
	ana.send(t, "/mon-compte/fournisseur", nil)
	b := n.visitor(t)
	if to := b.travel(t, "/connexion/fournisseur?retour=/agenda", signIn); to != "/agenda" || !b.isIn(t) {
		t.Errorf("signing in leads to %s", to)
	}
	if page := words(b.get(t, n.URL+"/mon-compte/securite", "text/html")); !strings.Contains(page, "Test User2 (test-user2@zitadel.ch)") {
		t.Errorf("what userinfo says is not shown: %s", page)
	}
	if to := b.travel(t, "/mon-compte/confirmer/fournisseur?retour=/admin/membres", signIn); to != "403 Forbidden" {
		t.Errorf("a proof of a provider that does not say when it asked leads to %s", to)
	}
}

// TestProviderLikeProConnect meets a provider that refuses what ProConnect refuses.
func TestProviderLikeProConnect(t *testing.T) {
	t.Parallel()
	n, issuer := withPeer(t, openid.ProConnect, func(address string) *exec.Cmd {
		cmd := exec.Command("node", "server.mjs", address)
		cmd.Dir = peersDir + "/oidc"
		return cmd
	})
	by := func(methods string) {
		res, err := http.Post(strings.TrimSuffix(issuer, "/api/v2")+"/methods", "text/plain", strings.NewReader(methods))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	nothing := func(page string) (string, url.Values) {
		t.Fatalf("the provider asks something: %s", page)
		return "", nil
	}
	ana := n.signedIn(t, "ana", store.Admin)
	if page := words(ana.get(t, n.URL+"/mon-compte/fournisseur", "text/html")); !strings.Contains(page, "Lier ProConnect") {
		t.Errorf("got %s", page)
	}
	if to := ana.travel(t, "/mon-compte/fournisseur/lier", nothing); to != "/mon-compte/fournisseur" {
		t.Fatalf("linking leads to %s", to)
	}
	page := words(ana.get(t, n.URL+"/mon-compte/fournisseur", "text/html"))
	for _, want := range []string{"Camille Le Bihan (camille@ville.example)", "SIRET 21350238800019"} {
		if !strings.Contains(page, want) {
			t.Errorf("the signed userinfo is not shown: no %s in %s", want, page)
		}
	}
	ana.send(t, "/mon-compte/fournisseur", nil)

	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountByLogin("ana")
		if err == nil {
			tx.PutFactors(a.ID, &store.Factors{TOTP: &store.TOTP{Secret: []byte("12345678901234567890")}})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := n.visitor(t)
	if page := words(b.get(t, n.URL+"/connexion", "text/html")); !strings.Contains(page, "S'identifier avec ProConnect") || !strings.Contains(page, "Qu'est-ce que ProConnect ?") {
		t.Errorf("no button: %s", page)
	}
	if to := b.travel(t, "/connexion/fournisseur", nothing); !strings.HasPrefix(to, "/connexion/code") {
		t.Errorf("with one factor: %s", to)
	}
	by("pwd otp mfa")
	b = n.visitor(t)
	if to := b.travel(t, "/connexion/fournisseur?retour=/agenda", nothing); to != "/agenda" || !b.isIn(t) {
		t.Fatalf("with two factors: %s", to)
	}
	if to := b.travel(t, "/mon-compte/confirmer/fournisseur?retour=/admin/membres", nothing); to != "/admin/membres" {
		t.Errorf("a fresh proof leads to %s", to)
	}
	b.signsOutThere(t, issuer)

	c := n.visitor(t)
	if to := c.travel(t, "/connexion/fournisseur?retour=/agenda", nothing); to != "/agenda" || !c.isIn(t) {
		t.Fatalf("signing in once more leads to %s", to)
	}
	c.endsSessionThere(t, issuer+"/session/end")
	if c.isIn(t) {
		t.Error("the end of the session there did not end it here")
	}
}

var (
	formAction = regexp.MustCompile(`action="([^"]+)"`)
	xsrfField  = regexp.MustCompile(`name="xsrf" value="([^"]+)"`)
)

// signsOutThere leaves the node, and then the provider as the page says.
func (b browser) signsOutThere(t *testing.T, issuer string) {
	t.Helper()
	res := b.do(t, http.MethodPost, b.base+"/deconnexion", http.Header{"Sec-Fetch-Site": {"same-origin"}}, nil)
	address, ok := strings.CutPrefix(res.Header.Get("Refresh"), "0; url="+issuer+"/session/end?")
	if !ok || b.isIn(t) {
		t.Fatalf("got %d and %q", res.StatusCode, res.Header.Get("Refresh"))
	}
	if to := b.endsSessionThere(t, issuer+"/session/end?"+address); !strings.HasPrefix(to, b.base+"/?state=") {
		t.Errorf("after the end of the session there: got to %q", to)
	}
	if got := b.status(t, b.base+"/?state=x", "text/html"); got != http.StatusOK {
		t.Errorf("the page to come back to: got %d", got)
	}
}

// endsSessionThere says yes on the page of the provider that asks whether to leave, and
// returns where that leads.
func (b browser) endsSessionThere(t *testing.T, address string) string {
	t.Helper()
	page := body(t, b.do(t, http.MethodGet, address, http.Header{}, nil))
	action, xsrf := formAction.FindStringSubmatch(page), xsrfField.FindStringSubmatch(page)
	if action == nil || xsrf == nil {
		t.Fatalf("no form: %s", page)
	}
	form := url.Values{"xsrf": {xsrf[1]}, "logout": {"yes"}}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	res := b.do(t, http.MethodPost, html.UnescapeString(action[1]), header, strings.NewReader(form.Encode()))
	return res.Header.Get("Location")
}
