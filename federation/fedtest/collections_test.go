package fedtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

type shown struct {
	TotalItems   int      `json:"totalItems"`
	First        string   `json:"first"`
	OrderedItems []string `json:"orderedItems"`
}

func read[T any](s *stage, url string) (v T) {
	s.t.Helper()
	got := s.vic.Get(url)
	if got.Status != http.StatusOK {
		s.t.Fatalf("%s: got %d", url, got.Status)
	}
	if err := json.Unmarshal([]byte(got.Body), &v); err != nil {
		s.t.Fatal(err)
	}
	return v
}

func TestAnswersAreFoundFromWithinTheObject(t *testing.T) {
	s := newStage(t)
	record := s.publish("Avec une r\u00e9ponse", store.Public)
	answer := With(s.vic.Note("answer"), Object{"inReplyTo": record})
	s.want(s.mail(s.vic, s.vic.Activity("Create", answer)).Send(), http.StatusAccepted)
	object := read[struct {
		Replies struct {
			First struct {
				Type string `json:"type"`
				Next string `json:"next"`
			} `json:"first"`
		} `json:"replies"`
	}](s, record)
	if first := object.Replies.First; first.Type != "OrderedCollectionPage" || first.Next == "" {
		t.Fatalf("first page: got %+v", first)
	}
	if page := read[shown](s, object.Replies.First.Next); !slices.Contains(page.OrderedItems, answer["id"].(string)) {
		t.Errorf("got %v, want the answer", page.OrderedItems)
	}
}

func TestFollowersOfMembersAreOnlyCounted(t *testing.T) { // V06
	s := newStage(t)
	mona := s.member("mona")
	for _, followed := range []string{s.node.Lab.IRI, mona.IRI} {
		s.want(s.mail(s.vic, s.vic.Activity("Follow", followed)).Send(), http.StatusAccepted)
	}
	lab, page := s.node.Lab.Followers, s.node.Lab.Followers+"?page=true"
	if got := read[shown](s, lab); got.TotalItems != 1 || got.First != page {
		t.Errorf("root of the lab: got %+v", got)
	}
	if got := read[shown](s, page); !slices.Equal(got.OrderedItems, []string{s.vic.IRI}) {
		t.Errorf("page of the lab: got %+v", got)
	}
	for _, url := range []string{mona.Followers, mona.Followers + "?page=true", mona.Followers + "?page=true&after=0"} {
		if got := read[shown](s, url); got.TotalItems != 1 || got.First != "" || got.OrderedItems != nil {
			t.Errorf("%s: got %+v, want the count alone", url, got)
		}
	}
}
