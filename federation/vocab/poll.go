package vocab

import "time"

// Poll is a question with answers to choose from (ActivityStreams Question).
type Poll struct {
	Multiple bool
	Options  []PollOption
	Ends     time.Time // zero: it was not said
	Closed   bool
	Voters   int64 // negative: it was not said
}

// PollOption is an answer, and how many chose it.
type PollOption struct {
	Title string
	Votes int64
}

const maxOptions = 50

// Poll reads a Question; false is something else, or one without answers.
func (d Doc) Poll() (p Poll, ok bool) {
	if d.Type() != "Question" {
		return p, false
	}
	list := d.Docs("oneOf")
	if len(list) == 0 {
		list, p.Multiple = d.Docs("anyOf"), true
	}
	for _, o := range list {
		votes, _ := o.Doc("replies").Int("totalItems")
		if name := line(o.Str("name"), maxTitle); name != "" && len(p.Options) < maxOptions {
			p.Options = append(p.Options, PollOption{name, max(votes, 0)})
		}
	}
	p.Ends, _ = d.Time("endTime")
	if closed, ok := d.Time("closed"); ok {
		p.Ends, p.Closed = closed, true
	}
	p.Voters = -1
	if n, ok := d.Int("votersCount"); ok {
		p.Voters = max(n, 0)
	}
	return p, len(p.Options) > 0
}

// Emoji is a picture that stands for ":shortcode:" in a text.
type Emoji struct{ Shortcode, URL string }

const maxEmojis = 100

// Emojis returns the pictures for words of the document.
func (d Doc) Emojis() []Emoji {
	var all []Emoji
	for _, t := range d.tags("Emoji") {
		icon, ok := t.Image("icon")
		name := line(t.Str("name"), maxName)
		if ok && len(name) > 2 && name[0] == ':' && name[len(name)-1] == ':' && len(all) < maxEmojis {
			all = append(all, Emoji{name[1 : len(name)-1], icon.URL})
		}
	}
	return all
}
