package page

import (
	"errors"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// narrow is the audience in words when not everybody can see the record.
func (a *ask) narrow(tx *store.Txn, audience store.Audience) string {
	if audience == store.Public {
		return ""
	}
	return a.audienceText(tx, audience)
}

// audienceText is an audience in words. A circle that is no more means the team.
func (a *ask) audienceText(tx *store.Txn, audience store.Audience) string {
	id := audience.Circle()
	if id == 0 {
		return a.t("audience." + string(audience))
	}
	c, err := tx.Circle(id)
	if errors.Is(err, store.ErrNotFound) {
		return a.t("audience." + string(store.Team))
	}
	return a.t("audience.circle", "name", c.Name)
}

// offerCircles puts the choices of a member before the question who can read it.
func (a *ask) offerCircles(fields []assets.Field, it store.Item) error {
	i := slices.IndexFunc(fields, func(f assets.Field) bool { return f.Name == "audience" })
	if i < 0 {
		return nil
	}
	choices, err := a.audienceChoices(it)
	if err != nil {
		return err
	}
	f := &fields[i]
	f.Choices = choices
	offered := slices.ContainsFunc(choices, func(c assets.Choice) bool { return c.Value == f.Value })
	if !offered && store.Audience(f.Value).Circle() != 0 {
		f.Value = string(store.Team)
	}
	return nil
}

// audienceChoices are the answers to "who can read this": the steps of the ladder
// and, above the team, a circle each of those the viewer belongs to. The circle
// that the record has now is among them, too, unless it is no more, and the step
// that it has, if nobody is offered it. It opens a View of its own.
func (a *ask) audienceChoices(it store.Item) ([]assets.Choice, error) {
	choices := a.choices(&store.Audiences)
	if has := it.Envelope().Audience; has == store.OnSite || has == store.Named {
		step := string(has)
		choices = append(choices, assets.Choice{Value: step, Text: a.t("audience." + step), Hint: a.t("audience-hint." + step)})
	}
	now := it.Envelope().Audience.Circle()
	err := a.view(func(tx *store.Txn) error {
		circles := tx.CirclesOf(a.by.Actor)
		if c, err := tx.Circle(now); err == nil && !slices.ContainsFunc(circles, func(have store.Circle) bool { return have.ID == now }) {
			circles = append(circles, *c)
		}
		for i, c := range circles {
			choices = slices.Insert(choices, 1+i, assets.Choice{
				Value: string(c.Audience()), Text: a.t("audience.circle", "name", c.Name), Hint: a.circleHint(&c),
			})
		}
		return nil
	})
	return choices, err
}

// circleHint says who belongs to a circle, and what it is for.
func (a *ask) circleHint(c *store.Circle) string {
	hint := a.t("audience-hint.circle", "count", len(c.Members))
	if c.Purpose != "" {
		hint += " " + c.Purpose
	}
	return hint
}
