package assets

import (
	"net/http"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
)

// The structs below are the arguments of the templates of the same name in
// templates/: {{template "card" .}} and so on. Their texts are final.

// Picture is an image of ours. Without one a card shows its constellation.
type Picture struct {
	Src           string
	Srcset        string // the widths that there are, with their paths; empty: Src alone
	Alt           string // empty: decoration
	Width, Height int    // pixels, so that the page does not jump
}

// Origin says who published something.
type Origin struct {
	Name   string
	Href   string // its page here
	Remote bool   // another lab: shown with its mark on every card
	Badge  *Badge // what it declares of itself and everybody must see; nil: nothing
}

// Stage is where an experiment stands. Level is 0 (an idea) to 4 (adopted), 5
// when it was stopped; it chooses the glyph.
type Stage struct {
	Text  string
	Level int
}

// Card is one item of a list, as an index sheet. Kind is the look that chooses
// shape and colour; KindText says it. The title is an h3: an h2 stands above the
// cards.
type Card struct {
	Kind, KindText string
	ID             string // seed of the constellation
	Title, Href    string
	Pitch          string
	Found          template.HTML // instead of Pitch: what a search found, its words marked
	Lang           string        // of title and pitch, when it is not the page's
	Picture        *Picture
	Stage          *Stage
	Badges         []Badge
	Origin         Origin
	Territory      string
	Themes         []Link
	Date           time.Time
	When           string // instead of Date, for what takes place
	Audience       string // only when it is not public
}

// Step is one step of a stepper. State is "done", "current" or "todo".
type Step struct {
	Stage Stage
	State string
	Date  time.Time // zero: not reached
	Note  string
}

// Stepper shows the stages in their order. Label names the list.
type Stepper struct {
	Label string
	Steps []Step
}

// Empty is a list without items: it teaches, and offers what to do.
type Empty struct {
	Title, Text string
	Actions     []Link // the first is the main one
}

// Pager links the neighbouring pages of a list. An empty address has no link.
type Pager struct {
	Newer, Older string
	Position     string // "Page 2 sur 7"; may be empty
}

// Progress is work under way. Total 0 means that its length is not known.
type Progress struct {
	Label       string
	Done, Total int
	Text        string // "12 fiches sur 40"
}

// Badge is a state: Tone ("ok", "info", "warn", "err", "plain") chooses colour
// and picture, Text says it. Usual: it goes without saying where room is short.
type Badge struct {
	Tone, Text string
	Usual      bool
}

// Table is a table of data. A row has as many cells as there are columns; its
// first cell is its heading.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
}

// Column is a heading; Number aligns its cells to the right.
type Column struct {
	Text   string
	Number bool
}

// Cell shows the first of Badge, Time and Text that is there; Href links it.
type Cell struct {
	Text  string
	Href  string
	Time  time.Time
	Badge *Badge
}

// Confirm is the whole page "confirm.html", which asks before something that
// cannot be taken back easily.
type Confirm struct {
	Page
	Text   string   // what will happen
	Points []string // consequences, one each
	Action string   // where the answer is posted
	Button string
	Danger bool
	Hidden []Hidden
	Back   Link
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// Failure is the whole page "error.html".
type Failure struct {
	Page
	Status    int
	Text      string
	RequestID string // to be told to the administrator; empty: not shown
	Actions   []Link
}

// NewFailure is the error page for status in the request's language. key chooses
// the words "failure.KEY.title" and ".text"; requestID is shown where it helps,
// with what went wrong on our side.
func (r *Renderer) NewFailure(req *http.Request, site Site, status int, key, requestID string) Failure {
	f := Failure{
		Page:    r.NewPage(req, site, r.T(req, "failure."+key+".title")),
		Status:  status,
		Text:    r.T(req, "failure."+key+".text"),
		Actions: []Link{{r.T(req, "failure.home"), "/"}},
	}
	f.NoIndex = true
	if status >= http.StatusInternalServerError {
		f.RequestID = requestID
	}
	return f
}
