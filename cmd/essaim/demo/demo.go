// Package demo holds the content of `essaim demo`: five fictional labs, their
// members, experiments and news, and who follows whom. It is data and a typed
// reader of it; turning it into nodes, accounts and activities is the caller's
// work, so the package knows neither the store nor the federation.
//
// Labs, people, communes and figures are invented and say so in their names.
// Real organisations appear only in news that carry a Source. Dates are counted
// in days before the demonstration starts, so that it never looks stale.
package demo

import (
	"bytes"
	"embed"
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

//go:embed *.toml
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
	Handle         string       `toml:"handle"` // the actor's preferredUsername, also its host label
	Name           string       `toml:"name"`
	Territory      string       `toml:"territory"` // typed COG code, "region:53"
	TimeZone       string       `toml:"time_zone"` // IANA name
	Accent         string       `toml:"accent"`    // "#rrggbb", readable on paper
	ManualApproval bool         `toml:"manual_approval"`
	Summary        string       `toml:"summary"` // plain text, two or three sentences
	Tutelles       []Tutelle    `toml:"tutelles"`
	Members        []Member     `toml:"members"`     // the head of the lab first
	Experiments    []Experiment `toml:"experiments"` // in no order of date
	News           []News       `toml:"news"`
}

// Tutelle is an organisation a lab reports to. Category is a slug of
// Org.category, Link is "hierarchique" or "fonctionnel".
type Tutelle struct {
	Name     string `toml:"name"`
	Category string `toml:"category"`
	Link     string `toml:"link"`
}

// Member is a person of a lab, or its editorial account. Handle is unique in
// the lab, Role is a slug of Member.role, Bio is plain text.
type Member struct {
	Handle    string `toml:"handle"`
	Name      string `toml:"name"`
	Role      string `toml:"role"`
	Bio       string `toml:"bio"`
	Email     string `toml:"email"`
	Editorial bool   `toml:"editorial"` // writes the public references; not a person
}

// Experiment is one sheet. Stage, Status, Outcome, Themes and Audience are
// vocabulary slugs; Body is Markdown whose headings start at level two.
type Experiment struct {
	Key       string    `toml:"key"` // unique in the network; news name it
	Title     string    `toml:"title"`
	Pitch     string    `toml:"pitch"` // plain text, at most 300 characters
	Body      string    `toml:"body"`
	Stage     string    `toml:"stage"` // the last one of History
	Status    string    `toml:"status"`
	Outcome   string    `toml:"outcome"`
	Audience  string    `toml:"audience"`
	Licence   string    `toml:"licence"` // SPDX identifier or "etalab-2.0"
	Themes    []string  `toml:"themes"`
	Territory []string  `toml:"territory"`
	Authors   []string  `toml:"authors"` // member handles of the same lab
	DaysAgo   int       `toml:"days_ago"`
	Image     *Image    `toml:"image"`    // nil: none
	Problems  []Problem `toml:"problems"` // oldest first
	History   []Step    `toml:"history"`  // oldest first
}

// Image names an Illustration and describes it for those who do not see it.
type Image struct {
	Seed string `toml:"seed"`
	Alt  string `toml:"alt"`
}

// Problem is one wording of the problem; Why says what led to it.
type Problem struct {
	Statement string `toml:"statement"`
	Why       string `toml:"why"`
	DaysAgo   int    `toml:"days_ago"`
}

// Step is the entry into a stage.
type Step struct {
	Stage   string `toml:"stage"`
	Note    string `toml:"note"`
	DaysAgo int    `toml:"days_ago"`
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
		if err := decode(handle+".toml", &n.Labs[i]); err != nil {
			return Network{}, err
		}
	}
	return n, nil
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
