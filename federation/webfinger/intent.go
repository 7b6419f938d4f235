package webfinger

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// LookupIntent asks a handle's host where that account's owner does something with
// an object from elsewhere: the template of the intent (FEP-3b86 §4), of objects in
// general, or the older one for following (OStatus). ErrMismatch: there is none
// that leads to a web page of any host.
func LookupIntent(ctx context.Context, c client, a Address, intent string) (template string, err error) {
	j, err := query(ctx, c, a.Host, a.Acct())
	if err != nil {
		return "", fmt.Errorf("look up %s: %w", a.Acct(), err)
	}
	for _, rel := range []string{relIntent + intent, relIntent + "Object", relSubscribe} {
		for _, l := range j.Links {
			if l.Rel == rel && leads(l.Template, c.BaseURL(a.Host)) {
				return l.Template, nil
			}
		}
	}
	return "", fmt.Errorf("%w: %s takes nothing from elsewhere", ErrMismatch, a.Acct())
}

var variable = regexp.MustCompile(`\{[A-Za-z-]+\}`)

// leads says whether a template has a place for the object and is a page on the
// web, over https unless that host itself is not.
func leads(template, base string) bool {
	u, err := url.Parse(variable.ReplaceAllString(template, "x"))
	secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && strings.HasPrefix(base, "http:"))
	return secure && u.Host != "" && u.User == nil && (strings.Contains(template, "{object}") || strings.Contains(template, "{uri}"))
}

// Fill puts an object, as it stands in a query, into a template. What else the
// template asks for stays empty.
func Fill(template, object string) string {
	return variable.ReplaceAllStringFunc(template, func(name string) string {
		if name == "{object}" || name == "{uri}" {
			return object
		}
		return ""
	})
}
