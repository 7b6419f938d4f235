package page

import (
	"strconv"

	"github.com/essaim/essaim/store"
)

// plot is a picture of numbers, made for its template. The table beside it says
// the same.
type plot struct {
	ID            string
	Width, Height int
	Title, Text   string // for those who do not see it
	Bars          []bar
	Labels        []label
}

type bar struct{ X, Y, Width, Height string }

const (
	plotWidth  = 640
	plotHeight = 190
	plotTop    = 26 // room for the largest number
	plotFoot   = 26 // room for the months
	barGap     = 4
	rowHeight  = 52
)

// monthBars draws one bar a month, with the first and the last month and the largest
// number in words.
func (a *ask) monthBars(f *figure, months []store.Part) *plot {
	p := &plot{ID: f.ID, Width: plotWidth, Height: plotHeight, Title: f.Title}
	top, wide := largest(months), float64(plotWidth)/float64(len(months))
	high := float64(plotHeight - plotTop - plotFoot)
	for i, m := range months {
		if m.Value == 0 {
			continue
		}
		tall := high * float64(m.Value) / float64(months[top].Value)
		b := bar{round(float64(i) * wide), round(plotTop + high - tall), round(wide - barGap), round(tall)}
		p.Bars = append(p.Bars, b)
	}
	middle := min(max((float64(top)+0.5)*wide, 24), plotWidth-24)
	p.Labels = []label{
		{Text: a.lang.Number(int64(months[top].Value)), X: round(middle), Y: strconv.Itoa(plotTop - 8), Anchor: "middle"},
		{Text: a.month(months[0]), X: "0", Y: strconv.Itoa(plotHeight - 6), Anchor: "start"},
		{Text: a.month(months[len(months)-1]), X: strconv.Itoa(plotWidth), Y: strconv.Itoa(plotHeight - 6), Anchor: "end"},
	}
	p.Text = a.t("figures.plot-months", "count", f.Total, "most", a.month(months[top]), "value", months[top].Value)
	return p
}

// partBars draws a bar below the name of each part.
func (a *ask) partBars(f *figure, parts []store.Part) *plot {
	p := &plot{ID: f.ID, Width: plotWidth, Height: len(parts) * rowHeight, Title: f.Title}
	top := largest(parts)
	for i, part := range parts {
		y := i * rowHeight
		p.Labels = append(p.Labels, label{Text: a.t(part.Key) + " : " + a.lang.Number(int64(part.Value)), X: "0", Y: strconv.Itoa(y + 20), Anchor: "start"})
		wide := float64(plotWidth) * float64(part.Value) / float64(parts[top].Value)
		p.Bars = append(p.Bars, bar{"0", strconv.Itoa(y + 30), round(wide), "14"})
	}
	p.Text = a.t("figures.plot-parts", "count", f.Total, "most", a.t(parts[top].Key), "value", parts[top].Value)
	return p
}

// largest is the index of the part with the largest value.
func largest(parts []store.Part) int {
	top := 0
	for i, p := range parts {
		if p.Value > parts[top].Value {
			top = i
		}
	}
	return top
}
