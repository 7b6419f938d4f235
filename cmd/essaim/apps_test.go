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

	"github.com/mattn/go-mastodon"
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
	cmd := exec.CommandContext(ctx, name, append(args, w.estran.url(""), w.calanques.address(), w.title, w.picture)...)
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

// toot runs the command toot with a home of its own.
func (w *world) toot(home, stdin string, args ...string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/toot", append(args, "--no-color")...)
	cmd.Env = []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("toot %s: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestToot(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	w.tootLogin(home)
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"whoami"}, "@estran_admin"},
		{[]string{"search", w.calanques.address(), "--resolve"}, "calanques"},
		{[]string{"follow", strings.TrimPrefix(w.calanques.address(), "@")}, "You are now following"},
		{[]string{"post", "Bonjour #essai", "--media", w.picture, "--description", "Un carré"}, "Toot posted"},
		{[]string{"timeline", "--once"}, "Bonjour #essai"},
		{[]string{"timeline", "--once", "--public"}, "Bonjour #essai"},
		{[]string{"timeline", "--once", "--tag", "essai"}, "Bonjour #essai"},
		{[]string{"notifications"}, "now follows you"},
		{[]string{"tags_follow", "essai"}, "You are now following #essai"},
		{[]string{"tags_followed"}, "essai"},
	} {
		if got := w.toot(home, "", step.args...); !strings.Contains(got, step.want) {
			t.Errorf("toot %s: got\n%s\nwant %q", step.args, got, step.want)
		}
	}
	eventually(t, "the record comes home", 200*time.Millisecond, func() bool {
		return strings.Contains(w.toot(home, "", "timeline", "--once"), w.title)
	})
}

// tootLogin signs in as people do: toot prints an address, and waits for the code.
func (w *world) tootLogin(home string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "/usr/bin/toot", "login", "--disable-https", "-i", w.estran.addr, "--no-color")
	cmd.Env = []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "PYTHONUNBUFFERED=1"}
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
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), w.estran.url("/oauth/authorize")) {
			fmt.Fprintf(in, "n\n%s\n", w.agree(lines.Text()))
		}
	}
	if err := cmd.Wait(); err != nil {
		w.t.Fatalf("toot login: %v\n%s", err, said.String())
	}
}

func TestGoMastodon(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	app, err := mastodon.RegisterApp(ctx, &mastodon.AppConfig{
		Server: w.estran.url(""), ClientName: "go-mastodon", Scopes: "read write follow", RedirectURIs: "urn:ietf:wg:oauth:2.0:oob",
	})
	check := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	check("register", err)
	c := mastodon.NewClient(&mastodon.Config{Server: w.estran.url(""), ClientID: app.ClientID, ClientSecret: app.ClientSecret})
	check("sign in", c.GetUserAccessToken(ctx, w.agree(app.AuthURI), app.RedirectURI))
	me, err := c.GetAccountCurrentUser(ctx)
	check("verify credentials", err)

	found, err := c.Search(ctx, w.calanques.address(), true)
	check("search", err)
	if len(found.Accounts) != 1 {
		t.Fatalf("found %v", found.Accounts)
	}
	_, err = c.AccountFollow(ctx, found.Accounts[0].ID)
	check("follow", err)
	var record *mastodon.Status
	eventually(t, "the record comes home", 100*time.Millisecond, func() bool {
		list, err := c.GetTimelineHome(ctx, nil)
		check("home", err)
		for _, s := range list {
			if strings.Contains(s.Content, w.title) {
				record = s
			}
		}
		return record != nil
	})

	events, err := c.NewWSClient().StreamingWSUser(ctx)
	check("stream", err)
	media, err := c.UploadMedia(ctx, w.picture)
	check("upload", err)
	mine, err := c.PostStatus(ctx, &mastodon.Toot{Status: "Bonjour #essai", MediaIDs: []mastodon.ID{media.ID}})
	check("post", err)
	for came := false; !came; {
		select {
		case e := <-events:
			u, ok := e.(*mastodon.UpdateEvent)
			came = ok && u.Status.ID == mine.ID
			if bad, ok := e.(*mastodon.ErrorEvent); ok {
				t.Fatal(bad.Err)
			}
		case <-ctx.Done():
			t.Fatal("nothing came over the stream")
		}
	}
	_, err = c.PostStatus(ctx, &mastodon.Toot{Status: "Bravo", InReplyToID: record.ID})
	check("reply", err)
	_, err = c.Favourite(ctx, record.ID)
	check("favourite", err)
	_, err = c.Reblog(ctx, record.ID)
	check("boost", err)
	notes, err := c.GetNotifications(ctx, nil)
	if err != nil || len(notes) == 0 || notes[0].Account.Username != "calanques" {
		t.Errorf("notifications: got %v, %v", notes, err)
	}
	var seen []mastodon.ID
	for pg := (&mastodon.Pagination{Limit: 1}); ; pg.Limit, pg.MinID, pg.SinceID = 1, "", "" {
		list, err := c.GetAccountStatuses(ctx, me.ID, pg)
		check("page", err)
		if len(list) == 0 || len(seen) > 20 {
			break
		}
		seen = append(seen, list[0].ID)
	}
	if len(seen) != 3 { // the post, the reply, the boost
		t.Errorf("paged through %v, want 3", seen)
	}
	w.calanques.delivered()
}
