package mastodon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/media"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/mastodon"
	"github.com/essaim/essaim/web/webtest"
)

// object is a JSON object as an app reads it.
type object = map[string]any

// site is a node whose dialect answers over HTTP.
type site struct {
	*webtest.Node
	t   testing.TB
	api *mastodon.API
	url string

	index   mastodon.Searcher // nil: texts are not searched
	streams int               // at once; 0: no limit
}

func start(t testing.TB) *site {
	t.Helper()
	s := &site{Node: webtest.New(t), t: t}
	s.api, s.url = s.serve(t, 0)
	return s
}

// startSearching is start with an index of what can be found.
func startSearching(t testing.TB) *site {
	t.Helper()
	s := &site{Node: webtest.New(t), t: t}
	x := search.New(search.Config{Store: s.Store, Dir: filepath.Join(t.TempDir(), "index"), Plain: markup.Plain, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, x.Close()); err != nil {
			t.Error(err)
		}
	})
	s.index = x
	s.api, s.url = s.serve(t, 0)
	return s
}

// stampIn is a moment so many hours from now, as the dialect writes it.
func stampIn(s *site, hours int) string {
	return s.Store.Now().Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04:05.000Z")
}

// serve serves the dialect, with a limit of requests unless it is 0.
func (s *site) serve(t testing.TB, perMinute int) (*mastodon.API, string) {
	t.Helper()
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	images, err := media.Open(t.TempDir(), media.Options{})
	if err != nil {
		t.Fatal(err)
	}
	api := mastodon.New(mastodon.Config{
		Node: s.Node.Node, Catalog: words, Images: images, Search: s.index, Log: slog.New(slog.DiscardHandler), Version: "test",
		SourceURL: "https://source.example", PerMinute: perMinute, Address: func(*http.Request) string { return "here" },
		MaxStreams: s.streams,
	})
	r := mux.NewRouter()
	api.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := images.Close(); err != nil {
			t.Error(err)
		}
	})
	return api, server.URL
}

// limited is an app of nobody where so many requests a minute are answered.
func (s *site) limited(t testing.TB, perMinute int) app {
	t.Helper()
	_, url := s.serve(t, perMinute)
	return app{&site{Node: s.Node, t: t, url: url}, ""}
}

// token is a new token of a member.
func (s *site) token(member *store.Actor, scopes ...string) string {
	s.t.Helper()
	if len(scopes) == 0 {
		scopes = []string{"read", "write", "follow", "push"}
	}
	secret := "jeton-" + member.Handle + strings.Join(scopes, "-")
	err := s.Store.Update(s.t.Context(), func(tx *store.Txn) error {
		account, err := tx.AccountOf(member.ID)
		if err != nil {
			return err
		}
		tx.PutToken(secret, &store.Token{Account: account.ID, Scopes: scopes, Created: tx.Now()})
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// app is software that acts for a member; without a token it is anybody's.
type app struct {
	*site
	secret string
}

func (s *site) as(member *store.Actor) app { return app{s, s.token(member)} }

func (s *site) anybody() app { return app{s, ""} }

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (a app) do(method, path, contentType string, body io.Reader) answer {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if a.secret != "" {
		r.Header.Set("Authorization", "Bearer "+a.secret)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	return readAnswer(a.t, res)
}

func (a app) get(path string) answer { a.t.Helper(); return a.do(http.MethodGet, path, "", nil) }

func (a app) form(method, path string, fields ...string) answer {
	a.t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return a.do(method, path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
}

func (a app) post(path string, fields ...string) answer {
	a.t.Helper()
	return a.form(http.MethodPost, path, fields...)
}

func (a app) json(method, path string, v any) answer {
	a.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.do(method, path, "application/json", bytes.NewReader(b))
}

// upload sends a file with fields.
func (a app) upload(path, name string, data []byte, fields ...string) answer {
	a.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile(name, "picture.png")
	if err == nil {
		_, err = f.Write(data)
	}
	for i := 0; i < len(fields) && err == nil; i += 2 {
		err = w.WriteField(fields[i], fields[i+1])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		a.t.Fatal(err)
	}
	method := http.MethodPost
	if strings.HasSuffix(path, "update_credentials") {
		method = http.MethodPatch
	}
	return a.do(method, path, w.FormDataContentType(), &b)
}

// object is the answer as one entity.
func (a answer) object() object {
	a.t.Helper()
	var o object
	a.into(&o)
	return o
}

// list is the answer as a list of entities.
func (a answer) list() []object {
	a.t.Helper()
	var l []object
	a.into(&l)
	return l
}

func (a answer) into(v any) {
	a.t.Helper()
	if a.status != http.StatusOK {
		a.t.Fatalf("got %d %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%s: %v", a.body, err)
	}
}

// refused fails the test unless the answer is this refusal.
func (a answer) refused(status int, message string) {
	a.t.Helper()
	var e object
	if err := json.Unmarshal(a.body, &e); err != nil || a.status != status || e["error"] != message {
		a.t.Errorf("got %d %s, want %d %q", a.status, a.body, status, message)
	}
}

// ids are those of the entities of a list.
func ids(list []object) []string {
	var all []string
	for _, o := range list {
		all = append(all, o["id"].(string))
	}
	return all
}

// experiment publishes one of the lab's.
func (s *site) experiment(title string, audience store.Audience) *store.Experiment {
	s.t.Helper()
	e := &store.Experiment{Record: store.Record{
		Kind: "experiment", Title: title, Pitch: "Une phrase & demie.", Themes: []string{"mobilite"}, Tags: []string{"Rural"},
		Territory: []string{"region:53"}, Audience: audience,
	}, Stage: "signal"}
	s.publish(&federation.Activity{Verb: "Create", Actor: s.Lab.IRI, Item: e})
	return e
}

func (s *site) publish(a *federation.Activity) {
	s.t.Helper()
	by := store.Viewer{Actor: s.Admin.IRI, Local: true, Runs: true}
	if err := s.Publish(s.t.Context(), by, a); err != nil {
		s.t.Fatal(err)
	}
}

// picture is a small PNG.
func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 8, 6))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// readAnswer reads a response to its end.
func readAnswer(t testing.TB, res *http.Response) answer {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{t, res.StatusCode, res.Header, b}
}
