//go:build peers

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/essaim/essaim/web/assets"
)

// problem is what the validator says of a page.
type problem struct {
	Path string `json:"path"`
	Rule string `json:"rule"`
	Text string `json:"text"`
	Line int    `json:"line"`
}

// TestHTMLIsValid has html-validate look at every page of a node of the
// demonstration, as everybody sees it (RGAA 8.2). With ESSAIM_VIEWS it looks at
// them in every language.
func TestHTMLIsValid(t *testing.T) {
	told := map[string]bool{} // each problem once
	for _, v := range demonstrate(t, 2).nodes[0].visits(t) {
		pages := v.walk(starts...)
		if os.Getenv(viewsVariable) != "" {
			pages = v.translate(pages)
		}
		checkPages(t, v.who, pages)
		for _, p := range validate(t, pages) {
			if said := p.Rule + p.Text; !told[said] {
				told[said] = true
				t.Errorf("%s, as %s, line %d: %s: %s", p.Path, v.who, p.Line, p.Rule, p.Text)
			}
		}
	}
}

// translate adds the pages in the languages that they were not visited in.
func (v *visit) translate(pages []visited) []visited {
	for _, page := range pages {
		for _, lang := range assets.Languages[1:] {
			path := lang.Link(page.path)
			if translated.MatchString(page.path) || begun.MatchString(page.path) || v.seen[path] {
				continue
			}
			v.look(step{path, page.path})
		}
	}
	return v.pages
}

func validate(t *testing.T, pages []visited) (problems []problem) {
	t.Helper()
	var in, out bytes.Buffer
	lines := json.NewEncoder(&in)
	for _, p := range pages {
		if err := lines.Encode(map[string]string{"path": p.path, "body": p.body}); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", "validate.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = repository+"/.ci/peers/html", &in, &out, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for found := json.NewDecoder(&out); ; {
		var p problem
		err := found.Decode(&p)
		if errors.Is(err, io.EOF) {
			return problems
		}
		if err != nil {
			t.Fatal(err)
		}
		problems = append(problems, p)
	}
}
