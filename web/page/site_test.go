package page

import (
	"encoding/hex"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"golang.org/x/net/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/media"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/webtest"
)

// site is a node with its pages on a server.
type site struct {
	*webtest.Site
	node  *webtest.Node
	frame *frame.Frame
	pages *Pages
}

// newSite is a node that may also dial servers of this machine.
func newSite(t testing.TB) *site {
	t.Helper()
	n := webtest.New(t)
	n.Fetch.Close()
	n.Fetch = fetch.New(fetch.Config{AllowHTTP: true, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	images, err := media.Open(t.TempDir(), media.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { images.Close() })
	f := n.Frame(t, Templates)
	pages := New(Config{Frame: f, Node: n.Node, Images: images})
	return &site{node: n, frame: f, pages: pages, Site: webtest.Serve(t, f, func(r *mux.Router) {
		r.PathPrefix("/media/").Handler(images.Handler())
		r.HandleFunc(TilesPath, func(w http.ResponseWriter, r *http.Request) { pages.Tiles.File.ServeHTTP(w, r) })
		pages.Routes(r)
	})}
}

// viewer is what a member is allowed.
func (s *site) viewer(member *store.Actor) store.Viewer {
	return store.Viewer{Actor: member.IRI, Local: true, Runs: member == s.node.Admin}
}

// publish saves a record in the name of the lab.
func (s *site) publish(t testing.TB, by *store.Actor, it store.Item) *store.Record {
	t.Helper()
	r := it.Envelope()
	if r.Kind == "" {
		r.Kind = "experiment"
	}
	err := s.node.Publish(t.Context(), s.viewer(by), &federation.Activity{Verb: "Create", Actor: s.node.Lab.IRI, Item: it})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// experiment is a small valid one.
func experiment(title string, audience store.Audience) *store.Experiment {
	return &store.Experiment{Stage: "signal", Record: store.Record{
		Kind: "experiment", Title: title, Pitch: "Une accroche.", Audience: audience, Lang: "fr",
		Themes: []string{"mobilite"}, Territory: []string{"region:53"}, Licence: "etalab-2.0",
	}}
}

// answer is a piece of news in the thread of a record.
func (s *site) answer(t testing.TB, by *store.Actor, about *store.Record, text string, audience store.Audience) *store.Record {
	t.Helper()
	return s.publish(t, by, &store.News{Record: store.Record{Kind: "news", Body: text, Audience: audience, InReplyTo: about.IRI, Lang: "fr"}})
}

// neighbour puts a lab of another node into the store, as if it had been met.
func (s *site) neighbour(t testing.TB, handle string) *store.Actor {
	t.Helper()
	iri := "https://" + handle + ".example/actors/" + handle
	lab := &store.Actor{
		IRI: iri, Type: store.Group, Handle: handle, Host: handle + ".example", Name: "Labo " + handle, URL: "https://" + handle + ".example/",
		Inbox: iri + "/inbox", Territory: []string{"region:93"}, Lang: "fr", Fetched: time.Now(),
	}
	s.update(t, func(tx *store.Txn) error { return tx.PutActor(lab) })
	return lab
}

// follow makes one actor follow another.
func (s *site) follow(t testing.TB, from, to *store.Actor, state store.FollowState) *store.Follow {
	t.Helper()
	f := &store.Follow{Follower: from.ID, Followed: to.ID, State: state, IRI: from.IRI + "#follow", Inbox: from.Inbox, Asked: time.Now()}
	s.update(t, func(tx *store.Txn) error {
		tx.PutFollow(f)
		return nil
	})
	return f
}

// mirror puts a record of another node into the store and the river.
func (s *site) mirror(t testing.TB, lab *store.Actor, it store.Item) *store.Record {
	t.Helper()
	r := it.Envelope()
	r.Lab, r.Host, r.Remote, r.Fetched = lab.IRI, lab.Host, true, time.Now()
	r.IRI = "https://" + lab.Host + "/o/" + hex.EncodeToString([]byte(r.Title+r.HTML))
	r.URL = "https://" + lab.Host + "/fiche"
	if r.Created.IsZero() {
		r.Created = time.Now().Add(-time.Hour)
	}
	s.update(t, func(tx *store.Txn) error {
		if err := tx.PutRecord(it, nil); err != nil {
			return err
		}
		tx.AddToRiver(it)
		return nil
	})
	return r
}

func (s *site) update(t testing.TB, fn func(*store.Txn) error) {
	t.Helper()
	if err := s.node.Store.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// member adds somebody to the lab, with an account.
func (s *site) member(t testing.TB, handle string, role store.Role) *store.Actor {
	t.Helper()
	account := &store.Account{Email: handle + "@estran.test", Role: role}
	m, err := s.node.AddMember(t.Context(), store.Actor{Handle: handle, Name: handle, Lang: "fr"}, account)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// delete removes a record of the lab.
func (s *site) delete(t testing.TB, r *store.Record) {
	t.Helper()
	err := s.node.Publish(t.Context(), s.viewer(s.node.Admin), &federation.Activity{Verb: "Delete", Actor: r.Lab, Object: r.IRI})
	if err != nil {
		t.Fatal(err)
	}
}

// record reads a record from the store.
func (s *site) record(t testing.TB, id store.ID) (it store.Item) {
	t.Helper()
	err := s.node.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		it, err = tx.Record(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// formOf reads the answers that the form of a page holds, as a browser would send
// them without a change.
func formOf(t testing.TB, c *webtest.Client, path string) url.Values {
	t.Helper()
	a := c.Get(path)
	if a.Status != 200 {
		t.Fatalf("%s: got %d, want 200", path, a.Status)
	}
	return fieldsIn(t, a.Body)
}

// fieldsIn reads the form in main of a page.
func fieldsIn(t testing.TB, body string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	var inMain, selected string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		at := attributes(n)
		switch {
		case n.Type == html.ElementNode && n.Data == "main":
			inMain = "yes"
		case n.Type == html.ElementNode && n.Data == "footer":
			inMain = ""
		case inMain == "" || n.Type != html.ElementNode:
		case n.Data == "textarea":
			form.Add(at["name"], strings.TrimPrefix(content(n), "\n"))
		case n.Data == "select":
			selected = at["name"]
		case n.Data == "option" && has(at, "selected"):
			form.Add(selected, at["value"])
		case n.Data == "input" && has(at, "name") && (at["type"] != "radio" && at["type"] != "checkbox" && at["type"] != "file" || has(at, "checked")):
			form.Add(at["name"], at["value"])
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return form
}

func attributes(n *html.Node) map[string]string {
	m := map[string]string{}
	for _, a := range n.Attr {
		m[a.Key] = a.Val
	}
	return m
}

func has(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

func content(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(c.Data)
	}
	return b.String()
}
