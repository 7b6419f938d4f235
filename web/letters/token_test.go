package letters

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
)

func TestTokenDoesOnlyWhatItWasMadeFor(t *testing.T) {
	key := []byte("a secret of this node")
	made := token(key, stopSubscriber, 42, "3")
	does, whom, what, err := read(key, made)
	if does != stopSubscriber || whom != 42 || what != "3" || err != nil {
		t.Errorf("got %q %v %q, %v", does, whom, what, err)
	}
	for name, forged := range map[string]string{
		"another deed":   strings.Replace(made, "s.", "g.", 1),
		"another person": strings.Replace(made, "42", "43", 1),
		"another number": strings.Replace(made, ".3.", ".4.", 1),
		"no mark":        "s.42.3.",
		"nothing":        "",
	} {
		if _, _, _, err := read(key, forged); err == nil {
			t.Errorf("%s is taken: %s", name, forged)
		}
	}
	if _, _, _, err := read([]byte("another node"), made); err == nil {
		t.Error("the token of another node is taken")
	}
}

func FuzzToken(f *testing.F) {
	key := []byte("a secret of this node")
	f.Add(token(key, stopMember, 42, "reply~mention"))
	f.Add("s.1.1.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		does, whom, what, err := read(key, text)
		if err == nil && token(key, does, whom, what) != text {
			t.Errorf("%q is read as %q %v %q", text, does, whom, what)
		}
	})
}

// noSearch finds nothing.
type noSearch struct{}

func (noSearch) Find(context.Context, search.Query) (*search.Found, error) {
	return new(search.Found), nil
}

// FuzzList wants that the path that is kept is read as the same list again.
func FuzzList(f *testing.F) {
	words, err := assets.NewCatalog()
	if err != nil {
		f.Fatal(err)
	}
	d := New(Config{Words: words, BaseURL: "https://estran.test", Zone: time.UTC, Search: noSearch{}})
	for _, path := range []string{"/besoins?means=machine&origine=ici", "/themes/mobilite", "/recherche?q=cale&pres=Rennes&km=25&tri=recent", "/agenda#x", "//evil", "/besoins?means=%zz"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if u, err := url.Parse(path); err != nil || u.Path == labPath || strings.HasPrefix(u.Path, "/o/") {
			return // the store would be asked
		}
		var tx *store.Txn
		list, ok := d.List(tx, assets.French, path)
		if !ok {
			return
		}
		again, ok := d.List(tx, assets.French, list.Path)
		if !ok || again.Path != list.Path || again.Title != list.Title {
			t.Errorf("%q is kept as %q, and read as %+v", path, list.Path, again)
		}
	})
}
