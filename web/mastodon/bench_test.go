package mastodon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
)

// crowded is a site with n statuses: half of the lab, half of twenty labs that it
// follows, each with text and a picture.
func crowded(b *testing.B, n int) (*site, http.Handler) {
	b.Helper()
	s := start(b)
	labs := []*store.Actor{s.Lab}
	for i := range 20 {
		labs = append(labs, s.neighbour(b, i))
	}
	text := strings.Repeat("<p>On a essayé, <em>et voilà</em> ce que ça donne.</p>", 8)
	begin := time.Now().Add(-time.Duration(n) * time.Minute)
	for from := 0; from < n; from += 2000 {
		err := s.Store.Update(b.Context(), func(tx *store.Txn) error {
			for i := from; i < from+2000; i++ {
				lab := labs[0]
				if i%2 == 1 {
					lab = labs[1+i/2%20]
				}
				it := &store.News{Record: store.Record{
					Kind: "news", Type: "Note", Lab: lab.IRI, Host: lab.Host, Remote: !lab.Local, IRI: fmt.Sprintf("%s/%d", lab.IRI, i),
					Audience: store.Public, HTML: text, Body: "On a essayé.", Tags: []string{"bus"}, Lang: "fr", Created: begin.Add(time.Duration(i) * time.Minute),
				}}
				it.Updated = it.Created
				if err := tx.PutRecord(it, []byte(`{"id":"`+it.IRI+`","type":"Note","content":"`+strings.ReplaceAll(text, `"`, `'`)+`"}`)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	r := mux.NewRouter()
	s.api.Routes(r)
	return s, r
}

// neighbour is a lab of another node that the lab follows.
func (s *site) neighbour(t testing.TB, i int) *store.Actor {
	t.Helper()
	host := fmt.Sprintf("lab%d.example", i)
	a := &store.Actor{
		IRI: "https://" + host + "/actors/lab", Type: store.Group, Handle: "lab", Host: host, Name: fmt.Sprint("Labo ", i),
		Summary: "<p>Laboratoire fictif</p>", Inbox: "https://" + host + "/inbox", Discoverable: true,
	}
	err := s.Store.Update(t.Context(), func(tx *store.Txn) error {
		a.ID = 0
		if err := tx.PutActor(a); err != nil {
			return err
		}
		tx.PutFollow(&store.Follow{Follower: s.Lab.ID, Followed: a.ID, State: store.Accepted, Inbox: s.Lab.DeliverTo()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// BenchmarkReading asks for what an app asks most, with 100,000 statuses in the
// store, and says how long 99 of 100 answers take at most.
func BenchmarkReading(b *testing.B) {
	s, h := crowded(b, 100_000)
	token := s.token(s.Contributor)
	middle := store.ID(time.Now().Add(-50_000*time.Minute).UnixMilli()) << 16
	for _, c := range []struct{ name, path string }{
		{"home", "/api/v1/timelines/home?limit=40"},
		{"home in the middle", "/api/v1/timelines/home?limit=40&max_id=" + middle.String()},
		{"public", "/api/v1/timelines/public?limit=40"},
		{"tag", "/api/v1/timelines/tag/bus?limit=40"},
		{"account", "/api/v1/accounts/" + s.Lab.ID.String() + "/statuses?limit=40"},
		{"verify_credentials", "/api/v1/accounts/verify_credentials"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, c.path, nil)
				r.Header.Set("Authorization", "Bearer "+token)
				w := httptest.NewRecorder()
				began := time.Now()
				h.ServeHTTP(w, r)
				took = append(took, time.Since(began))
				if w.Code != http.StatusOK || w.Body.Len() < 500 {
					b.Fatalf("got %d %s", w.Code, w.Body)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
		})
	}
}
