// Package demo holds the content of `essaim demo`: five fictional labs, their
// members, circles, records and news, and who follows whom. It is data and a
// typed reader of it; turning it into nodes, accounts and activities is the
// caller's work, so the package knows neither the store nor the federation.
//
// Labs, people, figures and most places are invented and say so in their names;
// the communes of the initiatives are real, what happens there is not. Real
// organisations appear only in news that carry a Source. Dates are counted in
// days from the start of the demonstration, so that it never looks stale.
package demo

import (
	"bytes"
	"embed"
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

//go:embed *.toml */*.toml
var files embed.FS

// Network is the whole demonstration, its labs in the order they are shown.
type Network struct {
	Labs    []Lab
	Follows []Follow
}

// Follow says that the lab From follows the lab To, both by handle. Pending
// follows are asked and left waiting for the approval of To; a lab with
// ManualApproval accepts all others.
type Follow struct {
	From    string `toml:"from"`
	To      string `toml:"to"`
	Pending bool   `toml:"pending"`
}

// Lab is one node of the demonstration and everything it publishes.
type Lab struct {
	Handle         string    `toml:"handle"` // the actor's preferredUsername, also its host label
	Name           string    `toml:"name"`
	Territory      string    `toml:"territory"` // typed COG code, "region:53"
	TimeZone       string    `toml:"time_zone"` // IANA name
	Accent         string    `toml:"accent"`    // "#rrggbb", readable on paper
	ManualApproval bool      `toml:"manual_approval"`
	Summary        string    `toml:"summary"`  // plain text, two or three sentences
	Communes       []string  `toml:"communes"` // of the initiatives, as package geo resolves them: "Quimper (29)"
	Tutelles       []Tutelle `toml:"tutelles"`
	Members        []Member  `toml:"members"` // the head of the lab first
	Circles        []Circle  `toml:"circles"`
	News           []News    `toml:"news"`

	Records     []Record `toml:"-"` // in no order of date
	Initiatives []Record `toml:"-"` // one in each of Communes
}

// Tutelle is an organisation a lab reports to. Category is a slug of
// Org.category, Link is "hierarchique" or "fonctionnel".
type Tutelle struct {
	Name     string `toml:"name"`
	Category string `toml:"category"`
	Link     string `toml:"link"`
}

// Member is a person of a lab, or its editorial account. Handle is unique in
// the lab, Role is a slug of Member.role, Bio is plain text. Profile has texts by
// the names of the fields of a profile, which everybody may read.
type Member struct {
	Handle    string            `toml:"handle"`
	Name      string            `toml:"name"`
	Role      string            `toml:"role"`
	Bio       string            `toml:"bio"`
	Email     string            `toml:"email"`
	Editorial bool              `toml:"editorial"` // writes the public references; not a person
	Profile   map[string]string `toml:"profile"`
}

// Circle is a named group of members, by their handles. The first of them manages
// it.
type Circle struct {
	Name    string   `toml:"name"` // unique in the lab
	Purpose string   `toml:"purpose"`
	Members []string `toml:"members"`
}

// News is a short note of a lab, plain text.
type News struct {
	Text       string `toml:"text"`
	Author     string `toml:"author"`     // member handle
	Experiment string `toml:"experiment"` // key of the sheet it comments, "" when alone
	Audience   string `toml:"audience"`
	Source     string `toml:"source"` // of a public reference: title and year; "" otherwise
	DaysAgo    int    `toml:"days_ago"`
}

// Content is what is published: the text and, below a reference, its source.
func (n News) Content() string {
	if n.Source == "" {
		return n.Text
	}
	return n.Text + "\n\nRéférence publique. Source : " + n.Source + "."
}

// Load reads the embedded demonstration. It fails only when the embedded files
// were edited wrongly: bad TOML, a key that no struct has, a lab without file.
func Load() (Network, error) {
	var index struct {
		Labs    []string `toml:"labs"`
		Follows []Follow `toml:"follows"`
	}
	if err := decode("network.toml", &index); err != nil {
		return Network{}, err
	}
	n := Network{Follows: index.Follows, Labs: make([]Lab, len(index.Labs))}
	for i, handle := range index.Labs {
		if err := n.Labs[i].load(handle); err != nil {
			return Network{}, err
		}
	}
	return n, n.populate()
}

func (l *Lab) load(handle string) (err error) {
	if err := decode(handle+".toml", l); err != nil {
		return err
	}
	l.Records, err = records(handle)
	return err
}

func decode(name string, into any) error {
	data, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read demonstration: %w", err)
	}
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("parse demonstration %s: %w", name, err)
	}
	return nil
}

// First is the part of the network that its first labs make: the follows between
// them, and of their records those that name nothing of the others.
func (n Network) First(labs int) Network {
	part := Network{Labs: append([]Lab(nil), n.Labs[:labs]...)}
	for _, f := range n.Follows {
		if part.lab(f.From) && part.lab(f.To) {
			part.Follows = append(part.Follows, f)
		}
	}
	for part.prune() {
	}
	return part
}

func (n Network) lab(handle string) bool {
	for i := range n.Labs {
		if n.Labs[i].Handle == handle {
			return true
		}
	}
	return false
}

// prune drops the records that name what is not in the network, and says whether
// there were any: others may name those.
func (n Network) prune() bool {
	known, dropped := map[string]bool{}, false
	for i := range n.Labs {
		for name := range n.Labs[i].names() {
			known[name] = true
		}
	}
	for i := range n.Labs {
		var kept []Record
		for _, r := range n.Labs[i].Records {
			if r.namesOnly(known) {
				kept = append(kept, r)
			}
		}
		dropped = dropped || len(kept) < len(n.Labs[i].Records)
		n.Labs[i].Records = kept
	}
	return dropped
}

// names are what records can name of a lab, as it stands in their braces.
func (l *Lab) names() map[string]bool {
	names := map[string]bool{"lab:" + l.Handle: true}
	for _, m := range l.Members {
		names["member:"+l.Handle+"/"+m.Handle] = true
	}
	for _, c := range l.Circles {
		names["circle:"+c.Name] = true
	}
	for _, r := range l.Records {
		names["record:"+r.Key] = true
	}
	return names
}
