// Package nodeinfo says what software a node runs and how large it is, and reads
// the same of other servers: NodeInfo 2.0 and 2.1, FEP-f1d5, FEP-2677 (the server's
// actor beside it) and, where figures are not known, FEP-0151.
//
// It parses and builds; serving (as plain application/json, which some peers
// compare) and counting are left to the callers.
package nodeinfo

import "encoding/json"

const (
	relSchema      = "http://nodeinfo.diaspora.software/ns/schema/"
	relApplication = "https://www.w3.org/ns/activitystreams#Application"
)

// Schema is a version of the NodeInfo schema, "2.0" or "2.1".
type Schema string

// The versions that a node serves, at Path.
const (
	V20 Schema = "2.0"
	V21 Schema = "2.1"
)

// Path is where a node serves its document of this version.
func (s Schema) Path() string { return "/nodeinfo/" + string(s) }

// Info is what a node says of itself.
type Info struct {
	Version     string // of the software
	Name        string // of the node
	Description string
	Language    []string // of the content, BCP 47
	Open        bool     // anyone may register
	Usage       Usage
	Essaim      Essaim
}

// Usage counts members and what they wrote. Nil is not known and left out.
type Usage struct {
	Users          *int // accounts
	ActiveMonth    *int // signed in during 30 days
	ActiveHalfYear *int // during 180 days
	Posts          *int
}

// Essaim is what other nodes of this kind read: where to find the lab's catalogue
// and the peers, and how far the catalogue is. Empty fields are left out.
type Essaim struct {
	Lab     string `json:"lab,omitempty"`     // the lab's actor
	Catalog string `json:"catalog,omitempty"` // IRI of the catalogue
	Seq     uint64 `json:"seq,omitempty"`     // its last change
	Digest  string `json:"digest,omitempty"`  // of what lives in it, hex
	Peers   string `json:"peers,omitempty"`   // IRI of the list of known nodes
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// WellKnown is the body of /.well-known/nodeinfo. Version 2.0 stands first, for
// some clients take the first link they know. server is the id of the node's own
// actor.
func WellKnown(baseURL, server string) ([]byte, error) {
	return json.Marshal(map[string][]link{"links": {
		{relSchema + string(V20), baseURL + V20.Path()},
		{relSchema + string(V21), baseURL + V21.Path()},
		{relApplication, server},
	}})
}

type document struct {
	Version   Schema   `json:"version"`
	Software  software `json:"software"`
	Protocols []string `json:"protocols"`
	Services  services `json:"services"`
	Open      bool     `json:"openRegistrations"`
	Usage     usage    `json:"usage"`
	Metadata  metadata `json:"metadata"`
}

type software struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Repository string `json:"repository,omitempty"`
	Homepage   string `json:"homepage,omitempty"`
}

type services struct {
	Inbound  []string `json:"inbound"`
	Outbound []string `json:"outbound"`
}

type usage struct {
	Users users `json:"users"`
	Posts *int  `json:"localPosts,omitempty"`
}

type users struct {
	Total          *int `json:"total,omitempty"`
	ActiveMonth    *int `json:"activeMonth,omitempty"`
	ActiveHalfYear *int `json:"activeHalfyear,omitempty"`
}

type metadata struct {
	Name        string            `json:"nodeName"`
	Description string            `json:"nodeDescription"`
	Languages   []string          `json:"langs,omitempty"`
	Upstream    map[string]string `json:"upstream"`
	Essaim      Essaim            `json:"essaim"`
}

const (
	softwareName = "essaim"
	repository   = "https://github.com/essaim/essaim"
)

// Document is the body at s.Path.
func Document(s Schema, info Info) ([]byte, error) {
	d := document{
		Version:   s,
		Software:  software{Name: softwareName, Version: info.Version},
		Protocols: []string{"activitypub"},
		Services:  services{Inbound: []string{}, Outbound: []string{}},
		Open:      info.Open,
		Usage: usage{
			Users: users{Total: info.Usage.Users, ActiveMonth: info.Usage.ActiveMonth, ActiveHalfYear: info.Usage.ActiveHalfYear},
			Posts: info.Usage.Posts,
		},
		Metadata: metadata{
			Name: info.Name, Description: info.Description, Languages: info.Language, Essaim: info.Essaim,
			// Clients built on megalodon choose by it how to speak to servers they do not know.
			Upstream: map[string]string{"name": "mastodon"},
		},
	}
	if s == V21 {
		d.Software.Repository, d.Software.Homepage = repository, repository
	}
	return json.Marshal(d)
}
