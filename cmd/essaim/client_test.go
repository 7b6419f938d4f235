package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/essaim/essaim/federation/fedtest"
)

const (
	activityJSON = "application/activity+json"
	publicIRI    = "https://www.w3.org/ns/activitystreams#Public"
)

// ask gets what a path shows to everybody; accept may be empty.
func (l *labProcess) ask(path, accept string) (fedtest.Answer, error) {
	req, err := http.NewRequest(http.MethodGet, l.url(path), nil)
	if err != nil {
		return fedtest.Answer{}, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	return l.deliver(req)
}

// get is ask of a node that must answer with this status.
func (l *labProcess) get(path, accept string, want int) string {
	l.t.Helper()
	a, err := l.ask(path, accept)
	if err != nil || a.Status != want {
		l.t.Fatalf("GET %s of %s: got %d, %v, want %d\n%s", path, l.handle, a.Status, err, want, l.log())
	}
	return a.Body
}

type object = map[string]any

// experimentDraft is an experiment for everybody, as software posts it.
func experimentDraft(title string) object {
	return object{
		"type": "Article", "essaim:kind": "experiment", "essaim:audience": "public", "essaim:stage": "idees",
		"name": title, "summary": "En une phrase.", "content": "Le récit.",
	}
}

// noteDraft is a note for everybody.
func noteDraft(text string) object {
	return object{"type": "Note", "content": text, "to": publicIRI}
}

// post sends an activity, or an object, to the outbox of the lab (ActivityPub
// §6). It may be called at once by several goroutines.
func (l *labProcess) post(activity object) (fedtest.Answer, error) {
	body, err := json.Marshal(activity)
	if err != nil {
		return fedtest.Answer{}, err
	}
	return l.asAdmin(http.MethodPost, l.iri()+"/outbox", body)
}

// asAdmin sends a request with the administrator's token.
func (l *labProcess) asAdmin(method, url string, body []byte) (fedtest.Answer, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return fedtest.Answer{}, err
	}
	req.Header.Set("Accept", activityJSON)
	req.Header.Set("Content-Type", activityJSON)
	req.Header.Set("Authorization", "Bearer "+l.token)
	return l.deliver(req)
}

// deliver sends any request. It may be called at once by several goroutines.
func (l *labProcess) deliver(req *http.Request) (fedtest.Answer, error) {
	res, err := l.client.Do(req)
	if err != nil {
		return fedtest.Answer{}, err
	}
	body, err := io.ReadAll(res.Body)
	return fedtest.Answer{Status: res.StatusCode, Header: res.Header, Body: string(body)}, errors.Join(err, res.Body.Close())
}

// publish is post that must succeed. It returns the id of the object.
func (l *labProcess) publish(activity object) string {
	l.t.Helper()
	posted, err := l.post(activity)
	if err != nil || posted.Status != http.StatusCreated {
		l.t.Fatalf("publish %v: got %v, %v, want 201\n%s", activity, posted, err, l.log())
	}
	read, err := l.asAdmin(http.MethodGet, posted.Header.Get("Location"), nil)
	if err != nil || read.Status != http.StatusOK {
		l.t.Fatalf("read %s: got %v, %v, want 200", posted.Header.Get("Location"), read, err)
	}
	var done struct {
		Object any `json:"object"`
	}
	if err := json.Unmarshal([]byte(read.Body), &done); err != nil {
		l.t.Fatal(err)
	}
	if o, ok := done.Object.(object); ok {
		return o["id"].(string)
	}
	return done.Object.(string)
}

// marked finds the names that the tests give to what they publish, once for each
// time that it is listed: as a link's text, or as a note's.
var marked = regexp.MustCompile(`>((?:essai|note)-\d+)<`)

// listed counts what all pages of a list show.
func (l *labProcess) listed(path string) map[string]int {
	l.t.Helper()
	found := map[string]int{}
	for page := 1; ; page++ {
		names := marked.FindAllStringSubmatch(l.get(fmt.Sprintf("%s?page=%d", path, page), "", http.StatusOK), -1)
		if len(names) == 0 {
			return found
		}
		for _, name := range names {
			found[name[1]]++
		}
	}
}

// outbox counts what all pages of the lab's outbox hold.
func (l *labProcess) outbox() map[string]int {
	l.t.Helper()
	found := map[string]int{}
	next := l.iri() + "/outbox?page=true"
	for next != "" {
		var page struct {
			Next  string `json:"next"`
			Items []struct {
				Object struct {
					Name   string `json:"name"`
					Source struct {
						Content string `json:"content"`
					} `json:"source"`
				} `json:"object"`
			} `json:"orderedItems"`
		}
		body := l.get(l.path(next), activityJSON, http.StatusOK)
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			l.t.Fatal(err)
		}
		for _, a := range page.Items {
			name := a.Object.Name
			if name == "" {
				name = a.Object.Source.Content
			}
			found[name]++
		}
		next = page.Next
	}
	return found
}

// wantSame compares two lists, in which nothing may be twice.
func wantSame(t testing.TB, what string, got, want map[string]int) {
	t.Helper()
	if maps.Equal(got, want) && !slices.ContainsFunc(slices.Collect(maps.Values(got)), func(n int) bool { return n != 1 }) {
		return
	}
	for name := range want {
		if got[name] == 0 {
			t.Errorf("%s: %s is missing", what, name)
		}
	}
	for name, n := range got {
		if n != 1 || want[name] != 1 {
			t.Errorf("%s: %s is there %d times, want %d", what, name, n, want[name])
		}
	}
}

// wantAll wants each of the names in a list, which holds nothing twice.
func wantAll(t testing.TB, what string, got map[string]int, names []string) {
	t.Helper()
	for _, name := range names {
		if got[name] == 0 {
			t.Errorf("%s: %s was acknowledged and is missing", what, name)
		}
	}
	for name, n := range got {
		if n != 1 {
			t.Errorf("%s: %s is there %d times", what, name, n)
		}
	}
}
