package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	listedRow = regexp.MustCompile(`(?m)^\| ([A-Z][0-9]{2}) \|`)
	comment   = regexp.MustCompile(`//.*`)
	rowName   = regexp.MustCompile(`\b[SOFPVBHWTM][0-9]{2}\b`)
)

// TestEveryAttackHasItsTest keeps the list of SECURITY.md and the tests that carry
// its names together, and says with -v which file attacks by which row.
func TestEveryAttackHasItsTest(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(repository, "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	attacks := attacksInTests(t)
	listed := map[string]bool{}
	for _, m := range listedRow.FindAllStringSubmatch(string(list), -1) {
		if listed[m[1]] {
			t.Errorf("%s is listed twice", m[1])
		}
		listed[m[1]] = true
		if len(attacks[m[1]]) == 0 {
			t.Errorf("%s: no test carries its name", m[1])
		}
	}
	if len(listed) < 100 {
		t.Errorf("found %d rows only", len(listed))
	}
	for _, row := range slices.Sorted(maps.Keys(attacks)) {
		if !listed[row] {
			t.Errorf("%s is attacked by %s and not listed", row, attacks[row])
		}
		t.Logf("%s %s", row, strings.Join(attacks[row], " "))
	}
}

// attacksInTests are the test files that name each row in a comment.
func attacksInTests(t *testing.T) map[string][]string {
	t.Helper()
	attacks := map[string][]string{}
	err := filepath.WalkDir(repository, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, c := range comment.FindAllString(string(text), -1) {
			for _, row := range rowName.FindAllString(c, -1) {
				if file := filepath.Base(name); !slices.Contains(attacks[row], file) {
					attacks[row] = append(attacks[row], file)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return attacks
}
