package nodeinfo

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestWellKnownNamesVersion20FirstAndTheServer(t *testing.T) {
	body, err := WellKnown("https://lab.example", "https://lab.example/actor")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"links":[` +
		`{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://lab.example/nodeinfo/2.0"},` +
		`{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":"https://lab.example/nodeinfo/2.1"},` +
		`{"rel":"https://www.w3.org/ns/activitystreams#Application","href":"https://lab.example/actor"}]}`
	if string(body) != want {
		t.Errorf("got %s, want %s", body, want)
	}
}

func TestDocumentOfEachVersion(t *testing.T) {
	five, none := 5, 0
	info := Info{
		Version: "1.2.3", Name: "Lab Bretagne", Description: "Un « lab »", Language: []string{"fr"},
		Usage:  Usage{Users: &five, ActiveMonth: &none, ActiveHalfYear: &five, Posts: &five},
		Essaim: Essaim{Lab: "https://lab.example/actors/lab", Catalog: "https://lab.example/catalog", Seq: 7, Digest: "00ff"},
	}
	head := `","software":{"name":"essaim","version":"1.2.3"`
	tail := `},"protocols":["activitypub"],"services":{"inbound":[],"outbound":[]},"openRegistrations":false,` +
		`"usage":{"users":{"total":5,"activeMonth":0,"activeHalfyear":5},"localPosts":5},` +
		`"metadata":{"nodeName":"Lab Bretagne","nodeDescription":"Un « lab »","langs":["fr"],"upstream":{"name":"mastodon"},` +
		`"essaim":{"lab":"https://lab.example/actors/lab","catalog":"https://lab.example/catalog","seq":7,"digest":"00ff"}}}`
	more := `,"repository":"` + repository + `","homepage":"` + repository + `"`
	for schema, want := range map[Schema]string{
		V20: `{"version":"2.0` + head + tail,
		V21: `{"version":"2.1` + head + more + tail,
	} {
		body, err := Document(schema, info)
		if err != nil || string(body) != want {
			t.Errorf("%s: got %s, %v, want %s", schema, body, err, want)
		}
		peer, err := ParseDocument(body)
		if err != nil || peer != (Peer{Software: "essaim", Version: "1.2.3", Name: "Lab Bretagne", Essaim: info.Essaim}) {
			t.Errorf("%s: read as %+v, %v", schema, peer, err)
		}
	}
}

func TestUnknownFiguresAreLeftOut(t *testing.T) {
	body, err := Document(V20, Info{Version: "1"})
	if err != nil || !strings.Contains(string(body), `"usage":{"users":{}}`) {
		t.Errorf("got %s, %v", body, err)
	}
	var d struct {
		Metadata map[string]json.RawMessage `json:"metadata"`
	}
	if err := json.Unmarshal(body, &d); err != nil || d.Metadata["upstream"] == nil {
		t.Errorf("got %s, %v, want the upstream that clients need", body, err)
	}
}
