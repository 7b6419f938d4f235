package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store/sheet"
)

// census is a file of so many initiatives, all different.
func census(t *testing.T, rows int) string {
	t.Helper()
	communes := []string{"Rennes", "Quimper", "Brest", "Vannes", "Lorient", "Saint-Brieuc", "Saint-Malo"}
	var b strings.Builder
	b.WriteString("Identifiant;Titre;Description;Commune;Thématiques\n")
	for i := range rows {
		fmt.Fprintf(&b, "r%d;Initiative fictive %d;%s;%s;Mobilité\n", i, i, strings.Repeat("Des gens s'entraident. ", 9), communes[i%len(communes)])
	}
	name := filepath.Join(t.TempDir(), "recensement.csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// initiatives are the titles that a node shows to everybody, and how often.
func (l *labProcess) initiatives() map[string]int {
	l.t.Helper()
	table, err := sheet.Read([]byte(l.get("/initiatives.csv", "", http.StatusOK)), time.Now())
	if err != nil {
		l.t.Fatal(err)
	}
	titles := map[string]int{}
	for _, row := range table.Rows {
		titles[row.Cells[table.Column("title")]]++
	}
	return titles
}

func importArgs(file string, more ...string) []string {
	return append([]string{"import", file, "--kind", "initiative", "--set", "audience=public", "--set", "initiativeKind=autre"}, more...)
}

// A census of 450 lines is tried, applied, and seen by a node that follows.
func TestACensusIsImportedAndFollowed(t *testing.T) {
	t.Parallel()
	labs := startLabs(t, "estran", "calanques")
	lab, follower := labs[0], labs[1]
	follower.follow(lab)
	file := census(t, 450)
	began := time.Now()
	if got, want := lab.essaim(importArgs(file, "--dry-run")...), "450 would be created, 0 would be updated, 0 were here already, 0 left out"; got != want {
		t.Errorf("dry run: got %q, want %q", got, want)
	}
	if n := len(lab.initiatives()); n != 0 {
		t.Errorf("a dry run made %d records", n)
	}
	if got, want := lab.essaim(importArgs(file)...), "450 were created, 0 were updated, 0 were here already, 0 left out"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Logf("tried and applied in %v", time.Since(began))
	want := lab.initiatives()
	if len(want) != 450 {
		t.Errorf("%d initiatives", len(want))
	}
	eventually(t, "all are at the follower", 100*time.Millisecond, func() bool { return len(follower.initiatives()) == 450 })
	wantSame(t, "initiatives at the follower", follower.initiatives(), want)
	if got := lab.essaim(importArgs(file)...); !strings.Contains(got, "450 were here already") {
		t.Errorf("again: %q", got)
	}
}

// A node that is killed in the middle of an import goes on with the next line.
func TestAKilledImportGoesOn(t *testing.T) {
	t.Parallel()
	lab := newLab(t, "estran")
	lab.start()
	const rows = 800
	file := census(t, rows)
	ended := make(chan error, 1)
	go func() {
		_, _, err := lab.try(importArgs(file)...)
		ended <- err
	}()
	before := 0
	eventually(t, "the import is under way", time.Millisecond, func() bool {
		before = len(lab.initiatives())
		return before > 0
	})
	lab.kill()
	if err := <-ended; err == nil && before < rows {
		t.Error("the command says that all went well")
	}
	lab.start()
	eventually(t, "all are there", 500*time.Millisecond, func() bool { return len(lab.initiatives()) == rows })
	for title, n := range lab.initiatives() {
		if n != 1 {
			t.Errorf("%s is there %d times", title, n)
		}
	}
	t.Logf("killed at %d of %d", before, rows)
	lab.stop()
	if got := lab.essaim("check"); !strings.HasPrefix(got, "whole") {
		t.Errorf("the store: %s", got)
	}
}
