package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
)

// knock sends the head of a request as it is, and returns the status and all that
// came back.
func (l *labProcess) knock(head string) (status int, said string) {
	l.t.Helper()
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	defer conn.Close()
	line, headers, _ := strings.Cut(head, "\r\n")
	if _, err := io.WriteString(conn, line+" HTTP/1.1\r\nHost: "+l.addr+"\r\nConnection: close\r\n"+headers+"\r\n"); err != nil {
		l.t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		l.t.Fatalf("%q: %v", head, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// inside are texts of files that nobody is to be given: of the configuration, of
// the store, of the machine.
var inside = []string{"[node]", "base_url", "PRIVATE KEY", "root:x:", "meta\x00", "goroutine ", "# HELP"}

// TestFilesOfTheNodeAreNotServed asks for what lies beside what is served, in every
// spelling.
func TestFilesOfTheNodeAreNotServed(t *testing.T) { // W02, W04
	l := newLab(t, "estran")
	l.start()
	ups := []string{"../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", `..\`, "....//", "%252e%252e%252f", "..;/", "%c0%ae%c0%ae/", "..%00/", "./../"}
	for _, prefix := range []string{"/", "/static/", "/media/", "/assets/", "/api/", "/en/", "/.well-known/", "/o/", "/media/x/"} {
		for _, up := range ups {
			for _, file := range []string{"config.toml", "essaim.db", "etc/passwd", "proc/self/environ"} {
				l.notServed("GET " + prefix + strings.Repeat(up, 8) + file)
				l.notServed("GET " + prefix + up + file)
			}
		}
	}
	for _, path := range []string{
		"/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/metrics", "/.git/config", "/.git/HEAD", "/.env", "/config.toml", "/essaim.db", "/data/essaim.db",
		"/backup.tar.gz", "/essaim.db.bak", "/.DS_Store", "/server-status", "/control.sock", "/index/", "/media/", "/static/", "/go.mod", "/api/v1/admin/accounts",
	} {
		l.notServed("GET " + path)
		l.notServed("GET /en" + path)
	}
}

// TestMethodsWithoutPathAreRefused sends what HTTP has for proxies and for whole servers.
func TestMethodsWithoutPathAreRefused(t *testing.T) { // W05
	l := newLab(t, "estran")
	l.start()
	for _, head := range []string{"CONNECT " + l.addr, "CONNECT other.invalid:443", "CONNECT /", "GET *", "POST *", "PRI *"} {
		if status, _ := l.knock(head); status < 400 || status > 499 {
			t.Errorf("%q: got %d, want 4xx", head, status)
		}
	}
}

func (l *labProcess) notServed(head string) {
	l.t.Helper()
	status, said := l.knock(head)
	cleaned := status == http.StatusMovedPermanently // to a path without dots, which is knocked at by itself
	if !cleaned && (status < 400 || status > 499) {
		l.t.Errorf("%q: got %d", head, status)
	}
	for _, text := range inside {
		if strings.Contains(said, text) {
			l.t.Errorf("%q: got a file with %q", head, text)
		}
	}
}

// TestNoSecretIsLoggedOrLiesOpen uses every secret of a node, and looks for them in
// its log and in its store; its directory is for its owner alone.
func TestNoSecretIsLoggedOrLiesOpen(t *testing.T) { // W09, T15
	l := newLab(t, "estran", "ESSAIM_LOG_LEVEL=debug")
	l.start()
	const guess = "un-faux-mot-de-passe"
	secrets := map[string]string{"password": "quelques mots sans lien", "guess": guess, "token": l.token}
	for _, word := range []string{guess, secrets["password"]} {
		form := url.Values{"login": {"estran_admin"}, "password": {word}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.url("/connexion"), strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := l.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		for _, c := range res.Cookies() {
			secrets["cookie"] = c.Value
		}
	}
	secrets["signature"] = l.signed(t)
	l.knock("GET /api/v1/accounts/verify_credentials\r\nAuthorization: Bearer " + l.token + "\r\n")
	l.get("/api/v1/accounts/verify_credentials?access_token=zqtokenqz", "*/*", http.StatusUnauthorized)
	secrets["link"] = lastPart(l.essaim("member", "add", "--member", "maelle"))
	l.get("/connexion/"+secrets["link"], "text/html", http.StatusOK)
	l.stop()
	if secrets["cookie"] == "" || secrets["link"] == "" || secrets["token"] == "" {
		t.Fatalf("not every secret was used: %v", secrets)
	}
	said := l.log()
	store, err := os.ReadFile(filepath.Join(l.dir, storeName))
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range secrets {
		if strings.Contains(said, secret) || strings.Contains(said, url.QueryEscape(secret)) {
			t.Errorf("the log holds the %s", name)
		}
		if strings.Contains(string(store), secret) {
			t.Errorf("the store holds the %s", name)
		}
	}
	for _, word := range []string{"PRIVATE KEY", "Signature:", "signature=", "Bearer ", "zqtokenqz", "estran@exemple.invalid"} {
		if strings.Contains(said, word) {
			t.Errorf("the log holds %q", word)
		}
	}
	info, err := os.Stat(l.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data directory: got %v, %v, want 0700", info.Mode(), err)
	}
}

// signed sends two signed messages, one of which is believed, and returns the value of the first signature.
func (l *labProcess) signed(t *testing.T) string {
	t.Helper()
	from := fedtest.NewPeer(t, "127.0.0.1").Actor("fablab")
	r := from.Mail(l.url("/inbox"), from.Activity("Create", from.Note("note"))).Request()
	_, value, _ := strings.Cut(r.Header.Get("Signature"), `signature="`)
	value, _, found := strings.Cut(value, `"`)
	if !found {
		t.Fatalf("signed by %q", r.Header)
	}
	forged := r.Clone(t.Context())
	forged.Body, _ = r.GetBody()
	forged.Header.Set("Date", time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat))
	for _, r := range []*http.Request{r, forged} {
		if _, err := l.deliver(r); err != nil {
			t.Fatal(err)
		}
	}
	return value
}

func lastPart(s string) string {
	lines := strings.Fields(s)
	return lines[len(lines)-1][strings.LastIndex(lines[len(lines)-1], "/")+1:]
}
