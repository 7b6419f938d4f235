package page

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	tables "github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

const (
	networkData = "/reseau.csv"

	// secondHop is how many follows away labs are shown.
	secondHop = 2
)

// networkRow is a link of the network: who follows whom, and what came along it.
type networkRow struct {
	From, To assets.Link
	Count    int // of exchanges
	Last     time.Time
	Known    bool // Count and Last are
}

// linkTable is the links of the network, in the order that was asked for.
type linkTable struct {
	Columns []sortedColumn
	Rows    []networkRow
	Data    string // the same for spreadsheets
}

type sortedColumn struct {
	Text, Href string
	Sorted     string // "ascending", "descending"; empty: by another
	Number     bool
}

// networkRows are the links between our lab and its neighbours, and those among
// others that are known.
func (a *ask) networkRows(tx *store.Txn, lab *store.Actor) []networkRow {
	var rows []networkRow
	home := actorLink(lab)
	add := func(from, to assets.Link, follow *store.Follow, followed *store.Actor) {
		if follow.State == store.Accepted {
			said := tx.ExchangesWith(store.HostOf(followed.IRI))
			rows = append(rows, networkRow{From: from, To: to, Count: said.Count, Last: said.Last, Known: true})
		}
	}
	for f := range tx.Following(lab.ID) {
		if other, err := tx.Actor(f.Followed); err == nil {
			add(home, actorLink(other), f, other)
		}
	}
	for f := range tx.Followers(lab.ID) {
		if other, err := tx.Actor(f.Follower); err == nil && other.Type == store.Group {
			add(actorLink(other), home, f, lab)
		}
	}
	n := tx.Neighbourhood(secondHop, mostLabs)
	links := map[string]assets.Link{}
	for _, p := range n.Labs {
		links[p.IRI] = assets.Link{Text: p.DisplayName(), Href: cmp.Or(p.Page, p.IRI)}
	}
	for _, e := range n.Edges {
		if e.From != lab.IRI && e.To != lab.IRI {
			rows = append(rows, networkRow{From: links[e.From], To: links[e.To]})
		}
	}
	return rows
}

type linkOrder struct {
	name       string
	descending bool
	compare    func(x, y networkRow) int
}

// linkOrders are the columns by which the links can be sorted.
var linkOrders = []linkOrder{
	{"qui", false, func(x, y networkRow) int { return compareNames(x.From.Text, y.From.Text) }},
	{"vers", false, func(x, y networkRow) int { return compareNames(x.To.Text, y.To.Text) }},
	{"echanges", true, func(x, y networkRow) int { return cmp.Compare(y.Count, x.Count) }},
	{"dernier", true, func(x, y networkRow) int { return y.Last.Compare(x.Last) }},
}

func compareNames(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

// linkTable sorts the links as the address asks; nil when there are none.
func (a *ask) linkTable(rows []networkRow) *linkTable {
	if len(rows) == 0 {
		return nil
	}
	asked := a.r.URL.Query().Get(frame.AskOrder)
	by := max(0, slices.IndexFunc(linkOrders, func(o linkOrder) bool { return o.name == asked }))
	slices.SortStableFunc(rows, linkOrders[by].compare)
	t := &linkTable{Rows: rows, Data: address(networkData, url.Values{frame.AskOrder: {linkOrders[by].name}})}
	for i, o := range linkOrders {
		c := sortedColumn{Text: a.t("network.link." + o.name), Href: address("/reseau", url.Values{frame.AskOrder: {o.name}}) + "#links", Number: o.name == "echanges"}
		switch {
		case i == by && o.descending:
			c.Sorted = "descending"
		case i == by:
			c.Sorted = "ascending"
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

// networkCSV is the links of the network for spreadsheets, with semicolons as
// French ones expect.
func (p *Pages) networkCSV(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	var out bytes.Buffer
	err := a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		out.Reset()
		table := tables.NewWriter(&out, ';')
		if err := table.Write([]string{"from", "to", "exchanges", "last"}); err != nil {
			return err
		}
		if links := a.linkTable(a.networkRows(tx, lab)); links != nil {
			for _, row := range links.Rows {
				if err := table.Write(row.cells()); err != nil {
					return err
				}
			}
		}
		return table.Flush()
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="reseau.csv"`)
	_, err = out.WriteTo(w)
	return err
}

func (r *networkRow) cells() []string {
	cells := []string{r.From.Text, r.To.Text, "", ""}
	if r.Known {
		cells[2] = strconv.Itoa(r.Count)
	}
	if !r.Last.IsZero() {
		cells[3] = r.Last.Format(time.DateOnly)
	}
	return cells
}
