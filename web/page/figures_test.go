package page

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestFiguresShowTheirFormulaTheirPictureAndTheirTable(t *testing.T) {
	s := newSite(t)
	visitor := s.Visitor(t)
	if a := visitor.Get("/chiffres"); a.Status != http.StatusOK || !a.Has("Encore rien à compter") || a.Has("<rect") {
		t.Errorf("with nothing to count: %d", a.Status)
	}
	now := s.node.Store.Now()
	for _, audience := range []store.Audience{store.Public, store.LabOnly} {
		e := &store.Event{EventKind: "atelier", Start: now.AddDate(0, -1, 0).Format("2006-01-02T15:04"), Attendance: store.Attendance{Users: 7}}
		e.Kind, e.Title, e.Pitch, e.Lang, e.Audience = "event", "atelier-"+string(audience), "Venez.", "fr", audience
		s.publish(t, s.node.Admin, e)
	}
	a := visitor.Get("/chiffres")
	if !a.Has("Participations : 7", "Comment c&#39;est compté", `role="img"`, "<rect", "Usagers", "/chiffres.csv", "/indicators.json") || a.Has("figure.", "figures.") {
		t.Errorf("for a visitor:\n%s", a.Body)
	}
	if a := s.As(t, s.node.Contributor).Get("/en/chiffres"); !a.Has("Participations : 14", "How it is counted") {
		t.Errorf("for a member:\n%s", a.Body)
	}
	year := now.AddDate(0, -1, 0).Year()
	report := visitor.Get("/bilan/" + strconv.Itoa(year))
	if report.Status != http.StatusOK || !report.Has("atelier-public", "Événements tenus", "/bilan/"+strconv.Itoa(year-1)) || report.Has("atelier-lab", "report.") {
		t.Errorf("report: %d\n%s", report.Status, report.Body)
	}
	for _, wrong := range []string{"1999", strconv.Itoa(now.Year() + 1), "20260"} {
		if a := visitor.Get("/bilan/" + wrong); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, a.Status)
		}
	}
}
