package fetch

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// S23, O20
func TestObjectServedAsAnythingElseIsNone(t *testing.T) {
	for _, contentType := range []string{
		"text/html", "text/plain; charset=utf-8", "image/png", "application/octet-stream", "application/json",
		"application/ld+json", `application/ld+json; profile="https://example.org/other"`, "application/jrd+json",
		"application/activity+jsonp", "application/x-activity+json", "multipart/form-data; boundary=x", "/", "",
	} {
		s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = []string{contentType}
			fmt.Fprintf(w, `{"id":"http://%s/"}`, r.Host)
		})
		_, err := newClient(t, nil).Object(t.Context(), s.URL)
		wantError(t, err, ErrContentType)
	}
}

func TestObjectWithTwoContentTypesIsNone(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = []string{"application/activity+json", "text/html"}
		fmt.Fprintf(w, `{"id":"http://%s/"}`, r.Host)
	})
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrContentType)
}

// O21
func TestObjectIsTakenInBothMediaTypes(t *testing.T) {
	for _, contentType := range []string{
		"application/activity+json", "Application/Activity+JSON; charset=UTF-8", "application/activity+json; charset",
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
		`application/ld+json;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"`,
		`application/ld+json; profile="https://example.org/p https://www.w3.org/ns/activitystreams"`,
	} {
		s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Accept"), `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`) {
				t.Errorf("got Accept %q", r.Header.Get("Accept"))
			}
			w.Header().Set("Content-Type", contentType)
			fmt.Fprintf(w, `{"id":"http://%s/"}`, r.Host)
		})
		if _, err := newClient(t, nil).Object(t.Context(), s.URL); err != nil {
			t.Errorf("%s: %v", contentType, err)
		}
	}
}

// S22, O18
func TestObjectOfAnotherHostIsRefused(t *testing.T) {
	victim, asked := newServer(t, itself)
	for _, id := range []string{victim.URL + "/u/vic", "https://vic.example/u/vic", "urn:uuid:1", "vic", "http://vic@127.0.0.1/"} {
		evil, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) { sendAS2(w, fmt.Sprintf(`{"id":%q}`, id)) })
		_, err := newClient(t, nil).Object(t.Context(), evil.URL+"/u/vic")
		wantError(t, err, ErrOrigin)
	}
	if asked.Load() != 0 {
		t.Errorf("got %d requests to the victim, want none", asked.Load())
	}
}

func TestRedirectToAnotherHostSpeaksForThatHostOnly(t *testing.T) {
	evil, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/own" {
			itself(w, r)
			return
		}
		sendAS2(w, fmt.Sprintf(`{"id":%q}`, r.URL.Query().Get("as")))
	})
	open, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	c := newClient(t, nil)
	asked := open.URL + "/?to=" + evil.URL + "/own"
	if doc, err := c.Object(t.Context(), asked); err != nil || doc.IRI != evil.URL+"/own" {
		t.Errorf("got %+v, %v, want the object under its own id", doc, err)
	}
	asked = open.URL + "/?to=" + evil.URL + "/?as=" + open.URL + "/victim"
	_, err := c.Object(t.Context(), asked)
	wantError(t, err, ErrOrigin)
}

func TestOtherIDOfTheSameOriginMustLoopBack(t *testing.T) {
	s, n := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		id := map[string]string{
			"/@lab": "/actors/lab", "/actors/lab": "/actors/lab", // a page and its actor
			"/upload": "/actors/vic", "/actors/vic": "/actors/other", "/actors/other": "/actors/other",
			"/stray": "/missing",
		}[r.URL.Path]
		if id == "" {
			http.NotFound(w, r)
			return
		}
		sendAS2(w, fmt.Sprintf(`{"id":"http://%s%s"}`, r.Host, id))
	})
	c := newClient(t, nil)
	doc, err := c.Object(t.Context(), s.URL+"/@lab")
	if err != nil || doc.IRI != s.URL+"/actors/lab" || n.Load() != 2 {
		t.Errorf("got %+v, %v after %d requests, want the actor after 2", doc, err, n.Load())
	}
	n.Store(0)
	_, err = c.Object(t.Context(), s.URL+"/upload")
	wantError(t, err, ErrOrigin)
	if n.Load() != 2 {
		t.Errorf("got %d requests, want 2: the id is fetched once", n.Load())
	}
	_, err = c.Object(t.Context(), s.URL+"/stray")
	wantError(t, err, ErrNotFound)
}

func TestRedirectToTheIDNeedsNoSecondFetch(t *testing.T) {
	s, n := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/@lab" {
			http.Redirect(w, r, "/actors/lab", http.StatusSeeOther)
			return
		}
		itself(w, r)
	})
	doc, err := newClient(t, nil).Object(t.Context(), s.URL+"/@lab")
	if err != nil || doc.IRI != s.URL+"/actors/lab" || n.Load() != 2 {
		t.Errorf("got %+v, %v after %d requests, want the actor after 2", doc, err, n.Load())
	}
}

func TestIDKeepsItsSpelling(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		sendAS2(w, fmt.Sprintf(`{"id":"HTTP://%s/é"}`, r.Host))
	})
	doc, err := newClient(t, nil).Object(t.Context(), s.URL+"/%C3%A9")
	if err != nil || !strings.HasPrefix(doc.IRI, "HTTP://") || !strings.HasSuffix(doc.IRI, "/é") {
		t.Errorf("got %+v, %v, want the id verbatim", doc, err)
	}
}

func TestDocumentIDIsStrict(t *testing.T) {
	for body, want := range map[string]error{
		`{"id":"https://a.example/"}`:                             nil,
		` {"type":"Note","object":{"id":"x"},"id":"https://a/"} `: nil,
		``:                                           ErrMalformed,
		`null`:                                       ErrMalformed,
		`"https://a/"`:                               ErrMalformed,
		`[{"id":"https://a/"}]`:                      ErrMalformed,
		`{"id":"https://a/"`:                         ErrMalformed,
		`{"id":"https://a/"}{}`:                      ErrMalformed,
		`{"id":"https://a/",}`:                       ErrMalformed,
		`{"id":"https://a/","x":tru}`:                ErrMalformed,
		`{1:"https://a/"}`:                           ErrMalformed,
		"{\"id\":\"https://a/\n\"}":                  ErrMalformed,
		`{"x":` + strings.Repeat("[", 20000):         ErrMalformed,
		`{}`:                                         ErrOrigin,
		`{"id":null}`:                                ErrOrigin,
		`{"id":""}`:                                  ErrOrigin,
		`{"id":["https://a/"]}`:                      ErrOrigin,
		`{"id":"https://a/","id":"https://b/"}`:      ErrOrigin,
		`{"id":"https://a/","ID":"https://b/"}`:      ErrOrigin,
		`{"Id":"https://b/","id":"https://a/"}`:      ErrOrigin,
		`{"id":"https://a/","@id":"https://b/"}`:     ErrOrigin,
		`{"@id":"https://a/"}`:                       ErrOrigin,
		`{"id":"https://a/","\u0069d":"https://b/"}`: ErrOrigin,
	} {
		_, err := documentID([]byte(body))
		if want == nil && err != nil {
			t.Errorf("%.60s: got %v, want no error", body, err)
		}
		if want != nil {
			wantError(t, err, want)
		}
	}
}

func FuzzDocumentID(f *testing.F) {
	f.Add([]byte(`{"id":"https://a.example/","type":"Note","x":[1,{"id":2}]}`))
	f.Add([]byte(`{"id":"a","ID":"b"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if id, err := documentID(body); err == nil && id == "" {
			t.Errorf("%q: no id and no error", body)
		}
	})
}

func TestErrorNamesTheAddressAndNotTheBody(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "private words")
	}))
	t.Cleanup(s.Close)
	_, err := newClient(t, nil).Object(t.Context(), s.URL+"/o/1")
	if err == nil || !strings.Contains(err.Error(), s.URL+"/o/1") || strings.Contains(err.Error(), "private") {
		t.Errorf("got %v", err)
	}
}
