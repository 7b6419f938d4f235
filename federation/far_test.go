package federation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation/fetch"
)

// answering is the network: what each origin says; nothing: it hangs.
type answering map[string]string

func (a answering) Object(ctx context.Context, iri string) (*fetch.Document, error) {
	for origin, body := range a {
		if strings.HasPrefix(iri, origin+"/search?") && body != "" {
			return &fetch.Document{IRI: iri, Body: []byte(body)}, nil
		}
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func node(name string) farNode {
	return farNode{FarPeer{name, name + ".example"}, "https://" + name + ".example"}
}

func found(items ...string) string { return `{"orderedItems":[` + strings.Join(items, ",") + `]}` }

func item(origin, name string, score float64) string {
	b, err := json.Marshal(FarFind{ID: "https://" + origin + ".example/o/1", Name: name, Score: score})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Who hangs costs two seconds and no more, and is named; the others' finds are there,
// the best first.
func TestASearchElsewhereKeepsToItsBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := answering{
			"https://a.example": found(item("a", "deuxième", 0.5)), "https://b.example": found(item("b", "première", 1), item("b", "troisième", 0.1)),
			"https://c.example": "",
		}
		begun := time.Now()
		far := askFar(t.Context(), net, []farNode{node("c"), node("a"), node("b")}, "vélo")
		if took := time.Since(begun); took != farBudget {
			t.Errorf("took %s", took)
		}
		if got := fmt.Sprint(far.Hits[0].Title, far.Hits[1].Title, far.Hits[2].Title, far.Silent, far.Asked); got != "premièredeuxièmetroisième[{c c.example}] [{a a.example} {b b.example}]" {
			t.Errorf("got %s", got)
		}
	})
}

// What others answer is bounded, plain, and about themselves.
func TestHostileAnswersElsewhere(t *testing.T) {
	many := make([]string, 500)
	for i := range many {
		many[i] = item("a", strings.Repeat("x\n<b>", 1000), 9e9)
	}
	net := answering{
		"https://a.example": found(many...),
		"https://b.example": found(item("victim", "hameçon", 1), `{"id":"https://b.example/o/1","url":"javascript:alert(1)","name":"x"}`, `{"id":"https://b.example/o/1","name":""}`, `{}`),
		"https://c.example": `{"orderedItems":"no"}`,
	}
	far := askFar(t.Context(), net, []farNode{node("a"), node("b"), node("c")}, "x")
	if len(far.Hits) != FarLimit || len(far.Silent) != 1 {
		t.Errorf("got %d finds, %v silent", len(far.Hits), far.Silent)
	}
	for _, h := range far.Hits {
		if h.By.Host != "a.example" || len([]rune(h.Title)) > farText || strings.Contains(h.Title, "\n") || h.score != 0 {
			t.Errorf("got %+v", h)
		}
	}
}

func TestSearchesElsewhereAreFew(t *testing.T) {
	n := &Node{far: newFarLimit()}
	for range furtherBurst {
		n.far.Allow()
	}
	if _, err := n.SearchFar(t.Context(), "x", nil); !errors.Is(err, ErrEnough) {
		t.Errorf("got %v", err)
	}
}

func FuzzFarAnswer(f *testing.F) {
	f.Add([]byte(found(item("a", "x", 1))))
	f.Add([]byte(`{"orderedItems":[{"id":"https://a.example/","name":"\ud800","essaim:score":1e400}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) == 0 {
			return
		}
		for _, h := range askFar(t.Context(), answering{"https://a.example": string(body)}, []farNode{node("a")}, "x").Hits {
			if !strings.HasPrefix(strings.ToLower(h.URL), "https://a.example") || h.Title == "" || len([]rune(h.Summary)) > farText {
				t.Errorf("got %+v", h)
			}
		}
	})
}
