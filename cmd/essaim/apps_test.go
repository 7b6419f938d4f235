//go:build peers

package main

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// world is two labs that run: calanques has a record, estran a member with an
// app. calanques follows estran.
type world struct {
	t                 *testing.T
	estran, calanques *labProcess
	title, picture    string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, estran: newLab(t, "estran"), calanques: newLab(t, "calanques"), title: "Une mairie mobile"}
	w.estran.start()
	w.calanques.start()
	w.calanques.follow(w.estran)
	w.calanques.post(experimentDraft(w.title))
	w.picture = filepath.Join(t.TempDir(), "carre.png")
	f, err := os.Create(w.picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 16, 12))); err != nil {
		t.Fatal(err)
	}
	return w
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	shownCode   = regexp.MustCompile(`<code class="code">([^<]+)</code>`)
)

// agree is the member in front of a browser: signs in, reads, agrees, and copies
// the code.
func (w *world) agree(address string) string {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: patience}
	signIn := w.visit(browser.Get(address))
	form := fieldsOf(signIn)
	form.Set("login", "estran_admin")
	form.Set("password", "quelques mots sans lien")
	consent := w.visit(browser.PostForm(w.estran.url("/connexion"), form))
	form = fieldsOf(consent)
	form.Set("answer", "allow")
	page := w.visit(browser.PostForm(w.estran.url("/oauth/authorize"), form))
	code := shownCode.FindStringSubmatch(page)
	if code == nil {
		w.t.Fatalf("no code on the page:\n%s", page)
	}
	return code[1]
}

func (w *world) visit(res *http.Response, err error) string {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		w.t.Fatalf("got %d, %v\n%s", res.StatusCode, err, b)
	}
	return string(b)
}

func fieldsOf(page string) url.Values {
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// converse runs a client that prints where to agree, reads the code, and prints a
// line for each step, the last being "ok end".
func (w *world) converse(name string, args ...string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, append(args, w.estran.url(""), w.calanques.address(), w.title, w.picture, w.calanques.url(""), w.calanques.token)...)
	var said strings.Builder
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	last := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		last = lines.Text()
		if address, ok := strings.CutPrefix(last, "open "); ok {
			fmt.Fprintln(in, w.agree(address))
		}
	}
	if err := cmd.Wait(); err != nil || last != "ok end" {
		w.t.Errorf("after %q: %v\n%s", last, err, said.String())
	}
}

func TestMastodonPy(t *testing.T) {
	newWorld(t).converse("/usr/bin/python3", "../../.ci/peers/mastodonpy/client.py")
}

func TestMasto(t *testing.T) {
	newWorld(t).converse("node", "../../.ci/peers/masto/client.mjs")
}
