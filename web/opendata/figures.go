package opendata

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/reply"
)

// indicators are the key figures of two years, for the viewer, as the page of
// figures has them.
func (d *dialect) indicators(form func(*export, []store.Indicator, time.Time) error) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e := d.export(w, r, store.Kinds[0])
		now := d.Node.Store.Now()
		var list []store.Indicator
		err := e.view(func(tx *store.Txn) error {
			// Figures change as time passes, without a change in the store.
			e.changed = max(tx.LastChange(), store.ID(now.Truncate(time.Hour).UnixMilli())<<16)
			list = tx.Indicators(e.by, store.FiguresSince(now), now)
			return nil
		})
		if err != nil {
			return err
		}
		if err := form(e, list, now); err != nil {
			return err
		}
		return e.end()
	}
}

// figuresCSV has a line for each part of each figure, and for each month.
func figuresCSV(e *export, list []store.Indicator, _ time.Time) error {
	comma, err := separator(e.r)
	if err != nil {
		return err
	}
	e.w.Header().Set("Content-Disposition", `attachment; filename="chiffres.csv"`)
	if !e.begin(csvType) {
		return nil
	}
	table := sheet.NewWriter(&e.out, comma)
	lines := [][]string{{"figure", "part", "month", "value"}}
	for _, i := range list {
		lines = append(lines, []string{i.Key, "", "", strconv.Itoa(i.Total)})
		for _, p := range i.Parts {
			lines = append(lines, []string{i.Key, p.Slug, "", strconv.Itoa(p.Value)})
		}
		for _, m := range i.Months {
			lines = append(lines, []string{i.Key, "", m.Slug, strconv.Itoa(m.Value)})
		}
	}
	for _, line := range lines {
		if err := table.Write(line); err != nil {
			return err
		}
	}
	return table.Flush()
}

// indicator is a key figure for machines.
type indicator struct {
	Key       string         `json:"key"`
	Label     string         `json:"label"`
	Formula   string         `json:"formula"`
	Period    period         `json:"period"`
	Value     int            `json:"value"`
	Breakdown map[string]int `json:"breakdown"`
	Series    []monthly      `json:"series,omitempty"`
}

type period struct {
	Start string `json:"start"`
	End   string `json:"end"` // with it
}

type monthly struct {
	Month string `json:"month"`
	Value int    `json:"value"`
}

func indicatorsJSON(e *export, list []store.Indicator, now time.Time) error {
	if !e.begin("application/json") {
		return nil
	}
	whole := period{store.FiguresSince(now).Format(time.DateOnly), now.Format(time.DateOnly)}
	said := make([]indicator, len(list))
	for n, i := range list {
		said[n] = indicator{
			Key: i.Key, Label: e.t("figure." + i.Key), Formula: e.t("figure." + i.Key + "-formula"),
			Period: whole, Value: i.Total, Breakdown: map[string]int{},
		}
		for _, p := range i.Parts {
			said[n].Breakdown[p.Slug] = p.Value
		}
		for _, m := range i.Months {
			said[n].Series = append(said[n].Series, monthly{m.Slug, m.Value})
		}
	}
	return json.NewEncoder(&e.out).Encode(map[string]any{"indicators": said})
}
