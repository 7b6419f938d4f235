package page

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/webtest"
)

// scatter puts initiatives over the country, several of them close together.
func (s *site) scatter(t testing.TB) {
	t.Helper()
	for _, name := range []string{"Rennes", "Brest", "Quimper", "Concarneau", "Lorient", "Marseille", "Lille", "Toulouse", "Strasbourg", "Saint-Denis (974)"} {
		found, _ := geo.Resolve(name, geo.Commune)
		if found.Code == "" {
			t.Fatalf("no %s", name)
		}
		s.publish(t, s.node.Admin, &store.Initiative{InitiativeKind: "entraide", Record: store.Record{
			Kind: "initiative", Title: "Entraide à " + found.Name, Pitch: "Une accroche.", Audience: store.Public, Lang: "fr",
			Place: store.Place{Code: found.Code, Commune: found.Name, Lon: found.Lon, Lat: found.Lat, Precision: store.AtBourg},
		}})
	}
}

// elements are the elements of a page that have a class, in their order.
func elements(t *testing.T, a webtest.Answer, class string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	var found []*html.Node
	for n := range root.Descendants() {
		if slices.Contains(strings.Fields(attribute(n, "class")), class) {
			found = append(found, n)
		}
	}
	return found
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestListAndMapHaveTheSameNumbers(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	for _, path := range []string{"/carte", "/carte?cadre=-5,47,-1,49", "/carte?kind=initiative&territory=region:53", "/en/carte"} {
		a := s.Visitor(t).Get(path)
		if a.Status != http.StatusOK {
			t.Fatalf("%s: %d", path, a.Status)
		}
		titles := map[string]string{}
		for i, line := range elements(t, a, "place-mark") {
			if got := words(line); got != fmt.Sprint(i+1) {
				t.Errorf("%s: line %d bears %s", path, i, got)
			}
			titles[words(line)] = words(line.Parent)
		}
		pins := 0
		for _, p := range elements(t, a, "pin") {
			if attribute(p, "data-area") != "" {
				var n int
				fmt.Sscan(words(p), &n)
				pins += n
				continue
			}
			pins++
			_, rest, _ := strings.Cut(attribute(p, "aria-label"), "Entraide à ")
			town, _, _ := strings.Cut(rest, ",")
			if !strings.Contains(titles[words(p)], town) {
				t.Errorf("%s: marker %s is %q, the line %q", path, words(p), attribute(p, "aria-label"), titles[words(p)])
			}
		}
		if pins != len(titles) {
			t.Errorf("%s: %d places on the map, %d in the list", path, pins, len(titles))
		}
		if !a.Has("GeoNames (CC BY 4.0)") || !a.Has("/mentions-legales") {
			t.Errorf("%s does not name its sources", path)
		}
	}
}

func TestAGroupLeadsToWhatIsInIt(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	visitor := s.Visitor(t)
	groups := elements(t, visitor.Get("/carte"), "several")
	if len(groups) == 0 {
		t.Fatal("no group")
	}
	closer := visitor.Get(attribute(groups[0], "href"))
	if got := len(elements(t, closer, "place-mark")); got < 2 || got > 9 || fmt.Sprint(got) < words(groups[0]) {
		t.Errorf("a group of %s leads to %d", words(groups[0]), got)
	}
}

func TestTheMapSaysWhyItIsEmpty(t *testing.T) {
	s := newSite(t)
	if a := s.Visitor(t).Get("/carte?kind=need"); a.Status != http.StatusOK || !a.Has("Voir toute la carte") {
		t.Errorf("%d", a.Status)
	}
}

func TestPagesOfTheMap(t *testing.T) {
	s := newSite(t)
	for i := range perPage + 3 {
		e := experiment(fmt.Sprint("Fiche ", i), store.Public)
		e.Territory = []string{"region:04"}
		s.publish(t, s.node.Admin, e)
	}
	a := s.Visitor(t).Get("/carte?page=2")
	lines := elements(t, a, "place-mark")
	if len(lines) == 0 || words(lines[0]) != fmt.Sprint(perPage+1) {
		t.Errorf("the second page begins with %v", lines)
	}
	if a := s.Visitor(t).Get("/mentions-legales"); !a.Has("GeoNames, CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/") {
		t.Error("the legal page does not name the sources of the maps")
	}
}

// Only who runs the node can let the map load pictures of another server, and only
// the map.
func TestPicturesOfOthersLieUnderTheMapWhenTheyAreChosen(t *testing.T) {
	for _, asked := range []bool{false, true} {
		s := newSite(t)
		if asked {
			s.pages.Tiles = Tiles{Address: "https://tiles.example:8443/{z}/{x}/{y}.png", Credit: `© <a href="https://tiles.example">Tuiles</a>`}
		}
		for path, opened := range map[string]bool{"/carte": asked, "/": false} {
			a := s.Visitor(t).Get(path)
			policy := a.Header.Get("Content-Security-Policy")
			if got := strings.Contains(policy, "img-src 'self' data: https://tiles.example:8443;"); got != opened {
				t.Errorf("%s: %s", path, policy)
			}
			if got := strings.Contains(a.Body, `data-tiles="https://tiles.example:8443/{z}/{x}/{y}.png"`); got != opened {
				t.Errorf("%s: %v that the page names them", path, got)
			}
		}
		if got := s.Visitor(t).Get("/donnees-personnelles").Has("vient de tiles.example:8443"); got != asked {
			t.Errorf("%v that people are told who learns of them", got)
		}
	}
}
