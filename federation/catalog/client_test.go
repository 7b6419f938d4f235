package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

// answers are documents by address.
type answers map[string]string

func (a answers) ObjectUnless(_ context.Context, iri, _ string) (*fetch.Document, error) {
	body, ok := a[iri]
	if !ok {
		return nil, fmt.Errorf("%s: %w", iri, fetch.ErrNotFound)
	}
	return &fetch.Document{IRI: iri, URL: iri, Body: []byte(body)}, nil
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(now *time.Time) func() time.Time { return func() time.Time { return *now } }

const pageAddress = "https://lab.example/catalog?page=1"

func TestOneHostGetsItsShareAMinute(t *testing.T) {
	now := noon
	big := `{"orderedItems":["` + strings.Repeat("x", 900<<10) + `"],"essaim:revs":[""]}`
	big = strings.Replace(big, `[""]`, `["`+strings.Repeat("0", 64)+`"]`, 1)
	c := NewClient(answers{pageAddress: big, "https://other.example/p": big}, at(&now))
	read := func(address string) (n int) {
		for ; ; n++ {
			_, err := c.Page(t.Context(), address)
			if after, enough := Enough(err); enough {
				if after <= 0 || after > time.Minute {
					t.Errorf("to wait: got %s", after)
				}
				return n
			}
			if err != nil || n > 1000 {
				t.Fatalf("after %d pages: %v", n, err)
			}
		}
	}
	if got := read(pageAddress); got < 60 || got > 75 {
		t.Errorf("at first: got %d pages of 900 KiB, want about 64 MiB", got)
	}
	if got := read("https://other.example/p"); got < 60 {
		t.Errorf("another host: got %d pages, want as many", got)
	}
	now = now.Add(time.Minute)
	if got := read(pageAddress); got < 4 || got > 7 {
		t.Errorf("a minute later: got %d pages, want about 5 MiB", got)
	}
}

func TestPagesThatAreNoneAreRefused(t *testing.T) {
	rev := strings.Repeat("0", 64)
	for name, page := range map[string]string{
		"not JSON":             `x`,
		"a list":               `[]`,
		"more items than revs": `{"orderedItems":[{"id":"https://lab.example/o/1"}],"essaim:revs":[]}`,
		"a short rev":          `{"orderedItems":[{}],"essaim:revs":["00"]}`,
		"itself again":         `{"next":"` + pageAddress + `"}`,
		"elsewhere":            `{"next":"https://other.example/"}`,
	} {
		c := NewClient(answers{pageAddress: page}, time.Now)
		if _, err := c.Page(t.Context(), pageAddress); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	mixed := `{"orderedItems":[7,null,"https://lab.example/o/1",{},{"id":"https://lab.example/o/2"}],"essaim:revs":["` +
		strings.Join([]string{rev, rev, rev, rev, rev}, `","`) + `"]}`
	part, err := NewClient(answers{pageAddress: mixed}, time.Now).Page(t.Context(), pageAddress)
	if err != nil || len(part.Items) != 1 || part.Bad != 4 || part.Items[0].IRI != "https://lab.example/o/2" {
		t.Errorf("got %+v, %v, want the one object and four that are none", part, err)
	}
}

func TestBucketHoldsOnlyWhatBelongsThere(t *testing.T) {
	const buckets = "https://lab.example/catalog/buckets"
	iri := "https://lab.example/o/1"
	number := store.BucketOf(iri)
	rev := strings.Repeat("0", 64)
	for _, b := range []byte{number, number + 1} {
		body := fmt.Sprintf(`{"orderedItems":[%q],"essaim:revs":[%q]}`, iri, rev)
		c := NewClient(answers{fmt.Sprintf("%s?bucket=%02x", buckets, b): body}, time.Now)
		got, err := c.Bucket(t.Context(), buckets, b)
		if want := b == number; err != nil || (len(got) == 1) != want {
			t.Errorf("bucket %02x: got %v, %v", b, got, err)
		}
	}
	c := NewClient(answers{buckets: `{"essaim:digests":["` + rev + `"]}`}, time.Now)
	if _, err := c.Buckets(t.Context(), buckets); !errors.Is(err, ErrMalformed) {
		t.Errorf("one bucket: got %v, want ErrMalformed", err)
	}
}

// Whatever a page says, it is read or refused.
func FuzzPage(f *testing.F) {
	f.Add(`{"next":"https://lab.example/catalog?page=2","orderedItems":[{"id":"https://lab.example/o/1","type":"Note"}],"essaim:revs":["` + strings.Repeat("0", 64) + `"]}`)
	f.Add(`{"orderedItems":[[],{}],"essaim:revs":[null,""],"essaim:seq":-1}`)
	f.Fuzz(func(t *testing.T, body string) {
		c := NewClient(answers{pageAddress: body, "https://lab.example/feed?after=0": body}, time.Now)
		part, err := c.Page(t.Context(), pageAddress)
		if err == nil {
			for _, it := range part.Items {
				if it.IRI == "" || it.Doc.IsZero() {
					t.Errorf("an item without an object: %+v", it)
				}
			}
		}
		if _, err := c.Feed(t.Context(), "https://lab.example/feed", 0); err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("feed: got %v, want ErrMalformed or nothing", err)
		}
	})
}
