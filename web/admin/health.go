package admin

import (
	"net/http"

	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const healthPath = "/admin/sante"

// healthPage is "admin-health.html": what an examination found.
type healthPage struct {
	top
	Findings []finding
	Well     bool // there is nothing to do
}

// finding is one in words.
type finding struct {
	Check        string
	State        assets.Badge
	Text, Remedy string
}

// health is /admin/sante: the node examines itself.
func (p *Pages) health(w http.ResponseWriter, r *http.Request) error {
	if p.Examine == nil {
		return store.ErrNotFound
	}
	page := healthPage{top: p.admin(r, p.t(r, "doctor.title"), healthPath)}
	found := p.Examine(r.Context())
	for _, f := range found {
		page.Findings = append(page.Findings, p.finding(r, f))
	}
	worst := doctor.Worst(found)
	page.Well = worst == doctor.Fine || worst == doctor.Unknown
	w.Header().Set("Cache-Control", "private, no-store")
	return p.Frame.Render(w, r, http.StatusOK, "admin-health.html", page)
}

func (p *Pages) finding(r *http.Request, f doctor.Finding) finding {
	row := finding{
		Check: p.t(r, "doctor.check."+f.Check), Text: p.t(r, f.Key(), f.Args),
		State: assets.Badge{Tone: string(f.State), Text: p.t(r, "doctor.state."+string(f.State))},
	}
	if f.State == doctor.Warning || f.State == doctor.Bad {
		row.Remedy = p.t(r, f.Key()+"-do", f.Args)
	}
	return row
}
