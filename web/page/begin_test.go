package page

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// From the page of a record a member begins one about it, with the link filled in.
func TestRecordsBeginOthers(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	mirrored := s.mirror(t, s.neighbour(t, "calanques"), experiment("Le guichet", store.Public))
	page := c.Get(federation.PagePath(mirrored))
	begun := 0
	for _, k := range store.Kinds {
		for _, f := range k.Fields {
			if !slices.Contains(f.On, "experiment") {
				continue
			}
			begun++
			path := newPath(k) + "?" + url.Values{f.Name: {mirrored.IRI}}.Encode()
			if !page.Has(`href="`+path+`"`) || !strings.Contains(text(page.Body), text(catalog(t).T(assets.French, "begin."+k.Name))) {
				t.Errorf("the page does not lead to %s", path)
			}
			if got := formOf(t, c, path).Get(f.Name); got != mirrored.IRI {
				t.Errorf("%s: the form begins with %q, want %q", path, got, mirrored.IRI)
			}
		}
	}
	if begun == 0 {
		t.Error("no kind is about experiments")
	}
}
