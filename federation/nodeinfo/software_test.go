package nodeinfo

import (
	"context"
	"errors"
	"strings"
	"testing"
)

var errAbsent = errors.New("absent")

// pages are the documents of one host.
type pages map[string]string

func (p pages) BaseURL(host string) string { return "https://" + host }

func (p pages) JSON(_ context.Context, address string) ([]byte, error) {
	body, ok := p[address]
	if !ok {
		return nil, errAbsent
	}
	return []byte(body), nil
}

func TestSoftwareFollowsTheNewestLink(t *testing.T) {
	const root = "https://peer.example/.well-known/nodeinfo"
	mastodon := `{"version":"2.0","software":{"name":"Mastodon","version":"4.5.0"},"metadata":{"nodeName":"A place"}}`
	for name, p := range map[string]pages{
		"newest": {root: `{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":"https://peer.example/21"},
			{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://peer.example/20"}]}`, "https://peer.example/21": mastodon},
		"relative": {root: `{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"/20"}]}`, "https://peer.example/20": mastodon},
		"odd links": {root: `{"links":[null,7,{"rel":7},{"rel":"https://www.w3.org/ns/activitystreams#Application","href":"https://peer.example/actor"},
			{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":""},
			{"rel":"http://nodeinfo.diaspora.software/ns/schema/1.0","href":"https://peer.example/10"}]}`, "https://peer.example/10": mastodon},
	} {
		got, err := Software(t.Context(), p, "peer.example")
		if want := (Peer{Software: "mastodon", Version: "4.5.0", Name: "A place"}); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func TestSoftwareThatIsNotSaid(t *testing.T) {
	const root = "https://peer.example/.well-known/nodeinfo"
	for body, want := range map[string]error{
		`{"links":[]}`: ErrUnknown,
		`{}`:           ErrUnknown,
		`[]`:           ErrUnknown,
		`{"links":{}}`: ErrUnknown,
		`{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"http://[::1"}]}`: ErrUnknown,
		`{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"/20"}]}`:         errAbsent,
	} {
		if got, err := Software(t.Context(), pages{root: body}, "peer.example"); !errors.Is(err, want) {
			t.Errorf("%s: got %+v, %v, want %v", body, got, err, want)
		}
	}
	if _, err := Software(t.Context(), pages{}, "peer.example"); !errors.Is(err, errAbsent) {
		t.Errorf("nothing there: got %v, want errAbsent", err)
	}
}

func TestParseDocumentIsTolerant(t *testing.T) {
	for body, want := range map[string]Peer{
		`{"software":{"name":"PeerTube","version":7.1},"metadata":[]}`:              {Software: "peertube", Version: "7.1"},
		`{"software":{"name":"misskey"},"metadata":{"nodeName":null,"essaim":[]}}`:  {Software: "misskey"},
		`{"software":{"name":" wordpress ","version":{}},"usage":null,"version":2}`: {Software: "wordpress"},
		`{"software":{"name":"a\u0000\u202eb\n","version":"1"}}`:                    {Software: "ab", Version: "1"},
		`{"software":{"name":"` + strings.Repeat("é", 100) + `"}}`:                  {Software: strings.Repeat("é", maxWord)},
	} {
		if got, err := ParseDocument([]byte(body)); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", body, got, err, want)
		}
	}
	for _, body := range []string{"", "null", "[]", "{}", `{"software":[]}`, `{"software":{"name":""}}`, `{"software":"mastodon"}`} {
		if got, err := ParseDocument([]byte(body)); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: got %+v, %v, want ErrUnknown", body, got, err)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(`{"software":{"name":"Mastodon","version":"4"},"metadata":{"nodeName":"x","essaim":{"seq":1}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseDocument(body)
		if err == nil && (p.Software == "" || len([]rune(p.Software)) > maxWord) {
			t.Errorf("%q: got %+v", body, p)
		}
	})
}
