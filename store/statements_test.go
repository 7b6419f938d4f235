package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestConformityFollowsFromTheAudit(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		name string
		said store.Statements
		want store.Conformity
	}{
		{"no audit", store.Statements{}, store.NotConforming},
		{"a rate without an audit", store.Statements{Rate: 100}, store.NotConforming},
		{"less than half", store.Statements{AuditDate: "2026-05-01", Rate: 49.9}, store.NotConforming},
		{"half", store.Statements{AuditDate: "2026-05-01", Rate: 50}, store.PartlyConforming},
		{"nearly all", store.Statements{AuditDate: "2026-05-01", Rate: 99.9}, store.PartlyConforming},
		{"all", store.Statements{AuditDate: "2026-05-01", Rate: 100}, store.Conforming},
		{"all, three years ago", store.Statements{AuditDate: "2023-06-02", Rate: 100}, store.Conforming},
		{"all, longer ago", store.Statements{AuditDate: "2023-05-31", Rate: 100}, store.NotConforming},
	} {
		if got := x.said.Conformity(now); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
}

func TestStatementsAreCheckedAndKept(t *testing.T) {
	s, _ := open(t)
	for field, wrong := range map[string]store.Statements{
		"auditDate":     {Rate: 60},
		"rate":          {AuditDate: "2026-01-02", Rate: 101},
		"average":       {AuditDate: "2026-01-02", Average: 101},
		"publisherMail": {PublisherMail: "Labo <labo@estran.test>"},
		"scheme":        {Scheme: "javascript:alert(1)"},
	} {
		err := s.Update(t.Context(), func(tx *store.Txn) error { return tx.PutStatements(&wrong) })
		if e, ok := errors.AsType[*store.FieldError](err); !ok || e.Field != field {
			t.Errorf("%+v: got %v, want something about %s", wrong, err, field)
		}
	}
	for _, wrong := range []store.Statements{{AuditDate: "2999-01-01"}, {AuditDate: "2026-01-02", Rate: 100, Failures: "Une image sans alternative"}} {
		if err := wrong.Check(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	before := s.LocalVersion()
	if err := s.Update(t.Context(), func(tx *store.Txn) error { return tx.PutStatements(&store.Statements{Officer: "Nolwenn Exemple"}) }); err != nil {
		t.Fatal(err)
	}
	if s.LocalVersion() == before {
		t.Error("pages are not told of it")
	}
	if err := s.View(t.Context(), func(tx *store.Txn) error {
		if got := tx.Statements(); got.Officer != "Nolwenn Exemple" || got.Updated.IsZero() {
			t.Errorf("got %+v", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
