package mastodon_test

import (
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

// accts are those of a list of accounts.
func accts(list []object) []string {
	var all []string
	for _, a := range list {
		all = append(all, a["acct"].(string))
	}
	return all
}

// follows lets one actor follow others.
func (s *site) follows(follower *store.Actor, others ...*store.Actor) {
	s.t.Helper()
	err := s.Store.Update(s.t.Context(), func(tx *store.Txn) error {
		for _, a := range others {
			tx.PutFollow(&store.Follow{Follower: follower.ID, Followed: a.ID, State: store.Accepted, Inbox: follower.DeliverTo()})
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// unknown is a lab of another node that nobody here follows.
func (s *site) unknown(i int) *store.Actor {
	s.t.Helper()
	a := s.neighbour(s.t, i)
	err := s.Store.Update(s.t.Context(), func(tx *store.Txn) error {
		tx.DeleteFollow(s.Lab.ID, a.ID)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func TestSuggestedAreThoseWhomTheFollowedFollow(t *testing.T) {
	s := start(t)
	me := s.as(s.Contributor)
	near, twice, once := s.neighbour(t, 1), s.unknown(2), s.unknown(3)
	other := s.neighbour(t, 4)
	s.unknown(5) // with whom nobody has to do
	s.follows(near, twice, once)
	s.follows(other, twice)
	var got []string
	for _, x := range me.get("/api/v2/suggestions").list() {
		got = append(got, x["account"].(object)["acct"].(string))
	}
	far := slices.Index(got, "lab@lab3.example")
	if at := slices.Index(got, "lab@lab2.example"); at < 0 || far < at || slices.Contains(got, "lab@lab5.example") {
		t.Errorf("got %v, want whom most follow first, and no strangers", got)
	}
	me.post("/api/v1/accounts/" + once.ID.String() + "/block").object()
	if got := accts(me.get("/api/v1/suggestions").list()); slices.Contains(got, "lab@lab3.example") || !slices.Contains(got, "lab@lab2.example") {
		t.Errorf("who is blocked is suggested: %v", got)
	}
}

func TestFamiliarFollowersAreThoseWhomTheMemberFollows(t *testing.T) {
	s := start(t)
	of, mine, stranger := s.neighbour(t, 1), s.neighbour(t, 2), s.neighbour(t, 3)
	s.follows(s.Contributor, mine)
	s.follows(mine, of)
	s.follows(stranger, of)
	got := s.as(s.Contributor).get("/api/v1/accounts/familiar_followers?id[]=" + of.ID.String()).list()
	if len(got) != 1 || got[0]["id"] != of.ID.String() {
		t.Fatalf("got %v", got)
	}
	var found []object
	for _, a := range got[0]["accounts"].([]any) {
		found = append(found, a.(object))
	}
	if all := accts(found); !slices.Equal(all, []string{"lab@lab2.example"}) {
		t.Errorf("got %v", all)
	}
}

func TestDirectoryHasLabsBeforePeople(t *testing.T) {
	s := start(t)
	s.neighbour(t, 1)
	s.experiment("Une mairie mobile", store.Public) // the lab is the last who published
	for path, want := range map[string][]string{
		"":                      {"estran", "lab@lab1.example"},
		"?local=true":           {"estran"},
		"?limit=1":              {"estran"},
		"?limit=1&offset=1":     {"lab@lab1.example"},
		"?order=new&local=true": {"estran"},
	} {
		got := accts(s.anybody().get("/api/v1/directory" + path).list())
		got = slices.DeleteFunc(got, func(acct string) bool { return acct == "maelle" || acct == "yann" })
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", path, got, want)
		}
	}
}

func TestCollectionHoldsTheLabsThatTheLabFollows(t *testing.T) {
	s := start(t)
	s.neighbour(t, 1)
	s.unknown(2)
	lab := s.Lab.ID.String()
	list := s.anybody().get("/api/v1/accounts/" + lab + "/collections").object()["collections"].([]any)
	if len(list) != 1 || list[0].(object)["item_count"] != 1.0 || list[0].(object)["account_id"] != lab {
		t.Fatalf("got %v", list)
	}
	var named []object
	for _, a := range s.anybody().get("/api/v1/collections/" + lab).object()["accounts"].([]any) {
		named = append(named, a.(object))
	}
	if got := accts(named); !slices.Equal(got, []string{"estran", "lab@lab1.example"}) {
		t.Errorf("got %v", got)
	}
	if list := s.anybody().get("/api/v1/accounts/" + s.Admin.ID.String() + "/collections").object()["collections"].([]any); len(list) > 0 {
		t.Errorf("a member has %v", list)
	}
}

func TestTrendsAreWhatIsUsed(t *testing.T) {
	s := start(t)
	me, other := s.as(s.Contributor), s.as(s.Admin)
	me.post("/api/v1/statuses", "status", "Le #bus").object()
	liked := other.post("/api/v1/statuses", "status", "Le #train et le #bus").object()["id"].(string)
	other.post("/api/v1/statuses", "status", "Discret #avion", "visibility", "unlisted").object()
	me.post("/api/v1/statuses/" + liked + "/favourite").object()
	var names []string
	for _, tag := range s.anybody().get("/api/v1/trends/tags").list() {
		names = append(names, tag["name"].(string))
		if today := tag["history"].([]any)[0].(object); tag["name"] == "bus" && (today["uses"] != "2" || today["accounts"] != "2") {
			t.Errorf("got %v", today)
		}
	}
	if !slices.Equal(names, []string{"bus", "train"}) {
		t.Errorf("got %v", names)
	}
	if got := ids(s.anybody().get("/api/v1/trends/statuses").list()); !slices.Equal(got, []string{liked}) {
		t.Errorf("got %v, want what is liked", got)
	}
}
