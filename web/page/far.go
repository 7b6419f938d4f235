package page

import (
	"errors"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
)

// askFar has a search ask other nodes, too.
const askFar = "loin"

// farFinds are what other nodes found.
type farFinds struct {
	Title, Text string
	Items       []relatedLink
	Silent      string // who did not answer; empty: everybody did
	Spared      string // how many do not have the words and were not asked; empty: none
}

// further asks other nodes when the address says so, and else leads there.
func (s *seeking) further(d *searchPage) error {
	if s.Query.Text == "" || d.Pager.Newer != "" {
		return nil
	}
	if s.r.URL.Query().Get(askFar) == "" {
		link := s.link("search.further", s.with(askFar, "1"))
		d.Further = &link
		return nil
	}
	if !s.allowed(AskFar) {
		d.Far = s.enough()
		return nil
	}
	far, err := s.Node.SearchFar(s.r.Context(), s.Query.Text, search.Significant(s.Query.Text))
	if errors.Is(err, federation.ErrEnough) {
		d.Far = s.enough()
		return nil
	}
	if err != nil {
		return err
	}
	d.Far = s.farFinds(far)
	return nil
}

// enough says to come again later.
func (s *seeking) enough() *farFinds {
	return &farFinds{Title: s.t("search.far.title"), Text: s.t("search.far.enough")}
}

func (s *seeking) farFinds(far *federation.Far) *farFinds {
	f := &farFinds{Title: s.t("search.far.title"), Text: s.t("search.far.asked", "count", len(far.Asked))}
	for _, hit := range far.Hits {
		f.Items = append(f.Items, relatedLink{
			Link: assets.Link{Text: hit.Title, Href: hit.URL}, Note: hit.Summary,
			Badges: []assets.Badge{{Tone: "plain", Text: s.t("search.far.by", "name", hit.By.Name, "host", hit.By.Host)}},
		})
	}
	if far.Spared > 0 {
		f.Spared = s.t("search.far.spared", "count", far.Spared)
	}
	var silent []string
	for _, p := range far.Silent {
		silent = append(silent, p.Name+" ("+p.Host+")")
	}
	if len(silent) > 0 {
		f.Silent = s.t("search.far.silent", "names", strings.Join(silent, ", "))
	}
	return f
}
