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
		"cmd/essaim/*", "federation", "federation/*", "store", "store/*",
		"web", "web/assets", "web/letters", "web/mail", "web/markup", "web/openid", "web/session", // it puts together what web is given
		"github.com/pelletier/go-toml/v2", "github.com/schollz/progressbar/v3", "github.com/spf13/cobra",
		"golang.org/x/net", "golang.org/x/sync", "golang.org/x/term",
	},
	"cmd/essaim/demo": {"store", "github.com/pelletier/go-toml/v2"},

	"federation": {
		"store", "federation/vocab", "federation/keyring", "federation/fetch", "federation/httpsig", "federation/webfinger",
		"federation/catalog", "federation/integrity", "federation/nodeinfo", "federation/peers", "federation/sketch",
		"github.com/maypok86/otter/v2", "golang.org/x/net", "golang.org/x/sync", "golang.org/x/text", "golang.org/x/time",
	},
	"federation/vocab": {"store", "github.com/go-fed/activity", "golang.org/x/net", "golang.org/x/text"},
	"federation/inbox": {
		"store", "federation", "federation/vocab", "federation/httpsig", "federation/keyring", "federation/fetch", "federation/catalog",
		"github.com/go-fed/activity",
	},
	"federation/httpsig":   {"github.com/dunglas/httpsfv", "github.com/mr-tron/base58"},
	"federation/keyring":   {"store", "federation/httpsig"},
	"federation/fetch":     {"federation/httpsig", "code.dny.dev/ssrf", "github.com/maypok86/otter/v2", "golang.org/x/net"},
	"federation/delivery":  {"store", "federation/httpsig", "federation/keyring", "federation/fetch", "federation/catalog"},
	"federation/webfinger": {"store", "federation/fetch"},
	"federation/doctor":    {},
	"federation/nodeinfo":  {"store", "federation/fetch"},
	"federation/integrity": {"store/jcs", "federation/httpsig", "github.com/mr-tron/base58"},
	"federation/intake":    {"store", "store/sheet", "store/geo", "federation"},
	"federation/peers":     {"store", "federation/fetch", "federation/vocab"},
	"federation/catalog":   {"store", "federation/fetch", "federation/vocab", "golang.org/x/time"},
	"federation/sketch":    {"store/geo"}, // words are folded as names of places are

	"store":         {"store/jcs", "store/geo"}, // geo: names are compared as those of places are
	"store/jcs":     {},
	"store/bolt":    {"store", "go.etcd.io/bbolt"},
	"store/backup":  {},
	"store/media":   {"store", "github.com/bbrks/go-blurhash", "golang.org/x/image"},
	"store/geo":     {},
	"store/search":  {"store", "store/geo", "github.com/blevesearch/bleve/v2", "github.com/blevesearch/bleve_index_api"},
	"store/sheet":   {"store", "store/geo", "golang.org/x/net", "golang.org/x/text", "github.com/arran4/golang-ical", "github.com/teambition/rrule-go"},
	"store/geo/gen": {"store/geo"},              // a developer's tool that makes what store/geo embeds
	"web/atlas/gen": {"store/geo", "web/atlas"}, // one that makes the drawings that web/assets embeds

	"web": {
		"store", "store/backup", "federation", "federation/doctor", "federation/inbox", "federation/httpsig", "federation/webfinger", "federation/nodeinfo",
		"web/page", "web/admin", "web/activitypub", "web/opendata", "web/mastodon", "web/oauth", "web/frame", "web/letters", "web/mail", "web/markup", "web/openid", "web/session", "web/reply", "web/route", "web/assets",
		"github.com/gorilla/mux", "github.com/go-chi/httprate", "github.com/maypok86/otter/v2", "golang.org/x/time",
	},
	"web/page":  append([]string{"web/letters", "web/schemaorg", "web/colour", "web/atlas", "store/sheet", "web/feed", "web/drawing", "store/search", "federation/webfinger"}, dialect...),
	"web/admin": append([]string{"web/letters", "web/colour", "store/sheet", "store/backup", "federation/doctor", "federation/fetch", "federation/intake", "federation/webfinger", "web/drawing", "web/openid"}, dialect...),
	"web/activitypub": append([]string{
		"federation/vocab", "federation/webfinger", "federation/nodeinfo", "federation/inbox", "federation/httpsig", "federation/catalog", "federation/peers", "store/search",
	}, dialect...),
	"web/opendata":  append([]string{"store/sheet", "store/search", "web/schemaorg", "github.com/gorilla/feeds"}, dialect...),
	"web/schemaorg": {"store", "web/markup"},
	"web/atlas":     {"store/geo"},
	"web/colour":    {},
	"web/drawing":   {"golang.org/x/image", "rsc.io/qr", templates},
	"web/openid":    {"github.com/coreos/go-oidc/v3", "golang.org/x/oauth2"},
	"web/mail":      {"store", "github.com/wneessen/go-mail"},
	"web/letters":   {"store", "store/search", "federation", "web/frame", "web/assets", "web/mail", "web/markup", templates}, // frame: a list in its address
	"web/session":   {"store", "github.com/alexedwards/argon2id", "github.com/alexedwards/scs/v2", "github.com/go-webauthn/webauthn"},
	"web/frame": {"store", "store/geo", "store/search", "web/atlas", // the area of a map in its address
		"web/session", "web/reply", "web/assets"},
	"web/route":  {"github.com/gorilla/mux"},
	"web/reply":  {"store", "federation", "federation/fetch", "federation/httpsig", "federation/inbox", "federation/vocab"},
	"web/feed":   {"store", "github.com/arran4/golang-ical"},
	"web/markup": {"github.com/microcosm-cc/bluemonday", "github.com/yuin/goldmark", "golang.org/x/net", templates},
	"web/mastodon": append([]string{
		"federation/vocab", "store/search", "web/oauth", "github.com/maypok86/otter/v2", "github.com/coder/websocket", "golang.org/x/sync",
	}, dialect...),
	"web/oauth": {"store", "web/frame", "web/session", "web/reply", "web/route", "web/assets", "github.com/go-oauth2/oauth2/v4", "github.com/gorilla/mux"},
	"web/assets": {
		"store", "web/colour", "github.com/go-playground/locales", "github.com/pelletier/go-toml/v2",
		"golang.org/x/text", templates,
	},

	// For tests only: see testSupport.
	"federation/fedtest": {"store", "store/bolt", "store/search", "federation", "federation/*", "web/*", "github.com/gorilla/mux", "golang.org/x/sync"},
	"federation/simnet":  {"store"},
	"store/enginetest":   {"store"},
	"store/kindtest":     {"store"},
	"web/mail/mailtest":  {},
	"web/browsertest":    {"github.com/chromedp/chromedp", "github.com/chromedp/cdproto"},
	"web/webtest": {
		"store", "store/bolt", "federation", "federation/fetch", "federation/keyring", "web/session", "web/frame",
		"web/markup", "web/assets", "github.com/gorilla/mux",
	},
}

// dialect is what the dialects of web share. They never import each other.
var dialect = []string{
	"store", "store/geo", "federation", "web/frame", "web/mail", "web/session", "web/reply", "web/route", "web/markup", "web/assets",
	"github.com/gorilla/mux", "golang.org/x/net", "golang.org/x/text", templates,
}

// templates is html/template and text/template without calls of methods. Theirs
// would have the linker keep every method of every type, go-fed's above all: 19 MB
// (web/assets/DESIGN.md).
const templates = "github.com/DataDog/datadog-agent/pkg/template"

var ousted = []string{"html/template", "text/template"}

// testSupport may be imported by tests and each other alone, whatever the table says.
var testSupport = []string{"federation/fedtest", "federation/simnet", "store/enginetest", "store/kindtest", "web/browsertest", "web/webtest", "web/mail/mailtest"}

// testAlso is what every test may import beside its package's own imports.
var testAlso = []string{
	"github.com/mattn/go-mastodon", "github.com/piprate/json-gold",
	"store", "store/*", "federation", "federation/*", "web", "web/assets", "web/browsertest", "web/webtest", "web/letters", "web/mail", "web/mail/mailtest",
	"github.com/chromedp/chromedp", "github.com/chromedp/cdproto", "github.com/rogpeppe/go-internal",
	"github.com/remitly-oss/httpsig-go", "golang.org/x/net", "golang.org/x/sync",
}

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
		if !allowed(imported, may) || !isTest && slices.Contains(ousted, imported) {
			t.Errorf("%s: must not import %s", relative, imported)
		}
		if own := strings.TrimPrefix(imported, modulePath); !isTest && !slices.Contains(testSupport, pkg) && slices.Contains(testSupport, own) {
			t.Errorf("%s: %s is for tests", relative, own)
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

func TestDialectsNeverImportEachOther(t *testing.T) {
	dialects := []string{"web/page", "web/admin", "web/activitypub", "web/opendata", "web/mastodon"}
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
