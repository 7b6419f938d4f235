package webfinger

import (
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/essaim/essaim/federation/fetch"
)

const (
	// MediaType is what a JRD is served as.
	MediaType = "application/jrd+json"

	// activityJSON stands exactly like this in a self link: Mastodon compares strings.
	activityJSON = "application/activity+json"

	relSelf      = "self"
	relProfile   = "http://webfinger.net/rel/profile-page"
	relAvatar    = "http://webfinger.net/rel/avatar"
	relSubscribe = "http://ostatus.org/schema/1.0/subscribe"
	relIntent    = "https://w3id.org/fep/3b86/"
	relService   = "https://www.w3.org/ns/activitystreams#Service"
)

// JRD is a JSON Resource Descriptor (RFC 7033 §4.4), without its properties.
type JRD struct {
	Subject string   `json:"subject"`
	Aliases []string `json:"aliases,omitempty"`
	Links   []Link   `json:"links"`
}

// Link has either an Href or a Template.
type Link struct {
	Rel      string `json:"rel"`
	Type     string `json:"type,omitempty"`
	Href     string `json:"href,omitempty"`
	Template string `json:"template,omitempty"`
}

// Profile is what the descriptor of an actor of ours says.
type Profile struct {
	User, Host string   // the handle
	Actor      string   // the actor's id
	Page       string   // where people read about it; "" for none
	Avatar     string   // "" for none
	AvatarType string   // its media type; "" when unknown
	Aliases    []string // further addresses, beside Page and Actor
	BaseURL    string   // of the node, without a slash at the end
}

// Build describes an actor. A member logs in at BaseURL, so its links for remote
// interaction lead there.
func Build(p Profile) *JRD {
	j := &JRD{
		Subject: Address{User: p.User, Host: p.Host}.Acct(),
		Aliases: unique(append([]string{p.Page, p.Actor}, p.Aliases...)),
		Links:   []Link{{Rel: relSelf, Type: activityJSON, Href: p.Actor}},
	}
	if p.Page != "" {
		j.Links = append(j.Links, Link{Rel: relProfile, Type: "text/html", Href: p.Page})
	}
	if p.Avatar != "" {
		j.Links = append(j.Links, Link{Rel: relAvatar, Type: p.AvatarType, Href: p.Avatar})
	}
	interact := p.BaseURL + "/authorize_interaction?uri="
	j.Links = append(j.Links,
		Link{Rel: relSubscribe, Template: interact + "{uri}"},
		// FEP-3b86 §4: the names of the parameters are the FEP's.
		Link{Rel: relIntent + "Object", Template: interact + "{object}"},
		Link{Rel: relIntent + "Follow", Template: interact + "{object}"},
		Link{Rel: relIntent + "Create", Template: p.BaseURL + "/share?text={content}"},
	)
	return j
}

// BuildSite describes the bare address of a node: FEP-d556 names its server
// actor; the self link is the lab, for people who follow a lab by its address.
func BuildSite(baseURL, server, lab string) *JRD {
	return &JRD{Subject: baseURL + "/", Links: []Link{
		{Rel: relService, Type: activityJSON, Href: server},
		{Rel: relSelf, Type: activityJSON, Href: lab},
	}}
}

func unique(addresses []string) []string {
	var list []string
	for _, a := range addresses {
		if a != "" && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// ParseJRD reads a descriptor of another server. It leaves out links and aliases
// that are not what they should be, so one odd link does not hide the others.
func ParseJRD(body []byte) (*JRD, error) {
	var raw struct {
		Subject string          `json:"subject"`
		Aliases json.RawMessage `json:"aliases"`
		Links   json.RawMessage `json:"links"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, fmt.Errorf("%w: %w", fetch.ErrMalformed, err)
	}
	return &JRD{Subject: raw.Subject, Aliases: wellFormed[string](raw.Aliases), Links: wellFormed[Link](raw.Links)}, nil
}

// wellFormed are the members of a JSON array that are a T.
func wellFormed[T any](array json.RawMessage) []T {
	var members []json.RawMessage
	if json.Unmarshal(array, &members) != nil {
		return nil
	}
	var list []T
	for _, m := range members {
		var v T
		if json.Unmarshal(m, &v) == nil {
			list = append(list, v)
		}
	}
	return list
}

// Actor is the id of the actor that is described, "" if none is.
func (j *JRD) Actor() string {
	for _, l := range j.Links {
		if l.Rel == relSelf && l.Href != "" && isActivity(l.Type) {
			return l.Href
		}
	}
	return ""
}

func isActivity(contentType string) bool {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return mediaType == activityJSON ||
		mediaType == "application/ld+json" && strings.Contains(params["profile"], "https://www.w3.org/ns/activitystreams")
}
