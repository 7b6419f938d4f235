package mastodon

import (
	"net/http"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// Account is an actor as apps know it.
type Account struct {
	ID                string           `json:"id"`
	Username          string           `json:"username"`
	Acct              string           `json:"acct"`
	DisplayName       string           `json:"display_name"`
	Locked            bool             `json:"locked"`
	Bot               bool             `json:"bot"`
	Group             bool             `json:"group"`
	Discoverable      bool             `json:"discoverable"`
	Indexable         bool             `json:"indexable"`
	NoIndex           bool             `json:"noindex"`
	Memorial          bool             `json:"memorial"`
	Suspended         bool             `json:"suspended,omitempty"`
	Limited           bool             `json:"limited,omitempty"`
	CreatedAt         string           `json:"created_at"`
	Note              string           `json:"note"`
	URL               string           `json:"url"`
	URI               string           `json:"uri"`
	Avatar            string           `json:"avatar"`
	AvatarStatic      string           `json:"avatar_static"`
	AvatarDescription string           `json:"avatar_description"`
	Header            string           `json:"header"`
	HeaderStatic      string           `json:"header_static"`
	HeaderDescription string           `json:"header_description"`
	FollowersCount    int              `json:"followers_count"`
	FollowingCount    int              `json:"following_count"`
	StatusesCount     int              `json:"statuses_count"`
	LastStatusAt      *string          `json:"last_status_at"`
	HideCollections   bool             `json:"hide_collections"`
	ShowMedia         bool             `json:"show_media"`
	ShowMediaReplies  bool             `json:"show_media_replies"`
	ShowFeatured      bool             `json:"show_featured"`
	Emojis            []CustomEmoji    `json:"emojis"`
	Fields            []Field          `json:"fields"`
	Roles             []AccountRole    `json:"roles"`
	FeatureApproval   *FeatureApproval `json:"feature_approval"`
	Moved             *Account         `json:"moved,omitempty"`
	Source            *Source          `json:"source,omitempty"`
	Role              *Role            `json:"role,omitempty"`
	MuteExpiresAt     *string          `json:"mute_expires_at,omitempty"`
}

// Field is a line of a profile. Value is HTML but in Source, where it is text.
type Field struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	VerifiedAt *string `json:"verified_at"`
}

// AccountRole is a badge.
type AccountRole struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

// FeatureApproval says who may put the account into a collection.
type FeatureApproval struct {
	Automatic   []string `json:"automatic"`
	Manual      []string `json:"manual"`
	CurrentUser string   `json:"current_user"`
}

// Source is a profile as its owner edits it.
type Source struct {
	Privacy             string   `json:"privacy"`
	Sensitive           bool     `json:"sensitive"`
	Language            string   `json:"language"`
	Note                string   `json:"note"`
	Fields              []Field  `json:"fields"`
	FollowRequestsCount int      `json:"follow_requests_count"`
	HideCollections     bool     `json:"hide_collections"`
	Discoverable        bool     `json:"discoverable"`
	Indexable           bool     `json:"indexable"`
	QuotePolicy         string   `json:"quote_policy"`
	AttributionDomains  []string `json:"attribution_domains"`
}

// Role says what the member may do at this node. Apps show administration for
// certain permissions; ours is a website, so there are none.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Color       string `json:"color"`
	Permissions string `json:"permissions"`
	Highlighted bool   `json:"highlighted"`
}

// CustomEmoji is a picture that stands for a word. There are none of ours.
type CustomEmoji struct {
	Shortcode       string `json:"shortcode"`
	URL             string `json:"url"`
	StaticURL       string `json:"static_url"`
	VisibleInPicker bool   `json:"visible_in_picker"`
	Category        string `json:"category,omitempty"`
}

// accountOf writes an actor.
func (c *call) accountOf(tx *store.Txn, a *store.Actor) *Account {
	n := tx.Tally(a)
	e := &Account{
		ID: a.ID.String(), Username: a.Handle, Acct: c.acct(a), DisplayName: a.DisplayName(),
		Locked: a.Approves, Bot: isBot(a.Type), Group: a.Type == store.Group,
		Discoverable: a.Discoverable, Indexable: a.Indexable, NoIndex: !a.Indexable,
		CreatedAt: stamp(bornAt(a)), Note: c.clean(a.Summary), URL: a.Page(), URI: a.IRI,
		FollowersCount: n.Followers, FollowingCount: n.Following, StatusesCount: n.Posts,
		ShowMedia: true, ShowFeatured: true, Emojis: []CustomEmoji{}, Fields: c.fieldsOf(a), Roles: []AccountRole{},
		FeatureApproval: &FeatureApproval{Automatic: []string{}, Manual: []string{}, CurrentUser: "denied"},
	}
	e.Avatar, e.AvatarDescription = c.imageOr(a.Icon, avatarPath)
	e.Header, e.HeaderDescription = c.imageOr(a.Banner, headerPath)
	e.AvatarStatic, e.HeaderStatic = e.Avatar, e.Header
	if last := tx.LastPost(a); last != 0 {
		day := last.Time().Format(time.DateOnly)
		e.LastStatusAt = &day
	}
	if to, err := tx.ActorByIRI(a.MovedTo); a.MovedTo != "" && err == nil && to.MovedTo == "" {
		e.Moved = c.accountOf(tx, to)
	}
	return e
}

// acct is the handle, with its host when that is not ours.
func (c *call) acct(a *store.Actor) string {
	if a.Host == c.Node.Host() {
		return a.Handle
	}
	return a.Handle + "@" + a.Host
}

func isBot(t store.ActorType) bool { return t == store.Application || t == "Service" }

// bornAt is when the actor was made or, of others that do not say, first seen
// here: the day alone, as Mastodon has it.
func bornAt(a *store.Actor) time.Time {
	at := a.Created
	if at.IsZero() {
		at = a.ID.Time()
	}
	return at.UTC().Truncate(24 * time.Hour)
}

func (c *call) imageOr(img *store.Image, missing string) (url, alt string) {
	if img == nil || img.URL == "" {
		return c.Node.BaseURL + missing, ""
	}
	return c.absolute(img.URL), img.Alt
}

// absolute is an address of ours with its host.
func (c *call) absolute(url string) string {
	if strings.HasPrefix(url, "/") {
		return c.Node.BaseURL + url
	}
	return url
}

func (c *call) fieldsOf(a *store.Actor) []Field {
	fields := []Field{}
	if a.IsCommercial() {
		fields = append(fields, Field{Name: c.t("filter.commercialIntent"), Value: c.t("commercial." + a.CommercialIntent)})
	}
	for _, f := range a.Fields {
		fields = append(fields, Field{Name: f.Name, Value: c.clean(f.Value)})
	}
	return fields
}

// clean is HTML of a profile as apps may show it. Profiles stand below every status,
// and cleaning costs more than all else of them.
func (c *call) clean(html string) string {
	if html == "" {
		return ""
	}
	safe, known := c.cleaned.GetIfPresent(html)
	if !known {
		safe = string(markup.Federated(html))
		c.cleaned.Set(html, safe)
	}
	return safe
}

// self is the account of who asks, as he edits it.
func (c *call) self(tx *store.Txn) *Account {
	e := c.accountOf(tx, c.actor)
	e.Source = &Source{
		Privacy: "public", Language: string(c.lang()), Note: markup.Plain(c.actor.Summary), Fields: []Field{},
		Discoverable: c.actor.Discoverable, Indexable: c.actor.Indexable, QuotePolicy: "nobody", AttributionDomains: []string{},
	}
	for _, f := range c.actor.Fields {
		e.Source.Fields = append(e.Source.Fields, Field{Name: f.Name, Value: markup.Plain(f.Value)})
	}
	for f := range tx.Followers(c.actor.ID) {
		if f.State == store.Asked {
			e.Source.FollowRequestsCount++
		}
	}
	role := string(c.account.Role)
	e.Role = &Role{ID: roleID(c.account.Role), Name: role, Permissions: "0", Highlighted: c.account.Role.Runs()}
	return e
}

func roleID(r store.Role) string {
	switch r {
	case store.Admin:
		return "3"
	case store.Animator:
		return "2"
	case store.Moderator:
		return "1"
	}
	return "-99"
}

// accountsOf writes the actors that are still there, in their order.
func (c *call) accountsOf(tx *store.Txn, ids []store.ID) []*Account {
	list := []*Account{}
	for _, id := range ids {
		if a, err := knownActor(tx, id); err == nil {
			list = append(list, c.accountOf(tx, a))
		}
	}
	return list
}

// verifyCredentials is GET /api/v1/accounts/verify_credentials.
func verifyCredentials(c *call) (any, error) {
	var e *Account
	err := c.view(func(tx *store.Txn) error {
		e = c.self(tx)
		return nil
	})
	return e, err
}

// account is GET /api/v1/accounts/:id.
func account(c *call) (any, error) {
	var e *Account
	err := c.view(func(tx *store.Txn) error {
		a, err := c.named(tx)
		if err == nil {
			e = c.accountOf(tx, a)
		}
		return err
	})
	return e, err
}

// accounts is GET /api/v1/accounts?id[]=.
func accounts(c *call) (any, error) {
	var list []*Account
	err := c.view(func(tx *store.Txn) error {
		list = c.accountsOf(tx, c.ids("id"))
		return nil
	})
	return list, err
}

// lookup is GET /api/v1/accounts/lookup?acct=.
func lookup(c *call) (any, error) {
	var e *Account
	err := c.view(func(tx *store.Txn) error {
		handle, host, _ := strings.Cut(strings.TrimPrefix(c.str("acct"), "@"), "@")
		if host == "" {
			host = c.Node.Host()
		}
		a, err := tx.ActorByHandle(handle, strings.ToLower(host))
		if err == nil {
			a, err = knownActor(tx, a.ID)
		}
		if err != nil {
			return errNotFound
		}
		e = c.accountOf(tx, a)
		return nil
	})
	return e, err
}

// register refuses to make accounts: members are invited on the website.
func register(*call) (any, error) {
	return nil, &refusal{http.StatusForbidden, "This action is not allowed", "registrations are closed"}
}
