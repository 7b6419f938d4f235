package fedtest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// lists says whether a record stands in the lists of visitors, and whether who has
// its address sees it.
func (s *stage) lists(note string) (listed, seen bool) {
	s.t.Helper()
	r := s.record(note)
	return (store.Viewer{}).CanList(r), (store.Viewer{}).CanSee(r)
}

func TestLimitedHostStandsInNoList(t *testing.T) {
	s := newStage(t)
	evil := NewPeer(t, "sub.evil.localhost").Actor("evil")
	s.follow(evil)
	before, old := s.create(evil)
	s.want(s.mail(evil, before).Send(), http.StatusAccepted)
	for _, host := range []string{"EVIL.localhost.", "évil.example"} {
		silence := store.DomainBlock{Host: host, Severity: store.Silence, Comment: "Publicité", Obfuscate: true, RejectReports: true}
		if err := s.node.BlockHost(t.Context(), s.node.Admin(), silence); err != nil {
			t.Fatal(err)
		}
	}
	after, fresh := s.create(evil)
	s.want(s.mail(evil, after).Send(), http.StatusAccepted)
	for _, note := range []string{old, fresh} {
		if listed, seen := s.lists(note); listed || !seen {
			t.Errorf("%s: listed %v, seen %v", note, listed, seen)
		}
	}
	s.want(s.mail(evil, With(evil.Activity("Flag", s.node.Lab.IRI), Object{"content": "x"})).Send(), http.StatusAccepted)
	s.holds("its reports are not kept, and names are in ASCII", func(tx *store.Txn) bool {
		for range tx.Reports() {
			return false
		}
		return tx.HostSilenced("a.xn--vil-9la.example:8443") && !tx.HostBlocked("evil.localhost")
	})
	s.holds("the log says so, and hides the name", func(tx *store.Txn) bool {
		for m := range tx.Moderations() {
			return m.Deed == store.SilenceHost && m.Note == "Publicité" && strings.Contains(m.Host, "**")
		}
		return false
	})
	if err := s.node.LiftBlock(t.Context(), s.node.Admin(), "evil.localhost"); err != nil {
		t.Fatal(err)
	}
	if listed, _ := s.lists(old); !listed {
		t.Error("it is not listed again")
	}
	s.works()
}

func TestActorsAreLimitedSuspendedAndRestored(t *testing.T) {
	s := newStage(t)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	restrict := func(iri string, act store.Deed) {
		t.Helper()
		if err := s.node.Restrict(t.Context(), s.node.Admin(), iri, act); err != nil {
			t.Fatal(err)
		}
	}
	restrict(s.vic.IRI, store.LimitActor)
	if listed, seen := s.lists(note); listed || !seen {
		t.Errorf("limited: listed %v, seen %v", listed, seen)
	}
	restrict(s.vic.IRI, store.LiftActor)
	if listed, _ := s.lists(note); !listed {
		t.Error("restored: not listed")
	}
	restrict(s.vic.IRI, store.SuspendActor)
	s.absent(note)
	more, _ := s.create(s.vic)
	s.want(s.mail(s.vic, more).Send(), http.StatusForbidden)
	restrict(s.vic.IRI, store.LiftActor)
	s.follow(s.vic)
	s.works()
	mona := s.member("mona")
	by := store.Viewer{Actor: mona.IRI, Local: true, Role: store.Contributor}
	if err := s.node.Restrict(t.Context(), by, s.vic.IRI, store.LimitActor); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("by a contributor: got %v, want ErrForbidden", err)
	}
}

// TestComplaintTravelsAndItsAnswerComesBack: a member complains of a record of
// another node; its moderator decides, and the member reads it at home.
func TestComplaintTravelsAndItsAnswerComesBack(t *testing.T) {
	a, b := Start(t, "estran"), Start(t, "calanques")
	connect(t, a, b)
	offence := &federation.Activity{Verb: "Create", Actor: b.Lab.IRI, Item: experiment("Publicité", store.Public)}
	publish(t, b, offence)
	eventually(t, a, "the record is here", func(tx *store.Txn) bool { _, err := tx.RecordByIRI(offence.Object); return err == nil })
	mona, err := a.AddMember(t.Context(), store.Actor{Handle: "mona", Name: "Mona", Lang: "fr"}, &store.Account{Email: "mona@estran.test", Role: store.Contributor})
	if err != nil {
		t.Fatal(err)
	}
	by := store.Viewer{Actor: mona.IRI, Local: true, Role: store.Contributor}
	if err := a.Report(t.Context(), by, []string{b.Lab.IRI, offence.Object}, "C'est une publicité", true); err != nil {
		t.Fatal(err)
	}
	var there *store.Report
	eventually(t, b, "the report has arrived", func(tx *store.Txn) bool {
		for there = range tx.Reports() {
			return true
		}
		return false
	})
	if there.Reporter == mona.IRI || len(there.Records) != 1 || there.Text != "C'est une publicité" {
		t.Errorf("got %+v", there)
	}
	if err := b.HideRecord(t.Context(), b.Admin(), offence.Object); err != nil {
		t.Fatal(err)
	}
	if err := b.CloseReport(t.Context(), b.Admin(), there.ID, store.ReportUpheld); err != nil {
		t.Fatal(err)
	}
	if err := b.CloseReport(t.Context(), b.Admin(), there.ID, store.ReportDismissed); !errors.Is(err, store.ErrNotNow) {
		t.Errorf("closed twice: got %v, want ErrNotNow", err)
	}
	eventually(t, a, "the answer is here, and the record is not", func(tx *store.Txn) bool {
		_, err := tx.RecordByIRI(offence.Object)
		for r := range tx.ReportsBy(mona.IRI) {
			return r.Answer == store.ReportUpheld && r.State == "" && err != nil
		}
		return false
	})
}

// TestNobodyElseAnswersAComplaint forges the answer.
func TestNobodyElseAnswersAComplaint(t *testing.T) {
	s := newStage(t)
	activity, note := s.create(s.vic)
	s.want(s.mail(s.vic, activity).Send(), http.StatusAccepted)
	mona := s.member("mona")
	if err := s.node.Report(t.Context(), store.Viewer{Actor: mona.IRI, Local: true}, []string{s.vic.IRI, note}, "x", true); err != nil {
		t.Fatal(err)
	}
	var report *store.Report
	read := func(tx *store.Txn) bool {
		for report = range tx.Reports() {
			return true
		}
		return false
	}
	s.holds("the complaint", read)
	s.refused(s.mail(s.eve, s.eve.Activity("Accept", report.Sent)).Send())
	if s.holds("the complaint", read); report.Answer != "" {
		t.Errorf("eve answered: %s", report.Answer)
	}
	s.want(s.mail(s.bob, s.bob.Activity("Reject", report.Sent)).Send(), http.StatusAccepted)
	if s.holds("the complaint", read); report.Answer != store.ReportDismissed {
		t.Errorf("its own host: got %q", report.Answer)
	}
}

func TestFollowedOnlyTakesNothingFromStrangers(t *testing.T) {
	s := newStage(t, func(n *Node) { n.followedOnly = true })
	s.takesNothingFromStrangers()
}

// What the configuration leaves open, those who run the lab may decide.
func TestFollowedOnlyByChoiceTakesNothingFromStrangers(t *testing.T) {
	s := newStage(t)
	if err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error {
		tx.AdmitFollowed()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.takesNothingFromStrangers()
}

func TestAListOfHostsTakesNothingFromOthers(t *testing.T) {
	s := newStage(t)
	if err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error {
		return tx.AdmitOnly([]string{store.HostOf(s.bob.IRI)})
	}); err != nil {
		t.Fatal(err)
	}
	s.takesNothingFromStrangers()
}

func (s *stage) takesNothingFromStrangers() {
	s.t.Helper()
	stranger, note := s.create(s.eve)
	s.want(s.mail(s.eve, stranger).Send(), http.StatusForbidden)
	s.absent(note)
	s.want(s.mail(s.eve, s.eve.Activity("Follow", s.node.Lab.IRI)).Send(), http.StatusForbidden)
	s.works()
}
