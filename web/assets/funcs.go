package assets

import (
	"path"
	"strings"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
)

// funcs are what templates may call:
//
//	t "key" "name" value …   the words (Catalog.T)
//	link "/path"             the path with the language's prefix
//	asset "app.css"          the hashed address of a static file
//	tinted "app.css" colour  the same file in the colour of the lab
//	icon "name"              an inline picture that says nothing by itself
//	symbol "name"            the same picture for <use href="#name">
//	date t, datetime t       <time> in the lab's zone
//	number n                 digits grouped as the language does
//	dots "seed"              the constellation of an id
//	seal "seed"              the square mark of a lab or member
//	lang, languages          the language of the page, and all of them
//	share lang               how many per cent of the words that language has
//	mostly                   the language of most words, where it is not that of the page
//	lent "key"               the language of a message that the page's language lacks
//	tongue lang              what that language calls itself
//	linkin lang "/path"      the path with that language's prefix
//	known t, after t u       whether a moment is set; whether it is later than another
//	nav                      the main navigation
//	canonical page lang, inner page, local site, host site, mention site
//	id, kind, group, describes, chosen, lines: of a field, see Field
//
// Templates call nothing else: their engine knows no methods, so that the linker
// may leave out those that no code calls (DESIGN.md).
func (r *Renderer) funcs(lang Lang) template.FuncMap {
	return template.FuncMap{
		"t":         func(key string, args ...any) string { return r.Catalog.T(lang, key, args...) },
		"unbroken":  spacing.Replace,
		"link":      lang.Link,
		"asset":     r.Static.URL,
		"tinted":    r.Static.TintedURL,
		"icon":      r.icons.html,
		"symbol":    r.icons.symbol,
		"date":      func(t time.Time) template.HTML { return timeElement(t.In(r.Zone), lang.Date(t.In(r.Zone))) },
		"datetime":  func(t time.Time) template.HTML { return timeElement(t.In(r.Zone), moment(lang, t.In(r.Zone))) },
		"number":    func(n int) string { return lang.Number(int64(n)) },
		"dots":      Constellation,
		"seal":      Seal,
		"lang":      func() Lang { return lang },
		"languages": func() []Lang { return Languages },
		"share":     r.Catalog.Share,
		"mostly":    func() Lang { return unless(r.Catalog.Mostly(lang), lang) },
		"lent":      func(key string) Lang { return r.lent(lang, key) },
		"tongue":    Lang.Name,
		"linkin":    Lang.Link,
		"known":     func(t time.Time) bool { return !t.IsZero() },
		"after":     time.Time.After,
		"nav":       Nav,
		"canonical": Page.Canonical,
		"inner":     Page.Inner,
		"local":     Site.Local,
		"host":      Site.Host,
		"mention":   Site.Accessibility,
		"id":        Field.ID,
		"kind":      Field.Kind,
		"group":     Field.Group,
		"describes": Field.Describes,
		"chosen":    Field.Chosen,
		"lines":     Field.Lines,
	}
}

// lent is French for a message that lang lacks; else empty.
func (r *Renderer) lent(lang Lang, key string) Lang {
	if r.Catalog.Has(lang, key) {
		return ""
	}
	return French
}

// unless is empty when both are the same.
func unless(l, same Lang) Lang {
	if l == same {
		return ""
	}
	return l
}

func moment(lang Lang, t time.Time) string { return lang.Date(t) + ", " + lang.Time(t) }

func timeElement(t time.Time, text string) template.HTML {
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `">` + template.HTMLEscapeString(text) + `</time>`) // escaped here
}

// iconSet holds the files of icons/ by name, ready to stand in a page.
type iconSet map[string]template.HTML

func readIcons() iconSet {
	set := iconSet{}
	entries, err := iconFiles.ReadDir("icons")
	if err != nil {
		panic("assets: " + err.Error()) // embedded: the program itself is wrong
	}
	for _, e := range entries {
		data, err := iconFiles.ReadFile("icons/" + e.Name())
		if err != nil {
			panic("assets: " + err.Error())
		}
		name := strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
		svg := strings.Replace(strings.TrimSpace(string(data)), "<svg ", `<svg class="icon icon-`+name+`" aria-hidden="true" focusable="false" `, 1)
		set[name] = template.HTML(svg) // embedded
	}
	return set
}

// html returns the plain dot for a name that has no picture: a kind that is new
// still has a shape.
func (s iconSet) html(name string) template.HTML {
	if svg, ok := s[name]; ok {
		return svg
	}
	return s["kind-other"]
}

// symbol is a picture that is drawn where <use> names it.
func (s iconSet) symbol(name string) template.HTML {
	_, drawing, _ := strings.Cut(string(s.html(name)), ">")
	drawing = strings.TrimSuffix(drawing, "</svg>")
	return template.HTML(`<symbol id="` + template.HTMLEscapeString(name) + `" viewBox="0 0 16 16">` + drawing + `</symbol>`) // embedded
}
