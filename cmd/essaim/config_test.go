package main

import (
	"errors"
	"flag"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite config.example.toml from the struct")

//go:generate go test -run TestExampleIsGeneratedFromTheStruct -update .

const exampleFile = "../../config.example.toml"

func TestExampleIsGeneratedFromTheStruct(t *testing.T) {
	want, err := encodeConfig(defaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(exampleFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("config.example.toml has drifted: run go generate ./cmd/essaim")
	}
}

func TestEveryKeyHasASentence(t *testing.T) {
	c := defaultConfig()
	for st, sv := range reflect.ValueOf(&c).Elem().Fields() {
		for kt := range sv.Fields() {
			if kt.Tag.Get("toml") == "" || !strings.HasSuffix(kt.Tag.Get("comment"), ".") {
				t.Errorf("%s.%s has no name or no sentence", st.Name, kt.Name)
			}
		}
	}
}

// The example's keys are commented out; live, they must still be the defaults.
func TestExampleShowsTheDefaults(t *testing.T) {
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	var live []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "# ") {
			line = strings.TrimPrefix(line, "#")
		}
		live = append(live, line)
	}
	got := Config{}
	if err := decodeConfig([]byte(strings.Join(live, "")), &got); err != nil {
		t.Fatal(err)
	}
	if want := defaultConfig(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestNoFileIsNeeded(t *testing.T) {
	c, err := loadConfig(t.TempDir(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	if _, err := loadConfig(t.TempDir(), "absent.toml", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a named file that is absent: got %v, want fs.ErrNotExist", err)
	}
}

func TestEnvironmentGoesOverTheFile(t *testing.T) {
	dir := t.TempDir()
	text := "[node]\nlisten = \"localhost:1\"\nlanguage = \"en\"\n[store]\nmax_size = 4096\n"
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(dir, "", []string{
		"ESSAIM_NODE_LISTEN=localhost:2", "ESSAIM_STORE_MIN_FREE=1 GiB", "ESSAIM_HTTP_IDLE_TIMEOUT=1h30m",
		"ESSAIM_DEVELOPMENT_ALLOW_NETS=127.0.0.0/8, ::1/128", "ESSAIM_DEVELOPMENT_ALLOW_HTTP=true",
		"ESSAIM_DEVELOPMENT_RETRY_SCALE=0.01", "ESSAIM_DELIVERY_UNHEALTHY=2", "ESSAIM_HTTP_TRUSTED_PROXIES=",
		"ESSAIMS=1", "ESSAIM_SOMETHING=else", "PATH=/bin",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := defaultConfig()
	want.Node.Listen, want.Node.Language = "localhost:2", "en"
	want.Store = StoreConfig{MaxSize: 4096, MinFree: 1 << 30}
	want.HTTP.IdleTimeout = Duration{90 * time.Minute}
	want.HTTP.TrustedProxies = []netip.Prefix{}
	want.Delivery.Unhealthy = 2
	want.Development = DevelopmentConfig{
		AllowHTTP: true, RetryScale: 0.01,
		AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestMistakesAreShownWhereTheyAre(t *testing.T) {
	cases := []struct{ text, want string }{
		{"[node]\nbase_ulr = \"x\"\n", "base_ulr"},
		{"[nodes]\n", "nodes"},
		{"[node]\n\nlisten = 8080\n", "line 3"},
		{"[store]\nmin_free = \"64 bananas\"\n", "64 MiB"},
		{"[http]\nidle_timeout = \"soon\"\n", "90s"},
		{"[node\n", "line 1"},
	}
	for _, c := range cases {
		got := defaultConfig()
		err := decodeConfig([]byte(c.text), &got)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got error %v, want one with %q", c.text, err, c.want)
			continue
		}
		if !strings.Contains(err.Error(), "~") {
			t.Errorf("%q: no mark below the mistake:\n%v", c.text, err)
		}
	}
}

func TestMistakenVariablesAreRefused(t *testing.T) {
	for _, entry := range []string{
		"ESSAIM_NODE_BASEURL=x", "ESSAIM_NODE=x", "ESSAIM_DELIVERY_UNHEALTHY=four", "ESSAIM_STORE_MIN_FREE=-1",
		"ESSAIM_FEDERATION_AUTHORIZED_FETCH=perhaps", "ESSAIM_DEVELOPMENT_RETRY_SCALE=x", "ESSAIM_DEVELOPMENT_ALLOW_NETS=127.0.0.1",
	} {
		name, _, _ := strings.Cut(entry, "=")
		if _, err := loadConfig(t.TempDir(), "", []string{entry}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got error %v, want one that names the variable", entry, err)
		}
	}
}

func TestWrittenConfigurationReadsBack(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, configName)
	want := defaultConfig()
	want.Node.BaseURL, want.Node.TimeZone = "https://lab.example.org", "Indian/Reunion"
	want.Store.MaxSize = 20 << 30
	want.Federation.Mode, want.Federation.AllowedHosts = modeAllowList, []string{"a.example", "b.example"}
	if err := writeConfig(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := loadConfig(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if text, _ := os.ReadFile(path); !strings.Contains(string(text), "\n#listen = ") {
		t.Error("a key that has its default is not commented out")
	}
	if err := writeConfig(path, want); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second write: got %v, want fs.ErrExist", err)
	}
}

func TestValidate(t *testing.T) {
	cases := []struct {
		name   string
		change func(*Config)
		want   string // "" is accepted
	}{
		{"public https", func(c *Config) { c.Node.BaseURL = "https://lab.example.org" }, ""},
		{"path in the address", func(c *Config) { c.Node.BaseURL = "https://lab.example.org/" }, "node.base_url"},
		{"capital letters", func(c *Config) { c.Node.BaseURL = "https://Lab.example.org" }, "node.base_url"},
		{"final dot", func(c *Config) { c.Node.BaseURL = "https://lab.example.org." }, "node.base_url"},
		{"user in the address", func(c *Config) { c.Node.BaseURL = "https://me@lab.example.org" }, "node.base_url"},
		{"no host", func(c *Config) { c.Node.BaseURL = "lab.example.org" }, "node.base_url"},
		{"public http", func(c *Config) { c.Node.BaseURL = "http://lab.example.org" }, "must be https"},
		{"http in the development network", func(c *Config) {
			c.Node.BaseURL, c.Development.AllowHTTP = "http://lab.example.org", true
		}, ""},
		{"development on a name of this machine", func(c *Config) {
			c.Node.BaseURL, c.Development.AllowHTTP = "http://bretagne.localhost:8101", true
		}, ""},
		{"development on a public node", func(c *Config) {
			c.Node.BaseURL = "https://lab.example.org"
			c.Development.AllowNets = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		}, "development: refused"},
		{"retry scale on a public node", func(c *Config) {
			c.Node.BaseURL, c.Development.RetryScale = "https://lab.example.org", 0.01
		}, "development: refused"},
		{"retry scale zero", func(c *Config) { c.Development.RetryScale = 0 }, "development.retry_scale"},
		{"listen without a port", func(c *Config) { c.Node.Listen = "localhost" }, "node.listen"},
		{"listen everywhere", func(c *Config) { c.Node.Listen = ":8080" }, ""},
		{"language", func(c *Config) { c.Node.Language = "tlh" }, "node.language"},
		{"time zone", func(c *Config) { c.Node.TimeZone = "Europe/Atlantis" }, "node.time_zone"},
		{"tiles without a place for their number", func(c *Config) { c.Map = MapConfig{Address: "https://tiles.example/{z}/{x}.png", Credit: "x"} }, "map.tiles"},
		{"tiles in the clear", func(c *Config) { c.Map = MapConfig{Address: "http://tiles.example/{z}/{x}/{y}.png", Credit: "x"} }, "map.tiles"},
		{"tiles of a server that ends the policy", func(c *Config) { c.Map = MapConfig{Address: "https://a;script-src/{z}/{x}/{y}.png", Credit: "x"} }, "map.tiles"},
		{"tiles of nobody", func(c *Config) { c.Map = MapConfig{Address: "https://tiles.example/{z}/{x}/{y}.png"} }, "map.credit"},
		{"a file of tiles of nobody", func(c *Config) { c.Map = MapConfig{File: "france.pmtiles"} }, "map.credit"},
		{"a file of tiles", func(c *Config) { c.Map = MapConfig{File: "france.pmtiles", Credit: "x"} }, ""},
		{"tiles twice", func(c *Config) {
			c.Map = MapConfig{Address: "https://tiles.example/{z}/{x}/{y}.png", File: "france.pmtiles", Credit: "x"}
		}, "map.file"},
		{"files too small for anything", func(c *Config) { c.Media.MaxFile = 1 << 10 }, "media.max_file"},
		{"files too large for a form", func(c *Config) { c.Media.MaxFile = 2 << 30 }, "media.max_file"},
		{"store below nothing", func(c *Config) { c.Store.MaxSize = -1 }, "store.max_size"},
		{"mode", func(c *Config) { c.Federation.Mode = "closed" }, "federation.mode"},
		{"hosts without the mode", func(c *Config) { c.Federation.AllowedHosts = []string{"a.example"} }, "federation.allowed_hosts"},
		{"address for a host", func(c *Config) {
			c.Federation = FederationConfig{Mode: modeAllowList, AllowedHosts: []string{"https://a.example"}, MaxBody: 1 << 20}
		}, "federation.allowed_hosts"},
		{"tiny bodies", func(c *Config) { c.Federation.MaxBody = 10 }, "federation.max_body"},
		{"no slot for healthy hosts", func(c *Config) { c.Delivery.Unhealthy = 64 }, "delivery.unhealthy"},
		{"negative limit", func(c *Config) { c.Limits.Inbox = -1 }, "limits.inbox"},
		{"no header timeout", func(c *Config) { c.HTTP.ReadHeaderTimeout = Duration{} }, "http.read_header_timeout"},
		{"another sign-in service", func(c *Config) {
			c.OIDC = OIDCConfig{Preset: "generic", Issuer: "https://sso.example/realms/a", ClientID: "x", ClientSecretFile: "/etc/x", Name: "x"}
		}, ""},
		{"ProConnect has its name", func(c *Config) {
			c.OIDC = OIDCConfig{Preset: "proconnect", Issuer: "https://sso.example/api/v2", ClientID: "x", ClientSecret: "x"}
		}, ""},
		{"provider in the clear", func(c *Config) { c.OIDC.Issuer = "http://sso.example" }, "oidc.issuer"},
		{"provider without a secret", func(c *Config) { c.OIDC.Issuer = "https://sso.example" }, "oidc.client_secret: is empty"},
		{"provider of no kind", func(c *Config) { c.OIDC.Issuer, c.OIDC.Preset = "https://sso.example", "saml" }, "oidc.preset"},
		{"level", func(c *Config) { c.Log.Level = "loud" }, "log.level"},
		{"format", func(c *Config) { c.Log.Format = "xml" }, "log.format"},
		{"metrics", func(c *Config) { c.Metrics.Listen = "9090" }, "metrics.listen"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cfg := defaultConfig()
			c.change(&cfg)
			err := cfg.validate()
			if c.want == "" && err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func FuzzSize(f *testing.F) {
	for _, s := range []string{"0", "64 MiB", "1B", "9223372036854775807", "8388608 TiB", " 5 KiB "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again Size
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s {
			t.Errorf("%q: %d is written %q and read back as %d, %v", text, s, s, again, err)
		}
	})
}

func FuzzDecodeConfig(f *testing.F) {
	f.Add("[node]\nlisten = \":8080\"\n[development]\nallow_nets = [\"::1/128\"]\n")
	f.Add("[store]\nmin_free = 1e9\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := defaultConfig()
		if decodeConfig([]byte(text), &c) == nil {
			_ = c.validate() // any value must be judged, none may panic
		}
	})
}

// TestSecretsAreMarked: what is marked is neither shown nor backed up.
func TestSecretsAreMarked(t *testing.T) {
	c := defaultConfig()
	for _, section := range reflect.ValueOf(&c).Elem().Fields() {
		for key := range section.Fields() {
			name := key.Tag.Get("toml")
			secret := name == "password" || strings.HasSuffix(name, "secret") || strings.HasSuffix(name, "token")
			if marked := key.Tag.Get("secret") != ""; marked != secret {
				t.Errorf("%s: marked %t, want %t", name, marked, secret)
			}
		}
	}
	c.Mail.Password = "x"
	if !c.redact() || c.Mail.Password != "" || c.redact() {
		t.Errorf("got %+v", c.Mail)
	}
}
