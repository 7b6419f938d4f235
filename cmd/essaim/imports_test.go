package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	modulePath = "github.com/essaim/essaim/"
	repository = "../.."
)

// layers is the map of DESIGN §4: for every package, the packages of this
// module and the modules of others that it may import beside the standard
// library. An arrow is added here and in DESIGN together, with its reason.
var layers = map[string][]string{
	"cmd/essaim": {
		"cmd/essaim/demo", "web", "web/assets", "federation", "federation/delivery", "federation/fetch", "federation/httpsig",
		"federation/vocab", "federation/inbox", "federation/catalog", "store", "store/bolt", "store/media",
		"github.com/pelletier/go-toml/v2", "github.com/schollz/progressbar/v3", "github.com/spf13/cobra",
		"golang.org/x/net", "golang.org/x/sync", "golang.org/x/term",
	},
	"cmd/essaim/demo": {"store", "federation", "github.com/pelletier/go-toml/v2"},

	"federation": {
		"store", "federation/vocab", "federation/httpsig", "federation/fetch", "golang.org/x/sync", "golang.org/x/text",
	},
	"federation/vocab":     {"store", "github.com/go-fed/activity", "github.com/mr-tron/base58", "golang.org/x/text"},
	"federation/inbox":     {"store", "federation", "federation/vocab", "federation/httpsig", "federation/fetch", "github.com/go-fed/activity"},
	"federation/httpsig":   {"github.com/dunglas/httpsfv", "github.com/mr-tron/base58", "github.com/remitly-oss/httpsig-go"},
	"federation/fetch":     {"federation/httpsig", "code.dny.dev/ssrf", "github.com/maypok86/otter/v2", "golang.org/x/net", "golang.org/x/sync", "golang.org/x/time"},
	"federation/delivery":  {"store", "federation", "federation/httpsig", "federation/fetch", "golang.org/x/sync", "golang.org/x/time"},
	"federation/catalog":   {"store", "federation", "federation/vocab", "federation/fetch"},
	"federation/webfinger": {"store", "federation", "federation/fetch"},
	"federation/nodeinfo":  {"store", "federation"},

	"store":           {},
	"store/bolt":      {"store", "go.etcd.io/bbolt"},
	"store/geo":       {},
	"store/media":     {"store", "github.com/bbrks/go-blurhash", "golang.org/x/image"},
	"store/search":    {"store"},
	"web":             {"store", "federation", "federation/inbox", "web/page", "web/admin", "web/mastodon", "web/activitypub", "web/session", "web/oauth", "web/reply", "web/assets", "web/markup", "github.com/gorilla/mux", "github.com/go-chi/httprate"},
	"web/page":        append([]string{"federation/vocab", "store/geo", "store/media"}, dialect...),
	"web/admin":       dialect,
	"web/mastodon":    append([]string{"web/oauth"}, dialect...),
	"web/activitypub": append([]string{"federation/vocab", "federation/webfinger", "federation/nodeinfo", "federation/inbox", "federation/httpsig"}, dialect...),
	"web/oauth":       {"store", "web/reply", "web/session"},
	"web/session":     {"store", "github.com/alexedwards/argon2id", "github.com/alexedwards/scs/v2", "golang.org/x/time"},
	"web/reply":       {"store", "federation"},
	"web/markup":      {"github.com/microcosm-cc/bluemonday", "github.com/yuin/goldmark", "golang.org/x/net"},
	"web/assets":      {"store", "github.com/go-playground/locales", "github.com/nicksnyder/go-i18n/v2", "github.com/pelletier/go-toml/v2", "golang.org/x/text"},

	// For tests only; testSupport keeps them out of everything else.
	"federation/fedtest": {"store", "store/bolt", "federation", "federation/*", "web", "golang.org/x/sync"},
	"store/enginetest":   {"store"},
	"web/browsertest":    {"github.com/chromedp/chromedp", "github.com/chromedp/cdproto"},
}

// dialect is what the dialects of web share. They never import each other.
var dialect = []string{
	"store", "federation", "web/session", "web/reply", "web/markup", "web/assets",
	"github.com/gorilla/mux", "golang.org/x/net", "golang.org/x/text",
}

// testSupport may be imported by tests alone; testAlso is what every test may
// import beside its package's own imports.
var (
	testSupport = []string{"federation/fedtest", "store/enginetest", "web/browsertest"}
	testAlso    = append([]string{
		"store", "store/bolt", "federation", "federation/*", "web", "web/assets",
		"github.com/chromedp/chromedp", "github.com/chromedp/cdproto", "github.com/rogpeppe/go-internal",
		"github.com/remitly-oss/httpsig-go", "golang.org/x/net", "golang.org/x/sync",
	}, testSupport...)
)

func TestImportsFollowTheLayers(t *testing.T) {
	err := filepath.WalkDir(repository, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(name, d.Name())
		}
		if strings.HasSuffix(name, ".go") {
			checkFile(t, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// skipFolder passes by what the go command passes by.
func skipFolder(name, base string) error {
	hidden := name != repository && strings.HasPrefix(base, ".")
	if hidden || base == "testdata" || base == "node_modules" {
		return fs.SkipDir
	}
	return nil
}

func checkFile(t *testing.T, name string) {
	t.Helper()
	relative, err := filepath.Rel(repository, name)
	if err != nil {
		t.Fatal(err)
	}
	relative = filepath.ToSlash(relative)
	pkg := path.Dir(relative)
	may, listed := layers[pkg]
	if !listed {
		t.Errorf("%s: package %s is not in the table of layers", relative, pkg)
		return
	}
	isTest := strings.HasSuffix(relative, "_test.go")
	if isTest {
		may = slices.Concat(may, testAlso, []string{pkg})
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if !allowed(imported, may) {
			t.Errorf("%s: must not import %s", relative, imported)
		}
	}
}

// allowed reports whether an import is of the standard library or one of may:
// a package of this module, "folder/*" for all packages directly in a folder of
// it, or a module of others with all its packages.
func allowed(imported string, may []string) bool {
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true
	}
	own, isOwn := strings.CutPrefix(imported, modulePath)
	return slices.ContainsFunc(may, func(m string) bool {
		if isOwn {
			return own == m || path.Dir(own)+"/*" == m
		}
		return imported == m || strings.HasPrefix(imported, m+"/")
	})
}

func TestNoProgramImportsTestSupport(t *testing.T) {
	for pkg, may := range layers {
		for _, support := range testSupport {
			if slices.Contains(may, support) {
				t.Errorf("%s may import %s, which is for tests", pkg, support)
			}
		}
	}
}

func TestDialectsNeverImportEachOther(t *testing.T) {
	dialects := []string{"web/page", "web/admin", "web/mastodon", "web/activitypub"}
	for _, from := range dialects {
		for _, to := range dialects {
			if allowed(modulePath+to, layers[from]) {
				t.Errorf("the table lets %s import %s", from, to)
			}
		}
	}
}

func TestAllowed(t *testing.T) {
	may := []string{"store", "federation/*", "go.etcd.io/bbolt"}
	cases := map[string]bool{
		"net/http":                            true,
		modulePath + "store":                  true,
		modulePath + "store/bolt":             false,
		modulePath + "federation/vocab":       true,
		modulePath + "federation":             false,
		"go.etcd.io/bbolt":                    true,
		"go.etcd.io/bbolt/errors":             true,
		"go.etcd.io/bboltx":                   false,
		"github.com/essaim/essaim-else/store": false,
	}
	for imported, want := range cases {
		if got := allowed(imported, may); got != want {
			t.Errorf("%s: got %v, want %v", imported, got, want)
		}
	}
}
