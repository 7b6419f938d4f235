package main

import (
	"net/netip"
	"time"

	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/openid"
)

// Config is everything an operator can set. It is read by loadConfig and never
// changes afterwards. The comment tags become the text of config.example.toml.
type Config struct {
	Node        NodeConfig        `toml:"node" comment:"What this node is called and where it is found."`
	Store       StoreConfig       `toml:"store" comment:"The store lies in the data directory (--data), beside this file."`
	Media       MediaConfig       `toml:"media" comment:"The pictures and files that members send."`
	Federation  FederationConfig  `toml:"federation" comment:"Who may talk to this node, and how."`
	Delivery    DeliveryConfig    `toml:"delivery" comment:"How many requests to other nodes run at once."`
	Limits      LimitsConfig      `toml:"limits" comment:"What one network address may ask of this node; 0 is no limit."`
	OpenForm    OpenFormConfig    `toml:"open_form" comment:"The form by which people contribute without an account."`
	Mail        MailConfig        `toml:"mail" comment:"The mail server that takes this node's letters: links to change a contribution, places at events, messages to a contact."`
	OIDC        OIDCConfig        `toml:"oidc" comment:"Another service by which members sign in, with OpenID Connect: that of your administration, or ProConnect.\nRegister there BASE_URL/connexion/fournisseur/retour as redirect URI and BASE_URL/ as post-logout redirect URI,\nwith a secret, and RS256 or ES256 for signatures; if it tells of sessions that end there, BASE_URL/connexion/fournisseur/deconnexion\nas back-channel logout URI. Who has an account links it on the page of its security;\nwho has none needs an invitation, or a rule for their organisation (/admin/membres/organisations)."`
	Retention   RetentionConfig   `toml:"retention" comment:"How long what is about people is kept once it is no longer needed; the page about personal data says so.\nNo whole network address is ever written down, and the log names none."`
	Map         MapConfig         `toml:"map" comment:"The map. Without anything here it shows the outlines that come with Essaim, and no page calls another server."`
	HTTP        HTTPConfig        `toml:"http" comment:"The web server and the proxy in front of it."`
	Log         LogConfig         `toml:"log" comment:"The log on standard error."`
	Metrics     MetricsConfig     `toml:"metrics" comment:"Figures for Prometheus."`
	Development DevelopmentConfig `toml:"development" comment:"Several nodes on one machine. Never for a node that others can reach:\nit is refused when base_url is https with a public host."`
}

// NodeConfig is the identity of the node on the web.
type NodeConfig struct {
	BaseURL  string `toml:"base_url" comment:"The address that people and other nodes use. It is part of every id: it can never change once others follow."`
	Listen   string `toml:"listen" comment:"The host and port to listen on; a proxy forwards base_url to it. \":8080\" listens on every address."`
	Language string `toml:"language" comment:"The language of pages when a visitor's browser asks for none that we have: fr or en."`
	TimeZone string `toml:"time_zone" comment:"The time zone of dates on pages, such as Europe/Paris or Indian/Reunion."`
}

// StoreConfig bounds the disk that the store takes.
type StoreConfig struct {
	MaxSize Size `toml:"max_size" comment:"The store refuses to grow beyond this size, such as \"20 GiB\"; 0 is no limit but the disk."`
	MinFree Size `toml:"min_free" comment:"Nothing new is accepted while the disk has less than this free; reading and deleting go on."`
}

// MediaConfig bounds what members send.
type MediaConfig struct {
	MaxFile Size `toml:"max_file" comment:"The largest file that can be attached to a sheet. Pictures have 10 MiB whatever this says."`
}

// FederationConfig says whom the node federates with.
type FederationConfig struct {
	Mode            string   `toml:"mode" comment:"open: any node that is not blocked. followed-only: only the hosts of those whom somebody here follows. allow-list: only the hosts of allowed_hosts."`
	AllowedHosts    []string `toml:"allowed_hosts" comment:"The hosts of the allow-list, such as [\"lab.example.org\"]."`
	AuthorizedFetch bool     `toml:"authorized_fetch" comment:"Serve ActivityPub documents only to requests that are signed."`
	CheckLinks      bool     `toml:"check_links" comment:"Look once a week, a few an hour, whether there is something still at the addresses that the lab's own public sheets name; what is gone is told on /admin/liens. A node of essaim demo never does."`
	Discover        bool     `toml:"discover" comment:"Look for other labs by asking those that this one follows whom they know, and tell them whom it knows."`
	MaxBody         Size     `toml:"max_body" comment:"The largest document accepted from another node."`
}

// The values of FederationConfig.Mode.
const (
	modeOpen      = "open"
	modeFollowed  = "followed-only"
	modeAllowList = "allow-list"
)

// DeliveryConfig shares out the outgoing requests so that hosts that hang never
// take all of them.
type DeliveryConfig struct {
	Concurrency int `toml:"concurrency" comment:"Requests at once, to all hosts together."`
	Unhealthy   int `toml:"unhealthy" comment:"Of all requests, how many may go to failing hosts at once."`
}

// LimitsConfig holds counts for one client address; beyond them it is answered
// 429 with Retry-After.
type LimitsConfig struct {
	Inbox  int `toml:"inbox" comment:"Inbox requests a minute from one address."`
	Pages  int `toml:"pages" comment:"Other requests a minute from one address."`
	SignIn int `toml:"sign_in" comment:"Wrong passwords in five minutes, by address and by account."`

	Contributions int `toml:"contributions" comment:"Contributions without an account in an hour from one network (/24, or /48 of IPv6)."`
}

// OpenFormConfig says what happens to what people write without an account.
type OpenFormConfig struct {
	Enabled       bool     `toml:"enabled" comment:"Whether anything is taken without an account. Moderators can close the form too, on the page of moderation."`
	FederateAfter Duration `toml:"federate_after" comment:"A contribution that nobody verified goes to other nodes after this time; \"0s\" is never."`
}

// MailConfig is the mail server.
type MailConfig struct {
	Host         string `toml:"host" comment:"Its name; empty sends no letters."`
	Port         int    `toml:"port" comment:"Its port: mostly 587 with starttls, 465 with tls."`
	TLS          string `toml:"tls" comment:"starttls, tls, or none for a server on this machine."`
	User         string `toml:"user" comment:"The account there; empty when it asks for none."`
	Password     string `toml:"password" secret:"yes" comment:"Its password. Better in a file, or in the environment as ESSAIM_MAIL_PASSWORD."`
	PasswordFile string `toml:"password_file" comment:"A file that holds the password alone."`
	From         string `toml:"from" comment:"Who writes, such as \"Labo <labo@example.org>\"."`
}

// OIDCConfig is the OpenID provider.
type OIDCConfig struct {
	Preset           string         `toml:"preset" comment:"generic (Keycloak, LemonLDAP::NG and others) or proconnect."`
	Issuer           string         `toml:"issuer" comment:"Its address, as it spells it itself, such as \"https://sso.example.org/realms/agents\"; for ProConnect \"https://PROCONNECT_DOMAIN/api/v2\". Empty: nobody signs in this way."`
	ClientID         string         `toml:"client_id" comment:"What it calls this node."`
	ClientSecret     string         `toml:"client_secret" secret:"yes" comment:"The secret that it gave this node. Better in a file, or in the environment as ESSAIM_OIDC_CLIENT_SECRET."`
	ClientSecretFile string         `toml:"client_secret_file" comment:"A file that holds the secret alone."`
	Name             string         `toml:"name" comment:"What people call it, for the button: \"Se connecter avec NAME\". ProConnect has its own."`
	AllowNets        []netip.Prefix `toml:"allow_nets" comment:"Networks in which it may be although they are private, such as [\"10.0.0.0/8\"]. No other private address is asked."`
}

// RetentionConfig says when what is about people is forgotten.
type RetentionConfig struct {
	Reports  Duration `toml:"reports" comment:"Complaints that were closed."`
	Contacts Duration `toml:"contacts" comment:"The list of who received a member's e-mail address."`
	SignIns  Duration `toml:"sign_ins" comment:"Browsers that nobody came back with are signed out after this time; which browser it was, and from which network (the first 24 bits of an address, or 48), is forgotten."`
	Letters  Duration `toml:"letters" comment:"Letters that the mail server does not take, messages to a contact among them. A letter that was sent is not kept."`
	Backups  Duration `toml:"backups" comment:"Older archives are removed from the folder backups, all but the newest. Do the same where you copy them to."`
	Journal  Duration `toml:"journal" comment:"Who did what in the administration, and with it the public log of moderation."`
}

// HTTPConfig is the web server.
type HTTPConfig struct {
	TrustedProxies    []netip.Prefix `toml:"trusted_proxies" comment:"Networks whose X-Forwarded-For and X-Forwarded-Proto headers are believed."`
	ReadHeaderTimeout Duration       `toml:"read_header_timeout" comment:"The time a client has to send its headers."`
	ReadTimeout       Duration       `toml:"read_timeout" comment:"The time a client has to send its whole request."`
	WriteTimeout      Duration       `toml:"write_timeout" comment:"The time an answer may take."`
	IdleTimeout       Duration       `toml:"idle_timeout" comment:"How long an unused connection is kept."`
	ShutdownTimeout   Duration       `toml:"shutdown_timeout" comment:"How long running requests may go on after a stop was asked for."`
}

// LogConfig is the log.
type LogConfig struct {
	Level  string `toml:"level" comment:"debug, info, warn or error."`
	Format string `toml:"format" comment:"text or json."`
}

// MetricsConfig is the listener of /metrics, apart from the public one.
type MetricsConfig struct {
	Listen string `toml:"listen" comment:"The host and port that serve /metrics, such as \"localhost:9090\"; empty is off."`
}

// MapConfig is what lies under the map, where scripts run.
type MapConfig struct {
	Address string `toml:"tiles" comment:"The address of pictures to lie under the map, such as https://tiles.example.org/{z}/{x}/{y}.png. Their server learns who looks at the map; it must allow this use."`
	File    string `toml:"file" comment:"Instead of tiles: a file of vector tiles (PMTiles, version 3, in the layers of Protomaps) that this node serves itself, so that no other server is asked; in the data directory, or with its whole path."`
	Credit  string `toml:"credit" comment:"Whose pictures or tiles they are, in HTML; shown on the map. Required with tiles and file."`
}

// DevelopmentConfig relaxes what several nodes on one machine cannot obey. Its
// zero value with RetryScale 1 relaxes nothing.
type DevelopmentConfig struct {
	AllowHTTP  bool           `toml:"allow_http" comment:"Talk to other nodes over http too."`
	AllowNets  []netip.Prefix `toml:"allow_nets" comment:"Networks that may be dialled although they are private, such as [\"127.0.0.0/8\"]."`
	RetryScale float64        `toml:"retry_scale" comment:"Factor on every delay between delivery attempts; 0.01 runs the schedule of a month in hours."`
}

// active reports whether anything is relaxed; the admin pages then warn.
func (d DevelopmentConfig) active() bool {
	return d.AllowHTTP || len(d.AllowNets) > 0 || d.RetryScale != 1
}

// defaultConfig is the node that starts without any configuration.
func defaultConfig() Config {
	return Config{
		Node: NodeConfig{
			BaseURL: "http://localhost:8080", Listen: "localhost:8080", Language: "fr", TimeZone: "Europe/Paris",
		},
		Store:      StoreConfig{MinFree: 64 << 20},
		Media:      MediaConfig{MaxFile: 20 << 20},
		Federation: FederationConfig{Mode: modeOpen, AllowedHosts: []string{}, CheckLinks: true, Discover: true, MaxBody: 1 << 20},
		Delivery:   DeliveryConfig{Concurrency: 64, Unhealthy: 16},
		Limits:     LimitsConfig{Inbox: 300000, Pages: 1200, SignIn: 20, Contributions: 30},
		OpenForm:   OpenFormConfig{Enabled: true, FederateAfter: Duration{24 * time.Hour}},
		Mail:       MailConfig{Port: 587, TLS: mail.StartTLS},
		OIDC:       OIDCConfig{Preset: string(openid.Generic), AllowNets: []netip.Prefix{}},
		Retention: RetentionConfig{
			Reports: Duration{365 * day}, Contacts: Duration{365 * day}, SignIns: Duration{30 * day}, Letters: Duration{day}, Backups: Duration{90 * day}, Journal: Duration{365 * day},
		},
		HTTP: HTTPConfig{
			TrustedProxies:    []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
			ReadHeaderTimeout: Duration{10 * time.Second},
			ReadTimeout:       Duration{time.Minute},
			WriteTimeout:      Duration{time.Minute},
			IdleTimeout:       Duration{2 * time.Minute},
			ShutdownTimeout:   Duration{8 * time.Second},
		},
		Log:         LogConfig{Level: "info", Format: "text"},
		Development: DevelopmentConfig{AllowNets: []netip.Prefix{}, RetryScale: 1},
	}
}
