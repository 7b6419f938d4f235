package mastodon

import "github.com/essaim/essaim/store"

// StatusEdit is a version of a status.
type StatusEdit struct {
	Content          string            `json:"content"`
	SpoilerText      string            `json:"spoiler_text"`
	Sensitive        bool              `json:"sensitive"`
	CreatedAt        string            `json:"created_at"`
	Account          *Account          `json:"account"`
	Poll             *PollEdit         `json:"poll,omitempty"`
	MediaAttachments []MediaAttachment `json:"media_attachments"`
	Emojis           []CustomEmoji     `json:"emojis"`
	Quote            *struct{}         `json:"quote"`
}

// PollEdit are the answers that a poll offered.
type PollEdit struct {
	Options []PollTitle `json:"options"`
}

// PollTitle is one answer.
type PollTitle struct {
	Title string `json:"title"`
}

// history is GET /api/v1/statuses/:id/history: what it said before, as far as the
// store keeps it, and what it says now, the oldest first.
func history(c *call) (any, error) {
	var list []*StatusEdit
	err := c.view(func(tx *store.Txn) error {
		e, err := c.record(tx)
		if err != nil {
			return err
		}
		rd, id := c.reading(tx, ""), e.Item.Envelope().ID
		by := rd.author(e.Item.Envelope().Lab)
		if by == nil {
			return errNotFound
		}
		list = nil
		for old := range tx.Editions(id) {
			list = append(list, rd.edition(by, old.Read(), old.Raw))
		}
		list = append(list, rd.edition(by, e.Item, tx.Raw(id)))
		return nil
	})
	return list, err
}

func (rd *reading) edition(by *author, it store.Item, raw []byte) *StatusEdit {
	r, d := it.Envelope(), rd.renderNow(rd.tx, it, raw)
	e := &StatusEdit{
		Content: d.content, SpoilerText: d.warning, Sensitive: r.Sensitive || d.warning != "", CreatedAt: stamp(r.Created),
		Account: rd.account(by.Actor), MediaAttachments: d.media, Emojis: d.emojis,
	}
	if at := editedAt(r); at != nil {
		e.CreatedAt = *at
	}
	if d.poll != nil {
		e.Poll = new(PollEdit)
		for _, o := range d.poll.Options {
			e.Poll.Options = append(e.Poll.Options, PollTitle{o.Title})
		}
	}
	return e
}
