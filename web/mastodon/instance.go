package mastodon

import (
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// Instance is the node as apps know it (v2).
type Instance struct {
	Domain        string         `json:"domain"`
	Title         string         `json:"title"`
	Version       string         `json:"version"`
	SourceURL     string         `json:"source_url"`
	Description   string         `json:"description"`
	Wrapstodon    *string        `json:"wrapstodon"`
	Usage         InstanceUsage  `json:"usage"`
	Thumbnail     Thumbnail      `json:"thumbnail"`
	Icon          []Icon         `json:"icon"`
	Languages     []string       `json:"languages"`
	Configuration Configuration  `json:"configuration"`
	Registrations Registrations  `json:"registrations"`
	APIVersions   map[string]int `json:"api_versions"`
	Contact       Contact        `json:"contact"`
	Rules         []Rule         `json:"rules"`
}

// InstanceUsage is how many use the node.
type InstanceUsage struct {
	Users struct {
		ActiveMonth int `json:"active_month"`
	} `json:"users"`
}

// Thumbnail is a picture of the node.
type Thumbnail struct {
	URL         string            `json:"url"`
	Description string            `json:"description"`
	Blurhash    *string           `json:"blurhash"`
	Versions    map[string]string `json:"versions"`
}

// Icon is a small picture of the node.
type Icon struct {
	Src  string `json:"src"`
	Size string `json:"size"`
}

// Configuration is what the node takes.
type Configuration struct {
	URLs              ConfigURLs        `json:"urls"`
	VAPID             VAPIDKey          `json:"vapid"`
	Accounts          ConfigAccounts    `json:"accounts"`
	Statuses          ConfigStatuses    `json:"statuses"`
	MediaAttachments  ConfigMedia       `json:"media_attachments"`
	Polls             ConfigPolls       `json:"polls"`
	Translation       ConfigTranslation `json:"translation"`
	TimelinesAccess   ConfigTimelines   `json:"timelines_access"`
	LimitedFederation bool              `json:"limited_federation"`
}

// ConfigURLs are addresses of the node.
type ConfigURLs struct {
	Streaming      string  `json:"streaming"`
	Status         *string `json:"status"`
	About          string  `json:"about"`
	PrivacyPolicy  *string `json:"privacy_policy"`
	TermsOfService *string `json:"terms_of_service"`
}

// VAPIDKey signs what is pushed.
type VAPIDKey struct {
	PublicKey string `json:"public_key"`
}

// ConfigAccounts bounds a profile. The first key is misspelt in the documentation,
// and apps read both.
type ConfigAccounts struct {
	MaxDisplayNameLenth     int `json:"max_display_name_lenth"`
	MaxDisplayNameLength    int `json:"max_display_name_length"`
	MaxNoteLength           int `json:"max_note_length"`
	MaxFeaturedTags         int `json:"max_featured_tags"`
	MaxPinnedStatuses       int `json:"max_pinned_statuses"`
	MaxProfileFields        int `json:"max_profile_fields"`
	ProfileFieldNameLimit   int `json:"profile_field_name_limit"`
	ProfileFieldValueLimit  int `json:"profile_field_value_limit"`
	MaxAvatarDescriptionLen int `json:"avatar_description_limit"`
	MaxHeaderDescriptionLen int `json:"header_description_limit"`
}

// ConfigStatuses bounds a status.
type ConfigStatuses struct {
	MaxCharacters            int `json:"max_characters"`
	MaxMediaAttachments      int `json:"max_media_attachments"`
	CharactersReservedPerURL int `json:"characters_reserved_per_url"`
}

// ConfigMedia bounds what can be attached.
type ConfigMedia struct {
	DescriptionLimit    int      `json:"description_limit"`
	SupportedMIMETypes  []string `json:"supported_mime_types"`
	ImageSizeLimit      int      `json:"image_size_limit"`
	ImageMatrixLimit    int      `json:"image_matrix_limit"`
	VideoSizeLimit      int      `json:"video_size_limit"`
	VideoFrameRateLimit int      `json:"video_frame_rate_limit"`
	VideoMatrixLimit    int      `json:"video_matrix_limit"`
}

// ConfigPolls bounds a poll.
type ConfigPolls struct {
	MaxOptions             int `json:"max_options"`
	MaxCharactersPerOption int `json:"max_characters_per_option"`
	MinExpiration          int `json:"min_expiration"`
	MaxExpiration          int `json:"max_expiration"`
}

// ConfigTranslation says whether statuses can be translated.
type ConfigTranslation struct {
	Enabled bool `json:"enabled"`
}

// ConfigTimelines says who may read which timeline: "public", "authenticated" or
// "disabled".
type ConfigTimelines struct {
	LiveFeeds         FeedAccess `json:"live_feeds"`
	HashtagFeeds      FeedAccess `json:"hashtag_feeds"`
	TrendingLinkFeeds FeedAccess `json:"trending_link_feeds"`
}

// FeedAccess is the access to what is of this node and of others.
type FeedAccess struct {
	Local  string `json:"local"`
	Remote string `json:"remote"`
}

// Registrations says whether accounts can be made in an app: they cannot.
type Registrations struct {
	Enabled          bool    `json:"enabled"`
	ApprovalRequired bool    `json:"approval_required"`
	ReasonRequired   *bool   `json:"reason_required"`
	Message          *string `json:"message"`
	MinAge           *int    `json:"min_age"`
	URL              *string `json:"url"`
}

// Contact is whom to ask about the node.
type Contact struct {
	Email   string   `json:"email"`
	Account *Account `json:"account"`
}

// Rule is a rule of the node.
type Rule struct {
	ID           string            `json:"id"`
	Text         string            `json:"text"`
	Hint         string            `json:"hint"`
	Translations map[string]string `json:"translations"`
}

const (
	maxName       = 100
	maxBio        = 2000
	maxFields     = 8
	maxFieldName  = 100
	maxFieldValue = 500
	maxPixels     = 64 << 20
	maxImageBytes = 10 << 20
	compatible    = 7 // what api_versions says: what of Mastodon's API is here
)

func (c *call) configuration() Configuration {
	var e Configuration
	privacy := c.Node.BaseURL + privacyPath
	e.URLs = ConfigURLs{Streaming: c.streamingURL(), About: c.Node.BaseURL + "/lab", PrivacyPolicy: &privacy}
	e.VAPID.PublicKey = c.hub.publicKey()
	e.Accounts = ConfigAccounts{
		MaxDisplayNameLenth: maxName, MaxDisplayNameLength: maxName, MaxNoteLength: maxBio, MaxFeaturedTags: maxFields,
		MaxPinnedStatuses: 5, MaxProfileFields: maxFields, ProfileFieldNameLimit: maxFieldName, ProfileFieldValueLimit: maxFieldValue,
		MaxAvatarDescriptionLen: maxAlt, MaxHeaderDescriptionLen: maxAlt,
	}
	e.Statuses = ConfigStatuses{MaxCharacters: maxText(), MaxMediaAttachments: maxPictures, CharactersReservedPerURL: 23}
	e.MediaAttachments = ConfigMedia{
		DescriptionLimit: maxAlt, SupportedMIMETypes: []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
		ImageSizeLimit: maxImageBytes, ImageMatrixLimit: maxPixels,
	}
	open := FeedAccess{"public", "public"}
	e.TimelinesAccess = ConfigTimelines{open, open, open}
	return e
}

// streamingURL has the scheme of the node's own address: apps trust it.
func (c *call) streamingURL() string { return "ws" + strings.TrimPrefix(c.Node.BaseURL, "http") }

func (c *call) version() string { return APILevel + " (compatible; Essaim " + c.Version + ")" }

func (c *call) thumbnail(lab *store.Actor) string {
	url, _ := c.imageOr(lab.Banner, headerPath)
	return url
}

// instance is GET /api/v2/instance.
func instance(c *call) (any, error) {
	var e Instance
	err := c.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		e = Instance{
			Domain: c.Node.Host(), Title: lab.DisplayName(), Version: c.version(), SourceURL: c.SourceURL,
			Description: markup.Plain(lab.Summary), Icon: []Icon{}, Languages: []string{"fr", "en"},
			Thumbnail: Thumbnail{URL: c.thumbnail(lab), Versions: map[string]string{}}, Configuration: c.configuration(),
			APIVersions: map[string]int{"mastodon": compatible}, Contact: Contact{Account: c.accountOf(tx, lab)}, Rules: []Rule{},
		}
		icon, _ := c.imageOr(lab.Icon, avatarPath)
		e.Icon = append(e.Icon, Icon{Src: icon, Size: "400x400"})
		e.Usage.Users.ActiveMonth = tx.Count().Members
		return nil
	})
	return e, err
}

// peers is GET /api/v1/instance/peers.
func peers(c *call) (any, error) {
	hosts := []string{}
	err := c.view(func(tx *store.Txn) error {
		hosts = append(hosts[:0], c.peersOf(tx)...)
		return nil
	})
	return hosts, err
}

// peersOf are the hosts that this node follows or that follow it.
func (c *call) peersOf(tx *store.Txn) []string {
	seen := map[string]bool{}
	var hosts []string
	add := func(id store.ID) {
		if a, err := tx.Actor(id); err == nil && !a.Local && !seen[a.Host] && !tx.HostBlocked(a.Host) {
			seen[a.Host] = true
			hosts = append(hosts, a.Host)
		}
	}
	for a := range tx.LocalActors() {
		for f := range tx.Following(a.ID) {
			add(f.Followed)
		}
		for f := range tx.Followers(a.ID) {
			add(f.Follower)
		}
	}
	return hosts
}

// noMap answers with nothing by name: {}.
func noMap(*call) (any, error) { return map[string][]string{}, nil }

// missing answers for a page that a node does not have.
func missing(*call) (any, error) { return nil, errNotFound }
