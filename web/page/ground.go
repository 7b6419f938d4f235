package page

import "github.com/essaim/essaim/web/atlas"

// ground is the land under a picture, for its template: numbers are ready to stand
// in attributes.
type ground struct {
	Width, Height int
	Land          string // which of the drawings
	Frames        []groundFrame
}

// groundFrame is a part of the picture that shows a part of the land.
type groundFrame struct {
	Name                string // of an inset
	X, Y, Width, Height string
	NameX, NameY        string
	ViewBox             string
}

func (a *ask) ground(s atlas.Sheet, land string) ground {
	g := ground{Width: s.Width, Height: s.Height, Land: land}
	for _, f := range s.Frames {
		frame := groundFrame{X: round(f.X), Y: round(f.Y), Width: round(f.Width), Height: round(f.Height), ViewBox: f.ViewBox()}
		if f.Code != "" {
			frame.Name = a.place(f.Code)
			frame.NameX, frame.NameY = round(f.X+f.Width/2), round(f.Y+f.Height+15)
		}
		g.Frames = append(g.Frames, frame)
	}
	return g
}
