package page

import (
	"net/url"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// suggestion is a lab that ours may want to follow, and why.
type suggestion struct {
	Name, Href, Seal, Address, Territory string
	Away                                 bool // its page is on its own site
	Why                                  []string
	Follow                               string // where to see it and follow; empty: not for this viewer
}

// mostSuggestions is how many are shown, mostNames how many labs a reason names.
const (
	mostSuggestions = 6
	mostNames       = 3
)

func (a *ask) suggestions(tx *store.Txn) []suggestion {
	var list []suggestion
	for _, s := range tx.Suggestions(mostSuggestions) {
		p := s.Lab
		d := suggestion{
			Name: p.DisplayName(), Href: p.Page, Away: true, Seal: p.IRI, Address: p.Address(), Territory: a.places(p.Territory), Why: a.why(&s),
		}
		if actor, err := tx.ActorByIRI(p.IRI); err == nil {
			d.Href, d.Away = actorPath(actor), false
		}
		if a.by.Runs {
			d.Follow = "/reseau/suivre?" + url.Values{addressField: {p.IRI}}.Encode()
		}
		list = append(list, d)
	}
	return list
}

// why says the reasons of a suggestion, the weightiest first.
func (a *ask) why(s *store.Suggestion) []string {
	var why []string
	if n := len(s.Followers); n > 0 {
		names := make([]string, 0, mostNames)
		for _, by := range s.Followers[:min(n, mostNames)] {
			names = append(names, by.DisplayName())
		}
		key := "suggest.followed"
		if n > mostNames {
			key = "suggest.followed-by-many"
		}
		why = append(why, a.t(key, "count", n, "names", strings.Join(names, ", ")))
	}
	if s.FollowsUs {
		why = append(why, a.t("suggest.follows-us"))
	}
	if s.Region != "" {
		why = append(why, a.t("suggest.region", "place", a.place(s.Region)))
	}
	if len(s.Themes) > 0 {
		themes := make([]string, len(s.Themes))
		for i, slug := range s.Themes {
			themes[i] = a.t("theme." + slug)
		}
		why = append(why, a.t("suggest.themes", "count", len(themes), "themes", strings.Join(themes, ", ")))
	}
	return why
}

// networkLinks are where those who run the node go on.
func (a *ask) networkLinks() []assets.Link {
	if !a.by.Runs {
		return nil
	}
	return []assets.Link{a.link("network.several", "/admin/reseau/liste"), a.link("network.known", "/admin/reseau")}
}
