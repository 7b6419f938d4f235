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

// Who lacks parts of a conversation reads it where it began (FEP-f228).
func TestConversationIsACollectionOfWhoBeganIt(t *testing.T) {
	s := newStage(t)
	record := s.publish("Avec une conversation", store.Public)
	answer := With(s.vic.Note("answer"), Object{"inReplyTo": record})
	s.want(s.mail(s.vic, s.vic.Activity("Create", answer)).Send(), http.StatusAccepted)
	doc := read[struct {
		Context string `json:"context"`
	}](s, record)
	root := read[struct {
		Owner string `json:"attributedTo"`
		Total int    `json:"totalItems"`
		First string `json:"first"`
	}](s, doc.Context)
	if root.Owner != s.node.Lab.IRI || root.Total != 2 {
		t.Errorf("got %+v", root)
	}
	if page := read[shown](s, root.First); !slices.Equal(page.OrderedItems, []string{record, answer["id"].(string)}) {
		t.Errorf("got %v, want the record and its answer", page.OrderedItems)
	}
	hidden := s.publish("Pour l'équipe", store.Team)
	if got := s.vic.Get(hidden + "/context").Status; got != http.StatusNotFound {
		t.Errorf("of what is not open: got %d, want 404", got)
	}
}

// Members who want to be found stand in a collection that Mastodon shows, each with
// its own consent (FEP-7aa9).
func TestDirectoryHoldsThoseWhoWantToBeFound(t *testing.T) {
	s := newStage(t)
	fill(t, s.node, 0, 3) // m2 does not want to be found
	lab := read[struct {
		Collections string `json:"featuredCollections"`
	}](s, s.node.Lab.IRI)
	type item struct {
		ID, Type, FeaturedObject, FeatureAuthorization string
	}
	got := read[struct {
		OrderedItems []struct {
			ID, Type, AttributedTo string
			TotalItems             int
			OrderedItems           []item
		}
	}](s, lab.Collections)
	if len(got.OrderedItems) != 1 {
		t.Fatalf("got %+v", got)
	}
	d := got.OrderedItems[0]
	if d.Type != "FeaturedCollection" || d.AttributedTo != s.node.Lab.IRI || d.TotalItems != 2 || len(d.OrderedItems) != 2 {
		t.Errorf("got %+v", d)
	}
	if whole := read[struct{ ID string }](s, d.ID); whole.ID != d.ID {
		t.Errorf("by itself: got %+v", whole)
	}
	for _, i := range d.OrderedItems {
		if alone := read[item](s, i.ID); alone != i || i.Type != "FeaturedItem" {
			t.Errorf("got %+v, want %+v", alone, i)
		}
		consent := read[struct{ Type, InteractingObject, InteractionTarget string }](s, i.FeatureAuthorization)
		if consent.Type != "FeatureAuthorization" || consent.InteractingObject != d.ID || consent.InteractionTarget != i.FeaturedObject {
			t.Errorf("got %+v for %+v", consent, i)
		}
	}
	for _, path := range []string{"/actors/m2/directory-consent", "/actors/m0/directory", "/actors/estran/directory/m2", "/actors/estran/directory-consent"} {
		if got := s.vic.Get(s.node.URL + path).Status; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got)
		}
	}
}
