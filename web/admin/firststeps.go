package admin

import (
	"net/http"

	"github.com/essaim/essaim/store"
)

// firstStep is one of what brings a lab to life. Done is what the store says, not
// what somebody ticked.
type firstStep struct {
	Done       bool
	Text, Href string
	Post       bool // Href notes that it was done, and leads on
}

// settingStepsHidden is set once somebody does not want to see them any more.
const settingStepsHidden = "first-steps-hidden"

// firstSteps are shown to those who run the lab until all are done, or hidden.
func (p *Pages) firstSteps(r *http.Request) (steps []firstStep, err error) {
	if !p.Frame.Viewer(r).May(store.RunLab) {
		return nil, nil
	}
	err = p.view(r, func(tx *store.Txn) (err error) {
		if tx.Setting(settingStepsHidden) == nil {
			steps, err = p.stepsIn(r, tx)
		}
		return err
	})
	for _, s := range steps {
		if !s.Done {
			return steps, err
		}
	}
	return nil, err
}

func (p *Pages) stepsIn(r *http.Request, tx *store.Txn) ([]firstStep, error) {
	lab, err := tx.Lab()
	if err != nil {
		return nil, err
	}
	n, follows, invited := tx.Count(), false, false
	for range tx.Following(lab.ID) {
		follows = true
		break
	}
	for range tx.Invitations() {
		invited = true
		break
	}
	has := func(setting string) bool { return tx.Setting(setting) != nil }
	list := []firstStep{
		{Done: lab.Summary != "", Text: "profile", Href: "/admin/lab"},
		{Done: n.Records > 0, Text: "record", Href: "/experimentations/nouvelle"},
		{Done: follows, Text: "follow", Href: "/reseau/suivre"},
		{Done: p.Mail.On() && has(settingMailWorks), Text: "mail", Href: settingsPath},
		{Done: invited || n.Members > 1, Text: "invite", Href: "/admin/membres/nouveau"},
		{Done: has(settingFormDecided) || p.Node.OpenForm.Closed, Text: "form", Href: "/admin/moderation"},
	}
	if p.Backups.Dir != "" && p.Frame.Viewer(r).May(store.Dispose) {
		list = append(list, firstStep{Done: !tx.BackedUp().IsZero(), Text: "backup", Href: backupsPath})
	}
	list = append(list, firstStep{Done: has(settingDeclarationRead), Text: "accessibility", Href: "/admin/premiers-pas/declaration", Post: true})
	for i := range list {
		list[i].Text = p.t(r, "first-steps."+list[i].Text)
	}
	return list, nil
}

// hideFirstSteps is /admin/premiers-pas: no more of them.
func (p *Pages) hideFirstSteps(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		if err := p.note(r, settingStepsHidden, store.HideSteps); err != nil {
			return err
		}
	}
	return p.Frame.Redirect(w, r, "/admin")
}

// readDeclaration is /admin/premiers-pas/declaration: on to what the law asks to be
// published, which somebody reads now.
func (p *Pages) readDeclaration(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin")
	}
	if err := p.note(r, settingDeclarationRead, store.ReadDeclaration); err != nil {
		return err
	}
	return p.Frame.Redirect(w, r, "/accessibilite")
}
