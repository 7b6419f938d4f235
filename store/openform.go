package store

import (
	"reflect"
	"regexp"
	"strings"
	"unicode"

	"github.com/essaim/essaim/store/geo"
)

// IsOpen says whether people without an account may write records of this kind:
// when the form asks them for anything.
func (k *Kind) IsOpen() bool {
	for i := range k.Fields {
		if k.Fields[i].Open {
			return true
		}
	}
	return false
}

// Opened is the kind as the open form asks for it.
func (k *Kind) Opened() *Kind {
	short := *k
	short.Fields = k.openFields()
	return &short
}

// SameBeside says whether a and b, both of this kind, say the same in all fields
// that forms ask for, but not the open one. Their audience does not count.
func (k *Kind) SameBeside(a, b Item) bool {
	for i := range k.Fields {
		f := &k.Fields[i]
		if f.Open || f.Widget == Shown || f.Name == audienceField.Name || f.IsEmpty(a) && f.IsEmpty(b) {
			continue
		}
		if !reflect.DeepEqual(f.At(a), f.At(b)) {
			return false
		}
	}
	return true
}

const (
	maxByline  = 80
	maxWebMore = 3 // addresses in the texts of a contribution
)

// CheckOpen says what is wrong with a contribution beside what Check says: too
// many addresses, which only advertisers have.
func (k *Kind) CheckOpen(it Item) FieldErrors {
	var errs FieldErrors
	if r := it.Envelope(); len([]rune(r.Byline)) > maxByline {
		errs = append(errs, &FieldError{Field: "byline", Reason: "error.too-long", Args: map[string]any{"max": maxByline, "have": len([]rune(r.Byline))}})
	}
	have := 0
	for _, f := range k.openFields() {
		n := len(address.FindAllString(f.Text(it), -1))
		if have += n; n > 0 && have > maxWebMore {
			return append(errs, &FieldError{Field: f.Name, Reason: "error.too-many-links", Args: map[string]any{"max": maxWebMore, "have": have}})
		}
	}
	return errs
}

var (
	address = regexp.MustCompile(`(?i)https?://|www\.`)
	code    = regexp.MustCompile(`(?i)<\s*(a|img|script|iframe)\b|\[(url|link|img)\b`)
	// hawkers are the words of advertisements that robots leave behind.
	hawkers = []string{
		"casino", "viagra", "cialis", "porn", "escort", "bitcoin", "crypto invest", "forex", "backlink", "seo service",
		"payday loan", "credit rapide", "pret rapide", "jackpot", "onlyfans", "replica watch",
	}
)

// Suspicions say why a contribution should be looked at before others see it, as
// message keys "suspect.<reason>"; empty: it should not.
func (k *Kind) Suspicions(it Item) []string {
	var why []string
	add := func(reason string, is bool) {
		if is {
			why = append(why, reason)
		}
	}
	r, text := it.Envelope(), ""
	for _, f := range k.openFields() {
		text += f.Text(it) + "\n"
	}
	folded := " " + geo.Fold(text) + " "
	add("address-in-title", address.MatchString(r.Title))
	add("code", code.MatchString(text))
	add("shouting", shouts(r.Title))
	add("letters", foreign(text))
	for _, word := range hawkers {
		if strings.Contains(folded, " "+word+" ") || strings.Contains(folded, " "+word+"s ") {
			add("advertisement", true)
			break
		}
	}
	return why
}

// shouts says whether a title of some length is in capital letters.
func shouts(s string) bool {
	capitals, letters := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return letters >= 20 && capitals*10 > letters*9
}

// foreign says whether much of a text is in letters that nobody here reads.
func foreign(s string) bool {
	other, letters := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
			if !unicode.Is(unicode.Latin, r) {
				other++
			}
		}
	}
	return letters >= 10 && other*3 > letters
}
