package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
)

// phone is an app of codes, written from RFC 6238 a second time.
type phone struct{ secret []byte }

func (p phone) code(at time.Time) string {
	mac := hmac.New(sha1.New, p.secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	at4 := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at4:])&(1<<31-1))%1000000)
}

var (
	keyOnPage      = regexp.MustCompile(`<code class="code">([A-Z2-7 ]{32,})</code>`)
	recoveryOnPage = regexp.MustCompile(`<code class="code">([A-Z2-7]{5}-[A-Z2-7]{5})</code>`)
)

// withPhone is a member who signs in with codes, and the recovery codes.
func withPhone(t *testing.T) (node, *clock, phone, []string) {
	t.Helper()
	now := new(clock)
	n := startWith(t, "estran", func(*fedtest.Node, *web.Config) {}, fedtest.Clocked(now.now))
	p, codes := n.givePhone(t, n.member(t, "ana"), now)
	return n, now, p, codes
}

// phoneOf is an app that was told a key.
func phoneOf(t *testing.T, key string) phone {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(key, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return phone{secret}
}

// givePhone lets a member sign in with codes, and returns the recovery codes.
func (n node) givePhone(t *testing.T, ana browser, now *clock) (phone, []string) {
	t.Helper()
	shown := keyOnPage.FindStringSubmatch(ana.get(t, n.URL+"/mon-compte/code", "text/html"))
	if shown == nil {
		t.Fatal("no key is shown")
	}
	p := phoneOf(t, shown[1])
	ana.refused(t, "/mon-compte/code", url.Values{"code": {"000000"}}, http.StatusUnprocessableEntity)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	answer := url.Values{"code": {p.code(now.now())}}.Encode()
	page := body(t, ana.do(t, http.MethodPost, n.URL+"/mon-compte/code", header, strings.NewReader(answer)))
	var codes []string
	for _, m := range recoveryOnPage.FindAllStringSubmatch(page, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != 10 {
		t.Fatalf("got %d recovery codes", len(codes))
	}
	return p, codes
}

func TestPasswordAloneIsNotEnough(t *testing.T) {
	t.Parallel()
	n, now, phone, codes := withPhone(t)
	half := func() browser {
		b := n.visitor(t)
		if to := b.send(t, "/connexion", credentials("ana", password)).Header.Get("Location"); !strings.HasPrefix(to, "/connexion/code") {
			t.Fatalf("the password leads to %q", to)
		}
		if got := b.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusSeeOther {
			t.Fatalf("with the password alone: got %d, want 303 to the sign-in", got)
		}
		return b
	}
	now.pass(time.Minute)
	code := phone.code(now.now())
	b := half()
	b.refused(t, "/connexion/code", url.Values{"code": {"123"}}, http.StatusUnprocessableEntity)
	b.send(t, "/connexion/code", url.Values{"code": {code}})
	if got := b.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusOK {
		t.Errorf("with both: got %d", got)
	}
	half().refused(t, "/connexion/code", url.Values{"code": {code}}, http.StatusUnprocessableEntity) // a replay
	half().send(t, "/connexion/code", url.Values{"code": {strings.ToLower(codes[0])}})
	half().refused(t, "/connexion/code", url.Values{"code": {codes[0]}}, http.StatusUnprocessableEntity)

	late := half()
	now.pass(11 * time.Minute)
	if to := late.send(t, "/connexion/code", url.Values{"code": {codes[1]}}).Header.Get("Location"); to != "/connexion" {
		t.Errorf("eleven minutes after the password: got %q, want the sign-in", to)
	}
	if to := n.visitor(t).send(t, "/connexion/code", url.Values{"code": {codes[1]}}).Header.Get("Location"); to != "/connexion" {
		t.Errorf("without a password: got %q, want the sign-in", to)
	}
}

func TestCodesAreGuessedSlowly(t *testing.T) {
	t.Parallel()
	n, _, _, codes := withPhone(t)
	robot := n.visitor(t)
	robot.send(t, "/connexion", credentials("ana", password))
	guess := func(b browser, code string) int {
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
		return b.do(t, http.MethodPost, n.URL+"/connexion/code", header, strings.NewReader(url.Values{"code": {code}}.Encode())).StatusCode
	}
	tries := 0
	for guess(robot, "000000") == http.StatusUnprocessableEntity {
		tries++
	}
	if tries > 5 {
		t.Errorf("%d codes were tried", tries)
	}
	if got := guess(robot, codes[0]); got != http.StatusTooManyRequests {
		t.Errorf("a right code after them: got %d, want 429", got)
	}
}

func TestAdministratorHelpsWhoLostThePhone(t *testing.T) {
	t.Parallel()
	n, _, _, _ := withPhone(t)
	var id store.ID
	n.eventually(t, "there is the account", func(tx *store.Txn) bool {
		a, err := tx.AccountByEmail("ana@estran.test")
		if err == nil {
			id = a.ID
		}
		return err == nil
	})
	n.signedIn(t, "maelle", store.Admin).send(t, "/admin/membres/secours", url.Values{"account": {id.String()}})
	b := n.visitor(t)
	b.send(t, "/connexion", credentials("ana", password))
	if got := b.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusOK {
		t.Errorf("got %d", got)
	}
}
