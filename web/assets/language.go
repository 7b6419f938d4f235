package assets

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/br"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/fr"
	"golang.org/x/text/language"
)

// Lang is a language of the interface, as a BCP 47 tag. The zero value is not a
// language; LangOf never returns it.
type Lang string

const (
	French  Lang = "fr"
	English Lang = "en"
	Breton  Lang = "br" // begun: Catalog.Share
)

// Languages are all there are, the default first.
var Languages = []Lang{French, English, Breton}

var conventions = map[Lang]locales.Translator{French: fr.New(), English: en.New(), Breton: br.New()}

var tags = map[Lang]language.Tag{French: language.French, English: language.English, Breton: language.Make("br")}

// names are the languages in their own words, for the language switch.
var names = map[Lang]string{French: "Français", English: "English", Breton: "Brezhoneg"}

// Name is what the language calls itself.
func (l Lang) Name() string { return names[l] }

// Link is where the path of a page lies in this language: French has no prefix,
// the others have theirs. Anything but a local path stays as it is.
func (l Lang) Link(path string) string {
	if l == French || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return path
	}
	if path == "/" {
		return "/" + string(l)
	}
	return "/" + string(l) + path
}

// Number writes n with the separators of the language.
func (l Lang) Number(n int64) string { return l.conventions().FmtNumber(float64(n), 0) }

// Amount writes n with the separators of the language, and as many decimals as it has.
func (l Lang) Amount(n float64) string {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
	return l.conventions().FmtNumber(n, uint64(len(decimals)))
}

// Date writes a day in full ("7 mars 2026"), in t's own time zone.
func (l Lang) Date(t time.Time) string { return l.conventions().FmtDateLong(t) }

// Time writes hour and minute, in t's own time zone.
func (l Lang) Time(t time.Time) string { return l.conventions().FmtTimeShort(t) }

// Month writes a month ("mars 2026"), in t's own time zone.
func (l Lang) Month(t time.Time) string {
	return l.conventions().MonthWide(t.Month()) + " " + strconv.Itoa(t.Year())
}

func (l Lang) conventions() locales.Translator {
	if c, ok := conventions[l]; ok {
		return c
	}
	return conventions[French]
}

// tag is the language for golang.org/x/text.
func (l Lang) tag() language.Tag {
	if t, ok := tags[l]; ok {
		return t
	}
	return language.French
}

type langKey struct{}

// WithLang returns a context whose pages are in l.
func WithLang(ctx context.Context, l Lang) context.Context {
	return context.WithValue(ctx, langKey{}, l)
}

// LangOf is the language that Language found, French without it.
func LangOf(ctx context.Context) Lang {
	if l, ok := ctx.Value(langKey{}).(Lang); ok {
		return l
	}
	return French
}

// Language takes the language's prefix off the path, so that routes are written
// once, and puts the language into the context. Nothing is guessed from
// Accept-Language: one address is one page.
func Language(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, l := range Languages[1:] {
			if rest, ok := cutPrefix(r.URL.Path, l); ok {
				r = strip(r, l, rest)
				break
			}
		}
		next.ServeHTTP(w, r)
	})
}

func cutPrefix(path string, l Lang) (string, bool) {
	rest, ok := strings.CutPrefix(path, "/"+string(l))
	if !ok || rest != "" && rest[0] != '/' || strings.HasPrefix(rest, "//") {
		return "", false
	}
	if rest == "" {
		rest = "/"
	}
	return rest, true
}

func strip(r *http.Request, l Lang, rest string) *http.Request {
	r = r.Clone(WithLang(r.Context(), l))
	r.URL.Path = rest
	r.URL.RawPath, _ = cutPrefix(r.URL.RawPath, l)
	return r
}
