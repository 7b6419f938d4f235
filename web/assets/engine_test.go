package assets

import (
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	methodless "github.com/DataDog/datadog-agent/pkg/template/html"
)

// The engine is a copy of the standard library's (DESIGN.md). In every template of
// every package it escapes what that escapes, and in the same way.
func TestEngineEscapesAsTheStandardLibrary(t *testing.T) {
	funcs := newRenderer(t).funcs(French)
	ours, theirs := methodless.New("").Funcs(funcs), template.New("").Funcs(funcs)
	files, err := filepath.Glob("../*/templates/*.html")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		methodless.Must(ours.New(filepath.Base(file)).Parse(string(text)))
		template.Must(theirs.New(filepath.Base(file)).Parse(string(text)))
	}
	for _, file := range files { // escaped before they begin; they fail for want of data
		_ = ours.ExecuteTemplate(io.Discard, filepath.Base(file), nil)
		_ = theirs.ExecuteTemplate(io.Discard, filepath.Base(file), nil)
	}
	var got, want []string
	for _, file := range ours.Templates() {
		if file.Tree != nil {
			got = append(got, file.Name()+": "+file.Tree.Root.String())
		}
	}
	for _, file := range theirs.Templates() {
		if file.Tree != nil {
			want = append(want, file.Name()+": "+file.Tree.Root.String())
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || !strings.Contains(strings.Join(got, ""), "_html_template_attrescaper") {
		t.Error("a template is escaped otherwise")
	}
}

// FuzzEngine puts a text wherever a page has one.
func FuzzEngine(f *testing.F) {
	const page = `<p lang="{{.}}" class=a-{{.}}>{{.}}<a href="{{.}}">{{.}}</a><a href="/a?b={{.}}#{{.}}"></a><img src="{{.}}" srcset="{{.}}" alt='{{.}}'>` +
		`<meta content="{{.}}"><meta http-equiv="refresh" content="{{.}}"><form action="{{.}}"><textarea>{{.}}</textarea></form><svg viewBox="{{.}}"><path d="{{.}}"/></svg>` +
		`<script type="application/ld+json">{"a": {{.}}}</script><title>{{.}}</title><!-- {{.}} -->`
	ours, theirs := methodless.Must(methodless.New("").Parse(page)), template.Must(template.New("").Parse(page))
	for _, text := range []string{"", "Labo d'été", `"><script>alert(1)</script>`, "javascript:alert(1)", "JaVa\tScript:x", "data:text/html,<b>", "a b='c' `d`", "</textarea></script><!--", "\x00\u2028\xff{{.}}", "0;url=javascript:x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want strings.Builder
		gotErr, wantErr := ours.Execute(&got, text), theirs.Execute(&want, text)
		if got.String() != want.String() || (gotErr == nil) != (wantErr == nil) {
			t.Errorf("got %s, %v\nwant %s, %v", got.String(), gotErr, want.String(), wantErr)
		}
	})
}
