package admin

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
)

const hours = 24

// letterChoices is /mon-compte/courriels: which letters a member wants, and when.
func (p *Pages) letterChoices(w http.ResponseWriter, r *http.Request) error {
	viewer, account, actor := p.Frame.Sessions.Viewer(r.Context())
	var l *store.Letters
	err := p.view(r, func(tx *store.Txn) error {
		l = tx.Letters(actor.ID)
		return nil
	})
	if err != nil {
		return err
	}
	f := p.choicesForm(r, l, viewer, account)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	for _, s := range f.Sections {
		fill(r, s.Fields)
	}
	if err := p.saveChoices(r, f, actor.ID); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "letters.saved")
	return p.Frame.Redirect(w, r, letters.ChoicesPath)
}

func (p *Pages) choicesForm(r *http.Request, l *store.Letters, viewer store.Viewer, account *store.Account) *form {
	f := &form{
		top: p.plain(r, p.t(r, "letters.title")), Lead: p.t(r, "letters.lead"),
		Sections: []section{
			{Title: p.t(r, "letters.week"), Fields: []assets.Field{
				{Name: "digest", Label: p.t(r, "letters.digest"), Hint: p.t(r, "letters.digest-hint"), Type: "checkbox", Value: checked(l.Digest)},
			}},
			{Title: p.t(r, "letters.topics"), Text: p.t(r, "letters.topics-text"), Fields: p.topicFields(r, l, viewer)},
			{Title: p.t(r, "letters.quiet"), Text: p.t(r, "letters.quiet-text"), Fields: p.quietFields(r, l)},
		},
		Action: letters.ChoicesPath, Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "notices.title"), Href: noticesPath}, {Text: p.t(r, "account.title"), Href: "/mon-compte"}},
	}
	switch {
	case !p.Mail.On():
		f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "letters.no-mail")}
	case !account.Writable():
		f.Notice = &assets.Flash{Tone: "warn", Text: p.t(r, "letters.unconfirmed")}
	}
	return f
}

// topicFields ask how soon to write about each topic that the member hears of.
func (p *Pages) topicFields(r *http.Request, l *store.Letters, viewer store.Viewer) []assets.Field {
	var paces []string
	for _, pace := range store.Paces {
		paces = append(paces, string(pace))
	}
	var fields []assets.Field
	for _, rule := range store.Topics {
		if rule.For == "" || viewer.May(rule.For) {
			fields = append(fields, assets.Field{
				Name: string(rule.Topic), Label: p.t(r, "topic."+string(rule.Topic)), Type: "select",
				Value: string(l.PaceOf(rule.Topic)), Choices: p.choices(r, "pace", paces),
			})
		}
	}
	return fields
}

func (p *Pages) quietFields(r *http.Request, l *store.Letters) []assets.Field {
	choices := []assets.Choice{{Text: p.t(r, "letters.never-quiet")}}
	for hour := range hours {
		choices = append(choices, assets.Choice{Value: strconv.Itoa(hour), Text: p.t(r, "letters.hour", "hour", hour)})
	}
	from, until := "", ""
	if l.QuietFrom != l.QuietUntil {
		from, until = strconv.Itoa(l.QuietFrom), strconv.Itoa(l.QuietUntil)
	}
	zones := append([]assets.Choice{{Text: p.t(r, "letters.zone-node", "zone", p.Letters.Zone.String())}}, p.choices(r, store.Zones.Name, store.Zones.Slugs)...)
	return []assets.Field{
		{Name: "from", Label: p.t(r, "letters.from"), Type: "select", Value: from, Choices: choices},
		{Name: "until", Label: p.t(r, "letters.until"), Type: "select", Value: until, Choices: choices},
		{Name: "zone", Label: p.t(r, "letters.zone"), Type: "select", Value: l.Zone, Choices: zones},
	}
}

// saveChoices keeps the answers, each of which is one of its field.
func (p *Pages) saveChoices(r *http.Request, f *form, actor store.ID) error {
	var c checks
	answers := map[string]string{}
	for _, s := range f.Sections {
		for _, field := range s.Fields {
			known := field.Type == "checkbox" || slices.ContainsFunc(field.Choices, func(c assets.Choice) bool { return c.Value == field.Value })
			if !known {
				c.add(field.Name, "error.choice", nil)
			}
			answers[field.Name] = field.Value
		}
	}
	if (answers["from"] == "") != (answers["until"] == "") {
		c.add("until", "error.quiet-hours", nil)
	}
	if err := c.err(); err != nil {
		return err
	}
	return p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		l := tx.Letters(actor)
		for _, rule := range store.Topics {
			if pace := answers[string(rule.Topic)]; pace != "" {
				l.Choose(rule.Topic, store.Pace(pace))
			}
		}
		l.Digest, l.Zone = answers["digest"] != "", answers["zone"]
		l.QuietFrom, _ = strconv.Atoi(answers["from"])
		l.QuietUntil, _ = strconv.Atoi(answers["until"])
		tx.PutLetters(l)
		return nil
	})
}
