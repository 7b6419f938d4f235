package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/media"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// world is a whole node with a member of every kind, and with neighbours: a lab
// that follows each other with ours, one that will when all is published, one that
// only follows ours, and somebody on a microblog who follows ours; each with the actor
// of its server.
type world struct {
	t        *testing.T
	node     *fedtest.Node
	members  map[string]*store.Actor
	circles  map[string]*store.Circle
	follower string        // handle of the one on a microblog
	root     *store.Record // public, in whose thread there is something for each step
	viewers  map[string]asker
	inner    map[string]int                // how often an inner field was found, by step
	peers    map[string]*fedtest.PeerActor // the neighbours that are no servers
}

// asker asks for a path as somebody, and returns all that came back but the
// status: headers and body.
type asker func(method, path, accept string) (status int, said string)

// shortPatience is for an answer that must come.
const shortPatience = time.Minute

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, func(*web.Config) {})
}

// newWorldWith is a world whose handler is configured in another way.
func newWorldWith(t *testing.T, change func(*web.Config)) *world {
	t.Helper()
	w := &world{t: t, members: map[string]*store.Actor{}, circles: map[string]*store.Circle{}, viewers: map[string]asker{}, peers: map[string]*fedtest.PeerActor{}, inner: map[string]int{}}
	w.node = fedtest.Start(t, "estran", fedtest.Serving(wholeWith(t, change)))
	w.addMembers()
	w.addCircles()
	w.viewers["visitor"] = w.plain(http.Header{})
	w.addNeighbours()
	w.root = w.publish(w.members["animator"], &store.Experiment{Stage: "idees", Record: store.Record{
		Kind: "experiment", Title: "Racine", Pitch: "Une fiche pour tout le monde.", Audience: store.Public, Lang: "fr",
	}})
	return w
}

// whole is the handler of a node as it is served.
func whole(t *testing.T) func(n *fedtest.Node) http.Handler {
	return wholeWith(t, func(*web.Config) {})
}

func wholeWith(t *testing.T, change func(*web.Config)) func(n *fedtest.Node) http.Handler {
	return func(n *fedtest.Node) http.Handler {
		renderer, err := templates()
		if err != nil {
			t.Fatal(err)
		}
		images, err := media.Open(t.TempDir(), media.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { images.Close() })
		n.Words = func(lang, key string, args ...any) string { return renderer.Catalog.T(assets.Lang(lang), key, args...) }
		c := web.Config{
			Node: n.Node, Sessions: n.Sessions, Renderer: renderer, Deliveries: n.Worker, Images: images, Search: searching(t, n.Store),
			Log: slog.New(slog.DiscardHandler), Version: "test", SourceURL: "https://example.org/", Development: true,
		}
		change(&c)
		return web.Handler(c)
	}
}

// searching is the index of a store, which follows it until the test ends.
func searching(t *testing.T, s *store.Store) *search.Index {
	x := search.New(search.Config{Store: s, Dir: filepath.Join(t.TempDir(), "index"), Plain: strings.ToLower, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, x.Close()); err != nil {
			t.Error(err)
		}
	})
	return x
}

// addMembers gives each member a browser and an app.
func (w *world) addMembers() {
	for name, role := range map[string]store.Role{
		"author": store.Contributor, "colleague": store.Contributor, "insider": store.Contributor, "outsider": store.Contributor,
		"moderator": store.Moderator, "animator": store.Animator, "administrator": store.Admin,
	} {
		account := &store.Account{Email: name + "@estran.test", Role: role}
		member, err := w.node.AddMember(w.t.Context(), store.Actor{Handle: name, Name: strings.ToUpper(name[:1]) + name[1:], Lang: "fr", Discoverable: true}, account)
		if err != nil {
			w.t.Fatal(err)
		}
		w.members[name] = member
		w.viewers[name+" in a browser"] = w.browser(account)
		secret := "token-" + name
		w.update(func(tx *store.Txn) error {
			tx.PutToken(secret, &store.Token{Account: account.ID, Scopes: []string{"read", "write", "follow", "push"}, Created: tx.Now()})
			return nil
		})
		w.viewers[name+" in an app"] = w.plain(http.Header{"Authorization": {"Bearer " + secret}})
	}
}

// addCircles makes the circle of the records, and another.
func (w *world) addCircles() {
	for name, member := range map[string]string{"inside": "insider", "outside": "outsider"} {
		w.update(func(tx *store.Txn) error {
			w.circles[name] = &store.Circle{Name: name, Members: []string{w.members[member].IRI}}
			return tx.PutCircle(w.circles[name])
		})
	}
}

// addNeighbours makes the other servers and their follows.
func (w *world) addNeighbours() {
	for i, name := range []string{"mutual lab", "late lab", "other lab", "follower"} {
		peer := fedtest.NewPeer(w.t, fmt.Sprintf("127.0.0.%d", 2+i))
		server, actor := peer.Actor("serveur"), peer.Actor("voisin")
		server.Show(fedtest.With(server.Document(), fedtest.Object{"type": "Application"}))
		if name != "follower" {
			actor.Show(fedtest.With(actor.Document(), fedtest.Object{"type": "Group"}))
		}
		w.follower = "voisin@" + store.HostOf(actor.IRI)
		w.peers[name] = actor
		w.viewers[name], w.viewers["server of the "+name] = w.signed(actor), w.signed(server)
		w.sent(actor, actor.Activity("Follow", w.node.Lab.IRI))
		if name == "mutual lab" {
			w.followBack(actor)
		}
	}
}

func (w *world) followBack(lab *fedtest.PeerActor) {
	w.t.Helper()
	follow := &federation.Activity{Verb: "Follow", Actor: w.node.Lab.IRI, Object: lab.IRI}
	if err := w.node.Publish(w.t.Context(), w.node.Admin(), follow); err != nil {
		w.t.Fatal(err)
	}
	w.sent(lab, lab.Activity("Accept", follow.IRI))
}

func (w *world) sent(by *fedtest.PeerActor, activity fedtest.Object) {
	w.t.Helper()
	if got := by.Mail(w.node.URL+"/inbox", activity).Send(); got.Status != http.StatusAccepted {
		w.t.Fatalf("%s: got %d: %s", activity["type"], got.Status, got.Body)
	}
}

func (w *world) update(fn func(tx *store.Txn) error) {
	w.t.Helper()
	if err := w.node.Store.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// publish saves a record of the lab in the name of a member.
func (w *world) publish(by *store.Actor, it store.Item) *store.Record {
	w.t.Helper()
	verb := "Create"
	if it.Envelope().ID != 0 {
		verb = "Update"
	}
	w.apply(by, &federation.Activity{Verb: verb, Actor: w.node.Lab.IRI, Item: it})
	return it.Envelope()
}

// apply publishes in the name of a member, as things stand now.
func (w *world) apply(by *store.Actor, a *federation.Activity) {
	w.t.Helper()
	var viewer store.Viewer
	err := w.node.Store.View(w.t.Context(), func(tx *store.Txn) error {
		account, err := tx.AccountOf(by.ID)
		if err == nil {
			viewer = tx.ViewerOf(by, account.Role)
		}
		return err
	})
	if err == nil {
		err = w.node.Publish(w.t.Context(), viewer, a)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// plain asks with these headers.
func (w *world) plain(header http.Header) asker {
	client := &http.Client{CheckRedirect: stay, Timeout: shortPatience}
	return w.asking(client, header)
}

// browser signs in by a link.
func (w *world) browser(account *store.Account) asker {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: stay, Timeout: shortPatience}
	secret, err := w.node.Sessions.NewLink(w.t.Context(), account.ID, session.ScopeSignIn, time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	ask := w.asking(client, http.Header{"Sec-Fetch-Site": {"same-origin"}})
	if status, _ := ask(http.MethodPost, "/connexion/"+secret, "text/html"); status != http.StatusSeeOther {
		w.t.Fatalf("sign in: got %d", status)
	}
	return ask
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (w *world) asking(client *http.Client, header http.Header) asker {
	return func(method, path, accept string) (int, string) {
		ctx, cancel := context.WithTimeout(w.t.Context(), shortPatience)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, w.node.URL+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header = header.Clone()
		r.Header.Set("Accept", accept)
		res, err := client.Do(r)
		if err != nil {
			w.t.Fatal(err)
		}
		return res.StatusCode, w.read(res)
	}
}

func (w *world) read(res *http.Response) string {
	var b strings.Builder
	err := errors.Join(res.Write(&b), res.Body.Close())
	if err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

// signed asks as an actor of another server.
func (w *world) signed(actor *fedtest.PeerActor) asker {
	return func(method, path, accept string) (int, string) {
		m := actor.Mail(w.node.URL+path, []byte(nil))
		m.Covered = []string{"(request-target)", "host", "date"}
		m.Signed["(request-target)"] = strings.ToLower(method) + " " + path
		r := m.Request()
		r.Method, r.Body = method, nil
		r.Header.Set("Accept", accept)
		got := fedtest.Ask(w.t, r)
		var b strings.Builder
		if err := got.Header.Write(&b); err != nil {
			w.t.Fatal(err)
		}
		return got.Status, b.String() + got.Body
	}
}
